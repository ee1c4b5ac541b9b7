// What an MLP unit reads: how far its expression is fused, which inputs are codes and which numbers.
#include <algorithm>
#include <cmath>
#include <limits>

#include "compiler/mlp_planner.h"

namespace rasp {

void MlpPlanner::run() {
  while (true) {
    choose_inputs();
    try {
      enumerate();
      break;
    } catch (const TooClose& form) {
      clear();
      apart_.insert(form.axis);
    }
  }
  if (axis_.empty()) lookups();
  else steps();
  connect();
}

void MlpPlanner::clear() {
  Unit& u = unit();
  u.class_signature.clear();
  u.class_values.clear();
  u.kept.clear();
  u.numbers.clear();
  table_ = {};
  row_of_.clear();
  classes_.clear();
  number_index_.clear();
  class_values_.clear();
  roots_.clear();
  root_of_demand_.clear();
  axis_.clear();
  forced_.clear();
}

bool MlpPlanner::is_input(NodeId x) {
  if (forced_.count(x)) return true;
  if (p_.stored(x)) return !own(x);
  const Node& n = c_.graph[x];
  if (n.kind != NodeKind::Elementwise) return true;
  if (!c_.options.passes.fuse) return std::find(roots_.begin(), roots_.end(), x) == roots_.end();
  const NodeId b = p_.base_[x];
  if (b == no_node) return false;
  if (p_.code_leaf(b) && b != unit().node) return true;
  // A linear form of several sources is one axis; a function of one number is read from that number.
  if (b == x) return p_.free_linear(x) && p_.has_number(x) && !apart_.count(x);
  return false;
}

bool MlpPlanner::is_code(NodeId x) {  // an input that is read as a code
  if (forced_.count(x) || (c_.style.exact_numbers && p_.stored(x))) return true;
  if (!c_.options.passes.fuse && c_.graph[x].kind == NodeKind::Elementwise) return true;
  return p_.base_[x] != no_node && p_.code_leaf(p_.base_[x]);
}

Cone MlpPlanner::cone_of(const std::vector<NodeId>& roots) {
  Cone cone(
      c_.graph, roots, [&](NodeId x) { return is_input(x); }, c_.values);
  c_.budget.tick(static_cast<std::uint32_t>(8 * (1 + cone.inner().size() + cone.inputs().size())));
  return cone;
}

void MlpPlanner::split(const Cone& cone, std::vector<NodeId>& codes, std::vector<NodeId>& axes) {
  codes.clear();
  axes.clear();
  for (NodeId x : cone.inputs()) (is_code(x) ? codes : axes).push_back(x);
}

// The inputs whose values are known.
std::vector<NodeId> MlpPlanner::listed(const Cone& cone) {
  std::vector<NodeId> result;
  for (NodeId x : cone.inputs())
    if (c_.sets.known(x)) result.push_back(x);
  return result;
}

// Distinct tuples over all contexts; infinity where a set is unknown.
double MlpPlanner::tuples(const Cone& cone) {
  std::unordered_map<std::vector<std::uint32_t>, bool, VectorHash> seen;
  double total = 0;
  const auto stand_in = points(cone);
  for (NodeId x : cone.inputs())
    if (!c_.sets.known(x) && !stand_in.count(x)) return 1e300;
  c_.sets.contexts(listed(cone), [&](std::uint32_t i, std::uint32_t n) {
    c_.budget.tick(static_cast<std::uint32_t>(1 + cone.inputs().size()));
    std::vector<std::uint32_t> key;
    double product = 1;
    for (NodeId x : cone.inputs()) {
      const auto it = stand_in.find(x);
      key.push_back(it != stand_in.end() ? it->second : c_.sets.at(x, i, n));
      product *= static_cast<double>(c_.set_pool[key.back()].size());
    }
    if (seen.emplace(std::move(key), true).second) total += product;
  });
  return total;
}

bool MlpPlanner::own(NodeId x) {            // part of what this unit itself stands for: cannot be one of its inputs
  if (!unit().joint.empty()) return false;  // the parts of a joint code have codes of their own
  if (std::find(roots_.begin(), roots_.end(), x) != roots_.end()) return true;
  return p_.base_[x] == unit().node;
}

void MlpPlanner::choose_inputs() {
  const Unit& u = unit();
  if (u.kind == UnitKind::MlpNumber) {
    roots_ = {u.node};
  } else {
    for (const Demand& d : u.demands)
      if (std::find(roots_.begin(), roots_.end(), d.node) == roots_.end()) roots_.push_back(d.node);
  }
  for (const Demand& d : u.demands)
    root_of_demand_.push_back(
        static_cast<std::size_t>(std::find(roots_.begin(), roots_.end(), d.node) - roots_.begin()));
  if (c_.style.exact_numbers) hold_condition();
  for (int round = 0; round < 64; ++round) {
    Cone cone = cone_of(roots_);
    std::vector<NodeId> codes, axes;
    split(cone, codes, axes);
    const double size = tuples(cone);
    if (axes.size() > 1 && size > c_.effort.fused_table && take_apart(axes, size)) continue;
    if (axes.size() <= 1 && size <= c_.style.tuples) break;
    if (axes.size() == 1 && codes.empty()) break;  // steps of one number: as few neurons as it has changes
    if (c_.style.join_axes && axes.size() == 2 && size <= c_.effort.joined_table && join_axes(cone, axes)) break;
    if (force(cone, axes.size() > 1, size)) continue;
    if (axes.size() <= 1) break;
    // Nothing left to take out: hold all but the largest number as codes.
    std::stable_sort(axes.begin(), axes.end(), [&](NodeId a, NodeId b) {
      const auto size_of = [&](NodeId x) {
        return c_.sets.known(x) ? c_.sets.all(x).size() : std::numeric_limits<std::size_t>::max();
      };
      return size_of(a) < size_of(b);
    });
    bool progress = false;
    for (std::size_t a = 0; a + 1 < axes.size(); ++a)
      if (!own(axes[a])) progress |= forced_.insert(axes[a]).second;
    if (!progress && !own(axes.back())) progress |= forced_.insert(axes.back()).second;
    if (!progress) break;
  }
  Cone cone = cone_of(roots_);
  std::vector<NodeId> axes;
  split(cone, code_inputs_, axes);
  if (c_.style.exact_numbers && !passes_ && u.kind == UnitKind::MlpNumber && !code_inputs_.empty() &&
      axes.size() == 1 && c_.sets.known(axes[0]) && !own(axes[0])) {
    forced_.insert(axes[0]);
    cone = cone_of(roots_);
    split(cone, code_inputs_, axes);
  }
  const auto stand_in = points(cone);
  for (NodeId x : cone.inputs())
    if (!stand_in.count(x)) p_.require_known(x);
  const bool many = tuples(cone) > std::min(static_cast<double>(c_.budget.limits().table_rows),
                                            static_cast<double>(c_.budget.limits().tuples));
  if (many || (axes.size() > 1 && axis_.empty() && !(axes.size() == 2 && join_axes(cone, axes)))) throw too_large(cone);
  if (axis_.empty() && !axes.empty()) axis_ = {{axes[0], 1}};
}

// `x if c else 0`: c as a code, so that the number x is what is left to read, and can be passed on.
void MlpPlanner::hold_condition() {
  const Node& n = c_.graph[unit().node];
  if (unit().kind != UnitKind::MlpNumber || n.kind != NodeKind::Elementwise || n.op != Op::Choose || n.table) return;
  const Node& zero = c_.graph[n.args[2]];
  if (zero.kind != NodeKind::Constant || !zero.constant.is_number() || zero.constant.number() != 0) return;
  const bool many =
      c_.sets.known(n.args[1]) && c_.sets.all(n.args[1]).size() > c_.effort.values_held && p_.free_linear(n.args[1]);
  passes_ = many && c_.sets.known(n.args[0]) && c_.graph[n.args[0]].kind == NodeKind::Elementwise && !own(n.args[0]);
  if (passes_) forced_.insert(n.args[0]);
}

// Two numbers that are functions of a common s-op are not independent: a linear form among them is read part by part,
// where that leaves fewer combinations.
bool MlpPlanner::take_apart(const std::vector<NodeId>& axes, double size) {
  const auto sources = [&](NodeId x) {
    return Cone(
               c_.graph, {x}, [](NodeId) { return false; }, c_.values)
        .inputs();
  };
  for (NodeId x : axes) {
    if (c_.graph[x].kind != NodeKind::Elementwise || own(x)) continue;
    const auto mine = sources(x);
    const bool shared = std::any_of(axes.begin(), axes.end(), [&](NodeId y) {
      if (x == y) return false;
      const auto theirs = sources(y);
      return std::any_of(mine.begin(), mine.end(),
                         [&](NodeId s) { return std::find(theirs.begin(), theirs.end(), s) != theirs.end(); });
    });
    if (!shared) continue;
    apart_.insert(x);
    const double apart = tuples(cone_of(roots_));
    if (apart < size) return true;
    apart_.erase(x);
  }
  return false;
}

// About how far float32 may put a number from its exact value: only to choose between plans, the proof adds up the real
// bounds.
double MlpPlanner::noise(NodeId axis) {
  const double n = c_.sets.max_length();
  double largest = 1;
  for (ValueId v : c_.sets.all(axis)) largest = std::max(largest, std::fabs(c_.values.number(v)));
  Cone cone(
      c_.graph, {axis}, [](NodeId) { return false; }, c_.values);
  const bool width = std::any_of(cone.inputs().begin(), cone.inputs().end(),
                                 [&](NodeId x) { return c_.graph[x].kind == NodeKind::SelectorWidth; });
  return (width ? (4e-4 + 5e-5 * n) * largest / n : 3e-7 * (n + 10) * largest) *
         static_cast<double>(cone.inputs().size());
}

// Two numbers as one: x + scale·y for a power of two that keeps apart all pairs which the table tells apart, with room
// for errors. Saves the layer in which one of them would become a code.
bool MlpPlanner::join_axes(Cone& cone, const std::vector<NodeId>& axes) {
  for (NodeId x : cone.inputs())
    if (!c_.sets.known(x)) return false;
  const auto& inputs = cone.inputs();
  std::size_t at[2];
  for (int a = 0; a < 2; ++a)
    at[a] = static_cast<std::size_t>(std::find(inputs.begin(), inputs.end(), axes[static_cast<std::size_t>(a)]) -
                                     inputs.begin());
  struct Point {
    double x, y;
    std::uint32_t outcome;
  };
  std::map<Tuple, std::vector<Point>> curves;  // by code inputs
  std::map<Tuple, std::uint32_t> outcomes;     // numbered, so that points are small and quickly sorted
  std::vector<ValueId> out;
  visit_tuples(cone, [&](const std::vector<ValueId>& tuple) {
    cone.evaluate(tuple, c_.apply, out);
    bool any = false, defined = false;
    Tuple outcome;
    if (unit().kind == UnitKind::MlpNumber) outcome = {out[0]}, defined = out[0] != undefined_value;
    else outcome = signature_of(out, any, defined);
    if (!defined) return;
    Tuple codes;
    for (std::size_t d = 0; d < tuple.size(); ++d)
      if (d != at[0] && d != at[1]) codes.push_back(c_.values.canonical(tuple[d]));
    const auto number = outcomes.emplace(std::move(outcome), static_cast<std::uint32_t>(outcomes.size())).first->second;
    curves[std::move(codes)].push_back({c_.values.number(tuple[at[0]]), c_.values.number(tuple[at[1]]), number});
  });
  const double noise_x = noise(axes[0]), noise_y = noise(axes[1]);
  double best = 0, chosen = 0;
  std::vector<std::pair<double, std::uint32_t>> line;  // place on the joint axis, outcome
  for (int exponent = -14; exponent <= 14; ++exponent)
    for (const double sign : {1.0, -1.0}) {
      const double scale = std::ldexp(sign, exponent), noise_both = noise_x + std::fabs(scale) * noise_y;
      double gap = 1e300;
      for (const auto& [codes, points] : curves) {
        if (gap <= best * noise_both) break;  // another scale leaves more room
        c_.budget.tick(static_cast<std::uint32_t>(points.size()) * 16);
        line.clear();
        for (const Point& p : points) line.emplace_back(p.x + scale * p.y, p.outcome);
        std::sort(line.begin(), line.end());
        for (std::size_t i = 1; i < line.size(); ++i)
          if (line[i].second != line[i - 1].second) gap = std::min(gap, line[i].first - line[i - 1].first);
      }
      const double room = gap / noise_both;
      if (room > best) best = room, chosen = scale;
    }
  if (best < 32) return false;
  axis_ = {{axes[0], 1}, {axes[1], chosen}};
  return true;
}

// The inputs with the most values first: their combination is the wall.
Rejection MlpPlanner::too_large(const Cone& cone) {
  std::vector<NodeId> inputs = cone.inputs();
  std::stable_sort(inputs.begin(), inputs.end(),
                   [&](NodeId a, NodeId b) { return c_.sets.all(a).size() > c_.sets.all(b).size(); });
  constexpr std::size_t named = 3;
  std::string text;
  for (std::size_t k = 0; k < inputs.size() && k < named; ++k)
    text += (k == 0                                                              ? ""
             : k + 1 == std::min(named, inputs.size()) && inputs.size() <= named ? " and "
                                                                                 : ", ") +
            ("\"" + c_.graph.describe(inputs[k]) + "\" (" + std::to_string(c_.sets.all(inputs[k]).size()) + " values)");
  if (inputs.size() > named) text += " and " + std::to_string(inputs.size() - named) + " more";
  const double combinations = tuples(cone);
  const std::string number = combinations < 1e15 ? "about " + std::to_string(static_cast<long long>(combinations))
                                                 : "more than a million billion";
  return refusal(
      c_.graph, unit().node, "expression-too-large",
      "\"" + c_.graph.describe(unit().node) + "\" depends on " + number + " combinations of values at once: of " + text,
      "Promise fewer values for \"" + c_.graph.describe(inputs.front()) +
          "\" with `#@ values NAME …`, split the expression so that no part reads all of these, or use a smaller "
          "vocabulary or maximal length.",
      "limit");
}

// Takes out the maximal inner expressions that have at most one axis of their own, where that makes the table smaller.
// What a head reads has a code of its own as it is, and costs nothing.
bool MlpPlanner::force(const Cone& cone, bool must, double size) {
  std::vector<NodeId> candidates;
  std::set<NodeId> visited;
  std::vector<NodeId> stack(roots_.begin(), roots_.end());
  double parts = 0;
  const std::set<NodeId> inner(cone.inner().begin(), cone.inner().end());
  while (!stack.empty()) {
    const NodeId x = stack.back();
    stack.pop_back();
    if (!inner.count(x) || !visited.insert(x).second) continue;
    if (!own(x)) {
      Cone sub = cone_of({x});
      std::vector<NodeId> codes, axes;
      split(sub, codes, axes);
      const double s = tuples(sub);
      // Worth a subspace: it needs at most one axis, and is smaller than what it replaces.
      if (axes.size() <= 1 && c_.sets.known(x) && s < size) {
        candidates.push_back(x);
        if (!p_.held_[x])
          parts += std::min(
              s, axes.empty()
                     ? s
                     : 2.0 * static_cast<double>(c_.sets.all(x).size()) *
                           std::max(1.0, s / std::max<double>(1.0, static_cast<double>(c_.sets.all(axes[0]).size()))));
        continue;
      }
    }
    for (NodeId a : c_.graph[x].args) stack.push_back(a);
  }
  if (candidates.empty()) return false;
  if (!must) {
    const auto before = forced_;
    forced_.insert(candidates.begin(), candidates.end());
    const double rest = tuples(cone_of(roots_));
    // The parts of a large table may be split again: only what is left counts.
    const bool large = size > c_.effort.large_table && rest < size / 16;
    if (!large && rest + parts >= size / 2) {
      forced_ = before;
      return false;
    }
    return true;
  }
  forced_.insert(candidates.begin(), candidates.end());
  return true;
}

// Demands on the inputs, with the merged values as signatures; what no neuron reads needs no dimension.
void MlpPlanner::connect() {
  std::vector<std::vector<bool>> read(code_inputs_.size());
  for (std::size_t d = 0; d < code_inputs_.size(); ++d) read[d].assign(counts_[d], false);
  std::vector<bool> used(code_inputs_.size(), false);
  auto mark = [&](const Gate& gate) {
    for (const auto& [d, set] : gate.inputs) {
      used[d] = true;
      for (auto s : set) read[d][s] = true;
    }
  };
  for (const auto& l : unit().lookups) mark(l.gate);
  for (const auto& s : unit().steps) mark(s.gate);
  std::vector<CodeRead> reads(code_inputs_.size());
  for (std::size_t d = 0; d < code_inputs_.size(); ++d) {
    if (!used[d]) continue;
    Demand demand;
    for (const auto& [value, s] : merged_[d]) demand.signature.emplace(value, s);
    demand.read = read[d];
    reads[d] = p_.code(code_inputs_[d], std::move(demand));
  }
  unit().inputs = std::move(reads);
  for (const Axis& a : axis_) {
    LinearForm form = p_.number(a.node);
    Unit& u = unit();
    u.has_axis = true;
    u.axis.constant += a.scale * form.constant;
    for (auto& t : form.numbers) u.axis.numbers.push_back({t.coefficient * a.scale, t.unit});
    for (auto& t : form.codes) {
      t.coefficient *= a.scale;
      u.axis.codes.push_back(std::move(t));
    }
  }
}

void Planner::plan_mlp(UnitId id) { MlpPlanner(*this, id).run(); }

}  // namespace rasp
