// Which s-ops differ from position to position, and which selectors therefore hit at most one key a row: ranks,
// positions, first and last instances.
#include <algorithm>
#include <cmath>
#include <set>

#include "compiler/selector_forms.h"
#include "compiler/value_sets.h"

namespace rasp {
namespace {

// Whether an atom says of a key only what is true of every position at which all `parts` are: that a part is true, or
// what it equals.
bool holds_of(const Graph& graph, const SelectorAtom& a, const std::vector<NodeId>& parts) {
  const Node& query = graph[a.query];
  if (query.kind != NodeKind::Constant || a.mask != relation_equal) return false;
  const bool truth = query.constant.kind() == Kind::Bool && query.constant.truthy();
  return std::any_of(parts.begin(), parts.end(), [&](NodeId part) {
    const Node& n = graph[part];
    const bool equals =
        n.kind == NodeKind::Elementwise && n.op == Op::Eq && !n.table && n.args[0] == a.key && n.args[1] == a.query;
    return equals || (truth && part == a.key);
  });
}

bool is_width(const Graph& graph, NodeId id) {
  return graph[id].kind == NodeKind::SelectorWidth && graph[id].args.size() == 1;
}

}  // namespace

// Are all values that the selector compares in one order? Not where a nan is among them.
bool ValueSets::ordered(NodeId selector) const {
  for (NodeId id : order_of(selector)) {
    if (graph_[id].kind != NodeKind::Select) continue;
    for (NodeId a : graph_[id].args) {
      if (!known(a)) return false;
      const auto& values = all(a);
      if (std::any_of(values.begin(), values.end(),
                      [&](ValueId v) { return values_[v].kind() == Kind::Float && std::isnan(values_.number(v)); }))
        return false;
    }
  }
  return true;
}

// How many positions come before in a strict order of all positions. Under a causal mask the later ones are not seen.
bool ValueSets::is_rank(NodeId id) const {
  const Node& n = graph_[id];
  if (setting_.causal) return false;
  if (is_width(graph_, id)) return ordered(n.args[0]) && is_strict_order(graph_, n.args[0], injective_, budget_);
  if (n.kind != NodeKind::Elementwise || n.op != Op::Add || n.table || !is_width(graph_, n.args[0]) ||
      !is_width(graph_, n.args[1]))
    return false;
  // The sum of two widths stands for the width of an exclusive disjunction (rewrite.cc).
  const auto a = disjunctive_form(graph_, graph_[n.args[0]].args[0], 8, budget_),
             b = disjunctive_form(graph_, graph_[n.args[1]].args[0], 8, budget_);
  if (!ordered(graph_[n.args[0]].args[0]) || !ordered(graph_[n.args[1]].args[0])) return false;
  if (!a || !b || a->size() != 1 || b->size() != 1 || conjoin((*a)[0], (*b)[0])) return false;
  return is_strict_order({(*a)[0], (*b)[0]}, injective_);
}

// Values that differ from position to position, whatever the input: no two positions share one. Or the rank in a strict
// order.
bool ValueSets::injective(NodeId id) const {
  const Node& n = graph_[id];
  if (!known(id)) return false;
  if (is_width(graph_, id) ||
      (n.kind == NodeKind::Elementwise && n.op == Op::Add && !n.table && is_width(graph_, n.args[0])))
    return is_rank(id);
  if (!by_position(id) || fuzzy(id)) return false;
  const std::uint32_t N = setting_.max_length;
  std::size_t looked_at = 0;
  for (std::uint32_t length = by_length(id) ? 1 : N; length <= N; ++length) {
    std::vector<bool> seen(values_.size());
    for (std::uint32_t i = 0; i < length; ++i) {
      std::set<ValueId> here;  // 2 and 2.0 of one position are one
      for (ValueId v : members(id, i, length)) here.insert(values_.canonical(v));
      if ((looked_at += here.size()) > effort_.injective_values) return false;
      budget_.tick(static_cast<std::uint32_t>(here.size()));
      for (ValueId v : here) {
        if (seen[v]) return false;
        seen[v] = true;
      }
    }
  }
  return true;
}

// A truth value that at most one position has: `mark and selector_width(marks before me) == 0`, for any strict order of
// positions.
bool ValueSets::first_of_its_kind(NodeId key) const {
  std::vector<NodeId> parts, stack{key};
  std::set<NodeId> seen;
  while (!stack.empty()) {
    const NodeId id = stack.back();
    stack.pop_back();
    if (!seen.insert(id).second) continue;
    const Node& n = graph_[id];
    if (n.kind == NodeKind::Elementwise && n.op == Op::And && !n.table)
      stack.insert(stack.end(), n.args.begin(), n.args.end());
    else parts.push_back(id);
  }
  for (NodeId part : parts) {
    const Node& n = graph_[part];
    if (n.kind != NodeKind::Elementwise || n.op != Op::Eq || n.table) continue;
    const Node& zero = graph_[n.args[1]];
    if (zero.kind != NodeKind::Constant || !zero.constant.is_number() || zero.constant.number() != 0) continue;
    if (is_rank(n.args[0])) return true;  // the least of all positions
    if (!is_width(graph_, n.args[0])) continue;
    const auto form = disjunctive_form(graph_, graph_[n.args[0]].args[0], 8, budget_);
    if (!form || form->size() != 1) continue;
    bool ordered = false, marked = true;
    for (const SelectorAtom& a : form->front()) {
      // Under a causal mask only earlier positions are seen.
      const bool seen = !setting_.causal || (graph_[a.key].kind == NodeKind::Indices && a.mask == relation_less);
      if (a.key == a.query && injective_[a.key] && (a.mask == relation_less || a.mask == relation_greater) && seen) {
        ordered = true;
        continue;
      }
      marked = marked && holds_of(graph_, a, parts);
    }
    if (ordered && marked) return true;
  }
  return false;
}

// Keys that equal the query in s and in the number of earlier positions that have their s: of two keys with one s the
// later has one more.
bool ValueSets::numbered(const std::vector<SelectorAtom>& conjunction) const {
  const auto compared = [&](NodeId s) {
    return std::any_of(conjunction.begin(), conjunction.end(),
                       [&](const SelectorAtom& a) { return a.key == s && a.mask == relation_equal; });
  };
  return std::any_of(conjunction.begin(), conjunction.end(), [&](const SelectorAtom& number) {
    if (number.mask != relation_equal || !is_width(graph_, number.key) || !ordered(graph_[number.key].args[0]))
      return false;
    const auto form = disjunctive_form(graph_, graph_[number.key].args[0], 8, budget_);
    if (!form || form->size() != 1) return false;
    std::size_t orders = 0;
    for (const SelectorAtom& a : form->front()) {
      if (a.key != a.query) return false;
      const bool order = injective_[a.key] && (a.mask == relation_less || a.mask == relation_greater);
      // Under a causal mask only earlier positions are seen.
      if (order && setting_.causal && !(graph_[a.key].kind == NodeKind::Indices && a.mask == relation_less))
        return false;
      if (!order && !(a.mask == relation_equal && compared(a.key))) return false;
      orders += order;
    }
    return orders == 1;
  });
}

bool ValueSets::single(NodeId selector) const {
  auto [it, fresh] = single_memo_.try_emplace(selector, false);
  if (!fresh) return it->second;
  bool result = setting_.unique &&
                std::find(setting_.unique->begin(), setting_.unique->end(), selector) != setting_.unique->end();
  if (!result) {
    // One conjunction with a key that no two positions share, compared for equality.
    const auto form = disjunctive_form(graph_, selector, 32, budget_);
    result = form && form->empty();
    if (form && form->size() == 1) {
      result = numbered(form->front()) || marks_one(form->front()) ||
               std::any_of(form->front().begin(), form->front().end(), [&](const SelectorAtom& a) {
                 if (a.mask != relation_equal) return false;
                 const Node& query = graph_[a.query];
                 const bool truth =
                     query.kind == NodeKind::Constant && query.constant.is_number() && query.constant.number() == 1;
                 return injective_[a.key] || (truth && first_of_its_kind(a.key));
               });
    }
  }
  if (!result && setting_.max_length <= effort_.rows_followed) {
    result = true;
    for (std::uint32_t n = 1; n <= setting_.max_length && result; ++n)
      for (std::uint32_t i = setting_.causal ? n - 1 : 0; i < n && result; ++i)
        result = width_by_keys(selector, i, n).high <= 1;
  }
  return single_memo_[selector] = result;
}

}  // namespace rasp
