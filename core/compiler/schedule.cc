#include "compiler/schedule.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

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
  std::size_t n = unit.lookups.size() * (unit.saturated ? 2 : 1);
  for (const StepRow& s : unit.steps)
    n += s.passed ? 2 : 2 * s.thresholds.size() + (writes(unit, turning_outcome(s)) ? 1 : 0);
  return n;
}

namespace {

bool embedded(const Unit& u) {
  return u.kind == UnitKind::TokensCode || u.kind == UnitKind::IndicesCode || u.kind == UnitKind::IndicesNumber;
}
bool in_mlp(const Unit& u) { return u.kind == UnitKind::MlpCode || u.kind == UnitKind::MlpNumber; }

// Axes that a head needs at least: of a literal as many as its smaller code has classes, or about log2 for an equality.
std::size_t score_axes(const Plan& plan, const Selection& selection, bool factor) {
  std::size_t axes = 1;
  for (const Literal& l : selection.literals) {
    auto classes = [&](UnitId id) -> std::size_t {
      return id == no_unit
                 ? 1
                 : static_cast<std::size_t>(std::count(plan.units[id].kept.begin(), plan.units[id].kept.end(), true));
    };
    std::size_t n = std::min(classes(l.query), classes(l.key));
    if (factor && n > 8 && l.atoms.size() == 1 && l.atoms[0].atom.mask == relation_equal) {
      std::size_t bits = 0;
      while ((std::size_t{1} << bits) < n) ++bits;
      n = bits;
    }
    axes += n;
  }
  return axes;
}

class Scheduler {
 public:
  Scheduler(const Plan& plan, const ScheduleOptions& options, Budget& budget)
      : plan_(plan), options_(options), budget_(budget), needs_(plan.units.size()), value_axes_(plan.units.size(), 1) {
    for (UnitId id : plan.order) {
      budget.tick(8);
      needs_[id] = dependencies(plan, plan.units[id]);
      const Unit& u = plan.units[id];
      if (u.kind == UnitKind::AggregateCode)
        value_axes_[id] = static_cast<std::size_t>(std::count(u.kept.begin(), u.kept.end(), true));
      if (!embedded(u)) blocks_.push_back(id);
    }
    for (const Selection& s : plan.selections) score_axes_.push_back(score_axes(plan, s, options.factor));
  }

  std::vector<Schedule> run() {
    std::vector<Trial> trials;
    auto keep = [&](Trial t) {
      if (std::none_of(trials.begin(), trials.end(), [&](const Trial& other) { return other.written == t.written; }))
        trials.push_back(std::move(t));
    };
    const bool improve = options_.pack && blocks_.size() <= 400;
    std::int32_t fewest = 0;
    std::size_t widest = 0;
    for (const double even : {0.0, 0.001}) {
      even_ = even;
      Trial first = place(std::vector<std::int32_t>(plan_.units.size(), 0), no_cap);
      fewest = first.layers;
      if (improve && fewest > 1) first = improved(std::move(first), fewest);
      widest = most_heads(first);
      keep(std::move(first));
      for (std::size_t cap = 1; improve && options_.deepen && cap < widest && cap <= 8; ++cap) {
        Trial trial = place(std::vector<std::int32_t>(plan_.units.size(), 0), cap);
        if (trial.layers <= 4 * fewest) keep(improved(trial, trial.layers));
      }
    }
    even_ = 0;
    std::vector<Schedule> schedules;
    for (Trial& t : trials) {
      t.cost = cost(t);
      schedules.push_back(schedule(t));
    }
    return schedules;
  }

 private:
  static constexpr std::size_t no_cap = ~std::size_t{0};
  struct Trial {
    std::vector<std::int32_t> floor, written;  // [unit] layer not to come before; half-layer
    std::int32_t layers = 0;
    double cost = 0;
  };
  static std::int32_t layer_of(std::int32_t written) { return (written - 1) / 2; }
  std::uint64_t head_key(const Unit& u) const {
    return options_.merge ? u.head : (static_cast<std::uint64_t>(u.node) << 1 | 1);
  }

  // As soon as possible, but not before `floor`, with at most `cap` heads a layer.
  Trial place(std::vector<std::int32_t> floor, std::size_t cap) const {
    Trial t;
    t.written.assign(plan_.units.size(), 0);
    std::vector<std::set<std::uint64_t>> heads;
    for (auto it = plan_.order.rbegin(); it != plan_.order.rend(); ++it) {
      const Unit& u = plan_.units[*it];
      if (embedded(u)) continue;
      std::int32_t latest = 0;
      for (UnitId d : needs_[*it]) latest = std::max(latest, t.written[d]);
      std::int32_t layer = std::max(in_mlp(u) ? latest / 2 : (latest + 1) / 2, floor[*it]);
      if (!in_mlp(u) && cap != no_cap) {
        auto full = [&](std::int32_t l) {
          if (static_cast<std::size_t>(l) >= heads.size()) heads.resize(static_cast<std::size_t>(l) + 1);
          const auto& here = heads[static_cast<std::size_t>(l)];
          return here.size() >= cap && !here.count(head_key(u));
        };
        while (full(layer)) ++layer;
        heads[static_cast<std::size_t>(layer)].insert(head_key(u));
      }
      t.written[*it] = in_mlp(u) ? 2 * layer + 2 : 2 * layer + 1;
      t.layers = std::max(t.layers, layer + 1);
      floor[*it] = cap == no_cap ? floor[*it] : layer;
    }
    t.floor = std::move(floor);
    t.cost = cost(t);
    return t;
  }

