// What the rows of an aggregate select: how many keys, and which of the values that there are.
#include <algorithm>

#include "compiler/cone.h"
#include "compiler/value_sets.h"

namespace rasp {

ValueSets::Follow ValueSets::follow(const Node& aggregate) const {
  bool by_i, by_n;
  Follow f;
  f.followed = selector_depends(aggregate.args[0], by_i, by_n);
  f.value_by_i = nodes_[aggregate.args[1]].by_i;
  if ((by_i || f.value_by_i) && setting_.max_length > effort_.followed_length) f.followed = false;
  f.by_keys = f.followed && by_i;
  return f;
}

// What a row averages: all that its keys may hold, and how many keys there are. Where every key is known by its position, their sets one by one.
ValueSets::Row ValueSets::row_of(const Node& node, std::uint32_t i, std::uint32_t n, Follow follow) const {
  const NodeId selector = node.args[0], value = node.args[1];
  const std::uint32_t visible = setting_.causal ? i + 1 : n;
  Row row;
  if (!follow.by_keys) {  // the same set serves every query position
    row.range = follow.followed ? width(selector, i, n) : WidthRange{0, single(selector) ? 1 : visible};
    if (!nodes_[value].by_i) {
      row.source = at(value, i, n);
    } else if (visible > effort_.followed_length) {
      row.source = sets_.intern(all(value));
    } else {
      std::vector<ValueId> members;
      for (std::uint32_t j = 0; j < visible; ++j) members.insert(members.end(), sets_[at(value, j, n)].begin(), sets_[at(value, j, n)].end());
      row.source = sets_.intern(std::move(members));
    }
    row.source = selected_of(row.source, node);
    return row;
  }
  bool certain = nodes_[value].by_i;
  std::vector<std::uint32_t> parts;
  for (std::uint32_t j = 0; j < visible; ++j) {
    budget_.tick();
    const int s = selects(selector, i, j, n);
    if (s == 0) continue;
    row.range.low += s == 1;
    ++row.range.high;
    certain &= s == 1;
    parts.push_back(at(value, j, n));
  }
  if (row.range.high > 1 && single(selector)) {
    row.range.high = 1;
    row.range.low = std::min(row.range.low, 1u);
    certain = false;
  }
  if (certain && parts.size() >= 2) row.terms = parts;
  std::sort(parts.begin(), parts.end());
  parts.erase(std::unique(parts.begin(), parts.end()), parts.end());
  auto [it, fresh] = unions_.try_emplace(parts, 0);
  if (fresh) {
    std::vector<ValueId> members;
    for (auto p : parts) members.insert(members.end(), sets_[p].begin(), sets_[p].end());
    it->second = sets_.intern(std::move(members));
  }
  row.source = selected_of(it->second, node);
  return row;
}

// The values that a selected key may have, where key and value are functions of one s-op: those of its values for which some query selects the
// key. nullopt: nothing is known. What a mean is depends on the kinds of a whole sequence, so values of several kinds are left as they are.
std::optional<std::vector<ValueId>> ValueSets::selectable(NodeId selector, NodeId value) const {
  const auto alike = [&](bool number) {
    return std::all_of(all(value).begin(), all(value).end(), [&](ValueId v) { return values_[v].is_string() ? !number : number && (values_[v].kind() == Kind::Int || values_[v].kind() == Kind::Float); });
  };
  if (!known(value) || fuzzy(value) || all(value).empty() || !(alike(true) || alike(false))) return std::nullopt;
  const auto leaf_of = [&](NodeId x) {
    const Cone cone(graph_, {x}, [](NodeId) { return false; }, values_);
    return cone.inputs().size() == 1 ? cone.inputs()[0] : no_node;
  };
  const NodeId leaf = leaf_of(value);
  if (leaf == no_node || !known(leaf) || fuzzy(leaf)) return std::nullopt;
  const auto& order = order_of(selector);
  std::vector<NodeId> roots{value};
  std::vector<std::size_t> root_of(order.size(), 0);  // 0: the key is no function of the leaf alone
  double work = 0;
  for (std::size_t s = 0; s < order.size(); ++s) {
    const Node& node = graph_[order[s]];
    if (node.kind != NodeKind::Select) continue;
    const NodeId key = node.args[0], query = node.args[1];
    if (leaf_of(key) != leaf || fuzzy(key) || !known(query) || fuzzy(query)) continue;
    root_of[s] = roots.size();
    roots.push_back(key);
    work += static_cast<double>(all(leaf).size()) * static_cast<double>(all(query).size());
  }
  if (roots.size() == 1 || work > effort_.pairs_followed) return std::nullopt;
  Cone cone(graph_, roots, [&](NodeId id) { return id == leaf; }, values_);
  const auto place = [&](NodeId id) { return static_cast<std::size_t>(std::lower_bound(order.begin(), order.end(), id) - order.begin()); };
  std::vector<ValueId> out, result;
  std::vector<int> state(order.size());  // as in selects(): yes, no, or -1 for either
  for (ValueId v : all(leaf)) {
    cone.evaluate(std::vector<ValueId>(cone.inputs().size(), v), apply_, out);
    if (out[0] == undefined_value) continue;
    for (std::size_t s = 0; s < order.size(); ++s) {
      const Node& node = graph_[order[s]];
      if (node.kind == NodeKind::Select) {
        state[s] = root_of[s] == 0 ? -1 : out[root_of[s]] == undefined_value ? 0 : some_query(node, out[root_of[s]]);
        continue;
      }
      const int a = state[place(node.args[0])], b = node.args.size() < 2 ? 0 : state[place(node.args[1])];
      switch (node.kind) {
        case NodeKind::SelectorNot: state[s] = a < 0 ? -1 : !a; break;
        case NodeKind::SelectorAnd: state[s] = a == 0 || b == 0 ? 0 : a == 1 && b == 1 ? 1 : -1; break;
        default: state[s] = a == 1 || b == 1 ? 1 : a == 0 && b == 0 ? 0 : -1;
      }
    }
    if (state.back() != 0) result.push_back(out[0]);
  }
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

// Is a key with this value selected by every query there may be (1), by none (0), or by some (-1)?
int ValueSets::some_query(const Node& select, ValueId key) const {
  bool yes = false, no = false;
  Failure failure;
  for (ValueId q : all(select.args[1])) {
    budget_.tick();
    bool failed = false;
    const bool hit = compare(select.op, values_[key], values_[q], failure, failed);
    if (!failed) (hit ? yes : no) = true;
    if (yes && no) return -1;
  }
  return yes ? 1 : 0;
}

SetId ValueSets::selected_of(SetId members, const Node& aggregate) const {
  auto [it, fresh] = selectable_memo_.try_emplace({aggregate.args[0], aggregate.args[1]});
  if (fresh) it->second = selectable(aggregate.args[0], aggregate.args[1]);
  if (!it->second) return members;
  std::vector<ValueId> kept;
  for (ValueId v : sets_[members])
    if (std::binary_search(it->second->begin(), it->second->end(), v)) kept.push_back(v);
  return kept.size() == sets_[members].size() ? members : sets_.intern(std::move(kept));
}

const ValueSets::Rows& ValueSets::rows(NodeId aggregate) const {
  auto [it, fresh] = rows_memo_.try_emplace(aggregate);
  Rows& rows = it->second;
  if (!fresh) return rows;
  const Node& node = graph_[aggregate];
  rows.most = setting_.max_length;
  if (!known(node.args[1])) return rows;
  const Follow how = follow(node);
  if (!how.followed) {
    rows.averaged = sets_[selected_of(sets_.intern(all(node.args[1])), node)];
    return rows;
  }
  rows.may_be_empty = false;
  rows.most = 0;
  std::vector<bool> met(sets_.size() + 1);
  const std::uint32_t N = setting_.max_length;
  for (std::uint32_t n = 1; n <= N; ++n)
    for (std::uint32_t i = setting_.causal ? n - 1 : 0; i < n; ++i) {
      const Row row = row_of(node, i, n, how);
      rows.may_be_empty |= row.range.low == 0;
      rows.most = std::max(rows.most, row.range.high);
      if (row.range.high == 0) continue;
      if (row.source >= met.size()) met.resize(row.source + 64);
      if (met[row.source]) continue;
      met[row.source] = true;
      rows.averaged.insert(rows.averaged.end(), sets_[row.source].begin(), sets_[row.source].end());
    }
  std::sort(rows.averaged.begin(), rows.averaged.end());
  rows.averaged.erase(std::unique(rows.averaged.begin(), rows.averaged.end()), rows.averaged.end());
  return rows;
}

}  // namespace rasp
