// A function of another language (a lambda of a Python program), as what it gave for the values that it was tried on.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>
#include "base/diagnostics.h"
#include "base/value.h"

namespace rasp {

// What an elementwise operation gives: an atom, or a failure.
using Outcome = std::variant<Value, Failure>;

// While a program is being tabulated: the operands on which functions were asked and had no row.
struct MissingRows {
  struct Row {
    const class FunctionTable* of;
    std::vector<Value> operands;
  };
  std::vector<Row> rows;
  std::size_t most = 200'000;  // of one answer
  bool nearby = false;  // take the row of floats that differ in their last bits only, as a table does that is complete
};

class FunctionTable {
 public:
  FunctionTable(std::uint32_t arity, std::string name, std::shared_ptr<MissingRows> missing = nullptr)
      : arity_(arity), name_(std::move(name)), missing_(std::move(missing)) {}
  // Operands of one row and its outcome. A second row for the same operands is left out: false.
  bool add(std::vector<Value> operands, Outcome outcome);
  // 1, 1.0 and True are three operands. Floats whose last bits depend on the order of a sum may have the row of a near
  // one. Without a row: a Failure "not-tabulated".
  Outcome at(std::span<const Value> operands) const;
  std::uint32_t arity() const { return arity_; }
  std::size_t rows() const { return outcomes_.size(); }
  std::span<const Value> operands(std::size_t row) const { return std::span(operands_).subspan(row * arity_, arity_); }
  const Outcome& outcome(std::size_t row) const { return outcomes_[row]; }
  const std::string& name() const { return name_; }
  // Same rows; while it is being tabulated, the same function.
  bool same(const FunctionTable& other) const;
  std::size_t hash() const { return missing_ ? reinterpret_cast<std::uintptr_t>(this) : hash_; }

 private:
  std::size_t find(std::span<const Value> operands, bool nearby) const;  // row, or rows()
  std::uint32_t arity_;
  std::string name_;
  std::shared_ptr<MissingRows> missing_;
  std::vector<Value> operands_;
  std::vector<Outcome> outcomes_;
  std::unordered_multimap<std::size_t, std::uint32_t> by_hash_;
  std::unordered_multimap<std::size_t, std::uint32_t> by_bucket_;  // of rows with floats: see `bucket`
  std::size_t hash_ = 0;                                           // of all rows, whatever their order
};

}  // namespace rasp
