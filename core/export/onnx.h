// The model as an ONNX graph.
#pragma once
#include "export/exported.h"
#include "model/transformer.h"

namespace rasp {

// Opset 17. Input `tokens` int64 [batch, position]: every row BOS first, ids of the vocabulary, position ≤ n_ctx.
// Output `logits` float [batch, position, d_vocab_out]; on request also, named as in Trace (model/forward.h),
//   patterns:  `blocks.L.attn.pattern` [batch, n_heads of layer L, position, position], where layer L has heads
//   residuals: `resid_pre`, `blocks.L.resid_mid`, `blocks.L.resid_post` [batch, position, d_model]
struct OnnxOptions {
  bool patterns = false;
  bool residuals = false;
};

// A layer's heads lie side by side: `blocks.L.attn.W_Q` is [d_model, heads·d_head], `blocks.L.attn.W_O`
// [heads·d_head, d_model]. Layers are not padded to one width, and what a layer does not have is left out. The file's
// metadata holds "format" and "fingerprint".
// Precondition: shape_fault(model) is empty.
Exported write_onnx(const Transformer& model, const OnnxOptions& options = {},
                    std::int64_t limit = default_export_limit);

}  // namespace rasp
