#include "proof/checking.h"

#include <algorithm>

namespace rasp::proof {

bool Checker::clears(const Entries& in, double bias, const Entries& out, std::int32_t half_layer) {
  if (in.size() != 1 || out.size() != 1 || in[0].first != out[0].first || bias != 0) return false;
  if (std::fabs(in[0].second) != 1 || out[0].second != -in[0].second) return false;
  (in[0].second > 0 ? cleared_ : cleared_below_)[in[0].first].insert(half_layer);
  return true;
}

// The levels that a neuron's pre-activation over one-hot subspaces can have: sums of one weight a subspace. Empty: too
// many.
std::set<double> Checker::levels_of(const Entries& in, double bias, const std::string& where) {
  std::map<std::int32_t, std::set<double>> weights;
  for (auto [d, w] : in) {
    if (d == c_.bos_dimension) continue;
    const std::int32_t o = owner_[static_cast<std::size_t>(d)];
    if (o != nobody && !claim(o).one_hot)
      fault(where + ": a neuron reads \"" + claim(o).label + "\" without a threshold that the compiler knows");
    weights[o].insert(w);
    if (w < 0) fault(where + ": a neuron fires where something does not hold");
  }
  std::set<double> levels{bias};
  for (auto& [s, list] : weights) {
    list.insert(0);
    std::set<double> next;
    for (double l : levels)
      for (double w : list) next.insert(l + w);
    levels = std::move(next);
    if (levels.size() > 10'000) {
      fault(where + ": a neuron with too many levels");
      return {};
    }
  }
  return levels;
}

// A neuron over one-hot subspaces → by how much its pre-activation may be off.
double Checker::gate(const Entries& in, double bias, const Entries& out, std::int32_t half_layer,
                     const std::string& where) {
  const std::set<double> levels = levels_of(in, bias, where);
  if (levels.empty()) return 1;
  double at_bos = bias;
  bool reads = false;
  for (auto [d, w] : in) {
    if (d == c_.bos_dimension) at_bos += w;
    else reads = true;
  }
  double off = -1e300;
  int fired = 0;
  for (double l : levels) {
    if (l > 0) ++fired;
    else off = std::max(off, l);
  }
  if (fired > 1) fault(where + ": a neuron fires at several levels");
  off = std::max(off, at_bos);
  const double top = *levels.rbegin();
  if (fired && top != 1) fault(where + ": a neuron fires with " + text(top));
  if (!fired && (!reads || std::fmod(1 - top, 2) != 0))
    fault(where + ": a neuron never fires");  // but where an input has no class that opens it, or several
  const Sum sum = sum_of(in, bias);
  const double error = sum.carried + (sum.carried > 0 ? sum.rounding() : 0);
  const double margin = off > -1e300 ? (off < 0 ? 1 - error / -off : -1e300) : 1;
  for (auto [d, w] : out) {
    const std::int32_t s = target(d, half_layer);
    if (s == nobody) {
      fault(where + ": a neuron writes to dimension " + std::to_string(d) + ", which nobody is to have here");
      continue;
    }
    if (claim(s).one_hot && fired && std::fabs(top * w - 1) > 4 * u)
      fault(where + ": a neuron writes " + text(top * w) + " to \"" + claim(s).label + "\"");
    const double e = std::fabs(w) * (error + (claim(s).one_hot && error == 0 ? 0 : u));
    found(s, margin, e, e);
  }
  return error;
}

// What rows of steps add to their subspaces, all of them together.
void Checker::add_up_flow() {
  for (const auto& [s, rows] : flow_) {
    double most = 0, all = 0;
    for (const auto& dimensions : rows) {
      double sum = 0;
      for (const auto& [d, f] : dimensions) {
        // Two terms are one addition, whose result is at most what they are to write; more may add up to all of them
        // first.
        const double e = f.error + (f.terms == 1 ? 0 : f.terms == 2 ? half_ulp(f.weight) : f.terms * u * f.terms_sum);
        most = std::max(most, e);
        sum += e;
      }
      all = std::max(all, sum);
    }
    found(s, 1, most, all);
  }
}

void Checker::mlp(const Mlp& m, std::size_t layer) {
  const auto half_layer = static_cast<std::int32_t>(2 * layer + 2);
  const std::vector<Entries> in = columns_of(m.W_in);
  std::vector<bool> done(in.size(), false);
  const std::string where = "MLP of layer " + std::to_string(layer);
  flow_.clear();
  for (const StepClaim& row : c_.steps[layer]) {
    if (row.passed && row.begin >= 0 && static_cast<std::size_t>(row.begin) < done.size())
      done[static_cast<std::size_t>(row.begin)] = true;
    if (row.passed) passed_row(row, in, m, half_layer, where);
    else step_row(row, in, m, half_layer, where);
    if (row.start >= 0 && static_cast<std::size_t>(row.start) < done.size())
      done[static_cast<std::size_t>(row.start)] = true;
    for (std::size_t i = 0; i < 2 * row.neighbours.size() && static_cast<std::size_t>(row.begin) + i < done.size(); ++i)
      done[static_cast<std::size_t>(row.begin) + i] = true;
  }
  for (std::size_t j = 0; j < in.size(); ++j) {
    if (done[j]) continue;
    const Entries out = row_of(m.W_out, static_cast<std::int32_t>(j));
    if (clears(in[j], static_cast<double>(m.b_in[j]), out, half_layer)) continue;
    gate(in[j], static_cast<double>(m.b_in[j]), out, half_layer, where);
  }
  add_up_flow();
}

}  // namespace rasp::proof
