#include "lab/discover.h"

#include <chrono>
#include <cmath>

#include "lab/basis.h"
#include "lab/experiment.h"
#include "lab/methods.h"
#include "session/documents.h"

namespace rasp::lab {

namespace {

Json number(double x) { return std::isfinite(x) ? Json(x) : Json(); }

std::vector<std::pair<std::string, Method>> chosen(const Json& request) {
  std::vector<std::pair<std::string, Method>> out;
  const Json names = request.value("methods", Json());
  if (!names.is_null() && !names.is_array()) throw BadRequest{"\"methods\" must be a list of names"};
  for (const auto& [name, method] : methods)
    if (names.is_null() || std::find(names.begin(), names.end(), name) != names.end()) out.emplace_back(name, method);
  if (!names.is_null() && out.size() != names.size()) throw BadRequest{"\"methods\" may name edge_patching, zero_ablation, mean_ablation, node_patching, eap, eap_ig and acdc"};
  return out;
}

std::size_t amount(const Json& request, const char* key, std::size_t fallback, std::size_t most) {
  const auto n = typed<std::int64_t>(request, key, static_cast<std::int64_t>(fallback), "a number");
  if (n < 1 || n > static_cast<std::int64_t>(most)) throw BadRequest{"\"" + std::string(key) + "\" must be a number from 1 to " + std::to_string(most)};
  return static_cast<std::size_t>(n);
}

// Precision and recall of the edges that score highest, as many as are true.
double recall_at_truth(const std::vector<double>& scores, const std::vector<bool>& truth) {
  std::vector<std::size_t> order(scores.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
  const auto n = static_cast<std::size_t>(std::count(truth.begin(), truth.end(), true));
  std::size_t hit = 0;
  for (std::size_t i = 0; i < n; ++i) hit += truth[order[i]];
  return n ? static_cast<double>(hit) / static_cast<double>(n) : 1;
}

Json circuit_document(const Circuit& c, const CompiledModel& model) {
  Json nodes = Json::array(), readers = Json::array();
  for (const CircuitNode& n : c.nodes) {
    Json node = {{"name", n.name}};
    if (n.layer >= 0) node["layer"] = n.layer;
    if (n.head >= 0) {
      node["head"] = n.head;
      node["owners"] = model.layers[static_cast<std::size_t>(n.layer)].heads[static_cast<std::size_t>(n.head)].nodes;
      node["label"] = model.layers[static_cast<std::size_t>(n.layer)].heads[static_cast<std::size_t>(n.head)].label;
    } else if (n.layer >= 0) {
      Json owners = Json::array();
      for (const NeuronGroup& g : model.layers[static_cast<std::size_t>(n.layer)].neurons)
        if (g.node != no_node) owners.push_back(g.node);
      node["owners"] = owners;
    }
    nodes.push_back(std::move(node));
  }
  for (const CircuitReader& r : c.readers) readers.push_back(r.name);
  return {{"nodes", nodes}, {"readers", readers}};
}

struct Truths {
  std::vector<bool> structural, semantic, causal;
};
Truths truths_of(const Circuit& c) {
  Truths t;
  for (const CircuitEdge& e : c.edges) t.structural.push_back(e.structural), t.semantic.push_back(e.semantic), t.causal.push_back(e.causal);
  return t;
}

}  // namespace

Json discover(const Json& request) {
  Budget budget(limits_of(request));
  Diagnostics diagnostics;
  const ProgramRequest asked = program_request(request);
  const Program program = load_program(asked, diagnostics, budget);
  const Locator locator(program.elaboration);
  if (diagnostics.has_errors()) return failed(locator.diagnostics(diagnostics));
  const auto list = chosen(request);
  auto model = compile_program(asked, program, diagnostics, budget);
  if (!model) return failed(locator.diagnostics(diagnostics));
  const Graph& graph = program.elaboration.graph;
  Runner runner(graph, *model);
  const std::size_t pairs = amount(request, "pairs", 20, 1000), witnesses = amount(request, "witnesses", 300, 100'000);
  ExampleOptions options;
  options.most = 2000;
  const auto seed = typed<std::uint32_t>(request, "seed", 1, "a number");
  options.seed = seed;
  const Examples examples = make_examples(graph, runner, options, budget);
  const auto drawn = draw_pairs(examples, pairs, seed);
  if (drawn.empty()) {
    diagnostics.error("no-examples", "input", "There are no two inputs of one length on which the program has values", {0, 1, 0}, "Choose a vocabulary and a length for which the program has values.");
    return failed(locator.diagnostics(diagnostics));
  }
  Network<float> network = network_of<float>(model->transformer);
  Discovery d(*model, network, examples, drawn);
  const auto searched = draw_pairs(examples, witnesses, seed + 1);
  d.find_causal(searched);
  const Truths truth = truths_of(d.circuit);
  Json out = {{"ok", true}, {"circuit", circuit_document(d.circuit, *model)}, {"pairs", drawn.size()}, {"witnesses", searched.size()}};
  std::vector<std::vector<double>> all;
  Json table = Json::array();
  for (const auto& [name, method] : list) {
    const auto start = std::chrono::steady_clock::now();
    all.push_back(d.scores(method, budget));
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const std::vector<double>& s = all.back();
    std::vector<std::size_t> order(s.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return s[a] > s[b]; });
    std::vector<bool> kept(s.size());
    const auto n = static_cast<std::size_t>(std::count(truth.causal.begin(), truth.causal.end(), true));
    for (std::size_t i = 0; i < n; ++i) kept[order[i]] = true;
    table.push_back({{"method", name}, {"seconds", seconds},
                     {"auc", {{"structural", number(roc_auc(s, truth.structural))}, {"semantic", number(roc_auc(s, truth.semantic))}, {"causal", number(roc_auc(s, truth.causal))}}},
                     {"recall", recall_at_truth(s, truth.causal)}, {"faithfulness", d.faithfulness(kept)}});
  }
  out["methods"] = table;
  out["faithfulness"] = {{"structural", d.faithfulness(truth.structural)}, {"semantic", d.faithfulness(truth.semantic)}, {"causal", d.faithfulness(truth.causal)}};
  Json edges = Json::array();
  for (std::size_t e = 0; e < d.circuit.edges.size(); ++e) {
    const CircuitEdge& edge = d.circuit.edges[e];
    Json scores = Json::object();
    for (std::size_t m = 0; m < list.size(); ++m) scores[list[m].first] = all[m][e];
    Json entry = {{"from", edge.from}, {"to", edge.to}, {"structural", edge.structural}, {"semantic", edge.semantic}, {"causal", edge.causal}, {"scores", scores}};
    if (edge.witness >= 0) {
      const InputPair& p = searched[static_cast<std::size_t>(edge.witness)];
      entry["witness"] = {{"clean", values_document(examples.list[p.clean].input)}, {"corrupted", values_document(examples.list[p.corrupted].input)}};
    }
    edges.push_back(std::move(entry));
  }
  out["circuit"]["edges"] = edges;
  out["diagnostics"] = locator.diagnostics(diagnostics);
  return out;
}

}  // namespace rasp::lab
