// Attention heads: scores, values, and what they do to errors.
#include "compiler/assembler.h"
#include "compiler/clean.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace rasp {
namespace {

// A float with at most 12 significant bits, at least x: small multiples of it and their sums are exact in float32.
double round_up_12(double x) {
  int exponent = 0;
  const double mantissa = std::frexp(x, &exponent);
  return std::ldexp(std::ceil(mantissa * 4096) / 4096, exponent);
}

}  // namespace

// Score form of one literal: rows = query classes, columns = key classes, factored over the distinct rows or columns.
void Assembler::literal(const Literal& l, HeadDraft& h) {
  const Unit* qu = l.query == no_unit ? nullptr : &plan_.units[l.query];
  const Unit* ku = l.key == no_unit ? nullptr : &plan_.units[l.key];
  const std::size_t rows = qu ? qu->kept.size() : 1, cols = ku ? ku->kept.size() : 1;
  static const std::vector<std::uint32_t> none;
  std::vector<std::vector<std::uint32_t>> form(rows);  // selected columns
  std::uint64_t pairs = 0;
  for (std::size_t r = 0; r < rows; ++r) {
    if (qu && !qu->kept[r]) continue;
    c_.budget.tick(static_cast<std::uint32_t>(cols));
    for (std::size_t k = 0; k < cols; ++k) {
      if (ku && !ku->kept[k]) continue;
      if (l.selects(qu ? qu->class_signature[r] : none, ku ? ku->class_signature[k] : none)) form[r].push_back(static_cast<std::uint32_t>(k));
    }
    if ((pairs += form[r].size()) > c_.budget.limits().weights) throw LimitExceeded{"limit-weights", c_.budget.limits().weights};
  }
  std::vector<std::vector<std::uint32_t>> columns(cols);
  for (std::size_t r = 0; r < rows; ++r)
    for (auto k : form[r]) columns[k].push_back(static_cast<std::uint32_t>(r));
  auto distinct = [](const std::vector<std::vector<std::uint32_t>>& patterns) {
    std::map<std::vector<std::uint32_t>, std::int32_t> index;
    for (const auto& p : patterns)
      if (!p.empty()) index.try_emplace(p, static_cast<std::int32_t>(index.size()));
    return index;
  };
  const auto row_index = distinct(form), column_index = distinct(columns);
  const std::int32_t base = h.qk_axes;
  auto query = [&](std::size_t r, std::int32_t axis, double weight) {
    if (qu) h.q.emplace_back(dims_[l.query][r], axis, static_cast<float>(weight));
    else add_constant(h.q, h.b_q, axis, weight);
  };
  auto key = [&](std::size_t k, std::int32_t axis, double weight) {
    if (ku) h.k.emplace_back(dims_[l.key][k], axis, static_cast<float>(weight));
    else add_constant(h.k, h.b_k, axis, weight);
  };
  // One query group per key class (equality and the like): codes of ±1 in ⌈log2⌉ axes, a match scores one unit more than any other pair.
  std::size_t touched = 0;
  for (const auto& [p, i] : row_index) touched += p.size();
  std::size_t nonempty = 0;
  for (const auto& p : columns) nonempty += !p.empty();
  const auto groups = static_cast<std::int32_t>(row_index.size());
  int bits = 0;
  while ((1 << bits) < groups) ++bits;
  const bool one_to_one = touched == nonempty;
  if (c_.options.passes.factor && one_to_one && groups > 8 && bits < groups && !(h.sensitive && (rough(plan_, l.query) || rough(plan_, l.key)))) {
    for (std::size_t r = 0; r < rows; ++r) {
      if (form[r].empty()) continue;
      const std::int32_t code = row_index.at(form[r]);
      for (int b = 0; b < bits; ++b) query(r, base + b, (code >> b & 1) ? 0.5 : -0.5);
    }
    for (const auto& [pattern, code] : row_index)
      for (auto k : pattern)
        for (int b = 0; b < bits; ++b) key(k, base + b, (code >> b & 1) ? 1 : -1);
    h.qk_axes += bits;
    h.active += bits;
    h.scores.push_back({bits / 2.0, 0, 0});
    return;
  }
  HeadDraft::Score score;
  if (row_index.size() <= column_index.size()) {
    std::map<std::int32_t, std::size_t> queries;
    for (std::size_t r = 0; r < rows && one_to_one; ++r)
      if (!form[r].empty()) score.query_group = std::max(score.query_group, ++queries[row_index.at(form[r])]);
    for (const auto& [pattern, axis] : row_index)
      if (one_to_one) score.key_group = std::max(score.key_group, pattern.size());
    for (std::size_t r = 0; r < rows; ++r)
      if (!form[r].empty()) query(r, base + row_index.at(form[r]), 1);
    for (const auto& [pattern, axis] : row_index)
      for (auto k : pattern) key(k, base + axis, 1);
    h.qk_axes += groups;
  } else {
    for (std::size_t k = 0; k < cols; ++k)
      if (!columns[k].empty()) key(k, base + column_index.at(columns[k]), 1);
    for (const auto& [pattern, axis] : column_index)
      for (auto r : pattern) query(r, base + axis, 1);
    h.qk_axes += static_cast<std::int32_t>(column_index.size());
  }
  ++h.active;
  h.scores.push_back(score);
}

