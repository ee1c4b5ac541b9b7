// What the rows of an aggregate select: how many keys, and which of the values that there are.
#include <algorithm>

#include "compiler/cone.h"
#include "compiler/value_sets.h"

namespace rasp {

ValueSets::Follow ValueSets::follow(const Node& aggregate) const {
  bool by_i, by_n;
  Follow f;
  f.followed = selector_depends(aggregate.args[0], by_i, by_n);
  f.selector_by_n = by_n;
  f.value_by_i = nodes_[aggregate.args[1]].by_i;
  if ((by_i || f.value_by_i) && setting_.max_length > effort_.followed_length) f.followed = false;
  f.by_keys = f.followed && by_i;
  return f;
}

// What a row averages: all that its keys may hold, and how many keys there are. Where every key is known by its
// position, their sets one by one.
ValueSets::Row ValueSets::row_of(NodeId aggregate, std::uint32_t i, std::uint32_t n, Follow follow) const {
  const Node& node = graph_[aggregate];
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
      for (std::uint32_t j = 0; j < visible; ++j)
        members.insert(members.end(), sets_[at(value, j, n)].begin(), sets_[at(value, j, n)].end());
      row.source = sets_.intern(std::move(members));
    }
    row.source = selected_of(row.source, aggregate);
    return row;
  }
  bool certain = nodes_[value].by_i;
  std::vector<SetId> parts;
  const auto take = [&](std::uint32_t j, bool selected) {
    row.range.low += selected;
    ++row.range.high;
    certain &= selected;
    parts.push_back(at(value, j, n));
  };
  budget_.tick(visible);
  if (follow.selector_by_n) {
    for (std::uint32_t j = 0; j < visible; ++j)
      if (const int s = selects(selector, i, j, n); s != 0) take(j, s == 1);
  } else {
    for (std::uint32_t key : keys_of(selector, i)) {
      if (key / 2 >= visible) break;
      take(key / 2, key % 2 == 1);
    }
  }
  if (row.range.high > 1 && single(selector)) {
    row.range.high = 1;
    row.range.low = std::min(row.range.low, 1u);
    certain = false;
  }
  if (certain && parts.size() >= 2) row.terms = parts;
  std::sort(parts.begin(), parts.end());
  parts.erase(std::unique(parts.begin(), parts.end()), parts.end());
  row.source = selected_of(union_of(parts), aggregate);
  return row;
}

SetId ValueSets::union_of(const std::vector<SetId>& parts) const {
  if (parts.size() == 1) return parts[0];
  auto [it, fresh] = unions_.try_emplace(parts, 0);
  if (fresh) {
    std::vector<ValueId> members;
    for (SetId p : parts) members.insert(members.end(), sets_[p].begin(), sets_[p].end());
    it->second = sets_.intern(std::move(members));
  }
  return it->second;
}

const std::vector<std::uint32_t>& ValueSets::keys_of(NodeId selector, std::uint32_t i) const {
  auto& rows = keys_of_[selector];
  rows.resize(setting_.max_length);
  if (rows[i]) return *rows[i];
  std::vector<std::uint32_t> keys;
  for (std::uint32_t j = 0; j < setting_.max_length; ++j)
    if (const int s = selects(selector, i, j, setting_.max_length); s != 0) keys.push_back(2 * j + (s == 1));
  return rows[i].emplace(std::move(keys));
}

