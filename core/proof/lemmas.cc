#include "proof/lemmas.h"

#include <algorithm>
#include <cmath>

namespace rasp::proof {

Bound both(const Bound& a, const Bound& b) {
  return {std::min(a.margin, b.margin), std::max(a.error, b.error), std::max(a.spread, b.spread)};
}

double terms_of(double spread) { return spread > 0 ? 2 + spread / unit_roundoff : 1; }
double rounding_of(const Form& form) {
  return (form.terms + 2) * (unit_roundoff * form.magnitude + underflow * (1 + form.magnitude));
}
double form_error(const Form& form) { return form.carried + rounding_of(form); }

// A pair of classes meets in one axis of the form, where the errors of the dimensions that it adds up count; what the
// other axes add is of second order, but where a class has several axes.
double comparison_error(std::span<const Comparison> comparisons) {
  double total = 0;
  for (const Comparison& c : comparisons) {
    auto axis = [](bool has, const Accuracy& a, std::size_t group) {
      return !has ? 0 : group ? std::min(a.spread, static_cast<double>(group) * a.error) : a.spread;
    };
    const double q = axis(c.has_query, c.query, c.query_group), k = axis(c.has_key, c.key, c.key_group);
    total += c.lead * (q + k + (c.has_query ? c.query.spread : 0) * k);
  }
  return total;
}

// By what is compared (each comparison sums products of two one-hot vectors), and by rounding: one step an axis that is
// not zero.
double score_error(const Head& h) {
  return h.exact ? 0 : h.s * h.compared + 2 * (h.axes + 3) * unit_roundoff * h.s * std::max(std::fabs(h.bos), h.lead);
}
double score_margin(const Head& h) { return 1 - 8 * score_error(h) / h.s; }
// BOS lies half a step below a selected key and half a step above any other.
double leakage(const Head& h) { return (h.n + 1) * std::exp(-h.s / 2 + 2 * score_error(h)); }
// Of each term: two exponentials of 4u, its own and those of the sum; n additions there and n here; the division, the
// product, and the sum that enters the residual stream, which may hold a default. Roundings that multiply: k of them
// are within k·u/(1 - k·u).
double softmax_rounding(const Head& h) {
  const double k = (2 * h.n + 12) * unit_roundoff;
  return k / (1 - k);
}

// All selected keys hold the same class. A dimension holds the weights of the keys selected, or 1 less these (what an
// empty row stands for), or both, where what is off in the weights cancels: one softmax. Two dimensions can be off at
// once.
Bound one_hot_head(const Head& h, const Accuracy& value) {
  const double leak = leakage(h), sums = softmax_rounding(h),
               read = value.spread + (value.spread > 0 ? value.terms * unit_roundoff : 0);
  return {score_margin(h), read + 2 * leak + sums, read + 2 * leak + 2 * sums};
}

// Unequal weights matter only where several keys are selected; one-hot inputs without errors give equal scores to the
// last bit.
Bound numerical_head(const Head& h, const Form& value, double default_value, bool several) {
  const double unequal = several && h.compared > 0 ? std::expm1(2 * score_error(h)) : 0;
  Form fetched = value;  // less the default, which every position holds already: a sum of that size is what is rounded
  fetched.magnitude += std::fabs(default_value);
  return {score_margin(h),
          form_error(fetched) + fetched.magnitude * (2 * leakage(h) + 2 * unequal + softmax_rounding(h)), 0};
}

// A sum of w positive terms of one size: its partial sums, in any order, add up to at most w(w+1)/2 of them. Rounding
// moves no sum of two by more than the smaller one, so what is small beside BOS's exponential 1, at most w/M in all,
// moves the sum of exponentials by no more than itself.
double counting_rounding(const Head& h, double count_scale) {
  return (h.n / 2 + 10) * std::exp(2 * score_error(h)) * unit_roundoff + 2 * h.n / count_scale;
}

// Of a selected key's exponential: the difference of its score and BOS's. Scores that are not rounded, and whose
// difference float32 has, have none.
double argument_rounding(const Head& h) {
  const double selected = h.lead * h.s, bos = h.bos * h.s, difference = bos - selected;
  const auto held = [](double x) { return static_cast<double>(static_cast<float>(x)) == x; };
  return h.exact && held(selected) && held(bos) && held(difference) ? 0 : difference * unit_roundoff;
}

// The weight off BOS is w/(M + w), which is w to within w²/M after scaling by M; the argument of a selected key's
// exponential, (lead - bos)·s, is rounded too. What the other keys have, n·e^-s at most, counts twice: it may be lost
// in the sum.
Bound counting_head(const Head& h, double count_scale) {
  const double E = score_error(h);
  return {score_margin(h),
          h.n * h.n / count_scale +
              h.n * (std::expm1(2 * E) + argument_rounding(h) + counting_rounding(h, count_scale)) +
              2 * h.n * std::exp(-h.s + 2 * E),
          0};
}

// A counting head whose selected keys add their values instead of 1: terms of any size, which may add up in any order.
// M is rounded, and a product with it as well.
Bound summing_head(const Head& h, double count_scale, const Form& value, double total, double at_bos) {
  const double E = score_error(h),
               sums = (softmax_rounding(h) + 2 * unit_roundoff) * std::exp(2 * E) + 2 * h.n / count_scale;
  const double lost = 2 * h.n * value.magnitude * std::exp(-h.s + 2 * E);
  return {score_margin(h),
          total * (h.n / count_scale + std::expm1(2 * E) + argument_rounding(h) + sums) + lost +
              1.01 * (h.n * form_error(value) + count_scale * at_bos),
          0};
}

double gate_error(const GateInputs& g) {
  return 2 * g.spread + (g.spread == 0 ? 0 : (g.terms + 2 * g.k + 4) * (4 * g.k + 1) * unit_roundoff);
}  // sums of small ints are exact

// Exactly one row fires where the s-op has a value, and the others stay at zero.
Bound lookup_row(double gate_error, double weight, bool number) {
  const double rounding = number || gate_error > 0 ? 2 * unit_roundoff : 0;
  const double error = weight * (gate_error + rounding);
  return {1 - gate_error, error, error};
}

// relu(2x + ½) - relu(2x - ½), x less ½: near 1 the two are about 1½ and ½, rounded by at most 2^-24 and 2^-25, and so
// is their difference; at 0 nothing fires.
Bound restored(double error) { return {1 - 4 * error, 3 * unit_roundoff, 3 * unit_roundoff}; }

StepRow::StepRow(const Form& axis, bool single, const GateInputs& gate, double low, double high)
    : axis_(axis),
      single_(single),
      gate_(gate),
      low_(low),
      high_(high),
      summed_(axis.terms - 1 + gate.terms + axis.products) {}

void StepRow::grow(Sums& sums, std::uint32_t outcome, double weight, double error, double flow, int count) {
  if (weight == 0) return;
  Sum& s = sums[outcome];
  s.error += weight * error;
  s.flow += weight * flow;
  s.terms += count;
}

void StepRow::start(std::uint32_t outcome, double weight) {
  const double e = gate_error(gate_);
  margin_ = std::min(margin_, 1 - e);
  grow(always_, outcome, weight, e + unit_roundoff, 1, 1);
}

// The terms of a pre-activation add up to at most `sizes`; with one term beside the bias only the result itself is
// rounded.
void StepRow::add(const Step& s) {
  const double sizes = s.slope * (axis_.magnitude + std::fabs(s.threshold)) + 2 * s.barrier * gate_.k + 1;
  const double far =
      (single_ ? s.slope * std::max(high_ - s.threshold, s.threshold - low_) + 2 : summed_ * sizes) * unit_roundoff +
      s.bias_error + s.slope * axis_.magnitude * unit_roundoff;
  margin_ = std::min(margin_, 1 - 2 * (s.slope * axis_.carried + s.barrier * gate_.spread + far));
}

// Errors of what a step reads move both of its neurons alike and cancel beyond the threshold. What is left on the side
// where it is 1 is the rounding of the two sums and of the two biases, and the rounding of the sum of the neurons'
// outputs.
double StepRow::near(const Step& s) const {
  const double sizes = s.slope * (axis_.magnitude + std::fabs(s.threshold)) + 2 * s.barrier * gate_.k + 1;
  const double product =
      single_ && axis_.products ? s.slope * axis_.magnitude : 0;  // rounded, or fused: not alike in both neurons
  return ((single_ ? s.side : summed_ * sizes) + product) * unit_roundoff + s.bias_error + unit_roundoff;
}

void StepRow::writes(const Step& s, std::uint32_t outcome, double weight) {
  grow(when_[s.down], outcome, weight, 2 * near(s), 2 * s.side, 2);
}

// At any x only one of the two groups of steps is active.
Bound StepRow::bound() const {
  Bound bound{margin_, 0, 0};
  for (const Sums& active : when_) {
    Sums total = always_;
    for (const auto& [outcome, s] : active) {
      Sum& t = total[outcome];
      t = {t.error + s.error, t.flow + s.flow, t.terms + s.terms};
    }
    double all = 0, most = 0;
    for (const auto& [outcome, s] : total) {
      const double e = s.error + (s.terms + 1) * unit_roundoff * s.flow;
      all += e;
      most = std::max(most, e);
    }
    bound.spread = std::max(bound.spread, all);
    bound.error = std::max(bound.error, most);
  }
  return bound;
}

// Where a gate input is missing, x - low - B and what errors add must not be above 0. The start is a row of a lookup.
Bound passed_number(const Form& axis, const GateInputs& g, const Passage& p, double slope, double start) {
  const double range = p.high - p.low;
  const double sizes = axis.magnitude + std::fabs(p.low) + 2 * p.barrier * (g.k + 1);
  const double off = axis.carried + p.barrier * g.spread + (axis.terms + g.terms + 2 * g.k + 4) * unit_roundoff * sizes;
  const double gate = gate_error(g), most = std::fabs(slope) * (range + off) + std::fabs(start);
  const double error = std::fabs(slope) * off + std::fabs(start) * gate + 4 * unit_roundoff * most;
  return {std::min(1 - off / (p.barrier - range), 1 - gate), error, error};
}

Bound nearest_value(const Form& form, double gap) {
  const double error = form_error(form);
  return {1 - 2 * error / gap, error, 0};
}

double line_rounding(const Form& form, double slope, double offset) {
  const double sizes = std::fabs(slope) * form.magnitude + std::fabs(offset);
  return (form.terms + 2) * (unit_roundoff * sizes + underflow * (1 + sizes));
}

Bound highest_line(const Form& form, double rounding, double gap) {
  const double error = form.carried + 2 * rounding;
  return {1 - 2 * error / gap, error, 0};
}

// The right column has at least 1 - spread, another at most spread, the implicit one ½.
Bound highest_column(const Accuracy& read) {
  const double error = read.spread + (read.spread > 0 ? read.terms * unit_roundoff : 0);
  return {1 - 2 * error, error, 0};
}

}  // namespace rasp::proof
