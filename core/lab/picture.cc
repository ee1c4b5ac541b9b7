// What a run's weights mean, and its model for other tools.
#include <cmath>

#include "lab/experiment.h"
#include "run/residual.h"
#include "session/documents.h"

namespace rasp::lab {

namespace {

double decimals(double x) { return std::isfinite(x) ? std::round(x * 1e5) / 1e5 : 0; }

Json rows_of(const Matrix<float>& m) {
  Json out = Json::array();
  for (std::int32_t r = 0; r < m.rows; ++r) {
    Json row = Json::array();
    for (std::int32_t c = 0; c < m.columns; ++c) row.push_back(decimals(static_cast<double>(m(r, c))));
    out.push_back(std::move(row));
  }
  return out;
}

// Mean cosine of rows x with y, over those where y is not zero; −1 … 1.
class Cosine {
 public:
  void add(const float* x, const float* y, std::int32_t n) {
    double xy = 0, xx = 0, yy = 0;
    for (std::int32_t i = 0; i < n; ++i)
      xy += double{x[i]} * y[i], xx += double{x[i]} * x[i], yy += double{y[i]} * y[i];
    if (yy < 1e-9) return;
    sum_ += xx < 1e-24 ? 0 : xy / std::sqrt(xx * yy);
    ++count_;
  }
  Json document() const { return count_ ? Json(decimals(sum_ / static_cast<double>(count_))) : Json(); }

