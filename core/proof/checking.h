// The checker itself, whose parts are in several files: only they include this.
// Every bound is derived anew: from the stored float32 weights, the widths of the sums that they enter, and the bounds
// that the checker itself found for what they read. Comments say why each inequality holds; docs/proof.md says what is
// taken on trust.
#pragma once
#include <cmath>
#include <map>
#include <set>
#include "proof/checker.h"

namespace rasp::proof {

inline constexpr double u = 5.9604644775390625e-8;  // 2^-24
inline constexpr std::int32_t nobody = -1;

std::string text(double x);

// Rounding to the nearest float moves a number up to x in size by at most this.
inline double half_ulp(double x) { return x == 0 ? 0 : std::ldexp(u, std::ilogb(std::fabs(x))); }

// Weights of one column or row, by dimension.
using Entries = std::vector<std::pair<std::int32_t, double>>;
// What a stored weight may be off by where float32 has no number that small; and what all weights of a form that are
// so small move a sum by, read from numbers that float32 has.
inline constexpr double lost = 0x1p-148;
double lost_of(const Entries& form);
std::vector<Entries> columns_of(const SparseMatrix& m);
Entries row_of(const SparseMatrix& m, std::int32_t r);

struct Known {
  double error = 0, spread = 0;
};

// What one subspace adds to a linear form: weights of its dimensions.
struct Part {
  double most = 0, sum = 0;  // max |w|, Σ |w|
  int dimensions = 0;
  bool power = true;  // every w is a power of two: products are exact
};

// What opens a gate, and the least that is missing where it is closed.
struct Barrier {
  double open = 0, lowest = 1e300;
};

using Pair = std::pair<std::int32_t, std::int32_t>;  // of the query, of the key
using Table = std::map<Pair, double>;                // by dimensions

// What the queries or the keys of a head read.
struct ScoreSide {
  struct Entry {
    std::int32_t subspace, dimension;
    double weight;
  };  // nobody, -1: the bias
  std::vector<std::vector<Entry>> axis;
  std::vector<double> bos;  // [axis] at the BOS position: bias and the row of BOS
};

struct ScoreForm {
  std::map<Pair, Table> pairs;                                      // by subspaces: scores by their classes
  std::map<std::int32_t, std::map<std::int32_t, double>> with_bos;  // query subspace, dimension → score of the key BOS
  int active = 1;  // axes that are not nearly 0 for one pair, at most; BOS's is one
};

class Checker {
 public:
  Checker(const Transformer& model, const Claims& claims)
      : t_(model),
        c_(claims),
        n_(model.n_ctx - 1),
        known_(claims.subspaces.size()),
        margin_(claims.subspaces.size(), 1) {}

  Verdict run();

