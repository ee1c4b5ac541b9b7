#include "model/prepared.h"

#include <cassert>
#include <cmath>

namespace rasp {

namespace {

// Builds SparseRows row by row.
class RowsBuilder {
 public:
  explicit RowsBuilder(bool keep_empty_rows = false) : keep_empty_rows_(keep_empty_rows) { out_.begin.push_back(0); }
  void entry(std::int32_t column, float value) {
    if (value == 0) return;
    out_.columns.push_back(column);
    out_.values.push_back(value);
  }
  void entries(const SparseMatrix& w, Eigen::Index row, std::int32_t first_column) {
    for (SparseMatrix::InnerIterator e(w, row); e; ++e) entry(first_column + static_cast<std::int32_t>(e.col()), e.value());
  }
  void end_row(std::int32_t row) {
    const auto end = static_cast<std::int32_t>(out_.columns.size());
    if (end == out_.begin.back() && !keep_empty_rows_) return;
    out_.rows.push_back(row);
    out_.begin.push_back(end);
  }
  SparseRows take() { return std::move(out_); }

 private:
  bool keep_empty_rows_;
  SparseRows out_;
};

SparseRows rows_of(const SparseMatrix& w, bool keep_empty_rows = false) {
  RowsBuilder b(keep_empty_rows);
  for (Eigen::Index row = 0; row < w.rows(); ++row) {
    b.entries(w, row, 0);
    b.end_row(static_cast<std::int32_t>(row));
  }
  return b.take();
}

SparseRows row_of(const std::vector<float>& bias) {
  RowsBuilder b;
  for (std::size_t i = 0; i < bias.size(); ++i) b.entry(static_cast<std::int32_t>(i), bias[i]);
  b.end_row(0);
  return b.take();
}

bool all_zero(const SparseMatrix& w) {
  for (Eigen::Index row = 0; row < w.outerSize(); ++row)
    for (SparseMatrix::InnerIterator e(w, row); e; ++e)
      if (e.value() != 0) return false;
  return true;
}

bool all_zero(const std::vector<float>& b) {
  for (const float x : b)
    if (x != 0) return false;
  return true;
}

PreparedLayer prepare(const Layer& layer, std::int32_t d_model) {
  PreparedLayer p;
  RowsBuilder W_O;
  for (const AttentionHead& head : layer.heads) {
    PreparedHead h;
    h.d = static_cast<std::int32_t>(head.W_Q.cols());
    h.q = p.qkv_width;
    h.k = h.q + h.d;
    h.v = h.k + h.d;
    h.z = p.z_width;
    h.silent = all_zero(head.W_O) || (all_zero(head.W_V) && all_zero(head.b_V));
    p.qkv_width += 3 * h.d;
    p.z_width += h.d;
    for (const auto* b : {&head.b_Q, &head.b_K, &head.b_V}) p.b_QKV.insert(p.b_QKV.end(), b->begin(), b->end());
    for (std::int32_t i = 0; i < h.d; ++i) {
      W_O.entries(head.W_O, i, 0);
      W_O.end_row(h.z + i);
    }
    p.heads.push_back(h);
  }
  p.W_O = W_O.take();
  RowsBuilder W_QKV;
  for (std::int32_t row = 0; row < d_model; ++row) {
    for (std::size_t i = 0; i < p.heads.size(); ++i) {
      W_QKV.entries(layer.heads[i].W_Q, row, p.heads[i].q);
      W_QKV.entries(layer.heads[i].W_K, row, p.heads[i].k);
      W_QKV.entries(layer.heads[i].W_V, row, p.heads[i].v);
    }
    W_QKV.end_row(row);
  }
  p.W_QKV = W_QKV.take();
  p.b_O = row_of(layer.b_O);
  p.d_mlp = static_cast<std::int32_t>(layer.mlp.W_in.cols());
  p.W_in = rows_of(layer.mlp.W_in);
  p.W_out = rows_of(layer.mlp.W_out);
  p.b_in = layer.mlp.b_in;
  p.b_out = row_of(layer.mlp.b_out);
  return p;
}

}  // namespace

PreparedModel::PreparedModel(const Transformer& model) : data_(std::make_unique<Data>()) {
  assert(shape_fault(model).empty());
  Data& d = *data_;
  d.d_model = model.d_model;
  d.n_ctx = model.n_ctx;
  d.d_vocab = static_cast<std::int32_t>(model.W_E.rows());
  d.d_vocab_out = static_cast<std::int32_t>(model.W_U.cols());
  d.bos_id = model.bos_id;
  d.causal = model.causal;
  d.sqrt_d_head = std::sqrt(static_cast<float>(model.d_head()));
  d.W_E = rows_of(model.W_E, true);
  d.W_pos = rows_of(model.W_pos, true);
  for (const Layer& layer : model.layers) d.layers.push_back(prepare(layer, model.d_model));
  d.W_U = rows_of(model.W_U);
  d.b_U = model.b_U;
}
PreparedModel::~PreparedModel() = default;
PreparedModel::PreparedModel(PreparedModel&&) noexcept = default;
PreparedModel& PreparedModel::operator=(PreparedModel&&) noexcept = default;

Workspace::Workspace() : data_(std::make_unique<Data>()) {}
Workspace::~Workspace() = default;
Workspace::Workspace(Workspace&&) noexcept = default;
Workspace& Workspace::operator=(Workspace&&) noexcept = default;

}  // namespace rasp
