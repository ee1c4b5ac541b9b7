#include "compiler/cone.h"

#include <algorithm>
#include <cmath>

namespace rasp {

ValueId Applier::operator()(NodeId node, const ValueId* args, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    if (args[i] == undefined_value) return undefined_value;
  Call call{.node = node};
  std::copy(args, args + count, call.args);
  if (const Entry& known = entry(call); known.call.node != no_node) return known.result;
  budget_.tick(8);
  std::vector<Value> operands;
  operands.reserve(count);
  for (std::size_t i = 0; i < count; ++i) operands.push_back(pool_[args[i]]);
  Outcome outcome = rasp::apply(graph_[node], operands);
  ValueId id = undefined_value;
  if (const Value* v = std::get_if<Value>(&outcome)) {
    const bool near = v->kind() == Kind::Float && node < near_.size() && near_[node];
    id = near ? pool_.intern_near(v->number(), 1e-10 * std::max(1.0, std::fabs(v->number()))) : pool_.intern(*v);
  }
  remember(call, id);
  return id;
}

void Applier::remember(const Call& call, ValueId result) {
  if (2 * ++remembered_ > memo_.size()) {
    std::vector<Entry> before(2 * memo_.size());
    before.swap(memo_);
    for (const Entry& e : before)
      if (e.call.node != no_node) entry(e.call) = e;
  }
  entry(call) = {call, result};
}

Cone::Cone(const Graph& graph, std::vector<NodeId> roots, const std::function<bool(NodeId)>& is_input, ValuePool& pool,
           std::size_t most)
    : most_(most) {
  std::vector<bool> seen(1 + (roots.empty() ? 0 : *std::max_element(roots.begin(), roots.end())));  // args come before
  std::vector<NodeId> stack(roots.begin(), roots.end()), constants;
  while (!stack.empty() && !too_large()) {
    const NodeId id = stack.back();
    stack.pop_back();
    if (seen[id]) continue;
    seen[id] = true;
    const Node& node = graph[id];
    if (node.kind == NodeKind::Constant) {
      constants.push_back(id);
    } else if (node.kind != NodeKind::Elementwise || is_input(id)) {
      inputs_.push_back(id);
    } else {
      inner_.push_back(id);
      for (NodeId a : node.args) stack.push_back(a);
    }
  }
  if (too_large()) return;
  std::sort(inputs_.begin(), inputs_.end());
  std::sort(inner_.begin(), inner_.end());
  std::unordered_map<NodeId, std::uint32_t> slot;
  for (NodeId id : inputs_) slot.emplace(id, slot.size());
  slots_.assign(inputs_.size(), undefined_value);
  for (NodeId id : constants) {
    slot.emplace(id, slots_.size());
    slots_.push_back(graph[id].illegal_constant ? undefined_value : pool.intern(graph[id].constant));
  }
  for (NodeId id : inner_) {
    Step step{id, static_cast<std::uint32_t>(slots_.size()), {}};
    for (NodeId a : graph[id].args) step.args.push_back(slot.at(a));
    slot.emplace(id, step.slot);
    slots_.push_back(undefined_value);
    steps_.push_back(std::move(step));
  }
  for (NodeId r : roots) root_slots_.push_back(slot.at(r));
}

void Cone::evaluate(const std::vector<ValueId>& tuple, Applier& apply, std::vector<ValueId>& roots_out) {
  std::copy(tuple.begin(), tuple.end(), slots_.begin());
  ValueId args[3];
  for (const Step& s : steps_) {
    for (std::size_t i = 0; i < s.args.size(); ++i) args[i] = slots_[s.args[i]];
    slots_[s.slot] = apply(s.node, args, s.args.size());
  }
  roots_out.clear();
  for (auto r : root_slots_) roots_out.push_back(slots_[r]);
}

}  // namespace rasp
