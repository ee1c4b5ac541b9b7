// How large the scores, slopes and barriers of a block are: each from the gap that it must separate. The lemmas
// (proof/lemmas.h) hold for any choice; these make their margins positive.
#pragma once
#include <cstdint>

namespace rasp::proof {

// A float with at most 12 significant bits, at least x > 0: small multiples of it and their sums are exact in float32.
double round_up_12(double x);
// Is √x a power of two? Then dividing a score by √d_head rounds nothing.
bool power_of_four(std::int32_t x);
// The least power of two that is at least x > 0.
double power_of_two_above(double x);

// Scores of a head: see lemma 3. A selected pair scores lead·s, BOS bos·s.
struct Scores {
  double amplitude = 1;    // of the weights: s·√d_head
  double s = 1;            // of the scores
  double bos = 0.5;        // in units of s
  double count_scale = 0;  // counting heads: e^((bos - lead)·s), by which the weight off BOS is multiplied
};
struct ScoreNeeds {
  double n = 0;  // maximal length
  double lead = 1, compared = 0;
  bool counts = false;   // a selector width
  bool several = false;  // a mean over several keys
  bool balance = false;  // s no larger than weighs the errors of what is compared against the leakage
  std::int32_t d_head = 1;
  double total = 0, largest = 1;  // counts: the most that a row adds up to (a width: its keys), and the largest term
};
Scores choose_scores(const ScoreNeeds& needs);

// A step at threshold t, between neighbours that lie `gap` apart, on an axis from low to high.
struct StepAmplitude {
  double slope = 1, side = 0, barrier = 0;
};
StepAmplitude choose_step(double t, double gap, bool down, double low, double high, double axis_constant);

}  // namespace rasp::proof
