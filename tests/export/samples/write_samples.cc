// write_samples DIRECTORY: hand-made models in every export format, each with the trace of our own forward pass on a
// few inputs. tests/export/read_back.test.mjs reads them with readers of its own.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "../../model/random_model.h"
#include "export/model_json.h"
#include "export/onnx.h"
#include "export/safetensors.h"
#include "export/tracr.h"
#include "model/forward.h"

using namespace rasp;
using namespace rasp::testing;
using Json = nlohmann::ordered_json;

namespace {

void write_file(const std::filesystem::path& path, const std::string& bytes) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (!file || std::fwrite(bytes.data(), 1, bytes.size(), file) != bytes.size() || std::fclose(file) != 0) {
    std::fprintf(stderr, "cannot write %s\n", path.c_str());
    std::exit(1);
  }
}

std::string bytes_of(const Exported& exported) {
  if (exported.failure) {
    std::fprintf(stderr, "refused: %s\n", exported.failure->message.c_str());
    std::exit(1);
  }
  return exported.bytes;
}

struct Sample {
  Graph graph;
  CompiledModel compiled;
  ModelSource source;
};

// A model with random weights and labels that are hard to write: quotes, line breaks, other scripts, numbers that JSON
// does not have.
void label(Sample& s, Random& random) {
  CompiledModel& c = s.compiled;
  const Transformer& m = c.transformer;
  const std::vector<Value> odd{Value::string("a"),
                               Value::string("\"quoted\"\n"),
                               Value::string("žába"),
                               Value::integer(-3),
                               Value::integer(BigInt(1).shifted_left(70)),
                               Value::real(0.1),
                               Value::real(std::numeric_limits<double>::quiet_NaN()),
                               Value::real(-std::numeric_limits<double>::infinity()),
                               Value::boolean(true)};
  for (std::int32_t id = 0; id < m.bos_id; ++id)
    c.vocabulary.push_back(static_cast<std::size_t>(id) < odd.size() ? odd[static_cast<std::size_t>(id)]
                                                                     : Value::string("t" + std::to_string(id)));
  s.source.program = "x = tokens;\ny = x + x;\n";
  s.source.program_name = "odd \"name\".rasp";
  s.source.output_expression = "y";
  s.source.locate = [](const Span& span) -> std::optional<std::array<std::int64_t, 4>> {
    if (span.file != 0) return std::nullopt;
    return std::array<std::int64_t, 4>{1 + span.begin / 12, 1 + span.begin % 12, 1 + span.end / 12, 1 + span.end % 12};
  };
  Node tokens;
  tokens.kind = NodeKind::Tokens;
  tokens.span = {4, 10, 0};
  const NodeId x = s.graph.add(tokens, Limits{});
  Node sum;
  sum.kind = NodeKind::Elementwise;
  sum.op = Op::Add;
  sum.args = {x, x};
  sum.span = {16, 21, 1};  // as if the library had made it
  const NodeId y = s.graph.add(sum, Limits{});
  s.graph.set_name(y, "y");
  s.source.graph = &s.graph;

  c.output = y;
  c.options.max_length = static_cast<std::uint32_t>(m.n_ctx - 1);
  const bool numerical = m.W_U.cols() == 1;
  c.codec.encoding = numerical ? Encoding::Numerical : Encoding::Categorical;
  for (std::int32_t i = 0; i < (numerical ? 4 : m.W_U.cols()); ++i) c.codec.values.push_back(Value::integer(i));
  for (std::int32_t d = 0; d < m.d_model; ++d) c.residual_labels.push_back("x:" + std::to_string(d));
  Subspace categorical;
  categorical.node = x;
  categorical.label = "x";
  categorical.dimensions = {0, 1};
  categorical.classes = {{odd[0]}, {odd[1], odd[6]}};
  categorical.silent = {odd[7]};
  Subspace number;
  number.node = y;
  number.label = "y";
  number.encoding = Encoding::Numerical;
  number.dimensions = {2};
  number.values = {Value::integer(0), Value::integer(1)};
  number.stored = {1, 0.5};
  number.written = 1;
  number.dead = 2;
  c.subspaces = {categorical, number};
  for (const Layer& layer : m.layers) {
    LayerInfo info;
    for (std::size_t h = 0; h < layer.heads.size(); ++h) {
      HeadInfo head;
      head.nodes = {y};
      head.label = "select(x, x, ==)";
      head.role = static_cast<HeadInfo::Role>(random.below(3));
      head.reads_query = head.reads_key = {"x"};
      info.heads.push_back(head);
    }
    if (layer.mlp.W_in.cols() > 0)
      info.neurons.push_back({y, 0, static_cast<std::int32_t>(layer.mlp.W_in.cols()), "y", "lookup", {}});
    c.layers.push_back(info);
  }
  c.links.push_back({y, "score gap → leakage", 0.5, 1e-6});
  c.links.push_back(
      {no_node, "no bound", -std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()});
  c.exactness.reasons = {"made by hand"};
}

Json traces(const Transformer& m, Random& random) {
  Json cases = Json::array();
  for (const std::int32_t T : {1, 2, m.n_ctx / 2 + 1, m.n_ctx}) {
    const std::vector<std::int32_t> ids = random_ids(random, m, T);
    Trace trace;
    std::vector<float> logits;
    forward(m, ids, logits, &trace);
    Json tensors;
    for (const TensorInfo& t : trace.tensors) {
      std::int64_t n = 1;
      for (const std::int64_t d : t.shape) n *= d;
      const auto first = trace.arena.begin() + t.offset;
      tensors[t.name] = {{"shape", t.shape}, {"values", std::vector<float>(first, first + n)}};
    }
    cases.push_back({{"tokens", ids}, {"tensors", tensors}});
  }
  return cases;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: write_samples DIRECTORY\n");
    return 2;
  }
  const std::filesystem::path directory = argv[1];
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    Random random(seed);
    RandomModelOptions o;
    o.causal = seed % 2 == 1;
    o.layers = static_cast<std::int32_t>(seed % 4);  // without layers among them
    o.d_vocab = random.between(2, 12);
    o.n_ctx = random.between(2, 14);
    o.d_vocab_out = seed % 3 == 0 ? 1 : random.between(2, 6);
    o.max_heads = seed == 5 ? 0 : 3;
    o.max_d_mlp = seed == 6 ? 1 : 150;  // sizes of two and three digits: lengths over 127 bytes everywhere
    Sample s;
    s.compiled.transformer = random_model(seed + 77, o);
    label(s, random);
    const Transformer& m = s.compiled.transformer;
    const std::filesystem::path to = directory / std::to_string(seed);
    std::filesystem::create_directories(to);
    write_file(to / "model.safetensors", bytes_of(write_safetensors(m)));
    write_file(to / "model.json", bytes_of(write_model_json(s.compiled, s.source)));
    const CompiledModel tracr = with_output_in_stream(s.compiled, "y");
    write_file(to / "tracr.safetensors", bytes_of(write_safetensors(tracr.transformer, Naming::Tracr)));
    write_file(to / "tracr.json", bytes_of(write_model_json(tracr, s.source, {Naming::Tracr, false, 1})));
    write_file(to / "document.json",
               bytes_of(write_model_json(s.compiled, s.source, {Naming::TransformerLens, true, -1})));
    write_file(to / "model.onnx", bytes_of(write_onnx(m)));
    write_file(to / "traced.onnx", bytes_of(write_onnx(m, {true, true})));
    write_file(to / "cases.json", traces(m, random).dump());
  }
  return 0;
}
