// One MLP unit: from the reachable tuples of a fused expression to neurons' gates and steps.
#include <algorithm>
#include <limits>
#include <cmath>

#include "compiler/planner.h"

namespace rasp {
namespace {

constexpr double soft_tuples = 64;        // below this a fused table is never split (objective size)
constexpr double depth_tuples = 50'000;   // the same with objective depth: layers before neurons
constexpr double hard_tuples = 400'000;

}  // namespace

// A partial function from tuples of small ids to outcomes, as rows. Ids of one input that no row tells apart are merged.
struct Table {
  std::vector<std::vector<std::uint32_t>> tuples;   // [row][input]
  std::vector<double> axis;                         // [row], if there is an axis
  std::vector<std::uint32_t> outcome;               // [row]; no_signature: anything will do
};

class MlpPlanner {
 public:
  MlpPlanner(Planner& planner, UnitId id) : p_(planner), c_(planner.c_), id_(id) {}

  void run() {
    choose_inputs();
    enumerate();
    if (axis_ == no_node) lookups();
    else steps();
    connect();
  }

 private:
  Unit& unit() { return p_.plan_.units[id_]; }

  bool is_input(NodeId x) {
    if (forced_.count(x)) return true;
    const Node& n = c_.graph[x];
    if (n.kind != NodeKind::Elementwise) return true;
    if (!c_.options.passes.fuse) return std::find(roots_.begin(), roots_.end(), x) == roots_.end();
    const NodeId b = p_.base_[x];
    if (b == no_node) return false;
    if (p_.code_leaf(b) && b != unit().node) return true;
    // A linear form of several sources is one axis; a function of one number is read from that number.
    if (b == x) return p_.free_linear(x) && has_number(x);
    return false;
  }

  // Does a linear form involve a number of the residual stream (or several codes, read as numbers)?
  bool has_number(NodeId x) {
    Cone cone(c_.graph, {x}, [](NodeId) { return false; }, c_.values);
    c_.budget.tick(static_cast<std::uint32_t>(8 * (1 + cone.inner().size() + cone.inputs().size())));
    return std::any_of(cone.inputs().begin(), cone.inputs().end(), [&](NodeId i) { return !p_.code_leaf(i); });
  }

  bool is_code(NodeId x) {  // an input that is read as a code
    if (forced_.count(x)) return true;
    if (!c_.options.passes.fuse && c_.graph[x].kind == NodeKind::Elementwise) return true;
    return p_.base_[x] != no_node && p_.code_leaf(p_.base_[x]);
  }

  Cone cone_of(const std::vector<NodeId>& roots) {
    Cone cone(c_.graph, roots, [&](NodeId x) { return is_input(x); }, c_.values);
    c_.budget.tick(static_cast<std::uint32_t>(8 * (1 + cone.inner().size() + cone.inputs().size())));
    return cone;
  }

  void split(const Cone& cone, std::vector<NodeId>& codes, std::vector<NodeId>& axes) {
    codes.clear();
    axes.clear();
    for (NodeId x : cone.inputs()) (is_code(x) ? codes : axes).push_back(x);
  }

  // Distinct tuples over all contexts; infinity where a set is unknown.
  double tuples(const Cone& cone) {
    std::unordered_map<std::vector<std::uint32_t>, bool, VectorHash> seen;
    double total = 0;
    for (NodeId x : cone.inputs())
      if (!c_.sets.known(x)) return 1e300;
    c_.sets.contexts(cone.inputs(), [&](std::uint32_t i, std::uint32_t n) {
      c_.budget.tick(static_cast<std::uint32_t>(1 + cone.inputs().size()));
      std::vector<std::uint32_t> key;
      double product = 1;
      for (NodeId x : cone.inputs()) {
        key.push_back(c_.sets.at(x, i, n));
        product *= static_cast<double>(c_.sets.members(x, i, n).size());
      }
      if (seen.emplace(std::move(key), true).second) total += product;
    });
    return total;
  }

