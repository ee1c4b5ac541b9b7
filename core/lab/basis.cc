#include "lab/basis.h"

#include <cmath>

namespace rasp::lab {

namespace {

std::vector<bool> columns_of(const SparseMatrix& w, const std::vector<float>& bias) {
  std::vector<bool> used(static_cast<std::size_t>(w.cols()));
  for (std::size_t i = 0; i < bias.size(); ++i) used[i] = bias[i] != 0;
  for (Eigen::Index r = 0; r < w.rows(); ++r)
    for (SparseMatrix::InnerIterator e(w, r); e; ++e)
      if (e.value() != 0) used[static_cast<std::size_t>(e.col())] = true;
  return used;
}

// Which columns of a head matter: of W_Q and W_K where both have something, of W_V where it has.
struct HeadColumns {
  std::vector<std::int32_t> qk, v;
};
HeadColumns used_columns(const AttentionHead& head) {
  HeadColumns c;
  const auto q = columns_of(head.W_Q, head.b_Q), k = columns_of(head.W_K, head.b_K), v = columns_of(head.W_V, head.b_V);
  for (std::size_t i = 0; i < q.size(); ++i) {
    if (q[i] && k[i]) c.qk.push_back(static_cast<std::int32_t>(i));
    if (v[i]) c.v.push_back(static_cast<std::int32_t>(i));
  }
  return c;
}

template <class Real>
void copy_columns(const SparseMatrix& w, const std::vector<float>& bias, const std::vector<std::int32_t>& columns,
                  std::int32_t at, Matrix<Real>& to, Matrix<Real>& to_bias) {
  for (std::size_t j = 0; j < columns.size(); ++j) {
    const std::int32_t c = at + static_cast<std::int32_t>(j);
    for (Eigen::Index r = 0; r < w.rows(); ++r) to(static_cast<std::int32_t>(r), c) = w.coeff(r, columns[j]);
    to_bias(0, c) = bias[static_cast<std::size_t>(columns[j])];
  }
}

template <class Real>
void copy(const SparseMatrix& w, Matrix<Real>& to) {
  for (Eigen::Index r = 0; r < w.rows(); ++r)
    for (SparseMatrix::InnerIterator e(w, r); e; ++e)
      to(static_cast<std::int32_t>(r), static_cast<std::int32_t>(e.col())) = e.value();
}

template <class Real>
void copy(const std::vector<float>& b, Matrix<Real>& to) {
  for (std::size_t i = 0; i < b.size(); ++i) to(0, static_cast<std::int32_t>(i)) = b[i];
}

template <class Real>
void fill(const Transformer& model, Parameters<Real>& p) {
  copy(model.W_E, p.W_E);
  copy(model.W_pos, p.W_pos);
  copy(model.W_U, p.W_U);
  copy(model.b_U, p.b_U);
  for (std::size_t l = 0; l < model.layers.size(); ++l) {
    const Layer& layer = model.layers[l];
    LayerParameters<Real>& to = p.layers[l];
    std::int32_t at = 0, v_at = 0;
    for (const AttentionHead& head : layer.heads) {
      const HeadColumns c = used_columns(head);
      copy_columns(head.W_Q, head.b_Q, c.qk, at, to.W_Q, to.b_Q);
      copy_columns(head.W_K, head.b_K, c.qk, at, to.W_K, to.b_K);
      copy_columns(head.W_V, head.b_V, c.v, v_at, to.W_V, to.b_V);
      for (std::size_t j = 0; j < c.v.size(); ++j)
        for (SparseMatrix::InnerIterator e(head.W_O, c.v[j]); e; ++e)
          to.W_O(v_at + static_cast<std::int32_t>(j), static_cast<std::int32_t>(e.col())) = e.value();
      at += padded(static_cast<std::int32_t>(c.qk.size()));
      v_at += padded(static_cast<std::int32_t>(c.v.size()));
    }
    copy(layer.b_O, to.b_O);
    copy(layer.mlp.W_in, to.W_in);
    copy(layer.mlp.b_in, to.b_in);
    copy(layer.mlp.W_out, to.W_out);
    copy(layer.mlp.b_out, to.b_out);
  }
}

}  // namespace

Shape shape_of(const Transformer& model) {
  Shape s;
  s.width = s.written = model.d_model;
  s.vocabulary = static_cast<std::int32_t>(model.W_E.rows());
  s.positions = model.n_ctx;
  s.outputs = static_cast<std::int32_t>(model.W_U.cols());
  s.causal = model.causal;
  s.scale = 1 / std::sqrt(static_cast<double>(model.d_head()));
  for (const Layer& layer : model.layers) {
    LayerShape& l = s.layers.emplace_back();
    l.neurons = static_cast<std::int32_t>(layer.mlp.W_in.cols());
    for (const AttentionHead& head : layer.heads) {
      const HeadColumns c = used_columns(head);
      l.heads.push_back({static_cast<std::int32_t>(c.qk.size()), static_cast<std::int32_t>(c.v.size())});
    }
  }
  return s;
}

template <class Real>
Network<Real> network_of(const Transformer& model) {
  Network<Real> n(shape_of(model));
  fill(model, n.weights);
  return n;
}
template Network<float> network_of(const Transformer&);
template Network<double> network_of(const Transformer&);

namespace {
Shape narrowed(Shape shape, std::int32_t width) {
  shape.width = width;
  return shape;
}
}  // namespace

template <class Real>
Compressed<Real>::Compressed(const Network<Real>& model, std::int32_t width)
    : network(narrowed(model.shape(), width)), W(model.shape().width, width), original_(model.weights) {
  network.basis.resize(W.rows, width);
  network.frozen = true;
  for (std::size_t l = 0; l < original_.layers.size(); ++l) {
    const LayerParameters<Real>& from = original_.layers[l];
    LayerParameters<Real>& to = network.weights.layers[l];
    to.b_Q = from.b_Q, to.b_K = from.b_K, to.b_V = from.b_V, to.W_O = from.W_O, to.b_O = from.b_O;
    to.b_in = from.b_in, to.W_out = from.W_out, to.b_out = from.b_out;
  }
  network.weights.b_U = original_.b_U;
}

// visit(original, projected, its gradient) for every matrix that reads the residual stream.
template <class Real>
template <class Visit>
void Compressed<Real>::each_reader(Visit visit) {
  for (std::size_t l = 0; l < original_.layers.size(); ++l) {
    const LayerParameters<Real>& from = original_.layers[l];
    LayerParameters<Real>&to = network.weights.layers[l], &g = network.gradient.layers[l];
    if (!from.W_Q.empty() || !from.W_V.empty()) {
      visit(from.W_Q, to.W_Q, g.W_Q);
      visit(from.W_K, to.W_K, g.W_K);
      visit(from.W_V, to.W_V, g.W_V);
    }
    if (!from.W_in.empty()) visit(from.W_in, to.W_in, g.W_in);
  }
  visit(original_.W_U, network.weights.W_U, network.gradient.W_U);
}

template <class Real>
void Compressed<Real>::project() {
  network.basis = W;
  product(original_.W_E, W, network.weights.W_E);
  product(original_.W_pos, W, network.weights.W_pos);
  each_reader([&](const Matrix<Real>& from, Matrix<Real>& to, Matrix<Real>&) { product_transposed(W, from, to); });
}

template <class Real>
void Compressed<Real>::chain() {
  gradient = network.basis_gradient;
  product_transposed(original_.W_E, network.gradient.W_E, gradient, true);
  product_transposed(original_.W_pos, network.gradient.W_pos, gradient, true);
  each_reader([&](const Matrix<Real>& from, Matrix<Real>&, Matrix<Real>& g) {
    transpose(g, scratch_);
    product(from, scratch_, gradient, true);
  });
}

template class Compressed<float>;
template class Compressed<double>;

namespace {

SparseMatrix sparse(const Matrix<float>& m, std::int32_t row, std::int32_t column, std::int32_t rows,
                    std::int32_t columns, std::int32_t wide, std::int32_t high, float factor = 1) {
  std::vector<Eigen::Triplet<float, std::int32_t>> entries;
  for (std::int32_t r = 0; r < rows; ++r)
    for (std::int32_t c = 0; c < columns; ++c)
      if (m(row + r, column + c) != 0) entries.emplace_back(r, c, m(row + r, column + c) * factor);
  SparseMatrix w(high, wide);
  w.setFromTriplets(entries.begin(), entries.end());
  return w;
}
SparseMatrix sparse(const Matrix<float>& m) { return sparse(m, 0, 0, m.rows, m.columns, m.columns, m.rows); }
std::vector<float> flat(const Matrix<float>& m, std::int32_t column, std::int32_t columns, std::int32_t wide,
                        float factor = 1) {
  std::vector<float> v(static_cast<std::size_t>(wide), 0.0f);
  for (std::int32_t c = 0; c < columns; ++c) v[static_cast<std::size_t>(c)] = m(0, column + c) * factor;
  return v;
}

}  // namespace

Transformer transformer_of(const Network<float>& n, std::int32_t bos_id) {
  const Shape& s = n.shape();
  Transformer t;
  t.d_model = s.width;
  t.n_ctx = s.positions;
  t.causal = s.causal;
  t.bos_id = bos_id;
  t.W_E = sparse(n.weights.W_E);
  t.W_pos = sparse(n.weights.W_pos);
  t.W_U = sparse(n.weights.W_U);
  t.b_U = flat(n.weights.b_U, 0, s.outputs, s.outputs);
  const auto written = [&](const Matrix<float>& w) {
    if (n.basis.empty()) return w;
    Matrix<float> y;
    product(w, n.basis, y);
    return y;
  };
  std::int32_t d_head = 1;
  for (const LayerShape& l : s.layers)
    for (const HeadShape& h : l.heads) d_head = std::max({d_head, h.qk, h.v});
  const float factor =
      static_cast<float>(s.scale * std::sqrt(static_cast<double>(d_head)));  // readers divide by √d_head
  for (std::size_t l = 0; l < s.layers.size(); ++l) {
    const LayerParameters<float>& p = n.weights.layers[l];
    const Matrix<float> W_O = written(p.W_O), W_out = written(p.W_out);
    Layer& layer = t.layers.emplace_back();
    for (std::size_t h = 0; h < s.layers[l].heads.size(); ++h) {
      const HeadShape w = s.layers[l].heads[h];
      const std::int32_t at = n.head_column(l, h, false), v = n.head_column(l, h, true);
      AttentionHead& head = layer.heads.emplace_back();
      head.W_Q = sparse(p.W_Q, 0, at, s.width, w.qk, d_head, s.width, factor);
      head.W_K = sparse(p.W_K, 0, at, s.width, w.qk, d_head, s.width);
      head.W_V = sparse(p.W_V, 0, v, s.width, w.v, d_head, s.width);
      head.W_O = sparse(W_O, v, 0, w.v, s.width, s.width, d_head);
      head.b_Q = flat(p.b_Q, at, w.qk, d_head, factor);
      head.b_K = flat(p.b_K, at, w.qk, d_head);
      head.b_V = flat(p.b_V, v, w.v, d_head);
    }
    layer.b_O = flat(written(p.b_O), 0, s.width, s.width);
    layer.mlp = {sparse(p.W_in), flat(p.b_in, 0, p.b_in.columns, p.b_in.columns), sparse(W_out),
                 flat(written(p.b_out), 0, s.width, s.width)};
    if (W_out.rows == 0) layer.mlp.W_out.resize(0, s.width);
    if (p.W_in.columns == 0) layer.mlp.W_in.resize(s.width, 0);
  }
  return t;
}

}  // namespace rasp::lab