Assembler::HeadDraft Assembler::draft(const HeadPlan& plan) {
  const Selection& selection = plan_.selections[plan.selection];
  HeadDraft h;
  h.width = selection.width;
  h.sensitive = h.width || std::any_of(plan.units.begin(), plan.units.end(), [&](UnitId id) { return plan_.units[id].kind == UnitKind::AggregateNumber && plan_.units[id].most_selected > 1; });
  if (!selection.nothing)
    for (const Literal& l : selection.literals) literal(l, h);
  for (const HeadDraft::Score& score : h.scores) h.lead += score.lead;
  if (selection.nothing) {
    h.lead = 1;
  } else if (selection.literals.empty()) {  // everything: a constant pair, so that BOS itself still looks at BOS
    add_constant(h.q, h.b_q, h.qk_axes, 1);
    add_constant(h.k, h.b_k, h.qk_axes, 1);
    ++h.qk_axes;
    ++h.active;
    h.lead = 1;
  }
  h.bos_axis = h.qk_axes++;
  h.k.emplace_back(bos_, h.bos_axis, 1.f);
  std::int32_t constant_axis = -1;
  for (UnitId id : plan.units) draft_value(id, h, constant_axis);
  return h;
}

// What the head reads of a selected position, and where it writes it.
void Assembler::draft_value(UnitId id, HeadDraft& h, std::int32_t& constant_axis) {
  const Unit& unit = plan_.units[id];
  auto constant = [&] {
    if (constant_axis < 0) {
      constant_axis = h.ov_axes++;
      add_constant(h.v, h.b_v, constant_axis, 1);
    }
    return constant_axis;
  };
  if (unit.kind == UnitKind::WidthNumber) {
    h.count_outputs.emplace_back(constant(), dims_[id][0]);
    return;
  }
  if (unit.kind == UnitKind::AggregateNumber) {
    const std::int32_t axis = h.ov_axes++;
    read_form(unit.value_number, unit.value_number.constant - unit.default_number, axis, h.v, h.b_v);
    h.o.emplace_back(axis, dims_[id][0], 1.f);
    return;
  }
  if (unit.default_class >= 0) h.o.emplace_back(constant(), dims_[id][static_cast<std::size_t>(unit.default_class)], -1.f);
  if (unit.value_code.unit == no_unit) {
    const std::int32_t target = unit.value_class.empty() ? -1 : unit.value_class[0];
    if (target >= 0) h.o.emplace_back(constant(), dims_[id][static_cast<std::size_t>(target)], 1.f);
    return;
  }
  const Unit& value = plan_.units[unit.value_code.unit];
  std::map<std::int32_t, std::int32_t> axis_of;
  for (std::size_t k = 0; k < value.kept.size(); ++k) {
    const std::uint32_t s = value.class_signature[k][unit.value_code.demand];
    if (s == no_signature || s >= unit.value_class.size() || !value.kept[k]) continue;
    const std::int32_t target = unit.value_class[s];
    if (target < 0) continue;
    auto [it, fresh] = axis_of.try_emplace(target, h.ov_axes);
    if (fresh) {
      ++h.ov_axes;
      h.o.emplace_back(it->second, dims_[id][static_cast<std::size_t>(target)], 1.f);
    }
    h.v.emplace_back(dims_[unit.value_code.unit][k], it->second, 1.f);
  }
}

