// What every writer of model files returns.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include "base/diagnostics.h"

namespace rasp {

struct Exported {
  std::string bytes;               // the file; empty if refused
  std::optional<Failure> failure;  // "export-too-large", class "limit"
};

// Dense files are padded to the widest layer and may be far larger than the sparse model in memory.
constexpr std::int64_t default_export_limit = 512ll << 20;  // bytes

// The refusal of a file of `bytes` bytes.
Exported too_large(std::int64_t bytes, std::int64_t limit);

}  // namespace rasp
