// The forward pass once more, as naively as the mathematics is written: dense, no skipping, no packing. It runs in one
// of two arithmetics: `Bounded` (double, with a rigorous bound on what float32 may be off by in any order of summation)
// and `Shuffled` (float32, every sum in a random order).
#pragma once
#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>
#include "model/forward.h"
#include "random_model.h"

namespace rasp::testing {

// value ± error: every float32 evaluation lies within.
struct Bounded {
  double value = 0, error = 0;
};

struct BoundedArithmetic {
  using Number = Bounded;
  static constexpr double u = 0x1p-24;
  Bounded exact(double x) { return {x, 0}; }
  // Σ x·y, terms that are exactly zero cost no rounding.
  Bounded dot(const std::vector<Bounded>& x, const std::vector<Bounded>& y) {
    double sum = 0, carried = 0, size = 0;
    int terms = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      sum += x[i].value * y[i].value;
      carried += std::abs(x[i].value) * y[i].error + std::abs(y[i].value) * x[i].error + x[i].error * y[i].error;
      const double most = (std::abs(x[i].value) + x[i].error) * (std::abs(y[i].value) + y[i].error);
      size += most;
      terms += most > 0;
    }
    return {sum, carried + 1.01 * (terms + 1) * u * size};
  }
  Bounded relu(Bounded x) { return {std::max(x.value, 0.0), x.error}; }
  Bounded divide(Bounded x, double d) { return {x.value / d, (x.error + 4 * u * std::abs(x.value)) / d}; }
  std::vector<Bounded> softmax(const std::vector<Bounded>& x) {
    double largest = -1e300, smallest = 1e300, error = 0, sum = 0;
    for (const Bounded& s : x) {
      if (s.value < -1e29) continue;  // masked
      largest = std::max(largest, s.value);
      smallest = std::min(smallest, s.value);
      error = std::max(error, s.error);
    }
    for (const Bounded& s : x) sum += std::exp(s.value - largest);
    // Each exponential is off by a factor within exp(±r); the sum likewise, and both divide.
    const double r = error + 2 * u * (largest - smallest + error) + 4 * u;
    const double factor = std::expm1(2 * r + (static_cast<double>(x.size()) + 3) * u);
    std::vector<Bounded> p;
    for (const Bounded& s : x) {
      const double v = std::exp(s.value - largest) / sum;
      p.push_back({v, s.value < -1e29 ? 0 : v * factor + 0x1p-59});
    }
    return p;
  }
};

struct ShuffledArithmetic {
  using Number = float;
  Random& random;
  float exact(double x) { return static_cast<float>(x); }
  float dot(const std::vector<float>& x, const std::vector<float>& y) {
    std::vector<float> terms;
    for (std::size_t i = 0; i < x.size(); ++i) terms.push_back(x[i] * y[i]);
    return sum(terms);
  }
  float sum(std::vector<float> terms) {
    for (std::size_t i = terms.size(); i > 1; --i)
      std::swap(terms[i - 1], terms[static_cast<std::size_t>(random.below(static_cast<std::int32_t>(i)))]);
    float s = 0;
    for (const float t : terms) s += t;
    return s;
  }
  float relu(float x) { return std::max(x, 0.0f); }
  float divide(float x, double d) { return x / static_cast<float>(d); }
  std::vector<float> softmax(const std::vector<float>& x) {
    const float largest = *std::max_element(x.begin(), x.end());
    std::vector<float> p;
    for (const float s : x) p.push_back(std::exp(s - largest));
    const float total = sum(p);
    for (float& v : p) v /= total;
    return p;
  }
};

template <class Arithmetic>
class Reference {
 public:
  using N = typename Arithmetic::Number;
  using Rows = std::vector<std::vector<N>>;
  std::map<std::string, std::vector<N>> tensors;  // flattened, by the names of Trace

  Reference(Arithmetic arithmetic, const Transformer& model, const std::vector<std::int32_t>& ids,
            const std::vector<Intervention>& interventions = {})
      : a_(arithmetic), m_(model), interventions_(interventions), T_(ids.size()) {
    for (std::size_t t = 0; t < T_; ++t) {
      std::vector<N> row;
      for (int d = 0; d < m_.d_model; ++d)
        row.push_back(a_.dot({a_.exact(m_.W_E.coeff(ids[t], d)), a_.exact(m_.W_pos.coeff(static_cast<int>(t), d))},
                             {a_.exact(1), a_.exact(1)}));
      x_.push_back(row);
    }
    set_residual(0);
    record("resid_pre", x_);
    for (std::size_t l = 0; l < m_.layers.size(); ++l) run_layer(static_cast<int>(l));
    Rows logits;
    for (const auto& row : x_) logits.push_back(affine(row, m_.W_U, m_.b_U));
    record("logits", logits);
  }

