// The table of an MLP unit over the reachable tuples of its inputs.
#include <algorithm>
#include <cmath>

#include "compiler/mlp_planner.h"
#include "base/agree.h"

namespace rasp {

// Every tuple of input values that some context allows, once.
void MlpPlanner::visit_tuples(const Cone& cone, const std::function<void(const std::vector<ValueId>&)>& visit) {
  const auto& inputs = cone.inputs();
  std::unordered_map<Tuple, bool, VectorHash> contexts_seen, tuples_seen;
  std::vector<ValueId> tuple(inputs.size());
  const auto stand_in = points(cone);
  c_.sets.contexts(listed(cone), [&](std::uint32_t i, std::uint32_t n) {
    Tuple key;
    c_.budget.tick(static_cast<std::uint32_t>(1 + inputs.size()));
    for (NodeId x : inputs) {
      const auto it = stand_in.find(x);
      key.push_back(it != stand_in.end() ? it->second : c_.sets.at(x, i, n));
    }
    if (!contexts_seen.emplace(key, true).second) return;
    for (auto s : key)
      if (c_.set_pool[s].empty()) return;
    std::vector<std::size_t> digit(inputs.size(), 0);
    while (true) {
      c_.budget.tick(2);
      for (std::size_t d = 0; d < inputs.size(); ++d) tuple[d] = c_.set_pool[key[d]][digit[d]];
      if (tuples_seen.emplace(tuple, true).second) visit(tuple);
      std::size_t d = 0;
      while (d < inputs.size() && ++digit[d] == c_.set_pool[key[d]].size()) digit[d++] = 0;
      if (d == inputs.size()) break;
    }
  });
}

void MlpPlanner::enumerate() {
  Cone cone = cone_of(roots_);
  const auto& inputs = cone.inputs();
  std::vector<std::size_t> axis_inputs, code_at;
  for (const Axis& a : axis_)
    axis_inputs.push_back(static_cast<std::size_t>(std::find(inputs.begin(), inputs.end(), a.node) - inputs.begin()));
  code_inputs_.clear();
  for (std::size_t d = 0; d < inputs.size(); ++d)
    if (std::find(axis_inputs.begin(), axis_inputs.end(), d) == axis_inputs.end()) {
      code_at.push_back(d);
      code_inputs_.push_back(inputs[d]);
    }
  shown_root_ = static_cast<std::size_t>(std::find(roots_.begin(), roots_.end(), unit().node) - roots_.begin());
  can_show_ = unit().joint.empty() && shown_root_ < roots_.size();
  std::map<double, std::uint32_t> axis_values;
  std::vector<ValueId> out;
  // The parts of a linear form reach its largest value before they cancel, and float32's error is relative to that.
  double cancelled = 0;
  if (axis_.size() == 1 && c_.graph[axis_[0].node].kind == NodeKind::Elementwise)
    for (ValueId v : c_.sets.all(axis_[0].node))
      cancelled = std::max(cancelled, std::fabs(axis_[0].scale * c_.values.number(v)));
  visit_tuples(cone, [&](const std::vector<ValueId>& tuple) {
    Tuple row;
    for (std::size_t d : code_at) row.push_back(c_.values.canonical(tuple[d]));
    Tuple key = row;
    double on_axis = 0;
    bool rounded = false;
    if (!axis_.empty()) {  // float32 tells no numbers apart that differ in a double's last bits
      double size = 0;
      for (std::size_t a = 0; a < axis_.size(); ++a) {
        const double x = axis_[a].scale * c_.values.number(tuple[axis_inputs[a]]);
        on_axis += x;
        size += std::fabs(x);
      }
      const double reach = 0x1p-40 * std::max(size, cancelled);  // what another order of the sum may change
      auto it = axis_values.lower_bound(on_axis - reach);
      if (it == axis_values.end() || it->first > on_axis + reach)
        it = axis_values.emplace(on_axis, static_cast<std::uint32_t>(axis_values.size())).first;
      rounded = it->first != on_axis;
      on_axis = it->first;
      key.push_back(it->second);
    }
    cone.evaluate(tuple, c_.apply, out);
    add_row(key, std::move(row), on_axis,
            unit().kind == UnitKind::MlpNumber ? number_outcome(out[0]) : class_outcome(out, tuple), rounded);
  });
  Unit& w = unit();
  for (auto& s : class_values_) w.class_values.emplace_back(s.begin(), s.end());
  if (!can_show_ && w.joint.empty() && !w.demands.empty())
    w.node = w.demands[0].node;  // what its classes are values of
  // A class that nothing reads writes nothing: the same as an undefined outcome, but it must stay silent.
  silent_.assign(w.class_signature.size(), false);
  if (w.kind == UnitKind::MlpCode)
    for (std::size_t c = 0; c < silent_.size(); ++c) silent_[c] = !w.kept[c];
}

// A number that the unit writes; numbers that differ in the last bits only are one.
std::uint32_t MlpPlanner::number_outcome(ValueId value) {
  if (value == undefined_value || !c_.values.is_number(value)) return no_signature;
  const double x = c_.values.number(value);
  if (!std::isfinite(x))
    throw refusal(c_.graph, unit().node, "number-range",
                  "\"" + c_.graph.describe(unit().node) + "\" may be " + c_.values[value].str() +
                      ", which no number of the residual stream can be",
                  "Choose a finite number in its place, or compare it where it arises.");
  auto it = number_index_.lower_bound(x - 0x1p-40 * std::fabs(x));
  if (it == number_index_.end() || !floats_agree(it->first, x)) {
    it = number_index_.emplace(x, static_cast<std::uint32_t>(unit().numbers.size())).first;
    unit().numbers.push_back(x);
  }
  return it->second;
}

// What each demand makes of the roots' values. any: some demand reads it; defined: some demanded root has a value.
MlpPlanner::Tuple MlpPlanner::signature_of(const std::vector<ValueId>& roots, bool& any, bool& defined) {
  Tuple signature;
  any = defined = false;
  for (std::size_t d = 0; d < unit().demands.size(); ++d) {
    const Demand& demand = unit().demands[d];
    const ValueId v = roots[root_of_demand_[d]];
    std::uint32_t s = no_signature;
    if (v != undefined_value) {
      defined = true;
      if (auto it = demand.signature.find(c_.values.canonical(v)); it != demand.signature.end()) s = it->second;
      if (!demand.reads(s)) s = no_signature;
    }
    any |= s != no_signature;
    signature.push_back(s);
  }
  return signature;
}

std::uint32_t MlpPlanner::class_outcome(const std::vector<ValueId>& roots, const std::vector<ValueId>& tuple) {
  const bool drop = c_.options.passes.drop;
  bool any = false, defined = false;
  Tuple signature = signature_of(roots, any, defined);
  if (!defined) return no_signature;
  Tuple key = signature;
  const bool shown = can_show_ && roots[shown_root_] != undefined_value;
  if (!drop && shown) key.push_back(c_.values.canonical(roots[shown_root_]));
  Unit& u = unit();
  auto [it, fresh] = classes_.try_emplace(key, static_cast<std::uint32_t>(u.class_signature.size()));
  if (fresh) {
    u.class_signature.push_back(std::move(signature));
    u.kept.push_back(any || !drop);
    class_values_.emplace_back();
  }
  auto& values = class_values_[it->second];
  if (values.size() < 4096) {
    if (shown) values.insert(roots[shown_root_]);
    else if (!can_show_)
      values.insert(roots[root_of_demand_[0]] == undefined_value ? tuple[0] : roots[root_of_demand_[0]]);
  }
  return it->second;
}

void MlpPlanner::add_row(const Tuple& key, Tuple row, double axis, std::uint32_t outcome, bool rounded) {
  const auto [known, fresh] = row_of_.try_emplace(key, table_.outcome.size());
  if (fresh) {
    table_.tuples.push_back(std::move(row));
    table_.axis.push_back(axis);
    table_.outcome.push_back(outcome);
  } else if (std::uint32_t& earlier = table_.outcome[known->second]; earlier == no_signature) {
    earlier = outcome;  // undefined for one kind only: that kind never gets here on an input with a value
  } else if (outcome != no_signature && outcome != earlier) {
    const std::string name = "\"" + c_.graph.describe(unit().node) + "\"";
    if (!rounded && axis_.size() < 2)
      throw refusal(
          c_.graph, unit().node, "kind-dependent",
          name + " tells equal numbers of different kinds apart (1, 1.0, True), which a model holds as one number",
          "Convert the numbers before, for example with round.");
    if (axis_.size() == 1 && c_.graph[axis_[0].node].kind == NodeKind::Elementwise) throw TooClose{axis_[0].node};
    const std::string too_close = name + " tells numbers apart that differ in their last bits only";
    auto& inexact = p_.plan_.inexact;
    if (inexact.empty() || inexact.back() != too_close) inexact.push_back(too_close);
  }
  if (table_.outcome.size() > c_.budget.limits().table_rows)
    throw LimitExceeded{"limit-tuples", c_.budget.limits().table_rows};
}

// Values of input d with the same behaviour, value → group. Undefined outcomes fit anything.
std::unordered_map<std::uint32_t, std::uint32_t> MlpPlanner::groups_of_input(std::size_t d) {
  std::map<std::uint32_t, Behaviour> behaviour;  // of each value
  for (std::size_t r = 0; r < table_.outcome.size(); ++r) {
    std::vector<double> key;
    for (std::size_t e = 0; e < code_inputs_.size(); ++e)
      if (e != d) key.push_back(table_.tuples[r][e]);
    key.push_back(table_.axis[r]);
    note(behaviour[table_.tuples[r][d]], std::move(key), table_.outcome[r]);
  }
  std::vector<Behaviour> groups;
  std::unordered_map<std::uint32_t, std::uint32_t> group_of;
  for (auto& [value, cells] : behaviour) {
    c_.budget.tick(static_cast<std::uint32_t>(cells.size()));
    std::size_t g = c_.options.passes.drop ? 0 : groups.size();
    for (; g < groups.size(); ++g) {
      c_.budget.tick(static_cast<std::uint32_t>(1 + cells.size()));
      // Values that never meet are told apart all the same where an axis would have to be extended.
      if (fits(groups[g], cells) && (axis_.empty() || compatible_steps(groups[g], cells))) break;
    }
    if (g == groups.size()) groups.emplace_back();
    for (auto& [key, outcome] : cells) note(groups[g], key, outcome);
    group_of.emplace(value, static_cast<std::uint32_t>(g));
  }
  counts_.push_back(static_cast<std::uint32_t>(groups.size()));
  return group_of;
}

// An outcome of a cell; an undefined one gives way to any other.
void MlpPlanner::note(Behaviour& cells, std::vector<double> key, std::uint32_t outcome) {
  auto [it, fresh] = cells.try_emplace(std::move(key), outcome);
  if (!fresh && it->second == no_signature) it->second = outcome;
}

bool MlpPlanner::fits(const Behaviour& group, const Behaviour& cells) {
  return std::all_of(cells.begin(), cells.end(), [&](const auto& cell) {
    const auto it = group.find(cell.first);
    return it == group.end() || it->second == cell.second || it->second == no_signature || cell.second == no_signature;
  });
}

// Merges the values of each input that the table never tells apart.
void MlpPlanner::merge_values() {
  const std::size_t inputs = code_inputs_.size();
  merged_.assign(inputs, {});
  for (std::size_t d = 0; d < inputs; ++d) {
    merged_[d] = groups_of_input(d);
    for (auto& row : table_.tuples) row[d] = merged_[d].at(row[d]);
  }
  // Drop repetitions.
  Behaviour rows;
  for (std::size_t r = 0; r < table_.outcome.size(); ++r) {
    std::vector<double> key(table_.tuples[r].begin(), table_.tuples[r].end());
    key.push_back(table_.axis[r]);
    note(rows, std::move(key), table_.outcome[r]);
  }
  table_ = {};
  for (auto& [key, outcome] : rows) {
    std::vector<std::uint32_t> tuple;
    for (std::size_t d = 0; d + 1 < key.size(); ++d) tuple.push_back(static_cast<std::uint32_t>(key[d]));
    table_.tuples.push_back(std::move(tuple));
    table_.axis.push_back(key.back());
    table_.outcome.push_back(outcome);
  }
}

// Merging two step functions must not add steps: their union may have at most as many changes as the longer one.
bool MlpPlanner::compatible_steps(const Behaviour& a, const Behaviour& b) {
  auto changes = [&](const Behaviour& m) {
    std::map<std::vector<double>, std::vector<std::pair<double, std::uint32_t>>> curves;
    for (const auto& [key, outcome] : m) {
      if (outcome == no_signature) continue;
      curves[{key.begin(), key.end() - 1}].emplace_back(key.back(), outcome);
    }
    std::size_t count = 0;
    for (auto& [key, curve] : curves) {
      std::sort(curve.begin(), curve.end());
      for (std::size_t i = 1; i < curve.size(); ++i) count += curve[i].second != curve[i - 1].second;
    }
    return count;
  };
  c_.budget.tick(static_cast<std::uint32_t>(8 * (a.size() + b.size())));
  auto both = a;
  for (const auto& [key, outcome] : b) note(both, key, outcome);
  return changes(both) <= std::max(changes(a), changes(b));
}

}  // namespace rasp
