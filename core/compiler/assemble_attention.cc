// Attention heads: scores, values, and what they do to errors.
#include "compiler/assembler.h"
#include "compiler/clean.h"
#include "proof/amplitudes.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace rasp {

namespace {
// The different patterns of rows or columns that are not empty, numbered in their order.
std::map<std::vector<std::uint32_t>, std::int32_t> distinct(const std::vector<std::vector<std::uint32_t>>& patterns) {
  std::map<std::vector<std::uint32_t>, std::int32_t> index;
  for (const auto& p : patterns)
    if (!p.empty()) index.try_emplace(p, static_cast<std::int32_t>(index.size()));
  return index;
}
}  // namespace

// Which key classes each query class selects, and which query classes each key class.
Assembler::ScoreForm Assembler::score_form(const Literal& l) {
  const Unit* qu = l.query == no_unit ? nullptr : &plan_.units[l.query];
  const Unit* ku = l.key == no_unit ? nullptr : &plan_.units[l.key];
  static const std::vector<std::uint32_t> none;
  ScoreForm f;
  f.rows.resize(qu ? qu->kept.size() : 1);
  f.columns.resize(ku ? ku->kept.size() : 1);
  for (std::size_t r = 0; r < f.rows.size(); ++r) {
    if (qu && !qu->kept[r]) continue;
    c_.budget.tick(static_cast<std::uint32_t>(f.columns.size()));
    for (std::size_t k = 0; k < f.columns.size(); ++k) {
      if ((ku && !ku->kept[k]) || !l.selects(qu ? qu->class_signature[r] : none, ku ? ku->class_signature[k] : none))
        continue;
      f.rows[r].push_back(static_cast<std::uint32_t>(k));
      f.columns[k].push_back(static_cast<std::uint32_t>(r));
    }
    if ((f.pairs += f.rows[r].size()) > c_.budget.limits().weights)
      throw LimitExceeded{"limit-weights", c_.budget.limits().weights};
  }
  f.row_index = distinct(f.rows);
  f.column_index = distinct(f.columns);
  std::size_t touched = 0, nonempty = 0;
  for (const auto& [p, i] : f.row_index) touched += p.size();
  for (const auto& p : f.columns) nonempty += !p.empty();
  f.one_to_one = touched == nonempty;
  return f;
}

void Assembler::read_query(const Literal& l, HeadDraft& h, std::size_t row, std::int32_t axis, double weight) {
  if (l.query != no_unit) h.q.emplace_back(dims_[l.query][row], axis, static_cast<float>(weight));
  else add_constant(h.q, h.b_q, axis, weight);
}

void Assembler::read_key(const Literal& l, HeadDraft& h, std::size_t column, std::int32_t axis, double weight) {
  if (l.key != no_unit) h.k.emplace_back(dims_[l.key][column], axis, static_cast<float>(weight));
  else add_constant(h.k, h.b_k, axis, weight);
}

// Score form of one literal: rows = query classes, columns = key classes, factored over the distinct rows or columns.
void Assembler::literal(const Literal& l, HeadDraft& h) {
  const ScoreForm f = score_form(l);
  h.nothing = h.nothing || f.pairs == 0;
  const std::int32_t base = h.qk_axes;
  const auto groups = static_cast<std::int32_t>(f.row_index.size());
  int bits = 0;
  while ((1 << bits) < groups) ++bits;
  // One query group per key class (equality and the like): codes of ±1 in ⌈log2⌉ axes, a match scores one unit more
  // than any other pair.
  if (c_.options.passes.factor && f.one_to_one && groups > 8 && bits < groups &&
      !(h.sensitive && (rough(plan_, l.query) || rough(plan_, l.key)))) {
    for (std::size_t r = 0; r < f.rows.size(); ++r)
      for (int b = 0; b < bits && !f.rows[r].empty(); ++b)
        read_query(l, h, r, base + b, (f.row_index.at(f.rows[r]) >> b & 1) ? 0.5 : -0.5);
    for (const auto& [pattern, code] : f.row_index)
      for (auto k : pattern)
        for (int b = 0; b < bits; ++b) read_key(l, h, k, base + b, (code >> b & 1) ? 1 : -1);
    h.qk_axes += bits;
    h.active += bits;
    h.scores.push_back({bits / 2.0, 0, 0});
    return;
  }
  HeadDraft::Score score;
  if (f.row_index.size() <= f.column_index.size()) {
    std::map<std::int32_t, std::size_t> queries;
    for (std::size_t r = 0; r < f.rows.size() && f.one_to_one; ++r)
      if (!f.rows[r].empty()) score.query_group = std::max(score.query_group, ++queries[f.row_index.at(f.rows[r])]);
    for (const auto& [pattern, axis] : f.row_index)
      if (f.one_to_one) score.key_group = std::max(score.key_group, pattern.size());
    for (std::size_t r = 0; r < f.rows.size(); ++r)
      if (!f.rows[r].empty()) read_query(l, h, r, base + f.row_index.at(f.rows[r]), 1);
    for (const auto& [pattern, axis] : f.row_index)
      for (auto k : pattern) read_key(l, h, k, base + axis, 1);
    h.qk_axes += groups;
  } else {
    for (std::size_t k = 0; k < f.columns.size(); ++k)
      if (!f.columns[k].empty()) read_key(l, h, k, base + f.column_index.at(f.columns[k]), 1);
    for (const auto& [pattern, axis] : f.column_index)
      for (auto r : pattern) read_query(l, h, r, base + axis, 1);
    h.qk_axes += static_cast<std::int32_t>(f.column_index.size());
  }
  ++h.active;
  h.scores.push_back(score);
}

