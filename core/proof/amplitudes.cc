#include "proof/amplitudes.h"

#include <algorithm>
#include <cmath>

namespace rasp::proof {

double round_up_12(double x) {
  int exponent = 0;
  const double mantissa = std::frexp(x, &exponent);
  return std::ldexp(std::ceil(mantissa * 4096) / 4096, exponent);
}

bool power_of_four(std::int32_t x) { return x > 0 && (x & (x - 1)) == 0 && (x & 0x55555555) != 0; }

double power_of_two_above(double x) { return std::ldexp(1.0, static_cast<int>(std::ceil(std::log2(x) - 1e-12))); }

// s keeps the weight of all unselected keys under 2^-30. √d_head is folded into W_Q, and the amplitude has 12 bits, so
// that all selected keys of a row get exactly the same score where what is compared is exact.
//
// In a width, BOS outweighs every selected key by e^β ≈ M instead: the weight off BOS is w/(M+w), which is w to within
// w²/M after scaling by M. A width need only be told from its neighbours: 2^-16 of leakage does.
//
// Errors of what is compared grow with s: with `balance`, s is no larger than weighs them against the leakage.
Scores choose_scores(const ScoreNeeds& needs) {
  const double root = std::sqrt(static_cast<double>(needs.d_head)), far = std::log(needs.n + 1.0);
  double step =
      needs.counts ? far + 16 * std::log(2.0) + std::log(std::max(1.0, needs.largest)) : 2 * (far + 30 * std::log(2.0));
  if (needs.balance && needs.compared > 0 && needs.counts)
    step = std::min(step, std::max(far + 3 + std::log(std::max(1.0, needs.largest)), -std::log(2 * needs.compared)));
  if (needs.balance && needs.compared > 0 && needs.several && !needs.counts)
    step = std::min(step, 2 * (far + 3 + std::max(4.0, -std::log(needs.compared))));
  Scores scores;
  scores.amplitude = round_up_12(step * root);
  scores.s = scores.amplitude / root;
  scores.bos = needs.lead - 0.5;
  if (needs.counts) {
    const double beta_steps =
        std::ceil(16 * std::log(4096.0 * (needs.n + 1) * std::max(needs.n + 1, needs.total)) / scores.s);
    scores.bos = needs.lead + beta_steps / 16;
    scores.count_scale = std::exp(static_cast<double>(
        static_cast<float>(beta_steps / 16 * scores.amplitude / static_cast<double>(static_cast<float>(root)))));
  }
  return scores;
}

// A slope of 2/gap or more leaves half of the gap for errors. The barrier holds the steps of a closed gate below zero
// wherever the axis may be.
StepAmplitude choose_step(double t, double gap, bool down, double low, double high, double axis_constant) {
  StepAmplitude a;
  a.slope = power_of_two_above(2 / gap);
  a.side = a.slope * (down ? t - low : high - t) + 2;
  const double at_bos =
      a.slope * (down ? -1 : 1) * (axis_constant - t) + 0.5;  // BOS may lie outside of the axis' range
  a.barrier = power_of_two_above(std::max(a.side, at_bos) + 1);
  return a;
}

}  // namespace rasp::proof
