// Requests about a held model on one input: trace, extend, weights, explain.
#include "session/session.h"

#include <chrono>

#include "base/text.h"
#include "run/residual.h"
#include "session/documents.h"
#include "session/held_model.h"
#include "session/inspect.h"
#include "session/interventions.h"
#include "session/request.h"

namespace rasp {
namespace {

// Every node up to the output on this input, as far as the budget lets it be shown.
Json node_values(const Graph& graph, const Evaluation& ev, NodeId output, Budget& budget) {
  Json nodes = Json::array();
  for (NodeId id = 0; id <= output; ++id) {
    Json node = {{"id", id}};
    if (is_selector(graph[id].kind)) {
      if (ev.matrices[id].n && budget.may_show(std::uint64_t{ev.matrices[id].n} * ev.matrices[id].n))
        node["matrix"] = matrix_rows(ev.matrices[id]);
    } else if (!ev.sequences[id].empty() && budget.may_show(ev.sequences[id].size())) {
      node["value"] = cells_document(ev.sequences[id]);
    }
    if (const Undefined* u = ev.failure_of(id)) node["undefined"] = u->failure.message;
    nodes.push_back(std::move(node));
  }
  return nodes;
}

// What one subspace holds at one position, in words.
std::string held_value(const CompiledModel& m, const Subspace& sub, std::span<const float> residual) {
  const auto values = read_subspace(m, sub, residual);
  std::string text;
  for (std::size_t i = 0; i < values.size() && i < 3; ++i) text += (i ? "|" : "") + values[i].str();
  if (values.size() > 3) text += "|…";
  return cut(text, 24);
}

// The residual stream read as values, subspace by subspace, BOS first: after the half-layer that writes it, after each
// one that changes it (experiments do), and nothing after the one from which others use its directions.
class ResidualReader {
 public:
  ResidualReader(const CompiledModel& model, const Trace& trace, Budget& budget)
      : model_(model), trace_(trace), budget_(budget), T_(static_cast<std::size_t>(trace.T)) {
    for (std::int32_t half = 0; half <= last(); ++half) streams_.push_back(trace.find(half_layer_name(half)));
  }

  Json document() {
    Json all = Json::array();
    for (std::size_t s = 0; s < model_.subspaces.size() && !full_; ++s)
      all.push_back({{"subspace", s}, {"rows", rows(model_.subspaces[s])}});
    return all;
  }

 private:
  std::int32_t last() const { return static_cast<std::int32_t>(2 * model_.transformer.layers.size()); }

  Json rows(const Subspace& sub) {
    Json rows = Json::array();
    const std::int32_t end = sub.dead < 0 ? last() + 1 : std::min(sub.dead, last() + 1);
    for (std::int32_t half = sub.written; half < end; ++half) {
      budget_.tick(static_cast<std::uint32_t>(T_));
      if (!streams_[static_cast<std::size_t>(half)] || (half > sub.written && same_as_before(sub, half))) continue;
      if (full_ = !budget_.may_show(T_); full_) return rows;
      std::vector<std::string> values(T_);
      for (std::size_t position = 1; position < T_; ++position)
        values[position] = held_value(model_, sub, stream(half, position));
      rows.push_back({{"half_layer", half}, {"values", std::move(values)}});
    }
    if (end <= last()) rows.push_back({{"half_layer", end}, {"values", Json::array()}});
    return rows;
  }

  bool same_as_before(const Subspace& sub, std::int32_t half) const {
    if (!streams_[static_cast<std::size_t>(half) - 1]) return false;
    for (std::size_t position = 1; position < T_; ++position) {
      const auto now = stream(half, position), before = stream(half - 1, position);
      for (std::int32_t d : sub.dimensions)
        if (now[static_cast<std::size_t>(d)] != before[static_cast<std::size_t>(d)]) return false;
    }
    return true;
  }

  std::span<const float> stream(std::int32_t half, std::size_t position) const {
    const TensorInfo& t = *streams_[static_cast<std::size_t>(half)];
    const auto width = static_cast<std::size_t>(t.shape.back());
    return std::span(trace_.arena).subspan(static_cast<std::size_t>(t.offset) + position * width, width);
  }