  bool own(NodeId x) {  // part of what this unit itself stands for: cannot be one of its inputs
    if (std::find(roots_.begin(), roots_.end(), x) != roots_.end()) return true;
    return unit().joint.empty() && p_.base_[x] == unit().node;
  }

  void choose_inputs() {
    const Unit& u = unit();
    if (u.kind == UnitKind::MlpNumber) {
      roots_ = {u.node};
    } else {
      for (const Demand& d : u.demands)
        if (std::find(roots_.begin(), roots_.end(), d.node) == roots_.end()) roots_.push_back(d.node);
    }
    const double soft = c_.options.objective == CompileOptions::Objective::Depth ? depth_tuples : soft_tuples;
    for (int round = 0; round < 64; ++round) {
      Cone cone = cone_of(roots_);
      std::vector<NodeId> codes, axes;
      split(cone, codes, axes);
      const double size = tuples(cone);
      if (axes.size() <= 1 && size <= soft) break;
      if (axes.size() <= 1 && axes.size() == 1 && codes.empty()) break;  // steps of one number: as few neurons as it has changes
      if (force(cone, axes.size() > 1, size)) continue;
      if (axes.size() > 1) {  // nothing left to take out: hold all but the largest number as codes
        std::sort(axes.begin(), axes.end(), [&](NodeId a, NodeId b) {
          const auto size_of = [&](NodeId x) { return c_.sets.known(x) ? c_.sets.all(x).size() : std::numeric_limits<std::size_t>::max(); };
          return size_of(a) < size_of(b);
        });
        bool progress = false;
        for (std::size_t a = 0; a + 1 < axes.size(); ++a)
          if (!own(axes[a])) progress |= forced_.insert(axes[a]).second;
        if (!progress && !own(axes.back())) progress |= forced_.insert(axes.back()).second;
        if (!progress) break;
        continue;
      }
      break;
    }
    Cone cone = cone_of(roots_);
    split(cone, codes_, axes_);
    for (NodeId x : cone.inputs()) p_.require_known(x);
    if (axes_.size() > 1 || tuples(cone) > std::min<double>(hard_tuples, static_cast<double>(c_.budget.limits().tuples)))
      throw Refusal{"expression-too-large",
                    "\"" + c_.graph.describe(u.node) + "\" depends on about " + std::to_string(static_cast<long long>(std::min(1e15, tuples(cone)))) + " combinations of values at once",
                    "Use a smaller vocabulary or maximal length, or name intermediate s-ops with fewer values.", u.node};
    if (!axes_.empty()) axis_ = axes_[0];
  }

