// What means of values can be.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "compiler/value_sets.h"

namespace rasp {

namespace {
// Fractions in [0, 1) with a denominator up to `most`.
double fractions(std::uint32_t most) {
  std::vector<std::uint32_t> coprime(most + 1);  // Euler's function
  for (std::uint32_t q = 0; q <= most; ++q) coprime[q] = q;
  for (std::uint32_t p = 2; p <= most; ++p)
    if (coprime[p] == p)
      for (std::uint32_t q = p; q <= most; q += p) coprime[q] -= coprime[q] / p;
  return std::accumulate(coprime.begin(), coprime.end(), 0.0);
}
}  // namespace

// Means of m values of the set, low ≤ m ≤ high: the raw value for m = 1, what the interpreter's float sum over m gives
// for m ≥ 2. Sums of small multiples of 2^-20 are exact, so each mean is one correctly rounded division. Other sums
// depend on their order: in the last bits (fuzzy), by no more than docs/exactness.md calls equal if all terms have one
// sign, and by more where they cancel, overflow or lose bits below 1e-290 (cancels).
SetId ValueSets::means(SetId set, std::uint32_t low, std::uint32_t high, NodeSets& of, bool& overflow) {
  enum : int { is_fuzzy = 1, overflows = 2, is_cancelling = 4 };
  const std::uint64_t key = (static_cast<std::uint64_t>(set) << 32) ^ (static_cast<std::uint64_t>(low) << 16) ^ high;
  const auto tell = [&](int flags) {
    of.fuzzy |= (flags & is_fuzzy) != 0;
    of.cancels |= (flags & is_cancelling) != 0;
    overflow |= (flags & overflows) != 0;
  };
  if (auto it = means_memo_.find(key); it != means_memo_.end()) {
    tell(it->second.second);
    return it->second.first;
  }
  int flags = 0;
  const auto members = sets_[set];
  std::vector<ValueId> result;
  if (low <= 1 && high >= 1) result = members;
  const Terms terms = terms_of(members, high);
  if (high >= 2 && !terms.values.empty()) {
    if (!terms.dyadic) flags |= is_fuzzy;
    if (!terms.dyadic && !(terms.one_sign && terms.usual)) flags |= is_cancelling;
    std::vector<double> found;
    if (!add_means(terms, low, high, found)) flags |= overflows;
    for (double f : found)
      result.push_back(terms.dyadic ? values_.intern(Value::real(f)) : values_.intern_near(f, terms.reach(f)));
    for (ValueId& v : result)
      if (!terms.dyadic && values_[v].kind() == Kind::Float)
        v = values_.intern_near(values_.number(v), terms.reach(values_.number(v)));
  }
  const SetId out = sets_.intern(std::move(result));
  means_memo_.emplace(key, std::pair(out, flags));
  tell(flags);
  return out;
}

// The numbers of a set, ascending: none where all are bools, which have no mean in RASP. Strings take no part in a
// mean: where one occurs, the sequence has no numbers.
ValueSets::Terms ValueSets::terms_of(const std::vector<ValueId>& members, std::uint32_t high) const {
  Terms t;
  bool bools = graph_.dialect() == Dialect::Rasp;
  for (ValueId v : members) {
    if (!values_.is_number(v)) continue;
    bools &= values_[v].kind() == Kind::Bool;
    const double x = values_.number(v);
    t.dyadic &= std::fabs(x) * high < 0x1p33 && x * 1048576.0 == std::floor(x * 1048576.0);
    t.usual &= x == 0 || (std::fabs(x) > 1e-290 && std::fabs(x) < 1e290);
    t.values.push_back(x);
  }
  if (bools) t.values.clear();
  if (t.values.empty()) return t;
  std::sort(t.values.begin(), t.values.end());
  t.values.erase(std::unique(t.values.begin(), t.values.end()), t.values.end());
  t.one_sign = t.values.front() >= 0 || t.values.back() <= 0;
  t.scale = std::max(std::fabs(t.values.front()), std::fabs(t.values.back()));
  return t;
}

// By how much the order of summation may move a sum.
double ValueSets::Terms::reach(double sum) const {
  return dyadic ? 0 : one_sign ? 0x1p-42 * std::fabs(sum) : 1e-10 * scale;
}

// Means of two up to `high` of the terms, of at least `low`, ascending. false: they are too many, or no numbers.
bool ValueSets::add_means(const Terms& terms, std::uint32_t low, std::uint32_t high, std::vector<double>& means) {
  const auto nan = [](const std::vector<double>& list) {
    return std::any_of(list.begin(), list.end(), [](double x) { return std::isnan(x); });
  };
  const std::vector<double>& base = terms.values;
  if (nan(base)) return false;  // it has no place in an order
  // Of ints without gaps every fraction in their range is a mean whose denominator is small enough: they are counted
  // before they are made.
  const bool gapless = terms.dyadic && base.front() == std::floor(base.front()) &&
                       base.back() - base.front() == static_cast<double>(base.size() - 1);
  if (gapless && low <= 1 && fractions(high) * (base.back() - base.front()) > budget_.limits().value_set) return false;
  std::vector<double> sums = base, next;
  std::set<double> found;
  const auto few = [&] {
    for (std::uint32_t m = 2; m <= high; ++m) {
      if (sums.size() * base.size() > budget_.limits().tuples) return false;
      next.clear();
      for (double s : sums)
        for (double b : base) next.push_back(s + b);
      if (nan(next)) return false;  // inf - inf
      budget_.tick(static_cast<std::uint32_t>(std::min<std::size_t>(next.size(), 1u << 20)));
      std::sort(next.begin(), next.end());
      sums.clear();
      for (double s : next)
        if (sums.empty() || (s != sums.back() && !(s - sums.back() <= terms.reach(s)))) sums.push_back(s);
      if (sums.size() > budget_.limits().value_set) return false;
      if (m >= low)
        for (double s : sums) found.insert(s / m);
      if (found.size() > budget_.limits().value_set) return false;
    }
    return true;
  }();
  means.assign(found.begin(), found.end());
  return few;
}

// Are sums of so many of these numbers exact, in any order?
bool ValueSets::dyadic_sums(const std::vector<ValueId>& members) const {
  return std::all_of(members.begin(), members.end(), [&](ValueId v) {
    const double x = values_.number(v);
    return !values_.is_number(v) ||
           (std::fabs(x) * setting_.max_length < 0x1p33 && x * 1048576.0 == std::floor(x * 1048576.0));
  });
}

// The means of ints of which each is one of its own set: the sets added up one by one. nullopt: other values, or too
// many sums.
std::optional<SetId> ValueSets::mean_of_terms(const std::vector<SetId>& terms) {
  std::set<double> sums{0.0};
  for (const SetId p : terms) {
    std::set<double> next;
    for (ValueId v : sets_[p]) {
      budget_.tick(static_cast<std::uint32_t>(sums.size()));
      const double x = values_.number(v);
      const bool counts =
          values_.is_number(v) && !(values_[v].kind() == Kind::Bool && graph_.dialect() == Dialect::Rasp);
      if (!counts || !(std::fabs(x) <= 1e9) || x != std::floor(x)) return std::nullopt;
      for (double s : sums) next.insert(s + x);
      if (next.size() > effort_.sums_of_terms) return std::nullopt;
    }
    sums = std::move(next);
  }
  std::vector<ValueId> members;
  members.reserve(sums.size());
  for (double s : sums) members.push_back(values_.intern(Value::real(s / static_cast<double>(terms.size()))));
  return sets_.intern(std::move(members));
}

}  // namespace rasp
