#include "compiler/value_sets.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "compiler/at_node.h"

namespace rasp {
ValueSets::ValueSets(const Graph& graph, const std::vector<NodeId>& outputs, Setting setting, ValuePool& values,
                     SetPool& sets, Applier& apply, Budget& budget)
    : graph_(graph), setting_(setting), values_(values), sets_(sets), apply_(apply), budget_(budget) {
  if (setting_.marked) marked_ = *setting_.marked;
  nodes_.resize(graph.size());
  rows_.resize(graph.size());
  needed_.assign(graph.size(), false);
  restricted_.assign(graph.size(), false);
  injective_.assign(graph.size(), false);
  const NodeId output = *std::max_element(outputs.begin(), outputs.end());
  for (NodeId id : outputs) needed_[id] = true;
  for (NodeId id = output + 1; id-- > 0;)
    if (needed_[id])
      for (NodeId a : graph[id].args) needed_[a] = true;
  for (NodeId id = 0; id <= output; ++id) {
    if (!needed_[id] || is_selector(graph[id].kind)) continue;
    if (setting_.promised) {
      if (auto it = setting_.promised->find(id); it != setting_.promised->end()) {
        std::vector<ValueId> ids;
        for (const Value& v : it->second) ids.push_back(values_.intern(v));
        const SetId set = sets_.intern(ids);
        fill(id, false, false, [&](auto, auto) { return set; });
        continue;
      }
    }
    const NodeId before = setting_.same && id < setting_.same->size() ? (*setting_.same)[id] : no_node;
    const bool taken = before != no_node && setting_.earlier->known(before);
    if (!taken || setting_.earlier->graph_[before].kind != graph[id].kind ||
        setting_.earlier->graph_[before].op != graph[id].op)
      at_node(id, [&] { infer(id); });
    if (taken && (!nodes_[id].known || setting_.earlier->nodes_[before].all.size() < nodes_[id].all.size())) {
      nodes_[id] = setting_.earlier->nodes_[before];
      if (nodes_[id].fuzzy && graph[id].kind == NodeKind::Elementwise) apply_.mark_near(id);
    }
    if (setting_.assumed) keep_assumed(id);
    injective_[id] = injective(id);
  }
  setting_.earlier = nullptr;  // needed no more, and may not live as long
  setting_.same = nullptr;
  setting_.assumed = nullptr;
  setting_.marked = nullptr;
}

ValueId ValueSets::converted(const Value& token, Conversion conversion) const {
  if (conversion == Conversion::Asis) return values_.intern(token);
  static constexpr Op op_of[] = {Op::Pos, Op::ToStr, Op::ToInt, Op::ToFloat, Op::ToBool};
  Outcome outcome = rasp::apply(op_of[static_cast<int>(conversion)], std::span<const Value>(&token, 1));
  return std::holds_alternative<Value>(outcome) ? values_.intern(std::get<Value>(outcome)) : undefined_value;
}

void ValueSets::infer(NodeId id) {
  const Graph& graph = graph_;
  switch (graph[id].kind) {
    case NodeKind::Tokens: {
      std::vector<ValueId> ids;
      for (const Value& v : *setting_.vocabulary) {
        const ValueId in = converted(v, graph[id].conversion);
        if (in != undefined_value) ids.push_back(in);
        else nodes_[id].may_fail = true;
      }
      const SetId set = sets_.intern(ids);
      fill(id, false, false, [&](auto, auto) { return set; });
      break;
    }
    case NodeKind::Indices: {
      std::vector<SetId> singles;
      for (std::uint32_t i = 0; i < setting_.max_length; ++i)
        singles.push_back(sets_.intern({values_.intern(Value::integer(static_cast<std::int64_t>(i)))}));
      fill(id, true, false, [&](std::uint32_t i, auto) { return singles[i]; });
      break;
    }
    case NodeKind::Constant: {
      std::vector<ValueId> ids;
      if (graph[id].illegal_constant) nodes_[id].may_fail = true;
      else ids.push_back(values_.intern(graph[id].constant));
      const SetId set = sets_.intern(ids);
      fill(id, false, false, [&](auto, auto) { return set; });
      break;
    }
    case NodeKind::Elementwise: elementwise(id); break;
    case NodeKind::Aggregate: aggregate(id); break;
    case NodeKind::SelectorWidth: graph[id].args.size() == 1 ? selector_width(id) : sum_of_keys(id); break;
    default: break;
  }
}

std::size_t ValueSets::slots(bool by_i, bool by_n) const {
  const std::size_t N = setting_.max_length;
  return by_i && by_n ? N * (N + 1) / 2 : by_i || by_n ? N : 1;
}

std::size_t ValueSets::slot(const NodeSets& s, std::uint32_t i, std::uint32_t n) const {
  if (s.by_i && s.by_n) return static_cast<std::size_t>(n) * (n - 1) / 2 + i;
  return s.by_i ? i : s.by_n ? n - 1 : 0;
}

SetId ValueSets::at(NodeId id, std::uint32_t i, std::uint32_t n) const {
  return nodes_[id].ids[slot(nodes_[id], i, n)];
}

bool ValueSets::numeric(NodeId id) const {
  if (!known(id) || all(id).empty()) return false;
  return std::all_of(all(id).begin(), all(id).end(), [&](ValueId v) { return values_.is_number(v); });
}

// The sets of a node, from set_of(i, n) for every context that it tells apart.
void ValueSets::fill(NodeId id, bool by_i, bool by_n,
                     const std::function<SetId(std::uint32_t, std::uint32_t)>& set_of) {
  NodeSets& s = nodes_[id];
  s.by_i = by_i;
  s.by_n = by_n;
  s.known = true;
  const std::size_t size = slots(by_i, by_n);
  if ((slots_in_all_ += size) > budget_.limits().contexts)
    throw LimitExceeded{"limit-contexts", budget_.limits().contexts};
  s.ids.assign(size, 0);
  const std::uint32_t N = setting_.max_length;
  if (by_i && by_n) {
    for (std::uint32_t n = 1; n <= N; ++n)
      for (std::uint32_t i = 0; i < n; ++i) s.ids[slot(s, i, n)] = set_of(i, n);
  } else if (by_i) {
    for (std::uint32_t i = 0; i < N; ++i) s.ids[i] = set_of(i, setting_.causal ? i + 1 : N);
  } else if (by_n) {
    for (std::uint32_t n = 1; n <= N; ++n) s.ids[n - 1] = set_of(0u, n);
  } else {
    s.ids[0] = set_of(0u, N);
  }
  finish(id);
}

void ValueSets::finish(NodeId id) {
  NodeSets& s = nodes_[id];
  std::set<SetId> distinct(s.ids.begin(), s.ids.end());
  std::set<ValueId> members;
  for (SetId d : distinct) {
    members.insert(sets_[d].begin(), sets_[d].end());
    if (members.size() > budget_.limits().value_set) {
      s.known = false;
      s.ids.clear();
      return;
    }
  }
  // If all contexts agree there is nothing to tell apart.
  if (distinct.size() == 1) {
    slots_in_all_ -= s.ids.size() - 1;
    s.by_i = s.by_n = false;
    s.ids.assign(1, *distinct.begin());
  }
  if (s.by_i && s.by_n) forget_length(s);
  s.all.assign(members.begin(), members.end());
  std::sort(s.all.begin(), s.all.end(), [&](ValueId a, ValueId b) { return total_less(values_[a], values_[b]); });
}

// Where a position has the same set at every length, as of what a shift reads, lengths are not told apart: all that reads
// it is looked at once for each position, not once for each position and length.
void ValueSets::forget_length(NodeSets& s) {
  const std::uint32_t N = setting_.max_length;
  for (std::uint32_t n = 1; n < N; ++n)
    for (std::uint32_t i = 0; i < n; ++i)
      if (s.ids[slot(s, i, n)] != s.ids[slot(s, i, N)]) return;
  std::vector<SetId> ids(s.ids.end() - N, s.ids.end());
  slots_in_all_ -= s.ids.size() - ids.size();
  s.by_n = false;
  s.ids = std::move(ids);
}

void ValueSets::contexts(const std::vector<NodeId>& ids,
                         const std::function<void(std::uint32_t, std::uint32_t)>& visit) const {
  bool by_i = false, by_n = false;
  NodeId varying = no_node;
  std::size_t number = 0;
  for (NodeId id : ids) {
    by_i |= nodes_[id].by_i, by_n |= nodes_[id].by_n;
    if ((nodes_[id].by_i || nodes_[id].by_n) && id != varying) varying = id, ++number;
  }
  std::vector<bool> met(number == 1 ? sets_.size() : 0);  // of one s-op only its different sets count
  const auto once = [&](std::uint32_t i, std::uint32_t n) {
    if (number == 1) {
      const SetId set = at(varying, i, n);
      if (met[set]) return;
      met[set] = true;
    }
    visit(i, n);
  };
  const std::uint32_t N = setting_.max_length;
  if (by_i && by_n) {
    for (std::uint32_t n = 1; n <= N; ++n)
      for (std::uint32_t i = 0; i < n; ++i) once(i, n);
  } else if (by_i) {
    for (std::uint32_t i = 0; i < N; ++i) once(i, N);
  } else if (by_n) {
    for (std::uint32_t n = 1; n <= N; ++n) once(0, n);
  } else {
    visit(0, N);
  }
}

void ValueSets::selector_width(NodeId id) {
  const NodeId selector = graph_[id].args[0];
  bool by_i, by_n;
  const bool followed = selector_depends(selector, by_i, by_n);
  const bool coarse = !followed || (by_i && setting_.max_length > effort_.followed_length);
  auto range_set = [&](WidthRange r) {
    std::vector<ValueId> ids;
    for (std::uint32_t w = r.low; w <= r.high; ++w)
      ids.push_back(values_.intern(Value::integer(static_cast<std::int64_t>(w))));
    return sets_.intern(std::move(ids));
  };
  if (setting_.causal) {
    fill(id, true, false, [&](std::uint32_t i, std::uint32_t n) {
      return range_set(coarse && setting_.max_length > effort_.width_sums_length
                           ? WidthRange{0, single(selector) ? 1 : i + 1}
                           : width(selector, i, n));
    });
  } else if (!followed || coarse) {
    fill(id, false, true, [&](std::uint32_t, std::uint32_t n) { return range_set({0, single(selector) ? 1 : n}); });
  } else {
    fill(id, by_i, true, [&](std::uint32_t i, std::uint32_t n) { return range_set(width(selector, i, n)); });
  }
}

namespace {
// The ints low, low + step, …, high; all that is added to it is an int of its own range.
struct Progression {
  std::int64_t low = 0, high = 0, step = 0;
  void add(std::int64_t least, std::int64_t most) { low += least, high += most; }
};
}  // namespace

// Sums of ints over the selected keys: all ints between the least and the greatest sum that have the right remainder.
void ValueSets::sum_of_keys(NodeId id) {
  const NodeId selector = graph_[id].args[0], value = graph_[id].args[1];
  bool by_i, by_n;
  if (!known(value) || !selector_depends(selector, by_i, by_n)) return;
  const bool by_keys = (by_i || nodes_[value].by_i) && setting_.max_length <= effort_.followed_length;
  const auto add = [&](Progression& sum, SetId set, WidthRange times) {
    double least = times.low == 0 ? 0 : values_.number(sets_[set].front()), most = least;
    for (ValueId v : sets_[set]) {
      least = std::min(least, values_.number(v));
      most = std::max(most, values_.number(v));
    }
    for (ValueId v : sets_[set]) sum.step = std::gcd(sum.step, static_cast<std::int64_t>(values_.number(v) - least));
    if (times.low == 0) sum.step = std::gcd(sum.step, static_cast<std::int64_t>(least));
    if (times.low != times.high) sum.step = std::gcd(sum.step, static_cast<std::int64_t>(least));  // of one key more
    sum.add(static_cast<std::int64_t>(least) * (least < 0 ? times.high : times.low),
            static_cast<std::int64_t>(most) * (most < 0 ? times.low : times.high));
  };
  bool overflow = false;
  std::unordered_map<std::vector<std::uint32_t>, SetId, VectorHash> made;
  auto set_of = [&](std::uint32_t i, std::uint32_t n) {
    Progression sum;
    const std::uint32_t visible = setting_.causal ? i + 1 : n;
    for (std::uint32_t j = 0; by_keys && j < visible; ++j)
      if (const int s = selects(selector, i, j, n); s != 0) add(sum, at(value, j, n), {s == 1 ? 1u : 0u, 1});
    if (!by_keys) add(sum, nodes_[value].by_i ? sets_.intern(all(value)) : at(value, i, n), width(selector, i, n));
    budget_.tick(visible);
    const std::int64_t size = sum.step == 0 ? 1 : (sum.high - sum.low) / sum.step + 1;
    overflow = overflow || size > static_cast<std::int64_t>(budget_.limits().value_set);
    if (overflow) return SetId{0};
    auto [it, fresh] = made.try_emplace({static_cast<std::uint32_t>(sum.low), static_cast<std::uint32_t>(sum.low >> 32),
                                         static_cast<std::uint32_t>(size), static_cast<std::uint32_t>(sum.step)},
                                        0);
    if (fresh) {
      std::vector<ValueId> members;
      for (std::int64_t k = 0; k < size; ++k) members.push_back(values_.intern(Value::integer(sum.low + k * sum.step)));
      it->second = sets_.intern(std::move(members));
    }
    return it->second;
  };
  fill(id, setting_.causal || by_i, !setting_.causal, set_of);
  if (!overflow) return;
  nodes_[id].known = false;
  nodes_[id].ids.clear();
  nodes_[id].all.clear();
}

void ValueSets::aggregate(NodeId id) {
  const Node& node = graph_[id];
  const NodeId value = node.args[1];
  if (!known(value)) {
    nodes_[id].fuzzy = nodes_[id].cancels = true;  // for all that is known
    return;
  }
  const Follow how = follow(node);
  const ValueId fallback = values_.intern(node.constant);
  NodeSets& result = nodes_[id];
  result.fuzzy = nodes_[value].fuzzy;
  result.cancels = nodes_[value].cancels;
  bool overflow = false;
  auto set_of = [&](std::uint32_t i, std::uint32_t n) {
    if (overflow) return SetId{0};  // too many values as it is
    const Row row = row_of(id, i, n, how);
    if (!row.terms.empty())
      if (const auto set = mean_of_terms(row.terms)) return *set;
    SetId set = means(row.source, std::max(row.range.low, 1u), row.range.high, result, overflow);
    if (row.range.low == 0) {
      std::vector<ValueId> members = sets_[set];
      members.push_back(fallback);
      set = sets_.intern(std::move(members));
    }
    return set;
  };
  const bool position = setting_.causal || how.by_keys;
  set_of(position || how.value_by_i ? setting_.max_length - 1 : 0,
         setting_.max_length);  // the most values: if they are too many, no other context counts
  fill(id, position, !setting_.causal, set_of);
  if (overflow) {
    result.fuzzy |= !dyadic_sums(all(value));
    result.cancels |= !dyadic_sums(all(value));
    result.known = false;
    result.ids.clear();
    result.all.clear();
  }
}

}  // namespace rasp
