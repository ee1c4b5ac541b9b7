// Every bound below is derived anew: from the stored float32 weights, the widths of the sums that they enter, and the bounds that the checker
// itself found for what they read. Comments say why each inequality holds; docs/proof.md says what is taken on trust.
#include "proof/checker.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <set>

namespace rasp::proof {
namespace {

constexpr double u = 5.9604644775390625e-8;  // 2^-24
constexpr std::int32_t nobody = -1;

std::string text(double x) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.6g", x);
  return buffer;
}

// Rounding to the nearest float moves a number up to x in size by at most this.
double half_ulp(double x) { return x == 0 ? 0 : std::ldexp(u, std::ilogb(std::fabs(x))); }

// Weights of one column or row, by dimension.
using Entries = std::vector<std::pair<std::int32_t, double>>;

std::vector<Entries> columns_of(const SparseMatrix& m) {
  std::vector<Entries> columns(static_cast<std::size_t>(m.cols()));
  for (std::int32_t r = 0; r < m.rows(); ++r)
    for (SparseMatrix::InnerIterator it(m, r); it; ++it) columns[static_cast<std::size_t>(it.col())].emplace_back(r, static_cast<double>(it.value()));
  return columns;
}

Entries row_of(const SparseMatrix& m, std::int32_t r) {
  Entries row;
  for (SparseMatrix::InnerIterator it(m, r); it; ++it) row.emplace_back(it.col(), static_cast<double>(it.value()));
  return row;
}

struct Known { double error = 0, spread = 0; };

// What one subspace adds to a linear form: weights of its dimensions.
struct Part {
  double most = 0, sum = 0;   // max |w|, Σ |w|
  int dimensions = 0;
  bool power = true;          // every w is a power of two: products are exact
};

class Checker {
 public:
  Checker(const Transformer& model, const Claims& claims) : t_(model), c_(claims), n_(model.n_ctx - 1), known_(claims.subspaces.size()), margin_(claims.subspaces.size(), 1) {}

  Verdict run();

 private:
  // checker.cc
  void fault(const std::string& what) { if (verdict_.faults.size() < 20) verdict_.faults.push_back(what); }
  void owners_at(std::int32_t half_layer);
  std::int32_t target(std::int32_t dimension, std::int32_t half_layer) const;
  const Claim& claim(std::int32_t s) const { return c_.subspaces[static_cast<std::size_t>(s)]; }
  Known& known(std::int32_t s) { return known_[static_cast<std::size_t>(s)]; }
  void found(std::int32_t s, double margin, double error, double spread);
  std::map<std::int32_t, Part> parts_of(const Entries& column);
  double carried(std::int32_t s, const Part& p);
  struct Sum {
    double carried = 0, magnitude = 0;
    int additions = 0;        // of terms that are not zero, and one for rounded products
    bool tiny = false;        // a weight of which float32 keeps fewer than 24 bits
    double rounding() const { return additions * u * magnitude + (tiny ? 0x1p-120 : 0); }
  };
  Sum sum_of(const Entries& column, double bias);
  void embeddings();
  // attention
  struct Scores { double selected = 0, other = 0, bos_low = 0, bos_high = 0, step = 0, E = 0; bool exact = true; };
  Scores scores_of(const AttentionHead& head, const std::string& where);
  void head(const AttentionHead& head, const HeadClaim& role, std::int32_t half_layer, const std::string& where);
  void even(const Entries& products, double size, const std::string& where);
  void moves(const AttentionHead& head, const HeadClaim& role, std::int32_t half_layer, const std::string& where);
  void is_form(const Entries& column, double bias, const std::vector<std::pair<std::int32_t, double>>& form, double constant, const std::string& where);
  // MLP
  void mlp(const Mlp& m, std::size_t layer);
  bool clears(const Entries& in, double bias, const Entries& out, std::int32_t half_layer);
  double gate(const Entries& in, double bias, const Entries& out, std::int32_t half_layer, const std::string& where);
  double steepness(const Entries& reads, const std::map<std::int32_t, double>& coefficient, Entries& gate) const;
  void step_row(const StepClaim& row, const std::vector<Entries>& in, const Mlp& m, std::int32_t half_layer, const std::string& where);
  void passed_row(const StepClaim& row, const std::vector<Entries>& in, const Mlp& m, std::int32_t half_layer, const std::string& where);
  void used_again();
  void output();
  void finish_link(const std::string& label, const CheckedLink& link);

