// What can be said about the files without reading them back; read_back.test.mjs does that.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "../model/random_model.h"
#include "export/model_json.h"
#include "export/onnx.h"
#include "export/safetensors.h"
#include "model/fingerprint.h"

using namespace rasp;
using namespace rasp::testing;

namespace {

Transformer small_model() {
  RandomModelOptions o;
  o.layers = 2;
  return random_model(4, o);
}

CompiledModel compiled_from(Transformer m) {
  CompiledModel c;
  c.transformer = std::move(m);
  for (std::int32_t i = 0; i < c.transformer.bos_id; ++i) c.vocabulary.push_back(Value::integer(i));
  c.residual_labels.assign(static_cast<std::size_t>(c.transformer.d_model), "x");
  return c;
}

}  // namespace

TEST_CASE("a fingerprint changes with every weight and size, not with how the weights are stored") {
  const Transformer m = small_model();
  const std::string name = fingerprint(m);
  CHECK(name.size() == 16);
  CHECK(name.find_first_not_of("0123456789abcdef") == std::string::npos);
  CHECK(fingerprint(small_model()) == name);

  Transformer stored_zero = m;
  bool inserted = false;
  for (int c = 0; c < m.d_model && !inserted; ++c)
    if (m.W_E.coeff(0, c) == 0) {
      stored_zero.W_E.coeffRef(0, c) = 0;
      inserted = true;
    }
  REQUIRE(stored_zero.W_E.nonZeros() == m.W_E.nonZeros() + 1);
  CHECK(fingerprint(stored_zero) == name);

  const auto changed = [&](auto change) {
    Transformer other = m;
    change(other);
    return fingerprint(other) != name;
  };
  CHECK(changed([](Transformer& o) { o.causal = !o.causal; }));
  CHECK(changed([](Transformer& o) { o.bos_id = 0; }));
  CHECK(changed([](Transformer& o) { o.b_U[0] += 1e-3f; }));
  CHECK(changed([](Transformer& o) { o.layers[1].b_O[2] += 1; }));
  CHECK(changed([](Transformer& o) { o.layers.pop_back(); }));
  CHECK(changed([](Transformer& o) { o.W_pos.valuePtr()[0] *= -1; }));
  for (std::size_t l = 0; l < m.layers.size(); ++l)
    for (std::size_t h = 0; h < m.layers[l].heads.size(); ++h)
      for (const auto matrix : {&AttentionHead::W_Q, &AttentionHead::W_K, &AttentionHead::W_V, &AttentionHead::W_O}) {
        if ((m.layers[l].heads[h].*matrix).nonZeros() == 0) continue;
        CHECK(changed([&](Transformer& o) { (o.layers[l].heads[h].*matrix).valuePtr()[0] += 0.5f; }));
      }
}

TEST_CASE("a file that would pass the limit is refused, one at the limit is not") {
  const CompiledModel c = compiled_from(small_model());
  Graph graph;
  ModelSource source;
  source.graph = &graph;
  const auto check = [](auto write) {
    const Exported whole = write(default_export_limit);
    REQUIRE_FALSE(whole.failure);
    const auto size = static_cast<std::int64_t>(whole.bytes.size());
    CHECK(write(size).bytes == whole.bytes);
    const Exported refused = write(size - 1);
    REQUIRE(refused.failure);
    CHECK(refused.failure->code == "export-too-large");
    CHECK(refused.failure->error_class == "limit");
    CHECK(refused.bytes.empty());
  };
  check([&](std::int64_t limit) { return write_safetensors(c.transformer, Naming::TransformerLens, limit); });
  check([&](std::int64_t limit) { return write_safetensors(c.transformer, Naming::Tracr, limit); });
  check([&](std::int64_t limit) { return write_onnx(c.transformer, {true, true}, limit); });
  check([&](std::int64_t limit) { return write_model_json(c, source, {Naming::TransformerLens, true, -1}, limit); });
}

TEST_CASE("a model far too large to be dense is refused before memory is asked for") {
  Transformer m = small_model();
  const int wide = 400'000'000;
  Mlp& mlp = m.layers[0].mlp;
  mlp.W_in = SparseMatrix(m.d_model, wide);
  mlp.W_out = SparseMatrix(m.d_model, wide);  // transposed shape: only sizes are asked here
  CHECK(write_safetensors(m).failure);
  CHECK(write_onnx(m).failure);
}

TEST_CASE("text that is not UTF-8 is replaced, and the JSON stays valid") {
  CompiledModel c = compiled_from(small_model());
  Graph graph;
  ModelSource source;
  source.graph = &graph;
  source.program = "x = \"\xff\";";
  c.residual_labels[0] = "\xc3";
  const Exported out = write_model_json(c, source);
  REQUIRE_FALSE(out.failure);
  const auto j = nlohmann::json::parse(out.bytes);
  CHECK(j["rasp"]["program"]["text"] == "x = \"\xef\xbf\xbd\";");
  CHECK(j["rasp"]["residual_labels"][0] == "\xef\xbf\xbd");
}