 private:
  // row · W + b
  std::vector<N> affine(const std::vector<N>& row, const SparseMatrix& w, const std::vector<float>& b) {
    std::vector<N> out;
    for (int j = 0; j < w.cols(); ++j) {
      std::vector<N> x = row, y;
      for (int i = 0; i < w.rows(); ++i) y.push_back(a_.exact(w.coeff(i, j)));
      x.push_back(a_.exact(1));
      y.push_back(a_.exact(b.empty() ? 0 : b[static_cast<std::size_t>(j)]));
      out.push_back(a_.dot(x, y));
    }
    return out;
  }
  const Intervention* find(Intervention::Kind kind, int layer, int head) {
    for (const Intervention& i : interventions_)
      if (i.kind == kind && i.layer == layer && i.head == head) return &i;
    return nullptr;
  }
  void set_residual(int half_layer) {
    for (const Intervention& i : interventions_)
      if (i.kind == Intervention::Kind::SetResidual && i.half_layer == half_layer)
        for (std::size_t j = 0; j < i.dimensions.size(); ++j)
          x_[static_cast<std::size_t>(i.position)][static_cast<std::size_t>(i.dimensions[j])] = a_.exact(i.values[j]);
  }
  // Sums x and any number of contributions per cell, plus a bias row.
  void add(const std::vector<Rows>& contributions, const std::vector<float>& bias) {
    for (std::size_t t = 0; t < T_; ++t)
      for (std::size_t d = 0; d < x_[t].size(); ++d) {
        std::vector<N> terms{x_[t][d], a_.exact(bias[d])};
        for (const Rows& c : contributions) terms.push_back(c[t][d]);
        x_[t][d] = a_.dot(terms, std::vector<N>(terms.size(), a_.exact(1)));
      }
  }
  void run_layer(int l) {
    const Layer& layer = m_.layers[static_cast<std::size_t>(l)];
    const std::string block = "blocks." + std::to_string(l) + ".";
    Rows all_scores, all_patterns;
    std::vector<Rows> outputs;
    for (std::size_t h = 0; h < layer.heads.size(); ++h) {
      const AttentionHead& head = layer.heads[h];
      Rows q, k, v, out;
      for (const auto& row : x_) {
        q.push_back(affine(row, head.W_Q, head.b_Q));
        k.push_back(affine(row, head.W_K, head.b_K));
        v.push_back(affine(row, head.W_V, head.b_V));
      }
      const Intervention* given = find(Intervention::Kind::SetPattern, l, static_cast<int>(h));
      for (std::size_t i = 0; i < T_; ++i) {
        std::vector<N> scores;
        for (std::size_t j = 0; j < T_; ++j)
          scores.push_back(m_.causal && j > i
                               ? a_.exact(-1e30f)
                               : a_.divide(a_.dot(q[i], k[j]), std::sqrt(static_cast<double>(m_.d_head()))));
        std::vector<N> pattern = a_.softmax(scores);
        if (given)
          for (std::size_t j = 0; j < T_; ++j) pattern[j] = a_.exact(given->values[i * T_ + j]);
        all_scores.push_back(scores);
        all_patterns.push_back(pattern);
        std::vector<N> z;
        for (std::size_t c = 0; c < static_cast<std::size_t>(head.W_V.cols()); ++c) {
          std::vector<N> column;
          for (std::size_t j = 0; j < T_; ++j) column.push_back(v[j][c]);
          z.push_back(a_.dot(pattern, column));
        }
        out.push_back(affine(z, head.W_O, {}));
      }
      if (!find(Intervention::Kind::ZeroHead, l, static_cast<int>(h))) outputs.push_back(out);
    }
    add(outputs, layer.b_O);
    set_residual(2 * l + 1);
    record(block + "attn.scores", all_scores);
    record(block + "attn.pattern", all_patterns);
    record(block + "resid_mid", x_);

    Rows pre, post, out;
    for (const auto& row : x_) {
      pre.push_back(affine(row, layer.mlp.W_in, layer.mlp.b_in));
      post.push_back(pre.back());
      for (N& n : post.back()) n = a_.relu(n);
      out.push_back(affine(post.back(), layer.mlp.W_out, {}));
    }
    if (!find(Intervention::Kind::ZeroMlp, l, 0)) add({out}, layer.mlp.b_out);
    set_residual(2 * l + 2);
    record(block + "mlp.pre", pre);
    record(block + "mlp.post", post);
    record(block + "resid_post", x_);
  }
  void record(const std::string& name, const Rows& rows) {
    std::vector<N>& flat = tensors[name];
    for (const auto& row : rows) flat.insert(flat.end(), row.begin(), row.end());
  }

  Arithmetic a_;
  const Transformer& m_;
  const std::vector<Intervention>& interventions_;
  std::size_t T_;
  Rows x_;
};

}  // namespace rasp::testing
