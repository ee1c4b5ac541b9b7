// Listings of craft: written, read back as the same weights to the last bit, changed by hand, and refused with a place
// where they are wrong.
#include "compiler/compile_here.h"
#include "compiler/craft_of.h"
#include "generate.h"
#include "model/fingerprint.h"

#include <filesystem>

using namespace rasp;
using namespace rasp::testing;

namespace {

std::string listing_of(const CompiledModel& m, const Graph& graph) { return *craft::print(craft_of(m, graph)); }

std::string first_error(const Diagnostics& d) {
  for (const Diagnostic& x : d.list()) return x.message + " at " + std::to_string(x.span.begin);
  return "";
}

// The same bits in every matrix and vector: fingerprints leave zeros out, these do not.
void same(const SparseMatrix& a, const SparseMatrix& b) {
  REQUIRE(a.rows() == b.rows());
  REQUIRE(a.cols() == b.cols());
  REQUIRE(a.nonZeros() == b.nonZeros());
  if (a.nonZeros() == 0) return;  // of nothing there may be no place in memory
  CHECK(std::memcmp(a.valuePtr(), b.valuePtr(), static_cast<std::size_t>(a.nonZeros()) * sizeof(float)) == 0);
  CHECK(std::equal(a.innerIndexPtr(), a.innerIndexPtr() + a.nonZeros(), b.innerIndexPtr()));
}
void same(const std::vector<float>& a, const std::vector<float>& b) {
  REQUIRE(a.size() == b.size());
  CHECK((a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0));
}
void same(const Transformer& a, const Transformer& b) {
  CHECK(fingerprint(a) == fingerprint(b));
  same(a.W_E, b.W_E), same(a.W_pos, b.W_pos), same(a.W_U, b.W_U), same(a.b_U, b.b_U);
  REQUIRE(a.layers.size() == b.layers.size());
  for (std::size_t l = 0; l < a.layers.size(); ++l) {
    const Layer &x = a.layers[l], &y = b.layers[l];
    REQUIRE(x.heads.size() == y.heads.size());
    for (std::size_t h = 0; h < x.heads.size(); ++h) {
      const AttentionHead &p = x.heads[h], &q = y.heads[h];
      same(p.W_Q, q.W_Q), same(p.W_K, q.W_K), same(p.W_V, q.W_V), same(p.W_O, q.W_O);
      same(p.b_Q, q.b_Q), same(p.b_K, q.b_K), same(p.b_V, q.b_V);
    }
    same(x.b_O, y.b_O);
    same(x.mlp.W_in, y.mlp.W_in), same(x.mlp.W_out, y.mlp.W_out), same(x.mlp.b_in, y.mlp.b_in),
        same(x.mlp.b_out, y.mlp.b_out);
  }
}

void round_trip(const CompiledModel& m, const Graph& graph) {
  const std::string text = listing_of(m, graph);
  Diagnostics diagnostics;
  Budget budget(Limits{.milliseconds = 0});
  const auto read = craft::read(text, diagnostics, budget);
  REQUIRE_MESSAGE(read, first_error(diagnostics));
  const CompiledModel again = model_of(*read, m.output, budget);
  same(m.transformer, again.transformer);
  CHECK(shape_fault(again.transformer) == "");
  REQUIRE(m.codec.values.size() == again.codec.values.size());
  for (std::size_t i = 0; i < m.codec.values.size(); ++i) CHECK(identical(m.codec.values[i], again.codec.values[i]));
  CHECK(craft::print(*read)->size() > 0);
}

const char* reverse = "x = aggregate(select(indices, length - indices - 1, ==), tokens);";
Compiled small(const char* text = reverse) {
  return Compiled(text, [](ProgramRequest& r) {
    r.vocabulary = std::vector<Value>{Value::string("a"), Value::string("b"), Value::string("c")}, r.max_length = 3;
  });
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE_MESSAGE(at != std::string::npos, from);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("a listing of every example is read back as the same weights to the last bit") {
  for (const auto& file : std::filesystem::directory_iterator(RASP_ROOT_DIR "/examples")) {
    if (file.path().extension() != ".rasp") continue;
    CAPTURE(file.path().stem().string());
    for (const bool optimize : {true, false}) {
      Compiled c(read_example(file.path().stem().string()), [&](ProgramRequest& r) {
        if (!optimize) r.passes = no_passes;
      });
      if (c.model) round_trip(*c.model, c.program.elaboration.graph);
    }
  }
}

TEST_CASE("and of random programs") {
  const char* wish = std::getenv("RASP_LONG");
  const std::uint64_t count = wish && std::strcmp(wish, "0") != 0 ? 1000 : 200;
  std::uint64_t compiled = 0;
  for (std::uint64_t seed = 0; seed < count; ++seed) {
    CAPTURE(seed);
    GeneratorOptions options;
    options.extreme = seed % 4 == 3;  // subnormal weights, infinities, nan
    const RandomProgram p = random_program(seed, options);
    Compiled c(p.source, [&](ProgramRequest& r) {
      r.vocabulary = p.vocabulary, r.max_length = p.max_length, r.causal = p.causal;
    });
    if (!c.model) continue;
    ++compiled;
    round_trip(*c.model, c.program.elaboration.graph);
  }
  CHECK(compiled > count * 3 / 4);
}

TEST_CASE("values of every kind are read back as they are") {
  const std::vector<Value> all = {
      Value::none(),  Value::opaque("(1, 'a')"), Value::string("None"), Value::string("a\"\\\n#"), Value::integer(2),
      Value::real(2), Value::boolean(true),      Value::real(-1e300)};
  for (const Value& v : all) {
    CAPTURE(craft::text_of(v));
    Compiled c = small();
    craft::Craft craft = craft_of(*c.model, c.program.elaboration.graph);
    craft.unembedding.values[0] = v;
    Diagnostics d;
    const auto read = craft::read(*craft::print(craft), d, c.budget);
    REQUIRE_MESSAGE(read, first_error(d));
    CHECK(identical(read->unembedding.values[0], v));
  }
}

TEST_CASE("weights are written as the shortest text that is the same float") {
  CHECK(craft::text_of(0.1f) == "0.1");
  CHECK(craft::text_of(1.f) == "1");
  CHECK(craft::text_of(-0.f) == "-0");
  CHECK(craft::text_of(16777216.f) == "16777216");
  for (const float x : {1.f / 3, 1e-30f, 3.4028235e38f, 1.1754944e-38f, 0.30000001f})
    CHECK(std::strtof(craft::text_of(x).c_str(), nullptr) == x);
}

TEST_CASE("a listing names what each part is for") {
  Compiled c = small();
  const std::string text = listing_of(*c.model, c.program.elaboration.graph);
  CHECK(text.find("basis tokens one_hot of \"tokens\" from embeddings") != std::string::npos);
  CHECK(text.find("unembed \"c\": x:c") != std::string::npos);
  CHECK(text.find("-> x:b") != std::string::npos);
}

TEST_CASE("a listing that was changed computes something else, and the comparison with the program says so") {
  Compiled c = small();
  const Graph& graph = c.program.elaboration.graph;
  const std::string text = listing_of(*c.model, graph);
  const auto mismatches = [&](const std::string& listing) {
    Diagnostics d;
    const auto read = craft::read(listing, d, c.budget);
    REQUIRE_MESSAGE(read, first_error(d));
    const CompiledModel m = model_of(*read, c.model->output, c.budget);
    Runner runner(graph, m);
    return rasp::check(graph, runner, {.exhaustive = true}, c.budget).mismatches;
  };
  CHECK(mismatches(text) == 0);
  CHECK(mismatches(replaced(replaced(text, "unembed \"c\": x:c", "unembed \"c\": x:b"), "unembed \"b\": x:b",
                            "unembed \"b\": x:c")) > 0);
}

TEST_CASE("a circuit written by hand is a model") {
  // The token before the last: a head that puts BOS above everything but position 1.
  const char* identity = R"(craft 1
model d_model 3 max_length 2
vocabulary "a" "b"
output categorical "a" "b"
basis BOS one_hot from embeddings
  0=BOS
basis tokens one_hot of "tokens" from embeddings
  1=tokens:a 2="my direction"
token BOS -> BOS
token "a" -> tokens:a
token "b" -> "my direction"   # a remark
unembed "a": tokens:a
unembed "b": 0.5
)";
  Compiled c = small("x = tokens;");
  Diagnostics d;
  const auto read = craft::read(identity, d, c.budget);
  REQUIRE_MESSAGE(read, first_error(d));
  const CompiledModel m = model_of(*read, c.model->output, c.budget);
  Runner runner(c.program.elaboration.graph, m);
  CHECK(rasp::check(c.program.elaboration.graph, runner, {.exhaustive = true}, c.budget).mismatches == 0);
}

TEST_CASE("a component alone, with the bases that it names") {
  Compiled c = small();
  const craft::Craft craft = craft_of(*c.model, c.program.elaboration.graph);
  const auto last = std::to_string(c.model->transformer.layers.size() - 1);
  const auto head = craft::print(craft, "head " + last + ".0");
  REQUIRE(head);
  CHECK(head->find("basis tokens") != std::string::npos);
  CHECK(head->find("  ov ") != std::string::npos);
  CHECK(head->find("unembed") == std::string::npos);
  for (const char* none : {"head 9.0", "head 0.7", "mlp 9", "", "x"})
    CHECK(craft::print(craft, none).has_value() == (*none == 0));
}

TEST_CASE("a listing with a mistake: what is wrong, and where") {
  Compiled c = small();
  const std::string text = listing_of(*c.model, c.program.elaboration.graph);
  struct Mistake {
    const char *from, *to, *message, *at;
  };
  const Mistake mistakes[] = {
      {"craft 1", "craft 2", "A listing begins with \"craft 1\"", "craft 2"},
      {"unembed \"c\": x:c", "unembed \"c\": x:z", "There is no direction \"x:z\"", "x:z"},
      {"unembed \"c\": x:c", "unembed \"c\" x:c", "\":\" is expected, not \"x:c\"", "x:c"},
      {"unembed \"c\": x:c", "unembed \"c\": 1e99*x:c", "\"1e99\" is not a number that float32 holds", "1e99"},
      {"unembed \"c\": x:c", "unembed \"c\": x:c + 2*x:c", "The dimension of \"x:c\" is named twice in one sum",
       "x:c\n"},
      {"unembed \"b\"", "unembed \"z\"", "The value \"b\" is next", "\"z\""},
      {"token \"b\"", "token \"z\"", "\"z\" is not in the vocabulary", "\"z\""},
      {"layer 0", "layer 3", "Layer 0 is next", "3\n"},
      {"from embeddings", "since embeddings", "\"from\" is expected, not \"since\"", "since"},
      {"unembed \"c\"", "unembed \"c", "A text has no closing quote", "\"c: "},
      {"unembed \"c\": x:c", "dance", "A line cannot begin with \"dance\"", "dance"},
      {"unembed \"c\": x:c", "unembed \"c\": x:c ; x", "\";\" is no sign of a listing", "; x"},
  };
  for (const Mistake& m : mistakes) {
    CAPTURE(m.to);
    const std::string wrong = replaced(text, m.from, m.to);
    Diagnostics d;
    CHECK_FALSE(craft::read(wrong, d, c.budget));
    REQUIRE(d.list().size() == 1);
    CHECK(d.list()[0].code == "bad-listing");
    CHECK(d.list()[0].message == m.message);
    CHECK(wrong.substr(d.list()[0].span.begin, std::string(m.at).size()) == m.at);
  }
}

TEST_CASE("no cut or changed listing does harm") {
  Compiled c = small();
  const std::string text = listing_of(*c.model, c.program.elaboration.graph);
  const auto tried = [&](const std::string& listing) {
    Diagnostics d;
    Budget budget;
    try {
      const auto read = craft::read(listing, d, budget);
      CHECK(read.has_value() == d.list().empty());
      if (read) CHECK(shape_fault(craft::weights(*read, budget)) == "");
    } catch (const LimitExceeded& e) {
      CHECK(std::string(e.code).substr(0, 6) == "limit-");
    }
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    tried(text.substr(0, i));
    for (const char x : {'0', '9', '"', '(', '\n', ':', '-', '\xff'}) {
      std::string changed = text;
      changed[i] = x;
      tried(changed);
    }
  }
}
