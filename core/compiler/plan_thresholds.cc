// Numbers whose values are too many to list, read by comparisons with constants: what counts is on which side of each
// constant a value lies, so the table holds a few points instead of all values.
#include <algorithm>
#include <cmath>

#include "compiler/mlp_planner.h"

namespace rasp {
namespace {

constexpr double most_exact = 0x1p20;  // ints up to here, so that a double keeps a mean of them apart from any other

// How near a fraction p/q, 1 ≤ q ≤ denominator, comes to c without being c.
double nearest_other(double c, double denominator) {
  double nearest = 1;
  for (double q = 1; q <= denominator; ++q) {
    const double off = std::fabs(c * q - std::round(c * q));
    const bool equal = std::round(c * q) / q == c;  // as the interpreter divides
    nearest = std::min({nearest, (equal ? 1 : off) / q, (1 - off) / q});
  }
  return nearest;
}

}  // namespace

// Ints, sums of ints, and a mean of ints, alone or with ints added: every value is a fraction with a small denominator.
std::optional<MlpPlanner::Line> MlpPlanner::line_of(NodeId x, int depth) {
  const Node& n = c_.graph[x];
  if (depth > 64) return std::nullopt;
  const auto whole = [&](NodeId id) -> std::optional<Line> {
    if (!c_.sets.numeric(id)) return std::nullopt;
    Line line{most_exact, -most_exact, 1, false};
    for (ValueId v : c_.sets.all(id)) {
      const double k = c_.values.number(v);
      if (k != std::floor(k) || std::fabs(k) >= most_exact) return std::nullopt;
      line.low = std::min(line.low, k);
      line.high = std::max(line.high, k);
    }
    return line;
  };
  if (c_.sets.known(x)) return whole(x);
  if (n.kind == NodeKind::Aggregate) {
    auto line = whole(n.args[1]);
    if (!line || !n.constant.is_number() || n.constant.number() != std::floor(n.constant.number()) ||
        std::fabs(n.constant.number()) >= most_exact)
      return std::nullopt;
    line->low = std::min(line->low, n.constant.number());
    line->high = std::max(line->high, n.constant.number());
    line->denominator = c_.sets.max_length();
    return line;
  }
  if (n.kind != NodeKind::Elementwise || n.table || (n.op != Op::Add && n.op != Op::Sub)) return std::nullopt;
  const auto a = line_of(n.args[0], depth + 1), b = line_of(n.args[1], depth + 1);
  if (!a || !b || (a->denominator > 1 && b->denominator > 1)) return std::nullopt;
  const bool minus = n.op == Op::Sub;
  return Line{a->low + (minus ? -b->high : b->low), a->high + (minus ? -b->low : b->high),
              std::max(a->denominator, b->denominator), true};
}

// For each input of the cone whose values cannot be listed: points that stand for them. None where something else reads
// it.
std::map<NodeId, SetId> MlpPlanner::points(const Cone& cone) {
  std::map<NodeId, SetId> result;
  for (NodeId x : cone.inputs()) {
    if (c_.sets.known(x) || is_code(x)) continue;
    std::vector<double> constants;
    bool compared = std::find(roots_.begin(), roots_.end(), x) == roots_.end();
    for (NodeId y : cone.inner()) {
      const Node& n = c_.graph[y];
      if (std::find(n.args.begin(), n.args.end(), x) == n.args.end()) continue;
      const NodeId other = n.args.size() == 2 ? n.args[n.args[0] == x ? 1 : 0] : no_node;
      compared = compared && other != no_node && n.op >= Op::Eq && n.op <= Op::Ge && !n.table &&
                 c_.graph[other].kind == NodeKind::Constant && !c_.graph[other].illegal_constant;
      if (!compared) break;
      const Value& c = c_.graph[other].constant;
      if (!c.is_string()) constants.push_back(c.number());
    }
    const auto line = compared ? line_of(x, 0) : std::nullopt;
    if (!line) continue;
    if (const auto set = points_on(*line, std::move(constants))) result.emplace(x, *set);
  }
  return result;
}

std::optional<SetId> MlpPlanner::points_on(const Line& line, std::vector<double> constants) {
  std::sort(constants.begin(), constants.end());
  constants.erase(std::unique(constants.begin(), constants.end()), constants.end());
  std::vector<ValueId> members;
  const auto add = [&](double v) { members.push_back(c_.values.intern(Value::real(v))); };
  add(line.low);
  add(line.high);
  for (std::size_t i = 0; i < constants.size(); ++i) {
    const double c = constants[i];
    if (!std::isfinite(c) || std::fabs(c) >= most_exact) return std::nullopt;
    // A mean with an int added is rounded twice: only sums that are exact are compared.
    if (line.sum && line.denominator > 1 && c * 1024 != std::floor(c * 1024)) return std::nullopt;
    double side = nearest_other(c, line.denominator);
    if (i > 0) side = std::min(side, (c - constants[i - 1]) / 4);
    if (i + 1 < constants.size()) side = std::min(side, (constants[i + 1] - c) / 4);
    for (double v : {c - side, c, c + side})
      if (v > line.low && v < line.high) add(v);
  }
  return c_.set_pool.intern(std::move(members));
}

}  // namespace rasp