// A selected pair scores lead·s, any other at most (lead-1)·s, BOS half a step below a selected pair: BOS takes the row that selects
// nothing. s keeps the weight of all unselected keys under 2^-30. √d_head is folded into W_Q, and the amplitude has 12 bits, so that all
// selected keys of a row get exactly the same score where the codes are exact.
//
// In a width, BOS outweighs every selected key by e^β ≈ M instead: the weight off BOS is w/(M+w), which is w to within w²/M after scaling
// by M. A width need only be told from its neighbours: 2^-16 of leakage does.
//
// Errors of the codes that are compared grow with s: with `balance`, s is no larger than weighs them against the leakage.
void Assembler::finish_head(Layer& layer, std::size_t l, HeadDraft& h, const HeadPlan& plan, std::int32_t d_head) {
  const double root = std::sqrt(static_cast<double>(d_head));
  const Selection& selection = plan_.selections[plan.selection];
  const double codes = score_error(h, selection), far = std::log(n_ + 1.0);
  double nats = h.width ? far + 16 * std::log(2.0) : 2 * (far + 30 * std::log(2.0));
  if (balance_ && codes > 0 && h.width) nats = std::min(nats, std::max(far + 3, -std::log(2 * codes)));
  if (balance_ && codes > 0 && h.sensitive && !h.width) nats = std::min(nats, 2 * (far + 3 + std::max(4.0, -std::log(codes))));
  const double amplitude = round_up_12(nats * root);
  const double s = amplitude / root;
  double bos = h.lead - 0.5, count_scale = 0;
  if (h.width) {
    const double beta_steps = std::ceil(16 * std::log(4096.0 * (n_ + 1) * (n_ + 1)) / s);
    bos = h.lead + beta_steps / 16;
    count_scale = std::exp(static_cast<double>(static_cast<float>(beta_steps / 16 * amplitude / static_cast<double>(static_cast<float>(root)))));
  }
  AttentionHead head;
  for (Triplet& t : h.q) t = Triplet(t.row(), t.col(), static_cast<float>(t.value() * amplitude));
  auto biases = [&](const Biases& list, double scale) {
    std::vector<float> b(static_cast<std::size_t>(d_head), 0);
    for (auto [axis, x] : list) b[static_cast<std::size_t>(axis)] += static_cast<float>(x * scale);
    return b;
  };
  head.b_Q = biases(h.b_q, amplitude);
  head.b_K = biases(h.b_k, 1);
  head.b_V = biases(h.b_v, 1);
  head.b_Q[static_cast<std::size_t>(h.bos_axis)] += static_cast<float>(bos * amplitude);
  for (auto [axis, dimension] : h.count_outputs) h.o.emplace_back(axis, dimension, static_cast<float>(count_scale));
  head.W_Q = sparse(t_.d_model, d_head, h.q);
  head.W_K = sparse(t_.d_model, d_head, h.k);
  head.W_V = sparse(t_.d_model, d_head, h.v);
  head.W_O = sparse(d_head, t_.d_model, h.o);
  layer.heads.push_back(std::move(head));

  std::vector<Bound> bounds;  // of all units first: none reads another
  for (UnitId id : plan.units) bounds.push_back(bound_head(h, plan_.units[id], selection, s, bos, count_scale));
  for (std::size_t i = 0; i < plan.units.size(); ++i) record(plan.units[i], "score gap against the error of the codes it compares", bounds[i]);
  describe_head(l, h, plan, count_scale);
}

