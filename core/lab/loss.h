// What is minimised, and its derivatives.
#pragma once
#include <cmath>
#include <span>
#include <vector>

#include "lab/matrix.h"
#include "lab/numbers.h"

namespace rasp::lab {

// What the output should be at one position: the column of the right value, or a number.
struct Target {
  std::int32_t column = -1;  // < 0 where the output is numerical
  float number = 0;
  bool counts = false;  // false: BOS, and positions at which the program has no value
};

// The weight of one position in a mean over those that count.
inline double share_of(std::span<const Target> targets) {
  std::int64_t counted = 0;
  for (const Target& t : targets) counted += t.counts;
  return 1.0 / static_cast<double>(std::max<std::int64_t>(counted, 1));
}

// Mean cross-entropy over the positions that count; d: its derivative by the logits, of their shape.
template <class Real>
double cross_entropy(const Matrix<Real>& logits, std::span<const Target> targets, Matrix<Real>& d) {
  d.resize(logits.rows, logits.columns);
  const double share = share_of(targets);
  double loss = 0;
  for (std::int32_t r = 0; r < logits.rows; ++r) {
    const Target& t = targets[static_cast<std::size_t>(r)];
    if (!t.counts) continue;
    const Real* x = logits.row(r);
    const Real largest = *std::max_element(x, x + logits.columns);
    double sum = 0;
    Real* out = d.row(r);
    for (std::int32_t c = 0; c < logits.columns; ++c) {
      out[c] = Real(exponential(static_cast<double>(x[c] - largest)));
      sum += out[c];
    }
    for (std::int32_t c = 0; c < logits.columns; ++c) out[c] = Real(out[c] / sum * share);
    out[t.column] -= Real(share);
    loss += sum == sum ? (logarithm(sum) - static_cast<double>(x[t.column] - largest)) * share : sum;
  }
  return loss;
}

// Mean squared difference of column 0 over the positions that count.
template <class Real>
double squared_error(const Matrix<Real>& logits, std::span<const Target> targets, Matrix<Real>& d) {
  d.resize(logits.rows, logits.columns);
  const double share = share_of(targets);
  double loss = 0;
  for (std::int32_t r = 0; r < logits.rows; ++r) {
    const Target& t = targets[static_cast<std::size_t>(r)];
    if (!t.counts) continue;
    const double e = static_cast<double>(logits(r, 0)) - static_cast<double>(t.number);
    loss += e * e * share;
    d(r, 0) = Real(2 * e * share);
  }
  return loss;
}

// Mean over all elements of (y − target)²; d: its derivative by y.
template <class Real>
double mean_square(const Matrix<Real>& y, const Matrix<Real>& target, Matrix<Real>& d) {
  d.shape(y.rows, y.columns);
  const Real share = Real(2) / Real(static_cast<double>(y.rows) * y.columns);
  double loss = 0;
  for (std::int32_t r = 0; r < y.rows; ++r) {
    Real sum = 0;
    for (std::int32_t c = 0; c < y.columns; ++c) {
      const Real e = y(r, c) - target(r, c);
      sum += e * e;
      d(r, c) = share * e;
    }
    loss += static_cast<double>(sum);
  }
  return loss / (static_cast<double>(y.rows) * y.columns);
}

}  // namespace rasp::lab