  const CompiledModel& model_;
  const Trace& trace_;
  Budget& budget_;
  const std::size_t T_;
  std::vector<const TensorInfo*> streams_;
  bool full_ = false;
};

// The input of a request, and what the model and the interpreter are to do with it.
struct Posed {
  std::vector<Value> input;
  EncodedTokens encoded;
  std::vector<NodeId> roots;
  Evaluation evaluation;  // without experiments
  Experiments experiments;
};

// → a refusal, or null.
Json pose(const Json& r, HeldModel& h, const std::vector<NodeId>& also, Budget& budget, Posed& p) {
  auto input = values_at(r, "input");
  if (!input) bad_request("\"input\" is missing");
  p.input = std::move(*input);
  p.encoded = h.runner->encode(p.input);
  if (!p.encoded.ok) return failed(p.encoded.failure.code, "input", p.encoded.failure.message, p.encoded.failure.hint);
  for (NodeId id = 0; id <= h.model.output; ++id) p.roots.push_back(id);
  p.roots.insert(p.roots.end(), also.begin(), also.end());
  const Elaboration& e = h.program.elaboration;
  p.evaluation = evaluate(e.graph, p.input, h.model.options.causal, p.roots, budget);
  return read_interventions(r.value("interventions", Json::array()), e, *h.runner, p.evaluation,
                            static_cast<std::int32_t>(p.encoded.ids.size()), budget, p.experiments);
}

// Position by position: what the interpreter says, what the model says, whether that is the same.
Json compared(const CompiledModel& m, const std::vector<Cell>& cells, std::vector<Value> decoded) {
  Json defined = Json::array(), agrees = Json::array();
  bool all = true;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    defined.push_back(cells[i].undefined < 0);
    const bool same = cells[i].undefined >= 0 || match(m, cells[i].value, decoded[i]) != Match::Different;
    agrees.push_back(same);
    all = all && same;
  }
  return {{"interpreter", cells_document(cells)},
          {"model", values_document(decoded)},
          {"defined", std::move(defined)},
          {"agrees", std::move(agrees)},
          {"agree", all}};
}

}  // namespace

Json Session::trace(const Json& r) {
  Budget budget(limits_of(r));
  HeldModel& h = held(r);
  const CompiledModel& m = h.model;
  const Graph& graph = h.program.elaboration.graph;
  Posed p;
  Json refused = pose(r, h, promised_nodes(m.options.promises), budget, p);
  if (!refused.is_null()) {
    if (!p.encoded.ok) refused["position"] = p.encoded.position;
    return refused;
  }
  const Json broken =
      broken_promises(graph, m.options.promises, p.evaluation);  // by the input, whatever the experiments do
  if (!p.experiments.program.empty())
    p.evaluation = evaluate(graph, p.input, m.options.causal, p.roots, budget, p.experiments.program);
  Trace trace;
  const auto start = std::chrono::steady_clock::now();
  std::vector<Value> decoded = h.runner->run(p.encoded.ids, &trace, p.experiments.model, &budget);
  const double forward_ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();

  Json out = {{"ok", true}, {"T", trace.T}, {"broken_promises", broken}};
  out["tokens"] = Json::array({"BOS"});
  for (const Value& v : p.input) out["tokens"].push_back(v.str());
  out["tensors"] = Json::array();
  for (const TensorInfo& t : trace.tensors)
    out["tensors"].push_back({{"name", t.name}, {"shape", t.shape}, {"offset", t.offset}});
  out.update(compared(m, p.evaluation.sequences[m.output], std::move(decoded)));
  out.update(exactness_document(m));
  if (m.codec.encoding == Encoding::Numerical) {
    Json raw = Json::array();
    for (std::size_t i = 1; i < p.encoded.ids.size(); ++i) raw.push_back(h.runner->logits()[i]);
    out["model"]["raw"] = std::move(raw);
  }
  out["nodes"] = node_values(graph, p.evaluation, m.output, budget);
  out["decoded"] = ResidualReader(m, trace, budget).document();
  out["timings_ms"] = {{"forward", forward_ms}};
  arena_ = std::move(trace.arena);
  return out;
}

Json Session::extend(const Json& r) {
  HeldModel& h = held(r);
  Budget budget(limits_of(r));
  Posed p;
  Json refused = pose(r, h, {}, budget, p);
  if (!refused.is_null()) {
    if (!p.encoded.ok) refused["position"] = p.encoded.position;
    return refused;
  }
  std::int32_t computed = 0;
  std::vector<Value> decoded = h.runner->extend(p.encoded.ids, computed, budget);
  Json out = {{"ok", true}, {"T", p.encoded.ids.size()}, {"computed", computed}};
  out.update(compared(h.model, p.evaluation.sequences[h.model.output], std::move(decoded)));
  return out;
}

Json Session::weights(const Json& r) {
  HeldModel& h = held(r);
  Json out = weights_document(h.model, typed<int>(r, "layer", 0, "a number"),
                              r.contains("head") ? typed<int>(r, "head", 0, "a number") : -1);
  if (out.is_null()) bad_request("The model has no such layer or head");
  return out;
}

Json Session::explain(const Json& r) {
  HeldModel& h = held(r);
  Budget budget(limits_of(r));
  Posed p;
  Json refused = pose(r, h, {}, budget, p);
  if (!refused.is_null()) return refused;
  Trace trace;
  h.runner->run(p.encoded.ids, &trace, p.experiments.model, &budget);
  Json out = explain_document(h.model, p.input, trace, p.experiments.model, typed<int>(r, "half_layer", 0, "a number"),
                              typed<int>(r, "dimension", 0, "a number"), typed<int>(r, "position", 0, "a number"));
  if (out.is_null()) bad_request("The residual stream has no such half-layer, dimension or position");
  return out;
}

}  // namespace rasp
