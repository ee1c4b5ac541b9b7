#include "model/prepared.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace rasp {

namespace {

struct Entry {
  std::int32_t row;
  float value;
};
using ColumnLists = std::vector<std::vector<Entry>>;

ColumnLists by_column(const SparseMatrix& w) {
  ColumnLists columns(static_cast<std::size_t>(w.cols()));
  for (Eigen::Index row = 0; row < w.rows(); ++row)
    for (SparseMatrix::InnerIterator e(w, row); e; ++e)
      if (e.value() != 0)
        columns[static_cast<std::size_t>(e.col())].push_back({static_cast<std::int32_t>(row), e.value()});
  return columns;
}

std::vector<bool> used_rows(const SparseMatrix& w) {
  std::vector<bool> used(static_cast<std::size_t>(w.rows()));
  for (Eigen::Index row = 0; row < w.rows(); ++row)
    for (SparseMatrix::InnerIterator e(w, row); e; ++e)
      if (e.value() != 0) used[static_cast<std::size_t>(row)] = true;
  return used;
}

void append(Columns& to, const std::vector<Entry>& column, float bias) {
  for (const Entry& e : column) {
    to.rows.push_back(e.row);
    to.values.push_back(e.value);
  }
  to.end_column(bias);
}

PreparedModel::Data::Rows by_row(const SparseMatrix& w) {
  PreparedModel::Data::Rows rows;
  for (Eigen::Index row = 0; row < w.rows(); ++row) {
    for (SparseMatrix::InnerIterator e(w, row); e; ++e) {
      if (e.value() == 0) continue;
      rows.columns.push_back(static_cast<std::int32_t>(e.col()));
      rows.values.push_back(e.value());
    }
    rows.begin.push_back(static_cast<std::int32_t>(rows.columns.size()));
  }
  return rows;
}

void prepare_attention(const Layer& layer, std::int32_t d_model, PreparedLayer& p) {
  ColumnLists attended(static_cast<std::size_t>(d_model));
  for (const AttentionHead& head : layer.heads) {
    PreparedHead h;
    h.z = p.z_width;
    const ColumnLists Q = by_column(head.W_Q), K = by_column(head.W_K), V = by_column(head.W_V);
    const std::vector<bool> read = used_rows(head.W_O);
    for (std::size_t i = 0; i < Q.size(); ++i) {
      if ((!Q[i].empty() || head.b_Q[i] != 0) && (!K[i].empty() || head.b_K[i] != 0)) {
        append(h.Q, Q[i], head.b_Q[i]);
        append(h.K, K[i], head.b_K[i]);
      }
      if ((V[i].empty() && head.b_V[i] == 0) || !read[i]) continue;
      for (SparseMatrix::InnerIterator e(head.W_O, static_cast<Eigen::Index>(i)); e; ++e)
        if (e.value() != 0) attended[static_cast<std::size_t>(e.col())].push_back({p.z_width + h.V.size(), e.value()});
      append(h.V, V[i], head.b_V[i]);
    }
    h.silent = h.V.size() == 0;
    p.z_width += h.V.size();
    p.heads.push_back(std::move(h));
  }
  for (std::int32_t d = 0; d < d_model; ++d) {
    const auto& column = attended[static_cast<std::size_t>(d)];
    const float bias = layer.b_O[static_cast<std::size_t>(d)];
    if (column.empty() && bias == 0) continue;
    p.attended.push_back(d);
    append(p.W_O, column, bias);
  }
}

void prepare_mlp(const Mlp& mlp, std::int32_t d_model, PreparedLayer& p) {
  std::vector<bool> written(static_cast<std::size_t>(d_model));
  p.out_begin.push_back(0);
  for (Eigen::Index j = 0; j < mlp.W_out.rows(); ++j) {
    for (SparseMatrix::InnerIterator e(mlp.W_out, j); e; ++e) {
      if (e.value() == 0) continue;
      p.out_rows.push_back(static_cast<std::int32_t>(e.col()));
      p.out_values.push_back(e.value());
      written[static_cast<std::size_t>(e.col())] = true;
    }
    p.out_begin.push_back(static_cast<std::int32_t>(p.out_rows.size()));
  }
  for (std::int32_t d = 0; d < d_model; ++d) {
    const float b = mlp.b_out[static_cast<std::size_t>(d)];
    if (b == 0) continue;
    p.b_out.emplace_back(d, b);
    written[static_cast<std::size_t>(d)] = true;
  }
  const std::vector<bool> read = used_rows(mlp.W_in);
  std::vector<std::int32_t> copy(static_cast<std::size_t>(d_model), -1);
  for (std::int32_t d = 0; d < d_model; ++d) {
    if (!read[static_cast<std::size_t>(d)] || !written[static_cast<std::size_t>(d)]) continue;
    copy[static_cast<std::size_t>(d)] = d_model + static_cast<std::int32_t>(p.copied.size());
    p.copied.push_back(d);
  }
  ColumnLists in = by_column(mlp.W_in);
  for (std::size_t j = 0; j < in.size(); ++j) {
    for (Entry& e : in[j])
      if (copy[static_cast<std::size_t>(e.row)] >= 0) e.row = copy[static_cast<std::size_t>(e.row)];
    append(p.in, in[j], mlp.b_in[j]);
  }
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
  d.W_E = by_row(model.W_E);
  d.W_pos = by_row(model.W_pos);
  std::vector<bool> embedded(static_cast<std::size_t>(d.d_model));
  for (const Data::Rows* rows : {&d.W_E, &d.W_pos})
    for (const std::int32_t column : rows->columns) embedded[static_cast<std::size_t>(column)] = true;
  for (std::int32_t i = 0; i < d.d_model; ++i)
    if (embedded[static_cast<std::size_t>(i)]) d.embedded.push_back(i);
  std::size_t copied = 0;
  for (const Layer& layer : model.layers) {
    PreparedLayer p;
    prepare_attention(layer, d.d_model, p);
    prepare_mlp(layer.mlp, d.d_model, p);
    copied = std::max(copied, p.copied.size());
    d.layers.push_back(std::move(p));
  }
  d.rows = d.d_model + static_cast<std::int32_t>(copied);
  const ColumnLists W_U = by_column(model.W_U);
  for (std::size_t c = 0; c < W_U.size(); ++c) append(d.W_U, W_U[c], model.b_U[c]);
}
PreparedModel::~PreparedModel() = default;
PreparedModel::PreparedModel(PreparedModel&&) noexcept = default;
PreparedModel& PreparedModel::operator=(PreparedModel&&) noexcept = default;

Workspace::Workspace() : data_(std::make_unique<Data>()) {}
Workspace::~Workspace() = default;
Workspace::Workspace(Workspace&&) noexcept = default;
Workspace& Workspace::operator=(Workspace&&) noexcept = default;

}  // namespace rasp
