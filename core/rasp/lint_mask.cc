#include "rasp/lint_mask.h"

#include <algorithm>

#include "base/text.h"

namespace rasp {
namespace {

class MaskLint {
 public:
  MaskLint(const Elaboration& program, const Evaluation& masked, const Evaluation& unmasked,
           std::span<const Value> input, Diagnostics& diagnostics)
      : program_(program),
        graph_(program.graph),
        masked_(masked),
        unmasked_(unmasked),
        n_(masked.n),
        input_(input),
        diagnostics_(diagnostics) {}

  void run() {
    if (n_ == 0) return;
    for (const Use& use : program_.uses) {
      if (graph_[use.node].kind == NodeKind::Select && graph_[use.node].span == use.span) look_at_selector(use);
    }
    for (const Use& use : program_.uses) {
      if (graph_[use.node].kind == NodeKind::Aggregate && graph_[use.node].span == use.span) look_at_default(use);
    }
  }

 private:
  struct Hidden {
    std::uint32_t rows = 0;
    std::uint32_t row = 0, key = 0;  // the first one, and its first key
    bool nothing = true;             // no row selects anything up to its own position
  };

  bool evaluated(NodeId id) const {
    return masked_.matrices[id].n == n_ && unmasked_.matrices[id].n == n_ && masked_.defined(id) &&
           unmasked_.defined(id);
  }

  // Rows whose keys, without the mask, lie ahead, all of them. `empty`: only those that see nothing with it.
  Hidden hidden(NodeId id, bool empty) const {
    Hidden out;
    const Matrix &with = masked_.matrices[id], &without = unmasked_.matrices[id];
    for (std::uint32_t q = 0; q < n_; ++q) {
      std::uint32_t first = 0;
      while (first < n_ && !without.at(q, first)) ++first;
      bool sees = false;
      for (std::uint32_t k = 0; k <= q; ++k) sees |= with.at(q, k);
      if (first <= q) out.nothing = false;
      else if (first < n_ && !(empty && sees) && out.rows++ == 0) out.row = q, out.key = first;
    }
    return out;
  }

  // Keys that say nothing of the tokens: such a selector asks for places.
  bool positional(NodeId id, int depth = 0) const {
    const Node& n = graph_[id];
    if (n.kind == NodeKind::Indices) return true;
    if (n.kind != NodeKind::Elementwise || n.table || depth > 20) return false;
    bool any = false;
    for (NodeId a : n.args) {
      if (graph_[a].kind == NodeKind::Constant) continue;
      if (!positional(a, depth + 1)) return false;
      any = true;
    }
    return any;
  }

  std::string place(std::uint32_t position) const {
    return "position " + std::to_string(position) + " (" + cut(input_[position].repr(), 12) + ")";
  }

  void look_at_selector(const Use& use) {
    const Node& n = graph_[use.node];
    if (!evaluated(use.node)) return;
    const Hidden h = hidden(use.node, false);
    if (h.rows == 0 || !(h.nothing || (n.op == Op::Eq && positional(n.args[0])))) return;
    reported_.push_back(use.node);
    diagnostics_.warning("hidden-by-mask",
                         "\"" + cut(graph_.describe(use.node), 60) + "\" looks ahead, which the causal mask hides: " +
                             place(h.row) + " would select position " + std::to_string(h.key),
                         use.span, "Ask for positions up to the own one, or write #@ causal off.");
  }

  bool reported(NodeId id) const {
    if (std::find(reported_.begin(), reported_.end(), id) != reported_.end()) return true;
    const Node& n = graph_[id];
    if (n.kind != NodeKind::SelectorAnd && n.kind != NodeKind::SelectorOr && n.kind != NodeKind::SelectorNot)
      return false;
    return std::any_of(n.args.begin(), n.args.end(), [&](NodeId a) { return reported(a); });
  }

  void look_at_default(const Use& use) {
    const Node& n = graph_[use.node];
    const NodeId selector = n.args[0];
    if (!evaluated(selector) || reported(selector)) return;
    const Hidden h = hidden(selector, true);
    if (2 * h.rows <= n_) return;
    diagnostics_.warning("mostly-default",
                         "The default " + n.constant.repr() + " stands at " + std::to_string(h.rows) + " of " +
                             std::to_string(n_) +
                             " positions of this input, because what would be selected lies ahead, where the causal "
                             "mask hides it: the first is " +
                             place(h.row),
                         use.span, "Ask for positions up to the own one, or write #@ causal off.");
  }

  const Elaboration& program_;
  const Graph& graph_;
  const Evaluation &masked_, &unmasked_;
  std::uint32_t n_;
  std::span<const Value> input_;
  Diagnostics& diagnostics_;
  std::vector<NodeId> reported_;
};

}  // namespace

void lint_mask(const Elaboration& program, const Evaluation& masked, const Evaluation& unmasked,
               std::span<const Value> input, Diagnostics& diagnostics) {
  MaskLint(program, masked, unmasked, input, diagnostics).run();
}

}  // namespace rasp
