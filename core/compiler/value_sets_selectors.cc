// Which keys a selector may select, and how many: from the value sets of what it compares, position by position.
#include <algorithm>
#include <set>

#include "compiler/value_sets.h"

namespace rasp {

const std::vector<NodeId>& ValueSets::order_of(NodeId selector) const {
  auto [it, fresh] = selector_order_.try_emplace(selector);
  if (fresh) {
    std::set<NodeId> seen;
    std::vector<NodeId> stack{selector};
    while (!stack.empty()) {
      NodeId id = stack.back();
      stack.pop_back();
      if (!seen.insert(id).second) continue;
      if (graph_[id].kind != NodeKind::Select)
        for (NodeId a : graph_[id].args) stack.push_back(a);
    }
    it->second.assign(seen.begin(), seen.end());  // ascending ids: operands before users
  }
  return it->second;
}

bool ValueSets::selector_depends(NodeId selector, bool& by_i, bool& by_n) const {
  by_i = by_n = false;
  for (NodeId id : order_of(selector)) {
    if (graph_[id].kind != NodeKind::Select) continue;
    for (NodeId a : graph_[id].args) {
      if (!known(a)) return false;
      by_i |= nodes_[a].by_i;
      by_n |= nodes_[a].by_n;
    }
  }
  return true;
}

int ValueSets::atom(const Node& node, std::uint32_t i, std::uint32_t j, std::uint32_t n) const {
  const SetId keys = at(node.args[0], j, n), queries = at(node.args[1], i, n);
  const bool diagonal = i == j && node.args[0] == node.args[1];
  const std::uint64_t memo_key = (((static_cast<std::uint64_t>(keys) << 28) ^ queries) << 4) |
                                 (static_cast<std::uint64_t>(node.op) - static_cast<std::uint64_t>(Op::Eq)) << 1 |
                                 diagonal;
  if (auto it = atom_memo_.find(memo_key); it != atom_memo_.end()) return it->second;
  bool yes = false, no = false;
  Failure failure;
  const auto& ks = sets_[keys];
  const auto& qs = sets_[queries];
  if (!diagonal && ks.size() * qs.size() > 250'000) {
    yes = no = true;  // not worth following: some pair will do either
  } else {
    for (ValueId k : ks) {
      budget_.tick(static_cast<std::uint32_t>(1 + qs.size() / 8));
      for (ValueId q : qs) {
        if (diagonal && q != k) continue;
        bool failed = false;
        const bool hit = compare(node.op, values_[k], values_[q], failure, failed);
        if (!failed) (hit ? yes : no) = true;
        if (yes && no) break;
      }
      if (yes && no) break;
    }
  }
  const int result = yes && no ? -1 : yes ? 1 : 0;
  atom_memo_.emplace(memo_key, result);
  return result;
}

int ValueSets::selects(NodeId selector, std::uint32_t i, std::uint32_t j, std::uint32_t n) const {
  if (setting_.causal && j > i) return 0;
  const auto& order = order_of(selector);
  budget_.tick(static_cast<std::uint32_t>(order.size()));
  auto [operands, fresh] = selector_operands_.try_emplace(selector);
  if (fresh) {  // places of the operands in `order`
    auto place = [&](NodeId id) {
      return static_cast<std::uint32_t>(std::lower_bound(order.begin(), order.end(), id) - order.begin());
    };
    for (NodeId id : order) {
      const Node& node = graph_[id];
      const bool select = node.kind == NodeKind::Select;
      operands->second.push_back(
          {select ? 0 : place(node.args[0]), select || node.args.size() < 2 ? 0 : place(node.args[1])});
    }
  }
  state_.resize(order.size());
  for (std::size_t s = 0; s < order.size(); ++s) {
    const Node& node = graph_[order[s]];
    const int a = state_[operands->second[s].first], b = state_[operands->second[s].second];
    state_[s] = node.kind == NodeKind::Select ? atom(node, i, j, n) : combined(node.kind, a, b);
  }
  return state_.back();
}

WidthRange ValueSets::width(NodeId selector, std::uint32_t i, std::uint32_t n) const {
  WidthRange range = width_by_keys(selector, i, n);
  if (range.high > 1 && single(selector)) range.high = 1;
  if (!marked_.empty()) {
    const WidthRange assumed = assumed_width(selector);
    range = {std::max(range.low, assumed.low), std::min(range.high, assumed.high)};
  }
  range.low = std::min(range.low, range.high);
  return range;
}

// From what each key position may do alone.
WidthRange ValueSets::width_by_keys(NodeId selector, std::uint32_t i, std::uint32_t n) const {
  const std::uint32_t visible = setting_.causal ? i + 1 : n;
  bool by_i, by_n;
  if (!selector_depends(selector, by_i, by_n)) return {0, visible};
  if (!by_i) {  // all other keys look alike
    const int self = selects(selector, i, i, n);
    const int other = visible > 1 ? selects(selector, i, i == 0 && !setting_.causal ? 1 : i == 0 ? 0 : i - 1, n) : 0;
    const std::uint32_t others = visible - 1;
    return {(self == 1) + (other == 1 ? others : 0), (self != 0) + (other != 0 ? others : 0)};
  }
  if (by_n && setting_.max_length > effort_.followed_length) return {0, visible};
  if (!by_n && setting_.max_length <= effort_.width_sums_length) {  // the same keys at every length: one sum serves all
    const std::size_t row = setting_.max_length + 1;
    auto& sums = width_sums_[selector];
    if (sums.empty()) sums.resize(setting_.max_length * row);
    WidthRange* of = &sums[i * row];  // of[v]: among the first v keys
    if (of[0].high == 0) {
      of[0].high = 1;  // done; nothing is read there
      WidthRange sum;
      for (std::uint32_t j = 0; j < (setting_.causal ? i + 1 : setting_.max_length); ++j) {
        const int s = selects(selector, i, j, setting_.max_length);
        sum.low += s == 1;
        sum.high += s != 0;
        of[j + 1] = sum;
      }
    }
    return of[visible];
  }
  WidthRange range;
  for (std::uint32_t j = 0; j < visible; ++j) {
    budget_.tick();
    const int s = selects(selector, i, j, n);
    range.low += s == 1;
    range.high += s != 0;
  }
  return range;
}

// A selector made of others: selected (1), not selected (0), or either (-1).
int ValueSets::combined(NodeKind kind, int a, int b) {
  switch (kind) {
    case NodeKind::SelectorNot: return a < 0 ? -1 : !a;
    case NodeKind::SelectorAnd: return a == 0 || b == 0 ? 0 : a == 1 && b == 1 ? 1 : -1;
    default: return a == 1 || b == 1 ? 1 : a == 0 && b == 0 ? 0 : -1;
  }
}

}  // namespace rasp
