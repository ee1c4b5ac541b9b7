// What is known of a compiled model: docs/exactness.md.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace rasp {

struct Exactness {
  // Proved: every condition of the proof was checked. Enumerated: compared with the interpreter on all inputs. Unknown:
  // neither.
  enum class Kind : std::uint8_t { Unknown, Enumerated, Proved } kind = Kind::Unknown;
  std::uint64_t inputs = 0;          // Enumerated: how many
  std::vector<std::string> reasons;  // why it is not proved
  double within = 0;               // of a number that is not rounded: how near it is proved to be; 0: nothing is known
  std::vector<std::string> under;  // what the statement assumes of the input (promises)
  const char* name() const {
    return kind == Kind::Proved ? "proved" : kind == Kind::Enumerated ? "enumerated" : "unknown";
  }
};

}  // namespace rasp
