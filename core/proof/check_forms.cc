#include "proof/checking.h"

#include <algorithm>

namespace rasp::proof {

// Weights of a comparison: 1 in the keys, one amplitude in the queries, so that every selected pair of classes scores
// the same; or, where pairs are told apart by ±1 in several axes, half of it.
void Checker::even(const Entries& products, double size, const std::string& where) {
  for (auto [d, w] : products)
    if (d != c_.bos_dimension && std::fabs(w) != size)
      fault(where + ": a weight of " + text(w) + " among weights of " + text(size));
}

// A column is a form, to the last bit of its weights.
void Checker::is_form(const Entries& column, double bias, const std::vector<std::pair<std::int32_t, double>>& form,
                      double constant, const std::string& where) {
  std::map<std::int32_t, double> wanted;
  for (auto [d, x] : form)
    if (static_cast<float>(x) != 0) wanted[d] = x;
  for (auto [d, w] : column) {
    if (d == c_.bos_dimension) continue;
    const auto it = wanted.find(d);
    if (it == wanted.end() || std::fabs(it->second - w) > 4 * u * std::fabs(w) + 0x1p-149)
      fault(where + ": reads dimension " + std::to_string(d) + " with " + text(w));
    if (it != wanted.end()) wanted.erase(it);
  }
  if (!wanted.empty()) fault(where + ": does not read dimension " + std::to_string(wanted.begin()->first));
  if (std::fabs(bias - constant) > u * std::fabs(constant) + 0x1p-149)
    fault(where + ": has a constant of " + text(bias) + ", not " + text(constant));
}

// Of each one-hot subspace that a gate reads; two sets of its classes add up. Weights that differ by rounding are one.
Barrier Checker::barrier_of(const Entries& gate) const {
  std::map<std::int32_t, std::set<double>> levels;
  for (auto [d, w] : gate) {
    auto& list = levels[owner_[static_cast<std::size_t>(d)]];
    const double weight = w;
    if (std::none_of(list.begin(), list.end(),
                     [&](double other) { return std::fabs(other - weight) < 1e-5 * std::fabs(weight); }))
      list.insert(weight);
  }
  Barrier b;
  for (auto& [s, list] : levels) {
    list.insert(0);
    b.open += *list.rbegin();
    b.lowest = std::min(b.lowest, *list.rbegin() - *std::next(list.rbegin()));
  }
  return b;
}

}  // namespace rasp::proof