  // Takes out the maximal inner expressions that have at most one axis of their own, where that makes the table smaller.
  bool force(const Cone& cone, bool must, double size) {
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
          parts += std::min(s, axes.empty() ? s : 2.0 * static_cast<double>(c_.sets.all(x).size()) * std::max(1.0, s / std::max<double>(1.0, static_cast<double>(c_.sets.all(axes[0]).size()))));
          continue;
        }
      }
      for (NodeId a : c_.graph[x].args) stack.push_back(a);
    }
    if (candidates.empty()) return false;
    if (!must) {
      const auto before = forced_;
      forced_.insert(candidates.begin(), candidates.end());
      const double after = tuples(cone_of(roots_)) + parts;
      if (after >= size / 2) {
        forced_ = before;
        return false;
      }
      return true;
    }
    forced_.insert(candidates.begin(), candidates.end());
    return true;
  }

  void enumerate() {
    const Unit& u = unit();
    Cone cone = cone_of(roots_);
    const auto& inputs = cone.inputs();
    std::size_t axis_input = inputs.size();
    for (std::size_t i = 0; i < inputs.size(); ++i)
      if (inputs[i] == axis_) axis_input = i;
    code_inputs_.clear();
    for (NodeId x : inputs)
      if (x != axis_) code_inputs_.push_back(x);
    std::unordered_map<std::vector<std::uint32_t>, bool, VectorHash> contexts_seen, tuples_seen;
    std::unordered_map<std::vector<std::uint32_t>, std::size_t, VectorHash> row_of;  // by canonical values: 1, 1.0 and True look alike to a neuron
    std::map<std::vector<std::uint32_t>, std::uint32_t> classes;
    std::vector<ValueId> tuple(inputs.size()), out;
    std::vector<std::size_t> root_of_demand;
    for (const Demand& d : u.demands) root_of_demand.push_back(static_cast<std::size_t>(std::find(roots_.begin(), roots_.end(), d.node) - roots_.begin()));
    std::vector<std::vector<std::uint32_t>> class_signature;
    std::vector<bool> kept;
    std::vector<std::set<ValueId>> class_values;
    std::vector<double> numbers;
    std::map<double, std::uint32_t> number_index;
    std::map<double, ValueId> axis_values;
    const NodeId shown = u.node;
    const auto shown_root = static_cast<std::size_t>(std::find(roots_.begin(), roots_.end(), shown) - roots_.begin());
    const bool can_show = u.joint.empty() && (shown_root < roots_.size());
    const bool drop = c_.options.passes.drop;
    const std::string too_close = "\"" + c_.graph.describe(u.node) + "\" tells numbers apart that differ in their last bits only";
    c_.sets.contexts(inputs, [&](std::uint32_t i, std::uint32_t n) {
      std::vector<std::uint32_t> key;
      c_.budget.tick(static_cast<std::uint32_t>(1 + inputs.size()));
      for (NodeId x : inputs) key.push_back(c_.sets.at(x, i, n));
      if (!contexts_seen.emplace(key, true).second) return;
      std::vector<std::size_t> digit(inputs.size(), 0);
      for (auto s : key)
        if (c_.set_pool[s].empty()) return;
      while (true) {
        c_.budget.tick(2);
        for (std::size_t d = 0; d < inputs.size(); ++d) tuple[d] = c_.set_pool[key[d]][digit[d]];
        if (tuples_seen.emplace(tuple, true).second) {
          std::vector<std::uint32_t> canonical;
          for (ValueId v : tuple) canonical.push_back(c_.values.canonical(v));
          double on_axis = 0;
          bool rounded = false;
          if (axis_input < inputs.size()) {  // float32 tells no apart what differs in a double's last bits
            on_axis = c_.values.number(tuple[axis_input]);
            auto it = axis_values.lower_bound(on_axis - 1e-9 * std::max(1.0, std::fabs(on_axis)));
            if (it == axis_values.end() || !nearly_equal(it->first, on_axis)) it = axis_values.emplace(on_axis, canonical[axis_input]).first;
            rounded = it->first != on_axis;
            on_axis = it->first;
            canonical[axis_input] = it->second;
          }
          cone.evaluate(tuple, c_.apply, out);
          std::uint32_t outcome = no_signature;
          if (u.kind == UnitKind::MlpNumber) {
            if (out[0] != undefined_value && c_.values.is_number(out[0])) {
              const double x = c_.values.number(out[0]);
              auto it = number_index.lower_bound(x - 1e-9 * std::max(1.0, std::fabs(x)));
              if (it == number_index.end() || !nearly_equal(it->first, x)) {
                it = number_index.emplace(x, static_cast<std::uint32_t>(numbers.size())).first;
                numbers.push_back(x);
              }
              outcome = it->second;
            }
          } else {
            std::vector<std::uint32_t> signature;
            bool any = false, all_undefined = true;
            for (std::size_t d = 0; d < u.demands.size(); ++d) {
              const ValueId v = out[root_of_demand[d]];
              std::uint32_t s = no_signature;
              if (v != undefined_value) {
                all_undefined = false;
                if (auto it = u.demands[d].signature.find(c_.values.canonical(v)); it != u.demands[d].signature.end()) s = it->second;
                if (!u.demands[d].reads(s)) s = no_signature;
              }
              any |= s != no_signature;
              signature.push_back(s);
            }
            if (!all_undefined) {
              std::vector<std::uint32_t> class_key = signature;
              if (!drop && can_show && out[shown_root] != undefined_value) class_key.push_back(c_.values.canonical(out[shown_root]));
              auto [it, fresh] = classes.try_emplace(class_key, static_cast<std::uint32_t>(class_signature.size()));
              if (fresh) {
                class_signature.push_back(signature);
                kept.push_back(any || !drop);
                class_values.emplace_back();
              }
              outcome = it->second;
              if (can_show && out[shown_root] != undefined_value && class_values[outcome].size() < 4096) class_values[outcome].insert(out[shown_root]);
              else if (u.demands.size() >= 1 && class_values[outcome].size() < 4096 && !can_show) class_values[outcome].insert(out[root_of_demand[0]] == undefined_value ? tuple[0] : out[root_of_demand[0]]);
            }
          }
          const auto [known, fresh] = row_of.try_emplace(canonical, table_.outcome.size());
          if (fresh) {
            std::vector<std::uint32_t> row;
            for (std::size_t d = 0; d < inputs.size(); ++d)
              if (d != axis_input) row.push_back(canonical[d]);
            table_.tuples.push_back(std::move(row));
            table_.axis.push_back(on_axis);
            table_.outcome.push_back(outcome);
          } else if (std::uint32_t& earlier = table_.outcome[known->second]; earlier == no_signature) {
            earlier = outcome;  // undefined for one kind only: that kind never gets here on an input with a value
          } else if (outcome != no_signature && outcome != earlier && rounded) {
            if (p_.plan_.inexact.empty() || p_.plan_.inexact.back() != too_close) p_.plan_.inexact.push_back(too_close);
          } else if (outcome != no_signature && outcome != earlier) {
            throw Refusal{"kind-dependent", "\"" + c_.graph.describe(u.node) + "\" tells equal numbers of different kinds apart (1, 1.0, True), which a model holds as one number", "Convert the numbers before, for example with round.", u.node};
          }
          if (table_.outcome.size() > hard_tuples) throw LimitExceeded{"limit-tuples", static_cast<std::uint64_t>(hard_tuples)};
        }
        std::size_t d = 0;
        while (d < inputs.size() && ++digit[d] == c_.set_pool[key[d]].size()) digit[d++] = 0;
        if (d == inputs.size()) break;
      }
    });
    Unit& w = unit();
    w.class_signature = std::move(class_signature);
    w.kept = std::move(kept);
    for (auto& s : class_values) w.class_values.emplace_back(s.begin(), s.end());
    w.numbers = std::move(numbers);
    if (!can_show && w.joint.empty() && !w.demands.empty()) w.node = w.demands[0].node;  // what its classes are values of
    // A class that nobody reads writes nothing: the same as an undefined outcome, but it must stay silent.
    silent_.assign(w.class_signature.size(), false);
    if (w.kind == UnitKind::MlpCode)
      for (std::size_t c = 0; c < silent_.size(); ++c) silent_[c] = !w.kept[c];
  }

  bool emits(std::uint32_t outcome) {
    if (outcome == no_signature) return false;
    if (unit().kind == UnitKind::MlpNumber) return unit().numbers[outcome] != 0;
    return !silent_[outcome];
  }

  // Merges the values of each input that the table never tells apart. Undefined outcomes fit anything.
  void merge_values() {
    const std::size_t inputs = code_inputs_.size();
    merged_.assign(inputs, {});
    for (std::size_t d = 0; d < inputs; ++d) {
      std::map<std::uint32_t, std::map<std::vector<double>, std::uint32_t>> behaviour;  // value → (others, axis) → outcome
      for (std::size_t r = 0; r < table_.outcome.size(); ++r) {
        std::vector<double> key;
        for (std::size_t e = 0; e < inputs; ++e)
          if (e != d) key.push_back(table_.tuples[r][e]);
        key.push_back(table_.axis[r]);
        auto& cell = behaviour[table_.tuples[r][d]];
        auto [it, fresh] = cell.try_emplace(std::move(key), table_.outcome[r]);
        if (!fresh && it->second == no_signature) it->second = table_.outcome[r];
      }
      std::vector<std::map<std::vector<double>, std::uint32_t>> groups;
      std::unordered_map<std::uint32_t, std::uint32_t> group_of;
      for (auto& [value, cells] : behaviour) {
        c_.budget.tick(static_cast<std::uint32_t>(cells.size()));
        std::size_t g = 0;
        for (; c_.options.passes.drop && g < groups.size(); ++g) {
          c_.budget.tick(static_cast<std::uint32_t>(1 + cells.size()));
          bool fits = true;
          for (const auto& [key, outcome] : cells) {
            auto it = groups[g].find(key);
            if (it != groups[g].end() && it->second != outcome && it->second != no_signature && outcome != no_signature) { fits = false; break; }
          }
          // Values that never meet are told apart all the same where an axis would have to be extended.
          if (fits && axis_ != no_node && !compatible_steps(groups[g], cells)) fits = false;
          if (fits) break;
        }
        if (!c_.options.passes.drop || g == groups.size()) {
          g = groups.size();
          groups.emplace_back();
        }
        for (auto& [key, outcome] : cells) {
          auto [it, fresh] = groups[g].try_emplace(key, outcome);
          if (!fresh && it->second == no_signature) it->second = outcome;
        }
        group_of.emplace(value, static_cast<std::uint32_t>(g));
      }
      for (auto& row : table_.tuples) row[d] = group_of.at(row[d]);
      merged_[d] = std::move(group_of);
      counts_.push_back(static_cast<std::uint32_t>(groups.size()));
    }
    // Drop repetitions.
    std::map<std::vector<double>, std::uint32_t> rows;
    for (std::size_t r = 0; r < table_.outcome.size(); ++r) {
      std::vector<double> key(table_.tuples[r].begin(), table_.tuples[r].end());
      key.push_back(table_.axis[r]);
      auto [it, fresh] = rows.try_emplace(std::move(key), table_.outcome[r]);
      if (!fresh && it->second == no_signature) it->second = table_.outcome[r];
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
  bool compatible_steps(const std::map<std::vector<double>, std::uint32_t>& a, const std::map<std::vector<double>, std::uint32_t>& b) {
    auto changes = [&](const std::map<std::vector<double>, std::uint32_t>& m) {
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
    for (const auto& [key, outcome] : b) {
      auto [it, fresh] = both.try_emplace(key, outcome);
      if (!fresh && it->second == no_signature) it->second = outcome;
    }
    return changes(both) <= std::max(changes(a), changes(b));
  }

  void lookups() {
    merge_values();
    const std::size_t inputs = code_inputs_.size();
    // Rows of one outcome as products of sets, grown input by input.
    std::map<std::uint32_t, std::vector<std::vector<std::vector<std::uint32_t>>>> by_outcome;
    for (std::size_t r = 0; r < table_.outcome.size(); ++r) {
      if (!emits(table_.outcome[r])) continue;
      std::vector<std::vector<std::uint32_t>> product;
      for (auto v : table_.tuples[r]) product.push_back({v});
      by_outcome[table_.outcome[r]].push_back(std::move(product));
    }
    for (auto& [outcome, products] : by_outcome) {
      std::vector<std::vector<std::vector<std::uint32_t>>> best;
      for (std::size_t first = 0; first < std::max<std::size_t>(1, inputs); ++first) {
        auto current = products;
        for (std::size_t step = 0; step < inputs; ++step) {
          c_.budget.tick(static_cast<std::uint32_t>(4 * current.size()));
          const std::size_t d = (first + step) % inputs;
          std::map<std::vector<std::vector<std::uint32_t>>, std::vector<std::uint32_t>> groups;
          for (auto& product : current) {
            auto key = product;
            key[d].clear();
            auto& set = groups[key];
            set.insert(set.end(), product[d].begin(), product[d].end());
          }
          current.clear();
          for (auto& [key, set] : groups) {
            auto product = key;
            std::sort(set.begin(), set.end());
            set.erase(std::unique(set.begin(), set.end()), set.end());
            product[d] = set;
            current.push_back(std::move(product));
          }
        }
        if (best.empty() || current.size() < best.size()) best = std::move(current);
        if (inputs > 4) break;
      }
      for (auto& product : best) {
        Gate gate;
        for (std::size_t d = 0; d < inputs; ++d) {
          if (product[d].size() == counts_[d]) continue;  // any value: not read (unreachable tuples do not matter)
          gate.inputs.emplace_back(static_cast<std::uint32_t>(d), product[d]);
        }
        // Leaving an input out is only safe if no reachable row outside the product passes the rest of the gate: the
        // product with all values of d contains every reachable row that agrees on the other inputs, so it is.
        unit().lookups.push_back({std::move(gate), outcome});
      }
    }
  }

  void steps() {
    merge_values();
    std::map<std::vector<std::uint32_t>, std::vector<std::pair<double, std::uint32_t>>> curves;
    for (std::size_t r = 0; r < table_.outcome.size(); ++r) {
      auto& curve = curves[table_.tuples[r]];
      if (table_.outcome[r] != no_signature) curve.emplace_back(table_.axis[r], table_.outcome[r]);
    }
    for (auto& [tuple, curve] : curves) {
      if (curve.empty()) continue;
      std::sort(curve.begin(), curve.end());
      StepRow row;
      for (std::size_t d = 0; d < tuple.size(); ++d)
        if (counts_[d] > 1) row.gate.inputs.emplace_back(static_cast<std::uint32_t>(d), std::vector<std::uint32_t>{tuple[d]});
      auto same = [&](std::uint32_t a, std::uint32_t b) { return a == b || (!emits(a) && !emits(b)); };
      row.low = curve.front().first;
      row.high = curve.back().first;
      row.outputs.push_back(curve.front().second);
      for (std::size_t i = 1; i < curve.size(); ++i) {
        if (same(curve[i].second, curve[i - 1].second)) continue;
        row.thresholds.push_back((curve[i].first + curve[i - 1].first) / 2);
        row.gaps.push_back(curve[i].first - curve[i - 1].first);
        row.outputs.push_back(curve[i].second);
      }
      if (row.thresholds.empty() && !emits(row.outputs[0])) continue;
      unit().steps.push_back(std::move(row));
    }
    // The range of the axis over *all* tuples: a closed gate must stay closed everywhere.
    if (table_.axis.empty()) return;
    const auto [least, most] = std::minmax_element(table_.axis.begin(), table_.axis.end());
    for (StepRow& row : unit().steps) {
      row.low = std::min(row.low, *least);
      row.high = std::max(row.high, *most);
    }
  }

  // Demands on the inputs, with the merged values as signatures; what no neuron reads needs no dimension.
  void connect() {
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
    if (axis_ != no_node) {
      LinearForm form = p_.number(axis_);
      unit().has_axis = true;
      unit().axis_node = axis_;
      unit().axis = std::move(form);
    }
  }

  Planner& p_;
  PlanContext& c_;
  UnitId id_;
  std::vector<NodeId> roots_, codes_, axes_, code_inputs_;
  std::set<NodeId> forced_;
  NodeId axis_ = no_node;
  Table table_;
  std::vector<bool> silent_;
  std::vector<std::unordered_map<std::uint32_t, std::uint32_t>> merged_;
  std::vector<std::uint32_t> counts_;
};

void Planner::plan_mlp(UnitId id) { MlpPlanner(*this, id).run(); }

}  // namespace rasp
