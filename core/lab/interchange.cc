#include "lab/interchange.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "lab/asked.h"
#include "lab/basis.h"
#include "lab/discover.h"
#include "lab/experiment.h"
#include "session/documents.h"
#include "session/inspect.h"
#include "session/interventions.h"

namespace rasp::lab {

namespace {

// An s-op of the program and where the model holds it.
struct Held {
  NodeId node = no_node;
  std::string label;
  std::map<std::int32_t, std::vector<std::int32_t>> dimensions;  // by half-layer after which they are written
};

std::vector<Held> held_in(const CompiledModel& model) {
  std::vector<Held> all;
  for (const Subspace& s : model.subspaces) {
    if (s.node == no_node || combined(s)) continue;
    auto at = std::find_if(all.begin(), all.end(), [&](const Held& h) { return h.node == s.node; });
    if (at == all.end()) at = all.insert(all.end(), {s.node, s.label, {}});
    auto& d = at->dimensions[s.written];
    d.insert(d.end(), s.dimensions.begin(), s.dimensions.end());
  }
  return all;
}

using Directions = std::vector<std::vector<double>>;

// Orthonormal directions of the residual stream in which these dimensions of the compiled model live: rows of W, or the
// dimensions themselves.
Directions directions(const std::vector<std::int32_t>& dimensions, std::int32_t width, const Matrix<float>* W) {
  Directions out;
  for (const std::int32_t d : dimensions) {
    std::vector<double> v(static_cast<std::size_t>(width), 0);
    if (!W) v[static_cast<std::size_t>(d)] = 1;
    else
      for (std::int32_t c = 0; c < width; ++c) v[static_cast<std::size_t>(c)] = static_cast<double>((*W)(d, c));
    const auto dot = [](const std::vector<double>& a, const std::vector<double>& b) {
      double sum = 0;
      for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
      return sum;
    };
    for (int pass = 0; pass < 2; ++pass)
      for (const auto& u : out) {
        const double along = dot(u, v);
        for (std::size_t i = 0; i < v.size(); ++i) v[i] -= along * u[i];
      }
    const double length = std::sqrt(dot(v, v));
    if (length < 1e-6) continue;  // in the span of the others
    for (double& x : v) x /= length;
    out.push_back(std::move(v));
  }
  return out;
}

class Interchanger {
 public:
  Interchanger(const Graph& graph, const CompiledModel& model, const Transformer& run, const Matrix<float>* W,
               Budget& budget)
      : graph_(graph), model_(model), run_(run), W_(W), prepared_(run), budget_(budget) {}

  struct Score {
    std::int64_t counted = 0, right = 0, changed = 0, valueless = 0;
    Json witness;
  };

  void add(const Held& held, const Example& base, const Example& source, Score& score) {
    std::vector<NodeId> roots{model_.output, held.node};
    const bool causal = model_.options.causal;
    const Evaluation there = evaluate(graph_, source.input, causal, std::span(roots).subspan(1), budget_);
    if (!there.defined(held.node)) return;
    const Evaluation plain = evaluate(graph_, base.input, causal, roots, budget_);
    const Forced forced[] = {{held.node, there.sequences[held.node]}};
    const Evaluation ev = evaluate(graph_, base.input, causal, roots, budget_, forced);
    std::vector<Value> answers = pass(held, base, source);
    const auto &cells = ev.sequences[model_.output], &before = plain.sequences[model_.output];
    bool all = true;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (cells[i].undefined >= 0) {
        ++score.valueless;
        continue;
      }
      const bool right = match(model_, cells[i].value, answers[i]) != Match::Different;
      ++score.counted, score.right += right;
      score.changed += before[i].undefined >= 0 || !equal(before[i].value, cells[i].value);
      all = all && right;
    }
    if (!all && score.witness.is_null())
      score.witness = {{"base", values_document(base.input)},
                       {"source", values_document(source.input)},
                       {"program", cells_document(cells)},
                       {"model", values_document(answers)}};
  }

