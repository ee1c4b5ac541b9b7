#include "rasp/function_table.h"

#include <algorithm>
#include <cmath>

namespace rasp {
namespace {

std::size_t hash_of(std::span<const Value> operands) {
  std::size_t h = operands.size();
  for (const Value& v : operands) h = (h ^ (hash(v) * 5 + static_cast<std::size_t>(v.kind()))) * 0x9e3779b97f4a7c15ull >> 1;
  return h;
}

bool near(const Value& a, const Value& b) {
  if (identical(a, b)) return true;
  if (a.kind() != Kind::Float || b.kind() != Kind::Float) return false;
  const double x = a.number(), y = b.number();
  return std::fabs(x - y) <= 1e-10 * std::max(std::fabs(x), std::fabs(y));
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
  if (nearby && floats_)
    for (std::size_t row = 0; row < rows(); ++row)
      if (std::equal(operands.begin(), operands.end(), this->operands(row).begin(), near)) return row;
  return rows();
}

bool FunctionTable::add(std::vector<Value> operands, Outcome outcome) {
  if (find(operands, false) != rows()) return false;
  const std::size_t h = hash_of(operands);
  hash_ += h;
  by_hash_.emplace(h, static_cast<std::uint32_t>(rows()));
  for (Value& v : operands) {
    floats_ |= v.kind() == Kind::Float;
    operands_.push_back(std::move(v));
  }
  outcomes_.push_back(std::move(outcome));
  return true;
}

Outcome FunctionTable::at(std::span<const Value> operands) const {
  const std::size_t row = find(operands, !missing_ || missing_->nearby);
  if (row != rows()) return outcomes_[row];
  if (missing_ && missing_->rows.size() < missing_->most) missing_->rows.push_back({this, {operands.begin(), operands.end()}});
  std::string shown;
  for (const Value& v : operands) shown += (shown.empty() ? "" : ", ") + v.repr();
  return Failure{"not-tabulated", "value", "the table of this function has no row for " + shown, "Open the Python program itself, or keep to its vocabulary and maximal length."};
}

bool FunctionTable::same(const FunctionTable& other) const {
  if (this == &other) return true;
  if (missing_ || other.missing_ || hash_ != other.hash_ || arity_ != other.arity_ || rows() != other.rows()) return false;
  for (std::size_t row = 0; row < rows(); ++row) {
    const std::size_t match = other.find(operands(row), false);
    if (match == other.rows() || !same_outcome(outcomes_[row], other.outcomes_[match])) return false;
  }
  return true;
}

}  // namespace rasp
