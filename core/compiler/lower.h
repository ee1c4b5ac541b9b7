// The stages before any weight: value sets → rewriting → value sets → plans → schedules, and all that they refer to.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include "compiler/rewrite.h"
#include "compiler/schedule.h"

namespace rasp {

struct Lowered {
  ValuePool values;
  SetPool set_pool;
  Rewritten rewritten;
  CompileOptions options;  // the promises speak of rewritten.graph
  std::optional<Applier> apply;
  std::optional<ValueSets> sets;  // of rewritten.graph
  // The plans to try, the smallest model first (with objective depth, the one with the fewest layers): the first whose
  // proof closes is taken.
  struct Candidate {
    Plan plan;
    Schedule schedule;
    NodeId output;
    double size = 0;
  };
  std::vector<Candidate> candidates;
  std::map<NodeId, std::vector<Value>> value_sets;  // of the program's own graph; capped at 64 values an s-op
  bool output_known = false;                        // and what the program's own output can be
  std::vector<Value> output_values;
  std::map<std::string, double> timings_ms;

  Lowered() = default;
  Lowered(const Lowered&) = delete;  // its parts refer to each other
  PlanContext context(Diagnostics& diagnostics, Budget& budget, PlanStyle style = {}) {
    return {rewritten.graph, *sets,  values, set_pool,         *apply,           options,
            diagnostics,     budget, style,  &rewritten.terms, &rewritten.stored};
  }
};

// Weights that are not zero, at most, and the s-op that takes most of them (of rewritten.graph).
struct SizeEstimate {
  double weights = 0, of_largest = 0;
  NodeId largest = no_node;
};
SizeEstimate estimate(const Plan& plan);

// The candidates with their codes cleaned wherever errors add up (compiler/clean.h), larger and deeper: for a program
// of which none is proved.
std::vector<Lowered::Candidate> cleaner_candidates(Lowered& l, Budget& budget);

// nullptr: refused, the diagnostics say why and where. Throws LimitExceeded.
std::unique_ptr<Lowered> lower(const Graph& graph, NodeId output, const CompileOptions& options,
                               Diagnostics& diagnostics, Budget& budget);

}  // namespace rasp
