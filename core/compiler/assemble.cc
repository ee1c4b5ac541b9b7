#include "compiler/assemble.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace rasp {
namespace {

using Triplet = Eigen::Triplet<float, std::int32_t>;
constexpr double u = 5.9604644775390625e-8;  // 2^-24, half an ulp of 1 in float32

// A float with at most 12 significant bits, at least x: small multiples of it and their sums are exact in float32.
double round_up_12(double x) {
  int exponent = 0;
  const double mantissa = std::frexp(x, &exponent);
  return std::ldexp(std::ceil(mantissa * 4096) / 4096, exponent);
}
double power_of_two_above(double x) { return std::ldexp(1.0, static_cast<int>(std::ceil(std::log2(x) - 1e-12))); }

// Entries of one head before the common d_head is known.
struct HeadDraft {
  std::vector<Triplet> q, k, v, o;           // q in units of the score amplitude
  std::vector<std::pair<std::int32_t, double>> b_q, b_k, b_v;
  std::int32_t qk_axes = 0, ov_axes = 0;
  int literals = 1;
  bool width = false;
  std::vector<std::tuple<std::int32_t, std::int32_t>> count_outputs;  // (axis, dimension) whose W_O is the count scale
};

class Assembler {
 public:
  Assembler(const PlanContext& context, const Plan& plan, const Schedule& schedule, CompiledModel& model)
      : c_(context), plan_(plan), schedule_(schedule), m_(model), t_(model.transformer) {
    n_ = static_cast<std::int32_t>(context.sets.max_length());
  }

  void run(NodeId output) {
    allocate();
    embeddings();
    t_.layers.resize(static_cast<std::size_t>(schedule_.layers));
    m_.layers.resize(static_cast<std::size_t>(schedule_.layers));
    std::vector<std::vector<HeadDraft>> drafts(schedule_.heads.size());
    std::int32_t d_head = 1;
    for (std::size_t l = 0; l < drafts.size(); ++l)
      for (const HeadPlan& h : schedule_.heads[l]) {
        drafts[l].push_back(draft(h));
        d_head = std::max({d_head, drafts[l].back().qk_axes, drafts[l].back().ov_axes});
      }
    error_.assign(plan_.units.size(), 0);
    for (std::size_t l = 0; l < drafts.size(); ++l) {
      Layer& layer = t_.layers[l];
      layer.b_O.assign(static_cast<std::size_t>(t_.d_model), 0);
      for (std::size_t h = 0; h < drafts[l].size(); ++h) finish_head(layer, l, drafts[l][h], schedule_.heads[l][h], d_head);
      mlp(layer, l);
    }
    unembed(output);
    std::sort(m_.links.begin(), m_.links.end(), [](const BoundLink& a, const BoundLink& b) { return a.margin < b.margin; });
    m_.worst_margin = m_.links.empty() ? 1 : m_.links.front().margin;
    m_.exact = m_.worst_margin > 0 && m_.inexact_reasons.empty();
    for (const BoundLink& link : m_.links)
      if (link.margin <= 0 && m_.inexact_reasons.size() < 5) m_.inexact_reasons.push_back("the bound does not close at \"" + c_.graph.describe(link.node) + "\": " + link.what);
  }

 private:
  SparseMatrix sparse(std::int32_t rows, std::int32_t cols, const std::vector<Triplet>& entries) {
    charge(entries.size());
    SparseMatrix m(rows, cols);
    m.setFromTriplets(entries.begin(), entries.end());
    m.prune([](auto, auto, float v) { return v != 0; });
    m.makeCompressed();
    return m;
  }
  void charge(std::uint64_t entries) {
    c_.budget.tick(static_cast<std::uint32_t>(std::min<std::uint64_t>(entries, 1u << 20)));
    if ((weights_ += entries) > c_.budget.limits().weights) throw LimitExceeded{"limit-weights", c_.budget.limits().weights};
  }
  std::string label_of(NodeId id) const {
    const Node& n = c_.graph[id];
    if (!n.name.empty()) return n.name;
    if (n.kind == NodeKind::Tokens) return "tokens";
    if (n.kind == NodeKind::Indices) return "indices";
    return c_.graph.describe(id);
  }

