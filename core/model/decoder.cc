#include "model/decoder.h"

#include <cassert>

#include "model/kernels.h"
#include "model/prepared.h"

namespace rasp {

namespace {

[[gnu::noinline]] float column(const Columns& w, std::size_t c, const float* x) {
  float y = w.bias[c];
  for (auto e = static_cast<std::size_t>(w.begin[c]); e < static_cast<std::size_t>(w.begin[c + 1]); ++e)
    y += w.values[e] * x[w.rows[e]];
  return y;
}

// `more` values at the end of `list`: where they begin.
[[gnu::noinline]] float* more(std::vector<float>& list, std::size_t count) {
  list.resize(list.size() + count);
  return list.data() + (list.size() - count);
}

void add_row(const PreparedModel::Data::Rows& w, std::size_t row, float* x) {
  for (auto e = static_cast<std::size_t>(w.begin[row]); e < static_cast<std::size_t>(w.begin[row + 1]); ++e)
    x[w.columns[e]] += w.values[e];
}

}  // namespace

Decoder::Decoder(const PreparedModel& model) : model_(model) {
  assert(model.data().causal);
  std::size_t heads = 0;
  for (const PreparedLayer& l : model.data().layers) heads += l.heads.size();
  kept_.resize(heads);
}

void Decoder::clear() {
  ids_.clear();
  logits_.clear();
  for (auto& list : kept_) list.clear();
}

void Decoder::append(std::int32_t token_id) {
  const PreparedModel::Data& m = model_.data();
  assert(static_cast<std::int32_t>(ids_.size()) < m.n_ctx && token_id >= 0 && token_id < m.d_vocab);
  x_.assign(static_cast<std::size_t>(m.rows), 0.0f);
  add_row(m.W_E, static_cast<std::size_t>(token_id), x_.data());
  add_row(m.W_pos, ids_.size(), x_.data());
  ids_.push_back(token_id);
  std::vector<float>* kept = kept_.data();
  for (const PreparedLayer& layer : m.layers) {
    z_.assign(static_cast<std::size_t>(layer.z_width), 0.0f);
    for (const PreparedHead& head : layer.heads) attend(head, *kept++);
    for (std::size_t a = 0; a < layer.attended.size(); ++a)
      x_[static_cast<std::size_t>(layer.attended[a])] += column(layer.W_O, a, z_.data());
    mlp(layer);
  }
  const auto d_out = static_cast<std::size_t>(m.d_vocab_out);
  float* logits = more(logits_, d_out);
  for (std::size_t c = 0; c < d_out; ++c) logits[c] = column(m.W_U, c, x_.data());
}

void Decoder::attend(const PreparedHead& head, std::vector<float>& kept) {
  if (head.silent) return;
  const auto d_qk = static_cast<std::size_t>(head.Q.size()), d_v = static_cast<std::size_t>(head.V.size()),
             T = ids_.size(), T4 = (T + 3) / 4 * 4;
  query_.resize(d_qk);
  float* mine = more(kept, d_qk + d_v);
  for (std::size_t i = 0; i < d_qk; ++i) {
    query_[i] = column(head.Q, i, x_.data()) / model_.data().sqrt_d_head;
    mine[i] = column(head.K, i, x_.data());
  }
  for (std::size_t i = 0; i < d_v; ++i) mine[d_qk + i] = column(head.V, i, x_.data());
  pattern_.assign(T4, masked);
  groups_.resize(T4 / 4);
  const float* at = kept.data();
  for (std::size_t k = 0; k < T; ++k, at += d_qk + d_v) {
    float score = 0;
    for (std::size_t i = 0; i < d_qk; ++i) score += query_[i] * at[i];
    pattern_[k] = score;
  }
  kernels::softmax(pattern_.data(), static_cast<std::int32_t>(T4), groups_.data());
  float* z = z_.data() + head.z;
  at = kept.data() + d_qk;
  for (std::size_t k = 0; k < T; ++k, at += d_qk + d_v)
    if (pattern_[k] != 0)
      for (std::size_t i = 0; i < d_v; ++i) z[i] += pattern_[k] * at[i];
}

void Decoder::mlp(const PreparedLayer& layer) {
  float* x = x_.data();
  for (std::size_t i = 0; i < layer.copied.size(); ++i)
    x[model_.data().d_model + static_cast<std::int32_t>(i)] = x[layer.copied[i]];
  for (std::size_t j = 0; j < static_cast<std::size_t>(layer.in.size()); ++j) {
    const float h = column(layer.in, j, x);
    if (!(h > 0)) continue;
    for (auto e = static_cast<std::size_t>(layer.out_begin[j]); e < static_cast<std::size_t>(layer.out_begin[j + 1]);
         ++e)
      x[layer.out_rows[e]] += layer.out_values[e] * h;
  }
  for (const auto& [d, b] : layer.b_out) x[d] += b;
}

}  // namespace rasp
