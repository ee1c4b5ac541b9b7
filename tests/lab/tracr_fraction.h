// Tracr's own construction of frac_prevs (Lindner et al. 2023): 14 dimensions, tokens a b c x, five positions. Residual
// stream: tokens a b c x BOS pad, indices 0–4, one, is_x, frac_prevs. MLP 0 writes is_x, the head of layer 1 averages
// it.
#pragma once
#include <cmath>

#include "model/transformer.h"

namespace rasp::testing {

inline SparseMatrix entries(std::int32_t rows, std::int32_t columns,
                            const std::vector<Eigen::Triplet<float, std::int32_t>>& list) {
  SparseMatrix w(rows, columns);
  w.setFromTriplets(list.begin(), list.end());
  return w;
}

inline Transformer tracr_fraction() {
  constexpr int x = 3, bos = 4, indices = 6, one = 11, is_x = 12, frac = 13, D = 14, n = 5;
  const auto zeros = [](int size) { return std::vector<float>(static_cast<std::size_t>(size), 0.0f); };
  Transformer m;
  m.d_model = D, m.n_ctx = n + 1, m.causal = false, m.bos_id = bos;
  std::vector<Eigen::Triplet<float, std::int32_t>> tokens, positions, q, k;
  for (int t = 0; t <= bos; ++t) tokens.emplace_back(t, t, 1.0f), tokens.emplace_back(t, one, 1.0f);
  const float score = 100 * std::sqrt(static_cast<float>(n));
  for (int i = 0; i < n; ++i) {
    positions.emplace_back(i + 1, indices + i, 1.0f);
    q.emplace_back(indices + i, i, score);
    for (int query = i; query < n; ++query) k.emplace_back(indices + i, query, 1.0f);
  }
  m.W_E = entries(bos + 1, D, tokens);
  m.W_pos = entries(n + 1, D, positions);
  Layer first;
  first.b_O = zeros(D);
  first.mlp = {entries(D, 1, {{x, 0, 1.0f}}), zeros(1), entries(1, D, {{0, is_x, 1.0f}}), zeros(D)};
  Layer second;
  second.heads.push_back({entries(D, n, q), entries(D, n, k), entries(D, n, {{is_x, 0, 1.0f}}), zeros(n), zeros(n),
                          zeros(n), entries(n, D, {{0, frac, 1.0f}})});
  second.b_O = zeros(D);
  second.mlp = {SparseMatrix(D, 0), {}, SparseMatrix(0, D), zeros(D)};
  m.layers = {first, second};
  m.W_U = entries(D, 1, {{frac, 0, 1.0f}});
  m.b_U = zeros(1);
  return m;
}

}  // namespace rasp::testing
