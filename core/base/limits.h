// One budget for everything that a program can make long. Checked in every such loop, so that native, Node and the
// page's worker behave alike. All numbers are documented in docs/limits.md and tested at their edge.
#pragma once
#include <chrono>
#include <cstdint>

namespace rasp {

struct Limits {
  std::uint32_t source_bytes = 1u << 20;
  std::uint32_t parse_depth = 400;         // nested expressions, lists, bodies
  std::uint32_t chain_length = 2'000;      // operators in one chain a + b + …
  std::uint32_t call_depth = 200;          // nested calls while elaborating
  std::uint64_t elaboration_steps = 5'000'000;
  std::uint32_t collection_size = 100'000; // elements of one list, dictionary or characters of one string
  std::uint64_t total_collection_size = 10'000'000;
  std::uint32_t integer_bits = 16'384;     // magnitude of an int
  std::uint32_t graph_nodes = 200'000;
  std::uint32_t input_tokens = 2'048;
  std::uint64_t evaluation_cells = 200'000'000;
  std::uint32_t value_set = 20'000;        // values of one s-op
  std::uint64_t tuples = 4'000'000;        // reachable tuples of one fused expression
  std::uint64_t weights = 60'000'000;      // non-zeros of a model
  std::uint32_t milliseconds = 10'000;     // deadline of one request; 0: none
};

// Thrown inside core only, caught in compile.cc / requests.cc and turned into a diagnostic of class "limit".
struct LimitExceeded {
  const char* code;     // "limit-time", "limit-value-set", …
  std::uint64_t limit;  // the number that was passed
};

class Budget {
 public:
  explicit Budget(Limits limits = {});
  const Limits& limits() const { return limits_; }
  // Cheap; looks at the clock every few thousand calls. Throws LimitExceeded{"limit-time"} past the deadline.
  void tick(std::uint32_t amount = 1) {
    if ((counter_ += amount) >= 4096) look_at_clock();
  }

 private:
  void look_at_clock();
  Limits limits_;
  std::uint32_t counter_ = 0;
  std::chrono::steady_clock::time_point deadline_;
};

}  // namespace rasp
