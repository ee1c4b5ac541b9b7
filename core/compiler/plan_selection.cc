// Selectors → conjunctions of literals over pairs of codes, one attention head each.
#include <algorithm>
#include <cmath>

#include "compiler/planner.h"

namespace rasp {
namespace {

constexpr std::size_t most_conjunctions = 256;

// A number that a double compares as the interpreter does; nan for all others.
double plain_number(const Value& v) {
  const bool plain = v.kind() == Kind::Int || v.kind() == Kind::Float;
  return plain && std::fabs(v.number()) < 0x1p53 ? v.number() : std::nan("");
}

// [query][key]
std::vector<std::vector<std::uint8_t>> relation_table(const ValuePool& values, const std::vector<ValueId>& queries,
                                                      const std::vector<ValueId>& keys, Budget& budget) {
  std::vector<double> plain;
  plain.reserve(keys.size());
  for (ValueId k : keys) plain.push_back(plain_number(values[k]));
  std::vector<std::vector<std::uint8_t>> table(queries.size(), std::vector<std::uint8_t>(keys.size()));
  for (std::size_t q = 0; q < queries.size(); ++q) {
    budget.tick(static_cast<std::uint32_t>(keys.size()));
    const double query = plain_number(values[queries[q]]);
    for (std::size_t k = 0; k < keys.size(); ++k) {
      if (query == query && plain[k] == plain[k])
        table[q][k] = plain[k] < query ? relation_less : plain[k] > query ? relation_greater : relation_equal;
      else table[q][k] = relation_of(values[keys[k]], values[queries[q]]);
    }
  }
  return table;
}

// Conjuncts of a selector: operands of nested `and`s, and of negated `or`s (kept as negations).
std::vector<NodeId> conjuncts(const Graph& graph, NodeId selector) {
  std::vector<NodeId> result, stack{selector};
  while (!stack.empty()) {
    const NodeId id = stack.back();
    stack.pop_back();
    if (graph[id].kind == NodeKind::SelectorAnd) {
      stack.push_back(graph[id].args[1]);
      stack.push_back(graph[id].args[0]);
    } else if (std::find(result.begin(), result.end(), id) == result.end()) {
      result.push_back(id);
    }
  }
  return result;
}

}  // namespace

// One code for one side of a literal: the common base's, or a joint code of several s-ops.
UnitId Planner::side_unit(const std::vector<NodeId>& nodes, NodeId fallback) {
  std::set<NodeId> bases, distinct(nodes.begin(), nodes.end());
  for (NodeId n : nodes) bases.insert(base_[n]);
  if (bases.empty()) return no_unit;
  (void)fallback;
  if (bases.size() == 1) return code_unit(*distinct.begin());
  return unit(UnitKind::MlpCode, *distinct.rbegin(), {distinct.begin(), distinct.end()});
}

// A literal over one key code and one query code: all factors (disjunctive forms) must hold.
Literal Planner::literal(const std::vector<NodeId>& factors) {
  Literal result;
  std::vector<NodeId> keys, queries;
  for (NodeId f : factors) {
    auto form = disjunctive_form(c_.graph, f, most_conjunctions, c_.budget);
    if (!form)
      throw refusal(c_.graph, f, "selector-too-composed",
                    "This selector combines too many comparisons of different s-ops",
                    "Name intermediate s-ops, or split the selector.");
    for (const Conjunction& c : *form)
      for (const SelectorAtom& a : c) {
        if (base_[a.key] != no_node) keys.push_back(a.key);
        if (base_[a.query] != no_node) queries.push_back(a.query);
        const bool seen = std::any_of(result.atoms.begin(), result.atoms.end(), [&](const Literal::Atom& x) {
          return x.atom.key == a.key && x.atom.query == a.query;
        });
        if (!seen) {
          Literal::Atom atom;
          atom.atom = a;
          result.atoms.push_back(atom);
        }
      }
    result.factors.push_back(std::move(*form));
  }
  result.key = side_unit(keys, no_node);
  result.query = side_unit(queries, no_node);
  add_side_demands(result);
  return result;
}

// Signatures: two values of the key s-op are one where no query value tells them apart under any mask in use, and
// likewise for queries.
void Planner::add_side_demands(Literal& literal) {
  // A class that no atom selects matters all the same where a conjunction of each factor leaves its side free.
  const auto free_side = [&](bool query) {
    return std::all_of(literal.factors.begin(), literal.factors.end(), [&](const std::vector<Conjunction>& form) {
      return std::any_of(form.begin(), form.end(), [&](const Conjunction& c) {
        return std::all_of(c.begin(), c.end(),
                           [&](const SelectorAtom& a) { return base_[query ? a.query : a.key] == no_node; });
      });
    });
  };
  const bool every_query = free_side(true), every_key = free_side(false);
  for (Literal::Atom& atom : literal.atoms) add_atom_demands(literal, atom, every_query, every_key);
}

// The values of an s-op that a comparison can tell apart, ascending.
std::vector<ValueId> Planner::told_apart(NodeId x) {
  require_known(x);
  std::vector<ValueId> list;
  for (ValueId v : c_.sets.all(x))
    if (list.empty() || c_.values.canonical(list.back()) != c_.values.canonical(v)) list.push_back(v);
  return list;
}

namespace {
// Values with the same pattern are one: at(x, y) is the pattern of value x against value y of the other side.
template <class At>
void add_signatures(const ValuePool& pool, const std::vector<ValueId>& list, std::size_t others, At&& at,
                    Demand& demand, std::vector<std::size_t>& representative) {
  std::unordered_map<std::vector<std::uint32_t>, std::uint32_t, VectorHash> seen;
  std::vector<std::uint32_t> pattern(others);
  for (std::size_t x = 0; x < list.size(); ++x) {
    bool read = false;
    for (std::size_t y = 0; y < others; ++y) {
      pattern[y] = at(x, y);
      read |= pattern[y] != 0;
    }
    auto [it, fresh] = seen.try_emplace(pattern, static_cast<std::uint32_t>(representative.size()));
    if (fresh) {
      representative.push_back(x);
      demand.read.push_back(read);
    }
    demand.signature.emplace(pool.canonical(list[x]), it->second);
  }
}
}  // namespace

void Planner::add_atom_demands(const Literal& literal, Literal::Atom& atom, bool every_query, bool every_key) {
  std::vector<std::uint8_t> masks;
  for (const auto& form : literal.factors)
    for (const Conjunction& c : form)
      for (const SelectorAtom& a : c)
        if (a.key == atom.atom.key && a.query == atom.atom.query &&
            std::find(masks.begin(), masks.end(), a.mask) == masks.end())
          masks.push_back(a.mask);
  const auto keys = told_apart(atom.atom.key), queries = told_apart(atom.atom.query);
  if (static_cast<std::uint64_t>(keys.size()) * queries.size() > c_.budget.limits().selector_pairs)
    throw refusal(c_.graph, atom.atom.key, "limit-selector-table",
                  "A selector compares \"" + c_.graph.describe(atom.atom.key) + "\" (" + std::to_string(keys.size()) +
                      " values) with \"" + c_.graph.describe(atom.atom.query) + "\" (" +
                      std::to_string(queries.size()) + " values)",
                  "Use a smaller vocabulary or maximal length, or compare s-ops with fewer values.", "limit");
  const auto relation = relation_table(c_.values, queries, keys, c_.budget);
  // Which masks select the pair.
  auto membership = [&](std::uint8_t r) {
    std::uint32_t bits = 0;
    for (std::size_t m = 0; m < masks.size() && m < 32; ++m)
      if (r & masks[m]) bits |= 1u << m;
    return bits;
  };
  Demand key_demand, query_demand;
  std::vector<std::size_t> key_representative, query_representative;
  add_signatures(
      c_.values, keys, queries.size(), [&](std::size_t k, std::size_t q) { return membership(relation[q][k]); },
      key_demand, key_representative);
  add_signatures(
      c_.values, queries, keys.size(), [&](std::size_t q, std::size_t k) { return membership(relation[q][k]); },
      query_demand, query_representative);
  atom.keys = static_cast<std::uint32_t>(key_representative.size());
  atom.queries = static_cast<std::uint32_t>(query_representative.size());
  for (std::size_t q : query_representative)
    for (std::size_t k : key_representative) atom.relation.push_back(relation[q][k]);
  if (every_key) key_demand.read.assign(key_demand.read.size(), true);
  if (every_query) query_demand.read.assign(query_demand.read.size(), true);
  key_demand.node = atom.atom.key;
  query_demand.node = atom.atom.query;
  if (literal.key != no_unit && base_[atom.atom.key] != no_node)
    atom.key_demand = add_demand(literal.key, std::move(key_demand));
  else atom.key_demand = no_signature;
  if (literal.query != no_unit && base_[atom.atom.query] != no_node)
    atom.query_demand = add_demand(literal.query, std::move(query_demand));
  else atom.query_demand = no_signature;
}

// The relations that occur between the values of an atom's two sides; all, where they are too many to look at.
std::uint8_t Planner::relations(const SelectorAtom& atom) const {
  constexpr std::uint8_t all = relation_less | relation_equal | relation_greater | relation_unordered;
  if (!c_.sets.known(atom.key) || !c_.sets.known(atom.query)) return all;
  const auto &keys = c_.sets.all(atom.key), &queries = c_.sets.all(atom.query);
  if (keys.size() * queries.size() > 20'000) return all;
  std::uint8_t found = 0;
  for (ValueId k : keys)
    for (ValueId q : queries) found |= relation_of(c_.values[k], c_.values[q]);
  return found;
}

// A literal that reads no s-op holds everywhere or nowhere.
void Planner::add_literal(Literal literal, Selection& selection) {
  if (literal.key != no_unit || literal.query != no_unit) selection.literals.push_back(std::move(literal));
  else if (!literal.selects({}, {})) selection.nothing = true;
}

// Atoms over one pair of codes.
Literal Planner::literal_of(Conjunction atoms) {
  Literal l;
  std::vector<NodeId> keys, queries;
  for (const SelectorAtom& a : atoms) {
    Literal::Atom atom;
    atom.atom = a;
    l.atoms.push_back(atom);
    if (base_[a.key] != no_node) keys.push_back(a.key);
    if (base_[a.query] != no_node) queries.push_back(a.query);
  }
  std::sort(atoms.begin(), atoms.end(), [](const SelectorAtom& x, const SelectorAtom& y) {
    return std::pair(x.key, x.query) < std::pair(y.key, y.query);
  });
  l.factors = {{std::move(atoms)}};
  l.key = side_unit(keys, no_node);
  l.query = side_unit(queries, no_node);
  add_side_demands(l);
  return l;
}

// A single conjunction keeps its atoms apart as summed scores: a literal for each pair of codes.
void Planner::select_all_of(const Conjunction& conjunction, Selection& selection) {
  std::map<std::pair<NodeId, NodeId>, Conjunction> by_pair;
  for (const SelectorAtom& a : conjunction) {
    const std::uint8_t possible = relations(a);
    if ((possible & a.mask) == 0) selection.nothing = true;  // holds for no pair of values
    if ((possible & ~a.mask) == 0) continue;                 // for every pair
    by_pair[{base_[a.key], base_[a.query]}].push_back(a);
  }
  if (selection.nothing) return;
  // Atoms with a constant side join a pair that shares the other side.
  for (auto i = by_pair.begin(); i != by_pair.end();) {
    auto target = by_pair.end();
    if (i->first.first == no_node || i->first.second == no_node)
      for (auto j = by_pair.begin(); j != by_pair.end(); ++j)
        if (j != i && (i->first.first == no_node || i->first.first == j->first.first) &&
            (i->first.second == no_node || i->first.second == j->first.second)) {
          target = j;
          break;
        }
    if (target == by_pair.end()) {
      ++i;
      continue;
    }
    target->second.insert(target->second.end(), i->second.begin(), i->second.end());
    i = by_pair.erase(i);
  }
  for (auto& [pair, atoms] : by_pair) add_literal(literal_of(std::move(atoms)), selection);
}

// Conjuncts over one pair of codes are one group; those that mix several pairs are one together, with all that lies
// within what they compare.
std::vector<Planner::Group> Planner::groups_of(NodeId selector) const {
  std::vector<Group> merged;
  Group mixed;
  const auto add = [](Group& to, const Group& from) {
    to.factors.insert(to.factors.end(), from.factors.begin(), from.factors.end());
    to.keys.insert(from.keys.begin(), from.keys.end());
    to.queries.insert(from.queries.begin(), from.queries.end());
  };
  for (NodeId f : conjuncts(c_.graph, selector)) {
    Group g;
    g.factors = {f};
    for (NodeId a : atoms_of(c_.graph, f)) {
      if (base_[node(a).args[0]] != no_node) g.keys.insert(base_[node(a).args[0]]);
      if (base_[node(a).args[1]] != no_node) g.queries.insert(base_[node(a).args[1]]);
    }
    if (g.keys.size() > 1 || g.queries.size() > 1) {
      add(mixed, g);
      continue;
    }
    auto same = std::find_if(merged.begin(), merged.end(), [&](const Group& m) {
      return (m.keys == g.keys || m.keys.empty() || g.keys.empty()) &&
             (m.queries == g.queries || m.queries.empty() || g.queries.empty());
    });
    if (same == merged.end()) merged.push_back(std::move(g));
    else add(*same, g);
  }
  if (mixed.factors.empty()) return merged;
  for (auto i = merged.begin(); i != merged.end();) {
    const bool within = std::includes(mixed.keys.begin(), mixed.keys.end(), i->keys.begin(), i->keys.end()) &&
                        std::includes(mixed.queries.begin(), mixed.queries.end(), i->queries.begin(), i->queries.end());
    if (within) add(mixed, *i);
    i = within ? merged.erase(i) : std::next(i);
  }
  merged.push_back(std::move(mixed));
  return merged;
}

std::uint32_t Planner::selection(NodeId selector, bool width) {
  auto [it, fresh] = selections_.try_emplace({selector, width}, static_cast<std::uint32_t>(plan_.selections.size()));
  if (!fresh) return it->second;
  plan_.selections.emplace_back();
  Selection selection;
  selection.selector = selector;
  selection.width = width;
  const auto form = disjunctive_form(c_.graph, selector, most_conjunctions, c_.budget);
  if (form && form->empty()) selection.nothing = true;
  else if (form && form->size() == 1) select_all_of(form->front(), selection);  // not (a or b) is one, too
  else
    for (const Group& g : groups_of(selector)) add_literal(literal(g.factors), selection);
  plan_.selections[it->second] = std::move(selection);
  return it->second;
}

}  // namespace rasp
