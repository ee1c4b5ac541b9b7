// What a plan computes, in exact values: no weight, score, slope or float32 takes part. The second of three readings of
// a program (interpreter, plan, forward pass).
#pragma once
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "compiler/plan.h"

namespace rasp::testing {

// What a unit holds at one position.
struct Held {
  static constexpr std::int32_t silent = -1;  // a code whose dimensions are all zero: a value that nothing reads
  bool defined = false;                       // false: the program has no value there, anything may be held
  std::int32_t code = silent;                 // codes: the class
  double number = 0;                          // numbers
};

class PlanEvaluator {
 public:
  PlanEvaluator(const PlanContext& context, const Plan& plan) : c_(context), plan_(plan) {}

  // held[unit][position].
  std::vector<std::vector<Held>> run(const std::vector<Value>& tokens) {
    n_ = static_cast<std::uint32_t>(tokens.size());
    faults.clear();
    held_.assign(plan_.units.size(), {});
    for (auto it = plan_.order.rbegin(); it != plan_.order.rend(); ++it) {  // inputs before readers
      held_[*it].resize(n_);
      for (std::uint32_t i = 0; i < n_; ++i) held_[*it][i] = at(plan_.units[*it], i, tokens);
    }
    return held_;
  }

  // The output's value at a position of the last run; nothing where undefined.
  std::optional<Value> output(std::uint32_t i, const std::vector<Value>& codec) {
    if (plan_.output_kind == ReadKind::Number) {
      const auto x = number(plan_.output_number, i);
      if (!x) return std::nullopt;
      if (codec.empty()) return Value::real(*x);
      return *std::min_element(codec.begin(), codec.end(), [&](const Value& a, const Value& b) {
        return std::fabs(a.number() - *x) < std::fabs(b.number() - *x);
      });
    }
    if (plan_.output_kind == ReadKind::Lines) {
      const auto x = number(plan_.output_number, i);
      if (!x) return std::nullopt;
      return c_.values[plan_.output_values[static_cast<std::size_t>(
          std::lower_bound(plan_.output_thresholds.begin(), plan_.output_thresholds.end(), *x) -
          plan_.output_thresholds.begin())]];
    }
    std::uint32_t s = plan_.output_implicit >= 0 ? static_cast<std::uint32_t>(plan_.output_implicit) : 0;
    if (plan_.output_code.unit != no_unit) {
      if (!held_[plan_.output_code.unit][i].defined) return std::nullopt;
      if (const std::uint32_t own = signature(plan_.output_code, i); own != no_signature) s = own;
    }
    return c_.values[plan_.output_values[s]];
  }

  struct Fault {
    NodeId node;
    std::uint32_t position;
  };
  std::vector<Fault> faults;  // rows of one lookup that fire at once: must not happen where the node has a value

 private:
  Held code(const Unit& unit, ValueId v) {
    for (std::size_t c = 0; c < unit.class_values.size(); ++c)
      if (std::find(unit.class_values[c].begin(), unit.class_values[c].end(), v) != unit.class_values[c].end())
        return kept(unit, static_cast<std::int32_t>(c));
    return {true, Held::silent, 0};
  }

  static Held kept(const Unit& unit, std::int32_t c) {
    return {true, c >= 0 && unit.kept[static_cast<std::size_t>(c)] ? c : Held::silent, 0};
  }

  std::uint32_t signature(const CodeRead& read, std::uint32_t i) {
    const std::int32_t c = held_[read.unit][i].code;
    return c < 0 ? no_signature : class_signature(plan_.units[read.unit], static_cast<std::size_t>(c), read.demand);
  }

  std::optional<double> number(const LinearForm& f, std::uint32_t i) {
    double sum = f.constant;
    for (const auto& t : f.numbers) {
      if (!held_[t.unit][i].defined) return std::nullopt;
      sum += t.coefficient * held_[t.unit][i].number;
    }
    for (const auto& t : f.codes) {
      if (!held_[t.read.unit][i].defined) return std::nullopt;
      if (const std::uint32_t s = signature(t.read, i); s != no_signature) sum += t.coefficient * t.number[s];
    }
    return sum;
  }

  // The keys that a query selects; nothing where a value that it depends on is undefined.
  std::optional<std::vector<std::uint32_t>> selected(const Selection& selection, std::uint32_t q) {
    std::vector<std::uint32_t> keys;
    for (std::uint32_t k = 0; k < (c_.options.causal ? q + 1 : n_) && !selection.nothing; ++k) {
      bool all = true;
      for (const Literal& l : selection.literals) {
        std::vector<std::uint32_t> query, key;
        if (!side(l.query, q, query, all) || !side(l.key, k, key, all)) return std::nullopt;
        all = all && l.selects(query, key);
      }
      if (all) keys.push_back(k);
    }
    return keys;
  }

