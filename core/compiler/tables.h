// Functions and predicates of another language, given as tables, in terms of what the later stages know: operators
// where a table is one, comparisons of classes for predicates. Tables that are no operator stay elementwise nodes.
#pragma once
#include <vector>
#include "base/limits.h"
#include "rasp/graph.h"

namespace rasp {

struct WithoutPredicates {
  Graph graph;                 // no Select of it holds a function
  std::vector<NodeId> target;  // program's node → its node, no_node where the output does not need it
  std::vector<NodeId> origin;  // its node → the program's node whose value it has, or whose part it is
};

// The part of the graph that `outputs` need. Elementwise functions become operators where `operators` says so: not
// while rows may still be missing. Same value on every input on which the original is defined and asks functions only
// for rows that they have.
WithoutPredicates without_predicates(const Graph& graph, const std::vector<NodeId>& outputs, bool operators,
                                     const Limits& limits);

}  // namespace rasp
