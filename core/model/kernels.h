// The few inner loops of the forward pass. Four lanes, spelled with the vector extension that g++ and clang share, so
// that native and WebAssembly run the same operations in the same order and give the same bits.
#pragma once
#include <cstdint>
#include <cstring>

namespace rasp::kernels {

typedef float Float4 __attribute__((vector_size(16)));
typedef std::int32_t Int4 __attribute__((vector_size(16)));

inline Float4 load4(const float* p) {
  Float4 v;
  std::memcpy(&v, p, sizeof v);
  return v;
}
inline void store4(float* p, Float4 v) { std::memcpy(p, &v, sizeof v); }
inline Float4 splat4(float x) { return Float4{x, x, x, x}; }
inline Float4 max4(Float4 a, Float4 b) {
  const Int4 greater = a > b;
  return (Float4)(((Int4)a & greater) | ((Int4)b & ~greater));
}

// e^x for x ≤ 0, within 2 units in the last place; exactly 0 below -87, so that no subnormal number (which is slow)
// ever comes out. x = n·ln 2 + r with |r| ≤ ln 2 / 2; e^r by its series to r^7 (the next term is below 2^-27).
inline Float4 exp4(Float4 x) {
  const Float4 magic = splat4(12582912.0f);  // 1.5·2^23: adding it rounds to an integer, left in the low bits
  const Float4 shifted = x * splat4(1.44269504f) + magic;
  const Float4 n = shifted - magic;
  // ln 2 in two parts; the first has 9 bits, so n times it is exact.
  const Float4 r = (x - n * splat4(0.693359375f)) - n * splat4(-2.12194440e-4f);
  Float4 y = splat4(1.0f / 5040.0f);
  y = y * r + splat4(1.0f / 720.0f);
  y = y * r + splat4(1.0f / 120.0f);
  y = y * r + splat4(1.0f / 24.0f);
  y = y * r + splat4(1.0f / 6.0f);
  y = y * r + splat4(0.5f);
  y = y * r * r + r + splat4(1.0f);
  const Int4 exponent = ((Int4)shifted - (Int4)magic + 127) << 23;
  const Int4 kept = x >= splat4(-87.0f);
  return (Float4)((Int4)(y * (Float4)exponent) & kept);
}

// y[0..n) += a · x[0..n)
inline void add_scaled(float* y, const float* x, float a, std::int32_t n) {
  const Float4 a4 = splat4(a);
  std::int32_t i = 0;
  for (; i + 4 <= n; i += 4) store4(y + i, load4(y + i) + a4 * load4(x + i));
  for (; i < n; ++i) y[i] += a * x[i];
}

inline float dot(const float* x, const float* y, std::int32_t n) {
  Float4 s = splat4(0), t = splat4(0);
  std::int32_t i = 0;
  for (; i + 8 <= n; i += 8) {
    s += load4(x + i) * load4(y + i);
    t += load4(x + i + 4) * load4(y + i + 4);
  }
  s += t;
  float sum = (s[0] + s[1]) + (s[2] + s[3]);
  for (; i < n; ++i) sum += x[i] * y[i];
  return sum;
}

// Softmax of x[0..n) in place, n ≥ 1. Subtracts the largest, so exp4's range is enough.
inline void softmax(float* x, std::int32_t n) {
  float largest = x[0];
  std::int32_t i = 0;
  if (n >= 4) {
    Float4 m = load4(x);
    for (i = 4; i + 4 <= n; i += 4) m = max4(m, load4(x + i));
    for (int lane = 0; lane < 4; ++lane) largest = m[lane] > largest ? m[lane] : largest;
  }
  for (; i < n; ++i) largest = x[i] > largest ? x[i] : largest;

  const Float4 top = splat4(largest);
  Float4 sum4 = splat4(0);
  for (i = 0; i + 4 <= n; i += 4) {
    const Float4 e = exp4(load4(x + i) - top);
    store4(x + i, e);
    sum4 += e;
  }
  float sum = (sum4[0] + sum4[1]) + (sum4[2] + sum4[3]);
  if (i < n) {
    Float4 rest = splat4(-1e30f);
    std::memcpy(&rest, x + i, static_cast<std::size_t>(n - i) * sizeof(float));
    const Float4 e = exp4(rest - top);
    std::memcpy(x + i, &e, static_cast<std::size_t>(n - i) * sizeof(float));
    for (int lane = 0; lane < n - i; ++lane) sum += e[lane];
  }
  const Float4 divisor = splat4(sum);
  for (i = 0; i + 4 <= n; i += 4) store4(x + i, load4(x + i) / divisor);
  for (; i < n; ++i) x[i] /= sum;
}

}  // namespace rasp::kernels
