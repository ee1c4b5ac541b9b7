// Numbers that are the same to the last bit on every machine: random draws, and the few functions whose results C
// libraries round differently. All in double, by operations that IEEE 754 fixes (+ − × ÷ √).
#pragma once
#include <cmath>
#include <cstdint>

namespace rasp::lab {

// ln x for x > 0, within a few units in the last place: x = m·2^e with √½ ≤ m < √2, and ln m = 2·artanh((m − 1)/(m +
// 1)).
inline double logarithm(double x) {
  int e = 0;
  double m = std::frexp(x, &e);
  if (m < 0.70710678118654752) m *= 2, --e;
  const double t = (m - 1) / (m + 1), t2 = t * t;
  double sum = 0;
  for (int k = 21; k >= 1; k -= 2) sum = sum * t2 + 1.0 / k;
  return 2 * t * sum + e * 0.69314718055994531;
}

// e^x for x ≤ 0, within a few units in the last place; 0 below −700. x = n·ln 2 + r, and the series of e^r.
inline double exponential(double x) {
  if (!(x >= -700)) return x == x ? 0 : x;
  const double n = std::nearbyint(x * 1.4426950408889634);
  const double r = (x - n * 0.693147180369123816490) - n * 1.90821492927058770002e-10;
  double sum = 1;
  for (int k = 13; k >= 1; --k) sum = 1 + r / k * sum;
  return std::ldexp(sum, static_cast<int>(n));
}

// cos x for 0 ≤ x ≤ π, within 1e-14: its series at x − π/2.
inline double cosine(double x) {
  const double y = x - 1.5707963267948966, y2 = y * y;
  double sum = 0;
  for (int k = 23; k >= 1; k -= 2) sum = 1 - y2 / ((k + 1) * (k + 2)) * sum;
  return -y * sum;
}

// xorshift64*: a stream of draws for every seed, 0 included.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15ull + 0x2545f4914f6cdd1dull) {
    if (state_ == 0) state_ = 1;
    for (int i = 0; i < 8; ++i) bits();  // neighbouring seeds part
  }
  std::uint64_t bits() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 0x2545f4914f6cdd1dull;
  }
  // 0 ≤ result < n; n from 1 to 2^31.
  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>((bits() >> 32) * n >> 32); }
  double unit() { return static_cast<double>(bits() >> 11) * 0x1p-53; }  // 0 ≤ x < 1
  // Normal with mean 0 and deviation 1 (Marsaglia's polar method).
  double normal() {
    for (;;) {
      const double u = 2 * unit() - 1, v = 2 * unit() - 1, s = u * u + v * v;
      if (s > 0 && s < 1) return u * std::sqrt(-2 * logarithm(s) / s);
    }
  }

 private:
  std::uint64_t state_;
};

}  // namespace rasp::lab
