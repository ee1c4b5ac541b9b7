// Random sparse models for tests of model/ and export/, and for benchmarks.
#pragma once
#include <cstdint>
#include <vector>
#include "model/transformer.h"

namespace rasp::testing {

// A small generator of its own, so that a seed gives the same model with every standard library.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15u + 0x1234567u) {}
  std::uint64_t bits() {
    state_ += 0x9E3779B97F4A7C15u;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  std::int32_t below(std::int32_t n) { return static_cast<std::int32_t>(bits() % static_cast<std::uint64_t>(n)); }
  std::int32_t between(std::int32_t low, std::int32_t high) { return low + below(high - low + 1); }
  double unit() { return static_cast<double>(bits() >> 11) * 0x1p-53; }
  float weight() { return static_cast<float>(2 * unit() - 1); }

 private:
  std::uint64_t state_;
};

struct RandomModelOptions {
  std::int32_t d_model = 12, d_vocab = 5, d_vocab_out = 4, n_ctx = 9;
  std::int32_t layers = 3, max_heads = 3, max_d_head = 5, max_d_mlp = 9;
  double density = 0.25;
  bool causal = false;
};

inline SparseMatrix random_matrix(Random& random, std::int32_t rows, std::int32_t columns, double density) {
  std::vector<Eigen::Triplet<float, std::int32_t>> entries;
  for (std::int32_t r = 0; r < rows; ++r)
    for (std::int32_t c = 0; c < columns; ++c)
      if (random.unit() < density) entries.emplace_back(r, c, random.weight());
  SparseMatrix w(rows, columns);
  w.setFromTriplets(entries.begin(), entries.end());
  return w;
}

inline std::vector<float> random_bias(Random& random, std::int32_t size, double density) {
  std::vector<float> b(static_cast<std::size_t>(size), 0.0f);
  for (float& x : b)
    if (random.unit() < density) x = random.weight();
  return b;
}

// Heads and MLPs of a different width in each layer; layers without heads, without neurons and without either occur.
inline Transformer random_model(std::uint64_t seed, const RandomModelOptions& o) {
  Random random(seed);
  Transformer m;
  m.d_model = o.d_model;
  m.n_ctx = o.n_ctx;
  m.causal = o.causal;
  m.bos_id = o.d_vocab - 1;
  m.W_E = random_matrix(random, o.d_vocab, o.d_model, 0.4);
  m.W_pos = random_matrix(random, o.n_ctx, o.d_model, 0.3);
  for (std::int32_t l = 0; l < o.layers; ++l) {
    Layer layer;
    const std::int32_t heads = random.between(0, o.max_heads);
    for (std::int32_t h = 0; h < heads; ++h) {
      AttentionHead head;
      const std::int32_t d = random.between(1, o.max_d_head);
      const double density = random.below(6) == 0 ? 0 : o.density;  // some heads read nothing
      head.W_Q = random_matrix(random, o.d_model, d, density);
      head.W_K = random_matrix(random, o.d_model, d, o.density);
      head.W_V = random_matrix(random, o.d_model, d, density);
      head.W_O = random_matrix(random, d, o.d_model, o.density);
      head.b_Q = random_bias(random, d, 0.4);
      head.b_K = random_bias(random, d, 0.4);
      head.b_V = random_bias(random, d, density);
      layer.heads.push_back(std::move(head));
    }
    layer.b_O = random_bias(random, o.d_model, 0.2);
    const std::int32_t f = random.below(4) == 0 ? 0 : random.between(1, o.max_d_mlp);
    layer.mlp.W_in = random_matrix(random, o.d_model, f, o.density);
    layer.mlp.b_in = random_bias(random, f, 0.5);
    layer.mlp.W_out = random_matrix(random, f, o.d_model, o.density);
    layer.mlp.b_out = random_bias(random, o.d_model, 0.2);
    m.layers.push_back(std::move(layer));
  }
  m.W_U = random_matrix(random, o.d_model, o.d_vocab_out, 0.4);
  m.b_U = random_bias(random, o.d_vocab_out, 0.5);
  return m;
}

// BOS, then T - 1 other tokens.
inline std::vector<std::int32_t> random_ids(Random& random, const Transformer& m, std::int32_t T) {
  std::vector<std::int32_t> ids{m.bos_id};
  const auto vocabulary = static_cast<std::int32_t>(m.W_E.rows());
  while (static_cast<std::int32_t>(ids.size()) < T) {
    const std::int32_t id = random.below(vocabulary);
    if (id != m.bos_id) ids.push_back(id);
  }
  return ids;
}

}  // namespace rasp::testing
