// Long chains of one operation: what they give depends on many s-ops, but not on their combinations.
#include <algorithm>
#include <cmath>

#include "compiler/rewriter.h"

namespace rasp {

// Nodes that only serve a larger expression of the same operation.
void Rewriter::find_links(const std::vector<bool>& needed, NodeId output) {
  std::vector<bool> used(graph_.size(), false), elsewhere(graph_.size(), false);
  for (NodeId id = 0; id <= output; ++id) {
    if (!needed[id]) continue;
    for (NodeId a : graph_[id].args) {
      used[a] = true;
      if (graph_[id].kind != NodeKind::Elementwise || graph_[id].table || graph_[a].op != graph_[id].op)
        elsewhere[a] = true;
    }
  }
  link_.assign(graph_.size(), false);
  for (NodeId id = 0; id < output; ++id)
    link_[id] = used[id] && !elsewhere[id] && graph_[id].kind == NodeKind::Elementwise && !graph_[id].table;
}

std::vector<NodeId> Rewriter::operands_of_chain(NodeId root) {
  std::vector<NodeId> result, stack{root};
  std::set<NodeId> seen;
  while (!stack.empty()) {
    const NodeId id = stack.back();
    stack.pop_back();
    budget_.tick();
    if (!seen.insert(id).second) continue;
    if (id == root || (link_[id] && graph_[id].op == graph_[root].op))
      stack.insert(stack.end(), graph_[id].args.rbegin(), graph_[id].args.rend());
    else result.push_back(id);
  }
  return result;
}

NodeId Rewriter::balanced(Op op, std::vector<NodeId> parts) {
  while (parts.size() > 1) {
    std::vector<NodeId> next;
    for (std::size_t i = 0; i < parts.size(); i += 2)
      next.push_back(i + 1 < parts.size() ? make(op, {parts[i], parts[i + 1]}) : parts[i]);
    parts = std::move(next);
  }
  return parts.front();
}

// The operands of a chain of `and` or `or`, by the s-op that they are functions of; none where it is no such chain.
std::map<NodeId, std::vector<NodeId>> Rewriter::truths(NodeId id) {
  const Node& node = graph_[id];
  std::map<NodeId, std::vector<NodeId>> by_base;
  if (node.kind != NodeKind::Elementwise || (node.op != Op::And && node.op != Op::Or) || node.table || link_[id])
    return by_base;
  for (NodeId x : operands_of_chain(id)) by_base[base_[x]].push_back(x);
  if (by_base.count(no_node)) by_base.clear();
  return by_base;
}

// `a and b and …`: all of k truth values hold if k of them do, and one of them if their number is above 0: a sum, which
// every reader adds up for itself, instead of a table over their combinations. Operands that are functions of the same
// s-op count as one.
NodeId Rewriter::count_of_truths(NodeId id) {
  const auto by_base = truths(id);
  if (by_base.size() < 2 || std::ldexp(1, static_cast<int>(by_base.size())) <= most_combinations_) return no_node;
  const Op op = graph_[id].op;
  std::vector<NodeId> truths;
  for (const auto& [base, operands] : by_base) {
    std::vector<NodeId> parts;
    for (NodeId x : operands) parts.push_back(result_.target[x]);
    truths.push_back(balanced(op, std::move(parts)));
  }
  return any_or_all(op, std::move(truths));
}

// The count of truths of different s-ops (of the result), compared with what `op` asks for.
NodeId Rewriter::any_or_all(Op op, std::vector<NodeId> truths) {
  const auto all = static_cast<std::int64_t>(truths.size());
  for (NodeId& t : truths) t = make(Op::Indicator, {t});
  const NodeId sum = balanced(Op::Add, std::move(truths));
  return op == Op::And ? make(Op::Eq, {sum, constant(Value::integer(all))})
                       : make(Op::Gt, {sum, constant(Value::integer(std::int64_t{0}))});
}

// Do all of these hold (truth values of the result)?
NodeId Rewriter::all_of(std::vector<NodeId> truths) {
  std::sort(truths.begin(), truths.end());
  truths.erase(std::unique(truths.begin(), truths.end()), truths.end());
  if (truths.empty()) return constant(Value::boolean(true));
  const bool count = truths.size() > 1 && std::ldexp(1, static_cast<int>(truths.size())) > most_combinations_;
  return count ? any_or_all(Op::And, std::move(truths)) : balanced(Op::And, std::move(truths));
}

// Is there a chain that becomes a count before it must?
bool Rewriter::count_differs(const std::vector<bool>& needed, NodeId output) {
  if (!options_.differences) return false;
  for (NodeId id = 0; id <= output; ++id) {
    if (!needed[id]) continue;
    const std::size_t operands = truths(id).size();
    const double combinations = std::ldexp(1, static_cast<int>(operands));
    if (operands >= 2 && combinations > effort_.early_table_of_terms && combinations <= effort_.table_of_terms)
      return true;
  }
  return false;
}

}  // namespace rasp
