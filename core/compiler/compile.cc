// The stages, one call each: lowering (value sets → rewriting → plan → schedule) and assembly.
#include "compiler/compile.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "compiler/assemble.h"
#include "compiler/lower.h"

namespace rasp {
namespace {

// Owners speak of the program's own nodes.
void name_owners(CompiledModel& model, const Rewritten& rewritten) {
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
}

// What the bounds do not speak of.
void note_unproved(CompiledModel& model, const Lowered& l) {
  const Graph& graph = l.rewritten.graph;
  for (NodeId id = 0; id <= l.rewritten.output; ++id) {
    if (is_selector(graph[id].kind) || !l.sets->fuzzy(id) || graph[id].kind != NodeKind::Elementwise) continue;
    model.exact = false;
    model.inexact_reasons.push_back("sums of such fractions depend on their order in the last bits: \"" + graph.describe(id) + "\"");
    break;
  }
  if (!model.options.promises.values.empty() || !model.options.promises.unique.empty()) {
    model.exact = false;
    model.inexact_reasons.push_back("the program's promises are not proved");
  }
}

}  // namespace

std::optional<CompiledModel> compile(const Graph& graph, NodeId output, const CompileOptions& options, Diagnostics& diagnostics, Budget& budget) {
  const std::unique_ptr<Lowered> lowered = lower(graph, output, options, diagnostics, budget);
  if (!lowered) return std::nullopt;
  const auto start = std::chrono::steady_clock::now();
  CompiledModel model;
  for (std::size_t i = 0; i < lowered->candidates.size(); ++i) {
    CompiledModel trial;
    trial.options = options;
    trial.vocabulary = options.vocabulary;
    trial.output = output;
    trial.candidate = i;
    trial.inexact_reasons = lowered->candidates[i].plan.inexact;
    assemble(lowered->context(diagnostics, budget), lowered->candidates[i].plan, lowered->candidates[i].schedule, lowered->rewritten.output, trial);
    const bool proved = trial.exact;
    if (proved || i == 0) model = std::move(trial);
    if (proved) break;
  }
  note_unproved(model, *lowered);
  name_owners(model, lowered->rewritten);
  model.value_sets = std::move(lowered->value_sets);
  model.timings_ms = std::move(lowered->timings_ms);
  model.timings_ms["assemble"] = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
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
