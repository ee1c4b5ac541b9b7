// The sanitizers' build is tens of times slower than the others: it takes a share of what they sweep through whole.
#pragma once
#include <cstddef>

namespace rasp::testing {
#ifdef RASP_SANITIZED
inline constexpr std::size_t sweep = 9;
#else
inline constexpr std::size_t sweep = 1;
#endif
}  // namespace rasp::testing
