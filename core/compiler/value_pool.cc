#include "compiler/value_pool.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace rasp {

ValueId ValuePool::intern(const Value& v) {
  const std::size_t h = hash(v);
  ValueId canonical = 0xffffffffu;
  auto [lo, hi] = by_hash_.equal_range(h);
  for (auto it = lo; it != hi; ++it) {
    if (identical(values_[it->second], v)) return it->second;
    if (equal(values_[it->second], v)) canonical = std::min(canonical, canonical_[it->second]);
  }
  const auto id = static_cast<ValueId>(values_.size());
  values_.push_back(v);
  numbers_.push_back(v.is_number() ? v.number() : std::numeric_limits<double>::quiet_NaN());
  canonical_.push_back(canonical == 0xffffffffu ? id : canonical);
  by_hash_.emplace(h, id);
  return id;
}

ValueId ValuePool::intern_near(double x, double reach) {
  if (!std::isfinite(x)) return intern(Value::real(x));
  const auto it = near_.lower_bound(x - reach);
  if (it != near_.end() && it->first <= x + reach) return it->second;
  const ValueId id = intern(Value::real(x));
  near_.emplace(x, id);
  return id;
}

SetId SetPool::intern(std::vector<ValueId> members) {
  std::sort(members.begin(), members.end());
  members.erase(std::unique(members.begin(), members.end()), members.end());
  const std::size_t h = VectorHash{}(members);
  auto [lo, hi] = by_hash_.equal_range(h);
  for (auto it = lo; it != hi; ++it)
    if (sets_[it->second] == members) return it->second;
  const auto id = static_cast<SetId>(sets_.size());
  sets_.push_back(std::move(members));
  by_hash_.emplace(h, id);
  return id;
}

}  // namespace rasp
