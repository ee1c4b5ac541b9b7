// Selectors in the shapes that one attention head can compute.
#pragma once
#include <optional>
#include <set>
#include <vector>
#include "rasp/graph.h"

namespace rasp {

// The node each s-op is a function of: itself for sources (tokens, indices, aggregates, widths); for an elementwise
// node the common base of its operands where there is one, else itself; no_node for constants. `fold` off: every
// elementwise node is its own.
std::vector<NodeId> bases_of(const Graph& graph, bool fold, const std::set<NodeId>* stored = nullptr);

// Key compared with query: which of the relations "key < query", "==", ">" and "cannot be ordered" select. A
// comparison, its negation and any and/or of comparisons of the same two s-ops are such masks.
enum Relation : std::uint8_t { relation_less = 1, relation_equal = 2, relation_greater = 4, relation_unordered = 8 };
std::uint8_t relation_mask(Op op);
std::uint8_t relation_of(const Value& key, const Value& query);

struct SelectorAtom {
  NodeId key = no_node, query = no_node;
  std::uint8_t mask = 0;
  bool operator==(const SelectorAtom&) const = default;
};
using Conjunction =
    std::vector<SelectorAtom>;  // sorted by (key, query), at most one atom a pair; empty: selects everything

// Disjunction of conjunctions that equals the selector; an empty list selects nothing. nullopt beyond `most`
// conjunctions.
std::optional<std::vector<Conjunction>> disjunctive_form(const Graph& graph, NodeId selector, std::size_t most,
                                                         Budget& budget);

// nullopt: contradictory.
std::optional<Conjunction> conjoin(const Conjunction& a, const Conjunction& b);

// The Select nodes below a selector, ascending; and all selector nodes below and including it, ascending.
std::vector<NodeId> atoms_of(const Graph& graph, NodeId selector);
std::vector<NodeId> selector_nodes(const Graph& graph, NodeId selector);

// True where the selector is provably "comes before" in a strict total order of positions (lexicographic comparison of
// s-ops whose last is injective over positions), so that its width is a rank: a different number at each position.
bool is_strict_order(const Graph& graph, NodeId selector, const std::vector<bool>& injective, Budget& budget);
bool is_strict_order(const std::vector<Conjunction>& form, const std::vector<bool>& injective);

}  // namespace rasp
