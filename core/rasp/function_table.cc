#include "rasp/function_table.h"

#include <algorithm>
#include <cmath>

namespace rasp {
namespace {

std::size_t hash_of(std::span<const Value> operands) {
  std::size_t h = operands.size();
  for (const Value& v : operands)
    h = (h ^ (hash(v) * 5 + static_cast<std::size_t>(v.kind()))) * 0x9e3779b97f4a7c15ull >> 1;
  return h;
}

bool near(const Value& a, const Value& b) {
  if (identical(a, b)) return true;
  if (a.kind() != Kind::Float || b.kind() != Kind::Float) return false;
  const double x = a.number(), y = b.number();
  if (!std::isfinite(x) || !std::isfinite(y)) return false;  // every number lies within a part of infinity
  return std::fabs(x - y) <= 1e-10 * std::max(std::fabs(x), std::fabs(y));
}

bool has_float(std::span<const Value> operands) {
  return std::any_of(operands.begin(), operands.end(), [](const Value& v) { return v.kind() == Kind::Float; });
}

// Floats that are near each other are in one bucket, or in two that lie side by side: 2^-30 is wider than what `near`
// allows.
std::uint64_t bucket(double x) {
  int exponent = 0;
  if (x == 0 || !std::isfinite(x)) return std::isnan(x) ? 1 : x > 0 ? 2 : x < 0 ? 3 : 0;
  const double mantissa = std::frexp(std::fabs(x), &exponent);
  return (static_cast<std::uint64_t>(exponent + 5000) << 32) ^ static_cast<std::uint64_t>(mantissa * 0x1p30) ^
         (x < 0 ? 0x80000000u : 0u);
}

// `by` moves the floats towards a neighbouring bucket, up where the operand's bit of `slack` is set and down where not.
std::size_t coarse_hash(std::span<const Value> operands, double by, unsigned slack) {
  std::size_t h = operands.size();
  for (std::size_t i = 0; i < operands.size(); ++i) {
    const Value& v = operands[i];
    const std::size_t one = v.kind() == Kind::Float
                                ? static_cast<std::size_t>(bucket(v.number() * (1 + (slack >> i & 1 ? by : -by))))
                                : hash(v) * 5 + static_cast<std::size_t>(v.kind());
    h = (h ^ one) * 0x9e3779b97f4a7c15ull >> 1;
  }
  return h;
}

bool same_outcome(const Outcome& a, const Outcome& b) {
  if (a.index() != b.index()) return false;
  if (const Value* v = std::get_if<Value>(&a)) return identical(*v, std::get<Value>(b));
  return std::get<Failure>(a).message == std::get<Failure>(b).message;
}

}  // namespace

std::size_t FunctionTable::find(std::span<const Value> operands, bool nearby) const {
  const auto [first, last] = by_hash_.equal_range(hash_of(operands));
  for (auto it = first; it != last; ++it)
    if (std::equal(operands.begin(), operands.end(), this->operands(it->second).begin(), identical)) return it->second;
  std::size_t found = rows();  // the first row, whatever the order of buckets
  if (nearby && !by_bucket_.empty() && has_float(operands))
    for (unsigned slack = 0; slack < 1u << operands.size(); ++slack) {
      const auto [begin, end] = by_bucket_.equal_range(coarse_hash(operands, 2e-10, slack));
      for (auto it = begin; it != end; ++it)
        if (it->second < found &&
            std::equal(operands.begin(), operands.end(), this->operands(it->second).begin(), near))
          found = it->second;
    }
  return found;
}

bool FunctionTable::add(std::vector<Value> operands, Outcome outcome) {
  if (find(operands, false) != rows()) return false;
  const std::size_t h = hash_of(operands);
  hash_ += h;
  by_hash_.emplace(h, static_cast<std::uint32_t>(rows()));
  const auto row = static_cast<std::uint32_t>(rows());
  if (has_float(operands)) by_bucket_.emplace(coarse_hash(operands, 0, 0), row);
  for (Value& v : operands) operands_.push_back(std::move(v));
  outcomes_.push_back(std::move(outcome));
  return true;
}

Outcome FunctionTable::at(std::span<const Value> operands) const {
  const std::size_t row = find(operands, !missing_ || missing_->nearby);
  if (row != rows()) return outcomes_[row];
  if (missing_ && missing_->rows.size() < missing_->most)
    missing_->rows.push_back({this, {operands.begin(), operands.end()}});
  std::string shown;
  for (const Value& v : operands) shown += (shown.empty() ? "" : ", ") + v.repr();
  return Failure{"not-tabulated", "value", "the table of this function has no row for " + shown,
                 "Open the Python program itself, or keep to its vocabulary and maximal length."};
}

bool FunctionTable::same(const FunctionTable& other) const {
  if (this == &other) return true;
  if (missing_ || other.missing_ || hash_ != other.hash_ || arity_ != other.arity_ || rows() != other.rows())
    return false;
  for (std::size_t row = 0; row < rows(); ++row) {
    const std::size_t match = other.find(operands(row), false);
    if (match == other.rows() || !same_outcome(outcomes_[row], other.outcomes_[match])) return false;
  }
  return true;
}

}  // namespace rasp
