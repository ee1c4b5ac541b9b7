#include "lab/turned.h"

#include <algorithm>
#include <cmath>

#include "lab/basis.h"
#include "lab/examples.h"

namespace rasp::lab {

std::optional<Matrix<float>> basis_at(const Json& request, std::int32_t d_model) {
  const Json rows = request.value("basis", Json());
  if (rows.is_null()) return std::nullopt;
  const std::string expected = "\"basis\" must be " + std::to_string(d_model) +
                               " rows (the model's dimensions) of as many numbers each, at most " +
                               std::to_string(d_model);
  const std::size_t width = rows.is_array() && !rows.empty() && rows[0].is_array() ? rows[0].size() : 0;
  if (rows.size() != static_cast<std::size_t>(d_model) || width < 1 || width > rows.size()) bad_request(expected);
  Matrix<float> W(d_model, static_cast<std::int32_t>(width));
  for (std::int32_t r = 0; r < W.rows; ++r) {
    const Json& row = rows[static_cast<std::size_t>(r)];
    if (!row.is_array() || row.size() != width) bad_request(expected);
    for (std::int32_t c = 0; c < W.columns; ++c) {
      const Json& x = row[static_cast<std::size_t>(c)];
      if (!x.is_number() || !(std::abs(x.get<double>()) < 1e30)) bad_request(expected);
      W(r, c) = x.get<float>();
    }
  }
  return W;
}

CompiledModel turned(const CompiledModel& model, const Matrix<float>& W) {
  Compressed<float> c(model.transformer, W.columns);
  c.W = W;
  c.project();
  CompiledModel out = model;
  out.transformer = transformer_of(c.network, model.transformer.bos_id);
  out.subspaces.clear();
  out.residual_labels.clear();
  for (std::int32_t d = 0; d < W.columns; ++d) out.residual_labels.push_back("mixed:" + std::to_string(d));
  out.claims = {};
  out.claims.bos_dimension = -1;
  out.links.clear();
  out.exact = false;
  out.exactness = {};
  out.exactness.reasons = {"The residual stream's " + std::to_string(W.rows) + " dimensions are held in " +
                           std::to_string(W.columns) + " of another basis"};
  out.inexact_reasons = out.exactness.reasons;
  out.worst_margin = 0;
  return out;
}

namespace {

double lead_of(const OutputCodec& codec, std::span<const float> logits, const Value& answer) {
  if (codec.encoding == Encoding::Categorical) {
    float best = -1e30f, next = -1e30f;
    for (const float x : logits)
      if (x > best) next = best, best = x;
      else next = std::max(next, x);
    return static_cast<double>(best) - static_cast<double>(next);
  }
  const double x = logits[0];
  if (codec.values.empty()) return 1 - 100 * std::abs(x - answer.number()) / std::max(1.0, std::abs(answer.number()));
  const std::size_t mine = nearest_value(codec.values, x);
  double gap = 1e30;
  for (std::size_t i = 0; i < codec.values.size(); ++i)
    if (i != mine) gap = std::min(gap, std::abs(codec.values[i].number() - codec.values[mine].number()));
  return 1 - 2 * std::abs(x - codec.values[mine].number()) / gap;
}

}  // namespace

Tried try_out(Runner& runner, const std::vector<std::vector<Value>>& inputs, Budget& budget) {
  const OutputCodec& codec = runner.model().codec;
  const auto columns = static_cast<std::size_t>(runner.model().transformer.W_U.cols());
  Tried out;
  for (const std::vector<Value>& input : inputs) {
    const Runner::Comparison c = runner.compare(input, budget);
    ++out.inputs;
    out.right += c.agree;
    for (std::size_t i = 0; i < input.size(); ++i)
      if (c.undefined[i].empty())
        out.lead = std::min(out.lead, lead_of(codec, std::span(runner.logits()).subspan((i + 1) * columns, columns),
                                              c.interpreter[i].value));
  }
  return out;
}

}  // namespace rasp::lab
