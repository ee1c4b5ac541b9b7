// The sanitizers' build is tens of times slower than the others: it takes a share of what they sweep through whole.
#pragma once
#include <cstddef>
#include <string>

namespace rasp::testing {
#ifdef RASP_SANITIZED
inline constexpr std::size_t sweep = 9;
#else
inline constexpr std::size_t sweep = 1;
#endif

// A property of many cases. A fault in the code fails most of them: what is reported is one, the smallest, and how many
// there were.
class Sweep {
 public:
  // size: of the case; describe(): what is wrong with it, and what it is.
  template <class Describe>
  void check(bool holds, std::size_t size, Describe&& describe) {
    ++checked_;
    if (holds) return;
    if (++failed_ > 1 && size >= smallest_) return;
    smallest_ = size;
    text_ = describe();
  }
  bool passed() const { return checked_ > 0 && failed_ == 0; }
  std::string report() const {
    return checked_ == 0 ? "nothing was checked"
                         : std::to_string(failed_) + " of " + std::to_string(checked_) +
                               " checks failed; the smallest case: " + text_;
  }

 private:
  std::size_t checked_ = 0, failed_ = 0, smallest_ = 0;
  std::string text_;
};
}  // namespace rasp::testing
