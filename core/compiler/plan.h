// What the model will hold and how each part is computed, before any number is chosen.
//
// A *unit* is one subspace of the residual stream: the code (one-hot over classes of values) or the number of one s-op.
// Readers register *demands* on a unit: a function of its s-op, given as a signature per value, and which signatures
// they read at all. Values that no demand tells apart share a dimension; values that nothing reads have none. Units are
// planned from the output down in order of decreasing node id, so that all demands on a unit are known when its own
// inputs are chosen.
#pragma once
#include <map>
#include <string>
#include <unordered_map>
#include <set>
#include <vector>
#include "base/diagnostics.h"
#include "compiler/compile.h"
#include "compiler/effort.h"
#include "compiler/selector_forms.h"
#include "compiler/value_sets.h"

namespace rasp {

using UnitId = std::uint32_t;
constexpr UnitId no_unit = 0xffffffffu;
constexpr std::uint32_t no_signature = 0xffffffffu;  // undefined: never read, never selected

enum class UnitKind : std::uint8_t {
  TokensCode,
  IndicesCode,
  IndicesNumber,
  AggregateCode,
  AggregateNumber,
  WidthNumber,
  MlpCode,
  MlpNumber
};

// Exactly 0 at BOS: what embeddings and MLPs write. A head leaves a little there.
inline bool zero_at_bos(UnitKind kind) {
  return kind != UnitKind::AggregateCode && kind != UnitKind::AggregateNumber && kind != UnitKind::WidthNumber;
}

struct Demand {
  NodeId node = no_node;                                 // a function of the unit's s-op (or the s-op itself)
  std::unordered_map<ValueId, std::uint32_t> signature;  // canonical value of `node` → signature
  std::vector<bool> read;                                // by signature
  bool reads(std::uint32_t s) const { return s != no_signature && s < read.size() && read[s]; }
};

struct CodeRead {
  UnitId unit = no_unit;
  std::uint32_t demand = 0;
};

// Σ coefficient·number(unit) + Σ coefficient·Σ_class number(class)·code(unit) + constant
struct LinearForm {
  struct NumberTerm {
    double coefficient;
    UnitId unit;
  };
  struct CodeTerm {
    double coefficient;
    CodeRead read;
    std::vector<double> number;
  };  // number by signature
  double constant = 0;
  std::vector<NumberTerm> numbers;
  std::vector<CodeTerm> codes;
};

// relu( Σ_inputs [input ∈ set] (+ ramp on the axis) - threshold ): abstract neuron of a lookup or of one step.
struct Gate {
  std::vector<std::pair<std::uint32_t, std::vector<std::uint32_t>>> inputs;
};  // (input, signatures), all must hold

struct LookupRow {
  Gate gate;
  std::uint32_t output;
};                // output: class, or index into `numbers`
struct StepRow {  // under `gate`, the output as the axis grows
  Gate gate;
  std::vector<double> thresholds;      // ascending, between neighbouring axis values
  std::vector<double> gaps;            // distance of the neighbours of each threshold
  std::vector<std::uint32_t> outputs;  // thresholds.size() + 1
  double low = 0, high = 0;            // range of the axis under this gate
  // A number that is slope·x + intercept at every x that the axis can be: two neurons can pass it on instead (see
  // pass_numbers.h).
  bool affine = false, passed = false;
  double slope = 0, intercept = 0;
};

// Steps below the middle of the axis count down, the others up; the neuron that always fires writes the outcome where
// counting turns round.
inline bool counts_down(const StepRow& row, std::size_t i) {
  return row.thresholds[i] - row.low < row.high - row.thresholds[i];
}
inline std::uint32_t turning_outcome(const StepRow& row) {
  std::size_t turn = 0;
  while (turn < row.thresholds.size() && counts_down(row, turn)) ++turn;
  return row.outputs[turn];
}

struct Unit {
  UnitKind kind = UnitKind::TokensCode;
  NodeId node = no_node;        // whose value it holds
  std::vector<NodeId> joint;    // MlpCode: several s-ops held as one joint code (then node is the last of them)
  bool planned = false;         // its demands are complete
  std::vector<Demand> demands;  // codes
  // Codes: classes and their signatures; dimension of a class, -1 where nothing reads it.
  std::vector<std::vector<std::uint32_t>> class_signature;  // [class][demand]
  std::vector<std::vector<ValueId>> class_values;           // [class] values of `node` where known
  std::vector<bool> kept;
  // Mlp
  std::vector<CodeRead> inputs;
  bool has_axis = false;
  LinearForm axis;
  std::vector<LookupRow> lookups;
  bool saturated = false;  // lookups are exactly 0 or 1 again, whatever their inputs are off by: twice as many neurons
  std::vector<StepRow> steps;
  std::vector<double> numbers;  // MlpNumber: values that rows write
  // Aggregates and widths
  NodeId selector = no_node;
  std::uint32_t head = no_unit;           // index into Plan::selections
  CodeRead value_code;                    // AggregateCode
  std::vector<std::int32_t> value_class;  // signature of value_code → class of this unit, -1 none
  std::int32_t default_class = -1;        // AggregateCode: class of the default
  LinearForm value_number;                // AggregateNumber, and WidthNumber where it is a sum of values
  bool summed = false;                    // WidthNumber: such a sum
  double total = 0;  // WidthNumber: the most that |values| of one row add up to; of a width its most keys
  double default_number = 0;
  bool default_possible = false;
  std::uint32_t most_selected = 0;  // widest row
};

// Whether an outcome of an MLP's row puts anything into the residual stream: a class that is read, or a number that is
// not zero.
inline bool writes(const Unit& unit, std::uint32_t outcome) {
  if (outcome == no_signature) return false;
  return unit.kind == UnitKind::MlpNumber ? unit.numbers[outcome] != 0 : static_cast<bool>(unit.kept[outcome]);
}

// A literal of a conjunction: which pairs (query class, key class) of two codes are selected. no_unit on a side:
// constant there.
struct Literal {
  UnitId query = no_unit, key = no_unit;
  struct Atom {
    SelectorAtom atom;                               // mask unused: see memberships
    std::uint32_t query_demand = 0, key_demand = 0;  // index into the unit's demands; 0 on a constant side
    std::uint32_t queries = 1, keys = 1;             // number of signatures
    std::vector<std::uint8_t> relation;              // [query signature * keys + key signature], one of Relation
  };
  std::vector<Atom> atoms;
  std::vector<std::vector<Conjunction>> factors;  // all must hold; each a disjunctive form over the atoms
  bool selects(const std::vector<std::uint32_t>& query_signature,
               const std::vector<std::uint32_t>& key_signature) const;
};
struct Selection {
  NodeId selector = no_node;
  bool width = false;
  std::vector<Literal> literals;  // conjunction; empty: everything
  bool nothing = false;           // selects nothing
};

// How the output is read: a code by its columns, a number by one column, or a step function of a number by one line a
// value, of which the highest wins (the argmax of slope·x - offset, with slopes 0, 1, 2, … that cross at the
// thresholds).
enum class ReadKind : std::uint8_t { Code, Number, Lines };
struct Plan {
  std::vector<Unit> units;
  std::vector<UnitId> order;  // as planned: readers before what they read
  std::vector<Selection> selections;
  ReadKind output_kind = ReadKind::Code;
  CodeRead output_code;
  std::vector<ValueId> output_values;  // Code: columns of W_U; signature s ↔ column s
  std::int32_t output_implicit = -1;   // column that a bias alone stands for
  LinearForm output_number;
  bool output_whole = false;  // Number: the values are not listed, and are ints
  std::vector<double> output_thresholds,
      output_gaps;                   // Lines: between output_values[i] and [i + 1], as output_number grows
  std::vector<std::string> inexact;  // reasons found while planning
  bool early_sums = false;           // a sum was left to its readers that a table could have held
};

// How far expressions are fused.
struct PlanStyle {
  double tuples = 64;  // a table over more combinations of values is split where its parts are smaller
  bool join_axes =
      false;  // two numbers are read as one linear form before one of them is made a code (a layer less, more steps)
  // A number that a table of codes and one number gives is read from codes alone, which can be cleaned; but of `x if c
  // else 0` with many values of x only c is a code, so that x can be passed on (pass_numbers.h).
  bool exact_numbers = false;
  bool exact_large_numbers = false;  // and few, but large numbers that codes give are such a code themselves
  bool exact_terms = false;          // and every term of a sum that has not too many values
  // A sum whose terms (a choice whose arms) have more combinations of values is added up by its readers.
  double table_of_terms = Effort{}.table_of_terms, table_of_arms = Effort{}.table_of_arms;
};

struct PlanContext {
  const Graph& graph;
  const ValueSets& sets;
  ValuePool& values;
  SetPool& set_pool;
  Applier& apply;
  const CompileOptions& options;
  Diagnostics& diagnostics;
  Budget& budget;
  PlanStyle style{};
  const std::map<NodeId, std::vector<NodeId>>* terms = nullptr;  // of choices (compiler/rewrite.h)
  const std::set<NodeId>* stored = nullptr;                      // the same
  Effort effort{};
};

// nullopt: refused, with a diagnostic.
std::optional<Plan> make_plan(PlanContext context, NodeId output);

// Signature of a class of a code unit under one demand.
inline std::uint32_t class_signature(const Unit& unit, std::size_t c, std::uint32_t demand) {
  return unit.class_signature[c][demand];
}

}  // namespace rasp
