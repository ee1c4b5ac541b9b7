#include "lab/network.h"

#include <cmath>
#include <limits>

#include "model/kernels.h"

namespace rasp::lab {

namespace {

struct Widths {
  std::int32_t qk = 0, v = 0;
};
Widths widths(const LayerShape& layer, std::size_t heads) {
  Widths w;
  for (std::size_t h = 0; h < heads; ++h) w.qk += padded(layer.heads[h].qk), w.v += padded(layer.heads[h].v);
  return w;
}

// x[i] = e^(x[i] - the largest) / their sum, over the first n. NaN stays NaN: comparisons with it are false, and 0 ·
// (1/0) is NaN.
template <class Real>
void softmax(Real* x, std::int32_t n) {
  const Real largest = *std::max_element(x, x + n);
  if constexpr (sizeof(Real) == sizeof(float)) {
    for (std::int32_t i = 0; i < n; i += 4) {
      float part[4] = {};
      for (std::int32_t j = 0; j < 4 && i + j < n; ++j) part[j] = std::max(x[i + j] - largest, kernels::exponent_floor);
      kernels::store4(part, kernels::exp4(kernels::load4(part)));
      for (std::int32_t j = 0; j < 4 && i + j < n; ++j)
        x[i + j] = x[i + j] - largest > kernels::exponent_floor ? part[j] : 0.0f;
    }
  } else {
    for (std::int32_t i = 0; i < n; ++i) x[i] = std::exp(x[i] - largest);
  }
  Real sum = 0;
  for (std::int32_t i = 0; i < n; ++i) sum += x[i];
  const Real share = Real(1) / sum;
  for (std::int32_t i = 0; i < n; ++i) x[i] *= share;
}

// Rows r < n of a slice, transposed into [columns, padded(n)].
template <class Real>
void turn(const Real* from, std::int32_t stride, std::int32_t n, std::int32_t columns, Real* to) {
  const std::int32_t width = padded(n);
  for (std::int32_t c = 0; c < columns; ++c) {
    for (std::int32_t r = 0; r < n; ++r) to[c * width + r] = from[r * stride + c];
    for (std::int32_t r = n; r < width; ++r) to[c * width + r] = 0;
  }
}

}  // namespace

template <class Real>
void Parameters<Real>::resize(const Shape& s) {
  W_E.resize(s.vocabulary, s.width);
  W_pos.resize(s.positions, s.width);
  layers.resize(s.layers.size());
  for (std::size_t l = 0; l < layers.size(); ++l) {
    const Widths w = widths(s.layers[l], s.layers[l].heads.size());
    LayerParameters<Real>& p = layers[l];
    for (auto* m : {&p.W_Q, &p.W_K}) m->resize(s.width, w.qk);
    for (auto* m : {&p.b_Q, &p.b_K}) m->resize(1, w.qk);
    p.W_V.resize(s.width, w.v);
    p.b_V.resize(1, w.v);
    p.W_O.resize(w.v, s.written);
    p.W_in.resize(s.width, s.layers[l].neurons);
    p.b_in.resize(1, s.layers[l].neurons);
    p.W_out.resize(s.layers[l].neurons, s.written);
    for (auto* m : {&p.b_O, &p.b_out}) m->resize(1, s.written);
  }
  W_U.resize(s.width, s.outputs);
  b_U.resize(1, s.outputs);
}

template <class Real>
Network<Real>::Network(Shape shape) : shape_(std::move(shape)) {
  weights.resize(shape_);
  gradient.resize(shape_);
  activations_.resize(shape_.layers.size());
  gradients_.resize(shape_.layers.size());
}

template <class Real>
bool Network<Real>::has_block(std::int32_t block) const {
  const LayerShape& l = shape_.layers[static_cast<std::size_t>(block / 2)];
  return block % 2 ? l.neurons > 0 : !l.heads.empty();
}

template <class Real>
std::int32_t Network<Real>::head_column(std::size_t layer, std::size_t head, bool values) const {
  const Widths w = widths(shape_.layers[layer], head);
  return values ? w.v : w.qk;
}

template <class Real>
const Real* Network<Real>::pattern(std::size_t layer, std::size_t head, std::int32_t sequence) const {
  const std::int64_t all = square_begin_.back();
  return activations_[layer].patterns.data() + static_cast<std::int64_t>(head) * all +
         square_begin_[static_cast<std::size_t>(sequence)];
}

// after = before + what was added, in the residual stream's own basis.
template <class Real>
void Network<Real>::write(const Matrix<Real>& added, const Matrix<Real>& before, Matrix<Real>& after) {
  after = before;
  if (!basis.empty()) {
    product(added, basis, after, true);
    return;
  }
  for (std::size_t i = 0; i < after.data.size(); ++i) after.data[i] += added.data[i];
}

template <class Real>
void Network<Real>::attend(std::size_t l, const Batch& batch) {
  LayerActivations<Real>& a = activations_[l];
  const LayerShape& s = shape_.layers[l];
  a.patterns.resize(static_cast<std::size_t>(square_begin_.back()) * s.heads.size());
  for (std::size_t h = 0; h < s.heads.size(); ++h) {
    const std::int32_t at = head_column(l, h, false), v_at = head_column(l, h, true), v_width = padded(s.heads[h].v);
    for (std::int32_t b = 0; b < batch.size(); ++b) {
      const std::int32_t first = batch.begin[static_cast<std::size_t>(b)];
      const std::int32_t T = batch.begin[static_cast<std::size_t>(b) + 1] - first, width = padded(T);
      Real* pattern = const_cast<Real*>(this->pattern(l, h, b));
      turn(a.k.row(first) + at, a.k.stride, T, s.heads[h].qk, scratch_.data());
      multiply(a.q.row(first) + at, a.q.stride, 1, scratch_.data(), width, pattern, width, T, s.heads[h].qk, width,
               false);
      const Real scale = static_cast<Real>(shape_.scale * softness_);
      for (std::int32_t t = 0; t < T; ++t) {
        Real* row = pattern + t * width;
        const std::int32_t visible = shape_.causal ? t + 1 : T;
        for (std::int32_t k = 0; k < visible; ++k) row[k] *= scale;
        softmax(row, visible);
        std::fill(row + visible, row + width, Real(0));
      }
      multiply(pattern, width, 1, a.v.row(first) + v_at, a.v.stride, a.z.row(first) + v_at, a.z.stride, T, T, v_width,
               false);
    }
  }
}

template <class Real>
void Network<Real>::prepare(const Batch& batch) {
  square_begin_.assign(1, 0);
  std::int32_t longest = 1, widest = 1;
  for (std::int32_t b = 0; b < batch.size(); ++b) {
    const std::int32_t T = batch.begin[static_cast<std::size_t>(b) + 1] - batch.begin[static_cast<std::size_t>(b)];
    longest = std::max(longest, T);
    square_begin_.push_back(square_begin_.back() + std::int64_t{T} * padded(T));
  }
  for (const LayerShape& l : shape_.layers)
    for (const HeadShape& h : l.heads) widest = std::max({widest, h.qk, h.v});
  scratch_.resize(static_cast<std::size_t>(padded(longest)) * static_cast<std::size_t>(padded(widest)));
  d_pattern_.resize(static_cast<std::size_t>(padded(longest)) * static_cast<std::size_t>(padded(longest)));
}

template <class Real>
void Network<Real>::forward_from(const Batch& batch, const Matrix<Real>& embedded) {
  prepare(batch);
  embedded_ = embedded;
  layers(batch);
}

template <class Real>
void Network<Real>::forward(const Batch& batch) {
  prepare(batch);
  embedded_.shape(batch.rows(), shape_.width);
  for (std::int32_t b = 0; b < batch.size(); ++b) {
    const std::int32_t first = batch.begin[static_cast<std::size_t>(b)];
    for (std::int32_t r = first; r < batch.begin[static_cast<std::size_t>(b) + 1]; ++r) {
      const Real *token = weights.W_E.row(batch.ids[static_cast<std::size_t>(r)]),
                 *position = weights.W_pos.row(r - first);
      for (std::int32_t c = 0; c < shape_.width; ++c) embedded_(r, c) = token[c] + position[c];
    }
  }
  layers(batch);
}

template <class Real>
void Network<Real>::layers(const Batch& batch) {
  const Matrix<Real>* x = &embedded_;
  for (std::size_t l = 0; l < shape_.layers.size(); ++l) {
    LayerActivations<Real>& a = activations_[l];
    const LayerParameters<Real>& p = weights.layers[l];
    product(*x, p.W_Q, a.q), add_to_rows(p.b_Q, a.q);
    product(*x, p.W_K, a.k), add_to_rows(p.b_K, a.k);
    product(*x, p.W_V, a.v), add_to_rows(p.b_V, a.v);
    a.z.shape(batch.rows(), p.W_V.columns);
    attend(l, batch);
    product(a.z, p.W_O, a.attention), add_to_rows(p.b_O, a.attention);
    write(a.attention, *x, a.mid);
    product(a.mid, p.W_in, a.neurons), add_to_rows(p.b_in, a.neurons);
    for (Real& n : a.neurons.data) n = n > 0 ? n : (std::isnan(n) ? n : Real(0));
    product(a.neurons, p.W_out, a.mlp), add_to_rows(p.b_out, a.mlp);
    write(a.mlp, a.mid, a.post);
    x = &a.post;
  }
  product(*x, weights.W_U, logits_), add_to_rows(weights.b_U, logits_);
}

// d_x_ holds the derivative by the residual stream after the block; d_out becomes that by what the block added.
template <class Real>
void Network<Real>::write_back(const Matrix<Real>& d_after, const Matrix<Real>& added, const Matrix<Real>* d_added,
                               Matrix<Real>& d_out) {
  if (basis.empty()) {
    d_out = d_after;
  } else {
    transpose(basis, transposed_);
    product(d_after, transposed_, d_out);
    product_transposed(added, d_after, basis_gradient, true);
  }
  if (d_added && !d_added->empty())
    for (std::size_t i = 0; i < d_out.data.size(); ++i) d_out.data[i] += d_added->data[i];
}

// A reader y = x·W + b: gradients of W and b, and d_x += dy·Wᵀ.
template <class Real>
void Network<Real>::read_back(const Matrix<Real>& d_read, const Matrix<Real>& weight, const Matrix<Real>& read,
                              Matrix<Real>& weight_gradient, Matrix<Real>& bias_gradient, Matrix<Real>& d_x) {
  product_transposed(read, d_read, weight_gradient, false);
  if (!frozen) bias_gradient.zero(), add_rows(d_read, bias_gradient);
  transpose(weight, transposed_);
  product(d_read, transposed_, d_x, true);
}

template <class Real>
void Network<Real>::mlp_back(std::size_t l, const Matrix<Real>* d_added) {
  LayerActivations<Real>& a = activations_[l];
  const LayerParameters<Real>& p = weights.layers[l];
  LayerParameters<Real>& g = gradient.layers[l];
  LayerGradients<Real>& d = gradients_[l];
  d.post = d_x_;
  if (shape_.layers[l].neurons == 0 && frozen && !d_added) return;
  write_back(d_x_, a.mlp, d_added, d_written_);
  if (!frozen) {
    product_transposed(a.neurons, d_written_, g.W_out);
    g.b_out.zero(), add_rows(d_written_, g.b_out);
  }
  if (shape_.layers[l].neurons == 0) return;
  transpose(p.W_out, transposed_);
  product(d_written_, transposed_, d.neurons);
  for (std::size_t i = 0; i < d.neurons.data.size(); ++i)
    if (!(a.neurons.data[i] > 0)) d.neurons.data[i] = 0;
  read_back(d.neurons, p.W_in, a.mid, g.W_in, g.b_in, d_x_);
}

template <class Real>
void Network<Real>::attend_back(std::size_t l, const Batch& batch) {
  const LayerActivations<Real>& a = activations_[l];
  const LayerShape& s = shape_.layers[l];
  LayerGradients<Real>& d = gradients_[l];
  for (auto* m : {&d.q, &d.k}) m->shape(a.q.rows, a.q.columns);
  d.v.shape(a.v.rows, a.v.columns);
  for (std::size_t h = 0; h < s.heads.size(); ++h) {
    const std::int32_t at = head_column(l, h, false), v_at = head_column(l, h, true);
    const std::int32_t qk_width = padded(s.heads[h].qk), v_width = padded(s.heads[h].v);
    for (std::int32_t b = 0; b < batch.size(); ++b) {
      const std::int32_t first = batch.begin[static_cast<std::size_t>(b)];
      const std::int32_t T = batch.begin[static_cast<std::size_t>(b) + 1] - first, width = padded(T);
      const Real* pattern = this->pattern(l, h, b);
      const Real* d_z = d.z.row(first) + v_at;
      turn(a.v.row(first) + v_at, a.v.stride, T, s.heads[h].v, scratch_.data());
      multiply(d_z, d.z.stride, 1, scratch_.data(), width, d_pattern_.data(), width, T, s.heads[h].v, width, false);
      if (l < d_patterns.size() && !d_patterns[l].empty()) {
        const Real* more = d_patterns[l].data() + (pattern - a.patterns.data());
        for (std::int32_t i = 0; i < T * width; ++i) d_pattern_[static_cast<std::size_t>(i)] += more[i];
      }
      multiply(pattern, 1, width, d_z, d.z.stride, d.v.row(first) + v_at, d.v.stride, T, T, v_width, false);
      for (std::int32_t t = 0; t < T; ++t) {
        Real* row = d_pattern_.data() + t * width;
        const Real* p = pattern + t * width;
        Real mean = 0;
        for (std::int32_t k = 0; k < T; ++k) mean += p[k] * row[k];
        for (std::int32_t k = 0; k < T; ++k)
          row[k] = p[k] * (row[k] - mean) * static_cast<Real>(shape_.scale * softness_);
      }
      multiply(d_pattern_.data(), width, 1, a.k.row(first) + at, a.k.stride, d.q.row(first) + at, d.q.stride, T, T,
               qk_width, false);
      multiply(d_pattern_.data(), 1, width, a.q.row(first) + at, a.q.stride, d.k.row(first) + at, d.k.stride, T, T,
               qk_width, false);
    }
  }
}

template <class Real>
void Network<Real>::attention_back(std::size_t l, const Batch& batch, const Matrix<Real>* d_added) {
  LayerActivations<Real>& a = activations_[l];
  const LayerParameters<Real>& p = weights.layers[l];
  LayerParameters<Real>& g = gradient.layers[l];
  LayerGradients<Real>& d = gradients_[l];
  d.mid = d_x_;
  if (shape_.layers[l].heads.empty() && frozen && !d_added) return;
  write_back(d_x_, a.attention, d_added, d_written_);
  if (!frozen) {
    product_transposed(a.z, d_written_, g.W_O);
    g.b_O.zero(), add_rows(d_written_, g.b_O);
  }
  if (shape_.layers[l].heads.empty()) return;
  transpose(p.W_O, transposed_);
  product(d_written_, transposed_, d.z);
  attend_back(l, batch);
  const Matrix<Real>& x = l == 0 ? embedded_ : activations_[l - 1].post;
  read_back(d.q, p.W_Q, x, g.W_Q, g.b_Q, d_x_);
  read_back(d.k, p.W_K, x, g.W_K, g.b_K, d_x_);
  read_back(d.v, p.W_V, x, g.W_V, g.b_V, d_x_);
}

template <class Real>
void Network<Real>::backward(const Batch& batch, const Matrix<Real>& d_logits,
                             std::span<const Matrix<Real>> d_outputs) {
  if (!basis.empty()) basis_gradient.resize(basis.rows, basis.columns);
  const Matrix<Real>& last = shape_.layers.empty() ? embedded_ : activations_.back().post;
  d_x_.resize(batch.rows(), shape_.width);
  read_back(d_logits, weights.W_U, last, gradient.W_U, gradient.b_U, d_x_);
  for (std::size_t l = shape_.layers.size(); l-- > 0;) {
    mlp_back(l, d_outputs.empty() ? nullptr : &d_outputs[2 * l + 1]);
    attention_back(l, batch, d_outputs.empty() ? nullptr : &d_outputs[2 * l]);
  }
  gradient.W_E.zero();
  gradient.W_pos.zero();
  for (std::int32_t b = 0; b < batch.size(); ++b) {
    const std::int32_t first = batch.begin[static_cast<std::size_t>(b)];
    for (std::int32_t r = first; r < batch.begin[static_cast<std::size_t>(b) + 1]; ++r) {
      Real *token = gradient.W_E.row(batch.ids[static_cast<std::size_t>(r)]), *position = gradient.W_pos.row(r - first);
      for (std::int32_t c = 0; c < shape_.width; ++c) token[c] += d_x_(r, c), position[c] += d_x_(r, c);
    }
  }
}

template <class Real>
void Network<Real>::gradient_of_read(std::int32_t layer, std::int32_t head, int part, const Matrix<Real>& d_logits,
                                     Matrix<Real>& d) const {
  const Matrix<Real>*from = &d_logits, *weight = &weights.W_U;
  std::int32_t first = 0, columns = weights.W_U.columns;
  if (part < 4) {
    const auto l = static_cast<std::size_t>(layer);
    const LayerParameters<Real>& p = weights.layers[l];
    const LayerGradients<Real>& g = gradients_[l];
    from = part == 0 ? &g.q : part == 1 ? &g.k : part == 2 ? &g.v : &g.neurons;
    weight = part == 0 ? &p.W_Q : part == 1 ? &p.W_K : part == 2 ? &p.W_V : &p.W_in;
    columns = weight->columns;
    if (part < 3) {
      const HeadShape s = shape_.layers[l].heads[static_cast<std::size_t>(head)];
      first = head_column(l, static_cast<std::size_t>(head), part == 2);
      columns = part == 2 ? s.v : s.qk;
    }
  }
  d.resize(from->rows, shape_.width);
  for (std::int32_t t = 0; t < d.rows; ++t)
    for (std::int32_t r = 0; r < d.columns; ++r)
      for (std::int32_t c = 0; c < columns; ++c) d(t, r) += (*from)(t, first + c) * (*weight)(r, first + c);
}

template <class Real>
std::int64_t Network<Real>::flops(const Batch& batch) const {
  std::int64_t per_row = std::int64_t{shape_.width} * shape_.outputs, squares = 0;
  for (std::int32_t b = 0; b < batch.size(); ++b) {
    const std::int64_t T = batch.begin[static_cast<std::size_t>(b) + 1] - batch.begin[static_cast<std::size_t>(b)];
    squares += T * T;
  }
  std::int64_t total = 0;
  for (const LayerShape& l : shape_.layers) {
    per_row += std::int64_t{l.neurons} * (shape_.width + shape_.written);
    if (!basis.empty()) per_row += 2 * std::int64_t{shape_.width} * shape_.written;
    for (const HeadShape& h : l.heads) {
      per_row += std::int64_t{shape_.width} * (2 * h.qk + h.v) + std::int64_t{h.v} * shape_.written;
      total += squares * (h.qk + h.v);
    }
  }
  return 2 * 3 *
         (total + per_row * batch.rows());  // a product forward, two backward, each a multiplication and an addition
}

template <class Real>
std::int64_t Network<Real>::floats(std::int64_t rows, std::int32_t longest) const {
  std::int64_t per_row = 3 * padded(shape_.width) + padded(shape_.outputs);
  for (const LayerShape& l : shape_.layers) {
    const Widths w = widths(l, l.heads.size());
    per_row += 4 * padded(shape_.width) + 3 * padded(shape_.written) + 4 * w.qk + 4 * w.v + 2 * padded(l.neurons) +
               static_cast<std::int64_t>(l.heads.size()) * padded(longest);
  }
  return rows * per_row;
}

template struct Parameters<float>;
template struct Parameters<double>;
template class Network<float>;
template class Network<double>;

}  // namespace rasp::lab
