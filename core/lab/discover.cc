#include "lab/discover.h"

#include <chrono>
#include <cmath>

#include "lab/asked.h"
#include "lab/basis.h"
#include "lab/experiment.h"
#include "lab/methods.h"
#include "lab/turned.h"
#include "model/fingerprint.h"
#include "session/documents.h"

namespace rasp::lab {

namespace {

Json number(double x) { return std::isfinite(x) ? Json(x) : Json(); }

std::vector<std::pair<std::string, Method>> chosen(const Json& request) {
  std::vector<std::pair<std::string, Method>> out;
  const Json names = request.value("methods", Json());
  if (!names.is_null() && !names.is_array()) bad_request("\"methods\" must be a list of names");
  for (const auto& [name, method] : methods)
    if (names.is_null() || std::find(names.begin(), names.end(), name) != names.end()) out.emplace_back(name, method);
  if (!names.is_null() && out.size() != names.size())
    bad_request(
        "\"methods\" may name edge_patching, zero_ablation, mean_ablation, node_patching, eap, eap_ig and acdc");
  return out;
}

Json circuit_document(const Circuit& c, const CompiledModel* model) {
  Json nodes = Json::array(), readers = Json::array();
  for (const CircuitNode& n : c.nodes) {
    Json node = {{"name", n.name}};
    if (n.layer >= 0) node["layer"] = n.layer;
    if (n.head >= 0) node["head"] = n.head;
    if (model && n.head >= 0) {
      const HeadInfo& head = model->layers[static_cast<std::size_t>(n.layer)].heads[static_cast<std::size_t>(n.head)];
      node["owners"] = head.nodes;
      node["label"] = head.label;
    } else if (model && n.layer >= 0) {
      Json owners = Json::array();
      for (const NeuronGroup& g : model->layers[static_cast<std::size_t>(n.layer)].neurons)
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
  for (const CircuitEdge& e : c.edges)
    t.structural.push_back(e.structural), t.semantic.push_back(e.semantic), t.causal.push_back(e.causal);
  return t;
}

Json edges_document(const Discovery& d, const std::vector<std::pair<std::string, Method>>& list,
                    const std::vector<std::vector<double>>& scores, const std::vector<InputPair>& searched,
                    const Examples& examples) {
  Json edges = Json::array();
  for (std::size_t e = 0; e < d.circuit.edges.size(); ++e) {
    const CircuitEdge& edge = d.circuit.edges[e];
    Json by_method = Json::object();
    for (std::size_t m = 0; m < list.size(); ++m) by_method[list[m].first] = scores[m][e];
    Json entry = {{"from", edge.from},         {"to", edge.to},         {"structural", edge.structural},
                  {"semantic", edge.semantic}, {"causal", edge.causal}, {"scores", by_method}};
    if (edge.witness >= 0) {
      const InputPair& p = searched[static_cast<std::size_t>(edge.witness)];
      entry["witness"] = {{"clean", values_document(examples.list[p.clean].input)},
                          {"corrupted", values_document(examples.list[p.corrupted].input)}};
    }
    edges.push_back(std::move(entry));
  }
  return edges;
}

// The edges that score highest, so many.
std::vector<bool> highest(const std::vector<double>& scores, std::size_t count) {
  std::vector<std::size_t> order(scores.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
  std::vector<bool> kept(scores.size());
  for (std::size_t i = 0; i < count; ++i) kept[order[i]] = true;
  return kept;
}

// How many of the true edges are among those that score highest, as many as are true.
double recall_at_truth(const std::vector<double>& scores, const std::vector<bool>& truth) {
  const auto n = static_cast<std::size_t>(std::count(truth.begin(), truth.end(), true));
  const std::vector<bool> kept = highest(scores, n);
  std::size_t hit = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) hit += kept[i] && truth[i];
  return n ? static_cast<double>(hit) / static_cast<double>(n) : 1;
}

}  // namespace

std::size_t amount(const Json& request, const char* key, std::size_t fallback, std::size_t most) {
  const auto n = typed<std::int64_t>(request, key, static_cast<std::int64_t>(fallback), "a number");
  if (n < 1 || n > static_cast<std::int64_t>(most))
    bad_request("\"" + std::string(key) + "\" must be a number from 1 to " + std::to_string(most));
  return static_cast<std::size_t>(n);
}

std::vector<InputPair> pairs_of(const Examples& examples, std::size_t count, std::uint64_t seed,
                                Diagnostics& diagnostics) {
  auto pairs = draw_pairs(examples, count, seed);
  if (pairs.empty())
    diagnostics.error("no-examples", "input", "There are no two inputs of one length on which the program has values",
                      {0, 1, 0}, "Choose a vocabulary and a length for which the program has values.");
  return pairs;
}

Json discover(const Json& request, Subject subject, Budget& budget, Diagnostics& diagnostics, const Locator& locator) {
  const auto list = chosen(request);
  const std::size_t pairs = amount(request, "pairs", 20, 1000), witnesses = amount(request, "witnesses", 300, 100'000);
  const auto seed = typed<std::uint32_t>(request, "seed", 1, "a number");
  const auto drawn = pairs_of(subject.examples, pairs, seed, diagnostics);
  if (drawn.empty()) return failed(locator.diagnostics(diagnostics));
  const bool structural = subject.owned;  // of a twin no set of edges is known
  Discovery d(subject.model, subject.network, std::move(subject.circuit), subject.examples, drawn);
  const auto searched = draw_pairs(subject.examples, witnesses, seed + 1);
  d.find_causal(searched, !subject.compiled, budget);
  const Truths truth = truths_of(d.circuit);
  Json out = {{"ok", true},
              {"circuit", circuit_document(d.circuit, subject.owned ? &subject.model : nullptr)},
              {"pairs", drawn.size()},
              {"witnesses", searched.size()}};
  std::vector<std::vector<double>> all;
  Json table = Json::array();
  const auto causal = static_cast<std::size_t>(std::count(truth.causal.begin(), truth.causal.end(), true));
  for (const auto& [name, method] : list) {
    const auto start = std::chrono::steady_clock::now();
    all.push_back(d.scores(method, budget));
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const std::vector<double>& s = all.back();
    table.push_back({{"method", name},
                     {"seconds", seconds},
                     {"auc",
                      {{"structural", number(roc_auc(s, truth.structural))},
                       {"semantic", number(roc_auc(s, truth.semantic))},
                       {"causal", number(roc_auc(s, truth.causal))}}},
                     {"recall", recall_at_truth(s, truth.causal)},
                     {"faithfulness", d.faithfulness(highest(s, causal))}});
  }
  out["methods"] = table;
  out["faithfulness"] = {{"structural", structural ? number(d.faithfulness(truth.structural)) : Json()},
                         {"semantic", structural ? number(d.faithfulness(truth.semantic)) : Json()},
                         {"causal", d.faithfulness(truth.causal)}};
  out["circuit"]["edges"] = edges_document(d, list, all, searched, subject.examples);
  out["diagnostics"] = locator.diagnostics(diagnostics);
  return out;
}

Json discover(const Json& request) {
  chosen(request);  // a wrong name is said before anything is compiled
  return on_examples(request, [&](const Asked& a) {
    const auto W = basis_at(request, a.model.transformer.d_model);
    Network<float> network = network_of<float>(a.model.transformer);
    Circuit circuit = circuit_of(a.model, network);
    std::string print = fingerprint(a.model.transformer);
    if (W) {
      const Transformer other = turned(a.model, *W).transformer;
      network = network_of<float>(other);
      print = fingerprint(other);
    }
    Json out =
        discover(request, {a.model, network, a.examples, std::move(circuit), !W}, a.budget, a.diagnostics, a.locator);
    if (out["ok"] == true) out["fingerprint"] = print;
    return out;
  });
}

Json Experiment::discover(const Json& request, Budget& budget) {
  const bool twin = settings_.kind == "twin";
  return at_step(request, [&] {
    Diagnostics diagnostics;
    const Locator locator(elaboration());
    return lab::discover(request,
                         {model(), run_->network(), examples_,
                          twin ? graph_of(run_->network()) : circuit_of(model(), *original_), false, !twin},
                         budget, diagnostics, locator);
  });
}

}  // namespace rasp::lab
