// A short name for a model's weights.
#pragma once
#include <string>
#include "model/transformer.h"

namespace rasp {

// 16 hex digits: FNV-1a (64 bits) over, all little-endian,
//   the sizes as 64-bit integers: n_layers, d_model, n_heads, d_head, d_mlp, n_ctx, d_vocab, d_vocab_out, causal (0
//   or 1), bos_id;
//   then per tensor of state_dict() in TransformerLens's naming: its name's bytes, and per non-zero element in ascending
//   order its flat index (64 bits) and its float (32 bits).
// Padding and stored zeros do not enter, so a reader of an exported file gets the same name.
std::string fingerprint(const Transformer& model);

}  // namespace rasp
