// Internal to the planning pass: see plan.h.
#pragma once
#include <functional>
#include <set>
#include <tuple>
#include "compiler/plan.h"

namespace rasp {

constexpr double largest_number = 1 << 20;  // stored numbers beyond this would lose their neighbours in float32

// The program cannot be compiled, because of what stands at `node`.
Rejection refusal(const Graph& graph, NodeId node, std::string code, std::string message, std::string hint,
                  std::string error_class = "unsupported");

class Planner {
 public:
  explicit Planner(PlanContext context);
  Plan run(NodeId output);

 private:
  // planner.cc: reading
  bool code_leaf(NodeId leaf) const;
  bool numeric_rows(NodeId aggregate) const;
  bool one_mean(NodeId aggregate) const;
  CodeRead code(NodeId x, Demand demand);
  UnitId unit(UnitKind kind, NodeId node, std::vector<NodeId> joint = {});
  UnitId code_unit(NodeId x);
  Rejection out_of_order(UnitId u) const;
  Rejection not_listed(NodeId x) const;
  std::uint32_t add_demand(UnitId u, Demand demand);
  const Node& node(NodeId id) const { return c_.graph[id]; }
  ValueId value_of(NodeId x, NodeId leaf, ValueId v);
  void require_known(NodeId x);
  // planner.cc: units
  void plan_unit(UnitId id);
  void plan_leaf_classes(Unit& u);
  void plan_aggregate_code(UnitId id);
  void plan_aggregate_number(UnitId id);
  void plan_width(UnitId id);
  double largest_total(NodeId value) const;
  LinearForm summed_value(NodeId value);
  void find_held(NodeId output);
  // plan_output.cc
  void plan_output(NodeId output);
  bool number_output(NodeId output);
  bool plan_lines(NodeId output);
  bool ints(NodeId x) const;
  // plan_numbers.cc
  bool free_linear(NodeId x, int depth = 0);
  bool has_number(NodeId x);
  bool stored(NodeId x) const { return c_.stored && c_.stored->count(x); }
  bool is_choice(NodeId x) const;
  const std::vector<NodeId>& terms_of(NodeId x) const;
  bool is_sum(NodeId x);
  bool wide_sum(NodeId x);
  bool affine_in_indices(NodeId x, double& a, double& b);
  std::size_t factor_of(const Node& n) const;
  double coefficient(const Node& n, std::size_t argument) const;
  bool few_large(NodeId x) const;
  bool few_steps(NodeId x) const;
  LinearForm term(NodeId x);
  LinearForm number(NodeId x);
  // plan_selection.cc
  std::uint32_t selection(NodeId selector, bool width);
  std::uint8_t relations(const SelectorAtom& atom) const;
  Literal literal(const std::vector<NodeId>& factors);
  UnitId side_unit(const std::vector<NodeId>& nodes, NodeId fallback);
  void add_side_demands(Literal& literal);
  void add_atom_demands(const Literal& literal, Literal::Atom& atom, bool every_query, bool every_key);
  std::vector<ValueId> told_apart(NodeId x);
  void select_all_of(const Conjunction& conjunction, Selection& selection);
  Literal literal_of(Conjunction atoms);
  void add_literal(Literal literal, Selection& selection);
  struct Group {
    std::set<NodeId> keys, queries;
    std::vector<NodeId> factors;
  };  // conjuncts, and the s-ops that they compare
  std::vector<Group> groups_of(NodeId selector) const;
  // plan_mlp.cc
  void plan_mlp(UnitId id);

  PlanContext c_;
  Plan plan_;
  std::vector<NodeId> base_;
  std::vector<bool> held_;  // heads read it
  std::map<std::tuple<UnitKind, NodeId, std::vector<NodeId>>, UnitId> units_;
  std::set<std::tuple<NodeId, int, UnitId>> pending_;
  std::map<std::pair<NodeId, bool>, std::uint32_t> selections_;
  mutable std::map<NodeId, bool> code_leaf_memo_;
  mutable std::map<NodeId, std::uint32_t> linear_memo_;  // terms of the form when written out; 0: not linear
  mutable std::map<NodeId, bool> wide_memo_;
  friend class MlpPlanner;
};

}  // namespace rasp