  // Dense parameters per dimension of the residual stream, where all layers are as wide as the widest; then what is
  // really there.
  double cost(const Trial& t) const {
    std::vector<std::size_t> neurons(static_cast<std::size_t>(t.layers), 0),
        count(static_cast<std::size_t>(t.layers), 0);
    std::map<std::pair<std::int32_t, std::uint64_t>, std::pair<std::size_t, std::size_t>>
        heads;  // axes of scores and values
    for (UnitId id : blocks_) {
      const Unit& u = plan_.units[id];
      if (in_mlp(u)) {
        neurons[static_cast<std::size_t>(layer_of(t.written[id]))] += neuron_count(u);
        continue;
      }
      auto& axes = heads[{layer_of(t.written[id]), head_key(u)}];
      axes.first = score_axes_[u.head];
      axes.second += value_axes_[id];
    }
    std::size_t d_head = 1, n_heads = 1, d_mlp = 1, all_neurons = 0;
    for (const auto& [key, axes] : heads) {
      d_head = std::max({d_head, axes.first, axes.second});
      n_heads = std::max(n_heads, ++count[static_cast<std::size_t>(key.first)]);
    }
    for (std::size_t n : neurons) d_mlp = std::max(d_mlp, n), all_neurons += n;
    // Among equals the more even one, from which a next move may get further.
    double uneven = 0;
    for (std::size_t l = 0; l < neurons.size() && even_ > 0; ++l)
      uneven += std::pow(2.0 * static_cast<double>(neurons[l]), 2) +
                std::pow(4.0 * static_cast<double>(count[l] * d_head), 2);
    return static_cast<double>(t.layers) * static_cast<double>(4 * n_heads * d_head + 2 * d_mlp) +
           0.01 * static_cast<double>(4 * heads.size() * d_head + 2 * all_neurons) + even_ * std::sqrt(uneven);
  }

  std::size_t most_heads(const Trial& t) const {
    std::vector<std::set<std::uint64_t>> heads(static_cast<std::size_t>(t.layers));
    std::size_t most = 0;
    for (UnitId id : blocks_)
      if (!in_mlp(plan_.units[id])) {
        auto& here = heads[static_cast<std::size_t>(layer_of(t.written[id]))];
        here.insert(head_key(plan_.units[id]));
        most = std::max(most, here.size());
      }
    return most;
  }

  // Moves single blocks to later layers as long as that lowers the cost.
  Trial improved(Trial best, std::int32_t layers) const {
    bool progress = true;
    for (int round = 0; round < 8 && progress; ++round) {
      progress = false;
      for (UnitId id : blocks_) {
        budget_.tick(static_cast<std::uint32_t>(blocks_.size()));
        for (std::int32_t layer = layer_of(best.written[id]) + 1; layer < layers; ++layer) {
          auto floor = best.floor;
          floor[id] = layer;
          Trial trial = place(std::move(floor), no_cap);
          if (trial.layers > layers) break;
          if (trial.cost >= best.cost) continue;
          best = std::move(trial);
          progress = true;
          break;
        }
      }
    }
    return best;
  }

  Schedule schedule(const Trial& t) const {
    Schedule s;
    s.layers = t.layers;
    s.cost = t.cost;
    s.written = t.written;
    s.heads.resize(static_cast<std::size_t>(s.layers));
    s.mlps.resize(static_cast<std::size_t>(s.layers));
    for (auto it = plan_.order.rbegin(); it != plan_.order.rend(); ++it) {
      const Unit& u = plan_.units[*it];
      if (embedded(u)) continue;
      const auto layer = static_cast<std::size_t>(layer_of(s.written[*it]));
      if (in_mlp(u)) {
        s.mlps[layer].push_back(*it);
        continue;
      }
      auto& heads = s.heads[layer];
      // Code and number of one aggregate always share a head; other aggregates where merging is on.
      auto same = std::find_if(heads.begin(), heads.end(), [&](const HeadPlan& h) {
        return h.selection == u.head && (options_.merge || plan_.units[h.units[0]].node == u.node);
      });
      if (same == heads.end()) heads.push_back({u.head, {*it}});
      else same->units.push_back(*it);
    }
    return s;
  }

  const Plan& plan_;
  const ScheduleOptions& options_;
  Budget& budget_;
  std::vector<std::vector<UnitId>> needs_;
  std::vector<std::size_t> value_axes_, score_axes_;  // [unit], [selection]
  std::vector<UnitId> blocks_;                        // units that are not embedded
  double even_ = 0;                                   // how much evenness counts among placements of about one cost
};

}  // namespace

std::vector<Schedule> make_schedules(const Plan& plan, const ScheduleOptions& options, Budget& budget) {
  return Scheduler(plan, options, budget).run();
}

}  // namespace rasp