// How far the codes' errors move a score, in units of s. A pair of codes meets in one axis of the form, where the errors of the dimensions
// that it adds up count; what the other axes add is of second order, but where a class has several axes.
double Assembler::score_error(const HeadDraft& h, const Selection& selection) const {
  double total = 0;
  for (std::size_t i = 0; i < h.scores.size(); ++i) {
    auto axis = [&](UnitId id, std::size_t group) { return id == no_unit ? 0 : group ? std::min(spread_[id], static_cast<double>(group) * error_[id]) : spread_[id]; };
    const Literal& l = selection.literals[i];
    const double q = axis(l.query, h.scores[i].query_group), k = axis(l.key, h.scores[i].key_group);
    total += h.scores[i].lead * (q + k + (l.query == no_unit ? 0 : spread_[l.query]) * k);
  }
  return total;
}

// Scores are off by at most E: by the codes that they compare (each literal sums products of two codes of length 1), and by rounding, one step
// per axis that is not zero. Then unselected keys get at most n·e^(-s+2E) of a selected one's weight, and selected weights differ by e^(2E).
Assembler::Bound Assembler::bound_head(const HeadDraft& h, const Unit& unit, const Selection& selection, double s, double bos, double count_scale) const {
  const double codes = score_error(h, selection);
  const int axes = codes == 0 ? h.active : h.qk_axes;
  const double E = s * codes + 2 * (axes + 3) * unit_roundoff * s * std::max(std::fabs(bos), h.lead);
  Bound bound;
  bound.margin = 1 - 8 * E / s;
  const double sums = (n_ + 10) * unit_roundoff;  // exponentials, their sum, the division, the weighted sum
  if (unit.kind == UnitKind::WidthNumber) {
    // The argument of a selected key's exponential, (lead - bos)·s, is rounded too.
    bound.error = static_cast<double>(n_) * n_ / count_scale + n_ * (std::expm1(2 * E) + (bos - h.lead) * s * unit_roundoff + sums) + n_ * std::exp(-s + 2 * E);
    return bound;
  }
  const double leak = (n_ + 1) * std::exp(-s / 2 + 2 * E);
  if (unit.kind == UnitKind::AggregateNumber) {
    // Unequal weights matter only where several keys are selected; codes without errors give equal scores to the last bit.
    const double unequal = unit.most_selected > 1 && codes > 0 ? std::expm1(2 * E) : 0;
    const double most = magnitude(unit.value_number) + std::fabs(unit.default_number);
    bound.error = form_error(unit.value_number) + 2 * most * (leak + unequal + sums);
    return bound;
  }
  // A code: all selected keys hold the same class.
  const double value = unit.value_code.unit == no_unit ? 0 : spread_[unit.value_code.unit];
  bound.error = value + 2 * leak + 2 * sums;
  bound.spread = value + 2 * leak + 3 * sums;
  return bound;
}

void Assembler::describe_head(std::size_t l, const HeadDraft& h, const HeadPlan& plan, double count_scale) {
  const Selection& selection = plan_.selections[plan.selection];
  HeadInfo info;
  for (const Literal& literal : selection.literals) {
    if (literal.query != no_unit) info.reads_query.push_back(label(literal.query));
    if (literal.key != no_unit) info.reads_key.push_back(label(literal.key));
  }
  for (UnitId id : plan.units) {
    const Unit& unit = plan_.units[id];
    info.nodes.push_back(unit.node);
    if (unit.value_code.unit != no_unit && unit.kind == UnitKind::AggregateCode) info.reads_value.push_back(label(unit.value_code.unit));
    for (const auto& t : unit.value_number.numbers) info.reads_value.push_back(label(t.unit));
    for (const auto& t : unit.value_number.codes) info.reads_value.push_back(label(t.read.unit));
  }
  info.selector = selection.selector;
  info.label = c_.graph.describe(selection.selector);
  info.role = h.width ? HeadInfo::Role::CountingWidth : HeadInfo::Role::Aggregate;
  info.count_scale = count_scale;
  m_.layers[l].heads.push_back(std::move(info));
}

}  // namespace rasp
