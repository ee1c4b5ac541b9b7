#include "model/forward.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "model/kernels.h"
#include "model/prepared.h"

namespace rasp {

namespace {

using Kind = Intervention::Kind;

constexpr float masked = -1e30f;

// One pass. `trace` rows are written where they are computed, so that recording costs little more than the copies.
class Pass {
 public:
  Pass(const PreparedModel::Data& model, Workspace::Data& scratch, std::span<const std::int32_t> ids, float* logits,
       Trace* trace, std::span<const Intervention> interventions)
      : m_(model), s_(scratch), ids_(ids), T_(static_cast<std::int32_t>(ids.size())), logits_(logits), trace_(trace),
        interventions_(interventions) {}

  void run() {
    if (trace_) lay_out_trace();
    embed();
    for (std::size_t l = 0; l < m_.layers.size(); ++l) {
      layer_ = static_cast<std::int32_t>(l);
      attention(m_.layers[l]);
      mlp(m_.layers[l]);
    }
    unembed();
  }

 private:
  std::size_t cells(std::int32_t width) const { return static_cast<std::size_t>(T_) * static_cast<std::size_t>(width); }
  float* resid(std::int32_t t) { return s_.resid.data() + cells_before(t, m_.d_model); }
  static std::size_t cells_before(std::int32_t t, std::int32_t width) {
    return static_cast<std::size_t>(t) * static_cast<std::size_t>(width);
  }
  static float* grown(std::vector<float>& v, std::size_t n) {
    if (v.size() < n) v.resize(n);
    return v.data();
  }

  // ---- trace: tensors are asked for in the order in which they were laid out
  void lay_out_trace() {
    Trace& trace = *trace_;
    trace.T = T_;
    trace.tensors.clear();
    std::int64_t offset = 0;
    const auto add = [&](std::string name, std::vector<std::int64_t> shape) {
      std::int64_t n = 1;
      for (const std::int64_t d : shape) n *= d;
      trace.tensors.push_back({std::move(name), std::move(shape), offset});
      offset += n;
    };
    add("resid_pre", {T_, m_.d_model});
    for (std::size_t l = 0; l < m_.layers.size(); ++l) {
      const std::string block = "blocks." + std::to_string(l) + ".";
      const auto heads = static_cast<std::int64_t>(m_.layers[l].heads.size());
      add(block + "attn.scores", {heads, T_, T_});
      add(block + "attn.pattern", {heads, T_, T_});
      add(block + "resid_mid", {T_, m_.d_model});
      add(block + "mlp.pre", {T_, m_.layers[l].d_mlp});
      add(block + "mlp.post", {T_, m_.layers[l].d_mlp});
      add(block + "resid_post", {T_, m_.d_model});
    }
    add("logits", {T_, m_.d_vocab_out});
    trace.arena.resize(static_cast<std::size_t>(offset));
  }
  enum Part { Scores = 0, Pattern, ResidMid, Pre, Post, ResidPost };
  float* traced(Part part) {
    return trace_ ? trace_->arena.data() + trace_->tensors[1 + 6 * static_cast<std::size_t>(layer_) + part].offset
                  : nullptr;
  }
  void record_residual(const TensorInfo& tensor) {
    std::memcpy(trace_->arena.data() + tensor.offset, s_.resid.data(), cells(m_.d_model) * sizeof(float));
  }

  // ---- interventions
  bool zeroed(Kind kind, std::int32_t head) const {
    for (const Intervention& i : interventions_)
      if (i.kind == kind && i.layer == layer_ && (kind != Kind::ZeroHead || i.head == head)) return true;
    return false;
  }
  const Intervention* pattern_for(std::int32_t head) const {
    const Intervention* found = nullptr;  // the last one wins, as if each were carried out in turn
    for (const Intervention& i : interventions_)
      if (i.kind == Kind::SetPattern && i.layer == layer_ && i.head == head) found = &i;
    return found;
  }
  void set_residual(std::int32_t half_layer) {
    for (const Intervention& i : interventions_) {
      if (i.kind != Kind::SetResidual || i.half_layer != half_layer) continue;
      assert(i.position >= 0 && i.position < T_ && i.values.size() == i.dimensions.size());
      for (std::size_t j = 0; j < i.dimensions.size(); ++j) {
        assert(i.dimensions[j] >= 0 && i.dimensions[j] < m_.d_model);
        resid(i.position)[i.dimensions[j]] = i.values[j];
      }
    }
  }

  // ---- the parts of the model
  void embed() {
    float* x = grown(s_.resid, cells(m_.d_model));
    std::fill(x, x + cells(m_.d_model), 0.0f);
    for (std::int32_t t = 0; t < T_; ++t) {
      const std::int32_t id = ids_[static_cast<std::size_t>(t)];
      assert(id >= 0 && id < m_.d_vocab);
      float* row = resid(t);
      add_row(m_.W_E, id, row);
      add_row(m_.W_pos, t, row);
    }
    set_residual(0);
    if (trace_) record_residual(trace_->tensors.front());
  }
  static void add_row(const SparseRows& w, std::int32_t row, float* y) {
    for (std::int32_t e = w.begin[static_cast<std::size_t>(row)]; e < w.begin[static_cast<std::size_t>(row) + 1]; ++e)
      y[w.columns[static_cast<std::size_t>(e)]] += w.values[static_cast<std::size_t>(e)];
  }

