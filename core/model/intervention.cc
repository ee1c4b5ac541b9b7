#include "model/forward.h"

#include <cmath>

namespace rasp {

namespace {

std::string number(std::size_t n) { return std::to_string(n); }

Failure fault(std::string message, std::string hint) {
  return {"bad-intervention", "input", std::move(message), std::move(hint)};
}

// "There is no layer 7." with what there is.
std::optional<Failure> out_of_range(const std::string& what, std::int32_t given, std::size_t size) {
  if (given >= 0 && static_cast<std::size_t>(given) < size) return std::nullopt;
  return fault("There is no " + what + " " + std::to_string(given) + ".",
               size == 0 ? "This model has none there." : "They are numbered 0 to " + number(size - 1) + ".");
}

std::optional<Failure> bad_values(const std::vector<float>& values, std::size_t wanted, const std::string& of_what) {
  if (values.size() != wanted)
    return fault("An intervention has " + number(values.size()) + " numbers for " + of_what + ".",
                 "Give " + number(wanted) + " numbers.");
  for (const float x : values)
    if (!std::isfinite(x)) return fault("An intervention has a number that is not finite.", "Give finite numbers.");
  return std::nullopt;
}

}  // namespace

std::optional<Failure> intervention_fault(const Transformer& model, std::int32_t T, const Intervention& i) {
  using Kind = Intervention::Kind;
  if (i.kind == Kind::SetResidual) {
    if (auto f = out_of_range("half-layer", i.half_layer, 2 * model.layers.size() + 1)) return f;
    if (auto f = out_of_range("position", i.position, static_cast<std::size_t>(T))) return f;
    for (const std::int32_t d : i.dimensions)
      if (auto f = out_of_range("residual dimension", d, static_cast<std::size_t>(model.d_model))) return f;
    return bad_values(i.values, i.dimensions.size(), number(i.dimensions.size()) + " residual dimensions");
  }
  if (auto f = out_of_range("layer", i.layer, model.layers.size())) return f;
  if (i.kind == Kind::ZeroMlp) return std::nullopt;
  if (auto f = out_of_range("head", i.head, model.layers[static_cast<std::size_t>(i.layer)].heads.size())) return f;
  if (i.kind == Kind::ZeroHead) return std::nullopt;
  const auto n = static_cast<std::size_t>(T);
  return bad_values(i.values, n * n, "a pattern over " + number(n) + " positions (BOS among them)");
}

}  // namespace rasp
