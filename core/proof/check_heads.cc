#include "proof/checking.h"

#include <algorithm>

namespace rasp::proof {

// What a head fetches is what is claimed: a class's dimension as it is, the form of a number, or a count; less what
// every position holds before.
void Checker::moves(const AttentionHead& head, const HeadClaim& role, std::int32_t half_layer,
                    const std::string& where) {
  const std::vector<Entries> value = columns_of(head.W_V);
  std::map<std::int32_t, int> taken_back;
  for (std::size_t a = 0; a < value.size(); ++a) {
    const auto bias = static_cast<double>(head.b_V[a]);
    for (auto [d, w] : row_of(head.W_O, static_cast<std::int32_t>(a))) {
      const std::int32_t s = target(d, half_layer);
      if (s == nobody) continue;  // said elsewhere
      taken_back[s] += 0;
      const bool constant =
          std::all_of(value[a].begin(), value[a].end(), [&](const auto& e) { return e.first == c_.bos_dimension; });
      if (!claim(s).one_hot && !role.counts) {
        is_form(value[a], bias, claim(s).form, claim(s).constant, where);
        if (w != 1) fault(where + ": writes a number " + text(w) + " times");
        continue;
      }
      if (claim(s).summed) {
        is_form(value[a], bias, claim(s).form, claim(s).constant, where);
        if (!role.counts || w < 0) fault(where + ": does not add up");
        continue;
      }
      if (constant ? bias != 1 : bias != 0) fault(where + ": a constant of " + text(bias));
      for (auto [read, x] : value[a])
        if (read != c_.bos_dimension && x != 1) fault(where + ": fetches a class " + text(x) + " times");
      if (role.counts && !claim(s).one_hot) {
        if (w < 0) fault(where + ": counts down");
      } else if (w < 0 && constant && d == claim(s).initial_dimension) {
        ++taken_back[s];
        if (w != -1) fault(where + ": takes back " + text(w));
      } else if (w != 1) {
        fault(where + ": writes a class " + text(w) + " times");
      }
    }
  }
  for (const auto& [s, times] : taken_back)  // each default once
    if (times != (claim(s).initial_dimension >= 0))
      fault(where + ": takes back what a row without keys leaves behind " + std::to_string(times) + " times");
}

// Every query compares with one amplitude against 1 in the keys, or with half of it where pairs are told apart by ±1 in
// several axes.
void Checker::comparisons(const AttentionHead& head, const std::string& where) {
  const std::vector<Entries> keys = columns_of(head.W_K);
  std::vector<Entries> queries = columns_of(head.W_Q);
  double size = 0;
  for (std::size_t a = 0; a < queries.size(); ++a) {
    std::erase_if(queries[a], [&](const auto& e) { return e.first == c_.bos_dimension; });
    const bool for_bos = head.b_K[a] == 0 && std::all_of(keys[a].begin(), keys[a].end(),
                                                         [&](const auto& e) { return e.first == c_.bos_dimension; });
    if (queries[a].empty() && head.b_Q[a] != 0 && !for_bos)
      queries[a].emplace_back(-1, static_cast<double>(head.b_Q[a]));  // a constant compares
    for (auto [d, w] : queries[a]) size = std::max(size, std::fabs(w));
  }
  int codes = 0;
  const auto signs = [&](const Entries& column) {
    return std::any_of(column.begin(), column.end(),
                       [&](const auto& e) { return e.first != c_.bos_dimension && e.second < 0; });
  };
  for (std::size_t a = 0; a < keys.size(); ++a) {
    even(keys[a], 1, where);
    if (head.b_K[a] != 0 && std::fabs(head.b_K[a]) != 1)
      fault(where + ": a key's constant of " + text(static_cast<double>(head.b_K[a])));
    if (queries[a].empty()) continue;
    const bool code = signs(keys[a]);
    codes += code;
    if (!code && std::any_of(queries[a].begin(), queries[a].end(), [](const auto& e) { return e.second < 0; }))
      fault(where + ": a query is compared against its key");
    const double first = std::fabs(queries[a][0].second);
    even(queries[a], code && first != size ? size / 2 : size, where);
  }
  if (codes > 0 && codes < 4)
    fault(where + ": a key is compared against its query");  // ±1 tell more than eight groups apart
}

// A head that counts puts BOS above the keys that it selects, and multiplies by what that takes away; any other that
// does selects nothing.
Checker::Attended Checker::attended(const HeadClaim& role, Scores s, const std::string& where) {
  const bool below = s.selected < s.bos_low, counts = role.counts, empty = role.nothing;
  if (counts != below && !empty)
    fault(where + (below ? ": BOS is above what is selected" : ": BOS is not above what is counted"));
  if (empty) s.other = s.selected, s.step = 2 * (s.bos_low - s.selected);
  const double gap = counts ? s.step
                            : std::min(2 * s.step, 2 * std::min(empty ? 1e300 : s.selected - s.bos_high,
                                                                s.bos_low - s.other));  // what errors may use up
  const double margin = gap > 0 ? 1 - 8 * s.E / gap : -1e300;
  // Weight outside of what should be attended to: of BOS and of every other key where something is selected, of every
  // key where nothing is.
  const double wide = std::exp(2 * s.E);
  const double leak = wide * std::max(empty ? 0 : std::exp(-(s.selected - s.bos_high)) + n_ * std::exp(-s.step),
                                      n_ * std::exp(-(s.bos_low - s.other)));
  // A weight e/Σ: e and each term of Σ within 4u, n additions, a division. Then n + 1 products, n additions, and one to
  // the residual stream.
  const double softmax = std::expm1((4 + 4 + n_ + 1 + 1 + n_ + 1) * u);
  return {s, counts, empty, margin, leak, softmax};
}

std::map<std::int32_t, Checker::Written> Checker::written_by(const AttentionHead& head, std::int32_t half_layer,
                                                             const std::string& where) {
  std::map<std::int32_t, Written> into;
  for (std::int32_t a = 0; a < head.W_O.rows(); ++a)
    for (const auto& [d, w] : row_of(head.W_O, a)) {
      const std::int32_t s = target(d, half_layer);
      if (s == nobody) {
        fault(where + ": writes to dimension " + std::to_string(d) + ", which nobody is to have here");
        continue;
      }
      Written& list = into[s];
      const std::int32_t dimension = d;
      auto it = std::find_if(list.begin(), list.end(), [&](const auto& e) { return e.first == dimension; });
      if (it == list.end()) it = list.insert(list.end(), {d, {}});
      it->second.emplace_back(a, w);
    }
  return into;
}

// Terms of any size; and what BOS itself holds, of which a head leaves a little there and an MLP nothing, counts with
// all of its weight.
double Checker::summed(const AttentionHead& head, const Attended& a, std::int32_t subspace, const Entries& column,
                       std::int32_t axis, double weight) {
  const Scores& s = a.s;
  const Sum sum = sum_of(column, static_cast<double>(head.b_V[static_cast<std::size_t>(axis)]));
  const double ratio = weight * std::exp(-(s.bos_low - s.selected)), away = n_ * ratio / weight;
  double at_bos = 0;
  for (const auto& [read, p] : parts_of(column))
    if (claim(read).written % 2 == 1) at_bos += carried(read, p);
  return claim(subspace).total * (std::fabs(ratio - 1) + 2 * away + std::expm1(2 * s.E) + a.softmax + u) +
         n_ * ratio * (sum.carried + sum.rounding()) +
         2 * weight * n_ * sum.magnitude * std::exp(-(s.bos_low - s.other) + 2 * s.E) + weight * at_bos;
}

// BOS, the largest, has the exponential 1, beside which the rest adds up to n·ratio/most: rounding moves a sum by no
// more than its smaller term. At most n equal weights add up, whose partial sums are at most n(n+1)/2 of them; an
// exponential, a division, and a product round each.
double Checker::counted(const Attended& a, double most) const {
  const Scores& s = a.s;
  const double ratio = most * std::exp(-(s.bos_low - s.selected));  // what one selected key adds; wanted: 1
  const double rounding = std::expm1(((n_ + 1) / 2 * std::exp(2 * s.E) + 6) * u) + n_ * ratio / most;
  return n_ * std::fabs(ratio - 1) + n_ * n_ * ratio / most + n_ * (std::expm1(2 * s.E) + rounding) +
         2 * most * n_ * std::exp(-(s.bos_low - s.other) + 2 * s.E);
}

void Checker::writes(const AttentionHead& head, const Attended& a, std::int32_t subspace, const Written& dimensions,
                     const std::string& where) {
  const std::vector<Entries> value = columns_of(head.W_V);
  const Claim& to = claim(subspace);
  double error = 0;
  bool less_default = false;           // adds the value less what an empty row stands for: two terms
  std::map<std::int32_t, Part> reads;  // by subspace read, over all written dimensions
  for (const auto& written : dimensions) {
    const Entries& sources = written.second;
    Fetched f;
    for (const auto& [axis, weight] : sources) {
      const Entries& column = value[static_cast<std::size_t>(axis)];
      const double bias = static_cast<double>(head.b_V[static_cast<std::size_t>(axis)]);
      double at_bos = bias;
      for (const auto& [d, w] : column) at_bos += d == c_.bos_dimension ? w : 0;
      if (at_bos != 0) fault(where + ": fetches " + text(at_bos) + " from BOS for \"" + to.label + "\"");
      const Sum sum = sum_of(column, bias);
      f.error += std::fabs(weight) * (sum.carried + (to.one_hot ? 0 : sum.rounding()));
      f.most += std::fabs(weight) * sum.magnitude;
      less_default = less_default || weight < 0;
      for (const auto& [read, p] : parts_of(column)) {
        Part& all = reads[read];
        all.most = std::max(all.most, p.most * std::fabs(weight));
        all.sum += p.sum * std::fabs(weight);
      }
    }
    const auto& [axis, weight] = sources[0];
    const double unequal = to.several && !a.s.exact ? std::expm1(2 * a.s.E) : 0;
    double e = 0;
    if (a.counts && !a.empty)
      e = to.summed ? summed(head, a, subspace, value[static_cast<std::size_t>(axis)], axis, weight)
                    : counted(a, f.most);
    else if (!to.one_hot)
      e = a.empty ? f.most * a.leak * (1 + a.softmax) : f.error + f.most * (2 * a.leak + unequal + a.softmax);
    // A dimension that takes the value and what an empty row stands for takes the same weights twice: what is off in
    // both is not off in their difference.
    else e = f.error + 2 * a.leak + a.softmax;
    error = std::max(error, e);
  }
  double spread = 0;
  if (to.one_hot) {
    for (const auto& [read, p] : reads) spread += carried(read, p);
    spread += 2 * a.leak + (1 + less_default) * a.softmax;
    error = std::max(error, 2 * a.leak + a.softmax);
  }
  found(subspace, a.margin, error, spread);
}

void Checker::head(const AttentionHead& head, const HeadClaim& role, std::int32_t half_layer,
                   const std::string& where) {
  const Scores s = scores_of(head, where);
  comparisons(head, where);
  moves(head, role, half_layer, where);
  const Attended a = attended(role, s, where);
  for (const auto& [subspace, dimensions] : written_by(head, half_layer, where))
    writes(head, a, subspace, dimensions, where);
}

}  // namespace rasp::proof
