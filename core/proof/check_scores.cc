#include "proof/checking.h"

#include <algorithm>

namespace rasp::proof {

ScoreSide Checker::score_side(const SparseMatrix& w, const std::vector<float>& b, const std::string& where) {
  ScoreSide s{std::vector<std::vector<ScoreSide::Entry>>(b.size()), std::vector<double>(b.size(), 0)};
  for (std::size_t a = 0; a < b.size(); ++a)
    if (b[a] != 0) s.axis[a].push_back({nobody, -1, static_cast<double>(b[a])}), s.bos[a] = static_cast<double>(b[a]);
  for (std::int32_t d = 0; d < w.rows(); ++d)
    for (SparseMatrix::InnerIterator it(w, d); it; ++it) {
      const auto a = static_cast<std::size_t>(it.col());
      if (d == c_.bos_dimension) {
        s.bos[a] += static_cast<double>(it.value());
        continue;
      }
      const std::int32_t o = owner_[static_cast<std::size_t>(d)];
      if (o == nobody || !claim(o).one_hot)
        fault(where + ": compares dimension " + std::to_string(d) + ", which is not of a one-hot subspace");
      else s.axis[a].push_back({o, d, static_cast<double>(it.value())});
    }
  return s;
}

// Dimensions that need not be 0 where another of their subspace is 1.
int Checker::inexact_dimensions(const ScoreSide& q, const ScoreSide& k) {
  std::size_t all = 0;
  for (const ScoreSide* each : {&q, &k}) {
    std::set<std::int32_t> dimensions;
    for (const auto& list : each->axis)
      for (const auto& x : list)
        if (x.subspace != nobody && known(x.subspace).spread > 0) dimensions.insert(x.dimension);
    all += dimensions.size();
  }
  return static_cast<int>(all);
}

ScoreForm Checker::score_form(const ScoreSide& q, const ScoreSide& k, double root, const std::string& where) {
  ScoreForm form;
  std::map<Pair, std::map<Pair, int>> meets;  // in how many axes they do
  for (std::size_t a = 0; a < q.axis.size(); ++a) {
    for (const auto& x : q.axis[a]) {
      for (const auto& y : k.axis[a]) {
        form.pairs[{x.subspace, y.subspace}][{x.dimension, y.dimension}] += x.weight * y.weight / root;
        ++meets[{x.subspace, y.subspace}][{x.dimension, y.dimension}];
      }
      if (k.bos[a] != 0) form.with_bos[x.subspace][x.dimension] += x.weight * k.bos[a] / root;
    }
    // At BOS as a query, biases cancel; what remains meets BOS alone.
    if (q.bos[a] != 0 && !k.axis[a].empty()) fault(where + ": BOS as a query compares something");
  }
  for (const auto& [pair, m] : meets) {
    int most = 0;
    for (const auto& [at, times] : m) most = std::max(most, times);
    form.active += most;
  }
  return form;
}

// Errors of one side: by class of the other side, Σ |error|·|score|.
double Checker::score_error(Pair sides, const Table& scores) {
  std::map<std::int32_t, Part> by_key, by_query;
  double most = 0;
  for (const auto& [at, x] : scores) {
    most = std::max(most, std::fabs(x));
    for (auto* p : {&by_key[at.second], &by_query[at.first]})
      p->most = std::max(p->most, std::fabs(x)), p->sum += std::fabs(x);
  }
  double from_query = 0, from_key = 0;
  if (sides.first != nobody)
    for (const auto& [key, p] : by_key) from_query = std::max(from_query, carried(sides.first, p));
  if (sides.second != nobody)
    for (const auto& [query, p] : by_query) from_key = std::max(from_key, carried(sides.second, p));
  const bool both = sides.first != nobody && sides.second != nobody;
  return from_query + from_key + (both ? known(sides.first).spread * known(sides.second).spread * most : 0);
}

// The form of all scores is Σ over pairs (query subspace, key subspace) of a matrix over their classes. Each matrix is
// taken apart into its highest level and what lies below it; a pair of positions is selected where every matrix is at
// its highest.
Checker::Scores Checker::scores_of(const AttentionHead& head, const std::string& where) {
  const auto axes = static_cast<double>(head.W_Q.cols());
  const double root = std::sqrt(axes);
  const ScoreSide q = score_side(head.W_Q, head.b_Q, where), k = score_side(head.W_K, head.b_K, where);
  const int inexact = inexact_dimensions(q, k);
  int used = 0;  // axes that add something to a score: the others are exactly 0
  for (std::size_t a = 0; a < q.axis.size(); ++a)
    used += (!q.axis[a].empty() || q.bos[a] != 0) && (!k.axis[a].empty() || k.bos[a] != 0);
  const ScoreForm form = score_form(q, k, root, where);
  Scores r;
  r.step = 1e300;
  double magnitude = 0, moved = 0;
  for (const auto& [pair, m] : form.pairs) {
    double high = 0, second = 0, most = 0;
    for (const auto& [at, x] : m) high = std::max(high, x), most = std::max(most, std::fabs(x));
    r.selected += high;
    magnitude += most;
    if (pair.first == nobody && pair.second == nobody) {
      r.step = std::min(r.step, high);
      continue;
    }  // a constant
    for (const auto& [at, x] : m)
      if (x < high * (1 - 1e-6)) second = std::max(second, x);
    r.step = std::min(r.step, high - second);
    if (!(high > 0)) fault(where + ": a comparison selects nothing");
    moved += score_error(pair, m);
  }
  if (r.step == 1e300) r.step = r.selected == 0 ? 0 : r.selected;
  // The score of BOS is one number for all queries.
  for (const auto& [s, m] : form.with_bos) {
    double low = 0, high = 0;
    for (const auto& [d, x] : m)
      low = s == nobody ? low + x : std::min(low, x), high = s == nobody ? high + x : std::max(high, x);
    r.bos_low += low;
    r.bos_high += high;
  }
  r.other = r.selected - r.step;
  r.exact = moved == 0;
  // Of exact one-hot inputs only the division by √d_head rounds, twice; else every sum of the products does.
  const double largest = std::max(magnitude, std::fabs(r.bos_high));
  int exponent = 0;
  const bool whole_root = std::frexp(root, &exponent) == 0.5;  // a power of two: it rounds nothing
  // What is nearly 0 moves a sum by no more than itself, in what an axis reads or in the sum over the axes.
  r.E = r.exact ? (whole_root ? 0 : 3) * u * largest
                : moved + (form.active + 4) * u * largest +
                      std::min(std::max(0, inexact + used - form.active) * u * largest, moved + u * largest);
  return r;
}

}  // namespace rasp::proof
