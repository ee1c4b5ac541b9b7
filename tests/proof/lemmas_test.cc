// The lemmas against what they bound: the worst softmax rows that their premises allow, worked out in doubles here.
#include "proof/lemmas.h"

#include <doctest/doctest.h>

#include <cmath>

#include "proof/amplitudes.h"

using namespace rasp;
using proof::Head;

namespace {
// Weight that goes where none should: every score is off by `error` in the direction that makes it worst.
double leaked(const Head& h, int selected, double error) {
  const double bos = std::exp((h.bos - h.lead) * h.s + (selected ? error : -error));
  const double others = (h.n - selected) * std::exp(-h.s + error), chosen = selected * std::exp(-error);
  const double wrong = others + (selected ? bos : 0);
  return wrong / (bos + others + chosen);
}
}  // namespace

TEST_CASE("lemma 3: no row leaks more than its bound, whatever its scores are off by within lemma 2") {
  for (double n : {1.0, 2.0, 8.0, 64.0, 512.0})
    for (double s : {8.0, 20.0, 45.0, 60.0})
      for (double compared : {0.0, 1e-6, 1e-3, 0.05, 0.1}) {
        const Head h{n, s, 2, 1.5, 2, compared};
        if (!(proof::score_margin(h) > 0)) continue;
        for (int selected : {0, 1}) CHECK(leaked(h, selected, proof::score_error(h)) <= proof::leakage(h));
      }
}

TEST_CASE("lemma 2: what is compared moves a score by its own error, and the margin is used up where 8E reaches s") {
  for (double s : {8.0, 45.0})
    for (double compared : {0.0, 1e-4, 0.02, 0.1, 0.124, 0.126, 0.2, 0.5, 2.0}) {
      const Head h{16, s, 1, 0.5, 3, compared};
      CHECK(proof::score_error(h) >= s * compared);
      CHECK((proof::score_margin(h) > 0) == (8 * proof::score_error(h) < s));
      CHECK((proof::score_margin(h) > 0) == (compared < 0.125));
    }
}

TEST_CASE("lemma 4: a count is off by no more than its bound") {
  for (double n : {1.0, 5.0, 8.0, 40.0}) {
    const double M = 4096 * (n + 1) * (n + 1);
    for (double s : {20.0, 45.0}) {
      const Head h{n, s, 1, 1 + std::log(M) / s, 1, 0};
      const double error = proof::counting_head(h, M).error;
      for (double w = 0; w <= n; ++w) {
        const double others = (n - w) * std::exp(-s), read = M * (w + others) / (M + w + others);
        CHECK(std::fabs(read - w) <= error);
      }
    }
  }
}

TEST_CASE("the scores of a head silence what is not selected to 2^-30, and a width's to 2^-16") {
  for (double n : {1.0, 8.0, 64.0, 512.0})
    for (int d_head : {1, 2, 7, 64})
      for (bool counts : {false, true}) {
        const proof::Scores scores = proof::choose_scores({n, 1, 0, counts, false, false, d_head});
        const double unselected = counts ? (n + 1) * std::exp(-scores.s) : (n + 1) * std::exp(-scores.s / 2);
        CHECK(unselected <= (counts ? 0x1p-16 : 0x1p-30) * (1 + 1e-9));
      }
}

TEST_CASE("lemma 11: no margin is left where the numbers of a line are smaller than those that float32 has") {
  const proof::Form tiny{0, 1e-300, 1, false};
  CHECK(proof::highest_line(tiny, proof::line_rounding(tiny, 0.5, 5e-301), 1e-300).margin <= 0);
  const proof::Form ordinary{0, 3, 1, false};
  CHECK(proof::highest_line(ordinary, proof::line_rounding(ordinary, 0.5, 1), 1).margin > 0.99);
}
