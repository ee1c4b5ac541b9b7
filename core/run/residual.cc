#include "run/residual.h"

#include <cmath>

namespace rasp {

std::vector<Value> read_subspace(const CompiledModel&, const Subspace& s, std::span<const float> residual) {
  if (s.dimensions.empty()) return s.silent;
  if (s.encoding == Encoding::Categorical) {
    std::size_t best = 0;
    for (std::size_t i = 1; i < s.dimensions.size(); ++i) {
      if (residual[static_cast<std::size_t>(s.dimensions[i])] > residual[static_cast<std::size_t>(s.dimensions[best])])
        best = i;
    }
    if (residual[static_cast<std::size_t>(s.dimensions[best])] < 0.5f) return s.silent;
    return best < s.classes.size() ? s.classes[best] : std::vector<Value>();
  }
  const double x = residual[static_cast<std::size_t>(s.dimensions[0])];
  if (s.values.empty()) return {Value::real(x)};
  std::size_t best = 0;
  for (std::size_t i = 1; i < s.stored.size(); ++i) {
    if (std::abs(s.stored[i] - x) < std::abs(s.stored[best] - x)) best = i;
  }
  return {s.values[best]};
}

}  // namespace rasp