Assembler::HeadDraft Assembler::draft(const HeadPlan& plan) {
  const Selection& selection = plan_.selections[plan.selection];
  HeadDraft h;
  h.width = selection.width;
  h.nothing = selection.nothing;
  h.sensitive = h.width || std::any_of(plan.units.begin(), plan.units.end(), [&](UnitId id) {
                  return plan_.units[id].kind == UnitKind::AggregateNumber && plan_.units[id].most_selected > 1;
                });
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
    h.total = std::max(h.total, unit.total);
    if (unit.summed) h.largest = std::max(h.largest, proved(unit.value_number).magnitude);
    const std::int32_t axis = unit.summed ? h.ov_axes++ : constant();
    if (unit.summed) read_form(unit.value_number, unit.value_number.constant, axis, h.v, h.b_v);
    h.count_outputs.emplace_back(axis, dims_[id][0]);
    return;
  }
  if (unit.kind == UnitKind::AggregateNumber) {
    const std::int32_t axis = h.ov_axes++;
    read_form(unit.value_number, unit.value_number.constant - unit.default_number, axis, h.v, h.b_v);
    h.o.emplace_back(axis, dims_[id][0], 1.f);
    return;
  }
  if (unit.default_class >= 0)
    h.o.emplace_back(constant(), dims_[id][static_cast<std::size_t>(unit.default_class)], -1.f);
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

// A selected pair scores lead·s, any other at most (lead-1)·s, BOS half a step below a selected pair: BOS takes the row
// that selects nothing. How large s is: proof/amplitudes.h.
void Assembler::finish_head(Layer& layer, std::size_t l, HeadDraft& h, const HeadPlan& plan, std::int32_t d_head) {
  const double compared = comparison_error(h, plan_.selections[plan.selection]);
  const proof::Scores scores = proof::choose_scores(
      {static_cast<double>(n_), h.lead, compared, h.width, h.sensitive, balance_, d_head, h.total, h.largest});
  weigh(layer, h, scores.amplitude, scores.bos, scores.count_scale, d_head);
  int axes = h.active;
  if (compared > 0) {  // none of the axes need be 0, nor what an axis reads
    double more = h.qk_axes - h.active;
    for (const Literal& l : plan_.selections[plan.selection].literals)
      more += accuracy(l.query).terms + accuracy(l.key).terms;
    axes += 2 + static_cast<int>(
                    std::ceil(std::min(more, 2 * proof::terms_of(compared))));  // and products of two that are inexact
  }
  const proof::Head head{static_cast<double>(n_),
                         scores.s,
                         h.lead,
                         scores.bos,
                         axes,
                         compared,
                         compared == 0 && proof::power_of_four(d_head) && scores.bos < 256};
  std::vector<Bound> bounds;  // of all units first: none reads another
  for (UnitId id : plan.units) bounds.push_back(bound_head(head, plan_.units[id], scores.count_scale));
  for (std::size_t i = 0; i < plan.units.size(); ++i)
    record(plan.units[i], "score gap against the error of the codes it compares", bounds[i]);
  m_.claims.heads[l].push_back({h.nothing, h.width});
  describe_head(l, h, plan, scores.count_scale);
}

// bos in units of the step of the scores.
void Assembler::weigh(Layer& layer, HeadDraft& h, double amplitude, double bos, double count_scale,
                      std::int32_t d_head) {
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
}

double Assembler::comparison_error(const HeadDraft& h, const Selection& selection) const {
  std::vector<proof::Comparison> comparisons;
  for (std::size_t i = 0; i < h.scores.size(); ++i) {
    const Literal& l = selection.literals[i];
    comparisons.push_back({h.scores[i].lead, l.query != no_unit, l.key != no_unit, accuracy(l.query), accuracy(l.key),
                           h.scores[i].query_group, h.scores[i].key_group});
  }
  return proof::comparison_error(comparisons);
}

Assembler::Bound Assembler::bound_head(const proof::Head& head, const Unit& unit, double count_scale) const {
  if (unit.summed)
    return proof::summing_head(head, count_scale, proved(unit.value_number), unit.total, at_bos(unit.value_number));
  if (unit.kind == UnitKind::WidthNumber) return proof::counting_head(head, count_scale);
  if (unit.kind == UnitKind::AggregateNumber)
    return proof::numerical_head(head, proved(unit.value_number), unit.default_number, unit.most_selected > 1);
  return proof::one_hot_head(head, accuracy(unit.value_code.unit));
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
    if (unit.value_code.unit != no_unit && unit.kind == UnitKind::AggregateCode)
      info.reads_value.push_back(label(unit.value_code.unit));
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