 private:
  // checker.cc: whose a dimension is, sums of what was read, embeddings, what is told of a subspace
  void fault(const std::string& what) {
    if (verdict_.faults.size() < 20) verdict_.faults.push_back(what);
  }
  void owners_at(std::int32_t half_layer);
  std::int32_t target(std::int32_t dimension, std::int32_t half_layer) const;
  const Claim& claim(std::int32_t s) const { return c_.subspaces[static_cast<std::size_t>(s)]; }
  Known& known(std::int32_t s) { return known_[static_cast<std::size_t>(s)]; }
  void found(std::int32_t s, double margin, double error, double spread);
  std::map<std::int32_t, Part> parts_of(const Entries& column);
  double carried(std::int32_t s, const Part& p);
  struct Sum {
    double carried = 0, magnitude = 0;
    int additions = 0;  // of terms that are not zero, and one for rounded products
    bool tiny = false;  // a weight of which float32 keeps fewer than 24 bits
    double rounding() const { return additions * u * magnitude + (tiny ? 0x1p-120 : 0); }
  };
  Sum sum_of(const Entries& column, double bias);
  void embeddings();
  void used_again();
  void finish_link(const std::string& label, const CheckedLink& link);
  // check_forms.cc: columns that must be what was said, and barriers that must be closed
  void even(const Entries& products, double size, const std::string& where);
  void is_form(const Entries& column, double bias, const std::vector<std::pair<std::int32_t, double>>& form,
               double constant, const std::string& where);
  Barrier barrier_of(const Entries& gate) const;
  // check_scores.cc
  struct Scores {
    double selected = 0, other = 0, bos_low = 0, bos_high = 0, step = 0, E = 0;
    bool exact = true;
  };
  ScoreSide score_side(const SparseMatrix& w, const std::vector<float>& b, const std::string& where);
  int inexact_dimensions(const ScoreSide& q, const ScoreSide& k);
  ScoreForm score_form(const ScoreSide& q, const ScoreSide& k, double root, const std::string& where);
  double score_error(Pair sides, const Table& scores);
  Scores scores_of(const AttentionHead& head, const std::string& where);
  // check_heads.cc
  // How a head's weights fall: those outside of what it attends to add up to `leak`, and `softmax` is what rounding
  // does to all.
  struct Attended {
    Scores s;
    bool counts = false, empty = false;
    double margin = 1, leak = 0, softmax = 0;
  };
  struct Fetched {
    double error = 0, most = 0;
  };  // of one dimension: the error of the value, and its size
  using Written = std::vector<std::pair<std::int32_t, Entries>>;  // (dimension, [(axis, weight in W_O)])
  void head(const AttentionHead& head, const HeadClaim& role, std::int32_t half_layer, const std::string& where);
  void comparisons(const AttentionHead& head, const std::string& where);
  void moves(const AttentionHead& head, const HeadClaim& role, std::int32_t half_layer, const std::string& where);
  Attended attended(const HeadClaim& role, Scores s, const std::string& where);
  std::map<std::int32_t, Written> written_by(const AttentionHead& head, std::int32_t half_layer,
                                             const std::string& where);
  void writes(const AttentionHead& head, const Attended& a, std::int32_t subspace, const Written& dimensions,
              const std::string& where);
  double counted(const Attended& a, double most) const;
  double summed(const AttentionHead& head, const Attended& a, std::int32_t subspace, const Entries& column,
                std::int32_t axis, double weight);
  // check_mlp.cc
  void mlp(const Mlp& m, std::size_t layer);
  bool clears(const Entries& in, double bias, const Entries& out, std::int32_t half_layer);
  double gate(const Entries& in, double bias, const Entries& out, std::int32_t half_layer, const std::string& where);
  std::set<double> levels_of(const Entries& in, double bias, const std::string& where);
  void add_up_flow();
  // check_steps.cc
  // What the steps of one row add to a dimension: by how much they may be off, Σ |terms|, how many.
  struct Flow {
    double error = 0, terms_sum = 0, weight = 0;
    int terms = 0;
  };
  using Flows = std::map<std::int32_t, std::map<std::int32_t, Flow>>;  // [subspace][dimension]
  // What the two neurons of a step read, beside BOS; what a slope makes of it.
  struct StepRead {
    const Entries& reads;
    Sum sum;
    double b0, b1;
  };
  struct StepSides {
    double margin = -1e300, near = 0, far = 0;
    bool up = false;
  };
  std::set<double> slopes(const Entries& reads, const std::map<std::int32_t, double>& coefficient) const;
  Entries gate_beside(double slope, const Entries& reads, const std::map<std::int32_t, double>& coefficient) const;
  StepSides sides_of(const StepClaim& row, std::size_t pair, const StepRead& pre, double slope,
                     const Entries& gate) const;
  void step_row(const StepClaim& row, const std::vector<Entries>& in, const Mlp& m, std::int32_t half_layer,
                const std::string& where);
  void step(const StepClaim& row, std::size_t pair, const std::vector<Entries>& in, const Mlp& m,
            std::int32_t half_layer, Flows (&flow)[2], const std::string& where);
  void step_writes(const Mlp& m, std::size_t j, std::int32_t half_layer, double margin, const Flow& each, Flows& flow,
                   const std::string& where);
  void passed_row(const StepClaim& row, const std::vector<Entries>& in, const Mlp& m, std::int32_t half_layer,
                  const std::string& where);
  void start_of(const StepClaim& row, const std::vector<Entries>& in, const Mlp& m, std::int32_t half_layer,
                Flows& flow, const std::string& where);
  // check_output.cc
  void output();
  void output_number(const Entries& column, CheckedLink& link);
  void output_lines(const std::vector<Entries>& columns, CheckedLink& link);
  void output_classes(const std::vector<Entries>& columns, CheckedLink& link);

  const Transformer& t_;
  const Claims& c_;
  const double n_;
  std::vector<std::int32_t> owner_;  // [dimension] whose it is now; nobody
  std::vector<Known> known_;         // [subspace]
  std::vector<double> margin_;
  std::map<std::int32_t, std::vector<std::map<std::int32_t, Flow>>> flow_;  // [subspace][row and direction][dimension]
  std::map<std::int32_t, std::set<std::int32_t>> cleared_,
      cleared_below_;  // dimension → half-layers that take away what is above, below 0
  Verdict verdict_;
};

}  // namespace rasp::proof
