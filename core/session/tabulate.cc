#include "session/tabulate.h"

#include <algorithm>
#include <set>

#include "compiler/tables.h"
#include "compiler/value_sets.h"
#include "graph_document.h"
#include "session/documents.h"

namespace rasp {
namespace {

using Functions = std::vector<std::shared_ptr<const FunctionTable>>;

struct Less {
  bool operator()(const std::vector<Value>& a, const std::vector<Value>& b) const {
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), total_less);
  }
};
using Wanted = std::vector<std::set<std::vector<Value>, Less>>;  // by function

// Every pair of values that a predicate can meet. false: some pair has no row yet.
bool complete(const Node& select, const ValueSets& sets, const std::vector<NodeId>& target, const ValuePool& values,
              std::size_t function, Wanted& wanted, const Limits& limits) {
  const NodeId key = target[select.args[0]], query = target[select.args[1]];
  if (!sets.known(key) || !sets.known(query)) throw LimitExceeded{"limit-value-set", limits.value_set};
  if (static_cast<std::uint64_t>(sets.all(key).size()) * sets.all(query).size() > limits.opaque_rows)
    throw LimitExceeded{"limit-opaque-rows", limits.opaque_rows};
  bool all = true;
  for (ValueId k : sets.all(key))
    for (ValueId q : sets.all(query)) {
      const std::vector<Value> pair{values[k], values[q]};
      const Outcome outcome = select.function->at(pair);
      const Failure* failure = std::get_if<Failure>(&outcome);
      if (!failure || failure->code != "not-tabulated") continue;
      all = false;
      wanted[function].insert(pair);
    }
  return all;
}

// The values that s-ops of the output can have, as far as its functions are tabulated: predicates in the order of the
// graph, since what comes after one depends on its rows.
void follow_values(const Program& p, NodeId output, const Functions& functions, MissingRows& missing, Wanted& wanted,
                   Budget& budget) {
  const Graph& graph = p.elaboration.graph;
  const Settings& s = p.settings;
  if (!s.vocabulary || s.vocabulary->empty() || !s.max_length || *s.max_length == 0 ||
      *s.max_length > budget.limits().input_tokens)
    return;
  std::vector<bool> needed(graph.size(), false);
  needed[output] = true;
  for (NodeId id = output + 1; id-- > 0;)
    if (needed[id])
      for (NodeId a : graph[id].args) needed[a] = true;
  const auto collect = [&](const std::vector<NodeId>& outputs) {
    const WithoutPredicates plain = without_predicates(graph, outputs, false, budget.limits());
    ValuePool values;
    SetPool sets;
    Applier apply(plain.graph, values, budget);
    std::vector<NodeId> targets;
    targets.reserve(outputs.size());
    for (NodeId o : outputs) targets.push_back(plain.target[o]);
    for (NodeId id = 0; id < graph.size();
         ++id)  // what a predicate compares, also where its rows say that it does not matter
      if (needed[id] && graph[id].kind == NodeKind::Select && graph[id].function)
        for (NodeId a : graph[id].args)
          if (plain.target[a] != no_node) targets.push_back(plain.target[a]);
    if (targets.empty()) return true;
    missing.nearby = true;
    const ValueSets found(plain.graph, targets, {&*s.vocabulary, *s.max_length, s.causal, nullptr}, values, sets, apply,
                          budget);
    missing.nearby = false;
    bool all = true;
    for (NodeId id = 0; id < graph.size(); ++id) {
      const Node& node = graph[id];
      if (!needed[id] || node.kind != NodeKind::Select || !node.function || plain.target[node.args[0]] == no_node ||
          plain.target[node.args[1]] == no_node)
        continue;
      const auto at =
          static_cast<std::size_t>(std::find(functions.begin(), functions.end(), node.function) - functions.begin());
      all = complete(node, found, plain.target, values, at, wanted, budget.limits()) && all;
    }
    return all;
  };
  // What lies before every predicate first, then what needs only predicates that are complete.
  std::vector<bool> open(graph.size(), false);  // a predicate below it has not been looked at
  std::vector<bool> looked(graph.size(), false);
  for (;;) {
    std::vector<NodeId> outputs;
    bool whole = true;
    for (NodeId id = 0; id <= output; ++id) {
      if (!needed[id]) continue;
      const Node& node = graph[id];
      open[id] = std::any_of(node.args.begin(), node.args.end(), [&](NodeId a) { return open[a]; });
      if (node.kind != NodeKind::Select || !node.function || looked[id] || open[id]) continue;
      open[id] = true;
      whole = false;
      looked[id] = true;
      outputs.insert(outputs.end(), node.args.begin(), node.args.end());
    }
    if (whole) outputs = {output};
    const bool all = collect(outputs);
    if (whole || !all || !missing.rows.empty()) return;
  }
}

// What functions meet on one input.
void follow_input(const Program& p, const std::optional<std::vector<Value>>& input, Budget& budget) {
  if (!input || input->empty() || input->size() > budget.limits().input_tokens) return;
  const Graph& graph = p.elaboration.graph;
  std::vector<NodeId> roots(graph.size());
  for (NodeId id = 0; id < graph.size(); ++id) roots[id] = id;
  budget.tick(64);
  evaluate(graph, *input, p.settings.causal, roots, budget);
}

}  // namespace

Json tabulate(const ProgramRequest& request, const Json& inputs, const Limits& limits) {
  Budget budget(limits);
  Diagnostics diagnostics;
  Json out = {{"ok", true}, {"wants", Json::array()}};
  if (!request.graph) return out;
  auto missing = std::make_shared<MissingRows>();
  Functions functions;
  ProgramRequest asked = request;
  Program p;
  try {
    p = settled(asked, read_graph(*request.graph, request.program, request.name, request.output, diagnostics, budget,
                                  missing, &functions));
    const Elaboration& e = p.elaboration;
    if (!diagnostics.has_errors()) {
      follow_input(p, p.settings.input, budget);
      for (const Json& text : inputs) {
        std::string problem;
        follow_input(p, values_from_json(text, problem), budget);
      }
      Wanted wanted(functions.size());
      if (e.output && e.output->kind == BuildValue::Kind::SOp)
        follow_values(p, e.output->node, functions, *missing, wanted, budget);
      for (const MissingRows::Row& row : missing->rows) {
        const auto at =
            std::find_if(functions.begin(), functions.end(), [&](const auto& f) { return f.get() == row.of; });
        if (at != functions.end()) wanted[static_cast<std::size_t>(at - functions.begin())].insert(row.operands);
      }
      for (std::size_t f = 0; f < wanted.size(); ++f) {
        if (wanted[f].empty()) continue;
        std::vector<Value> flat;
        for (const auto& row : wanted[f]) flat.insert(flat.end(), row.begin(), row.end());
        out["wants"].push_back({{"function", f}, {"operands", values_document(flat)}});
      }
    }
  } catch (const LimitExceeded& e) {
    diagnostics.add(limit_diagnostic(e));
  }
  out["ok"] = !diagnostics.has_errors();
  out["diagnostics"] = Locator(p.elaboration).diagnostics(diagnostics);
  return out;
}

}  // namespace rasp
