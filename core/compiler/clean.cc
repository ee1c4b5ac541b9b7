#include "compiler/clean.h"

#include <algorithm>
#include <cmath>

namespace rasp {
namespace {

class Cleaner {
 public:
  explicit Cleaner(Plan& plan) : plan_(plan), clean_(plan.units.size(), no_unit) {}

  void run(const std::vector<bool>& adds_up) {
    for (std::size_t s = 0; s < adds_up.size(); ++s)
      for (Literal& l : plan_.selections[s].literals)
        for (UnitId* side : {&l.query, &l.key})
          if (adds_up[s] && rough(plan_, *side)) *side = cleaned(*side);
  }

  // A lookup is off by twice what its inputs are off by, so that errors grow with every power of two along a chain.
  void shorten_chains() {
    std::vector<std::uint32_t> depth(plan_.units.size(), 0);
    const std::vector<UnitId> order(plan_.order.rbegin(), plan_.order.rend());  // what is read before its readers
    for (UnitId id : order) {
      for (std::size_t k = 0; k < reads_of(id).size(); ++k) {
        const UnitId from = reads_of(id)[k]->unit;
        if (from == no_unit) continue;
        if (depth[from] < longest_chain && !(adds_numbers(id, k) && rough(plan_, from))) {
          depth[id] = std::max(depth[id], depth[from] + 1);
          continue;
        }
        const UnitId to = cleaned(from);  // moves the units
        reads_of(id)[k]->unit = to;
        depth[id] = std::max(depth[id], 1u);
      }
      if (plan_.units[id].saturated) depth[id] = 0;
    }
    for (UnitId id : order) clean_large(id);
  }
  // Of a number that W_U reads.
  void clean_output() {
    for (LinearForm::CodeTerm& t : plan_.output_number.codes)
      if (rough(plan_, t.read.unit) || large(t)) t.read.unit = cleaned(t.read.unit);
  }
  bool found() const { return found_; }

 private:
  static constexpr std::uint32_t longest_chain = 6;

  std::vector<CodeRead*> reads_of(UnitId id) {
    Unit& u = plan_.units[id];
    std::vector<CodeRead*> reads;
    for (CodeRead& r : u.inputs) reads.push_back(&r);
    if (u.kind == UnitKind::AggregateCode) reads.push_back(&u.value_code);
    for (LinearForm* form : {&u.axis, &u.value_number})
      for (LinearForm::CodeTerm& t : form->codes) reads.push_back(&t.read);
    return reads;
  }

  // Codes that lookups wrote, and that stand for large numbers.
  bool large(const LinearForm::CodeTerm& t) const {
    const Unit& from = plan_.units[t.read.unit];
    return from.kind == UnitKind::MlpCode && !from.saturated &&
           std::any_of(t.number.begin(), t.number.end(),
                       [&](double x) { return std::fabs(t.coefficient * x) >= Effort{}.large_number; });
  }
  void clean_large(UnitId id) {
    for (const bool axis : {true, false})
      for (std::size_t k = 0; k < (axis ? plan_.units[id].axis : plan_.units[id].value_number).codes.size(); ++k) {
        const auto term = [&]() -> LinearForm::CodeTerm& {
          return (axis ? plan_.units[id].axis : plan_.units[id].value_number).codes[k];
        };
        if (!large(term())) continue;
        const UnitId to = cleaned(term().read.unit);  // moves the units
        term().read.unit = to;
      }
  }

  // Is a number made of what this read is off by? Of a table's inputs, and of a form's codes.
  bool adds_numbers(UnitId id, std::size_t k) {
    const Unit& u = plan_.units[id];
    return u.kind == UnitKind::MlpNumber || k >= u.inputs.size() + (u.kind == UnitKind::AggregateCode ? 1 : 0);
  }

  // The unit that holds the same classes, cleaned.
  UnitId cleaned(UnitId source) {
    found_ = true;
    if (clean_[source] != no_unit) return clean_[source];
    const auto id = static_cast<UnitId>(plan_.units.size());
    Unit copy;
    {
      Unit& u = plan_.units[source];
      copy.kind = UnitKind::MlpCode;
      copy.node = u.node;
      copy.joint = u.joint;
      copy.planned = copy.saturated = true;
      copy.demands = u.demands;
      copy.class_signature = u.class_signature;
      copy.class_values = u.class_values;
      copy.kept = u.kept;
      // A demand of its own: every class apart.
      Demand each;
      each.node = u.node;
      each.read.assign(u.kept.size(), true);
      for (std::size_t c = 0; c < u.kept.size(); ++c) {
        const auto signature = static_cast<std::uint32_t>(c);
        for (ValueId v : u.class_values[c]) each.signature.emplace(v, signature);
        u.class_signature[c].push_back(signature);
        if (u.kept[c]) copy.lookups.push_back({{{{0u, {signature}}}}, signature});
      }
      copy.inputs = {{source, static_cast<std::uint32_t>(u.demands.size())}};
      u.demands.push_back(std::move(each));
    }
    plan_.units.push_back(std::move(copy));
    clean_.push_back(no_unit);
    plan_.order.insert(std::find(plan_.order.begin(), plan_.order.end(), source), id);  // readers before what they read
    clean_[source] = id;
    return id;
  }

  Plan& plan_;
  std::vector<UnitId> clean_;  // [unit] its cleaned copy
  bool found_ = false;
};

}  // namespace

bool rough(const Plan& plan, UnitId id) {
  if (id == no_unit) return false;
  const Unit& u = plan.units[id];
  if (u.kind == UnitKind::AggregateCode) return rough(plan, u.value_code.unit);
  if (u.kind != UnitKind::MlpCode || u.saturated) return false;
  return u.has_axis ||
         std::any_of(u.inputs.begin(), u.inputs.end(), [&](const CodeRead& r) { return rough(plan, r.unit); });
}

std::optional<Plan> with_clean_codes(const Plan& plan) {
  std::vector<bool> adds_up(plan.selections.size(), false);
  for (UnitId id : plan.order) {
    const Unit& u = plan.units[id];
    if (u.kind == UnitKind::WidthNumber || (u.kind == UnitKind::AggregateNumber && u.most_selected > 1))
      adds_up[u.head] = true;
  }
  bool found = false;
  for (std::size_t s = 0; s < adds_up.size() && !found; ++s)
    for (const Literal& l : plan.selections[s].literals)
      found = found || (adds_up[s] && (rough(plan, l.query) || rough(plan, l.key)));
  if (!found) return std::nullopt;
  Plan copy = plan;
  Cleaner(copy).run(adds_up);
  return copy;
}

std::optional<Plan> with_all_codes_clean(const Plan& plan) {
  Plan copy = plan;
  Cleaner cleaner(copy);
  cleaner.shorten_chains();
  cleaner.clean_output();
  cleaner.run(std::vector<bool>(plan.selections.size(), true));
  return cleaner.found() ? std::optional(std::move(copy)) : std::nullopt;
}

}  // namespace rasp