 private:
  // The model's answers on `base`, with the s-op's directions as on `source` from where they are written.
  std::vector<Value> pass(const Held& held, const Example& base, const Example& source) {
    Trace mine, other;
    forward(prepared_, workspace_, source.ids, logits_, &other, {}, &budget_);
    std::vector<Intervention> list;
    for (const auto& [half, dimensions] : held.dimensions) {
      forward(prepared_, workspace_, base.ids, logits_, &mine, list, &budget_);
      const Directions along = directions(dimensions, run_.d_model, W_);
      for (std::int32_t t = 1; t < mine.T; ++t) list.push_back(exchanged(half, t, mine, other, along));
    }
    forward(prepared_, workspace_, base.ids, logits_, nullptr, list, &budget_);
    return decode(model_, logits_, mine.T);
  }

  Intervention exchanged(std::int32_t half, std::int32_t t, const Trace& mine, const Trace& other,
                         const Directions& along) const {
    const auto row = [&](const Trace& trace) {
      return trace.arena.data() + trace.find(half_layer_name(half))->offset + std::int64_t{t} * run_.d_model;
    };
    const float *x = row(mine), *y = row(other);
    Intervention i;
    i.kind = Intervention::Kind::SetResidual;
    i.half_layer = half, i.position = t;
    std::vector<double> difference(static_cast<std::size_t>(run_.d_model), 0);
    for (const auto& u : along) {
      double amount = 0;
      for (std::size_t d = 0; d < u.size(); ++d)
        amount += u[d] * (static_cast<double>(y[d]) - static_cast<double>(x[d]));
      for (std::size_t d = 0; d < u.size(); ++d) difference[d] += amount * u[d];
    }
    for (std::int32_t d = 0; d < run_.d_model; ++d) {
      i.dimensions.push_back(d);
      i.values.push_back(static_cast<float>(static_cast<double>(x[d]) + difference[static_cast<std::size_t>(d)]));
    }
    return i;
  }

  const Graph& graph_;
  const CompiledModel& model_;
  const Transformer& run_;
  const Matrix<float>* W_;
  PreparedModel prepared_;
  Workspace workspace_;
  Budget& budget_;
  std::vector<float> logits_;
};

Json share(std::int64_t x, std::int64_t of) {
  return of ? Json(static_cast<double>(x) / static_cast<double>(of)) : Json();
}

Json document(const Json& request, const Graph& graph, const CompiledModel& model, const Transformer& run,
              const Matrix<float>* W, const Examples& examples, Budget& budget, Diagnostics& diagnostics,
              const Locator& locator) {
  const auto pairs = pairs_of(examples, amount(request, "pairs", 20, 1000),
                              typed<std::uint32_t>(request, "seed", 1, "a number"), diagnostics);
  if (pairs.empty()) return failed(locator.diagnostics(diagnostics));
  Interchanger interchanger(graph, model, run, W, budget);
  Json rows = Json::array();
  for (const Held& held : held_in(model)) {
    Interchanger::Score score;
    for (const InputPair& p : pairs) interchanger.add(held, examples.list[p.clean], examples.list[p.corrupted], score);
    Json row = {{"label", held.label},
                {"node", held.node},
                {"written", held.dimensions.begin()->first},
                {"positions", score.counted},
                {"accuracy", share(score.right, score.counted)},
                {"changed", share(score.changed, score.counted)},
                {"valueless", score.valueless}};
    if (!score.witness.is_null()) row["witness"] = std::move(score.witness);
    rows.push_back(std::move(row));
  }
  return {{"ok", true},
          {"pairs", pairs.size()},
          {"s_ops", std::move(rows)},
          {"diagnostics", locator.diagnostics(diagnostics)}};
}

}  // namespace

Json interchange(const Json& request) {
  return on_examples(request, [&](const Asked& a) {
    return document(request, a.graph, a.model, a.model.transformer, nullptr, a.examples, a.budget, a.diagnostics,
                    a.locator);
  });
}

Json Experiment::interchange(const Json& request, Budget& budget) {
  if (settings_.kind == "twin") bad_request("A twin has no s-ops that could be interchanged; its circuit is not known");
  return at_step(request, [&] {
    Diagnostics diagnostics;
    const Locator locator(elaboration());
    const Matrix<float> W = static_cast<Superposition&>(*run_).W();
    return document(request, elaboration().graph, model(), transformer_of(run_->network(), model().transformer.bos_id),
                    &W, examples_, budget, diagnostics, locator);
  });
}

}  // namespace rasp::lab
