// Edges apart: the sum of parts is the model, and scores mean what they say.
#include <cmath>

#include "doctest/doctest.h"
#include "lab/basis.h"
#include "lab/circuit.h"
#include "model/random_model.h"

namespace rasp {
namespace {

lab::Circuit circuit_without_program(const lab::Network<float>& n) {
  CompiledModel none;
  for (const lab::LayerShape& l : n.shape().layers) none.layers.emplace_back().heads.resize(l.heads.size());
  return lab::circuit_of(none, n);
}

double largest_difference(const lab::Matrix<float>& a, const lab::Matrix<float>& b) {
  double most = 0;
  for (std::int32_t r = 0; r < a.rows; ++r)
    for (std::int32_t c = 0; c < a.columns; ++c)
      most = std::max(most, std::abs(static_cast<double>(a(r, c) - b(r, c))) /
                                std::max(1.0, std::abs(static_cast<double>(b(r, c)))));
  return most;
}

TEST_CASE(
    "edge by edge: none patched is the clean run, all patched the other one, edges without weights change nothing") {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    CAPTURE(seed);
    testing::RandomModelOptions o;
    o.causal = seed % 2;
    const Transformer m = testing::random_model(seed, o);
    lab::Network<float> n = lab::network_of<float>(m);
    const lab::Circuit c = circuit_without_program(n);
    testing::Random random(seed + 5);
    const std::int32_t T = 2 + random.below(m.n_ctx - 1);
    const auto clean = testing::random_ids(random, m, T), other = testing::random_ids(random, m, T);
    lab::Batch batch;
    batch.add(clean);
    batch.add(other);
    n.forward(batch);
    const auto rows = [&](std::int32_t first) {
      lab::Matrix<float> y(T, n.logits().columns);
      for (std::int32_t t = 0; t < T; ++t)
        std::copy(n.logits().row(first + t), n.logits().row(first + t) + y.columns, y.row(t));
      return y;
    };
    lab::EdgePass pass(n, c);
    const lab::Matrix<float> corrupted = pass.run(other, {}, {});
    CHECK(largest_difference(corrupted, rows(T)) < 1e-3);
    const auto written = pass.written();
    CHECK(largest_difference(pass.run(clean, {}, {}), rows(0)) < 1e-3);
    const lab::Matrix<float> before = pass.logits();
    std::vector<std::uint8_t> used(c.edges.size(), 1);
    CHECK(largest_difference(pass.run(clean, used, written), corrupted) < 1e-5);
    for (std::size_t e = 0; e < used.size(); ++e) used[e] = !c.edges[e].structural;
    CHECK(largest_difference(pass.run(clean, used, written), before) < 1e-5);
  }
}

TEST_CASE("the derivative by what a reader reads is what a small patch along an edge changes") {
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    CAPTURE(seed);
    const Transformer m = testing::random_model(seed, {});
    lab::Network<float> n = lab::network_of<float>(m);
    const lab::Circuit c = circuit_without_program(n);
    testing::Random random(seed + 5);
    const std::int32_t T = m.n_ctx;
    const auto ids = testing::random_ids(random, m, T);
    lab::Batch batch;
    batch.add(ids);
    n.forward(batch);
    lab::Matrix<float> d(T, n.logits().columns), by;
    d(T - 1, 0) = 1;
    n.backward(batch, d);
    lab::EdgePass pass(n, c);
    const double clean = pass.run(ids, {}, {})(T - 1, 0);
    lab::EdgePass::Written moved = pass.written();
    const float step = 1e-3f;
    for (auto& y : moved)
      for (float& x : y.data) x += step;
    std::size_t e = 0;
    int checked = 0;
    for (const lab::CircuitReader& r : c.readers) {
      n.gradient_of_read(r.layer, r.head, static_cast<int>(r.kind), d, by);
      double sum = 0;
      for (std::int32_t t = 0; t < T; ++t)
        for (std::int32_t i = 0; i < by.columns; ++i) sum += static_cast<double>(by(t, i));
      std::vector<std::uint8_t> used(c.edges.size(), 0);
      for (std::size_t w = 0; w < r.writers; ++w) used[e + w] = w == 0;
      e += r.writers;
      const double change =
          (static_cast<double>(pass.run(ids, used, moved)(T - 1, 0)) - clean) / static_cast<double>(step);
      CAPTURE(r.name);
      // A relu may turn within the step: most readers must agree, and none be far off where they do not bend.
      checked += std::abs(change - sum) <= 0.05 * std::max(1.0, std::abs(sum));
    }
    CHECK(checked >= static_cast<int>(c.readers.size()) - 1);
  }
}

TEST_CASE("area under the ROC curve, by hand") {
  CHECK(lab::roc_auc({3, 2, 1, 0}, {true, true, false, false}) == 1);
  CHECK(lab::roc_auc({0, 1, 2, 3}, {true, true, false, false}) == 0);
  CHECK(lab::roc_auc({1, 1, 1, 1}, {true, false, true, false}) == 0.5);
  CHECK(lab::roc_auc({3, 1, 2, 0}, {true, true, false, false}) == 0.75);
  CHECK(std::isnan(lab::roc_auc({1, 2}, {true, true})));
}

}  // namespace
}  // namespace rasp
