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
  nodes_.resize(graph.size());
  rows_.resize(graph.size());
  needed_.assign(graph.size(), false);
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
    injective_[id] = injective(id);
  }
  setting_.earlier = nullptr;  // needed no more, and may not live as long
  setting_.same = nullptr;
}

void ValueSets::infer(NodeId id) {
  const Graph& graph = graph_;
  switch (graph[id].kind) {
    case NodeKind::Tokens: {
      std::vector<ValueId> ids;
      for (const Value& v : *setting_.vocabulary) {
        ValueId in = values_.intern(v);
        if (graph[id].conversion == Conversion::Asis) {
          ids.push_back(in);
          continue;
        }
        static constexpr Op op_of[] = {Op::Pos, Op::ToStr, Op::ToInt, Op::ToFloat, Op::ToBool};
        Outcome outcome = rasp::apply(op_of[static_cast<int>(graph[id].conversion)], std::span<const Value>(&v, 1));
        if (std::holds_alternative<Value>(outcome)) ids.push_back(values_.intern(std::get<Value>(outcome)));
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
  s.all.assign(members.begin(), members.end());
  std::sort(s.all.begin(), s.all.end(), [&](ValueId a, ValueId b) { return total_less(values_[a], values_[b]); });
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

namespace {
// Fractions in [0, 1) with a denominator up to `most`.
double fractions(std::uint32_t most) {
  std::vector<std::uint32_t> coprime(most + 1);  // Euler's function
  for (std::uint32_t q = 0; q <= most; ++q) coprime[q] = q;
  for (std::uint32_t p = 2; p <= most; ++p)
    if (coprime[p] == p)
      for (std::uint32_t q = p; q <= most; q += p) coprime[q] -= coprime[q] / p;
  return std::accumulate(coprime.begin(), coprime.end(), 0.0);
}
}  // namespace

// Means of m values of the set, low ≤ m ≤ high: the raw value for m = 1, what the interpreter's float sum over m gives
// for m ≥ 2. Sums of small multiples of 2^-20 are exact, so each mean is one correctly rounded division. Other sums
// depend on their order: in the last bits (fuzzy), by no more than docs/exactness.md calls equal if all terms have one
// sign, and by more where they cancel, overflow or lose bits below 1e-290 (cancels).
SetId ValueSets::means(SetId set, std::uint32_t low, std::uint32_t high, NodeSets& of, bool& overflow) {
  enum : int { is_fuzzy = 1, overflows = 2, is_cancelling = 4 };
  const std::uint64_t key = (static_cast<std::uint64_t>(set) << 32) ^ (static_cast<std::uint64_t>(low) << 16) ^ high;
  const auto tell = [&](int flags) {
    of.fuzzy |= (flags & is_fuzzy) != 0;
    of.cancels |= (flags & is_cancelling) != 0;
    overflow |= (flags & overflows) != 0;
  };
  if (auto it = means_memo_.find(key); it != means_memo_.end()) {
    tell(it->second.second);
    return it->second.first;
  }
  int flags = 0;
  const auto members = sets_[set];
  std::vector<ValueId> result;
  if (low <= 1 && high >= 1) result = members;
  const Terms terms = terms_of(members, high);
  if (high >= 2 && !terms.values.empty()) {
    if (!terms.dyadic) flags |= is_fuzzy;
    if (!terms.dyadic && !(terms.one_sign && terms.usual)) flags |= is_cancelling;
    std::vector<double> found;
    if (!add_means(terms, low, high, found)) flags |= overflows;
    for (double f : found)
      result.push_back(terms.dyadic ? values_.intern(Value::real(f)) : values_.intern_near(f, terms.reach(f)));
    for (ValueId& v : result)
      if (!terms.dyadic && values_[v].kind() == Kind::Float)
        v = values_.intern_near(values_.number(v), terms.reach(values_.number(v)));
  }
  const SetId out = sets_.intern(std::move(result));
  means_memo_.emplace(key, std::pair(out, flags));
  tell(flags);
  return out;
}

// The numbers of a set, ascending: none where all are bools, which have no mean in RASP. Strings take no part in a
// mean: where one occurs, the sequence has no numbers.
ValueSets::Terms ValueSets::terms_of(const std::vector<ValueId>& members, std::uint32_t high) const {
  Terms t;
  bool bools = graph_.dialect() == Dialect::Rasp;
  for (ValueId v : members) {
    if (!values_.is_number(v)) continue;
    bools &= values_[v].kind() == Kind::Bool;
    const double x = values_.number(v);
    t.dyadic &= std::fabs(x) * high < 0x1p33 && x * 1048576.0 == std::floor(x * 1048576.0);
    t.usual &= x == 0 || (std::fabs(x) > 1e-290 && std::fabs(x) < 1e290);
    t.values.push_back(x);
  }
  if (bools) t.values.clear();
  if (t.values.empty()) return t;
  std::sort(t.values.begin(), t.values.end());
  t.values.erase(std::unique(t.values.begin(), t.values.end()), t.values.end());
  t.one_sign = t.values.front() >= 0 || t.values.back() <= 0;
  t.scale = std::max(std::fabs(t.values.front()), std::fabs(t.values.back()));
  return t;
}

// By how much the order of summation may move a sum.
double ValueSets::Terms::reach(double sum) const {
  return dyadic ? 0 : one_sign ? 0x1p-42 * std::fabs(sum) : 1e-10 * scale;
}

// Means of two up to `high` of the terms, of at least `low`, ascending. false: they are too many, or no numbers.
bool ValueSets::add_means(const Terms& terms, std::uint32_t low, std::uint32_t high, std::vector<double>& means) {
  const auto nan = [](const std::vector<double>& list) {
    return std::any_of(list.begin(), list.end(), [](double x) { return std::isnan(x); });
  };
  const std::vector<double>& base = terms.values;
  if (nan(base)) return false;  // it has no place in an order
  // Of ints without gaps every fraction in their range is a mean whose denominator is small enough: they are counted
  // before they are made.
  const bool gapless = terms.dyadic && base.front() == std::floor(base.front()) &&
                       base.back() - base.front() == static_cast<double>(base.size() - 1);
  if (gapless && low <= 1 && fractions(high) * (base.back() - base.front()) > budget_.limits().value_set) return false;
  std::vector<double> sums = base, next;
  std::set<double> found;
  const auto few = [&] {
    for (std::uint32_t m = 2; m <= high; ++m) {
      if (sums.size() * base.size() > budget_.limits().tuples) return false;
      next.clear();
      for (double s : sums)
        for (double b : base) next.push_back(s + b);
      if (nan(next)) return false;  // inf - inf
      budget_.tick(static_cast<std::uint32_t>(std::min<std::size_t>(next.size(), 1u << 20)));
      std::sort(next.begin(), next.end());
      sums.clear();
      for (double s : next)
        if (sums.empty() || (s != sums.back() && !(s - sums.back() <= terms.reach(s)))) sums.push_back(s);
      if (sums.size() > budget_.limits().value_set) return false;
      if (m >= low)
        for (double s : sums) found.insert(s / m);
      if (found.size() > budget_.limits().value_set) return false;
    }
    return true;
  }();
  means.assign(found.begin(), found.end());
  return few;
}

// Are sums of so many of these numbers exact, in any order?
bool ValueSets::dyadic_sums(const std::vector<ValueId>& members) const {
  return std::all_of(members.begin(), members.end(), [&](ValueId v) {
    const double x = values_.number(v);
    return !values_.is_number(v) ||
           (std::fabs(x) * setting_.max_length < 0x1p33 && x * 1048576.0 == std::floor(x * 1048576.0));
  });
}

// The means of ints of which each is one of its own set: the sets added up one by one. nullopt: other values, or too
// many sums.
std::optional<SetId> ValueSets::mean_of_terms(const std::vector<SetId>& terms) {
  std::set<double> sums{0.0};
  for (const SetId p : terms) {
    std::set<double> next;
    for (ValueId v : sets_[p]) {
      budget_.tick(static_cast<std::uint32_t>(sums.size()));
      const double x = values_.number(v);
      const bool counts =
          values_.is_number(v) && !(values_[v].kind() == Kind::Bool && graph_.dialect() == Dialect::Rasp);
      if (!counts || !(std::fabs(x) <= 1e9) || x != std::floor(x)) return std::nullopt;
      for (double s : sums) next.insert(s + x);
      if (next.size() > effort_.sums_of_terms) return std::nullopt;
    }
    sums = std::move(next);
  }
  std::vector<ValueId> members;
  for (double s : sums) members.push_back(values_.intern(Value::real(s / static_cast<double>(terms.size()))));
  return sets_.intern(std::move(members));
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