  // Signatures of one side; `held` becomes false where it holds a value that no literal reads. False: undefined.
  bool side(UnitId unit, std::uint32_t i, std::vector<std::uint32_t>& signatures, bool& held) {
    if (unit == no_unit) return true;
    const Held& h = held_[unit][i];
    if (!h.defined) return false;
    held = held && h.code >= 0;
    if (h.code >= 0) signatures = plan_.units[unit].class_signature[static_cast<std::size_t>(h.code)];
    else signatures.assign(plan_.units[unit].demands.size(), no_signature);
    return true;
  }

  Held at(const Unit& unit, std::uint32_t i, const std::vector<Value>& tokens) {
    switch (unit.kind) {
      case UnitKind::TokensCode: return code(unit, c_.values.intern(tokens[i]));
      case UnitKind::IndicesCode: return code(unit, c_.values.intern(Value::integer(static_cast<std::int64_t>(i))));
      case UnitKind::IndicesNumber: return {true, Held::silent, static_cast<double>(i)};
      case UnitKind::MlpCode:
      case UnitKind::MlpNumber: return mlp(unit, i);
      default: break;
    }
    const auto keys = selected(plan_.selections[unit.head], i);
    if (!keys) return {};
    if (unit.kind == UnitKind::WidthNumber && !unit.summed)
      return {true, Held::silent, static_cast<double>(keys->size())};
    if (unit.kind == UnitKind::AggregateNumber || unit.summed) {
      if (keys->empty() && !unit.summed) return {true, Held::silent, unit.default_number};
      double sum = 0;
      for (std::uint32_t k : *keys) {
        const auto x = number(unit.value_number, k);
        if (!x) return {};
        sum += *x;
      }
      return {true, Held::silent, unit.summed ? sum : sum / static_cast<double>(keys->size())};
    }
    if (keys->empty()) return kept(unit, unit.default_class);
    std::optional<std::int32_t> common;
    for (std::uint32_t k : *keys) {
      std::int32_t c = unit.value_code.unit == no_unit && !unit.value_class.empty() ? unit.value_class[0] : -1;
      if (unit.value_code.unit != no_unit) {
        if (!held_[unit.value_code.unit][k].defined) return {};
        if (const std::uint32_t s = signature(unit.value_code, k); s != no_signature) c = unit.value_class[s];
      }
      if (common && *common != c) return {};  // the interpreter has no mean of strings or bools
      common = c;
    }
    return kept(unit, *common);
  }

  Held mlp(const Unit& unit, std::uint32_t i) {
    for (const CodeRead& read : unit.inputs)
      if (read.unit != no_unit && !held_[read.unit][i].defined) return {};
    auto open = [&](const Gate& gate) {
      return std::all_of(gate.inputs.begin(), gate.inputs.end(), [&](const auto& input) {
        const std::uint32_t s = signature(unit.inputs[input.first], i);
        return std::find(input.second.begin(), input.second.end(), s) != input.second.end();
      });
    };
    std::vector<std::uint32_t> outcomes;
    for (const LookupRow& row : unit.lookups)
      if (open(row.gate)) outcomes.push_back(row.output);
    if (unit.has_axis) {
      const auto x = number(unit.axis, i);
      if (!x) return {};
      for (const StepRow& row : unit.steps) {
        if (!open(row.gate)) continue;
        const auto above = std::lower_bound(row.thresholds.begin(), row.thresholds.end(), *x) - row.thresholds.begin();
        const std::uint32_t outcome = row.outputs[static_cast<std::size_t>(above)];
        if (outcome == no_signature) return {};
        outcomes.push_back(outcome);
      }
    }
    if (outcomes.size() > 1) faults.push_back({unit.node, i});
    if (outcomes.empty()) return {true, Held::silent, 0};
    if (unit.kind == UnitKind::MlpNumber) return {true, Held::silent, unit.numbers[outcomes[0]]};
    return kept(unit, static_cast<std::int32_t>(outcomes[0]));
  }

  PlanContext c_;
  const Plan& plan_;
  std::uint32_t n_ = 0;
  std::vector<std::vector<Held>> held_;
};

}  // namespace rasp::testing
