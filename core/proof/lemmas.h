// The lemmas of docs/proof.md, one function each: what a block makes of the errors of what it reads.
//
// Nothing here knows a program, a plan or a weight matrix: a lemma takes the few numbers that its inequality speaks of
// (the amplitudes that assembly chose, and the bounds of what the block reads) and returns a Bound. All hold for
// float32 in any order of summation, for every input up to the maximal length n: a sum over an inexact one-hot subspace
// counts each of its dimensions as a term, since none of them need be 0. The checker (proof/checker.h) uses none of
// them.
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>

namespace rasp::proof {

// u = 2^-24, half an ulp of 1 in float32: one rounding moves x by at most u·|x|.
constexpr double unit_roundoff = 5.9604644775390625e-8;
// More than a weight or a product loses that is too small for float32, however small a relative bound would be.
constexpr double underflow = 0x1p-120;

// How far a subspace may be from its exact value at one position: one dimension of it, and the sum over all of its
// dimensions. Readers of a one-hot subspace add dimensions up, so the second is what they meet. terms: dimensions that
// are not zero at once, at most; 1 where it is exact.
struct Accuracy {
  double error = 0, spread = 0;
  int terms = 1;
};

// What a block makes of the errors of its inputs: the margin of its precondition (> 0: it holds; the fraction of the
// allowance that is left), and the accuracy of what it writes.
struct Bound {
  double margin = 1, error = 0, spread = 0;
};

// Both must hold; what is written is as far off as the worse of the two.
Bound both(const Bound& a, const Bound& b);

// A linear form Σ coefficient·number + Σ table[class] + constant, as a lemma sees it.
struct Form {
  double carried = 0;     // Σ |coefficient|·error of what it reads
  double magnitude = 0;   // Σ |terms|, at most
  int terms = 1;          // not zero at once, at most; the constant is one
  bool products = false;  // some products are rounded: of inexact numbers and coefficients that are no powers of two
};

// Lemma 1: as how many terms a one-hot subspace rounds whose dimensions are off by `spread` in all. Rounding moves a
// sum of two by no more than the smaller one, so what is nearly 0 moves it by no more than itself, however many
// dimensions it is in.
double terms_of(double spread);
// Lemma 1: rounding of a sum, in any order.
double rounding_of(const Form& form);
double form_error(const Form& form);

// Lemma 2: scores. One comparison of a head: its part of the lead, the two subspaces that it compares (none: a
// constant), and how many of their dimensions meet in one axis (0: any number).
struct Comparison {
  double lead = 1;
  bool has_query = false, has_key = false;
  Accuracy query, key;
  std::size_t query_group = 0, key_group = 0;
};
// By how much the errors of what is compared move a score, in units of the step s.
double comparison_error(std::span<const Comparison> comparisons);

// A head: every selected pair scores lead·s, any other at most (lead - 1)·s, BOS bos·s.
struct Head {
  double n = 0;  // maximal length
  double s = 1;  // step of the scores, after the division by √d_head
  double lead = 1, bos = 0.5;
  int axes = 1;         // terms of a score and of what each of its axes reads, not zero for one pair, at most
  double compared = 0;  // comparison_error
  bool exact = false;   // one-hot inputs without errors, and √d_head is a power of two: no score is rounded
};
double score_error(const Head& head);   // lemma 2: of one score, in all
double score_margin(const Head& head);  // > 0: eight such errors fit into a step
double leakage(const Head& head);       // lemma 3: weight outside of what should be attended to
double argument_rounding(const Head& head);
double counting_rounding(const Head& head, double count_scale);  // of a sum of equal weights beside BOS, in lemma 4
double softmax_rounding(
    const Head&
        // of exponentials, their sum, the division, the weighted sum and adding it to the residual stream; relative
        head);

// Lemma 4: what a head writes.
Bound one_hot_head(const Head& head, const Accuracy& value);
Bound numerical_head(const Head& head, const Form& value, double default_value,
                     bool several);  // several: rows may select more than one key
Bound counting_head(const Head& head, double count_scale);
// total: Σ |values| of a row, at most; at_bos: the value that BOS itself has, at most. It has nearly all of the weight.
Bound summing_head(const Head& head, double count_scale, const Form& value, double total, double at_bos);

// Lemma 5: a gate relu(2·Σ - (2k - 1)) over k one-hot inputs. By how much its pre-activation may be off; below 1 it is
// exactly 0 unless all hold.
struct GateInputs {
  double k = 0, spread = 0;
  int terms = 0;
};  // spread and terms: of all of them together
double gate_error(const GateInputs& gate);
// Lemma 6: one row of a lookup. weight: of the number that it writes, 1 for a class.
Bound lookup_row(double gate_error, double weight, bool number);
// Lemma 7: a one-hot subspace set to 0 or 1 again.
Bound restored(double error);

// Lemma 8: the steps of one row of an MLP, step = relu(L(x - t) + ½) - relu(L(x - t) - ½), each turned to the side
// where it vanishes exactly.
class StepRow {
 public:
  // axis: what the steps read; gate: opens the row; single: the axis is one number and there is no gate.
  StepRow(const Form& axis, bool single, const GateInputs& gate, double low, double high);
  struct Step {
    double threshold = 0, slope = 1, barrier = 0;
    bool down = false;
    double side = 0;        // its pre-activations where it is 1, at most
    double bias_error = 0;  // of the stored bias
  };
  // The neuron that always fires; outcome: the dimension that it writes to.
  void start(std::uint32_t outcome, double weight);
  void add(const Step& step);                                           // its precondition
  void writes(const Step& step, std::uint32_t outcome, double weight);  // what its two neurons add to a dimension
  Bound bound() const;

 private:
  struct Sum {
    double error = 0, flow = 0;
    int terms = 0;
  };  // by how much its neurons may be off, Σ |terms|, how many
  using Sums = std::map<std::uint32_t, Sum>;
  static void grow(Sums& sums, std::uint32_t outcome, double weight, double error, double flow, int count);
  double near(const Step& step) const;
  Form axis_;
  bool single_;
  GateInputs gate_;
  double low_, high_;
  int summed_;
  double margin_ = 1;
  Sums always_, when_[2];
};

// Lemma 9: a number passed on under a gate, as slope·(x - low) + start.
struct Passage {
  double low = 0, high = 0, barrier = 1;
};
Bound passed_number(const Form& axis, const GateInputs& gate, const Passage& passage, double slope, double start);

// Lemma 11: the output. gap: least distance of two values (or thresholds).
Bound nearest_value(const Form& form, double gap);
Bound highest_line(const Form& form, double rounding, double gap);
double line_rounding(const Form& form, double slope, double offset);
Bound highest_column(const Accuracy& read);

}  // namespace rasp::proof