  void allocate() {
    std::int32_t next = 0;
    bos_ = next++;
    m_.residual_labels.push_back("BOS");
    dims_.resize(plan_.units.size());
    std::vector<UnitId> order(plan_.order.rbegin(), plan_.order.rend());
    std::stable_sort(order.begin(), order.end(), [&](UnitId a, UnitId b) { return schedule_.written[a] < schedule_.written[b]; });
    subspace_.assign(plan_.units.size(), -1);
    for (UnitId id : order) {
      const Unit& unit = plan_.units[id];
      Subspace s;
      s.node = unit.node;
      s.label = label_of(unit.node);
      s.written = schedule_.written[id];
      if (is_code(unit)) {
        s.encoding = Encoding::Categorical;
        dims_[id].assign(unit.kept.size(), -1);
        for (std::size_t c = 0; c < unit.kept.size(); ++c) {
          std::vector<Value> values;
          for (ValueId v : unit.class_values[c]) values.push_back(c_.values[v]);
          if (!unit.kept[c]) {
            s.silent.insert(s.silent.end(), values.begin(), values.end());
            continue;
          }
          dims_[id][c] = next++;
          s.dimensions.push_back(dims_[id][c]);
          std::string text;
          for (std::size_t i = 0; i < values.size() && i < 4; ++i) text += (i ? "|" : "") + values[i].str();
          if (values.size() > 4) text += "|…";
          m_.residual_labels.push_back(s.label + ":" + text);
          s.classes.push_back(std::move(values));
        }
      } else {
        s.encoding = Encoding::Numerical;
        dims_[id] = {next++};
        s.dimensions = dims_[id];
        m_.residual_labels.push_back(s.label);
        if (c_.sets.known(unit.node))
          for (ValueId v : c_.sets.all(unit.node)) {
            s.values.push_back(c_.values[v]);
            s.stored.push_back(c_.values.number(v));
          }
      }
      subspace_[id] = static_cast<std::int32_t>(m_.subspaces.size());
      m_.subspaces.push_back(std::move(s));
    }
    t_.d_model = next;
    t_.n_ctx = n_ + 1;
    t_.causal = c_.options.causal;
    t_.bos_id = static_cast<std::int32_t>(c_.options.vocabulary.size());
  }

  static bool is_code(const Unit& unit) {
    return unit.kind == UnitKind::TokensCode || unit.kind == UnitKind::IndicesCode || unit.kind == UnitKind::AggregateCode || unit.kind == UnitKind::MlpCode;
  }

  std::int32_t class_of(const Unit& unit, ValueId v) const {
    for (std::size_t c = 0; c < unit.class_values.size(); ++c)
      if (std::find(unit.class_values[c].begin(), unit.class_values[c].end(), v) != unit.class_values[c].end()) return static_cast<std::int32_t>(c);
    return -1;
  }

  void embeddings() {
    std::vector<Triplet> e, p;
    e.emplace_back(t_.bos_id, bos_, 1.f);
    for (UnitId id = 0; id < plan_.units.size(); ++id) {
      const Unit& unit = plan_.units[id];
      if (!unit.planned) continue;
      switch (unit.kind) {
        case UnitKind::TokensCode:
          for (std::size_t v = 0; v < c_.options.vocabulary.size(); ++v) {
            const std::int32_t c = class_of(unit, c_.values.intern(c_.options.vocabulary[v]));
            if (c >= 0 && dims_[id][static_cast<std::size_t>(c)] >= 0) e.emplace_back(static_cast<std::int32_t>(v), dims_[id][static_cast<std::size_t>(c)], 1.f);
          }
          break;
        case UnitKind::IndicesCode:
          for (std::int32_t i = 0; i < n_; ++i) {
            const std::int32_t c = class_of(unit, c_.values.intern(Value::integer(static_cast<std::int64_t>(i))));
            if (c >= 0 && dims_[id][static_cast<std::size_t>(c)] >= 0) p.emplace_back(i + 1, dims_[id][static_cast<std::size_t>(c)], 1.f);
          }
          break;
        case UnitKind::IndicesNumber:
          for (std::int32_t i = 1; i < n_; ++i) p.emplace_back(i + 1, dims_[id][0], static_cast<float>(i));
          break;
        case UnitKind::AggregateCode:  // what an empty row leaves behind; heads add value - default
          if (unit.default_class >= 0)
            for (std::int32_t i = 0; i < n_; ++i) p.emplace_back(i + 1, dims_[id][static_cast<std::size_t>(unit.default_class)], 1.f);
          break;
        case UnitKind::AggregateNumber:
          if (unit.default_number != 0)
            for (std::int32_t i = 0; i < n_; ++i) p.emplace_back(i + 1, dims_[id][0], static_cast<float>(unit.default_number));
          break;
        default: break;
      }
    }
    t_.W_E = sparse(t_.bos_id + 1, t_.d_model, e);
    t_.W_pos = sparse(t_.n_ctx, t_.d_model, p);
  }

