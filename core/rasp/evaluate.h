// The interpreter: every needed node's value on one input.
#pragma once
#include <optional>
#include <span>
#include <vector>
#include "rasp/graph.h"

namespace rasp {

// Why a position has no value, and where it came from.
struct Undefined {
  Failure failure;
  NodeId node = no_node;  // the node at which the failure arose
};

// One element of an evaluated s-op: a value, or the index of an Undefined in Evaluation::failures.
// Failures are kept per position ("poison"): an elementwise node is undefined where an operand is; an aggregate row is
// undefined where its selector row or any visible value is, selected or not; a row of a selector is undefined where the
// query is, and every row is where any visible key is. So a position has a value if and only if nothing that it can see
// has failed, which is what a model can be held to. Failures that concern a whole sequence (mixed types §1.2, mean of
// non-numbers §4.10) make every position of that s-op undefined.
struct Cell {
  Value value;
  std::int32_t undefined = -1;  // < 0: defined
};

struct Matrix {  // n×n, row = query, column = key
  std::uint32_t n = 0;
  std::vector<std::uint8_t> bits;
  std::vector<std::int32_t> row_undefined;  // per row, < 0: defined
  bool at(std::uint32_t q, std::uint32_t k) const { return bits[q * n + k] != 0; }
};

struct Evaluation {
  std::uint32_t n = 0;
  std::vector<std::vector<Cell>> sequences;  // by NodeId; empty where not needed or a selector
  std::vector<Matrix> matrices;              // by NodeId; n == 0 where not needed or an s-op
  std::vector<Undefined> failures;
  bool defined(NodeId id) const;  // every position (row) defined
  // The reference's view: one failing position fails the whole s-op. First failure, if any.
  const Undefined* failure_of(NodeId id) const;
};

// Evaluates `roots` and all they need on `tokens` (n ≥ 1; an empty input gives an empty Evaluation).
// Causal: every selector is masked to key ≤ query. Throws LimitExceeded{"limit-evaluation-cells"} or {"limit-time"}.
Evaluation evaluate(const Graph& graph, std::span<const Value> tokens, bool causal, std::span<const NodeId> roots,
                    Budget& budget);

// An interchange intervention on the program: the s-op `node` has the values that it has on another input, whatever it
// is computed from.
struct Forced {
  NodeId node = no_node;
  std::vector<Cell> values;  // one a token, all defined
};
Evaluation evaluate(const Graph& graph, std::span<const Value> tokens, bool causal, std::span<const NodeId> roots,
                    Budget& budget, std::span<const Forced> forced);

// The type label of a sequence (§1.2): "string", "bool", "int", "float", or a failure.
struct SequenceType {
  const char* label = nullptr;
  Failure failure;
};
SequenceType sequence_type(std::span<const Value> values);

}  // namespace rasp
