// The inner loops of the forward pass. Four lanes, spelled with the vector extension that g++ and clang share, so that
// native and WebAssembly run the same operations in the same order and give the same bits.
#pragma once
#include <cstdint>
#include <cstring>
#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__wasm_simd128__)
#include <wasm_simd128.h>
#endif

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
inline Float4 relu4(Float4 a) { return (Float4)((Int4)a & (a > Float4{})); }
inline float sum4(Float4 v) { return (v[0] + v[1]) + (v[2] + v[3]); }

// One bit per lane, from the lane's highest bit.
inline int mask4(Int4 v) {
#if defined(__SSE2__)
  return _mm_movemask_ps((__m128)v);
#elif defined(__wasm_simd128__)
  return static_cast<int>(wasm_i32x4_bitmask((v128_t)v));
#else
  return (v[0] < 0) | (v[1] < 0) << 1 | (v[2] < 0) << 2 | (v[3] < 0) << 3;
#endif
}
inline bool any_nonzero4(Int4 v) { return mask4(v != Int4{}) != 0; }

// Weights below e^floor of the largest count as zero: 2^-60 of it. Float32 keeps 2^-24 of a sum that the largest
// enters, and a proof of exactness allows for 2^-30 of leakage in all, so neither can tell; but codes that were moved
// stay exactly zero where they should, which is what makes them sparse, and no subnormal number (which is slow) comes
// out.
constexpr float exponent_floor = -41.5f;

// e^x for exponent_floor ≤ x ≤ 0, within 2 units in the last place. x = n·ln 2 + r with |r| ≤ ln 2 / 2; e^r by its
// series to r^7 (the next term is below 2^-27).
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
  return y * (Float4)exponent;
}

// All of the following take n as a multiple of 4 where they do not say otherwise.

// y += a · x
inline void add_scaled(float* y, const float* x, float a, std::int32_t n) {
  const Float4 a4 = splat4(a);
  for (std::int32_t i = 0; i < n; i += 4) store4(y + i, load4(y + i) + a4 * load4(x + i));
}
// y = a · x
inline void scale(float* y, const float* x, float a, std::int32_t n) {
  const Float4 a4 = splat4(a);
  for (std::int32_t i = 0; i < n; i += 4) store4(y + i, a4 * load4(x + i));
}
inline void fill(float* y, float a, std::int32_t n) {
  const Float4 a4 = splat4(a);
  for (std::int32_t i = 0; i < n; i += 4) store4(y + i, a4);
}

// All but the lanes below n; x is readable up to the next multiple of 4, whatever lies there.
inline Float4 masked4(const float* x, std::int32_t n) {
  const Int4 lanes = Int4{0, 1, 2, 3} < Int4{n, n, n, n};
  return (Float4)((Int4)load4(x) & lanes);
}
// Σ x·y over n positions; n need not be a multiple of 4, and x is zero beyond n.
inline float dot(const float* x, const float* y, std::int32_t n) {
  Float4 s{}, t{};
  std::int32_t i = 0;
  for (; i + 8 <= n; i += 8) {
    s += load4(x + i) * load4(y + i);
    t += load4(x + i + 4) * load4(y + i + 4);
  }
  for (; i < n; i += 4) s += load4(x + i) * masked4(y + i, n - i);
  return sum4(s + t);
}

// y = bias + Σ weights[e] · inputs[e], then relu if Relu. y may be one of the inputs. → any non-zero in y?
template <bool Relu>
inline bool combine(float* y, float bias, const float* const* inputs, const float* weights, std::int32_t count,
                    std::int32_t n) {
  const Float4 b = splat4(bias);
  Int4 any{};
  std::int32_t i = 0;
  const auto finish = [&](Float4 v, std::int32_t at) {
    if (Relu) v = relu4(v);
    any |= v != Float4{};
    store4(y + at, v);
  };
  for (; i + 16 <= n; i += 16) {
    Float4 s0 = b, s1 = b, s2 = b, s3 = b;
    for (std::int32_t e = 0; e < count; ++e) {
      const Float4 w = splat4(weights[e]);
      const float* x = inputs[e] + i;
      s0 += w * load4(x);
      s1 += w * load4(x + 4);
      s2 += w * load4(x + 8);
      s3 += w * load4(x + 12);
    }
    finish(s0, i);
    finish(s1, i + 4);
    finish(s2, i + 8);
    finish(s3, i + 12);
  }
  for (; i < n; i += 4) {
    Float4 s = b;
    for (std::int32_t e = 0; e < count; ++e) s += splat4(weights[e]) * load4(inputs[e] + i);
    finish(s, i);
  }
  return mask4(any) != 0;
}

