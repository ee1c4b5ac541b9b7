#include "compiler/assembler.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "base/agree.h"
#include "proof/amplitudes.h"

namespace rasp {

Assembler::Assembler(const PlanContext& context, const Plan& plan, const Schedule& schedule, bool balance,
                     CompiledModel& model)
    : c_(context),
      plan_(plan),
      schedule_(schedule),
      m_(model),
      t_(model.transformer),
      balance_(balance),
      n_(static_cast<std::int32_t>(context.sets.max_length())) {}

void Assembler::charge(std::uint64_t entries) {
  c_.budget.tick(static_cast<std::uint32_t>(std::min<std::uint64_t>(entries, 1u << 20)));
  if ((weights_ += entries) > c_.budget.limits().weights)
    throw LimitExceeded{"limit-weights", c_.budget.limits().weights};
}

SparseMatrix Assembler::sparse(std::int32_t rows, std::int32_t cols, const std::vector<Triplet>& entries) {
  charge(entries.size());
  SparseMatrix m(rows, cols);
  m.setFromTriplets(entries.begin(), entries.end());
  m.prune([](auto, auto, float v) { return v != 0; });
  m.makeCompressed();
  return m;
}

void Assembler::run(NodeId output) {
  allocate();
  embeddings();
  t_.layers.resize(static_cast<std::size_t>(schedule_.layers));
  m_.layers.resize(static_cast<std::size_t>(schedule_.layers));
  error_.assign(plan_.units.size(), 0);
  spread_.assign(plan_.units.size(), 0);
  margin_.assign(plan_.units.size(), 1);
  std::vector<std::vector<HeadDraft>> drafts(schedule_.heads.size());
  std::int32_t d_head = 1;
  bool sums = false;
  for (std::size_t l = 0; l < drafts.size(); ++l)
    for (const HeadPlan& h : schedule_.heads[l]) {
      drafts[l].push_back(draft(h));
      d_head = std::max({d_head, drafts[l].back().qk_axes, drafts[l].back().ov_axes});
      sums = sums || drafts[l].back().total > n_;
    }
  while (sums && !proof::power_of_four(d_head)) ++d_head;  // its scores are exact
  m_.claims.heads.resize(drafts.size());
  m_.claims.steps.resize(drafts.size());
  for (std::size_t l = 0; l < drafts.size(); ++l) {
    Layer& layer = t_.layers[l];
    layer.b_O.assign(static_cast<std::size_t>(t_.d_model), 0);
    for (std::size_t h = 0; h < drafts[l].size(); ++h)
      finish_head(layer, l, drafts[l][h], schedule_.heads[l][h], d_head);
    mlp(layer, l);
  }
  for (Subspace& s : m_.subspaces) {
    s.error = error_[s.unit];
    s.spread = spread_[s.unit];
  }
  claim();
  unembed(output);
  m_.claims.output.margin = m_.links.back().margin;
  // Tightest first; margins that differ by rounding alone keep their order, so that every platform tells the same.
  const auto key = [](const BoundLink& link) { return std::round(link.margin * 1e9); };
  std::stable_sort(m_.links.begin(), m_.links.end(),
                   [&](const BoundLink& a, const BoundLink& b) { return key(a) < key(b); });
  m_.worst_margin = m_.links.empty() ? 1 : m_.links.front().margin;
  m_.exact = m_.worst_margin > 0 && m_.inexact_reasons.empty();
  for (const BoundLink& link : m_.links)
    if (link.margin <= 0 && m_.inexact_reasons.size() < 5)
      m_.inexact_reasons.push_back("the bound does not close at \"" + c_.graph.describe(link.node) +
                                   "\": " + link.what);
}

std::string Assembler::label_of(NodeId id) const {
  const Node& n = c_.graph[id];
  if (!n.name.empty()) return n.name;
  if (n.kind == NodeKind::Tokens) return "tokens";
  if (n.kind == NodeKind::Indices) return "indices";
  return c_.graph.describe(id);
}

void Assembler::allocate() {
  layout_ = lay_out(plan_, schedule_, c_.options.passes.reuse, c_.budget);
  t_.d_model = layout_.d_model;
  m_.residual_labels.resize(static_cast<std::size_t>(t_.d_model));
  m_.residual_labels[0] = "BOS";
  auto name = [&](std::int32_t dimension, const std::string& text) {  // one after the other
    std::string& all = m_.residual_labels[static_cast<std::size_t>(dimension)];
    if (!all.empty()) all += " → ";
    all += text;
  };
  subspace_.assign(plan_.units.size(), -1);
  for (UnitId id : layout_.order) {
    const Unit& unit = plan_.units[id];
    Subspace s;
    s.node = unit.node;
    s.label = label_of(unit.node) + (unit.saturated ? " (clean)" : "");
    s.written = schedule_.written[id];
    s.dead = layout_.dead[id];
    s.unit = id;
    if (is_code(unit)) {
      s.encoding = Encoding::Categorical;
      for (std::size_t c = 0; c < unit.kept.size(); ++c) {
        std::vector<Value> values;
        for (ValueId v : unit.class_values[c]) values.push_back(c_.values[v]);
        if (!unit.kept[c]) {
          s.silent.insert(s.silent.end(), values.begin(), values.end());
          continue;
        }
        s.dimensions.push_back(dims_[id][c]);
        std::string text;
        for (std::size_t i = 0; i < values.size() && i < 4; ++i) text += (i ? "|" : "") + values[i].str();
        if (values.size() > 4) text += "|…";
        name(dims_[id][c], s.label + ":" + text);
        s.classes.push_back(std::move(values));
      }
    } else {
      s.encoding = Encoding::Numerical;
      s.dimensions = dims_[id];
      name(dims_[id][0], s.label);
      if (c_.sets.known(unit.node))
        for (ValueId v : c_.sets.all(unit.node)) {
          s.values.push_back(c_.values[v]);
          s.stored.push_back(c_.values.number(v));
        }
    }
    subspace_[id] = static_cast<std::int32_t>(m_.subspaces.size());
    m_.subspaces.push_back(std::move(s));
  }
  t_.n_ctx = n_ + 1;
  t_.causal = c_.options.causal;
  t_.bos_id = static_cast<std::int32_t>(c_.options.vocabulary.size());
}

std::int32_t Assembler::class_of(const Unit& unit, ValueId v) const {
  for (std::size_t c = 0; c < unit.class_values.size(); ++c)
    if (std::find(unit.class_values[c].begin(), unit.class_values[c].end(), v) != unit.class_values[c].end())
      return static_cast<std::int32_t>(c);
  return -1;
}

void Assembler::embeddings() {
  std::vector<Triplet> e, p;
  e.emplace_back(t_.bos_id, bos_, 1.f);
  for (UnitId id = 0; id < plan_.units.size(); ++id) {
    const Unit& unit = plan_.units[id];
    if (!unit.planned) continue;
    switch (unit.kind) {
      case UnitKind::TokensCode:
        for (std::size_t v = 0; v < c_.options.vocabulary.size(); ++v) {
          const std::int32_t c = class_of(unit, c_.values.intern(c_.options.vocabulary[v]));
          if (c >= 0 && dims_[id][static_cast<std::size_t>(c)] >= 0)
            e.emplace_back(static_cast<std::int32_t>(v), dims_[id][static_cast<std::size_t>(c)], 1.f);
        }
        break;
      case UnitKind::IndicesCode:
        for (std::int32_t i = 0; i < n_; ++i) {
          const std::int32_t c = class_of(unit, c_.values.intern(Value::integer(static_cast<std::int64_t>(i))));
          if (c >= 0 && dims_[id][static_cast<std::size_t>(c)] >= 0)
            p.emplace_back(i + 1, dims_[id][static_cast<std::size_t>(c)], 1.f);
        }
        break;
      case UnitKind::IndicesNumber:
        for (std::int32_t i = 1; i < n_; ++i) p.emplace_back(i + 1, dims_[id][0], static_cast<float>(i));
        break;
      case UnitKind::AggregateCode:  // what an empty row leaves behind; heads add value - default
        if (unit.default_class >= 0)
          for (std::int32_t i = 0; i < n_; ++i)
            p.emplace_back(i + 1, dims_[id][static_cast<std::size_t>(unit.default_class)], 1.f);
        break;
      case UnitKind::AggregateNumber:
        if (unit.default_number != 0)
          for (std::int32_t i = 0; i < n_; ++i)
            p.emplace_back(i + 1, dims_[id][0], static_cast<float>(unit.default_number));
        break;
      default: break;
    }
  }
  t_.W_E = sparse(t_.bos_id + 1, t_.d_model, e);
  t_.W_pos = sparse(t_.n_ctx, t_.d_model, p);
}

// Reads a linear form into one column; the constant holds at every position but BOS.
void Assembler::read_form(const LinearForm& f, double constant, std::int32_t column, std::vector<Triplet>& w, Biases& b,
                          double scale) {
  // Tables of one code may cancel: their sum is rounded, not each.
  for (const auto& [d, x] : directions(f)) w.emplace_back(d, column, static_cast<float>(x * scale));
  if (constant != 0) add_constant(w, b, column, constant * scale);
}

proof::Accuracy Assembler::accuracy(UnitId id) const {
  if (id == no_unit) return {};
  const int dimensions =
      std::max(1, static_cast<int>(std::count(plan_.units[id].kept.begin(), plan_.units[id].kept.end(), true)));
  return {error_[id], spread_[id], static_cast<int>(std::min<double>(dimensions, proof::terms_of(spread_[id])))};
}

proof::Form Assembler::proved(const LinearForm& f) const {
  proof::Form form;
  form.terms = static_cast<int>(f.numbers.size()) + 1;
  for (const auto& t : f.codes) form.terms += accuracy(t.read.unit).terms;
  form.magnitude = std::fabs(f.constant);
  auto power_of_two = [](double x) {
    int e = 0;
    return x == 0 || std::fabs(std::frexp(x, &e)) == 0.5;
  };
  for (const auto& t : f.numbers) {
    form.carried += std::fabs(t.coefficient) * error_[t.unit];
    form.magnitude += std::fabs(t.coefficient) * largest(t.unit);
    form.products = form.products || !power_of_two(t.coefficient);
  }
  for (const auto& t : f.codes) {
    double top = 0;
    for (double x : t.number) {
      top = std::max(top, std::fabs(t.coefficient * x));
      form.products = form.products || (spread_[t.read.unit] > 0 && !power_of_two(t.coefficient * x));
    }
    form.carried += top * spread_[t.read.unit];
    form.magnitude += top;
  }
  return form;
}

std::vector<std::pair<std::int32_t, double>> Assembler::directions(const LinearForm& f) const {
  std::map<std::int32_t, double> sum;
  for (const auto& t : f.numbers) sum[dims_[t.unit][0]] += t.coefficient;
  for (const auto& t : f.codes) {
    const Unit& unit = plan_.units[t.read.unit];
    for (std::size_t c = 0; c < unit.kept.size(); ++c) {
      const std::uint32_t s = unit.class_signature[c][t.read.demand];
      if (s != no_signature && dims_[t.read.unit][c] >= 0 && t.number[s] != 0)
        sum[dims_[t.read.unit][c]] += t.coefficient * t.number[s];
    }
  }
  return {sum.begin(), sum.end()};
}

// What the checker is told of the residual stream.
void Assembler::claim() {
  m_.claims.bos_dimension = bos_;
  for (const Subspace& s : m_.subspaces) {
    const Unit& unit = plan_.units[s.unit];
    proof::Claim c;
    c.label = s.label;
    c.one_hot = s.encoding == Encoding::Categorical;
    c.dimensions = s.dimensions;
    c.written = s.written;
    c.dead = s.dead;
    c.largest = c.one_hot ? 1 : largest(s.unit);
    c.several = unit.most_selected > 1;
    if (unit.kind == UnitKind::AggregateCode && unit.default_class >= 0)
      c.initial_dimension = dims_[s.unit][static_cast<std::size_t>(unit.default_class)];
    if (unit.kind == UnitKind::AggregateNumber) {
      c.initial = unit.default_number;
      c.constant = unit.value_number.constant - unit.default_number;
      c.form = directions(unit.value_number);
    }
    if (unit.summed) {
      c.summed = true;
      c.total = unit.total;
      c.constant = unit.value_number.constant;
      c.form = directions(unit.value_number);
    }
    c.margin = margin_[s.unit];
    c.error = error_[s.unit];
    c.spread = spread_[s.unit];
    m_.claims.subspaces.push_back(std::move(c));
  }
}

// Embeddings are 0 at BOS, and neurons closed; only heads leave something there.
double Assembler::at_bos(const LinearForm& f) const {
  double sum = 0;
  for (const auto& t : f.numbers)
    if (!zero_at_bos(plan_.units[t.unit].kind)) sum += std::fabs(t.coefficient) * error_[t.unit];
  for (const auto& t : f.codes) {
    if (zero_at_bos(plan_.units[t.read.unit].kind)) continue;
    for (double x : t.number) sum += std::fabs(t.coefficient * x) * spread_[t.read.unit];
  }
  return sum;
}

// A bound on the number that a unit holds, also where its values could not be listed.
double Assembler::largest(UnitId id) const {
  const Unit& unit = plan_.units[id];
  if (unit.kind == UnitKind::IndicesNumber) return n_;
  if (unit.kind == UnitKind::WidthNumber) return unit.total;
  const auto [it, fresh] = largest_.try_emplace(id, std::numeric_limits<double>::infinity());
  if (!fresh) return it->second;
  double top = 0;
  if (c_.sets.known(unit.node)) {
    for (ValueId v : c_.sets.all(unit.node))
      if (c_.values.is_number(v)) top = std::max(top, std::fabs(c_.values.number(v)));
  } else if (unit.kind == UnitKind::AggregateNumber) {
    top = std::max(proved(unit.value_number).magnitude, std::fabs(unit.default_number));
  } else if (unit.kind == UnitKind::MlpNumber) {
    for (double x : unit.numbers) top = std::max(top, std::fabs(x));
  } else {
    top = std::numeric_limits<double>::infinity();
  }
  return largest_[id] = top;
}

void Assembler::record(UnitId id, const char* what, const Bound& bound) {
  BoundLink link;
  link.node = plan_.units[id].node;
  link.what = what;
  link.margin = bound.margin;
  link.error = bound.error;
  margin_[id] = bound.margin;
  error_[id] = bound.error;
  spread_[id] = std::max(bound.error, bound.spread);
  m_.links.push_back(link);
}

// A constant at every position but BOS.
void Assembler::add_constant(std::vector<Triplet>& w, Biases& b, std::int32_t axis, double weight) {
  b.emplace_back(axis, weight);
  w.emplace_back(bos_, axis, static_cast<float>(-weight));
}

void assemble(const PlanContext& context, const Plan& plan, const Schedule& schedule, NodeId output, bool balance,
              CompiledModel& model) {
  Assembler(context, plan, schedule, balance, model).run(output);
}

}  // namespace rasp
