// Internal to the rewriting pass: one walk over the graph, operands before users.
#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include "compiler/effort.h"
#include "compiler/rewrite.h"
#include "compiler/selector_forms.h"

namespace rasp {

class Rewriter {
 public:
  Rewriter(const Graph& graph, const ValueSets& sets, const ValuePool& values, const RewriteOptions& options,
           Budget& budget)
      : graph_(graph), sets_(sets), values_(values), options_(options), budget_(budget), base_(bases_of(graph, true)) {
    result_.graph = Graph(graph.dialect());
    result_.target.assign(graph.size(), no_node);
  }
  Rewritten run(NodeId output);

 private:
  void walk(NodeId output, const std::vector<bool>& needed);
  void keep_name(const Node& node, NodeId made);
  NodeId add(Node node);
  NodeId constant(Value v);
  NodeId make(Op op, std::vector<NodeId> args);
  NodeId make(NodeKind kind, std::vector<NodeId> args, Op op = Op::Eq);
  NodeId converted_tokens(const Node& node);
  bool finite_numbers(NodeId id) const;
  NodeId elementwise(NodeId id);
  bool ints_only(NodeId id) const;
  NodeId count_of_product(NodeId product);
  std::optional<NodeId> sum_over(NodeId mean, NodeId factor, int depth);
  bool ints_or_bools(NodeId id) const;
  NodeId conjunction_selector(const Conjunction& c);
  NodeId everything();
  bool always_true(NodeId id) const;
  NodeId mask_selector(const SelectorAtom& atom);
  NodeId default_apart(const Node& node);
  NodeId width(NodeId id);
  // rewrite_chains.cc
  void find_links(const std::vector<bool>& needed, NodeId output);
  std::vector<NodeId> operands_of_chain(NodeId root);
  NodeId balanced(Op op, std::vector<NodeId> parts);
  std::map<NodeId, std::vector<NodeId>> truths(NodeId id);
  NodeId all_of(std::vector<NodeId> truths);
  NodeId any_or_all(Op op, std::vector<NodeId> truths);
  NodeId count_of_truths(NodeId id);
  bool count_differs(const std::vector<bool>& needed, NodeId output);
  // rewrite_text.cc
  std::vector<NodeId> parts_of_text(NodeId id);
  NodeId text_equals(const std::vector<NodeId>& parts, const std::string& text);
  NodeId text_comparison(NodeId id);
  // rewrite_choices.cc
  struct Arm {
    NodeId guard, value;
  };  // of result_.graph, and of graph_
  bool collect_arms(NodeId id, NodeId guard, std::vector<Arm>& arms);
  std::vector<NodeId> terms_of_choice(NodeId id);
  // rewrite_remainders.cc
  std::optional<std::pair<std::int64_t, std::int64_t>> range_of_ints(NodeId id) const;
  NodeId remainder(NodeId id);

  const std::vector<ValueId>& members_at(NodeId id, std::uint32_t i, std::uint32_t n) {
    return sets_.members(id, i, n);
  }
  const Graph& graph_;
  const ValueSets& sets_;
  const ValuePool& values_;
  const RewriteOptions& options_;
  Budget& budget_;
  Effort effort_;
  NodeId choice_ = no_node,
         chosen_by_ =
             no_node;  // the choice whose arms are collected, and the s-op that its conditions are functions of
  double most_combinations_ = 0;  // of the operands of an `and` or `or`, before it becomes a count
  std::vector<NodeId> base_;
  std::vector<bool> link_;  // only serves a larger expression of the same operation
  NodeId current_ = 0;
  Rewritten result_;
};

}  // namespace rasp
