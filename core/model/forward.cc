#include "model/forward.h"

#include <algorithm>
#include <cassert>

#include "model/pass.h"

namespace rasp {

Pass::Pass(const PreparedModel::Data& model, Workspace::Data& scratch,
           std::span<const std::span<const std::int32_t>> sequences, float* logits, Trace* trace,
           std::span<const Intervention> interventions, Budget* budget)
    : m_(model),
      s_(scratch),
      sequences_(sequences),
      logits_(logits),
      trace_(trace),
      interventions_(interventions),
      budget_(budget) {
  for (const auto& ids : sequences_) {
    assert(!ids.empty() && static_cast<std::int64_t>(ids.size()) <= m_.n_ctx && ids.front() == m_.bos_id);
    positions_ += static_cast<std::int32_t>(ids.size());
  }
  n_ = (positions_ + 3) / 4 * 4;
  S_ = n_ + 4;
}

void Pass::run() {
  if (trace_) lay_out_trace();
  embed();
  if (trace_) record_residual(trace_->tensors.front());
  for (std::size_t l = 0; l < m_.layers.size(); ++l) {
    layer_ = static_cast<std::int32_t>(l);
    attention(m_.layers[l]);
    set_residual(2 * layer_ + 1);
    if (trace_) record_residual(trace_->tensors[1 + parts * l + ResidMid]);
    mlp(m_.layers[l]);
    set_residual(2 * layer_ + 2);
    if (trace_) record_residual(trace_->tensors[1 + parts * l + ResidPost]);
  }
  unembed();
}

bool Pass::zeroed(Kind kind, std::int32_t head) const {
  for (const Intervention& i : interventions_)
    if (i.kind == kind && i.layer == layer_ && (kind != Kind::ZeroHead || i.head == head)) return true;
  return false;
}

float* Pass::writable_row(std::int32_t d) {
  float* x = row(d);
  if (!s_.live[static_cast<std::size_t>(d)]) {
    kernels::fill(x, 0, n_);
    s_.live[static_cast<std::size_t>(d)] = 1;
  }
  return x;
}

void Pass::set_residual(std::int32_t half_layer) {
  for (const Intervention& i : interventions_) {
    if (i.kind != Kind::SetResidual || i.half_layer != half_layer) continue;
    assert(i.position >= 0 && i.position < positions_ && i.values.size() == i.dimensions.size());
    for (std::size_t j = 0; j < i.dimensions.size(); ++j) {
      assert(i.dimensions[j] >= 0 && i.dimensions[j] < m_.d_model);
      writable_row(i.dimensions[j])[i.position] = i.values[j];
    }
  }
}

// The inputs of column c that are live, and their weights, into scratch with room for one more; → how many.
std::int32_t Pass::collect(const Columns& columns, std::int32_t c, const float* base, const std::uint8_t* live) {
  const std::int32_t first = columns.begin[static_cast<std::size_t>(c)],
                     last = columns.begin[static_cast<std::size_t>(c) + 1];
  const float** inputs = grown(s_.inputs, last - first + 1);
  float* weights = grown(s_.weights, last - first + 1);
  std::int32_t count = 0;
  for (std::int32_t e = first; e < last; ++e) {
    const std::int32_t r = columns.rows[static_cast<std::size_t>(e)];
    if (!live[r]) continue;
    inputs[count] = base + r * S_;
    weights[count] = columns.values[static_cast<std::size_t>(e)];
    ++count;
  }
  tick(static_cast<std::int64_t>(count + 1) * n_);
  return count;
}

void Pass::embed() {
  grown(s_.x, m_.rows * S_);
  std::fill_n(grown(s_.live, m_.rows), m_.rows, std::uint8_t{0});
  if (static_cast<std::int64_t>(s_.zeros.size()) < S_) s_.zeros.assign(static_cast<std::size_t>(S_), 0.0f);
  for (const std::int32_t d : m_.embedded) writable_row(d);
  const auto add = [&](const PreparedModel::Data::Rows& w, std::int32_t r, std::int32_t t) {
    for (std::int32_t e = w.begin[static_cast<std::size_t>(r)]; e < w.begin[static_cast<std::size_t>(r) + 1]; ++e)
      row(w.columns[static_cast<std::size_t>(e)])[t] += w.values[static_cast<std::size_t>(e)];
  };
  std::int32_t t = 0;
  for (const auto& ids : sequences_) {
    std::int32_t position = 0;
    for (const std::int32_t id : ids) {
      assert(id >= 0 && id < m_.d_vocab);
      add(m_.W_E, id, t);
      add(m_.W_pos, position, t);
      ++t;
      ++position;
    }
  }
  set_residual(0);
}

void Pass::mlp(const PreparedLayer& layer) {
  const bool writes = !zeroed(Kind::ZeroMlp, 0);
  if (!writes && !trace_) return;
  for (std::size_t i = 0; i < layer.copied.size(); ++i) {
    const std::int32_t d = layer.copied[i];
    const auto copy = static_cast<std::size_t>(m_.d_model) + i;
    s_.live[copy] = s_.live[static_cast<std::size_t>(d)];
    if (s_.live[copy]) std::copy_n(row(d), n_, row(static_cast<std::int32_t>(copy)));
  }
  const std::int32_t neurons = layer.in.size();
  float* h = grown(s_.neurons, trace_ ? neurons * S_ : S_);
  for (std::int32_t j = 0; j < neurons; ++j) {
    const float bias = layer.in.bias[static_cast<std::size_t>(j)];
    const std::int32_t count = collect(layer.in, j, s_.x.data(), s_.live.data());
    bool fires = true;
    if (trace_) {  // the sums are recorded before the rectifier, in a row of their own
      kernels::combine<false>(h, bias, s_.inputs.data(), s_.weights.data(), count, n_);
      const float* const pre = h;
      const float one = 1;
      h += S_;
      if (!writes) continue;
      float* post = grown(s_.logits, S_);
      fires = kernels::combine<true>(post, 0, &pre, &one, 1, n_);
      if (fires) write_neuron(layer, j, post);
      continue;
    }
    if (count == 0 && !(bias > 0)) continue;
    fires = kernels::combine<true>(h, bias, s_.inputs.data(), s_.weights.data(), count, n_);
    if (fires) write_neuron(layer, j, h);
  }
  if (trace_) record_neurons(neurons);
  if (writes)
    for (const auto& [d, b] : layer.b_out) {
      float* x = writable_row(d);
      for (std::int32_t t = 0; t < n_; t += 4) kernels::store4(x + t, kernels::load4(x + t) + kernels::splat4(b));
    }
}

void Pass::write_neuron(const PreparedLayer& layer, std::int32_t j, const float* h) {
  tick(static_cast<std::int64_t>(layer.out_begin[static_cast<std::size_t>(j) + 1] -
                                 layer.out_begin[static_cast<std::size_t>(j)]) *
       n_);
  for (std::int32_t e = layer.out_begin[static_cast<std::size_t>(j)];
       e < layer.out_begin[static_cast<std::size_t>(j) + 1]; ++e) {
    const std::int32_t d = layer.out_rows[static_cast<std::size_t>(e)];
    const float w = layer.out_values[static_cast<std::size_t>(e)];
    if (s_.live[static_cast<std::size_t>(d)]) {
      kernels::add_scaled(row(d), h, w, n_);
    } else {
      kernels::scale(row(d), h, w, n_);
      s_.live[static_cast<std::size_t>(d)] = 1;
    }
  }
}

void Pass::unembed() {
  const std::int32_t d_out = m_.d_vocab_out;
  float* y = grown(s_.logits, d_out * S_);
  const float** rows = grown(s_.rows, d_out);
  for (std::int32_t c = 0; c < d_out; ++c) {
    const std::int32_t count = collect(m_.W_U, c, s_.x.data(), s_.live.data());
    rows[c] = y + c * S_;
    kernels::combine<false>(y + c * S_, m_.W_U.bias[static_cast<std::size_t>(c)], s_.inputs.data(), s_.weights.data(),
                            count, n_);
  }
  kernels::transpose(rows, d_out, positions_, logits_, d_out);
  if (trace_)
    std::copy_n(logits_, static_cast<std::int64_t>(positions_) * d_out,
                trace_->arena.data() + trace_->tensors.back().offset);
}

void forward(const PreparedModel& model, Workspace& workspace, std::span<const std::int32_t> token_ids,
             std::vector<float>& logits, Trace* trace, std::span<const Intervention> interventions, Budget* budget) {
  const PreparedModel::Data& m = model.data();
  logits.resize(token_ids.size() * static_cast<std::size_t>(m.d_vocab_out));
  Pass(m, workspace.data(), {&token_ids, 1}, logits.data(), trace, interventions, budget).run();
}

void forward(const Transformer& model, std::span<const std::int32_t> token_ids, std::vector<float>& logits,
             Trace* trace, std::span<const Intervention> interventions) {
  Workspace workspace;
  forward(PreparedModel(model), workspace, token_ids, logits, trace, interventions);
}

void forward_batch(const PreparedModel& model, Workspace& workspace,
                   std::span<const std::vector<std::int32_t>> sequences, std::vector<float>& logits) {
  // Sequences go together until they fill rows of about this many positions: enough for the vector operations to
  // outweigh looking up the weights, few enough for the rows to stay in the cache.
  constexpr std::size_t full = 192;
  const PreparedModel::Data& m = model.data();
  Workspace::Data& scratch = workspace.data();
  std::size_t positions = 0;
  for (const auto& ids : sequences) positions += ids.size();
  logits.resize(positions * static_cast<std::size_t>(m.d_vocab_out));
  float* out = logits.data();
  for (std::size_t first = 0; first < sequences.size();) {
    scratch.sequences.clear();
    std::size_t taken = 0, last = first;
    for (; last < sequences.size() && (taken == 0 || taken + sequences[last].size() <= full); ++last) {
      scratch.sequences.emplace_back(sequences[last]);
      taken += sequences[last].size();
    }
    Pass(m, scratch, scratch.sequences, out, nullptr, {}).run();
    out += taken * static_cast<std::size_t>(m.d_vocab_out);
    first = last;
  }
}

}  // namespace rasp
