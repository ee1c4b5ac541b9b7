// The forward pass. Sparse kernels; no allocation per token once a Workspace is warm.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>
#include "base/diagnostics.h"
#include "base/limits.h"
#include "model/transformer.h"

namespace rasp {

// One experiment of the page. Positions count BOS as 0.
struct Intervention {
  enum class Kind : std::uint8_t {
    ZeroHead,     // the head's output becomes 0
    SetPattern,   // `values` [T*T] replaces the head's pattern (rows are queries)
    ZeroMlp,      // the MLP's output becomes 0
    SetResidual,  // resid at half-layer `half_layer` (0 = embeddings, 2L+1 = after attention L, 2L+2 = after MLP L)
  } kind = Kind::ZeroHead;
  std::int32_t layer = 0, head = 0, half_layer = 0, position = 0;
  std::vector<std::int32_t> dimensions;  // SetResidual: which
  std::vector<float> values;             // SetResidual: what; SetPattern: [T*T]
};

struct TensorInfo {
  std::string name;  // "resid_pre", "blocks.0.attn.scores", "blocks.0.attn.pattern", …
  std::vector<std::int64_t> shape;
  std::int64_t offset = 0;  // in floats, into Trace::arena
};

// Everything the pass computed, in one arena. T = tokens + 1 (BOS first). Entries, for every layer L:
//   "resid_pre" [T, d_model]                    embeddings (half-layer 0)
//   "blocks.L.attn.scores" [H, T, T]   H heads of this layer: q·k/√d_head after the causal mask (-inf is
//                                      written as -1e30)
//   "blocks.L.attn.pattern" [H, T, T]
//   "blocks.L.resid_mid" [T, d_model]
//   "blocks.L.mlp.pre", "blocks.L.mlp.post" [T, d_mlp of this layer]
//   "blocks.L.resid_post" [T, d_model]
//   "logits" [T, d_vocab_out]
struct Trace {
  std::int32_t T = 0;
  std::vector<TensorInfo> tensors;
  std::vector<float> arena;
  const TensorInfo* find(const std::string& name) const;
};

// A flat copy of a model's weights in the order in which the pass reads them. Immutable: may be shared between threads,
// and outlives the Transformer it was made from.
class PreparedModel {
 public:
  explicit PreparedModel(const Transformer& model);  // precondition: shape_fault(model) is empty
  ~PreparedModel();
  PreparedModel(PreparedModel&&) noexcept;
  PreparedModel& operator=(PreparedModel&&) noexcept;
  struct Data;  // model/prepared.h
  const Data& data() const { return *data_; }

 private:
  std::unique_ptr<Data> data_;
};

// Reusable scratch; one per thread. Grows to what the largest pass so far needed and never shrinks: once warm, a pass
// allocates nothing (but for the trace's names).
class Workspace {
 public:
  Workspace();
  ~Workspace();
  Workspace(Workspace&&) noexcept;
  Workspace& operator=(Workspace&&) noexcept;
  struct Data;  // model/prepared.h
  Data& data() { return *data_; }

 private:
  std::unique_ptr<Data> data_;
};

// logits [T, d_vocab_out] into `logits` (resized). `token_ids` must start with bos_id and have 1..n_ctx ids in range
// (asserted: callers encode through model/vocabulary). Trace may be null. Interventions that intervention_fault would
// name are asserted against too. With a budget, throws LimitExceeded: "limit-time", or "limit-trace" for a trace of
// more than Limits::trace_floats; the workspace stays usable.
void forward(const PreparedModel& model, Workspace& workspace, std::span<const std::int32_t> token_ids,
             std::vector<float>& logits, Trace* trace = nullptr, std::span<const Intervention> interventions = {},
             Budget* budget = nullptr);

// The same for a single use: prepares the model each time.
void forward(const Transformer& model, std::span<const std::int32_t> token_ids, std::vector<float>& logits,
             Trace* trace = nullptr, std::span<const Intervention> interventions = {});

// Many inputs, of any lengths: the logits of one after those of the other, [ΣT, d_vocab_out].
void forward_batch(const PreparedModel& model, Workspace& workspace,
                   std::span<const std::vector<std::int32_t>> sequences, std::vector<float>& logits);

// Why this intervention cannot be carried out on `T` positions of the model; nullopt if it can.
std::optional<Failure> intervention_fault(const Transformer& model, std::int32_t T, const Intervention& intervention);

}  // namespace rasp
