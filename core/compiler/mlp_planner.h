// Internal to the planning pass: one MLP unit, from the reachable tuples of a fused expression to neurons' gates and
// steps.
#pragma once
#include "compiler/planner.h"

namespace rasp {

class MlpPlanner {
 public:
  MlpPlanner(Planner& planner, UnitId id) : p_(planner), c_(planner.c_), id_(id) {}
  void run();

 private:
  using Tuple = std::vector<std::uint32_t>;
  // A partial function from tuples of small ids, and a number, to outcomes.
  struct Table {
    std::vector<Tuple> tuples;           // [row][code input]
    std::vector<double> axis;            // [row]; 0 without an axis
    std::vector<std::uint32_t> outcome;  // [row]; no_signature: anything will do
  };
  struct Axis {
    NodeId node;
    double scale;
  };
  struct TooClose {
    NodeId axis;
  };  // thrown within: this form must not be read as one number

  Unit& unit() { return p_.plan_.units[id_]; }
  // plan_mlp.cc: what it reads
  bool is_input(NodeId x);
  bool is_code(NodeId x);
  bool own(NodeId x);
  Cone cone_of(const std::vector<NodeId>& roots);
  void split(const Cone& cone, std::vector<NodeId>& codes, std::vector<NodeId>& axes);
  double tuples(const Cone& cone);
  void clear();
  void choose_inputs();
  bool force(const Cone& cone, bool must, double size);
  bool join_axes(Cone& cone, const std::vector<NodeId>& axes);
  double noise(NodeId axis);
  Rejection too_large(const Cone& cone);
  void hold_condition();
  bool take_apart(const std::vector<NodeId>& axes, double size);
  std::vector<NodeId> listed(const Cone& cone);
  void connect();
  // plan_thresholds.cc: numbers that cannot be listed
  struct Line {
    double low, high, denominator;
    bool sum;
  };  // every value is p/q in [low, high], q ≤ denominator; sum: of several numbers
  std::optional<Line> line_of(NodeId x, int depth);
  std::map<NodeId, SetId> points(const Cone& cone);
  std::optional<SetId> points_on(const Line& line, std::vector<double> constants);
  // mlp_table.cc: the table over reachable tuples
  void visit_tuples(const Cone& cone, const std::function<void(const std::vector<ValueId>&)>& visit);
  void enumerate();
  std::uint32_t number_outcome(ValueId value);
  std::uint32_t class_outcome(const std::vector<ValueId>& roots, const std::vector<ValueId>& tuple);
  Tuple signature_of(const std::vector<ValueId>& roots, bool& any, bool& defined);
  void add_row(const Tuple& key, Tuple row, double axis, std::uint32_t outcome, bool rounded);
  using Behaviour = std::map<std::vector<double>, std::uint32_t>;  // the other inputs and the axis → outcome
  static void note(Behaviour& cells, std::vector<double> key, std::uint32_t outcome);
  static bool fits(const Behaviour& group, const Behaviour& cells);
  bool compatible_steps(const Behaviour& a, const Behaviour& b);
  std::unordered_map<std::uint32_t, std::uint32_t> groups_of_input(std::size_t d);
  void merge_values();
  // mlp_rows.cc: neurons
  bool emits(std::uint32_t outcome);
  void lookups();
  void steps();
  void fit_line(StepRow& row, const std::vector<std::pair<double, std::uint32_t>>& curve);

  Planner& p_;
  PlanContext& c_;
  UnitId id_;
  std::vector<NodeId> roots_, code_inputs_;
  std::vector<std::size_t> root_of_demand_;
  std::set<NodeId> forced_;
  std::set<NodeId> apart_;  // linear forms whose parts must be read apart: in float32 different outcomes fall together
  bool passes_ = false;     // a number under a condition, to be passed on
  std::vector<Axis> axis_;  // numbers that are read as one: Σ scale·number; empty: a table of codes alone
  Table table_;
  std::unordered_map<Tuple, std::size_t, VectorHash>
      row_of_;  // by canonical values: 1, 1.0 and True look alike to a neuron
  std::map<Tuple, std::uint32_t> classes_;
  std::map<double, std::uint32_t> number_index_;
  std::vector<std::set<ValueId>> class_values_;
  bool can_show_ = false;  // its classes are values of the unit's own node
  std::size_t shown_root_ = 0;
  std::vector<bool> silent_;
  std::vector<std::unordered_map<std::uint32_t, std::uint32_t>> merged_;
  std::vector<std::uint32_t> counts_;
};

}  // namespace rasp