  // Score form of one literal: rows = query classes, columns = key classes, factored over the distinct rows or columns.
  void literal(const Literal& l, HeadDraft& h) {
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
    if (c_.options.passes.factor && touched == nonempty && groups > 8 && bits < groups) {
      for (std::size_t r = 0; r < rows; ++r) {
        if (form[r].empty()) continue;
        const std::int32_t code = row_index.at(form[r]);
        for (int b = 0; b < bits; ++b) query(r, base + b, (code >> b & 1) ? 0.5 : -0.5);
      }
      for (const auto& [pattern, code] : row_index)
        for (auto k : pattern)
          for (int b = 0; b < bits; ++b) key(k, base + b, (code >> b & 1) ? 1 : -1);
      h.qk_axes += bits;
      lead_ += bits / 2.0;
      return;
    }
    if (row_index.size() <= column_index.size()) {
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
    lead_ += 1;
  }

  // A constant at every position but BOS.
  void add_constant(std::vector<Triplet>& w, std::vector<std::pair<std::int32_t, double>>& b, std::int32_t axis, double weight) {
    b.emplace_back(axis, weight);
    w.emplace_back(bos_, axis, static_cast<float>(-weight));
  }

  HeadDraft draft(const HeadPlan& plan) {
    const Selection& selection = plan_.selections[plan.selection];
    HeadDraft h;
    h.width = selection.width;
    lead_ = 0;
    if (!selection.nothing) {
      for (const Literal& l : selection.literals) literal(l, h);
      if (selection.literals.empty()) {  // everything: a constant pair, so that BOS itself still looks at BOS
        add_constant(h.q, h.b_q, h.qk_axes, 1);
        add_constant(h.k, h.b_k, h.qk_axes, 1);
        ++h.qk_axes;
        lead_ = 1;
      }
    } else {
      lead_ = 1;
    }
    leads_[&plan] = lead_;
    bos_axis_[&plan] = h.qk_axes++;
    h.k.emplace_back(bos_, bos_axis_[&plan], 1.f);
    std::int32_t constant_axis = -1;
    auto constant = [&] {
      if (constant_axis < 0) {
        constant_axis = h.ov_axes++;
        add_constant(h.v, h.b_v, constant_axis, 1);
      }
      return constant_axis;
    };
    for (UnitId id : plan.units) {
      const Unit& unit = plan_.units[id];
      if (unit.kind == UnitKind::WidthNumber) {
        h.count_outputs.emplace_back(constant(), dims_[id][0]);
      } else if (unit.kind == UnitKind::AggregateNumber) {
        const std::int32_t axis = h.ov_axes++;
        read_form(unit.value_number, unit.value_number.constant - unit.default_number, axis, h.v, h.b_v);
        h.o.emplace_back(axis, dims_[id][0], 1.f);
      } else {
        const std::int32_t fallback = unit.default_class;
        if (fallback >= 0) h.o.emplace_back(constant(), dims_[id][static_cast<std::size_t>(fallback)], -1.f);
        if (unit.value_code.unit == no_unit) {
          const std::int32_t target = unit.value_class.empty() ? -1 : unit.value_class[0];
          if (target >= 0) h.o.emplace_back(constant(), dims_[id][static_cast<std::size_t>(target)], 1.f);
          continue;
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
    }
    return h;
  }

  // Reads a linear form into one column; the constant holds at every position but BOS.
  void read_form(const LinearForm& f, double constant, std::int32_t column, std::vector<Triplet>& w, std::vector<std::pair<std::int32_t, double>>& b, double scale = 1) {
    for (const auto& t : f.numbers) w.emplace_back(dims_[t.unit][0], column, static_cast<float>(t.coefficient * scale));
    for (const auto& t : f.codes) {
      const Unit& unit = plan_.units[t.read.unit];
      for (std::size_t c = 0; c < unit.kept.size(); ++c) {
        const std::uint32_t s = unit.class_signature[c][t.read.demand];
        if (s == no_signature || dims_[t.read.unit][c] < 0 || t.number[s] == 0) continue;
        w.emplace_back(dims_[t.read.unit][c], column, static_cast<float>(t.coefficient * t.number[s] * scale));
      }
    }
    if (constant != 0) add_constant(w, b, column, constant * scale);
  }

  double form_error(const LinearForm& f, double& magnitude) const {
    double error = 0;
    magnitude = std::fabs(f.constant);
    std::size_t terms = 1;
    for (const auto& t : f.numbers) {
      error += std::fabs(t.coefficient) * error_[t.unit];
      magnitude += std::fabs(t.coefficient) * largest(t.unit);
      ++terms;
    }
    for (const auto& t : f.codes) {
      double top = 0;
      for (double x : t.number) top = std::max(top, std::fabs(t.coefficient * x));
      error += 2 * top * error_[t.read.unit];
      magnitude += top;
      ++terms;
    }
    return error + static_cast<double>(terms + 2) * u * magnitude;
  }

  double largest(UnitId id) const {
    const Unit& unit = plan_.units[id];
    if (unit.kind == UnitKind::WidthNumber || unit.kind == UnitKind::IndicesNumber || !c_.sets.known(unit.node)) return n_;
    double top = 0;
    for (ValueId v : c_.sets.all(unit.node))
      if (c_.values.is_number(v)) top = std::max(top, std::fabs(c_.values.number(v)));
    return top;
  }

  void finish_head(Layer& layer, std::size_t l, HeadDraft& h, const HeadPlan& plan, std::int32_t d_head) {
    // exactness.md: a selected pair scores lead·s, any other at most (lead-1)·s, BOS half a step below a selected pair.
    // s keeps the weight of all unselected keys under 2^-30. Folding √d_head into W_Q, the amplitude has 12 bits, so that
    // all selected keys of a row get exactly the same score.
    const double root = std::sqrt(static_cast<double>(d_head));
    // A width need only be told from its neighbours: 2^-16 of leakage does, and lower scores suffer less from the codes' errors.
    const double nats = h.width ? std::log(n_ + 1.0) + 16 * std::log(2.0) : 2 * (std::log(n_ + 1.0) + 30 * std::log(2.0));
    const double amplitude = round_up_12(nats * root);
    const double s = amplitude / root;
    double bos = leads_[&plan] - 0.5, count_scale = 0;
    if (h.width) {
      // BOS outweighs every selected key by e^β ≈ M, so that the weight off BOS is w/(M+w): w to within w²/M after scaling.
      const double beta_steps = std::ceil(16 * std::log(4096.0 * (n_ + 1) * (n_ + 1)) / s);
      bos = leads_[&plan] + beta_steps / 16;
      count_scale = std::exp(static_cast<double>(static_cast<float>(beta_steps / 16 * amplitude / static_cast<double>(static_cast<float>(root)))));
    }
    AttentionHead head;
    for (Triplet& t : h.q) t = Triplet(t.row(), t.col(), static_cast<float>(t.value() * amplitude));
    const std::int32_t bos_axis = bos_axis_[&plan];
    head.b_Q.assign(static_cast<std::size_t>(d_head), 0);
    head.b_K.assign(static_cast<std::size_t>(d_head), 0);
    head.b_V.assign(static_cast<std::size_t>(d_head), 0);
    for (auto [axis, x] : h.b_q) head.b_Q[static_cast<std::size_t>(axis)] += static_cast<float>(x * amplitude);
    for (auto [axis, x] : h.b_k) head.b_K[static_cast<std::size_t>(axis)] += static_cast<float>(x);
    for (auto [axis, x] : h.b_v) head.b_V[static_cast<std::size_t>(axis)] += static_cast<float>(x);
    head.b_Q[static_cast<std::size_t>(bos_axis)] += static_cast<float>(bos * amplitude);
    for (auto [axis, dimension] : h.count_outputs) h.o.emplace_back(axis, dimension, static_cast<float>(count_scale));
    head.W_Q = sparse(t_.d_model, d_head, h.q);
    head.W_K = sparse(t_.d_model, d_head, h.k);
    head.W_V = sparse(t_.d_model, d_head, h.v);
    head.W_O = sparse(d_head, t_.d_model, h.o);
    layer.heads.push_back(std::move(head));

    // Bounds. Errors of the codes that are read shift scores by at most shift; equal scores then differ by that much.
    const Selection& selection = plan_.selections[plan.selection];
    double code_error = 0;
    HeadInfo info;
    for (const Literal& literal : selection.literals) {
      for (UnitId side : {literal.query, literal.key})
        if (side != no_unit) code_error = std::max(code_error, error_[side]);
      if (literal.query != no_unit) info.reads_query.push_back(m_.subspaces[static_cast<std::size_t>(subspace_[literal.query])].label);
      if (literal.key != no_unit) info.reads_key.push_back(m_.subspaces[static_cast<std::size_t>(subspace_[literal.key])].label);
    }
    const double top_score = s * (std::fabs(bos) + 2 * leads_[&plan]);
    const double shift = 4 * (leads_[&plan] + 1) * s * code_error + 4 * u * top_score;
    for (UnitId id : plan.units) {
      const Unit& unit = plan_.units[id];
      BoundLink link;
      link.node = unit.node;
      link.what = "score gap against the error of the codes it compares";
      link.margin = 1 - 4 * shift / s;
      double error = 0;
      if (unit.kind == UnitKind::WidthNumber) {
        const double leak = n_ * std::exp(-s + shift);
        error = static_cast<double>(n_) * n_ / count_scale + n_ * (2 * shift + (n_ + 8) * u) + leak;
      } else {
        const double leak = (n_ + 1) * std::exp(-s / 2 + shift);
        double magnitude = 1, value_error = 0;
        if (unit.kind == UnitKind::AggregateNumber) {
          value_error = form_error(unit.value_number, magnitude);
          magnitude += std::fabs(unit.default_number);
        } else if (unit.value_code.unit != no_unit) {
          value_error = 2 * error_[unit.value_code.unit];
        }
        // Unequal selected weights matter only where several keys are selected; a code comes from one.
        const double unequal = unit.kind == UnitKind::AggregateNumber && unit.most_selected > 1 ? 2 * (4 * (leads_[&plan] + 1) * s * code_error) : 0;
        error = value_error + magnitude * (leak + unequal + (n_ + 6) * u);
      }
      link.error = error;
      error_[id] = error;
      m_.links.push_back(link);
      info.nodes.push_back(unit.node);
      if (unit.value_code.unit != no_unit && unit.kind == UnitKind::AggregateCode) info.reads_value.push_back(m_.subspaces[static_cast<std::size_t>(subspace_[unit.value_code.unit])].label);
      for (const auto& t : unit.value_number.numbers) info.reads_value.push_back(m_.subspaces[static_cast<std::size_t>(subspace_[t.unit])].label);
      for (const auto& t : unit.value_number.codes) info.reads_value.push_back(m_.subspaces[static_cast<std::size_t>(subspace_[t.read.unit])].label);
    }
    info.selector = selection.selector;
    info.label = c_.graph.describe(selection.selector);
    info.role = h.width ? HeadInfo::Role::CountingWidth : HeadInfo::Role::Aggregate;
    info.count_scale = count_scale;
    m_.layers[l].heads.push_back(std::move(info));
  }

  struct Neurons {
    std::vector<Triplet> in, out;
    std::vector<float> bias;
    std::vector<std::string> labels;
  };

  // Adds one neuron: Σ scale·[input ∈ set] + bias (the caller adds the axis); returns its index.
  std::int32_t gate_neuron(Neurons& w, const Unit& unit, const Gate& gate, double scale, double bias) {
    const auto index = static_cast<std::int32_t>(w.bias.size());
    for (const auto& [input, set] : gate.inputs) {
      const CodeRead& read = unit.inputs[input];
      const Unit& source = plan_.units[read.unit];
      for (std::size_t c = 0; c < source.kept.size(); ++c) {
        const std::uint32_t s = source.class_signature[c][read.demand];
        if (s == no_signature || dims_[read.unit][c] < 0 || std::find(set.begin(), set.end(), s) == set.end()) continue;
        w.in.emplace_back(dims_[read.unit][c], index, static_cast<float>(scale));
      }
    }
    w.bias.push_back(static_cast<float>(bias));
    return index;
  }

  // Output of a row: +weight on the class's dimension, or weight·number on the number's.
  void emit(Neurons& w, UnitId id, std::int32_t neuron, std::uint32_t outcome, double weight) {
    const Unit& unit = plan_.units[id];
    if (outcome == no_signature) return;
    if (unit.kind == UnitKind::MlpNumber) {
      if (unit.numbers[outcome] != 0) w.out.emplace_back(neuron, dims_[id][0], static_cast<float>(weight * unit.numbers[outcome]));
    } else if (dims_[id][outcome] >= 0) {
      w.out.emplace_back(neuron, dims_[id][outcome], static_cast<float>(weight));
    }
  }

  std::string outcome_label(const Unit& unit, std::uint32_t outcome) const {
    if (unit.kind == UnitKind::MlpNumber) return Value::real(unit.numbers[outcome]).str();
    if (outcome < unit.class_values.size() && !unit.class_values[outcome].empty()) return c_.values[unit.class_values[outcome][0]].str();
    return "";
  }

  double input_error(const Unit& unit, const Gate& gate) const {
    double e = 0;
    for (const auto& [input, set] : gate.inputs) e += 2 * error_[unit.inputs[input].unit];
    return e;
  }

  void mlp(Layer& layer, std::size_t l) {
    Neurons w;
    for (UnitId id : schedule_.mlps[l]) {
      const Unit& unit = plan_.units[id];
      NeuronGroup group;
      group.node = unit.node;
      group.begin = static_cast<std::int32_t>(w.bias.size());
      group.label = m_.subspaces[static_cast<std::size_t>(subspace_[id])].label;
      group.how = unit.steps.empty() ? "lookup" : "steps";
      double error = 0, margin = 1;
      auto number_of = [&](std::uint32_t o) { return o == no_signature ? 0.0 : unit.kind == UnitKind::MlpNumber ? std::fabs(unit.numbers[o]) : 1.0; };
      for (const LookupRow& row : unit.lookups) {
        // relu(2·Σ - (2k-1)) is exactly 0 unless all k inputs hold, within errors of ½ in total.
        const auto k = static_cast<double>(row.gate.inputs.size());
        const std::int32_t neuron = gate_neuron(w, unit, row.gate, 2, k == 0 ? 1 : 1 - 2 * k);
        if (k == 0) w.in.emplace_back(bos_, neuron, -2.f);
        w.labels.push_back(group.label + " = " + outcome_label(unit, row.output));
        emit(w, id, neuron, row.output, 1);
        const double e = input_error(unit, row.gate);
        margin = std::min(margin, 1 - 4 * (e + (4 * k + 4) * u));
        error = std::max(error, number_of(row.output) * (2 * e + (4 * k + 6) * u));
      }
      if (unit.has_axis) steps(w, id, margin, error);
      group.end = static_cast<std::int32_t>(w.bias.size());
      for (std::int32_t i = group.begin; i < group.end; ++i) group.neuron_labels.push_back(w.labels[static_cast<std::size_t>(i)]);
      BoundLink link;
      link.node = unit.node;
      link.what = unit.has_axis ? "threshold gap against the error of the number it reads" : "sum of codes against its threshold";
      link.margin = margin;
      link.error = error;
      error_[id] = error;
      m_.links.push_back(link);
      m_.layers[l].neurons.push_back(std::move(group));
    }
    const auto d_mlp = static_cast<std::int32_t>(w.bias.size());
    layer.mlp.W_in = sparse(t_.d_model, d_mlp, w.in);
    layer.mlp.b_in = w.bias;
    layer.mlp.W_out = sparse(d_mlp, t_.d_model, w.out);
    layer.mlp.b_out.assign(static_cast<std::size_t>(t_.d_model), 0);
  }

  // step = relu(L(x-t)+½) - relu(L(x-t)-½), exactly 0 or 1 outside t ± 1/(2L). L ≥ 2/gap leaves half of the gap for errors.
  // Each step is turned to the side on which its pre-activations stay small. A closed gate subtracts more than they can reach.
  void steps(Neurons& w, UnitId id, double& margin, double& error) {
    const Unit& unit = plan_.units[id];
    double magnitude = 0;
    const double axis_error = form_error(unit.axis, magnitude);
    std::map<std::uint32_t, double> by_outcome;
    double total = 0;
    const std::string label = m_.subspaces[static_cast<std::size_t>(subspace_[id])].label;
    for (const StepRow& row : unit.steps) {
      const auto k = static_cast<double>(row.gate.inputs.size());
      const double gate_error = input_error(unit, row.gate);
      std::vector<bool> down(row.thresholds.size());
      for (std::size_t i = 0; i < down.size(); ++i) down[i] = row.thresholds[i] - row.low < row.high - row.thresholds[i];
      // Constant part: the first outcome, plus what the downward steps take away again.
      std::map<std::uint32_t, double> constant;
      constant[row.outputs[0]] += 1;
      for (std::size_t i = 0; i < down.size(); ++i)
        if (down[i]) {
          constant[row.outputs[i + 1]] += 1;
          constant[row.outputs[i]] -= 1;
        }
      bool any = false;
      for (auto [o, weight] : constant) any |= weight != 0 && o != no_signature && (unit.kind == UnitKind::MlpNumber ? unit.numbers[o] != 0 : dims_[id][o] >= 0);
      if (any) {
        const std::int32_t neuron = gate_neuron(w, unit, row.gate, 2, k == 0 ? 1 : 1 - 2 * k);
        if (k == 0) w.in.emplace_back(bos_, neuron, -2.f);
        w.labels.push_back(label + " start");
        for (auto [o, weight] : constant)
          if (weight != 0) {
            emit(w, id, neuron, o, weight);
            if (o != no_signature) by_outcome[o] = std::max(by_outcome[o], 2 * gate_error + (4 * k + 6) * u);
          }
        margin = std::min(margin, 1 - 4 * gate_error);
      }
      for (std::size_t i = 0; i < row.thresholds.size(); ++i) {
        const double t = row.thresholds[i], slope = power_of_two_above(2 / row.gaps[i]), sign = down[i] ? -1 : 1;
        const double reach = slope * (std::max(row.high - t, t - row.low) + row.gaps[i]) + 1;
        const double barrier = power_of_two_above(reach + 2);
        const double at_bos = slope * sign * (unit.axis.constant - t);
        for (int half = 0; half < 2; ++half) {
          const double offset = half == 0 ? 0.5 : -0.5;
          const std::int32_t neuron = gate_neuron(w, unit, row.gate, barrier, 0);
          std::vector<std::pair<std::int32_t, double>> unused;
          LinearForm form = unit.axis;
          read_form(form, 0, neuron, w.in, unused, slope * sign);
          w.bias[static_cast<std::size_t>(neuron)] = static_cast<float>(at_bos + offset - barrier * k);
          if (k == 0 && at_bos + offset > 0) w.in.emplace_back(bos_, neuron, static_cast<float>(-power_of_two_above(at_bos + 2)));
          w.labels.push_back(label + (down[i] ? " below " : " above ") + Value::real(t).str());
          const double weight = half == 0 ? 1 : -1;
          if (down[i]) {
            emit(w, id, neuron, row.outputs[i], weight);
            emit(w, id, neuron, row.outputs[i + 1], -weight);
          } else {
            emit(w, id, neuron, row.outputs[i + 1], weight);
            emit(w, id, neuron, row.outputs[i], -weight);
          }
        }
        const double rounding = u * (slope * magnitude * 3 + reach + barrier * (k + 1)) * 4;
        margin = std::min(margin, 1 - 2 * (slope * axis_error + barrier * gate_error + rounding));
        const double side = slope * (down[i] ? t - row.low : row.high - t) + 2;
        const double e = 4 * u * (side + slope * magnitude + barrier * k);
        for (std::uint32_t o : {row.outputs[i], row.outputs[i + 1]}) by_outcome[o] += e;
      }
    }
    for (auto [o, e] : by_outcome) {
      if (o == no_signature) continue;
      if (unit.kind == UnitKind::MlpNumber) total += std::fabs(unit.numbers[o]) * e;
      else total = std::max(total, e);
    }
    error = std::max(error, total);
  }

  void unembed(NodeId output) {
    std::vector<Triplet> w;
    BoundLink link;
    link.node = output;
    if (plan_.output_kind == ReadKind::Number) {
      m_.codec.encoding = Encoding::Numerical;
      double magnitude = 0;
      link.error = form_error(plan_.output_number, magnitude);
      double gap = 1e300, previous = -1e300;
      if (c_.sets.known(output))
        for (ValueId v : c_.sets.all(output)) {
          const double x = c_.values.number(v);
          if (!m_.codec.values.empty() && (x <= previous || (c_.values[v].kind() == Kind::Float && nearly_equal(x, previous)))) continue;
          if (!m_.codec.values.empty()) gap = std::min(gap, x - previous);
          m_.codec.values.push_back(c_.values[v]);
          previous = x;
        }
      link.what = "distance of the output's values against its error";
      link.margin = 1 - 2 * link.error / gap;
      std::vector<std::pair<std::int32_t, double>> unused;
      read_form(plan_.output_number, 0, 0, w, unused);
      t_.b_U = {static_cast<float>(plan_.output_number.constant)};
      t_.W_U = sparse(t_.d_model, 1, w);
    } else {
      m_.codec.encoding = Encoding::Categorical;
      for (ValueId v : plan_.output_values) m_.codec.values.push_back(c_.values[v]);
      const auto columns = static_cast<std::int32_t>(plan_.output_values.size());
      t_.b_U.assign(static_cast<std::size_t>(columns), 0);
      if (plan_.output_implicit >= 0) t_.b_U[static_cast<std::size_t>(plan_.output_implicit)] = 0.5f;
      link.what = "winning logit against the next";
      if (plan_.output_code.unit != no_unit) {
        const Unit& unit = plan_.units[plan_.output_code.unit];
        for (std::size_t c = 0; c < unit.kept.size(); ++c) {
          const std::uint32_t s = unit.class_signature[c][plan_.output_code.demand];
          if (s != no_signature && dims_[plan_.output_code.unit][c] >= 0 && static_cast<std::int32_t>(s) != plan_.output_implicit) w.emplace_back(dims_[plan_.output_code.unit][c], static_cast<std::int32_t>(s), 1.f);
        }
        link.error = error_[plan_.output_code.unit];
      }
      link.margin = 1 - 4 * link.error;
      t_.W_U = sparse(t_.d_model, columns, w);
    }
    m_.links.push_back(link);
  }

  const PlanContext& c_;
  const Plan& plan_;
  const Schedule& schedule_;
  CompiledModel& m_;
  Transformer& t_;
  std::int32_t n_ = 0, bos_ = 0;
  double lead_ = 0;
  std::vector<std::vector<std::int32_t>> dims_;  // [unit][class], or one for a number
  std::vector<std::int32_t> subspace_;
  std::vector<double> error_;
  std::map<const HeadPlan*, double> leads_;
  std::map<const HeadPlan*, std::int32_t> bos_axis_;
  std::uint64_t weights_ = 0;  // non-zeros of all matrices so far
};

}  // namespace

void assemble(const PlanContext& context, const Plan& plan, const Schedule& schedule, NodeId output, CompiledModel& model) {
  Assembler(context, plan, schedule, model).run(output);
}

}  // namespace rasp
