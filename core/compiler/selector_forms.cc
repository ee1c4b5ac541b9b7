#include "compiler/selector_forms.h"

#include <algorithm>
#include <array>
#include <set>

namespace rasp {

std::vector<NodeId> bases_of(const Graph& graph, bool fold, const std::set<NodeId>* stored) {
  std::vector<NodeId> base(graph.size(), no_node);
  for (NodeId id = 0; id < graph.size(); ++id) {
    const Node& node = graph[id];
    if (node.kind == NodeKind::Constant) continue;
    base[id] = id;
    if (node.kind != NodeKind::Elementwise || !fold || (stored && stored->count(id))) continue;
    NodeId common = no_node;
    bool one = true;
    for (NodeId a : node.args) {
      if (base[a] == no_node) continue;
      if (common == no_node) common = base[a];
      else one &= common == base[a];
    }
    if (common == no_node) base[id] = no_node;  // constants only: a failure that never folds
    else if (one) base[id] = common;
  }
  return base;
}

std::uint8_t relation_of(const Value& key, const Value& query) {
  if (equal(key, query)) return relation_equal;
  if (key.is_string() != query.is_string()) return relation_unordered;
  Failure failure;
  bool failed = false;
  const bool less = compare(Op::Lt, key, query, failure, failed);
  if (failed) return relation_unordered;
  if (less) return relation_less;
  return compare(Op::Gt, key, query, failure, failed) ? relation_greater : relation_unordered;  // nan is neither
}

std::uint8_t relation_mask(Op op) {
  switch (op) {
    case Op::Eq: return relation_equal;
    case Op::Ne: return relation_less | relation_greater | relation_unordered;
    case Op::Lt: return relation_less;
    case Op::Le: return relation_less | relation_equal;
    case Op::Gt: return relation_greater;
    default: return relation_greater | relation_equal;
  }
}

std::optional<Conjunction> conjoin(const Conjunction& a, const Conjunction& b) {
  Conjunction result = a;
  for (const SelectorAtom& atom : b) {
    auto it = std::find_if(result.begin(), result.end(),
                           [&](const SelectorAtom& x) { return x.key == atom.key && x.query == atom.query; });
    if (it == result.end()) result.push_back(atom);
    else it->mask &= atom.mask;
  }
  for (const SelectorAtom& atom : result)
    if (atom.mask == 0) return std::nullopt;
  result.erase(std::remove_if(result.begin(), result.end(), [](const SelectorAtom& x) { return x.mask == 15; }),
               result.end());
  std::sort(result.begin(), result.end(), [](const SelectorAtom& x, const SelectorAtom& y) {
    return std::pair(x.key, x.query) < std::pair(y.key, y.query);
  });
  return result;
}

std::vector<NodeId> selector_nodes(const Graph& graph, NodeId selector) {
  std::set<NodeId> seen;
  std::vector<NodeId> stack{selector};
  while (!stack.empty()) {
    const NodeId id = stack.back();
    stack.pop_back();
    if (seen.insert(id).second && graph[id].kind != NodeKind::Select)
      for (NodeId a : graph[id].args) stack.push_back(a);
  }
  return {seen.begin(), seen.end()};
}

std::vector<NodeId> atoms_of(const Graph& graph, NodeId selector) {
  std::vector<NodeId> result;
  for (NodeId id : selector_nodes(graph, selector))
    if (graph[id].kind == NodeKind::Select) result.push_back(id);
  return result;
}

namespace {
// Beyond these a form is no help to anyone: atoms of one conjunction, and of all forms met on the way.
constexpr std::size_t most_atoms = 256, most_atoms_in_all = 4'000'000;

using Dnf = std::vector<Conjunction>;

void add_conjunction(Dnf& list, Conjunction c) {
  // Absorption: a conjunction that implies another adds nothing.
  auto implies = [](const Conjunction& a, const Conjunction& b) {
    return std::all_of(b.begin(), b.end(), [&](const SelectorAtom& y) {
      return std::any_of(a.begin(), a.end(), [&](const SelectorAtom& x) {
        return x.key == y.key && x.query == y.query && (x.mask & ~y.mask) == 0;
      });
    });
  };
  for (const Conjunction& other : list)
    if (implies(c, other)) return;
  list.erase(std::remove_if(list.begin(), list.end(), [&](const Conjunction& other) { return implies(other, c); }),
             list.end());
  // Two conjunctions that differ in one mask only are one.
  for (Conjunction& other : list) {
    if (other.size() != c.size()) continue;
    int differences = 0;
    std::size_t where = 0;
    bool same_pairs = true;
    for (std::size_t i = 0; i < c.size(); ++i) {
      same_pairs &= c[i].key == other[i].key && c[i].query == other[i].query;
      if (c[i].mask != other[i].mask) ++differences, where = i;
    }
    if (same_pairs && differences == 1) {
      Conjunction merged = other;
      merged[where].mask |= c[where].mask;
      if (merged[where].mask == 15) merged.erase(merged.begin() + static_cast<std::ptrdiff_t>(where));
      list.erase(list.begin() + (&other - list.data()));
      add_conjunction(list, std::move(merged));
      return;
    }
  }
  list.push_back(std::move(c));
}
}  // namespace

// A `select` and its negation. One of two constants selects everything or nothing.
static std::array<Dnf, 2> select_form(const Graph& graph, const Node& node) {
  const Node &key = graph[node.args[0]], &query = graph[node.args[1]];
  if (key.kind == NodeKind::Constant && query.kind == NodeKind::Constant && !key.illegal_constant &&
      !query.illegal_constant) {
    Failure failure;
    bool failed = false;
    const bool everything = compare(node.op, key.constant, query.constant, failure, failed);
    if (!failed)
      return everything ? std::array<Dnf, 2>{Dnf{Conjunction{}}, {}} : std::array<Dnf, 2>{Dnf{}, {Conjunction{}}};
  }
  const std::uint8_t mask = relation_mask(node.op);
  return {Dnf{{{node.args[0], node.args[1], mask}}},
          Dnf{{{node.args[0], node.args[1], static_cast<std::uint8_t>(15 & ~mask)}}}};
}

std::optional<Dnf> disjunctive_form(const Graph& graph, NodeId selector, std::size_t most, Budget& budget) {
  const auto order = selector_nodes(graph, selector);
  // forms[s][0]: the node itself, forms[s][1]: its negation.
  std::vector<std::array<Dnf, 2>> forms(order.size());
  auto at = [&](NodeId id) -> std::array<Dnf, 2>& {
    return forms[static_cast<std::size_t>(std::lower_bound(order.begin(), order.end(), id) - order.begin())];
  };
  std::size_t atoms = 0;
  const auto charge = [&](const Dnf& form) {
    for (const Conjunction& c : form) atoms += c.size();
    budget.tick(static_cast<std::uint32_t>(form.size() + 1));
    return atoms <= most_atoms_in_all;
  };
  for (std::size_t s = 0; s < order.size(); ++s) {
    const Node& node = graph[order[s]];
    if (s && !(charge(forms[s - 1][0]) && charge(forms[s - 1][1]))) return std::nullopt;
    if (node.kind == NodeKind::Select) {
      forms[s] = select_form(graph, node);
      continue;
    }
    if (node.kind == NodeKind::SelectorNot) {
      forms[s][0] = at(node.args[0])[1];
      forms[s][1] = at(node.args[0])[0];
      continue;
    }
    for (int negated = 0; negated < 2; ++negated) {
      const Dnf& a = at(node.args[0])[negated];
      const Dnf& b = at(node.args[1])[negated];
      Dnf& out = forms[s][negated];
      if ((node.kind == NodeKind::SelectorAnd) != (negated == 1)) {
        for (const auto& x : a)
          for (const auto& y : b) {
            budget.tick(static_cast<std::uint32_t>(1 + x.size() * y.size() + out.size() * 8));
            if (x.size() + y.size() > most_atoms) return std::nullopt;
            if (auto c = conjoin(x, y)) add_conjunction(out, std::move(*c));
            if (out.size() > most) return std::nullopt;
          }
      } else {
        for (const Dnf* list : {&a, &b})
          for (const auto& x : *list) {
            budget.tick(static_cast<std::uint32_t>(1 + out.size() * (1 + x.size() * x.size())));
            add_conjunction(out, x);
          }
        if (out.size() > most) return std::nullopt;
      }
    }
  }
  return forms.back()[0];
}

bool is_strict_order(const Graph& graph, NodeId selector, const std::vector<bool>& injective, Budget& budget) {
  const auto form = disjunctive_form(graph, selector, 8, budget);
  return form && is_strict_order(*form, injective);
}

bool is_strict_order(const std::vector<Conjunction>& form, const std::vector<bool>& injective) {
  // Atoms must compare an s-op with itself; the s-ops that occur are the columns of the lexicographic order.
  std::vector<NodeId> columns;
  for (const auto& c : form)
    for (const auto& atom : c) {
      if (atom.key != atom.query) return false;
      if (std::find(columns.begin(), columns.end(), atom.key) == columns.end()) columns.push_back(atom.key);
    }
  if (columns.empty() || columns.size() > 4) return false;
  std::sort(columns.begin(), columns.end());
  auto selects = [&](const std::vector<std::uint8_t>& relation, const std::vector<NodeId>& order) {
    return std::any_of(form.begin(), form.end(), [&](const Conjunction& c) {
      return std::all_of(c.begin(), c.end(), [&](const SelectorAtom& atom) {
        const auto column = static_cast<std::size_t>(std::find(order.begin(), order.end(), atom.key) - order.begin());
        return (atom.mask & relation[column]) != 0;
      });
    });
  };
  std::vector<NodeId> order = columns;
  do {
    if (!injective[order.back()]) continue;
    for (unsigned directions = 0; directions < (1u << order.size()); ++directions) {
      bool matches = true;
      std::vector<std::uint8_t> relation(order.size(), relation_less);
      static constexpr std::uint8_t next[] = {0, relation_equal, relation_greater, 0, 0};
      bool more = true;
      while (more && matches) {
        bool before = false;
        for (std::size_t c = 0; c < order.size(); ++c) {
          if (relation[c] == relation_equal) continue;
          before = relation[c] == ((directions >> c & 1) ? relation_greater : relation_less);
          break;
        }
        matches = selects(relation, order) == before;
        more = false;
        for (auto& r : relation) {
          if (next[r]) {
            r = next[r];
            more = true;
            break;
          }
          r = relation_less;
        }
      }
      if (matches) return true;
    }
  } while (std::next_permutation(order.begin(), order.end()));
  return false;
}

}  // namespace rasp