  void attention(const PreparedLayer& layer) {
    if (!layer.heads.empty()) {
      float* qkv = grown(s_.qkv, cells(layer.qkv_width));
      for (std::int32_t t = 0; t < T_; ++t) {
        float* row = qkv + cells_before(t, layer.qkv_width);
        std::copy(layer.b_QKV.begin(), layer.b_QKV.end(), row);
        accumulate(layer.W_QKV, resid(t), row);
      }
      float* z = grown(s_.z, cells(layer.z_width));
      std::fill(z, z + cells(layer.z_width), 0.0f);
      for (std::size_t h = 0; h < layer.heads.size(); ++h) head(layer, static_cast<std::int32_t>(h));
      for (std::int32_t t = 0; t < T_; ++t) accumulate(layer.W_O, z + cells_before(t, layer.z_width), resid(t));
    }
    if (!layer.b_O.empty())
      for (std::int32_t t = 0; t < T_; ++t) add_row(layer.b_O, 0, resid(t));
    set_residual(2 * layer_ + 1);
    if (trace_) record_residual(trace_->tensors[1 + 6 * static_cast<std::size_t>(layer_) + ResidMid]);
  }

  // Scores, pattern and z of one head.
  void head(const PreparedLayer& layer, std::int32_t index) {
    const PreparedHead& head = layer.heads[static_cast<std::size_t>(index)];
    const bool writes = !head.silent && !zeroed(Kind::ZeroHead, index);
    if (!writes && !trace_) return;
    const Intervention* replaced = pattern_for(index);
    assert(!replaced || replaced->values.size() == cells(T_));

    const float* qkv = s_.qkv.data();
    const std::int32_t width = layer.qkv_width;
    float* keys = grown(s_.keys, cells(head.d));
    for (std::int32_t t = 0; t < T_; ++t) {
      const float* k = qkv + cells_before(t, width) + head.k;
      for (std::int32_t i = 0; i < head.d; ++i) keys[cells_before(i, T_) + static_cast<std::size_t>(t)] = k[i];
    }
    if (writes) list_values(layer, head);

    float* scratch_row = grown(s_.scores, static_cast<std::size_t>(T_));
    for (std::int32_t t = 0; t < T_; ++t) {
      const std::size_t row_offset = cells_before(index, T_) * static_cast<std::size_t>(T_) + cells_before(t, T_);
      float* row = trace_ ? traced(Pattern) + row_offset : scratch_row;
      const std::int32_t visible = m_.causal ? t + 1 : T_;
      if (!replaced || trace_) score(qkv + cells_before(t, width) + head.q, keys, head.d, visible, row);
      if (trace_) {
        float* scores = traced(Scores) + row_offset;
        std::copy(row, row + visible, scores);
        std::fill(scores + visible, scores + T_, masked);
        std::fill(row + visible, row + T_, 0.0f);
      }
      std::int32_t used = visible;
      if (replaced) {
        const float* given = replaced->values.data() + cells_before(t, T_);
        std::copy(given, given + T_, row);
        used = T_;
      } else {
        kernels::softmax(row, visible);
      }
      if (writes) mix(row, used, head.d, s_.z.data() + cells_before(t, layer.z_width) + head.z);
    }
  }

  void score(const float* q, const float* keys, std::int32_t d, std::int32_t visible, float* row) const {
    std::fill(row, row + visible, 0.0f);
    for (std::int32_t i = 0; i < d; ++i)
      if (q[i] != 0) kernels::add_scaled(row, keys + cells_before(i, T_), q[i], visible);
    for (std::int32_t k = 0; k < visible; ++k) row[k] /= m_.sqrt_d_head;
  }

  // The values of one head, dimension by dimension: a list of the positions that have one where they are few (one-hot
  // codes), a dense row otherwise (numbers, constants).
  void list_values(const PreparedLayer& layer, const PreparedHead& head) {
    const float* v = s_.qkv.data() + head.v;
    grown(s_.values, cells(head.d));
    grown(s_.dense_values, cells(head.d));
    if (s_.value_positions.size() < cells(head.d)) s_.value_positions.resize(cells(head.d));
    if (s_.value_begin.size() < static_cast<std::size_t>(head.d) + 1) s_.value_begin.resize(static_cast<std::size_t>(head.d) + 1);
    std::int32_t n = 0;
    for (std::int32_t i = 0; i < head.d; ++i) {
      s_.value_begin[static_cast<std::size_t>(i)] = n;
      float* dense = s_.dense_values.data() + cells_before(i, T_);
      for (std::int32_t t = 0; t < T_; ++t) {
        const float x = v[cells_before(t, layer.qkv_width) + static_cast<std::size_t>(i)];
        dense[t] = x;
        if (x == 0) continue;
        s_.values[static_cast<std::size_t>(n)] = x;
        s_.value_positions[static_cast<std::size_t>(n)] = t;
        ++n;
      }
    }
    s_.value_begin[static_cast<std::size_t>(head.d)] = n;
  }

