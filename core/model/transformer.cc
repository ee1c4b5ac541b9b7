#include "model/transformer.h"

#include <algorithm>

namespace rasp {

std::int32_t Transformer::d_head() const {
  Eigen::Index d = 1;
  for (const Layer& layer : layers)
    for (const AttentionHead& head : layer.heads) d = std::max(d, head.W_Q.cols());
  return static_cast<std::int32_t>(d);
}

std::int32_t Transformer::n_heads() const {
  std::size_t n = 1;
  for (const Layer& layer : layers) n = std::max(n, layer.heads.size());
  return static_cast<std::int32_t>(n);
}

std::int32_t Transformer::d_mlp() const {
  Eigen::Index d = 1;
  for (const Layer& layer : layers) d = std::max(d, layer.mlp.W_in.cols());
  return static_cast<std::int32_t>(d);
}

std::int64_t Transformer::parameters() const {
  const std::int64_t m = d_model, h = n_heads(), d = d_head(), f = d_mlp(), out = W_U.cols();
  const std::int64_t attention = h * (4 * m * d + 3 * d) + m;
  const std::int64_t mlp = 2 * m * f + f + m;
  return (W_E.rows() + n_ctx) * m + static_cast<std::int64_t>(layers.size()) * (attention + mlp) + m * out + out;
}

namespace {

std::int64_t count(const SparseMatrix& w) {
  std::int64_t n = 0;
  for (Eigen::Index row = 0; row < w.outerSize(); ++row)
    for (SparseMatrix::InnerIterator e(w, row); e; ++e) n += e.value() != 0;
  return n;
}

std::int64_t count(const std::vector<float>& b) {
  return std::count_if(b.begin(), b.end(), [](float x) { return x != 0; });
}

std::string sizes(Eigen::Index rows, Eigen::Index columns) {
  return std::to_string(rows) + "×" + std::to_string(columns);
}

// Remembers the first fault.
struct Checker {
  std::string fault;
  void matrix(const std::string& name, const SparseMatrix& w, Eigen::Index rows, Eigen::Index columns) {
    if (!fault.empty()) return;
    if (w.rows() != rows || w.cols() != columns)
      fault = name + " is " + sizes(w.rows(), w.cols()) + ", not " + sizes(rows, columns);
  }
  void vector(const std::string& name, const std::vector<float>& b, Eigen::Index size) {
    if (!fault.empty()) return;
    if (static_cast<Eigen::Index>(b.size()) != size)
      fault = name + " has " + std::to_string(b.size()) + " entries, not " + std::to_string(size);
  }
  void holds(bool condition, const std::string& what) {
    if (fault.empty() && !condition) fault = what;
  }
};

}  // namespace

std::int64_t Transformer::nonzeros() const {
  std::int64_t n = count(W_E) + count(W_pos) + count(W_U) + count(b_U);
  for (const Layer& layer : layers) {
    for (const AttentionHead& h : layer.heads)
      n += count(h.W_Q) + count(h.W_K) + count(h.W_V) + count(h.W_O) + count(h.b_Q) + count(h.b_K) + count(h.b_V);
    n += count(layer.b_O) + count(layer.mlp.W_in) + count(layer.mlp.b_in) + count(layer.mlp.W_out) +
         count(layer.mlp.b_out);
  }
  return n;
}

std::string shape_fault(const Transformer& model) {
  Checker check;
  check.holds(model.d_model > 0, "d_model is not positive");
  check.holds(model.n_ctx > 0, "n_ctx is not positive");
  check.holds(model.bos_id >= 0 && model.bos_id < model.W_E.rows(), "bos_id is not a row of W_E");
  check.matrix("W_E", model.W_E, model.W_E.rows(), model.d_model);
  check.matrix("W_pos", model.W_pos, model.n_ctx, model.d_model);
  check.matrix("W_U", model.W_U, model.d_model, model.W_U.cols());
  check.vector("b_U", model.b_U, model.W_U.cols());
  for (std::size_t l = 0; l < model.layers.size(); ++l) {
    const Layer& layer = model.layers[l];
    const std::string in_layer = "layer " + std::to_string(l);
    for (std::size_t h = 0; h < layer.heads.size(); ++h) {
      const AttentionHead& head = layer.heads[h];
      const std::string at = in_layer + ", head " + std::to_string(h) + ": ";
      const Eigen::Index d = head.W_Q.cols();
      check.matrix(at + "W_Q", head.W_Q, model.d_model, d);
      check.matrix(at + "W_K", head.W_K, model.d_model, d);
      check.matrix(at + "W_V", head.W_V, model.d_model, d);
      check.matrix(at + "W_O", head.W_O, d, model.d_model);
      check.vector(at + "b_Q", head.b_Q, d);
      check.vector(at + "b_K", head.b_K, d);
      check.vector(at + "b_V", head.b_V, d);
    }
    const Mlp& mlp = layer.mlp;
    const Eigen::Index f = mlp.W_in.cols();
    check.vector(in_layer + ": b_O", layer.b_O, model.d_model);
    check.matrix(in_layer + ": W_in", mlp.W_in, model.d_model, f);
    check.vector(in_layer + ": b_in", mlp.b_in, f);
    check.matrix(in_layer + ": W_out", mlp.W_out, f, model.d_model);
    check.vector(in_layer + ": b_out", mlp.b_out, model.d_model);
  }
  return check.fault;
}

}  // namespace rasp
