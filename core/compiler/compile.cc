// The stages, one call each: lowering (value sets → rewriting → plan → schedule) and assembly.
#include "compiler/compile.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "base/agree.h"
#include "compiler/assemble.h"
#include "compiler/at_node.h"
#include "compiler/lower.h"
#include "compiler/tables.h"

namespace rasp {
namespace {

// Owners speak of the program's own nodes.
void name_owners(CompiledModel& model, const Graph& program, const Rewritten& rewritten) {
  auto origin = [&](NodeId id) { return id == no_node ? no_node : rewritten.origin[id]; };
  for (Subspace& s : model.subspaces) s.node = origin(s.node);
  for (LayerInfo& l : model.layers) {
    for (HeadInfo& h : l.heads) {
      h.selector = origin(h.selector);
      // One that the compiler made comes from an s-op.
      if (h.selector != no_node && !is_selector(program[h.selector].kind)) h.selector = no_node;
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
      if ((a.kind() == Kind::Float || b.kind() == Kind::Float) && !a.is_string() && !b.is_string() &&
          nearly_equal(a.number(), b.number()))
        return true;
    }
  return false;
}

// Is the output a number that is read from the network as it is?
bool unlisted(const CompiledModel& model) {
  return model.codec.encoding == Encoding::Numerical && model.codec.values.empty() && !model.codec.whole;
}

// Such a number is near, not equal. Where that is all that a proof lacks, it says how near.
void note_nearness(CompiledModel& model) {
  double& within = model.exactness.within;
  if (!unlisted(model) || model.worst_margin <= 0 || model.inexact_reasons.size() != 1) within = 0;
  if (within == 0) return;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1e", 1.05 * within);  // two digits, not too few
  within = std::strtod(text.data(), nullptr);
  model.inexact_reasons[0] += ": the number is proved to be within " + std::string(text.data()) + " of the program's";
}

// What the bounds do not speak of.
void note_unproved(CompiledModel& model, const Lowered& l, NodeId output) {
  const Graph& graph = l.rewritten.graph;
  std::vector<bool> needed(graph.size(), false);
  needed[output] = true;
  for (NodeId id = output + 1; id-- > 0;)
    if (needed[id])
      for (NodeId a : graph[id].args) needed[a] = true;
  for (NodeId id = 0; id <= output; ++id) {
    const Node& n = graph[id];
    if (!needed[id]) continue;
    const bool open = n.kind == NodeKind::Elementwise ? l.sets->fuzzy(id)
                      : n.kind == NodeKind::Select    ? compares_last_bits(l, n)
                                                      : n.kind == NodeKind::Aggregate && l.sets->cancels(id);
    // (What W_U reads of it as it is, is near in any order.)
    if (!open || (id == output && unlisted(model) && n.kind == NodeKind::Aggregate)) continue;
    model.exact = false;
    model.inexact_reasons.push_back("sums of such fractions depend on their order in the last bits: \"" +
                                    graph.describe(id) + "\"");
    break;
  }
}

// What the statement of the proof assumes of the input.
std::vector<std::string> assumed(const CompileOptions::Promises& promises, const Graph& graph) {
  std::vector<std::string> under;
  for (NodeId id : promises.unique)
    under.push_back("\"" + graph.describe(id) + "\" selects at most one key in every row");
  for (const auto& [id, list] : promises.values)
    under.push_back("\"" + graph.describe(id) + "\" has only its " + std::to_string(list.size()) + " promised values");
  for (const auto& [id, text] : promises.assume) under.push_back(text);
  return under;
}

// The kinds that a decoded number may have, as the program's own value set says: rewriting may have made ints of
// floats.
void settle_kinds(CompiledModel& model, const Lowered& l) {
  OutputCodec& codec = model.codec;
  codec.any_kind = !l.output_known && !codec.whole;
  if (!l.output_known) return;
  const std::vector<Value>& all = l.output_values;  // in total order: numbers ascending
  for (Value& column : codec.values) {
    const double x = column.number(), reach = std::isfinite(x) ? std::fabs(x) * 0x1p-39 : 0;
    if (!column.is_number() || std::isnan(x)) continue;
    auto it = std::partition_point(all.begin(), all.end(), [&](const Value& v) {
      return v.is_opaque() || (v.is_number() && v.number() < x - reach);
    });
    const Value* first = nullptr;  // of those that are equal to the column
    std::vector<Value> others;
    for (; it != all.end() && it->is_number() && it->number() <= x + reach; ++it) {
      if (!one_number(*it, column)) continue;
      if (!first && equal(*it, column)) first = &*it;
      else others.push_back(*it);
    }
    if (first) column = *first;
    for (Value& v : others)
      if (v.kind() != column.kind()) codec.alternatives.push_back(std::move(v));
  }
}

bool all_finite(const Transformer& t) {
  const auto matrix = [](const SparseMatrix& m) {
    return std::all_of(m.valuePtr(), m.valuePtr() + m.nonZeros(), [](float x) { return std::isfinite(x); });
  };
  const auto vector = [](const std::vector<float>& v) {
    return std::all_of(v.begin(), v.end(), [](float x) { return std::isfinite(x); });
  };
  const auto head = [&](const AttentionHead& h) {
    return matrix(h.W_Q) && matrix(h.W_K) && matrix(h.W_V) && matrix(h.W_O) && vector(h.b_Q) && vector(h.b_K) &&
           vector(h.b_V);
  };
  const auto layer = [&](const Layer& x) {
    return std::all_of(x.heads.begin(), x.heads.end(), head) && vector(x.b_O) && matrix(x.mlp.W_in) &&
           matrix(x.mlp.W_out) && vector(x.mlp.b_in) && vector(x.mlp.b_out);
  };
  return matrix(t.W_E) && matrix(t.W_pos) && matrix(t.W_U) && vector(t.b_U) &&
         std::all_of(t.layers.begin(), t.layers.end(), layer);
}

// A model that no laptop runs at ease is not made in silence: its size, the s-op that has the most dimensions, and what
// to promise.
void note_size(const CompiledModel& model, const Graph& graph, Diagnostics& diagnostics) {
  const auto parameters = static_cast<double>(model.transformer.parameters());
  if (parameters < Effort{}.large_model) return;
  const Subspace* widest = nullptr;
  for (const Subspace& s : model.subspaces)
    if (s.node != no_node && s.node < graph.size() && (!widest || s.dimensions.size() > widest->dimensions.size()))
      widest = &s;
  if (!widest) return;
  diagnostics.warning("large-model",
                      "The model has " + std::to_string(static_cast<long long>(std::round(parameters / 1e6))) +
                          " million parameters: \"" + graph.describe(widest->node) + "\" alone takes " +
                          std::to_string(widest->dimensions.size()) + " of its " +
                          std::to_string(model.transformer.d_model) + " dimensions, one a value",
                      graph[widest->node].span,
                      "Promise fewer values for it with `#@ values NAME …`, choose a smaller vocabulary or maximal "
                      "length, or compute with numbers where it is a text or a rank.");
}

// Assembles one plan after the other and keeps the smallest model that is proved, or else the first.
struct Trials {
  Lowered& lowered;
  const CompileOptions& options;
  NodeId output;
  Diagnostics& diagnostics;
  Budget& budget;
  CompiledModel model{};
  NodeId rewritten_output = no_node;
  bool proved = false, any = false;
  std::size_t made = 0;

  void run(const std::vector<Lowered::Candidate>& candidates) {
    for (std::size_t k = 0; k < 2 * candidates.size(); ++k) {
      const Lowered::Candidate& candidate = candidates[k / 2];
      const bool balance = k % 2 == 1;
      // A later one may still be smaller: what sorted them is an estimate.
      if (proved && (balance || options.objective != CompileOptions::Objective::Size ||
                     candidate.size >= static_cast<double>(model.transformer.parameters())))
        break;
      CompiledModel trial;
      trial.options = options;
      trial.vocabulary = options.vocabulary;
      trial.output = output;
      trial.candidate = made + k / 2;
      trial.inexact_reasons = candidate.plan.inexact;
      assemble(lowered.context(diagnostics, budget), candidate.plan, candidate.schedule, candidate.output, balance,
               trial);
      if (!all_finite(trial.transformer)) continue;
      const bool better = trial.exact && (!proved || trial.transformer.parameters() < model.transformer.parameters());
      proved |= trial.exact;
      if (!better && any) continue;
      model = std::move(trial);
      rewritten_output = candidate.output;
      any = true;
    }
    made += candidates.size();
  }
};

std::optional<CompiledModel> compile_graph(const Graph& graph, NodeId output, const CompileOptions& options,
                                           Diagnostics& diagnostics, Budget& budget) {
  const std::unique_ptr<Lowered> lowered = lower(graph, output, options, diagnostics, budget);
  if (!lowered) return std::nullopt;
  const auto start = std::chrono::steady_clock::now();
  Trials trials{*lowered, options, output, diagnostics, budget};
  trials.run(lowered->candidates);
  if (!trials.proved) {
    std::vector<Lowered::Candidate> cleaner = cleaner_candidates(*lowered, budget);
    trials.run(cleaner);
  }
  if (!trials.any) {
    diagnostics.error(
        "number-range", "unsupported",
        "\"" + graph.describe(output) +
            "\" needs numbers in float32 that are too large, or lie too close together, for it",
        graph[output].span,
        "Keep numbers between 1e-30 and 1e30, and infinities and nan out of means and numerical encodings.");
    return std::nullopt;
  }
  CompiledModel model = std::move(trials.model);
  note_unproved(model, *lowered, trials.rewritten_output);
  note_nearness(model);
  settle_kinds(model, *lowered);
  model.exactness.kind = model.exact ? Exactness::Kind::Proved : Exactness::Kind::Unknown;
  model.exactness.reasons = model.inexact_reasons;
  if (!model.exact && model.exactness.reasons.empty()) model.exactness.reasons = {"the bounds do not close"};
  model.exactness.under = assumed(options.promises, graph);
  model.exact = model.exact && model.exactness.under.empty();
  if (model.codec.encoding == Encoding::Categorical && model.codec.values.empty())
    diagnostics.warning("never-defined",
                        "\"" + graph.describe(output) + "\" has no value on any input of this vocabulary",
                        graph[output].span, "Run it to see why; the model says nothing that counts.");
  name_owners(model, graph, lowered->rewritten);
  note_size(model, graph, diagnostics);
  model.value_sets = std::move(lowered->value_sets);
  model.timings_ms = std::move(lowered->timings_ms);
  model.timings_ms["assemble"] =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  return model;
}

// `#@ encode` and numerical() ask for an encoding. But every program that has a meaning compiles: where what is asked
// for leaves no model, or none that is proved, and the compiler's own choice does, that is taken, and said.
std::optional<CompiledModel> compile_encoded(const Graph& graph, NodeId output, const CompileOptions& options,
                                             Diagnostics& diagnostics, Budget& budget) {
  Diagnostics asked;
  auto model = compile_graph(graph, output, options, asked, budget);
  if (!options.promises.numerical.empty() && (!model || model->exactness.kind == Exactness::Kind::Unknown)) {
    CompileOptions free = options;
    free.promises.numerical.clear();
    Diagnostics chosen;
    auto other = compile_graph(graph, output, free, chosen, budget);
    if (other && (!model || other->exactness.kind != Exactness::Kind::Unknown)) {
      model = std::move(other);
      model->options = options;
      asked = std::move(chosen);
      const bool tracr = graph.dialect() == Dialect::Tracr;
      const std::string asks = tracr ? "numerical()" : "#@ encode";
      asked.add({tracr ? Severity::Info : Severity::Warning,
                 "encoding-not-kept",
                 {},
                 "Encodings are the compiler's choice here: with " + asks +
                     " as the program asks there is no model that is proved",
                 graph[output].span,
                 "Leave " + asks + " out."});
    }
  }
  for (const Diagnostic& d : asked.list())
    if (model || d.severity != Severity::Info) diagnostics.add(d);
  return model;
}

// Owners of a model of the graph without predicates, as nodes of the program's.
void name_program_nodes(CompiledModel& model, const WithoutPredicates& plain) {
  const auto origin = [&](NodeId& id) { id = id == no_node ? no_node : plain.origin[id]; };
  origin(model.output);
  for (Subspace& s : model.subspaces) origin(s.node);
  for (LayerInfo& l : model.layers) {
    for (HeadInfo& h : l.heads) {
      origin(h.selector);
      for (NodeId& id : h.nodes) origin(id);
    }
    for (NeuronGroup& g : l.neurons) origin(g.node);
  }
  for (BoundLink& link : model.links) origin(link.node);
  std::map<NodeId, std::vector<Value>> sets;
  for (auto& [id, values] : model.value_sets)
    if (plain.target[plain.origin[id]] == id) sets.emplace(plain.origin[id], std::move(values));
  model.value_sets = std::move(sets);
}

}  // namespace

std::optional<CompiledModel> compile(const Graph& graph, NodeId output, const CompileOptions& options,
                                     Diagnostics& diagnostics, Budget& budget) {
  if (graph.dialect() == Dialect::Rasp) return compile_encoded(graph, output, options, diagnostics, budget);
  std::vector<NodeId> needed{output};
  for (NodeId id : options.promises.unique) needed.push_back(id);
  for (const auto& [id, list] : options.promises.values) needed.push_back(id);
  for (const auto& [id, numerical] : options.promises.numerical) needed.push_back(id);
  const WithoutPredicates plain = without_predicates(graph, needed, true, budget.limits());
  CompileOptions o = options;
  for (NodeId& id : o.promises.unique) id = plain.target[id];
  o.promises.values.clear();
  for (const auto& [id, list] : options.promises.values) o.promises.values[plain.target[id]] = list;
  o.promises.numerical.clear();
  for (const auto& [id, numerical] : options.promises.numerical) o.promises.numerical[plain.target[id]] = numerical;
  try {
    auto model = compile_encoded(plain.graph, plain.target[output], o, diagnostics, budget);
    if (!model) return std::nullopt;
    name_program_nodes(*model, plain);
    model->options = options;
    return model;
  } catch (LimitExceeded& e) {
    if (e.node != LimitExceeded::nowhere) e.node = plain.origin[e.node];
    throw;
  }
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
    } else if (values.empty() && model.codec.whole && std::fabs(row[0]) < 0x1p53F) {
      result.push_back(Value::integer(static_cast<std::int64_t>(std::nearbyint(row[0]))));
    } else if (values.empty()) {
      result.push_back(Value::real(row[0]));
    } else {
      auto it = std::lower_bound(values.begin(), values.end(), static_cast<double>(row[0]),
                                 [](const Value& v, double x) { return v.number() < x; });
      if (it == values.end() || (it != values.begin() && row[0] - std::prev(it)->number() <= it->number() - row[0]))
        --it;
      result.push_back(*it);
    }
  }
  return result;
}

}  // namespace rasp
