// What a pass records. The trace has a row per position, the pass a row per dimension: recording is a transposition.
#include "model/pass.h"

namespace rasp {

const TensorInfo* Trace::find(const std::string& name) const {
  for (const TensorInfo& tensor : tensors)
    if (tensor.name == name) return &tensor;
  return nullptr;
}

void Pass::lay_out_trace() {
  Trace& trace = *trace_;
  trace.T = positions_;
  trace.tensors.clear();
  std::int64_t offset = 0;
  const auto add = [&](std::string name, std::vector<std::int64_t> shape) {
    std::int64_t n = 1;
    for (const std::int64_t d : shape) n *= d;
    trace.tensors.push_back({std::move(name), std::move(shape), offset});
    offset += n;
  };
  const std::int64_t T = positions_;
  add("resid_pre", {T, m_.d_model});
  for (std::size_t l = 0; l < m_.layers.size(); ++l) {
    const std::string block = "blocks." + std::to_string(l) + ".";
    const auto heads = static_cast<std::int64_t>(m_.layers[l].heads.size());
    add(block + "attn.scores", {heads, T, T});
    add(block + "attn.pattern", {heads, T, T});
    add(block + "resid_mid", {T, m_.d_model});
    add(block + "mlp.pre", {T, m_.layers[l].in.size()});
    add(block + "mlp.post", {T, m_.layers[l].in.size()});
    add(block + "resid_post", {T, m_.d_model});
  }
  add("logits", {T, m_.d_vocab_out});
  if (budget_ && static_cast<std::uint64_t>(offset) > budget_->limits().trace_floats) {
    trace.tensors.clear();
    throw LimitExceeded{"limit-trace", budget_->limits().trace_floats};
  }
  trace.arena.resize(static_cast<std::size_t>(offset));
}

float* Pass::traced(Part part) {
  const std::int32_t tensor = 1 + parts * layer_ + part;
  return trace_->arena.data() + trace_->tensors[static_cast<std::size_t>(tensor)].offset;
}

void Pass::record_residual(const TensorInfo& tensor) {
  const float** rows = grown(s_.rows, m_.d_model);
  for (std::int32_t d = 0; d < m_.d_model; ++d)
    rows[d] = s_.live[static_cast<std::size_t>(d)] ? row(d) : s_.zeros.data();
  kernels::transpose(rows, m_.d_model, positions_, trace_->arena.data() + tensor.offset, m_.d_model);
}

void Pass::record_neurons(std::int32_t d_mlp) {
  const float** rows = grown(s_.rows, d_mlp);
  for (std::int32_t i = 0; i < d_mlp; ++i) rows[i] = s_.neurons.data() + i * S_;
  float* pre = traced(Pre);
  kernels::transpose(rows, d_mlp, positions_, pre, d_mlp);
  float* post = traced(Post);
  const std::int64_t cells = static_cast<std::int64_t>(positions_) * d_mlp;
  for (std::int64_t i = 0; i < cells; ++i) post[i] = pre[i] > 0 ? pre[i] : 0.0f;
}

}  // namespace rasp
