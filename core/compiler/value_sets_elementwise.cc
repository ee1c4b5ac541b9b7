// Value sets of elementwise s-ops: every combination of the operands' values that can occur together.
#include "compiler/value_sets.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>

#include "compiler/cone.h"

namespace rasp {
namespace {

constexpr std::uint32_t joint_tuples = 4096;  // a fused expression's correlations are followed up to this size

}  // namespace

// Sums and differences of two s-ops that are no elementwise s-ops and hold all ints of a range, such as widths: a range
// again, without looking at the combinations. false: not of that kind.
bool ValueSets::sum_of_ranges(NodeId id) {
  const Node& node = graph_[id];
  if ((node.op != Op::Add && node.op != Op::Sub) || node.args.size() != 2 || node.args[0] == node.args[1]) return false;
  const NodeId a = node.args[0], b = node.args[1];
  for (NodeId x : {a, b})
    if (!known(x) || graph_[x].kind == NodeKind::Elementwise || nodes_[x].fuzzy) return false;
  using Range = std::pair<std::int64_t, std::int64_t>;
  std::unordered_map<SetId, Range> ranges;
  auto all_ranges = [&](NodeId x) {
    for (SetId set : nodes_[x].ids) {
      if (ranges.count(set)) continue;
      const auto& members = sets_[set];
      budget_.tick(static_cast<std::uint32_t>(members.size()));
      std::optional<Range> range;
      for (ValueId v : members) {
        if (values_[v].kind() != Kind::Int || !values_[v].int64() || std::abs(*values_[v].int64()) > 1'000'000'000)
          return false;
        const std::int64_t k = *values_[v].int64();
        range = range ? Range{std::min(range->first, k), std::max(range->second, k)} : Range{k, k};
      }
      if (!range || range->second - range->first + 1 != static_cast<std::int64_t>(members.size())) return false;
      ranges.emplace(set, *range);
    }
    return true;
  };
  if (!all_ranges(a) || !all_ranges(b)) return false;
  std::vector<Range> range_of(sets_.size());
  for (const auto& [set, range] : ranges) range_of[set] = range;
  std::unordered_map<std::uint64_t, int> made;  // by the range's ends, which fit into 32 bits each
  fill(id, nodes_[a].by_i || nodes_[b].by_i, nodes_[a].by_n || nodes_[b].by_n, [&](std::uint32_t i, std::uint32_t n) {
    const Range x = range_of[at(a, i, n)], y = range_of[at(b, i, n)];
    const Range sum = node.op == Op::Add ? Range{x.first + y.first, x.second + y.second}
                                         : Range{x.first - y.second, x.second - y.first};
    auto [it, fresh] =
        made.try_emplace(static_cast<std::uint64_t>(sum.first) << 32 ^ static_cast<std::uint32_t>(sum.second));
    if (fresh) {
      std::vector<ValueId> members;
      budget_.tick(static_cast<std::uint32_t>(sum.second - sum.first + 1));
      for (std::int64_t k = sum.first; k <= sum.second; ++k) members.push_back(values_.intern(Value::integer(k)));
      it->second = static_cast<int>(sets_.intern(std::move(members)));
    }
    return static_cast<SetId>(it->second);
  });
  return true;
}

// Two texts after each other have as many values as the two together where one of them has a fixed length, as long as
// they are independent.
bool ValueSets::many_texts(NodeId id) const {
  const Node& node = graph_[id];
  if (node.op != Op::Add || node.args.size() != 2 || !known(node.args[0]) || !known(node.args[1])) return false;
  double values = 1;
  bool fixed = false;
  for (NodeId a : node.args) {
    const auto& members = sets_[nodes_[a].ids.back()];  // of the last position of the longest input
    values *= static_cast<double>(members.size());
    bool one_length = true;
    for (ValueId v : members) {
      if (!values_[v].is_string()) return false;
      one_length &= values_[v].str().size() == values_[members[0]].str().size();
    }
    fixed |= one_length;
  }
  if (!fixed || values <= budget_.limits().value_set) return false;
  const auto sources = [&](NodeId x) {
    const Cone cone(
        graph_, {x}, [](NodeId) { return false; }, values_);
    return std::set<NodeId>(cone.inputs().begin(), cone.inputs().end());
  };
  const std::set<NodeId> a = sources(node.args[0]), b = sources(node.args[1]);
  return std::none_of(a.begin(), a.end(), [&](NodeId x) { return b.count(x) != 0; });
}

// A comparison and the like of s-ops whose values cannot be listed is True or False all the same.
bool ValueSets::truth_value(NodeId id) {
  const Node& node = graph_[id];
  const bool truth = (node.op >= Op::Eq && node.op <= Op::Not) || node.op == Op::Contains || node.op == Op::ToBool;
  if (!truth && node.op != Op::Indicator) return false;
  nodes_[id].may_fail = true;
  const SetId set = truth ? sets_.intern({values_.intern(Value::boolean(false)), values_.intern(Value::boolean(true))})
                          : sets_.intern({values_.intern(Value::integer(std::int64_t{0})),
                                          values_.intern(Value::integer(std::int64_t{1}))});
  fill(id, false, false, [&](auto, auto) { return set; });
  return true;
}

// Are the combinations of what the inputs can be, over all contexts, no more than that?
bool ValueSets::few_tuples(const Cone& cone, double cap) const {
  double total = 0;
  for (NodeId in : cone.inputs())
    if (!known(in)) return false;
  std::unordered_map<std::vector<std::uint32_t>, bool, VectorHash> seen;
  contexts(cone.inputs(), [&](std::uint32_t i, std::uint32_t n) {
    if (total > cap) return;
    budget_.tick(static_cast<std::uint32_t>(1 + cone.inputs().size()));
    std::vector<std::uint32_t> key;
    double product = 1;
    for (NodeId in : cone.inputs()) {
      key.push_back(at(in, i, n));
      product *= static_cast<double>(sets_[at(in, i, n)].size());
    }
    if (seen.emplace(std::move(key), true).second) total += product;
  });
  return total <= cap;
}

// The joint view over the sources that are not elementwise, which keeps x - x at {0}, where that is cheap; else over
// the operands. nullopt: too many combinations either way.
std::optional<Cone> ValueSets::cone_of(NodeId id) const {
  const Node& node = graph_[id];
  std::vector<NodeId> distinct_args;
  for (NodeId a : node.args)
    if (graph_[a].kind != NodeKind::Constant &&
        std::find(distinct_args.begin(), distinct_args.end(), a) == distinct_args.end())
      distinct_args.push_back(a);
  std::optional<Cone> cone;
  if (distinct_args.size() >= 2) {
    cone.emplace(
        graph_, std::vector<NodeId>{id}, [](NodeId) { return false; }, values_, 200);
    // Of one s-op there are no more combinations than its values.
    const double cap = cone->inputs().size() == 1 ? static_cast<double>(budget_.limits().tuples) : joint_tuples * 8.0;
    if (!cone->too_large() && few_tuples(*cone, cap)) return cone;
  }
  cone.emplace(
      graph_, std::vector<NodeId>{id}, [&](NodeId x) { return x != id; }, values_);
  if (!few_tuples(*cone, static_cast<double>(budget_.limits().tuples))) cone.reset();
  return cone;
}

// What the root can be if each input has one of the values of its set.
SetId ValueSets::image(Cone& cone, const std::vector<std::uint32_t>& sets, bool& may_fail) {
  std::vector<ValueId> members, tuple(sets.size()), out;
  std::vector<std::size_t> digit(sets.size(), 0);
  std::size_t most = 65536;
  bool empty = false;
  for (auto k : sets) empty |= sets_[k].empty();
  while (!empty) {
    budget_.tick();
    for (std::size_t d = 0; d < sets.size(); ++d) tuple[d] = sets_[sets[d]][digit[d]];
    cone.evaluate(tuple, apply_, out);
    if (out[0] == undefined_value) may_fail = true;
    else members.push_back(out[0]);
    std::size_t d = 0;
    while (d < sets.size() && ++digit[d] == sets_[sets[d]].size()) digit[d++] = 0;
    if (d == sets.size()) break;
    if (members.size() > most) {
      std::sort(members.begin(), members.end());
      members.erase(std::unique(members.begin(), members.end()), members.end());
      most = std::max(most, 2 * members.size());                   // or each further value would have them all sorted
      if (members.size() > 4 * budget_.limits().value_set) break;  // finish() will say that it is too many
    }
  }
  return sets_.intern(std::move(members));
}

void ValueSets::elementwise(NodeId id) {
  const Node& node = graph_[id];
  NodeSets& result = nodes_[id];
  for (NodeId a : node.args) {
    result.fuzzy |= nodes_[a].fuzzy;
    result.cancels |= nodes_[a].cancels;
  }
  if (sum_of_ranges(id) || many_texts(id)) return;
  std::optional<Cone> cone = cone_of(id);
  if (!cone) {  // unknown, but for truth values
    truth_value(id);
    return;
  }
  bool by_i = false, by_n = false;
  for (NodeId in : cone->inputs()) {
    by_i |= nodes_[in].by_i;
    by_n |= nodes_[in].by_n;
    result.fuzzy |= nodes_[in].fuzzy;
  }
  if (result.fuzzy) apply_.mark_near(id);
  std::unordered_map<std::vector<std::uint32_t>, SetId, VectorHash> memo;
  constexpr SetId unmade = 0xffffffffu;
  std::vector<SetId> of_one(cone->inputs().size() == 1 ? sets_.size() : 0, unmade);  // by the set of the only input
  fill(id, by_i, by_n, [&](std::uint32_t i, std::uint32_t n) {
    if (!of_one.empty())
      if (const SetId made = of_one[at(cone->inputs()[0], i, n)]; made != unmade) return made;
    std::vector<std::uint32_t> key;
    for (NodeId in : cone->inputs()) key.push_back(at(in, i, n));
    if (auto it = memo.find(key); it != memo.end()) return it->second;
    const SetId set = image(*cone, key, result.may_fail);
    if (!of_one.empty()) of_one[key[0]] = set;
    else memo.emplace(std::move(key), set);
    return set;
  });
}

}  // namespace rasp
