// x % c of an int with a wide range: digit by digit.
#include <algorithm>

#include "compiler/rewriter.h"

namespace rasp {

// The least and the greatest that an s-op of ints can be: of a sum over keys too many to list, as many times its
// largest term as there are keys.
std::optional<std::pair<std::int64_t, std::int64_t>> Rewriter::range_of_ints(NodeId id) const {
  const auto ends = [&](NodeId x) -> std::optional<std::pair<std::int64_t, std::int64_t>> {
    if (sets_.all(x).empty()) return std::nullopt;
    const auto low = values_[sets_.all(x).front()].int64(), high = values_[sets_.all(x).back()].int64();
    return low && high ? std::optional(std::pair(*low, *high)) : std::nullopt;
  };
  if (ints_only(id)) return ends(id);
  const Node& sum = result_.graph[result_.target[id]];
  if (sum.kind != NodeKind::SelectorWidth || sum.args.size() != 2) return std::nullopt;
  const NodeId term = result_.origin[sum.args[1]];
  const auto terms = term == no_node || !ints_only(term) ? std::nullopt : ends(term);
  if (!terms || std::max(std::abs(terms->first), std::abs(terms->second)) > (1 << 24)) return std::nullopt;
  const std::int64_t n = sets_.max_length();
  return std::pair(std::min<std::int64_t>(0, n * terms->first), std::max<std::int64_t>(0, n * terms->second));
}

// x % c for a number x with many values, such as a sum over many keys, and a constant int c > 0. As one table it would
// have as many steps as x has values, most of which fire at once. Instead multiples of c are taken away, the largest
// first: x % (16c), of that % (4c), of that % c, each the difference of what was left and the multiple below it, which
// has few values. no_node: x is small, or no such number.
NodeId Rewriter::remainder(NodeId id) {
  const Node& node = graph_[id];
  if (node.table || node.args.size() != 2) return no_node;
  const NodeId x = node.args[0];
  const Node& divisor = graph_[node.args[1]];
  const auto c = divisor.kind == NodeKind::Constant && !divisor.illegal_constant && divisor.constant.kind() == Kind::Int
                     ? divisor.constant.int64()
                     : std::nullopt;
  const auto range = c && *c > 0 ? range_of_ints(x) : std::nullopt;
  if (!range) return no_node;
  const auto [low, high] = *range;
  if (high - low < effort_.values_of_remainder) return no_node;
  if (ints_only(x) && sets_.all(x).size() < static_cast<std::size_t>(effort_.values_of_remainder))
    return no_node;  // far apart
  // What is held as a code has a dimension a value anyway.
  if (const NodeKind source = graph_[base_[x]].kind;
      source != NodeKind::SelectorWidth && source != NodeKind::Elementwise)
    return no_node;
  constexpr std::int64_t largest = 1 << 24;
  if (low < -largest || high > largest) return no_node;
  const std::int64_t below = low >= 0 ? 0 : (-low + *c - 1) / *c * *c;  // what makes it positive, a multiple of c
  NodeId left = result_.target[x];
  if (below > 0) left = make(Op::Add, {left, constant(Value::integer(below))});
  std::int64_t part = *c;
  while (part * effort_.parts_of_remainder <= high + below) part *= effort_.parts_of_remainder;
  for (; part >= *c; part /= effort_.parts_of_remainder) {
    const NodeId multiple = make(Op::Sub, {left, make(Op::Mod, {left, constant(Value::integer(part))})});
    result_.stored.insert(multiple);
    left = make(Op::Sub, {left, multiple});
  }
  return left;
}

}  // namespace rasp