  // z = pattern · values
  void mix(const float* pattern, std::int32_t visible, std::int32_t d, float* z) const {
    for (std::int32_t i = 0; i < d; ++i) {
      const std::int32_t begin = s_.value_begin[static_cast<std::size_t>(i)];
      const std::int32_t end = s_.value_begin[static_cast<std::size_t>(i) + 1];
      if (begin == end) continue;
      if (4 * (end - begin) > visible) {
        z[i] = kernels::dot(pattern, s_.dense_values.data() + cells_before(i, T_), visible);
        continue;
      }
      float sum = 0;
      for (std::int32_t e = begin; e < end; ++e) {
        const std::int32_t k = s_.value_positions[static_cast<std::size_t>(e)];
        if (k >= visible) break;
        sum += pattern[k] * s_.values[static_cast<std::size_t>(e)];
      }
      z[i] = sum;
    }
  }

  void mlp(const PreparedLayer& layer) {
    const bool writes = !zeroed(Kind::ZeroMlp, 0);
    const std::int32_t d = layer.d_mlp;
    float* scratch_row = grown(s_.neurons, static_cast<std::size_t>(d));
    for (std::int32_t t = 0; t < T_; ++t) {
      float* x = resid(t);
      if (d > 0 && (writes || trace_)) {
        float* post = trace_ ? traced(Post) + cells_before(t, d) : scratch_row;
        std::copy(layer.b_in.begin(), layer.b_in.end(), post);
        accumulate(layer.W_in, x, post);
        if (trace_) std::copy(post, post + d, traced(Pre) + cells_before(t, d));
        for (std::int32_t i = 0; i < d; ++i) post[i] = post[i] > 0 ? post[i] : 0.0f;
        if (writes) accumulate(layer.W_out, post, x);
      }
      if (writes && !layer.b_out.empty()) add_row(layer.b_out, 0, x);
    }
    set_residual(2 * layer_ + 2);
    if (trace_) record_residual(trace_->tensors[1 + 6 * static_cast<std::size_t>(layer_) + ResidPost]);
  }

  void unembed() {
    for (std::int32_t t = 0; t < T_; ++t) {
      float* row = logits_ + cells_before(t, m_.d_vocab_out);
      std::copy(m_.b_U.begin(), m_.b_U.end(), row);
      accumulate(m_.W_U, resid(t), row);
    }
    if (trace_)
      std::copy(logits_, logits_ + cells(m_.d_vocab_out), trace_->arena.data() + trace_->tensors.back().offset);
  }

  const PreparedModel::Data& m_;
  Workspace::Data& s_;
  std::span<const std::int32_t> ids_;
  std::int32_t T_;
  float* logits_;
  Trace* trace_;
  std::span<const Intervention> interventions_;
  std::int32_t layer_ = 0;
};

void assert_ids(const PreparedModel::Data& m, std::span<const std::int32_t> ids) {
  assert(!ids.empty() && static_cast<std::int64_t>(ids.size()) <= m.n_ctx && ids.front() == m.bos_id);
  (void)m;
  (void)ids;
}

}  // namespace

const TensorInfo* Trace::find(const std::string& name) const {
  for (const TensorInfo& tensor : tensors)
    if (tensor.name == name) return &tensor;
  return nullptr;
}

void forward(const PreparedModel& model, Workspace& workspace, std::span<const std::int32_t> token_ids,
             std::vector<float>& logits, Trace* trace, std::span<const Intervention> interventions) {
  const PreparedModel::Data& m = model.data();
  assert_ids(m, token_ids);
  logits.resize(token_ids.size() * static_cast<std::size_t>(m.d_vocab_out));
  Pass(m, workspace.data(), token_ids, logits.data(), trace, interventions).run();
}

void forward(const Transformer& model, std::span<const std::int32_t> token_ids, std::vector<float>& logits,
             Trace* trace, std::span<const Intervention> interventions) {
  Workspace workspace;
  forward(PreparedModel(model), workspace, token_ids, logits, trace, interventions);
}

void forward_batch(const PreparedModel& model, Workspace& workspace,
                   std::span<const std::vector<std::int32_t>> sequences, std::vector<float>& logits) {
  const PreparedModel::Data& m = model.data();
  std::size_t positions = 0;
  for (const auto& ids : sequences) positions += ids.size();
  logits.resize(positions * static_cast<std::size_t>(m.d_vocab_out));
  float* out = logits.data();
  for (const auto& ids : sequences) {
    assert_ids(m, ids);
    Pass(m, workspace.data(), ids, out, nullptr, {}).run();
    out += ids.size() * static_cast<std::size_t>(m.d_vocab_out);
  }
}

}  // namespace rasp
