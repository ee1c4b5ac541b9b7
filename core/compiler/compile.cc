// The stages, one call each: value sets → rewriting → value sets → plan → schedule → assembly.
#include "compiler/compile.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "compiler/assemble.h"
#include "compiler/rewrite.h"

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

}  // namespace

std::optional<CompiledModel> compile(const Graph& graph, NodeId output, const CompileOptions& options, Diagnostics& diagnostics, Budget& budget) {
  CompiledModel model;
  model.options = options;
  model.vocabulary = options.vocabulary;
  model.output = output;
  Clock clock(model.timings_ms);

  ValuePool values;
  SetPool set_pool;
  Applier apply_original(graph, values, budget);
  ValueSets original(graph, output, {&options.vocabulary, options.max_length, options.causal, &options.promises.values, &options.promises.unique}, values, set_pool, apply_original, budget);
  for (NodeId id = 0; id <= output; ++id) {
    if (is_selector(graph[id].kind) || !original.known(id)) continue;
    auto& list = model.value_sets[id];
    for (std::size_t i = 0; i < original.all(id).size() && i < 64; ++i) list.push_back(values[original.all(id)[i]]);
    if (list.empty()) model.value_sets.erase(id);
  }
  clock.lap("infer");

  const Rewritten rewritten = rewrite(graph, output, original, values, {options.passes.idioms, options.passes.fuse}, budget);
  CompileOptions inner = options;
  inner.promises = {};
  auto target = [&](NodeId id) { return id < rewritten.target.size() ? rewritten.target[id] : no_node; };
  for (NodeId id : options.promises.unique)
    if (target(id) != no_node) inner.promises.unique.push_back(target(id));
  for (const auto& [id, list] : options.promises.values)
    if (target(id) != no_node) inner.promises.values[target(id)] = list;
  for (const auto& [id, numerical] : options.promises.numerical)
    if (target(id) != no_node) inner.promises.numerical[target(id)] = numerical;
  clock.lap("rewrite");

  Applier apply(rewritten.graph, values, budget);
  ValueSets sets(rewritten.graph, rewritten.output, {&options.vocabulary, options.max_length, options.causal, &inner.promises.values, &inner.promises.unique}, values, set_pool, apply, budget);
  clock.lap("infer");

  const PlanContext context{rewritten.graph, sets, values, set_pool, apply, inner, diagnostics, budget};
  const std::optional<Plan> plan = make_plan(context, rewritten.output);
  if (!plan) return std::nullopt;
  clock.lap("lower");
  const Schedule schedule = make_schedule(*plan, options.passes.merge_heads, options.passes.pack, budget);
  clock.lap("schedule");
  model.inexact_reasons = plan->inexact;
  assemble(context, *plan, schedule, rewritten.output, model);
  for (NodeId id = 0; id <= rewritten.output; ++id) {
    if (is_selector(rewritten.graph[id].kind) || !sets.fuzzy(id) || rewritten.graph[id].kind != NodeKind::Elementwise) continue;
    model.exact = false;
    model.inexact_reasons.push_back("sums of such fractions depend on their order in the last bits: \"" + rewritten.graph.describe(id) + "\"");
    break;
  }
  if (!options.promises.values.empty() || !options.promises.unique.empty()) {
    model.exact = false;
    model.inexact_reasons.push_back("the program's promises are not proved");
  }
  // Owners speak of the program's own nodes.
  auto origin = [&](NodeId id) { return id == no_node ? no_node : rewritten.origin[id]; };
  for (Subspace& s : model.subspaces) s.node = origin(s.node);
  for (LayerInfo& l : model.layers) {
    for (HeadInfo& h : l.heads) {
      h.selector = origin(h.selector);
      for (NodeId& id : h.nodes) id = origin(id);
    }
    for (NeuronGroup& g : l.neurons) g.node = origin(g.node);
  }
  for (BoundLink& link : model.links) link.node = origin(link.node);
  clock.lap("assemble");
  return model;
}

std::vector<Value> decode(const CompiledModel& model, std::span<const float> logits, std::int32_t T) {
  std::vector<Value> result;
  const auto columns = static_cast<std::size_t>(model.transformer.b_U.size());
  for (std::int32_t position = 1; position < T; ++position) {
    const auto row = logits.subspan(static_cast<std::size_t>(position) * columns, columns);
    const auto& values = model.codec.values;
    if (model.codec.encoding == Encoding::Categorical) {
      result.push_back(values[static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin())]);
    } else if (values.empty()) {
      result.push_back(Value::real(row[0]));
    } else {
      auto it = std::lower_bound(values.begin(), values.end(), static_cast<double>(row[0]), [](const Value& v, double x) { return v.number() < x; });
      if (it == values.end() || (it != values.begin() && row[0] - std::prev(it)->number() <= it->number() - row[0])) --it;
      result.push_back(*it);
    }
  }
  return result;
}

}  // namespace rasp
