#include "compiler/schedule.h"

#include <algorithm>
#include <map>

namespace rasp {

std::vector<UnitId> dependencies(const Plan& plan, const Unit& unit) {
  std::vector<UnitId> result;
  auto form = [&](const LinearForm& f) {
    for (const auto& t : f.numbers) result.push_back(t.unit);
    for (const auto& t : f.codes) result.push_back(t.read.unit);
  };
  for (const CodeRead& r : unit.inputs) result.push_back(r.unit);
  if (unit.has_axis) form(unit.axis);
  if (unit.head != no_unit) {
    for (const Literal& l : plan.selections[unit.head].literals) {
      result.push_back(l.query);
      result.push_back(l.key);
    }
    result.push_back(unit.value_code.unit);
    form(unit.value_number);
  }
  result.erase(std::remove(result.begin(), result.end(), no_unit), result.end());
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

std::size_t neuron_count(const Unit& unit) {
  std::size_t n = unit.lookups.size();
  for (const StepRow& s : unit.steps) n += 2 * s.thresholds.size() + 1;
  return n;
}

namespace {

bool embedded(const Unit& u) { return u.kind == UnitKind::TokensCode || u.kind == UnitKind::IndicesCode || u.kind == UnitKind::IndicesNumber; }
bool in_mlp(const Unit& u) { return u.kind == UnitKind::MlpCode || u.kind == UnitKind::MlpNumber; }

// As soon as possible, but not before `floor` (a layer).
std::int32_t place(const Plan& plan, const std::vector<std::vector<UnitId>>& needs, const std::vector<std::int32_t>& floor, std::vector<std::int32_t>& written) {
  std::int32_t layers = 0;
  for (auto it = plan.order.rbegin(); it != plan.order.rend(); ++it) {
    const Unit& u = plan.units[*it];
    std::int32_t latest = 0;
    for (UnitId d : needs[*it]) latest = std::max(latest, written[d]);
    if (embedded(u)) { written[*it] = 0; continue; }
    std::int32_t layer = in_mlp(u) ? latest / 2 : (latest + 1) / 2;
    layer = std::max(layer, floor[*it]);
    written[*it] = in_mlp(u) ? 2 * layer + 2 : 2 * layer + 1;
    layers = std::max(layers, layer + 1);
  }
  return layers;
}

struct Cost { std::size_t heads = 0, neurons = 0, sum = 0; };

Cost cost_of(const Plan& plan, const std::vector<std::int32_t>& written, std::int32_t layers, bool merge) {
  Cost cost;
  std::vector<std::size_t> neurons(static_cast<std::size_t>(layers), 0);
  std::map<std::pair<std::int32_t, std::uint64_t>, bool> heads;
  for (UnitId id : plan.order) {
    const Unit& u = plan.units[id];
    if (embedded(u)) continue;
    const std::int32_t layer = (written[id] - 1) / 2;
    if (in_mlp(u)) neurons[static_cast<std::size_t>(layer)] += neuron_count(u);
    else heads[{layer, merge ? u.head : (static_cast<std::uint64_t>(u.node) << 1 | 1)}] = true;
  }
  std::vector<std::size_t> count(static_cast<std::size_t>(layers), 0);
  for (const auto& [key, unused] : heads) ++count[static_cast<std::size_t>(key.first)];
  for (auto c : count) cost.heads = std::max(cost.heads, c);
  for (auto n : neurons) cost.neurons = std::max(cost.neurons, n);
  cost.sum = heads.size();
  return cost;
}

}  // namespace

Schedule make_schedule(const Plan& plan, bool merge, bool pack, Budget& budget) {
  Schedule s;
  s.written.assign(plan.units.size(), 0);
  std::vector<std::vector<UnitId>> needs(plan.units.size());
  for (UnitId id : plan.order) budget.tick(8), needs[id] = dependencies(plan, plan.units[id]);
  std::vector<std::int32_t> floor(plan.units.size(), 0);
  s.layers = place(plan, needs, floor, s.written);
  if (pack && s.layers > 1) {
    Cost best = cost_of(plan, s.written, s.layers, merge);
    auto better = [](const Cost& a, const Cost& b) {
      return a.heads * 64 + a.neurons + a.sum * 8 < b.heads * 64 + b.neurons + b.sum * 8;
    };
    bool improved = plan.order.size() <= 400;
    for (int round = 0; round < 8 && improved; ++round) {
      improved = false;
      for (UnitId id : plan.order) {
        const Unit& u = plan.units[id];
        if (embedded(u)) continue;
        const std::int32_t now = (s.written[id] - 1) / 2;
        for (std::int32_t layer = now + 1; layer < s.layers; ++layer) {
          budget.tick(static_cast<std::uint32_t>(plan.order.size()));
          auto trial_floor = floor;
          trial_floor[id] = layer;
          auto trial = s.written;
          if (place(plan, needs, trial_floor, trial) > s.layers) break;
          const Cost cost = cost_of(plan, trial, s.layers, merge);
          if (!better(cost, best)) continue;
          best = cost;
          floor = trial_floor;
          s.written = trial;
          improved = true;
          break;
        }
      }
    }
  }
  s.heads.resize(static_cast<std::size_t>(s.layers));
  s.mlps.resize(static_cast<std::size_t>(s.layers));
  for (auto it = plan.order.rbegin(); it != plan.order.rend(); ++it) {
    const Unit& u = plan.units[*it];
    if (embedded(u)) continue;
    const auto layer = static_cast<std::size_t>((s.written[*it] - 1) / 2);
    if (in_mlp(u)) {
      s.mlps[layer].push_back(*it);
      continue;
    }
    auto& heads = s.heads[layer];
    // Code and number of one aggregate always share a head; other aggregates where merging is on.
    auto same = std::find_if(heads.begin(), heads.end(), [&](const HeadPlan& h) { return h.selection == u.head && (merge || plan.units[h.units[0]].node == u.node); });
    if (same == heads.end()) heads.push_back({u.head, {*it}});
    else same->units.push_back(*it);
  }
  return s;
}

}  // namespace rasp