 private:
  double sum_ = 0;
  std::int64_t count_ = 0;
};

constexpr std::size_t looked_at = 200;  // inputs on which s-ops are compared

}  // namespace

Json Experiment::superposition_picture(Budget& budget) {
  auto& run = static_cast<Superposition&>(*run_);
  const std::int32_t D = model().transformer.d_model;
  Matrix<float> turned, overlaps;
  transpose(run.W(), turned);
  product(run.W(), turned, overlaps);
  std::vector<Cosine> blocks(static_cast<std::size_t>(run.network().blocks()));
  std::vector<std::int64_t> right(model().subspaces.size()), counted(model().subspaces.size());
  std::vector<NodeId> roots;
  for (const Subspace& s : model().subspaces)
    if (s.node != no_node) roots.push_back(s.node);
  Matrix<float> seen;
  run.each(0, std::min(looked_at, examples_.list.size()), [&](std::size_t i, std::int32_t row, std::int32_t) {
    const Example& e = examples_.list[i];
    const auto T = static_cast<std::int32_t>(e.ids.size());
    for (std::int32_t b = 0; b < run.network().blocks(); ++b)
      for (std::int32_t t = 0; t < T && run.network().has_block(b); ++t)
        blocks[static_cast<std::size_t>(b)].add(run.network().output(b).row(row + t), run.exact(i, b).row(t), D);
    const Evaluation ev = evaluate(elaboration().graph, e.input, model().options.causal, roots, budget);
    for (std::size_t s = 0; s < model().subspaces.size(); ++s) {
      const Subspace& sub = model().subspaces[s];
      if (sub.node == no_node) continue;
      const std::size_t layer = static_cast<std::size_t>(std::max(0, sub.written - 1)) / 2;
      const auto& at = sub.written == 0  ? run.network().embedded()
                       : sub.written % 2 ? run.network().layer(layer).mid
                                         : run.network().layer(layer).post;
      seen.shape(1, D);
      for (std::int32_t t = 1; t < T; ++t) {
        const Cell& cell = ev.sequences[sub.node][static_cast<std::size_t>(t - 1)];
        if (cell.undefined >= 0) continue;
        multiply(at.row(row + t), at.stride, 1, turned.data.data(), turned.stride, seen.data.data(), seen.stride, 1,
                 at.columns, turned.stride, false);
        const auto values =
            read_subspace(model(), sub, std::span<const float>(seen.data.data(), static_cast<std::size_t>(D)));
        ++counted[s];
        right[s] += std::any_of(values.begin(), values.end(),
                                [&](const Value& v) { return agrees(cell.value, v) || equal(cell.value, v); });
      }
    }
  });
  Json out = {
      {"W", rows_of(run.W())}, {"overlaps", rows_of(overlaps)}, {"blocks", Json::array()}, {"s_ops", Json::array()}};
  for (std::int32_t b = 0; b < run.network().blocks(); ++b)
    if (run.network().has_block(b))
      out["blocks"].push_back({{"layer", b / 2},
                               {"part", b % 2 ? "mlp" : "attention"},
                               {"cosine", blocks[static_cast<std::size_t>(b)].document()}});
  for (std::size_t s = 0; s < model().subspaces.size(); ++s) {
    const Subspace& sub = model().subspaces[s];
    if (sub.node == no_node || !counted[s]) continue;
    out["s_ops"].push_back({{"label", sub.label},
                            {"node", sub.node},
                            {"dimensions", sub.dimensions},
                            {"written", sub.written},
                            {"right", decimals(static_cast<double>(right[s]) / static_cast<double>(counted[s]))}});
  }
  return out;
}

// Every head's pattern on one input, the run's and the compiled model's, and what both answer.
Json Experiment::patterns(const std::vector<Value>& input, Json& out) {
  const EncodedTokens encoded = held_->runner->encode(input);
  if (!encoded.ok) return failed(encoded.failure.code, "input", encoded.failure.message, encoded.failure.hint);
  Batch one;
  one.add(encoded.ids);
  const auto T = static_cast<std::int32_t>(encoded.ids.size());
  const auto layers = [&](const Network<float>& n) {
    Json all = Json::array();
    for (std::size_t l = 0; l < n.shape().layers.size(); ++l) {
      Json heads = Json::array();
      for (std::size_t h = 0; h < n.shape().layers[l].heads.size(); ++h) {
        Json rows = Json::array();
        for (std::int32_t t = 0; t < T; ++t) {
          Json row = Json::array();
          for (std::int32_t k = 0; k < T; ++k)
            row.push_back(decimals(static_cast<double>(n.pattern(l, h, 0)[t * padded(T) + k])));
          rows.push_back(std::move(row));
        }
        heads.push_back(std::move(rows));
      }
      all.push_back(std::move(heads));
    }
    return all;
  };
  original_->forward(one);
  run_->network().forward(one);
  const auto answered = [&](const Network<float>& n) {
    std::vector<float> logits;
    for (std::int32_t t = 0; t < T; ++t)
      logits.insert(logits.end(), n.logits().row(t), n.logits().row(t) + n.logits().columns);
    return values_document(decode(model(), logits, T));
  };
  out["input"] = values_document(input);
  out["patterns"] = {{"run", layers(run_->network())}, {"exact", layers(*original_)}};
  out["answers"] = {{"run", answered(run_->network())}, {"exact", answered(*original_)}};
  return nullptr;
}

// For each head of the run, the compiled head whose pattern is nearest: the mean over queries of Σ min(p, q), 1 where
// they are the same.
Json Experiment::closest_heads() {
  const Network<float>& run = run_->network();
  const std::size_t n = std::min<std::size_t>(64, examples_.list.size());
  Batch batch;
  for (std::size_t i = 0; i < n; ++i) batch.add(examples_.list[i].ids);
  run_->network().forward(batch);
  original_->forward(batch);
  Json out = Json::array();
  for (std::size_t l = 0; l < run.shape().layers.size(); ++l)
    for (std::size_t h = 0; h < run.shape().layers[l].heads.size(); ++h) {
      Json best = {{"layer", l}, {"head", h}};
      double most = -1;
      for (std::size_t m = 0; m < model().layers.size(); ++m)
        for (std::size_t g = 0; g < model().layers[m].heads.size(); ++g) {
          double sum = 0;
          std::int64_t queries = 0;
          for (std::int32_t b = 0; b < batch.size(); ++b) {
            const std::int32_t T =
                batch.begin[static_cast<std::size_t>(b) + 1] - batch.begin[static_cast<std::size_t>(b)];
            const float *p = run.pattern(l, h, b), *q = original_->pattern(m, g, b);
            for (std::int32_t t = 1; t < T; ++t, ++queries)
              for (std::int32_t k = 0; k < T; ++k) sum += std::min(p[t * padded(T) + k], q[t * padded(T) + k]);
          }
          const double similarity = queries ? sum / static_cast<double>(queries) : 0;
          if (similarity <= most) continue;
          most = similarity;
          best["closest"] = {{"layer", m}, {"head", g}, {"label", model().layers[m].heads[g].label}};
          best["similarity"] = decimals(similarity);
        }
      out.push_back(std::move(best));
    }
  return out;
}

Json Experiment::picture(const Json& request, Budget& budget) {
  const auto step = typed<std::int64_t>(request, "step", -1, "a number");
  const auto input = values_at(request, "input");
  return at_step(request, [&] {
    Json out = {{"ok", true}, {"step", step >= 0 ? step : run_->steps_done()}};
    if (settings_.kind == "superposition") out.update(superposition_picture(budget));
    out["heads"] = closest_heads();
    Json refused = patterns(input ? *input : examples_.list.front().input, out);
    return refused.is_null() ? out : refused;
  });
}

Transformer Experiment::transformer(const Json& request) {
  return at_step(request, [&] { return transformer_of(run_->network(), model().transformer.bos_id); });
}

Matrix<float> Experiment::basis(const Json& request) {
  if (settings_.kind != "superposition") bad_request("A twin has no basis: only \"superposition\" learns one");
  return at_step(request, [&] { return static_cast<Superposition&>(*run_).W(); });
}

}  // namespace rasp::lab
