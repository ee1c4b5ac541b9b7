#include "proof/checking.h"

#include <algorithm>
#include <cstdio>

namespace rasp::proof {

std::string text(double x) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.6g", x);
  return buffer;
}

double lost_of(const Entries& form) {
  return std::any_of(form.begin(), form.end(), [](const auto& e) { return std::fabs(e.second) < 0x1p-102; }) ? 0x1p-120
                                                                                                             : 0;
}

std::vector<Entries> columns_of(const SparseMatrix& m) {
  std::vector<Entries> columns(static_cast<std::size_t>(m.cols()));
  for (std::int32_t r = 0; r < m.rows(); ++r)
    for (SparseMatrix::InnerIterator it(m, r); it; ++it)
      columns[static_cast<std::size_t>(it.col())].emplace_back(r, static_cast<double>(it.value()));
  return columns;
}

Entries row_of(const SparseMatrix& m, std::int32_t r) {
  Entries row;
  for (SparseMatrix::InnerIterator it(m, r); it; ++it) row.emplace_back(it.col(), static_cast<double>(it.value()));
  return row;
}

// Who owns a dimension for readers of half-layer h: whoever was written last before it.
void Checker::owners_at(std::int32_t half_layer) {
  owner_.assign(static_cast<std::size_t>(t_.d_model), nobody);
  for (std::size_t s = 0; s < c_.subspaces.size(); ++s)
    for (std::int32_t d : c_.subspaces[s].dimensions) {
      std::int32_t& o = owner_[static_cast<std::size_t>(d)];
      if (c_.subspaces[s].written < half_layer && (o == nobody || claim(o).written < c_.subspaces[s].written))
        o = static_cast<std::int32_t>(s);
    }
  for (const auto& [d, list] : cleared_) {
    std::int32_t& o = owner_[static_cast<std::size_t>(d)];
    if (o != nobody && std::any_of(list.begin(), list.end(),
                                   [&](std::int32_t when) { return claim(o).written < when && when < half_layer; }))
      o = nobody;
  }
}

std::int32_t Checker::target(std::int32_t dimension, std::int32_t half_layer) const {
  for (std::size_t s = 0; s < c_.subspaces.size(); ++s)
    if (c_.subspaces[s].written == half_layer &&
        std::find(c_.subspaces[s].dimensions.begin(), c_.subspaces[s].dimensions.end(), dimension) !=
            c_.subspaces[s].dimensions.end())
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

// Σ |w|·|error of the dimension|: the errors of a subspace's dimensions are at most `error` each, and `spread`
// together.
double Checker::carried(std::int32_t s, const Part& p) {
  return std::min(known(s).spread * p.most, known(s).error * p.sum);
}

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
    // Beside the one that is near 1, the others add up to c, and rounding moves a sum of two by no more than the
    // smaller.
    sum.additions += claim(s).one_hot && known(s).spread > 0
                         ? std::min(p.dimensions, 2 + static_cast<int>(std::min(c / (u * p.most), 1e6)))
                         : 1;
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
          if (d != c_.bos_dimension || w != 1)
            fault(std::string(name) + ": BOS writes to dimension " + std::to_string(d));
          continue;
        }
        if (d == c_.bos_dimension) fault(std::string(name) + ": a token other than BOS is marked as BOS");
        const std::int32_t s = target(d, 0);
        if (s == nobody) {  // what an empty row of a head leaves behind
          const bool right = std::any_of(c_.subspaces.begin(), c_.subspaces.end(), [&](const Claim& c) {
            return c.written > 0 &&
                   (c.one_hot ? d == c.initial_dimension && w == 1
                              : d == c.dimensions[0] && static_cast<float>(c.initial) == static_cast<float>(w));
          });
          if (!right) fault(std::string(name) + ": writes " + text(w) + " to dimension " + std::to_string(d));
          continue;
        }
        if (claim(s).one_hot && (w != 1 || ++ones[s] > 1))
          fault(std::string(name) + ": row " + std::to_string(r) + " is not one-hot in \"" + claim(s).label + "\"");
        if (!claim(s).one_hot && (w != r - 1 || std::fabs(w) >= 16777216))
          fault(std::string(name) + ": row " + std::to_string(r) + " of \"" + claim(s).label + "\" is " + text(w));
      }
    }
  };
  rows(t_.W_E, t_.bos_id, "W_E");
  rows(t_.W_pos, 0, "W_pos");
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
        if (!between(cleared_) || (known_[s].error > 0 && !between(cleared_below_)))
          fault("\"" + later.label + "\": dimension " + std::to_string(d) + " still holds \"" + earlier.label + "\"");
      }
    }
}

void Checker::finish_link(const std::string& label, const CheckedLink& link) {
  verdict_.links.push_back(link);
  verdict_.worst_margin = std::min(verdict_.worst_margin, link.margin);
  if (!(link.margin > 0)) fault("\"" + label + "\": the margin is " + text(link.margin));
  if (link.claimed_margin > link.margin + 1e-9)
    fault("\"" + label + "\": the compiler's margin is " + text(link.claimed_margin) + ", the weights give " +
          text(link.margin));
  if (link.claimed_error < link.error * (1 - 1e-9))
    fault("\"" + label + "\": the compiler's error is " + text(link.claimed_error) + ", the weights give " +
          text(link.error));
  if (link.claimed_spread < link.spread * (1 - 1e-9))
    fault("\"" + label + "\": the compiler's spread is " + text(link.claimed_spread) + ", the weights give " +
          text(link.spread));
}

Verdict Checker::run() {
  embeddings();
  for (std::size_t l = 0; l < t_.layers.size(); ++l) {
    owners_at(static_cast<std::int32_t>(2 * l + 1));
    for (std::size_t h = 0; h < t_.layers[l].heads.size(); ++h)
      head(t_.layers[l].heads[h], c_.heads[l][h], static_cast<std::int32_t>(2 * l + 1),
           "head " + std::to_string(h) + " of layer " + std::to_string(l));
    owners_at(static_cast<std::int32_t>(2 * l + 2));
    mlp(t_.layers[l].mlp, l);
  }
  for (std::size_t s = 0; s < c_.subspaces.size(); ++s) {
    const Claim& c = c_.subspaces[s];
    if (c.written == 0) continue;
    finish_link(c.label, {c.label, margin_[s], known_[s].error, known_[s].spread, c.margin, c.error,
                          std::max(c.error, c.spread)});
  }
  used_again();
  output();
  verdict_.confirmed = verdict_.faults.empty() && verdict_.worst_margin > 0;
  return std::move(verdict_);
}

Verdict check_claims(const Transformer& model, const Claims& claims) { return Checker(model, claims).run(); }

}  // namespace rasp::proof
