// Tokens ↔ token ids of a compiled model. Id i is vocabulary[i]; BOS has id vocabulary.size().
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>
#include "base/diagnostics.h"
#include "base/value.h"

namespace rasp {

// Either `ids` (BOS first) or a failure of class "input".
struct EncodedTokens {
  std::vector<std::int32_t> ids;
  bool ok = true;
  Failure failure;           // "unknown-token", "input-too-long", "input-empty"
  std::size_t position = 0;  // of the first token that cannot be encoded, counted from 0 without BOS
};

class Vocabulary {
 public:
  // max_length: the longest input, BOS not counted.
  Vocabulary(std::span<const Value> tokens, std::uint32_t max_length);

  // A token matches only one of its own kind: 1, 1.0 and True are three tokens.
  EncodedTokens encode(std::span<const Value> tokens) const;

 private:
  std::vector<Value> tokens_;
  std::uint32_t max_length_;
  std::unordered_multimap<std::size_t, std::int32_t> by_hash_;
};

}  // namespace rasp
