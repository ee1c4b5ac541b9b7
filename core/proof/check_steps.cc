#include "proof/checking.h"

#include <algorithm>

namespace rasp::proof {

// What a step reads is slope·coefficient + gate in every dimension, and says nothing of which part is which: a bound
// that holds for one way to divide it holds. No gate reads a number, so a number tells the slope. Else it is the weight
// of a class that no gate reads, or what two classes of one subspace differ by, both of them read by the gate.
std::set<double> Checker::slopes(const Entries& reads, const std::map<std::int32_t, double>& coefficient) const {
  const auto of = [&](std::int32_t d) {
    const auto it = coefficient.find(d);
    return it == coefficient.end() ? 0 : it->second;
  };
  std::set<double> all;
  std::int32_t last = nobody;
  double largest = 0, of_number = 0;
  double before = 0, coefficient_before = 0;  // of the dimension before, if the subspace is the same
  for (auto [d, w] : reads) {
    const double x = of(d);
    const std::int32_t o = owner_[static_cast<std::size_t>(d)];
    if (std::fabs(x) > largest && o != nobody && !claim(o).one_hot) {  // small ones are rounded the most
      largest = std::fabs(x);
      of_number = w / x;
    }
    if (x != 0) all.insert(w / x);
    if (o == last && coefficient_before != x && before != w) all.insert((w - before) / (x - coefficient_before));
    last = o, before = w, coefficient_before = x;
  }
  return largest > 0 ? std::set<double>{of_number} : all;
}

// What the slope leaves.
Entries Checker::gate_beside(double slope, const Entries& reads,
                             const std::map<std::int32_t, double>& coefficient) const {
  std::map<std::int32_t, double> rest(reads.begin(), reads.end());  // also of dimensions where both add up to 0
  for (auto [d, x] : coefficient)
    if (std::fabs(rest[d] -= slope * x) <= lost) rest.erase(d);
  for (auto [d, w] : reads)
    if (std::fabs(rest[d]) <= 8 * u * std::fabs(w) + lost) rest.erase(d);
  std::erase_if(rest, [](const auto& e) { return e.second == 0; });
  return Entries(rest.begin(), rest.end());
}

// The neuron that fires while a row is open, if it has one.
void Checker::start_of(const StepClaim& row, const std::vector<Entries>& in, const Mlp& m, std::int32_t half_layer,
                       Flows& flow, const std::string& where) {
  const auto j = static_cast<std::size_t>(row.start);
  const Entries out = row_of(m.W_out, row.start);
  const double error = gate(in[j], static_cast<double>(m.b_in[j]), out, half_layer, where);
  for (auto [d, w] : out) flow[target(d, half_layer)][d] = {std::fabs(w) * error, std::fabs(w), std::fabs(w), 1};
}

// Pairs relu(z + ½) - relu(z - ½), z = ±L(x - t) while the row is open.
void Checker::step_row(const StepClaim& row, const std::vector<Entries>& in, const Mlp& m, std::int32_t half_layer,
                       const std::string& where) {
  if (!row.opens) return;
  Flows flow[2];  // by direction
  if (row.start >= 0) {
    if (static_cast<std::size_t>(row.start) >= in.size()) return fault(where + ": a row has no neurons");
    start_of(row, in, m, half_layer, flow[0], where);
    flow[1] = flow[0];
  }
  for (std::size_t i = 0; i < row.neighbours.size(); ++i) {
    if (static_cast<std::size_t>(row.begin) + 2 * i + 1 >= in.size()) return fault(where + ": a step has no neurons");
    step(row, i, in, m, half_layer, flow, where);
  }
  for (auto& direction : flow)
    for (auto& [s, dimensions] : direction) flow_[s].push_back(std::move(dimensions));
}

void Checker::step(const StepClaim& row, std::size_t pair, const std::vector<Entries>& in, const Mlp& m,
                   std::int32_t half_layer, Flows (&flow)[2], const std::string& where) {
  const auto j = static_cast<std::size_t>(row.begin) + 2 * pair;
  double bos[2] = {0, 0};
  const auto without_bos = [&](const Entries& e, double& at_bos) {
    Entries r;
    for (const auto& x : e) {
      if (x.first == c_.bos_dimension) at_bos += x.second;
      else r.push_back(x);
    }
    return r;
  };
  const Entries reads = without_bos(in[j], bos[0]);
  if (reads != without_bos(in[j + 1], bos[1])) return fault(where + ": the two neurons of a step read differently");
  const double b0 = static_cast<double>(m.b_in[j]), b1 = static_cast<double>(m.b_in[j + 1]);
  if (std::max(b0 + bos[0], b1 + bos[1]) > 0) fault(where + ": a step is open at BOS");
  const std::map<std::int32_t, double> coefficient(row.form.begin(), row.form.end());
  std::set<double> candidates = slopes(reads, coefficient);
  if (row.form.empty()) {  // the number is one constant: any slope is as good
    const auto [below, above] = row.neighbours[pair];
    const double steep = std::exp2(std::ceil(std::log2(2 / (above - below))));
    candidates = {-steep, steep};
  }
  if (candidates.empty()) return fault(where + ": a step does not read its number");
  const StepRead pre{reads, sum_of(reads, std::fabs(b0)), b0, b1};
  StepSides best;
  for (double slope : candidates) {
    const StepSides sides = sides_of(row, pair, pre, slope, gate_beside(slope, reads, coefficient));
    if (slope == *candidates.begin() || sides.margin > best.margin) best = sides;
  }
  step_writes(m, j, half_layer, best.margin, {best.near + std::fabs(b0 - b1 - 1), 2 * best.far, 1, 2}, flow[best.up],
              where);
}

// The margin of a pair whose slope and gate are these, and its sums on the side where it is 1.
Checker::StepSides Checker::sides_of(const StepClaim& row, std::size_t pair, const StepRead& pre, double slope,
                                     const Entries& gate) const {
  const Barrier barrier = barrier_of(gate);
  const double apart = pre.b0 - pre.b1;  // wanted: 1
  const auto z = [&](double x) { return slope * (x - row.constant) + (pre.b0 + pre.b1) / 2 + barrier.open; };
  const auto [below, above] = row.neighbours[pair];
  const bool up = slope > 0;
  const double off = z(up ? below : above), on = z(up ? above : below);
  const Sum& sum = pre.sum;
  const bool single = row.form.size() == 1 && gate.empty();
  // One product and one bias: where the product is exact the sum has the right sign.
  const double rounding = single && sum.additions == 1 ? 0 : sum.rounding() + lost_of(row.form);
  const double room = std::min(-off - apart / 2, on - apart / 2);
  double margin = room > 0 ? 1 - (sum.carried + rounding) / room : -1e300;
  // A closed row: one barrier is missing at least, wherever the number is.
  if (!gate.empty()) {
    const double closed = std::max(z(row.low), z(row.high)) + apart / 2 - barrier.lowest;
    margin = closed < 0 ? std::min(margin, 1 - (sum.carried + rounding) / std::max(-closed, 0.5)) : -1e300;
  }
  // On its own side both neurons carry the same errors, which cancel; each rounds its sum and its bias.
  const double far = std::fabs(z(up ? row.high : row.low));
  const double near =
      single ? (half_ulp(far + apart / 2) + half_ulp(far - apart / 2) + (sum.additions - 1) * 2 * u * sum.magnitude)
             : 2 * rounding;
  return {margin, near, far, up};
}

// What the pair of neurons j, j + 1 adds, `each` being its flow at a weight of 1.
void Checker::step_writes(const Mlp& m, std::size_t j, std::int32_t half_layer, double margin, const Flow& each,
                          Flows& flow, const std::string& where) {
  const Entries w0 = row_of(m.W_out, static_cast<std::int32_t>(j)),
                w1 = row_of(m.W_out, static_cast<std::int32_t>(j + 1));
  if (w0.size() != w1.size()) return fault(where + ": the two neurons of a step write differently");
  for (std::size_t e = 0; e < w0.size(); ++e) {
    if (w0[e].first != w1[e].first || w0[e].second != -w1[e].second)
      fault(where + ": the two neurons of a step do not cancel");
    const std::int32_t s = target(w0[e].first, half_layer);
    if (s == nobody) {
      fault(where + ": a step writes to a dimension that nobody is to have here");
      continue;
    }
    found(s, margin, 0, 0);
    const double weight = std::fabs(w0[e].second);
    Flow& f = flow[s][w0[e].first];
    f.error += weight * each.error;
    f.terms_sum += weight * each.terms_sum;
    f.weight += weight * each.weight;
    f.terms += each.terms;
  }
}

// relu(x - low + gate - all of the gate): x - low while the row is open, and closed where a part of the gate is
// missing, wherever x is.
void Checker::passed_row(const StepClaim& row, const std::vector<Entries>& in, const Mlp& m, std::int32_t half_layer,
                         const std::string& where) {
  if (!row.opens) return;
  const auto j = static_cast<std::size_t>(row.begin);
  if (j >= in.size()) return fault(where + ": a number is passed on by no neuron");
  std::map<std::int32_t, double> rest(in[j].begin(), in[j].end());
  const double b = static_cast<double>(m.b_in[j]),
               at_bos = b + (rest.count(c_.bos_dimension) ? rest[c_.bos_dimension] : 0);
  rest.erase(c_.bos_dimension);
  for (auto [d, x] : row.form) {
    rest[d] -= x;
    if (std::fabs(rest[d]) <= 8 * u * std::fabs(x) + lost) rest.erase(d);
  }
  for (auto [d, w] : rest) {
    const std::int32_t o = owner_[static_cast<std::size_t>(d)];
    if (o == nobody || !claim(o).one_hot || w <= 0)
      return fault(where + ": a gate reads dimension " + std::to_string(d) + " with " + text(w));
  }
  const Barrier barrier = barrier_of({rest.begin(), rest.end()});
  const double open = b - row.constant + row.low + barrier.open;  // wanted: 0
  const Sum sum = sum_of(in[j], b);
  const double range = row.high - row.low, off = sum.carried + sum.rounding() + lost_of(row.form) + std::fabs(open),
               room = barrier.lowest - range;
  if (at_bos > 0) fault(where + ": a passed number is open at BOS");
  const double margin = room > 0 ? 1 - off / room : -1e300;
  Flows flow;
  if (row.start >= 0 && static_cast<std::size_t>(row.start) < in.size()) start_of(row, in, m, half_layer, flow, where);
  for (auto [d, w] : row_of(m.W_out, row.begin)) {
    const std::int32_t s = target(d, half_layer);
    if (s == nobody || claim(s).one_hot)
      return fault(where + ": a passed number is written to dimension " + std::to_string(d));
    found(s, margin, 0, 0);
    Flow& f = flow[s][d];
    f.error += std::fabs(w) * off;
    f.terms_sum += std::fabs(w) * (range + off);
    f.weight += std::fabs(w) * (range + off);
    ++f.terms;
  }
  for (auto& [s, dimensions] : flow) flow_[s].push_back(std::move(dimensions));
}

}  // namespace rasp::proof
