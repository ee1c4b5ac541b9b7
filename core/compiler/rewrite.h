// Graph → equivalent graph that compiles smaller. Sources stay; expressions are replaced by ones with the same value on
// every input on which the original is defined.
#pragma once
#include <map>
#include <set>
#include <vector>
#include "base/limits.h"
#include "compiler/value_sets.h"
#include "rasp/graph.h"

namespace rasp {

struct Rewritten {
  Graph graph;
  NodeId output = no_node;
  NodeId counted =
      // the same value, where chains of `and` and `or` are counted as early as they can be; often the output itself
      no_node;
  std::vector<NodeId> origin;          // rewritten node → the original node whose value it has (or whose part it is)
  std::vector<NodeId> target;          // original node → rewritten node, no_node where it is not needed
  std::vector<NodeId> counted_target;  // the same for `counted`
  // A choice among numbers by one s-op → terms whose sum it is: at each position all but one are 0.
  std::map<NodeId, std::vector<NodeId>> terms;
  // S-ops that the residual stream holds by themselves: their readers do not fuse them (rewrite_remainders.cc).
  std::set<NodeId> stored;
};

struct RewriteOptions {
  bool idioms =
      // round((indices+1)*aggregate(causal, indicator(p))) and the like become widths; widths of disjunctions become
      // sums
      true;
  bool differences =
      true;  // chains of `and` and `or` become counts; a < b becomes a - b < 0, one linear form for the MLP to read
};

Rewritten rewrite(const Graph& graph, NodeId output, const ValueSets& sets, const ValuePool& values,
                  const RewriteOptions& options, Budget& budget);

}  // namespace rasp
