// Weights as a safetensors file: 8 bytes of header length, a JSON header, the tensors in float32, little-endian.
#pragma once
#include "export/exported.h"
#include "model/state_dict.h"

namespace rasp {

// The tensors of state_dict(model, naming) in its order. `__metadata__` holds "format" (the version of this layout),
// "fingerprint" and "names" ("transformer_lens" or "tracr").
// Precondition: shape_fault(model) is empty.
Exported write_safetensors(const Transformer& model, Naming naming = Naming::TransformerLens,
                           std::int64_t limit = default_export_limit);

}  // namespace rasp
