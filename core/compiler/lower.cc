#include "compiler/lower.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "compiler/clean.h"
#include "compiler/at_node.h"
#include "compiler/pass_numbers.h"
#include "compiler/residual_layout.h"

namespace rasp {
namespace {

class Clock {
 public:
  explicit Clock(std::map<std::string, double>& out) : out_(out), last_(std::chrono::steady_clock::now()) {}
  void lap(const char* stage) {
    const auto now = std::chrono::steady_clock::now();
    out_[stage] += std::chrono::duration<double, std::milli>(now - last_).count();
    last_ = now;
  }

 private:
  std::map<std::string, double>& out_;
  std::chrono::steady_clock::time_point last_;
};

// The promises, said of the rewritten graph.
CompileOptions::Promises translated(const CompileOptions::Promises& promises, const Rewritten& rewritten) {
  CompileOptions::Promises result;
  for (const auto* targets : {&rewritten.target, &rewritten.counted_target}) {
    auto target = [&](NodeId id) { return id < targets->size() ? (*targets)[id] : no_node; };
    for (NodeId id : promises.unique)
      if (target(id) != no_node) result.unique.push_back(target(id));
    for (const auto& [id, list] : promises.values)
      if (target(id) != no_node) result.values[target(id)] = list;
    for (const auto& [id, numerical] : promises.numerical)
      if (target(id) != no_node) result.numerical[target(id)] = numerical;
  }
  return result;
}

// The promises without those of a numerical encoding that some value cannot have.
CompileOptions::Promises encodings_kept(const Graph& graph, NodeId output, const ValueSets& sets,
                                        CompileOptions::Promises promises, Diagnostics& diagnostics) {
  std::erase_if(promises.numerical, [&](const auto& promise) {
    const auto [id, numerical] = promise;
    if (!numerical || id > output || !sets.known(id) || sets.all(id).empty() || sets.numeric(id)) return false;
    const bool tracr = graph.dialect() == Dialect::Tracr;
    Diagnostic d{tracr ? Severity::Info : Severity::Warning,
                 "encoding-not-kept",
                 {},
                 "\"" + graph.describe(id) + "\" is held as a code: not all of its values are numbers",
                 graph[id].span,
                 tracr ? "Leave numerical() out, or give numbers everywhere."
                       : "Leave #@ encode out, or give numbers everywhere."};
    diagnostics.add(std::move(d));
    return true;
  });
  return promises;
}

ValueSets::Setting setting_of(const CompileOptions& o) {
  return {&o.vocabulary, o.max_length, o.causal, &o.promises.values, &o.promises.unique};
}

// What is assumed of the input, on the s-ops that the assumptions speak of.
std::unique_ptr<ValueSets> assumed_sets(Lowered& l, const Graph& graph, const CompileOptions& options, Applier& apply,
                                        Budget& budget) {
  std::vector<NodeId> truths;
  for (const auto& [id, text] : options.promises.assume) truths.push_back(id);
  if (truths.empty() || graph.dialect() != Dialect::Rasp) return nullptr;
  auto sets = std::make_unique<ValueSets>(graph, truths, setting_of(options), l.values, l.set_pool, apply, budget);
  for (NodeId id : truths) sets->assume(id);
  return sets;
}

// Entries of a literal's score form: an equality takes one axis a key, any other relation may take one a pair.
double score_weights(const Plan& plan, const Literal& l) {
  auto classes = [&](UnitId id) { return id == no_unit ? 1.0 : static_cast<double>(plan.units[id].kept.size()); };
  const double q = classes(l.query), k = classes(l.key);
  const bool equality = std::all_of(l.atoms.begin(), l.atoms.end(),
                                    [&](const Literal::Atom& a) { return a.atom.mask == relation_equal; });
  return equality ? 12 * (q + k) : q + k + q * k / 2;
}

double form_weights(const Plan& plan, const LinearForm& f) {
  double n = static_cast<double>(f.numbers.size());
  for (const auto& t : f.codes) n += static_cast<double>(plan.units[t.read.unit].kept.size());
  return n;
}

double unit_weights(const Plan& plan, const Unit& u) {
  double n = 2 * static_cast<double>(u.kept.size()) + form_weights(plan, u.value_number);
  auto gate = [](const Gate& g) {
    double sum = 0;
    for (const auto& [input, set] : g.inputs) sum += static_cast<double>(set.size());
    return sum;
  };
  for (const LookupRow& row : u.lookups) n += gate(row.gate) + 2;
  for (const StepRow& row : u.steps)
    n += (gate(row.gate) + form_weights(plan, u.axis) + 3) *
         (row.passed ? 2 : 2 * static_cast<double>(row.thresholds.size()) + 1);
  if (u.head != no_unit)
    for (const Literal& l : plan.selections[u.head].literals) n += score_weights(plan, l);
  return n;
}

// Dense parameters of the model, about.
double dense_size(const Lowered& l, const Plan& plan, const Schedule& schedule, Budget& budget) {
  const double dimensions = lay_out(plan, schedule, l.options.passes.reuse, budget).d_model;
  const double columns = plan.output_kind == ReadKind::Number ? 1 : static_cast<double>(plan.output_values.size());
  return dimensions *
         (schedule.cost + static_cast<double>(l.options.vocabulary.size()) + l.options.max_length + columns);
}

// A plan with the best of its schedules.
Lowered::Candidate scheduled(const Lowered& l, Plan plan, NodeId output, Budget& budget) {
  const bool size = l.options.objective == CompileOptions::Objective::Size;
  Lowered::Candidate best;
  for (Schedule& s : make_schedules(
           plan, {l.options.passes.merge_heads, l.options.passes.pack, size, l.options.passes.factor}, budget)) {
    const double cost = dense_size(l, plan, s, budget);
    if (best.size == 0 || cost < best.size) best.schedule = std::move(s), best.size = cost;
  }
  best.plan = std::move(plan);
  best.output = output;
  return best;
}

void sort_candidates(std::vector<Lowered::Candidate>& candidates, CompileOptions::Objective objective) {
  const bool size = objective == CompileOptions::Objective::Size;
  std::stable_sort(candidates.begin(), candidates.end(), [&](const auto& a, const auto& b) {
    return size ? a.size < b.size : a.schedule.layers < b.schedule.layers;
  });
}

bool too_large(const Lowered::Candidate& c, const Budget& budget) {
  return estimate(c.plan).weights > static_cast<double>(budget.limits().weights);
}

// Objective depth: expressions are fused as far as they go. Objective size: several ways, the smallest first. Fusing
// asks more of float32, so the cautious way comes last in both.
void make_candidates(Lowered& l, Diagnostics& diagnostics, Budget& budget) {
  const bool size = l.options.objective == CompileOptions::Objective::Size;
  const Effort effort;
  const PlanStyle split{effort.split_table, false}, joined{effort.split_table, true}, fused{effort.fused_table, true};
  std::vector<PlanStyle> styles{split, joined};
  if (!size || l.options.max_length <= effort.fused_length) styles.push_back(fused);
  if (!size) std::reverse(styles.begin(), styles.end());
  if (!l.options.passes.fuse) styles = {split};
  Diagnostics first;
  bool tried = false;
  auto attempt = [&](const PlanStyle& style, NodeId output, bool only_if_early) {
    Diagnostics later;
    auto plan = make_plan(l.context(tried ? later : first, budget, style), output);
    tried = true;
    if (!plan || (only_if_early && !plan->early_sums)) return;
    auto candidate = [&](Plan p) {
      Lowered::Candidate best = scheduled(l, std::move(p), output, budget);
      const auto alike = [&](const Lowered::Candidate& c) {
        return c.size == best.size && c.plan.order.size() == best.plan.order.size() && c.output == output;
      };
      if (std::none_of(l.candidates.begin(), l.candidates.end(), alike))
        l.candidates.push_back(std::move(best));  // else the same plan
    };
    if (auto passed = with_passed_numbers(*plan)) candidate(std::move(*passed));
    auto cleaned = with_clean_codes(*plan);
    candidate(std::move(*plan));
    if (cleaned) candidate(std::move(*cleaned));
  };
  for (PlanStyle style : styles) {
    attempt(style, l.rewritten.output, false);
    style.table_of_terms = style.table_of_arms = effort.early_table_of_terms;
    attempt(style, l.rewritten.counted, l.rewritten.counted == l.rewritten.output);
  }
  if (l.candidates.empty())
    for (const Diagnostic& d : first.list()) diagnostics.add(d);
  sort_candidates(l.candidates, l.options.objective);
}

// Drops the candidates that are too large; says so if none is left.
void keep_small(Lowered& l, const Graph& graph, NodeId output, Diagnostics& diagnostics, const Budget& budget) {
  const auto drop = [&](const Lowered::Candidate& c) { return too_large(c, budget); };
  if (std::all_of(l.candidates.begin(), l.candidates.end(), drop)) {
    const SizeEstimate e = estimate(l.candidates.front().plan);
    const NodeId largest = e.largest < l.rewritten.origin.size() ? l.rewritten.origin[e.largest] : output;
    auto millions = [](double x) { return std::to_string(static_cast<long long>(std::ceil(x / 1e6))) + " million"; };
    const std::string values = l.sets->known(e.largest) ? std::to_string(l.sets->all(e.largest).size()) : "very many";
    diagnostics.error(
        "limit-weights", "limit",
        "The model would have about " + millions(e.weights) + " weights that are not zero, of which \"" +
            graph.describe(largest) + "\" (" + values + " values) takes " + millions(e.of_largest),
        graph[largest].span,
        "Choose a smaller vocabulary or maximal length, or promise fewer values with `#@ values NAME …`.");
  }
  l.candidates.erase(std::remove_if(l.candidates.begin(), l.candidates.end(), drop), l.candidates.end());
}

}  // namespace

std::vector<Lowered::Candidate> cleaner_candidates(Lowered& l, Budget& budget) {
  std::vector<Lowered::Candidate> result;
  const auto add = [&](const Plan& of, NodeId output) {
    auto plan = with_all_codes_clean(of);
    if (!plan) return;
    Lowered::Candidate clean = scheduled(l, std::move(*plan), output, budget);
    if (!too_large(clean, budget)) result.push_back(std::move(clean));
  };
  for (const Lowered::Candidate& c : l.candidates) add(c.plan, c.output);
  Diagnostics unused;
  PlanStyle exact{Effort{}.split_table, false};
  for (bool PlanStyle::*more : {&PlanStyle::exact_numbers, &PlanStyle::exact_large_numbers, &PlanStyle::exact_terms}) {
    exact.*more = true;
    auto plan = make_plan(l.context(unused, budget, exact), l.rewritten.output);
    if (!plan) continue;
    if (auto passed = with_passed_numbers(*plan)) plan = std::move(passed);
    add(*plan, l.rewritten.output);
  }
  sort_candidates(result, l.options.objective);
  return result;
}

SizeEstimate estimate(const Plan& plan) {
  SizeEstimate e;
  for (UnitId id : plan.order) {
    const double n = unit_weights(plan, plan.units[id]);
    e.weights += n;
    if (n <= e.of_largest) continue;
    e.of_largest = n;
    e.largest = plan.units[id].node;
  }
  return e;
}

std::unique_ptr<Lowered> lower(const Graph& graph, NodeId output, const CompileOptions& options,
                               Diagnostics& diagnostics, Budget& budget) {
  auto result = std::make_unique<Lowered>();
  Lowered& l = *result;
  Clock clock(l.timings_ms);
  Applier apply(graph, l.values, budget);
  ValueSets::Setting setting = setting_of(options);
  const std::unique_ptr<ValueSets> assumed = assumed_sets(l, graph, options, apply, budget);
  if (assumed) setting.assumed = assumed.get(), setting.marked = &assumed->marked();
  const ValueSets original(graph, {output}, setting, l.values, l.set_pool, apply, budget);
  for (NodeId id = 0; id <= output; ++id) {
    if (is_selector(graph[id].kind) || !original.known(id) || original.all(id).empty()) continue;
    auto& list = l.value_sets[id];
    for (std::size_t i = 0; i < original.all(id).size() && i < 64; ++i) list.push_back(l.values[original.all(id)[i]]);
  }
  l.output_known = original.known(output);
  if (l.output_known)
    for (ValueId v : original.all(output)) l.output_values.push_back(l.values[v]);
  clock.lap("infer");
  l.rewritten = rewrite(graph, output, original, l.values, {options.passes.idioms, options.passes.fuse}, budget);
  l.options = options;
  l.options.promises = translated(encodings_kept(graph, output, original, options.promises, diagnostics), l.rewritten);
  clock.lap("rewrite");

  // From here on nodes are the rewritten graph's: a limit that is passed names the program's own.
  try {
    std::vector<NodeId> same(l.rewritten.graph.size(), no_node);
    for (NodeId id = 0; id <= output; ++id)
      for (const auto* targets : {&l.rewritten.counted_target, &l.rewritten.target})
        if ((*targets)[id] != no_node) same[(*targets)[id]] = id;
    std::vector<NodeId> outputs{l.rewritten.output, l.rewritten.counted};
    for (const auto& [choice, terms] : l.rewritten.terms) outputs.insert(outputs.end(), terms.begin(), terms.end());
    setting = setting_of(l.options);
    if (assumed) setting.marked = &assumed->marked();
    setting.earlier = &original;
    setting.same = &same;
    l.apply.emplace(l.rewritten.graph, l.values, budget);
    l.sets.emplace(l.rewritten.graph, outputs, setting, l.values, l.set_pool, *l.apply, budget);
    clock.lap("infer");

    make_candidates(l, diagnostics, budget);
    if (l.candidates.empty()) return nullptr;
    clock.lap("lower");
  } catch (LimitExceeded& e) {
    if (e.node != LimitExceeded::nowhere)
      e.node = e.node < l.rewritten.origin.size() ? l.rewritten.origin[e.node] : output;
    throw;
  }
  keep_small(l, graph, output, diagnostics, budget);
  if (l.candidates.empty()) return nullptr;
  return result;
}

}  // namespace rasp
