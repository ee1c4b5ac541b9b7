// A text put together and compared with a constant: its parts are compared each for itself.
#include <algorithm>

#include "compiler/rewriter.h"

namespace rasp {

// The parts of a concatenation, left to right; empty where one may be no string, or their values are not known.
std::vector<NodeId> Rewriter::parts_of_text(NodeId id) {
  std::vector<NodeId> parts, stack{id};
  while (!stack.empty() && parts.size() <= effort_.text_parts) {
    const NodeId x = stack.back();
    stack.pop_back();
    const Node& n = graph_[x];
    if (n.kind == NodeKind::Elementwise && n.op == Op::Add && !n.table) {
      stack.push_back(n.args[1]);
      stack.push_back(n.args[0]);
      continue;
    }
    const bool strings =
        sets_.known(x) && !sets_.all(x).empty() &&
        std::all_of(sets_.all(x).begin(), sets_.all(x).end(), [&](ValueId v) { return values_[v].is_string(); });
    if (!strings) return {};
    parts.push_back(x);
  }
  return parts.size() >= 2 && parts.size() <= effort_.text_parts ? parts : std::vector<NodeId>{};
}

// `parts == text`: for each way to cut the text, all parts are what is cut for them. no_node: too many ways.
NodeId Rewriter::text_equals(const std::vector<NodeId>& parts, const std::string& text) {
  struct Cut {
    std::size_t part, at;
    std::vector<NodeId> truths;
  };
  std::vector<Cut> stack{{0, 0, {}}};
  std::vector<NodeId> ways;
  std::size_t steps = 0;
  while (!stack.empty()) {
    Cut cut = std::move(stack.back());
    stack.pop_back();
    if (++steps > effort_.text_cuts) return no_node;
    if (cut.part == parts.size()) {
      if (cut.at == text.size()) ways.push_back(all_of(std::move(cut.truths)));
      continue;
    }
    const NodeId part = parts[cut.part];
    for (ValueId v : sets_.all(part)) {
      budget_.tick();
      const std::string piece = values_[v].str();
      if (text.compare(cut.at, piece.size(), piece) != 0) continue;
      Cut next{cut.part + 1, cut.at + piece.size(), cut.truths};
      if (sets_.all(part).size() > 1) next.truths.push_back(make(Op::Eq, {result_.target[part], constant(values_[v])}));
      stack.push_back(std::move(next));
    }
  }
  if (ways.empty()) return constant(Value::boolean(false));
  return balanced(Op::Or, std::move(ways));
}

NodeId Rewriter::text_comparison(NodeId id) {
  const Node& node = graph_[id];
  if (node.args.size() != 2 || (node.op != Op::Eq && node.op != Op::Ne) || node.table) return no_node;
  const int side = graph_[node.args[0]].kind == NodeKind::Constant ? 0 : 1;
  const Node& other = graph_[node.args[side]];
  if (other.kind != NodeKind::Constant || other.illegal_constant || !other.constant.is_string()) return no_node;
  const auto parts = parts_of_text(node.args[1 - side]);
  double combinations = 1;
  for (NodeId p : parts) combinations *= static_cast<double>(sets_.all(p).size());
  if (combinations <= effort_.text_table) return no_node;
  const NodeId same = text_equals(parts, other.constant.str());
  if (same == no_node) return no_node;
  if (node.kind == NodeKind::Select)
    return make(NodeKind::Select,
                {side == 1 ? same : constant(Value::boolean(true)), side == 1 ? constant(Value::boolean(true)) : same},
                node.op);
  return node.op == Op::Eq ? same : make(Op::Not, {same});
}

}  // namespace rasp
