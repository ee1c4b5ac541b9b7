// How W_U reads the output: as a number, as lines over a number, or as one-hot values.
#include <algorithm>
#include <cmath>
#include <limits>

#include "base/agree.h"
#include "compiler/planner.h"

namespace rasp {

// A function of one number whose every value belongs to one interval of it needs no MLP: W_U reads it as lines.
bool Planner::plan_lines(NodeId output) {
  if (!c_.options.passes.fold || !c_.options.passes.fuse || free_linear(output) ||
      node(output).kind != NodeKind::Elementwise || base_[output] == no_node)
    return false;
  auto number_input = [&](NodeId x) {
    return x != output && base_[x] != no_node && !code_leaf(base_[x]) && free_linear(x) && has_number(x);
  };
  Cone cone(c_.graph, {output}, number_input, c_.values);
  if (cone.inputs().size() != 1) return false;
  const NodeId axis = cone.inputs()[0];
  if (code_leaf(axis) || !free_linear(axis) || !c_.sets.numeric(axis)) return false;
  struct Point {
    double x;
    ValueId value;
  };
  std::vector<Point> points;
  std::vector<ValueId> out;
  for (ValueId v : c_.sets.all(axis)) {
    cone.evaluate({v}, c_.apply, out);
    if (out[0] != undefined_value) points.push_back({c_.values.number(v), out[0]});
  }
  std::stable_sort(points.begin(), points.end(), [](const Point& a, const Point& b) { return a.x < b.x; });
  std::vector<ValueId> columns;
  std::vector<double> thresholds, gaps;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto same = [&](ValueId v) { return one_number(c_.values[v], c_.values[points[i].value]); };
    if (!columns.empty() && same(columns.back())) continue;
    if (std::any_of(columns.begin(), columns.end(), same)) return false;
    if (i > 0) {
      if (nearly_equal(points[i].x, points[i - 1].x)) return false;
      thresholds.push_back((points[i].x + points[i - 1].x) / 2);
      gaps.push_back(points[i].x - points[i - 1].x);
    }
    columns.push_back(points[i].value);
  }
  if (columns.size() < 2) return false;
  plan_.output_kind = ReadKind::Lines;
  plan_.output_values = std::move(columns);
  plan_.output_thresholds = std::move(thresholds);
  plan_.output_gaps = std::move(gaps);
  plan_.output_number = number(axis);
  return true;
}

// Is its value an int wherever it has one?
bool Planner::ints(NodeId x) const {
  const auto all_ints = [&](std::size_t from) {
    return std::all_of(node(x).args.begin() + static_cast<std::ptrdiff_t>(from), node(x).args.end(),
                       [&](NodeId a) { return ints(a); });
  };
  if (c_.sets.known(x))
    return std::all_of(c_.sets.all(x).begin(), c_.sets.all(x).end(),
                       [&](ValueId v) { return c_.values[v].kind() == Kind::Int; });
  if (node(x).kind == NodeKind::SelectorWidth) return node(x).args.size() == 1 || ints(node(x).args[1]);
  if (node(x).kind != NodeKind::Elementwise || node(x).table) return false;
  switch (node(x).op) {
    case Op::Round: return true;
    case Op::Add:
    case Op::Sub:
    case Op::Mul:
    case Op::Neg:
    case Op::Pos: return all_ints(0);
    case Op::Choose: return all_ints(1);
    default: return false;
  }
}

// Is the output read as one number?
bool Planner::number_output(NodeId output) {
  if (c_.sets.numeric(output)) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    double largest = 0, gap = infinity, previous = -infinity;
    for (ValueId v : c_.sets.all(output)) {
      const double x = c_.values.number(v);
      largest = std::isfinite(x) ? std::max(largest, std::fabs(x)) : infinity;
      if (largest == infinity) break;
      if (x > previous && previous != -infinity && !floats_agree(x, previous)) gap = std::min(gap, x - previous);
      previous = x;
    }
    bool as_number = largest < largest_number && gap > 4e-6 * std::max(1.0, largest);
    if (auto e = c_.options.promises.numerical.find(output); e != c_.options.promises.numerical.end())
      as_number = e->second;
    if (as_number && !free_linear(output) && c_.sets.all(output).size() <= 2 &&
        !c_.options.promises.numerical.count(output))
      as_number = false;
    // Truth values read best as two logits.
    const bool bools = std::all_of(c_.sets.all(output).begin(), c_.sets.all(output).end(),
                                   [&](ValueId v) { return c_.values[v].kind() == Kind::Bool; });
    return as_number && !bools;
  }
  if (c_.sets.known(output) || !free_linear(output)) return false;
  plan_.output_whole = ints(output);
  if (!plan_.output_whole)
    plan_.inexact.push_back("the values of the output cannot be listed, so they are not rounded to the nearest one");
  return true;
}

void Planner::plan_output(NodeId output) {
  const Node& n = node(output);
  if (n.kind == NodeKind::Constant) {
    if (n.illegal_constant)
      throw refusal(c_.graph, output, "no-output", "The output is not an s-op whose elements are atoms",
                    "Choose another output.");
    plan_.output_values = {c_.values.intern(n.constant)};
    plan_.output_implicit = 0;
    plan_.output_code = {no_unit, 0};
    return;
  }
  if (n.kind == NodeKind::Elementwise && base_[output] == no_node) {  // of constants alone
    Cone cone(
        c_.graph, {output}, [](NodeId) { return false; }, c_.values);
    std::vector<ValueId> out;
    cone.evaluate({}, c_.apply, out);
    if (out[0] != undefined_value) plan_.output_values = out, plan_.output_implicit = 0;
    plan_.output_code = {no_unit, 0};
    return;
  }
  if (!c_.options.promises.numerical.count(output) && plan_lines(output)) return;
  if (number_output(output)) {
    plan_.output_kind = ReadKind::Number;
    plan_.output_number = number(output);
    return;
  }
  require_known(output);
  Demand demand;
  for (ValueId v : c_.sets.all(output)) {  // ascending
    auto [it, fresh] =
        demand.signature.emplace(c_.values.canonical(v), static_cast<std::uint32_t>(plan_.output_values.size()));
    if (!fresh) continue;
    if (!plan_.output_values.empty() && one_number(c_.values[plan_.output_values.back()], c_.values[v])) {
      --it->second;
      continue;
    }
    plan_.output_values.push_back(v);
    demand.read.push_back(true);
  }
  if (c_.options.passes.drop && !plan_.output_values.empty()) {
    // One column needs no dimension: a bias of ½ wins exactly where no other column is 1.
    plan_.output_implicit = 0;
    demand.read[0] = false;
  }
  plan_.output_code = code(output, std::move(demand));
}

}  // namespace rasp