// Positions i < n (n need not be a multiple of 4, but x is readable up to the next) with x[i] ≠ 0, ascending, into
// `out`; → how many.
inline std::int32_t nonzero_positions(const float* x, std::int32_t n, std::int32_t* out) {
  std::int32_t count = 0;
  for (std::int32_t i = 0; i < n; i += 4) {
    int mask = mask4(load4(x + i) != Float4{});
    if (n - i < 4) mask &= (1 << (n - i)) - 1;
    for (; mask; mask &= mask - 1) out[count++] = i + __builtin_ctz(static_cast<unsigned>(mask));
  }
  return count;
}

// Softmax of x[0..n) in place. `groups` receives the offsets of the runs of four that are not all zero; → how many.
inline std::int32_t softmax(float* x, std::int32_t n, std::int32_t* groups) {
  Float4 m = load4(x);
  for (std::int32_t i = 4; i < n; i += 4) m = max4(m, load4(x + i));
  m = max4(m, Float4{m[2], m[3], m[0], m[1]});
  m = max4(m, Float4{m[1], m[0], m[3], m[2]});
  const Float4 floor = splat4(exponent_floor);
  Float4 sum{};
  std::int32_t count = 0;
  for (std::int32_t i = 0; i < n; i += 4) {
    const Float4 below = load4(x + i) - m;
    const Int4 kept = below >= floor;
    if (!mask4(kept)) {
      store4(x + i, Float4{});
      continue;
    }
    const Float4 e = (Float4)((Int4)exp4(below) & kept);
    store4(x + i, e);
    sum += e;
    groups[count++] = i;
  }
  const Float4 divisor = splat4(sum4(sum));
  for (std::int32_t g = 0; g < count; ++g) store4(x + groups[g], load4(x + groups[g]) / divisor);
  return count;
}

// out[t·stride + r] = rows[r][t] for r < n_rows, t < n; rows are readable up to the next multiple of 4.
inline void transpose(const float* const* rows, std::int32_t n_rows, std::int32_t n, float* out, std::int64_t stride) {
  std::int32_t r = 0;
  for (; r + 4 <= n_rows; r += 4) {
    const float *a = rows[r], *b = rows[r + 1], *c = rows[r + 2], *d = rows[r + 3];
    std::int32_t t = 0;
    for (; t + 4 <= n; t += 4) {
      const Float4 w = load4(a + t), x = load4(b + t), y = load4(c + t), z = load4(d + t);
      const Float4 wx_low = __builtin_shufflevector(w, x, 0, 4, 1, 5),
                   wx_high = __builtin_shufflevector(w, x, 2, 6, 3, 7);
      const Float4 yz_low = __builtin_shufflevector(y, z, 0, 4, 1, 5),
                   yz_high = __builtin_shufflevector(y, z, 2, 6, 3, 7);
      float* to = out + t * stride + r;
      store4(to, __builtin_shufflevector(wx_low, yz_low, 0, 1, 4, 5));
      store4(to + stride, __builtin_shufflevector(wx_low, yz_low, 2, 3, 6, 7));
      store4(to + 2 * stride, __builtin_shufflevector(wx_high, yz_high, 0, 1, 4, 5));
      store4(to + 3 * stride, __builtin_shufflevector(wx_high, yz_high, 2, 3, 6, 7));
    }
    for (; t < n; ++t) store4(out + t * stride + r, Float4{a[t], b[t], c[t], d[t]});
  }
  for (; r < n_rows; ++r)
    for (std::int32_t t = 0; t < n; ++t) out[t * stride + r] = rows[r][t];
}

}  // namespace rasp::kernels
