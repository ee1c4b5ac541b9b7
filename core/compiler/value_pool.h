// Interned values and sets of values: every pass of the compiler speaks of values by id.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>
#include "base/value.h"

namespace rasp {

using ValueId = std::uint32_t;
using SetId = std::uint32_t;

// Values are interned by kind and value (1, 1.0 and True are three), with a canonical id per class of host equality.
class ValuePool {
 public:
  ValueId intern(const Value& v);
  // The same for floats whose last bits depend on the order of a sum: one within `reach` of an earlier one is that one.
  ValueId intern_near(double x, double reach);
  const Value& operator[](ValueId id) const { return values_[id]; }
  ValueId canonical(ValueId id) const { return canonical_[id]; }  // same for values that are equal()
  double number(ValueId id) const { return numbers_[id]; }        // NaN for strings
  bool is_number(ValueId id) const { return values_[id].is_number(); }
  std::size_t size() const { return values_.size(); }

 private:
  std::vector<Value> values_;
  std::vector<double> numbers_;
  std::vector<ValueId> canonical_;
  std::unordered_multimap<std::size_t, ValueId> by_hash_;
  std::map<double, ValueId> near_;
};

// Sorted duplicate-free lists of ValueIds, interned so that equal sets have equal ids.
class SetPool {
 public:
  SetId intern(std::vector<ValueId> members);  // sorts and removes duplicates
  const std::vector<ValueId>& operator[](SetId id) const { return sets_[id]; }
  std::size_t size() const { return sets_.size(); }

 private:
  std::vector<std::vector<ValueId>> sets_;
  std::unordered_multimap<std::size_t, SetId> by_hash_;
};

// Numbers that differ by rounding alone: results that close are one result to a reader of numbers.
inline bool nearly_equal(double a, double b) {
  return std::fabs(a - b) <= 1e-9 * std::max({1.0, std::fabs(a), std::fabs(b)});
}

struct VectorHash {
  std::size_t operator()(const std::vector<std::uint32_t>& v) const {
    std::size_t h = v.size();
    for (auto x : v) h = (h ^ x) * 0x9E3779B97F4A7C15ull, h ^= h >> 29;
    return h;
  }
};

}  // namespace rasp
