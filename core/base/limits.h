// One budget for everything that a program can make long. Checked in every such loop, so that native, Node and the
// page's worker behave alike. All numbers are documented in docs/limits.md and tested at their edge.
#pragma once
#include <chrono>
#include <cstdint>

namespace rasp {

struct Limits {
  std::uint32_t source_bytes = 1u << 20;
  std::uint32_t parse_depth = 400;     // nested expressions, lists, bodies
  std::uint32_t chain_length = 2'000;  // operators in one chain a + b + …
  std::uint32_t call_depth = 200;      // nested calls while elaborating
  std::uint64_t elaboration_steps = 5'000'000;
  std::uint32_t collection_size = 100'000;  // elements of one list, dictionary or characters of one string
  std::uint64_t total_collection_size = 10'000'000;
  std::uint32_t integer_bits = 16'384;  // magnitude of an int
  std::uint32_t graph_nodes = 200'000;
  std::uint32_t input_tokens = 2'048;
  std::uint64_t evaluation_cells = 200'000'000;
  std::uint32_t value_set = 20'000;           // values of one s-op
  std::uint64_t tuples = 4'000'000;           // combinations of operands that are looked at for the values of one s-op
  std::uint64_t table_rows = 400'000;         // combinations of values in the table of one expression
  std::uint64_t opaque_rows = 1'000'000;      // rows in all tables of functions of another language
  std::uint64_t selector_pairs = 25'000'000;  // pairs of values that one comparison tells apart
  std::uint64_t contexts = 50'000'000;        // (s-op, position, length) for which value sets are kept, of all s-ops
  std::uint64_t weights = 60'000'000;         // non-zeros of a model
  std::uint64_t trace_floats = 64'000'000;    // activations of one recorded pass
  std::uint64_t document_cells = 4'000'000;   // values and matrix rows × columns that one answer shows
  std::uint32_t handles = 64;                 // compiled models held by a session; the oldest goes first
  std::uint32_t milliseconds = 10'000;        // deadline of one request; 0: none
};

// Thrown inside core only; compile.h's limit_diagnostic makes a diagnostic of it.
struct LimitExceeded {
  const char* code;     // "limit-time", "limit-value-set", …
  std::uint64_t limit;  // the number that is exceeded
  static constexpr std::uint32_t nowhere = 0xffffffff;
  std::uint32_t node = nowhere;  // of the graph: the s-op or selector that was under way
};

class Budget {
 public:
  explicit Budget(Limits limits = {});
  const Limits& limits() const { return limits_; }
  // Cheap; looks at the clock every few thousand calls. Throws LimitExceeded{"limit-time"} past the deadline.
  void tick(std::uint32_t amount = 1) {
    if (amount >= 4096 || (counter_ += amount) >= 4096) look_at_clock();
  }
  // May one answer show this many more values? Counts them if so.
  bool may_show(std::uint64_t cells) {
    if (cells > limits_.document_cells - shown_) return false;
    shown_ += cells;
    return true;
  }
  void show(std::uint64_t cells) {
    if (!may_show(cells)) throw LimitExceeded{"limit-document", limits_.document_cells};
  }

 private:
  void look_at_clock();
  Limits limits_;
  std::uint32_t counter_ = 0;
  std::uint64_t shown_ = 0;
  std::chrono::steady_clock::time_point deadline_;
};

}  // namespace rasp
