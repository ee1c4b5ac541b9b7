// The forward pass on dense matrices, in float or double, with every sum in a random order, and a hook after each
// half-layer that may change the residual stream.
#pragma once
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <vector>

#include "model/transformer.h"
#include "rng.h"

namespace rasp::testing {

template <class Real>
class DensePass {
 public:
  using Rows = std::vector<std::vector<Real>>;  // [T][d]
  using Hook =
      std::function<void(std::int32_t half_layer, Rows& residual)>;  // 0 embeddings, 2L+1 attention L, 2L+2 MLP L

  DensePass(const Transformer& model, std::uint64_t seed) : m_(model), rng_(seed) {}

  Rows run(const std::vector<std::int32_t>& ids, const Hook& hook) {
    const std::size_t T = ids.size(), d = static_cast<std::size_t>(m_.d_model);
    Rows x(T, std::vector<Real>(d));
    for (std::size_t t = 0; t < T; ++t)
      for (std::size_t j = 0; j < d; ++j)
        x[t][j] = static_cast<Real>(m_.W_E.coeff(ids[t], static_cast<int>(j))) +
                  static_cast<Real>(m_.W_pos.coeff(static_cast<int>(t), static_cast<int>(j)));
    hook(0, x);
    for (std::size_t l = 0; l < m_.layers.size(); ++l) {
      const Layer& layer = m_.layers[l];
      Rows sum(T, std::vector<Real>(d, Real(0)));
      std::vector<std::size_t> heads(layer.heads.size());
      std::iota(heads.begin(), heads.end(), 0u);
      shuffle(heads);
      for (std::size_t h : heads) add(sum, attention(layer.heads[h], x));
      for (auto& row : sum)
        for (std::size_t j = 0; j < d; ++j) row[j] += static_cast<Real>(layer.b_O[j]);
      add(x, sum);
      hook(static_cast<std::int32_t>(2 * l + 1), x);
      Rows hidden = affine(x, layer.mlp.W_in, layer.mlp.b_in);
      for (auto& row : hidden)
        for (Real& v : row) v = std::max(v, Real(0));
      add(x, affine(hidden, layer.mlp.W_out, layer.mlp.b_out));
      hook(static_cast<std::int32_t>(2 * l + 2), x);
    }
    return affine(x, m_.W_U, m_.b_U);
  }

 private:
  void shuffle(std::vector<std::size_t>& order) {
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[rng_.below(i)]);
  }

  static void add(Rows& a, const Rows& b) {
    for (std::size_t t = 0; t < a.size(); ++t)
      for (std::size_t j = 0; j < a[t].size(); ++j) a[t][j] += b[t][j];
  }

  // x·W + b; the terms of every sum, and the bias among them, in a random order. Zeros of W are left out: they change
  // no sum.
  Rows affine(const Rows& x, const SparseMatrix& w, const std::vector<float>& b) {
    const auto columns = static_cast<std::size_t>(w.cols());
    std::vector<std::vector<std::pair<std::size_t, Real>>> terms(columns);  // (row, weight); row = rows(): the bias
    for (int r = 0; r < w.rows(); ++r)
      for (SparseMatrix::InnerIterator it(w, r); it; ++it)
        terms[static_cast<std::size_t>(it.col())].emplace_back(static_cast<std::size_t>(r),
                                                               static_cast<Real>(it.value()));
    for (std::size_t c = 0; c < columns; ++c) {
      if (!b.empty()) terms[c].emplace_back(static_cast<std::size_t>(w.rows()), static_cast<Real>(b[c]));
      for (std::size_t i = terms[c].size(); i > 1; --i) std::swap(terms[c][i - 1], terms[c][rng_.below(i)]);
    }
    Rows out(x.size(), std::vector<Real>(columns, Real(0)));
    for (std::size_t t = 0; t < x.size(); ++t)
      for (std::size_t c = 0; c < columns; ++c)
        for (const auto& [r, weight] : terms[c]) out[t][c] += r == x[t].size() ? weight : x[t][r] * weight;
    return out;
  }

  Rows attention(const AttentionHead& head, const Rows& x) {
    const std::size_t T = x.size();
    const Rows q = affine(x, head.W_Q, head.b_Q), k = affine(x, head.W_K, head.b_K), v = affine(x, head.W_V, head.b_V);
    const Real root = std::sqrt(static_cast<Real>(head.W_Q.cols()));
    Rows z(T, std::vector<Real>(static_cast<std::size_t>(head.W_V.cols()), Real(0)));
    std::vector<std::size_t> axes(q[0].size()), keys;
    std::iota(axes.begin(), axes.end(), 0u);
    for (std::size_t i = 0; i < T; ++i) {
      shuffle(axes);
      keys.resize(m_.causal ? i + 1 : T);
      std::iota(keys.begin(), keys.end(), 0u);
      shuffle(keys);
      std::vector<Real> score(T);
      Real most = -std::numeric_limits<Real>::infinity(), total = 0;
      for (std::size_t j : keys) {
        Real s = 0;
        for (std::size_t a : axes) s += q[i][a] * k[j][a];
        most = std::max(most, score[j] = s / root);
      }
      for (std::size_t j : keys) total += score[j] = std::exp(score[j] - most);
      for (std::size_t j : keys)
        for (std::size_t a = 0; a < z[i].size(); ++a) z[i][a] += score[j] / total * v[j][a];
    }
    return affine(z, head.W_O, {});
  }

  const Transformer& m_;
  Rng rng_;
};

}  // namespace rasp::testing
