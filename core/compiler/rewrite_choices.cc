// Chains of choices by one s-op: `a if c == 0 else (b if c == 1 else …)`. What they give depends on c and on one arm,
// not on all of them.
#include <algorithm>

#include "compiler/rewriter.h"

namespace rasp {

// The arms of choice_ below `id`, each with the condition under which it is chosen (a function of chosen_by_). false:
// too many.
bool Rewriter::collect_arms(NodeId id, NodeId guard, std::vector<Arm>& arms) {
  struct Place {
    NodeId node, guard;
  };
  std::vector<Place> stack{{id, guard}};
  while (!stack.empty()) {
    const Place at = stack.back();
    stack.pop_back();
    budget_.tick();
    const Node& n = graph_[at.node];
    const bool inner = n.kind == NodeKind::Elementwise && n.op == Op::Choose && !n.table &&
                       (at.node == choice_ || link_[at.node]) && base_[n.args[0]] == chosen_by_;
    if (!inner) {
      arms.push_back({at.guard, at.node});
      if (arms.size() > effort_.arms) return false;
      continue;
    }
    const NodeId holds = result_.target[n.args[0]], fails = make(Op::Not, {holds});
    const auto both = [&](NodeId c) { return at.guard == no_node ? c : make(Op::And, {at.guard, c}); };
    stack.push_back({n.args[2], both(fails)});
    stack.push_back({n.args[1], both(holds)});
  }
  return true;
}

// The terms of a choice: v where v is chosen, else 0, for each arm v; arms that are functions of the s-op that chooses
// are one term. Made before the choice itself, since the planner takes s-ops from the last to the first. None where it
// is small as it is.
std::vector<NodeId> Rewriter::terms_of_choice(NodeId id) {
  const Node& node = graph_[id];
  if (node.op != Op::Choose || node.table || link_[id] || !options_.differences) return {};
  choice_ = id;
  chosen_by_ = base_[node.args[0]];
  if (chosen_by_ == no_node || chosen_by_ == base_[id] || !sets_.known(chosen_by_) || !sets_.known(id) ||
      !finite_numbers(id))
    return {};
  std::vector<Arm> arms;
  if (!collect_arms(id, no_node, arms)) return {};
  std::map<NodeId, std::vector<NodeId>> guards;  // by arm
  double combinations = static_cast<double>(sets_.all(chosen_by_).size());
  std::size_t foreign = 0;
  for (const Arm& arm : arms) {
    if (!finite_numbers(arm.value)) return {};
    auto [it, fresh] = guards.try_emplace(arm.value);
    it->second.push_back(arm.guard);
    if (!fresh || base_[arm.value] == no_node || base_[arm.value] == chosen_by_) continue;
    combinations *= static_cast<double>(sets_.all(arm.value).size());
    ++foreign;
  }
  if (foreign < 2 || combinations <= effort_.early_table_of_terms) return {};
  const NodeId zero = constant(Value::integer(std::int64_t{0}));
  std::vector<NodeId> terms;
  NodeId own = zero;  // the arms that are functions of chosen_by_
  for (const auto& [value, conditions] : guards) {
    const NodeId guard = balanced(Op::Or, conditions), arm = result_.target[value];
    if (base_[value] == no_node || base_[value] == chosen_by_) own = make(Op::Choose, {guard, arm, own});
    else terms.push_back(make(Op::Choose, {guard, arm, zero}));
  }
  if (own != zero) terms.push_back(own);
  return terms;
}

}  // namespace rasp
