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

// A selector that compares sums whose last bits depend on their order with values that they may equal.
bool compares_last_bits(const Lowered& l, const Node& select) {
  const NodeId key = select.args[0], query = select.args[1];
  if (!l.sets->fuzzy(key) && !l.sets->fuzzy(query)) return false;
  if (!l.sets->known(key) || !l.sets->known(query)) return true;
  for (ValueId k : l.sets->all(key))
    for (ValueId q : l.sets->all(query)) {
      const Value &a = l.values[k], &b = l.values[q];
      if ((a.kind() == Kind::Float || b.kind() == Kind::Float) && !a.is_string() && !b.is_string() && nearly_equal(a.number(), b.number())) return true;
    }
  return false;
}

// What the bounds do not speak of.
void note_unproved(CompiledModel& model, const Lowered& l) {
  const Graph& graph = l.rewritten.graph;
  std::vector<bool> needed(graph.size(), false);
  needed[l.rewritten.output] = true;
  for (NodeId id = l.rewritten.output + 1; id-- > 0;)
    if (needed[id])
      for (NodeId a : graph[id].args) needed[a] = true;
  for (NodeId id = 0; id <= l.rewritten.output; ++id) {
    const Node& n = graph[id];
    if (!needed[id] || !(n.kind == NodeKind::Elementwise ? l.sets->fuzzy(id) : n.kind == NodeKind::Select && compares_last_bits(l, n))) continue;
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
  bool proved = false;
  for (std::size_t k = 0; k < 2 * lowered->candidates.size() && !proved; ++k) {
    const std::size_t i = k / 2;
    const bool balance = k % 2 == 1;
    CompiledModel trial;
    trial.options = options;
    trial.vocabulary = options.vocabulary;
    trial.output = output;
    trial.candidate = i;
    trial.inexact_reasons = lowered->candidates[i].plan.inexact;
    assemble(lowered->context(diagnostics, budget), lowered->candidates[i].plan, lowered->candidates[i].schedule, lowered->rewritten.output, balance, trial);
    proved = trial.exact;
    if (proved || k == 0) model = std::move(trial);
  }
  note_unproved(model, *lowered);
  if (model.codec.encoding == Encoding::Categorical && model.codec.values.empty())
    diagnostics.warning("never-defined", "\"" + graph.describe(output) + "\" has no value on any input of this vocabulary", graph[output].span, "Run it to see why; the model says nothing that counts.");
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
      if (values.empty()) result.emplace_back();  // no input defines the output anywhere
      else result.push_back(values[static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin())]);
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