  const Transformer& t_;
  const Claims& c_;
  const double n_;
  std::vector<std::int32_t> owner_;      // [dimension] whose it is now; nobody
  std::vector<Known> known_;             // [subspace]
  std::vector<double> margin_;
  // What the steps of one row add to a dimension: by how much they may be off, Σ |terms|, how many.
  struct Flow { double error = 0, terms_sum = 0, weight = 0; int terms = 0; };
  std::map<std::int32_t, std::vector<std::map<std::int32_t, Flow>>> flow_;  // [subspace][row and direction][dimension]
  std::map<std::int32_t, std::set<std::int32_t>> cleared_, cleared_below_;  // dimension → half-layers that take away what is above, below 0
  Verdict verdict_;
};

// Who owns a dimension for readers of half-layer h: whoever was written last before it.
void Checker::owners_at(std::int32_t half_layer) {
  owner_.assign(static_cast<std::size_t>(t_.d_model), nobody);
  for (std::size_t s = 0; s < c_.subspaces.size(); ++s)
    for (std::int32_t d : c_.subspaces[s].dimensions) {
      std::int32_t& o = owner_[static_cast<std::size_t>(d)];
      if (c_.subspaces[s].written < half_layer && (o == nobody || claim(o).written < c_.subspaces[s].written)) o = static_cast<std::int32_t>(s);
    }
  for (const auto& [d, list] : cleared_) {
    std::int32_t& o = owner_[static_cast<std::size_t>(d)];
    if (o != nobody && std::any_of(list.begin(), list.end(), [&](std::int32_t when) { return claim(o).written < when && when < half_layer; })) o = nobody;
  }
}

std::int32_t Checker::target(std::int32_t dimension, std::int32_t half_layer) const {
  for (std::size_t s = 0; s < c_.subspaces.size(); ++s)
    if (c_.subspaces[s].written == half_layer && std::find(c_.subspaces[s].dimensions.begin(), c_.subspaces[s].dimensions.end(), dimension) != c_.subspaces[s].dimensions.end())
      return static_cast<std::int32_t>(s);
  return nobody;
}

void Checker::found(std::int32_t s, double margin, double error, double spread) {
  margin_[static_cast<std::size_t>(s)] = std::min(margin_[static_cast<std::size_t>(s)], margin);
  known(s).error = std::max(known(s).error, error);
  known(s).spread = std::max({known(s).spread, spread, error});
}

std::map<std::int32_t, Part> Checker::parts_of(const Entries& column) {
  std::map<std::int32_t, Part> parts;
  for (auto [d, w] : column) {
    if (d == c_.bos_dimension) continue;
    Part& p = parts[owner_[static_cast<std::size_t>(d)]];
    p.most = std::max(p.most, std::fabs(w));
    p.sum += std::fabs(w);
    ++p.dimensions;
    int exponent = 0;
    p.power = p.power && std::fabs(std::frexp(w, &exponent)) == 0.5;
  }
  if (parts.count(nobody)) fault("a weight reads a dimension that holds nothing yet");
  parts.erase(nobody);
  return parts;
}

// Σ |w|·|error of the dimension|: the errors of a subspace's dimensions are at most `error` each, and `spread` together.
double Checker::carried(std::int32_t s, const Part& p) { return std::min(known(s).spread * p.most, known(s).error * p.sum); }

// Of an exact one-hot subspace one term is not zero; of one that is not exact all may be.
Checker::Sum Checker::sum_of(const Entries& column, double bias) {
  Sum sum;
  sum.magnitude = std::fabs(bias);
  sum.additions = bias != 0 ? 0 : -1;
  sum.tiny = bias != 0 && std::fabs(bias) < 0x1p-126;
  for (const auto& entry : column) sum.tiny = sum.tiny || std::fabs(entry.second) < 0x1p-126;
  bool products = false;
  for (const auto& [s, p] : parts_of(column)) {
    const double c = carried(s, p);
    sum.magnitude += p.most * (claim(s).one_hot ? 1 : claim(s).largest);
    // Beside the one that is near 1, the others add up to c, and rounding moves a sum of two by no more than the smaller.
    sum.additions += claim(s).one_hot && known(s).spread > 0 ? std::min(p.dimensions, 2 + static_cast<int>(std::min(c / (u * p.most), 1e6))) : 1;
    products = products || (!p.power && !(claim(s).one_hot && c == 0));
    sum.carried += c;
  }
  sum.additions = std::max(sum.additions, 0) + products;
  return sum;
}

// Whole numbers below 2^24 are exact; a one-hot subspace has a single 1.
void Checker::embeddings() {
  const auto rows = [&](const SparseMatrix& m, std::int32_t bos, const char* name) {
    for (std::int32_t r = 0; r < m.rows(); ++r) {
      std::map<std::int32_t, int> ones;
      for (const auto& entry : row_of(m, r)) {
        const std::int32_t d = entry.first;
        const double w = entry.second;
        if (r == bos) {
          if (d != c_.bos_dimension || w != 1) fault(std::string(name) + ": BOS writes to dimension " + std::to_string(d));
          continue;
        }
        if (d == c_.bos_dimension) fault(std::string(name) + ": a token other than BOS is marked as BOS");
        const std::int32_t s = target(d, 0);
        if (s == nobody) {  // what an empty row of a head leaves behind
          const bool right = std::any_of(c_.subspaces.begin(), c_.subspaces.end(), [&](const Claim& c) {
            return c.written > 0 && (c.one_hot ? d == c.initial_dimension && w == 1 : d == c.dimensions[0] && static_cast<float>(c.initial) == static_cast<float>(w));
          });
          if (!right) fault(std::string(name) + ": writes " + text(w) + " to dimension " + std::to_string(d));
          continue;
        }
        if (claim(s).one_hot && (w != 1 || ++ones[s] > 1)) fault(std::string(name) + ": row " + std::to_string(r) + " is not one-hot in \"" + claim(s).label + "\"");
        if (!claim(s).one_hot && (w != r - 1 || std::fabs(w) >= 16777216)) fault(std::string(name) + ": row " + std::to_string(r) + " of \"" + claim(s).label + "\" is " + text(w));
      }
    }
  };
  rows(t_.W_E, t_.bos_id, "W_E");
  rows(t_.W_pos, 0, "W_pos");
}

// The form of all scores is Σ over pairs (query subspace, key subspace) of a matrix over their classes. Each matrix is taken apart into its
// highest level and what lies below it; a pair of positions is selected where every matrix is at its highest.
Checker::Scores Checker::scores_of(const AttentionHead& head, const std::string& where) {
  const double root = std::sqrt(static_cast<double>(head.W_Q.cols()));
  const auto axes = static_cast<std::size_t>(head.W_Q.cols());
  struct Side {
    // [axis] (subspace, dimension, weight); subspace -1: the bias
    struct Entry { std::int32_t subspace, dimension; double weight; };
    std::vector<std::vector<Entry>> axis;
    std::vector<double> bos;                            // [axis] at the BOS position: bias and the row of BOS
  };
  const auto side = [&](const SparseMatrix& w, const std::vector<float>& b) {
    Side s{std::vector<std::vector<typename Side::Entry>>(axes), std::vector<double>(axes, 0)};
    for (std::size_t a = 0; a < axes; ++a)
      if (b[a] != 0) s.axis[a].push_back({nobody, -1, static_cast<double>(b[a])}), s.bos[a] = static_cast<double>(b[a]);
    for (std::int32_t d = 0; d < w.rows(); ++d)
      for (SparseMatrix::InnerIterator it(w, d); it; ++it) {
        const auto a = static_cast<std::size_t>(it.col());
        if (d == c_.bos_dimension) { s.bos[a] += static_cast<double>(it.value()); continue; }
        const std::int32_t o = owner_[static_cast<std::size_t>(d)];
        if (o == nobody || !claim(o).one_hot) fault(where + ": compares dimension " + std::to_string(d) + ", which is not of a one-hot subspace");
        else s.axis[a].push_back({o, d, static_cast<double>(it.value())});
      }
    return s;
  };
  const Side q = side(head.W_Q, head.b_Q), k = side(head.W_K, head.b_K);
  int inexact = 0;  // dimensions that need not be 0 where another of their subspace is 1
  for (const Side* each : {&q, &k}) {
    std::set<std::int32_t> dimensions;
    for (const auto& list : each->axis)
      for (const auto& x : list)
        if (x.subspace != nobody && known(x.subspace).spread > 0) dimensions.insert(x.dimension);
    inexact += static_cast<int>(dimensions.size());
  }

  // Matrices by pair of subspaces, sparse: (query dimension, key dimension) → score.
  std::map<std::pair<std::int32_t, std::int32_t>, std::map<std::pair<std::int32_t, std::int32_t>, double>> form;
  std::map<std::int32_t, std::map<std::int32_t, double>> with_bos;  // query subspace, dimension → score of the key BOS
  std::map<std::pair<std::int32_t, std::int32_t>, std::map<std::pair<std::int32_t, std::int32_t>, int>> meets;  // in how many axes they do
  int active = 1;  // axes that are not nearly 0 for one pair, at most; BOS's is one
  for (std::size_t a = 0; a < axes; ++a) {
    for (const auto& x : q.axis[a]) {
      for (const auto& y : k.axis[a]) form[{x.subspace, y.subspace}][{x.dimension, y.dimension}] += x.weight * y.weight / root, ++meets[{x.subspace, y.subspace}][{x.dimension, y.dimension}];
      if (k.bos[a] != 0) with_bos[x.subspace][x.dimension] += x.weight * k.bos[a] / root;
    }
    // At BOS as a query, biases cancel; what remains meets BOS alone.
    if (q.bos[a] != 0 && !k.axis[a].empty()) fault(where + ": BOS as a query compares something");
  }
  for (const auto& [pair, m] : meets) {
    int most = 0;
    for (const auto& [at, times] : m) most = std::max(most, times);
    active += most;
  }
  Scores r;
  r.step = 1e300;
  double magnitude = 0, moved = 0;
  for (const auto& [pair, m] : form) {
    double high = 0, second = 0, most = 0;
    for (const auto& [at, x] : m) high = std::max(high, x), most = std::max(most, std::fabs(x));
    const bool constant = pair.first == nobody && pair.second == nobody;
    if (constant) { r.selected += high; magnitude += most; r.step = std::min(r.step, high); continue; }
    for (const auto& [at, x] : m)
      if (x < high * (1 - 1e-6)) second = std::max(second, x);
    r.selected += high;
    r.step = std::min(r.step, high - second);
    if (!(high > 0)) fault(where + ": a comparison selects nothing");
    magnitude += most;
    // Errors of one side: by class of the other side, Σ |error|·|score|.
    std::map<std::int32_t, Part> by_key, by_query;
    for (const auto& [at, x] : m)
      for (auto* p : {&by_key[at.second], &by_query[at.first]}) p->most = std::max(p->most, std::fabs(x)), p->sum += std::fabs(x);
    double from_query = 0, from_key = 0;
    if (pair.first != nobody)
      for (const auto& [key, p] : by_key) from_query = std::max(from_query, carried(pair.first, p));
    if (pair.second != nobody)
      for (const auto& [query, p] : by_query) from_key = std::max(from_key, carried(pair.second, p));
    const double second_order = pair.first == nobody || pair.second == nobody ? 0 : known(pair.first).spread * known(pair.second).spread * most;
    moved += from_query + from_key + second_order;
  }
  if (r.step == 1e300) r.step = r.selected == 0 ? 0 : r.selected;
  // The score of BOS is one number for all queries.
  for (const auto& [s, m] : with_bos) {
    if (s == nobody) {
      for (const auto& [d, x] : m) r.bos_low += x, r.bos_high += x;
      continue;
    }
    double low = 0, high = 0;
    for (const auto& [d, x] : m) low = std::min(low, x), high = std::max(high, x);
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
                : moved + (active + 4) * u * largest + std::min(std::max(0.0, inexact + static_cast<double>(axes) - active) * u * largest, moved + u * largest);
  return r;
}

// Weights of a comparison: 1 in the keys, one amplitude in the queries, so that every selected pair of classes scores the same; or, where pairs are told
// apart by ±1 in several axes, half of it.
void Checker::even(const Entries& products, double size, const std::string& where) {
  for (auto [d, w] : products)
    if (d != c_.bos_dimension && std::fabs(w) != size) fault(where + ": a weight of " + text(w) + " among weights of " + text(size));
}

// A column is a form, to the last bit of its weights.
void Checker::is_form(const Entries& column, double bias, const std::vector<std::pair<std::int32_t, double>>& form, double constant, const std::string& where) {
  std::map<std::int32_t, double> wanted;
  for (auto [d, x] : form)
    if (static_cast<float>(x) != 0) wanted[d] = x;
  for (auto [d, w] : column) {
    if (d == c_.bos_dimension) continue;
    const auto it = wanted.find(d);
    if (it == wanted.end() || std::fabs(it->second - w) > 4 * u * std::fabs(w) + 0x1p-149) fault(where + ": reads dimension " + std::to_string(d) + " with " + text(w));
    if (it != wanted.end()) wanted.erase(it);
  }
  if (!wanted.empty()) fault(where + ": does not read dimension " + std::to_string(wanted.begin()->first));
  if (std::fabs(bias - constant) > u * std::fabs(constant) + 0x1p-149) fault(where + ": has a constant of " + text(bias) + ", not " + text(constant));
}

// What a head fetches is what is claimed: a class's dimension as it is, the form of a number, or a count; less what every position holds before.
void Checker::moves(const AttentionHead& head, const HeadClaim& role, std::int32_t half_layer, const std::string& where) {
  const std::vector<Entries> value = columns_of(head.W_V);
  std::map<std::int32_t, int> taken_back;
  for (std::size_t a = 0; a < value.size(); ++a) {
    const auto bias = static_cast<double>(head.b_V[a]);
    for (auto [d, w] : row_of(head.W_O, static_cast<std::int32_t>(a))) {
      const std::int32_t s = target(d, half_layer);
      if (s == nobody) continue;  // said elsewhere
      taken_back[s] += 0;
      const bool constant = std::all_of(value[a].begin(), value[a].end(), [&](const auto& e) { return e.first == c_.bos_dimension; });
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
    if (times != (claim(s).initial_dimension >= 0)) fault(where + ": takes back what a row without keys leaves behind " + std::to_string(times) + " times");
}

void Checker::head(const AttentionHead& head, const HeadClaim& role, std::int32_t half_layer, const std::string& where) {
  Scores s = scores_of(head, where);
  const std::vector<Entries> keys = columns_of(head.W_K);
  std::vector<Entries> queries = columns_of(head.W_Q);
  double size = 0;
  for (std::size_t a = 0; a < queries.size(); ++a) {
    std::erase_if(queries[a], [&](const auto& e) { return e.first == c_.bos_dimension; });
    const bool for_bos = head.b_K[a] == 0 && std::all_of(keys[a].begin(), keys[a].end(), [&](const auto& e) { return e.first == c_.bos_dimension; });
    if (queries[a].empty() && head.b_Q[a] != 0 && !for_bos) queries[a].emplace_back(-1, static_cast<double>(head.b_Q[a]));  // a constant compares
    for (auto [d, w] : queries[a]) size = std::max(size, std::fabs(w));
  }
  int codes = 0;
  const auto signs = [&](const Entries& column) { return std::any_of(column.begin(), column.end(), [&](const auto& e) { return e.first != c_.bos_dimension && e.second < 0; }); };
  for (std::size_t a = 0; a < keys.size(); ++a) {
    even(keys[a], 1, where);
    if (head.b_K[a] != 0 && std::fabs(head.b_K[a]) != 1) fault(where + ": a key's constant of " + text(static_cast<double>(head.b_K[a])));
    if (queries[a].empty()) continue;
    const bool code = signs(keys[a]);
    codes += code;
    if (!code && std::any_of(queries[a].begin(), queries[a].end(), [](const auto& e) { return e.second < 0; })) fault(where + ": a query is compared against its key");
    const double first = std::fabs(queries[a][0].second);
    even(queries[a], code && first != size ? size / 2 : size, where);
  }
  if (codes > 0 && codes < 4) fault(where + ": a key is compared against its query");  // ±1 tell more than eight groups apart
  moves(head, role, half_layer, where);
  // A head that counts puts BOS above the keys that it selects, and multiplies by what that takes away; any other that does selects nothing.
  double scale = 0;
  for (std::int32_t a = 0; a < head.W_O.rows(); ++a)
    for (auto [d, w] : row_of(head.W_O, a)) scale = std::max(scale, std::fabs(w));
  const bool below = s.selected < s.bos_low;
  const bool counts = role.counts, empty = role.nothing;
  if (counts != below && !empty) fault(where + (below ? ": BOS is above what is selected" : ": BOS is not above what is counted"));
  if (empty) s.other = s.selected, s.step = 2 * (s.bos_low - s.selected);
  const double gap = counts ? s.step : std::min(2 * s.step, 2 * std::min(empty ? 1e300 : s.selected - s.bos_high, s.bos_low - s.other));  // what errors may use up
  const double margin = gap > 0 ? 1 - 8 * s.E / gap : -1e300;
  // Weight outside of what should be attended to: of BOS and of every other key where something is selected, of every key where nothing is.
  const double wide = std::exp(2 * s.E);
  const double leak = wide * std::max(empty ? 0 : std::exp(-(s.selected - s.bos_high)) + n_ * std::exp(-s.step), n_ * std::exp(-(s.bos_low - s.other)));
  // A weight e/Σ: e and each term of Σ within 4u, n additions, a division. Then n + 1 products, n additions, and one to the residual stream.
  const double softmax = std::expm1((4 + 4 + n_ + 1 + 1 + n_ + 1) * u);

  const std::vector<Entries> value = columns_of(head.W_V);
  std::map<std::int32_t, std::vector<std::pair<std::int32_t, Entries>>> into;  // subspace → (dimension, axes)
  for (std::size_t a = 0; a < value.size(); ++a)
    for (const auto& written : row_of(head.W_O, static_cast<std::int32_t>(a))) {
      const std::int32_t d = written.first;
      const double w = written.second;
      const std::int32_t target_of = target(d, half_layer);
      if (target_of == nobody) { fault(where + ": writes to dimension " + std::to_string(d) + ", which nobody is to have here"); continue; }
      auto& list = into[target_of];
      auto it = std::find_if(list.begin(), list.end(), [&](const auto& e) { return e.first == d; });
      if (it == list.end()) it = list.insert(list.end(), {d, {}});
      it->second.emplace_back(static_cast<std::int32_t>(a), w);
    }
  for (const auto& [subspace, dimensions] : into) {
    double error = 0, spread = 0;
    bool less_default = false;                          // adds the value less what an empty row stands for: two terms
    std::map<std::int32_t, Part> reads;                 // by subspace read, over all written dimensions
    for (const auto& [dimension, sources] : dimensions) {
      double value_error = 0, most = 0;
      for (auto [axis, weight] : sources) {
        const auto a = static_cast<std::size_t>(axis);
        const double bias = static_cast<double>(head.b_V[a]);
        double at_bos = bias;
        for (auto [d, w] : value[a]) if (d == c_.bos_dimension) at_bos += w;
        if (at_bos != 0) fault(where + ": fetches " + text(at_bos) + " from BOS for \"" + claim(subspace).label + "\"");
        const Sum sum = sum_of(value[a], bias);
        value_error += std::fabs(weight) * (sum.carried + (claim(subspace).one_hot ? 0 : sum.rounding()));
        most += std::fabs(weight) * sum.magnitude;
        less_default = less_default || weight < 0;
        for (const auto& [read, p] : parts_of(value[a])) {
          Part& all = reads[read];
          all.most = std::max(all.most, p.most * std::fabs(weight));
          all.sum += p.sum * std::fabs(weight);
        }
      }
      if (counts && !empty && claim(subspace).summed) {
        // Terms of any size; and what BOS itself holds, of which a head leaves a little there and an MLP nothing, counts with all of its weight.
        const auto [axis, weight] = sources[0];
        const std::vector<std::pair<std::int32_t, double>>& column = value[static_cast<std::size_t>(axis)];
        const Sum sum = sum_of(column, static_cast<double>(head.b_V[static_cast<std::size_t>(axis)]));
        const double ratio = weight * std::exp(-(s.bos_low - s.selected)), away = n_ * ratio / weight;
        double at_bos = 0;
        for (const auto& [read, p] : parts_of(column))
          if (claim(read).written % 2 == 1) at_bos += carried(read, p);
        error = std::max(error, claim(subspace).total * (std::fabs(ratio - 1) + 2 * away + std::expm1(2 * s.E) + softmax + u) + n_ * ratio * (sum.carried + sum.rounding()) +
                                    2 * weight * n_ * sum.magnitude * std::exp(-(s.bos_low - s.other) + 2 * s.E) + weight * at_bos);
        continue;
      }
      if (counts && !empty) {
        // BOS, the largest, has the exponential 1, beside which the rest adds up to n·ratio/most: rounding moves a sum by no more than its smaller term.
        // At most n equal weights add up, whose partial sums are at most n(n+1)/2 of them; an exponential, a division, and a product round each.
        const double ratio = most * std::exp(-(s.bos_low - s.selected));  // what one selected key adds; wanted: 1
        const double rounding = std::expm1(((n_ + 1) / 2 * std::exp(2 * s.E) + 6) * u) + n_ * ratio / most;
        const double e = n_ * std::fabs(ratio - 1) + n_ * n_ * ratio / most + n_ * (std::expm1(2 * s.E) + rounding) + 2 * most * n_ * std::exp(-(s.bos_low - s.other) + 2 * s.E);
        error = std::max(error, e);
        continue;
      }
      if (!claim(subspace).one_hot) {
        const double unequal = claim(subspace).several && !s.exact ? std::expm1(2 * s.E) : 0;
        error = std::max(error, empty ? most * leak * (1 + softmax) : value_error + most * (2 * leak + unequal + softmax));
        continue;
      }
      // A dimension that takes the value and what an empty row stands for takes the same weights twice: what is off in both is not off in their difference.
      error = std::max(error, value_error + 2 * leak + softmax);
    }
    if (claim(subspace).one_hot) {
      spread = 0;
      for (const auto& [read, p] : reads) spread += carried(read, p);
      spread += 2 * leak + (1 + less_default) * softmax;
      error = std::max(error, 2 * leak + softmax);
    }
    found(subspace, margin, error, spread);
  }
}

bool Checker::clears(const Entries& in, double bias, const Entries& out, std::int32_t half_layer) {
  if (in.size() != 1 || out.size() != 1 || in[0].first != out[0].first || bias != 0) return false;
  if (std::fabs(in[0].second) != 1 || out[0].second != -in[0].second) return false;
  (in[0].second > 0 ? cleared_ : cleared_below_)[in[0].first].insert(half_layer);
  return true;
}

// A neuron over one-hot subspaces: the levels that its pre-activation can have are sums of one weight a subspace.
// → by how much its pre-activation may be off.
double Checker::gate(const Entries& in, double bias, const Entries& out, std::int32_t half_layer, const std::string& where) {
  std::map<std::int32_t, std::set<double>> weights;
  double at_bos = bias;
  for (auto [d, w] : in) {
    if (d == c_.bos_dimension) { at_bos += w; continue; }
    const std::int32_t o = owner_[static_cast<std::size_t>(d)];
    if (o != nobody && !claim(o).one_hot) fault(where + ": a neuron reads \"" + claim(o).label + "\" without a threshold that the compiler knows");
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
      return 1;
    }
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
  if (!fired && (weights.empty() || std::fmod(1 - top, 2) != 0)) fault(where + ": a neuron never fires");  // but where an input has no class that opens it, or several
  const Sum sum = sum_of(in, bias);
  const double error = sum.carried + (sum.carried > 0 ? sum.rounding() : 0);
  const double margin = off > -1e300 ? (off < 0 ? 1 - error / -off : -1e300) : 1;
  for (auto [d, w] : out) {
    const std::int32_t s = target(d, half_layer);
    if (s == nobody) { fault(where + ": a neuron writes to dimension " + std::to_string(d) + ", which nobody is to have here"); continue; }
    if (claim(s).one_hot && fired && std::fabs(top * w - 1) > 4 * u) fault(where + ": a neuron writes " + text(top * w) + " to \"" + claim(s).label + "\"");
    const double e = std::fabs(w) * (error + (claim(s).one_hot && error == 0 ? 0 : u));
    found(s, margin, e, e);
  }
  return error;
}

// What a step reads is slope·coefficient + gate in every dimension. Whatever slope is taken, what it leaves is the gate, whose weights are positive:
// of several the one that leaves the least.
double Checker::steepness(const Entries& reads, const std::map<std::int32_t, double>& coefficient, Entries& gate) const {
  const auto left = [&](double slope) {
    std::map<std::int32_t, double> rest(reads.begin(), reads.end());  // also of dimensions where both add up to 0
    for (auto [d, x] : coefficient) rest[d] -= slope * x;
    for (auto [d, w] : reads)
      if (std::fabs(rest[d]) <= 8 * u * std::fabs(w)) rest.erase(d);
    std::erase_if(rest, [](const auto& e) { return e.second == 0; });
    return Entries(rest.begin(), rest.end());
  };
  double best = 0;
  std::pair<std::ptrdiff_t, std::size_t> fewest;
  for (auto [d, w] : reads) {
    const auto it = coefficient.find(d);
    if (it == coefficient.end() || it->second == 0) continue;
    const double slope = w / it->second;
    const std::int32_t o = owner_[static_cast<std::size_t>(d)];
    if (o != nobody && !claim(o).one_hot) {  // no gate reads a number
      gate = left(slope);
      return slope;
    }
    Entries rest = left(slope);
    const std::pair cost(std::count_if(rest.begin(), rest.end(), [](const auto& e) { return e.second < 0; }), rest.size());
    if (best != 0 && cost >= fewest) continue;
    best = slope;
    fewest = cost;
    gate = std::move(rest);
  }
  return best;
}

// Pairs relu(z + ½) - relu(z - ½), z = ±L(x - t) while the row is open.
void Checker::step_row(const StepClaim& row, const std::vector<Entries>& in, const Mlp& m, std::int32_t half_layer, const std::string& where) {
  if (!row.opens) return;
  const std::map<std::int32_t, double> coefficient(row.form.begin(), row.form.end());
  std::map<std::int32_t, std::map<std::int32_t, Flow>> flow[2];  // by direction: [subspace][dimension]
  if (row.start >= 0) {                                  // the neuron that fires while the row is open
    const auto j = static_cast<std::size_t>(row.start);
    if (j >= in.size()) return fault(where + ": a row has no neurons");
    const Entries out = row_of(m.W_out, row.start);
    const double error = gate(in[j], static_cast<double>(m.b_in[j]), out, half_layer, where);
    for (auto [d, w] : out)
      for (auto& direction : flow) direction[target(d, half_layer)][d] = {std::fabs(w) * error, std::fabs(w), std::fabs(w), 1};
  }
  for (std::size_t i = 0; i < row.neighbours.size(); ++i) {
    const auto j = static_cast<std::size_t>(row.begin) + 2 * i;
    if (j + 1 >= in.size()) return fault(where + ": a step has no neurons");
    const auto without_bos = [&](const Entries& e) {
      Entries r;
      for (const auto& x : e) if (x.first != c_.bos_dimension) r.push_back(x);
      return r;
    };
    const Entries reads = without_bos(in[j]);
    if (reads != without_bos(in[j + 1])) { fault(where + ": the two neurons of a step read differently"); continue; }
    Entries gate;
    const double slope = steepness(reads, coefficient, gate);
    if (slope == 0) { fault(where + ": a step does not read its number"); continue; }
    std::map<std::int32_t, std::set<double>> levels;     // of each one-hot subspace that the gate reads; two sets of its classes add up
    for (auto [d, w] : gate) {
      auto& list = levels[owner_[static_cast<std::size_t>(d)]];
      const double weight = w;
      if (std::none_of(list.begin(), list.end(), [&](double other) { return std::fabs(other - weight) < 1e-5 * std::fabs(weight); })) list.insert(weight);
    }
    double open = 0, lowest = 1e300;
    for (auto& [s, list] : levels) {
      list.insert(0);
      open += *list.rbegin();
      lowest = std::min(lowest, *list.rbegin() - *std::next(list.rbegin()));
    }
    const double b0 = static_cast<double>(m.b_in[j]), b1 = static_cast<double>(m.b_in[j + 1]);
    const double apart = b0 - b1;                        // wanted: 1
    const auto z = [&](double x) { return slope * (x - row.constant) + (b0 + b1) / 2 + open; };
    const auto [below, above] = row.neighbours[i];
    const bool up = slope > 0;
    const double off = z(up ? below : above), on = z(up ? above : below);
    const Sum sum = sum_of(reads, std::fabs(b0));
    const bool single = row.form.size() == 1 && gate.empty();
    // One product and one bias: where the product is exact the sum has the right sign.
    const double rounding = single && sum.additions == 1 ? 0 : sum.rounding();
    const double highest = std::max(z(row.low), z(row.high)) + apart / 2;
    const double room = std::min(-off - apart / 2, on - apart / 2);
    double margin = room > 0 ? 1 - (sum.carried + rounding) / room : -1e300;
    // A closed row: one barrier is missing at least, wherever the number is.
    if (!gate.empty()) {
      const double closed = highest - lowest;
      margin = closed < 0 ? std::min(margin, 1 - (sum.carried + rounding) / std::max(-closed, 0.5)) : -1e300;
    }
    double at_bos = std::max(b0, b1);
    for (std::size_t half = 0; half < 2; ++half) {
      double here = half ? b1 : b0;
      for (auto [d, w] : in[j + half]) if (d == c_.bos_dimension) here += w;
      at_bos = half ? std::max(at_bos, here) : here;
    }
    if (at_bos > 0) fault(where + ": a step is open at BOS");
    // On its own side both neurons carry the same errors, which cancel; each rounds its sum and its bias.
    const double far_side = std::fabs(z(up ? row.high : row.low));
    const double near = single ? (half_ulp(far_side + apart / 2) + half_ulp(far_side - apart / 2) + (sum.additions - 1) * 2 * u * sum.magnitude) : 2 * rounding;
    const Entries w0 = row_of(m.W_out, static_cast<std::int32_t>(j)), w1 = row_of(m.W_out, static_cast<std::int32_t>(j + 1));
    if (w0.size() != w1.size()) { fault(where + ": the two neurons of a step write differently"); continue; }
    for (std::size_t e = 0; e < w0.size(); ++e) {
      if (w0[e].first != w1[e].first || w0[e].second != -w1[e].second) fault(where + ": the two neurons of a step do not cancel");
      const std::int32_t s = target(w0[e].first, half_layer);
      if (s == nobody) { fault(where + ": a step writes to a dimension that nobody is to have here"); continue; }
      found(s, margin, 0, 0);
      const double weight = std::fabs(w0[e].second);
      Flow& f = flow[up][s][w0[e].first];
      f.error += weight * (near + std::fabs(apart - 1));
      f.terms_sum += weight * 2 * far_side;
      f.weight += weight;
      f.terms += 2;
    }
  }
  for (auto& direction : flow)
    for (auto& [s, dimensions] : direction) flow_[s].push_back(std::move(dimensions));
}

// relu(x - low + gate - all of the gate): x - low while the row is open, and closed where a part of the gate is missing, wherever x is.
void Checker::passed_row(const StepClaim& row, const std::vector<Entries>& in, const Mlp& m, std::int32_t half_layer, const std::string& where) {
  if (!row.opens) return;
  const auto j = static_cast<std::size_t>(row.begin);
  if (j >= in.size()) return fault(where + ": a number is passed on by no neuron");
  std::map<std::int32_t, double> rest(in[j].begin(), in[j].end());
  const double b = static_cast<double>(m.b_in[j]), at_bos = b + (rest.count(c_.bos_dimension) ? rest[c_.bos_dimension] : 0);
  rest.erase(c_.bos_dimension);
  for (auto [d, x] : row.form) {
    rest[d] -= x;
    if (std::fabs(rest[d]) <= 8 * u * std::fabs(x)) rest.erase(d);
  }
  std::map<std::int32_t, std::set<double>> levels;     // of each one-hot subspace that the gate reads; two sets of its classes add up
  for (auto [d, w] : rest) {
    const std::int32_t o = owner_[static_cast<std::size_t>(d)];
    if (o == nobody || !claim(o).one_hot || w <= 0) return fault(where + ": a gate reads dimension " + std::to_string(d) + " with " + text(w));
    auto& list = levels[o];
    const double weight = w;
    if (std::none_of(list.begin(), list.end(), [&](double other) { return std::fabs(other - weight) < 1e-5 * weight; })) list.insert(weight);
  }
  double open = b - row.constant + row.low, lowest = 1e300;  // wanted: 0
  for (auto& [s, list] : levels) {
    list.insert(0);
    open += *list.rbegin();
    lowest = std::min(lowest, *list.rbegin() - *std::next(list.rbegin()));
  }
  const Sum sum = sum_of(in[j], b);
  const double range = row.high - row.low, off = sum.carried + sum.rounding() + std::fabs(open), room = lowest - range;
  if (at_bos > 0) fault(where + ": a passed number is open at BOS");
  const double margin = room > 0 ? 1 - off / room : -1e300;
  std::map<std::int32_t, std::map<std::int32_t, Flow>> flow;
  if (row.start >= 0 && static_cast<std::size_t>(row.start) < in.size()) {
    const Entries out = row_of(m.W_out, row.start);
    const double error = gate(in[static_cast<std::size_t>(row.start)], static_cast<double>(m.b_in[static_cast<std::size_t>(row.start)]), out, half_layer, where);
    for (auto [d, w] : out) flow[target(d, half_layer)][d] = {std::fabs(w) * error, std::fabs(w), std::fabs(w), 1};
  }
  for (auto [d, w] : row_of(m.W_out, row.begin)) {
    const std::int32_t s = target(d, half_layer);
    if (s == nobody || claim(s).one_hot) return fault(where + ": a passed number is written to dimension " + std::to_string(d));
    found(s, margin, 0, 0);
    Flow& f = flow[s][d];
    f.error += std::fabs(w) * off;
    f.terms_sum += std::fabs(w) * (range + off);
    f.weight += std::fabs(w) * (range + off);
    ++f.terms;
  }
  for (auto& [s, dimensions] : flow) flow_[s].push_back(std::move(dimensions));
}

void Checker::mlp(const Mlp& m, std::size_t layer) {
  const auto half_layer = static_cast<std::int32_t>(2 * layer + 2);
  const std::vector<Entries> in = columns_of(m.W_in);
  std::vector<bool> done(in.size(), false);
  const std::string where = "MLP of layer " + std::to_string(layer);
  flow_.clear();
  for (const StepClaim& row : c_.steps[layer]) {
    if (row.passed && row.begin >= 0 && static_cast<std::size_t>(row.begin) < done.size()) done[static_cast<std::size_t>(row.begin)] = true;
    if (row.passed) passed_row(row, in, m, half_layer, where);
    else step_row(row, in, m, half_layer, where);
    if (row.start >= 0 && static_cast<std::size_t>(row.start) < done.size()) done[static_cast<std::size_t>(row.start)] = true;
    for (std::size_t i = 0; i < 2 * row.neighbours.size() && static_cast<std::size_t>(row.begin) + i < done.size(); ++i) done[static_cast<std::size_t>(row.begin) + i] = true;
  }
  for (std::size_t j = 0; j < in.size(); ++j) {
    if (done[j]) continue;
    const Entries out = row_of(m.W_out, static_cast<std::int32_t>(j));
    if (clears(in[j], static_cast<double>(m.b_in[j]), out, half_layer)) continue;
    gate(in[j], static_cast<double>(m.b_in[j]), out, half_layer, where);
  }
  for (const auto& [s, rows] : flow_) {
    double most = 0, all = 0;
    for (const auto& dimensions : rows) {
      double sum = 0;
      for (const auto& [d, f] : dimensions) {
        // Two terms are one addition, whose result is at most what they are to write; more may add up to all of them first.
        const double e = f.error + (f.terms == 1 ? 0 : f.terms == 2 ? half_ulp(f.weight) : f.terms * u * f.terms_sum);
        most = std::max(most, e);
        sum += e;
      }
      all = std::max(all, sum);
    }
    found(s, 1, most, all);
  }
}

// Whoever gets a dimension later must find it empty.
void Checker::used_again() {
  for (const Claim& later : c_.subspaces)
    for (std::size_t s = 0; s < c_.subspaces.size(); ++s) {
      const Claim& earlier = c_.subspaces[s];
      if (earlier.written >= later.written) continue;
      for (std::int32_t d : earlier.dimensions) {
        if (std::find(later.dimensions.begin(), later.dimensions.end(), d) == later.dimensions.end()) continue;
        const auto between = [&](const std::map<std::int32_t, std::set<std::int32_t>>& cleared) {
          const auto it = cleared.find(d);
          if (it == cleared.end()) return false;
          const auto when = it->second.upper_bound(earlier.written);
          return when != it->second.end() && *when < later.written;
        };
        if (!between(cleared_) || (known_[s].error > 0 && !between(cleared_below_))) fault("\"" + later.label + "\": dimension " + std::to_string(d) + " still holds \"" + earlier.label + "\"");
      }
    }
}

void Checker::finish_link(const std::string& label, const CheckedLink& link) {
  verdict_.links.push_back(link);
  verdict_.worst_margin = std::min(verdict_.worst_margin, link.margin);
  if (!(link.margin > 0)) fault("\"" + label + "\": the margin is " + text(link.margin));
  if (link.claimed_margin > link.margin + 1e-9) fault("\"" + label + "\": the compiler's margin is " + text(link.claimed_margin) + ", the weights give " + text(link.margin));
  if (link.claimed_error < link.error * (1 - 1e-9)) fault("\"" + label + "\": the compiler's error is " + text(link.claimed_error) + ", the weights give " + text(link.error));
  if (link.claimed_spread < link.spread * (1 - 1e-9)) fault("\"" + label + "\": the compiler's spread is " + text(link.claimed_spread) + ", the weights give " + text(link.spread));
}

void Checker::output() {
  owners_at(static_cast<std::int32_t>(2 * t_.layers.size() + 1));
  const std::vector<Entries> columns = columns_of(t_.W_U);
  CheckedLink link;
  link.label = "output";
  link.claimed_margin = c_.output.margin;
  link.claimed_error = link.claimed_spread = 1e300;
  if (c_.output.kind == OutputClaim::Kind::Number) {
    const Sum sum = sum_of(columns[0], static_cast<double>(t_.b_U[0]));
    is_form(columns[0], static_cast<double>(t_.b_U[0]), c_.output.form, c_.output.constant, "output");
    link.error = sum.carried + sum.rounding();
    double gap = c_.output.whole ? 1 : 1e300;
    for (std::size_t i = 1; i < c_.output.values.size(); ++i) gap = std::min(gap, c_.output.values[i] - c_.output.values[i - 1]);
    link.margin = gap > 0 ? 1 - 2 * link.error / gap : -1e300;
  } else if (c_.output.kind == OutputClaim::Kind::Lines) {
    // Column j less column j-1 is what changes sign at threshold j.
    for (std::size_t j = 1; j < columns.size(); ++j) {
      std::map<std::int32_t, double> difference;
      for (auto [d, w] : columns[j]) difference[d] += w;
      for (auto [d, w] : columns[j - 1]) difference[d] -= w;
      double slope = 0;
      for (auto [d, x] : c_.output.form)
        if (x != 0) slope = difference[d] / x;
      const double offset = static_cast<double>(t_.b_U[j]) - static_cast<double>(t_.b_U[j - 1]);
      if (!(slope > 0)) fault("output: a line is not steeper than the one before");
      for (auto [d, x] : c_.output.form)
        if (std::fabs(difference[d] - slope * x) > 4 * u * columns.size() * std::fabs(x)) fault("output: a line reads dimension " + std::to_string(d) + " with another slope");
      const auto lead = [&](double x) { return slope * (x - c_.output.constant) + offset; };
      const auto [below, above] = c_.output.neighbours[j - 1];
      const double room = std::min(-lead(below), lead(above));
      Entries step(difference.begin(), difference.end());
      const double carried_by = sum_of(step, 0).carried;
      const double rounding = sum_of(columns[j], static_cast<double>(t_.b_U[j])).rounding() + sum_of(columns[j - 1], static_cast<double>(t_.b_U[j - 1])).rounding();
      link.error = std::max(link.error, carried_by + rounding);
      link.margin = std::min(link.margin, room > 0 ? 1 - (carried_by + rounding) / room : -1e300);
    }
  } else {
    std::set<std::int32_t> read;
    for (const Entries& column : columns)
      for (const auto& [s, p] : parts_of(column)) {
        if (!claim(s).one_hot) fault("the output reads \"" + claim(s).label + "\" as if it were one-hot");
        read.insert(s);
      }
    for (const Entries& column : columns) even(column, 1, "output");
    for (std::size_t j = 0; j < columns.size(); ++j) {
      if (std::any_of(columns[j].begin(), columns[j].end(), [](const auto& e) { return e.second < 0; })) fault("output: a column speaks against a class");
      if (t_.b_U[j] != 0 && (t_.b_U[j] != 0.5f || !columns[j].empty())) fault("output: a column has a constant of " + text(static_cast<double>(t_.b_U[j])));
    }
    for (std::int32_t s : read) link.error += known(s).spread;
    if (read.size() > 1) fault("the output reads two subspaces");
    link.margin = 1 - 2 * link.error;  // against ½, or twice against another column
  }
  finish_link("output", link);
}

Verdict Checker::run() {
  embeddings();
  for (std::size_t l = 0; l < t_.layers.size(); ++l) {
    owners_at(static_cast<std::int32_t>(2 * l + 1));
    for (std::size_t h = 0; h < t_.layers[l].heads.size(); ++h)
      head(t_.layers[l].heads[h], c_.heads[l][h], static_cast<std::int32_t>(2 * l + 1), "head " + std::to_string(h) + " of layer " + std::to_string(l));
    owners_at(static_cast<std::int32_t>(2 * l + 2));
    mlp(t_.layers[l].mlp, l);
  }
  for (std::size_t s = 0; s < c_.subspaces.size(); ++s) {
    const Claim& c = c_.subspaces[s];
    if (c.written == 0) continue;
    finish_link(c.label, {c.label, margin_[s], known_[s].error, known_[s].spread, c.margin, c.error, std::max(c.error, c.spread)});
  }
  used_again();
  output();
  verdict_.confirmed = verdict_.faults.empty() && verdict_.worst_margin > 0;
  return std::move(verdict_);
}

}  // namespace

Verdict check_claims(const Transformer& model, const Claims& claims) { return Checker(model, claims).run(); }

}  // namespace rasp::proof
