#include "base/agree.h"

#include <algorithm>
#include <cmath>

namespace rasp {

bool floats_agree(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  if (a == b) return true;
  if (!std::isfinite(a) || !std::isfinite(b)) return false;
  constexpr double reach = 0x1p-40;
  return std::fabs(a - b) <= reach * std::max(std::fabs(a), std::fabs(b));
}

bool agrees(const Value& interpreter, const Value& model) {
  if (interpreter.kind() != model.kind()) return false;
  return interpreter.kind() == Kind::Float ? floats_agree(interpreter.number(), model.number())
                                           : equal(interpreter, model);
}

bool one_number(const Value& a, const Value& b) {
  if (equal(a, b)) return true;
  const bool floats = a.kind() == Kind::Float && b.kind() == Kind::Float;
  if (!a.is_number() || !b.is_number() || (a.kind() != Kind::Float && b.kind() != Kind::Float)) return false;
  return floats_agree(a.number(), b.number()) && (floats || std::fabs(a.number()) < 0x1p39);
}

bool expected(const Value& written, const Value& interpreter) {
  if (written.kind() == Kind::Int && interpreter.kind() == Kind::Float) return equal(written, interpreter);
  return agrees(interpreter, written);
}

}  // namespace rasp