// The values that a selected key may have, where key and value are functions of one s-op: those of its values for which
// some query selects the key. What a mean is depends on the kinds of a whole sequence, so values of several kinds are
// left as they are.
void ValueSets::find_selectable(NodeId aggregate) const {
  Rows& rows = rows_[aggregate];
  rows.known = Rows::Known::Selectable;
  const NodeId selector = graph_[aggregate].args[0], value = graph_[aggregate].args[1];
  bool numbers = true, strings = true;
  for (ValueId v : all(value)) {
    strings = strings && values_[v].is_string();
    numbers = numbers && (values_[v].kind() == Kind::Int || values_[v].kind() == Kind::Float);
  }
  if (!known(value) || fuzzy(value) || numbers == strings) return;
  const auto leaf_of = [&](NodeId x) {
    const Cone cone(
        graph_, {x}, [](NodeId) { return false; }, values_);
    return cone.inputs().size() == 1 && known(cone.inputs()[0]) && !fuzzy(x) && !fuzzy(cone.inputs()[0])
               ? cone.inputs()[0]
               : no_node;
  };
  const NodeId leaf = leaf_of(value);
  if (leaf == no_node) return;
  const auto& order = order_of(selector);
  std::vector<NodeId> roots{value};
  std::vector<std::uint32_t> root_of(order.size(), 0);  // 0: the key is no function of the leaf alone
  double work = 0;
  for (std::size_t s = 0; s < order.size(); ++s) {
    const Node& node = graph_[order[s]];
    if (node.kind != NodeKind::Select || !known(node.args[1]) || fuzzy(node.args[1]) || leaf_of(node.args[0]) != leaf)
      continue;
    root_of[s] = static_cast<std::uint32_t>(roots.size());
    roots.push_back(node.args[0]);
    work += static_cast<double>(all(leaf).size()) * static_cast<double>(all(node.args[1]).size());
  }
  if (roots.size() == 1 || work > effort_.pairs_followed) return;
  Cone cone(
      graph_, roots, [&](NodeId id) { return id == leaf; }, values_);
  const auto place = [&](NodeId id) {
    return static_cast<std::size_t>(std::lower_bound(order.begin(), order.end(), id) - order.begin());
  };
  std::vector<ValueId> out;
  state_.resize(std::max(state_.size(), order.size()));
  for (ValueId v : all(leaf)) {
    cone.evaluate(std::vector<ValueId>(cone.inputs().size(), v), apply_, out);
    if (out[0] == undefined_value) continue;
    for (std::size_t s = 0; s < order.size(); ++s) {
      const Node& node = graph_[order[s]];
      if (node.kind == NodeKind::Select)
        state_[s] = root_of[s] == 0 ? -1 : out[root_of[s]] == undefined_value ? 0 : some_query(node, out[root_of[s]]);
      else
        state_[s] =
            combined(node.kind, state_[place(node.args[0])], node.args.size() < 2 ? 0 : state_[place(node.args[1])]);
    }
    if (state_[order.size() - 1] != 0) rows.selectable.push_back(out[0]);
  }
  rows.all_selectable = false;
  std::sort(rows.selectable.begin(), rows.selectable.end());
  rows.selectable.erase(std::unique(rows.selectable.begin(), rows.selectable.end()), rows.selectable.end());
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

SetId ValueSets::selected_of(SetId members, NodeId aggregate) const {
  if (rows_[aggregate].known == Rows::Known::Nothing) find_selectable(aggregate);
  const Rows& rows = rows_[aggregate];
  if (rows.all_selectable) return members;
  std::vector<ValueId> kept;
  for (ValueId v : sets_[members])
    if (std::binary_search(rows.selectable.begin(), rows.selectable.end(), v)) kept.push_back(v);
  return kept.size() == sets_[members].size() ? members : sets_.intern(std::move(kept));
}

const ValueSets::Rows& ValueSets::rows(NodeId aggregate) const {
  Rows& rows = rows_[aggregate];
  if (rows.known == Rows::Known::All) return rows;
  const Node& node = graph_[aggregate];
  rows.most = setting_.max_length;
  std::vector<ValueId> averaged;
  if (known(node.args[1])) {
    const Follow how = follow(node);
    if (!how.followed) {
      averaged = sets_[selected_of(sets_.intern(all(node.args[1])), aggregate)];
    } else {
      rows.may_be_empty = false;
      rows.most = 0;
      std::vector<bool> met;
      for (std::uint32_t n = 1; n <= setting_.max_length; ++n)
        for (std::uint32_t i = setting_.causal ? n - 1 : 0; i < n; ++i) {
          const Row row = row_of(aggregate, i, n, how);
          rows.may_be_empty |= row.range.low == 0;
          rows.most = std::max(rows.most, row.range.high);
          if (row.range.high == 0) continue;
          met.resize(std::max<std::size_t>(met.size(), row.source + 1));
          if (!met[row.source]) averaged.insert(averaged.end(), sets_[row.source].begin(), sets_[row.source].end());
          met[row.source] = true;
        }
      std::sort(averaged.begin(), averaged.end());
      averaged.erase(std::unique(averaged.begin(), averaged.end()), averaged.end());
    }
  }
  rows.averaged = std::move(averaged);
  rows.known = Rows::Known::All;
  return rows;
}

}  // namespace rasp
