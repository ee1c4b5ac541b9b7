// Dense matrices and their products in a fixed order of summation: every sum runs over its terms one after the other,
// in lanes that do not mix, so that native and WebAssembly give the same bits. (Eigen's blocking follows the machine's
// caches and registers.)
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

namespace rasp::lab {

inline std::int32_t padded(std::int32_t n) { return (n + 3) / 4 * 4; }

// Row-major; rows lie `stride` apart, a multiple of 4, and what pads them is zero.
template <class Real>
struct Matrix {
  std::int32_t rows = 0, columns = 0, stride = 0;
  std::vector<Real> data;

  Matrix() = default;
  Matrix(std::int32_t r, std::int32_t c) { resize(r, c); }
  // All zero afterwards.
  void resize(std::int32_t r, std::int32_t c) {
    shape(r, c);
    std::fill(data.begin(), data.end(), Real(0));
  }
  // For what is about to be overwritten: elements are left as they are where the size stays.
  void shape(std::int32_t r, std::int32_t c) {
    const bool same = c == columns && stride == padded(c);
    rows = r, columns = c, stride = padded(c);
    const auto n = static_cast<std::size_t>(r) * static_cast<std::size_t>(stride);
    if (!same) data.assign(n, Real(0));
    else data.resize(n);
  }
  void zero() { std::fill(data.begin(), data.end(), Real(0)); }
  bool empty() const { return rows == 0 || columns == 0; }
  Real* row(std::int32_t r) { return data.data() + static_cast<std::size_t>(r) * static_cast<std::size_t>(stride); }
  const Real* row(std::int32_t r) const {
    return data.data() + static_cast<std::size_t>(r) * static_cast<std::size_t>(stride);
  }
  Real& operator()(std::int32_t r, std::int32_t c) { return row(r)[c]; }
  Real operator()(std::int32_t r, std::int32_t c) const { return row(r)[c]; }
};

template <class Real>
struct Lanes;
template <>
struct Lanes<float> {
  typedef float type __attribute__((vector_size(16)));
};
template <>
struct Lanes<double> {
  typedef double type __attribute__((vector_size(32)));
};

// A block of a product: C[r, j] (+)= Σ_k A[r, k]·B[k, j] for 0 ≤ r < Rows and 0 ≤ j < 4·Panels; A[r, k] lies at
// a[r·a_row + k·a_step].
template <class Real, int Rows, int Panels>
inline void block(const Real* a, std::int64_t a_row, std::int64_t a_step, const Real* b, std::int64_t b_row, Real* c,
                  std::int64_t c_row, std::int32_t terms, bool add) {
  using V = typename Lanes<Real>::type;
  V sum[Rows][Panels];
  for (int r = 0; r < Rows; ++r)
    for (int p = 0; p < Panels; ++p) {
      if (add) std::memcpy(&sum[r][p], c + r * c_row + 4 * p, sizeof(V));
      else sum[r][p] = V{};
    }
  for (std::int32_t k = 0; k < terms; ++k) {
    V bs[Panels];
    for (int p = 0; p < Panels; ++p) std::memcpy(&bs[p], b + k * b_row + 4 * p, sizeof(V));
    for (int r = 0; r < Rows; ++r) {
      const Real x = a[r * a_row + k * a_step];
      const V xs = {x, x, x, x};
      for (int p = 0; p < Panels; ++p) sum[r][p] += xs * bs[p];
    }
  }
  for (int r = 0; r < Rows; ++r)
    for (int p = 0; p < Panels; ++p) std::memcpy(c + r * c_row + 4 * p, &sum[r][p], sizeof(V));
}

template <class Real, int Panels>
inline void panel(const Real* a, std::int64_t a_row, std::int64_t a_step, const Real* b, std::int64_t b_row, Real* c,
                  std::int64_t c_row, std::int32_t rows, std::int32_t terms, bool add) {
  std::int32_t r = 0;
  for (; r + 4 <= rows; r += 4)
    block<Real, 4, Panels>(a + r * a_row, a_row, a_step, b, b_row, c + r * c_row, c_row, terms, add);
  for (; r < rows; ++r)
    block<Real, 1, Panels>(a + r * a_row, a_row, a_step, b, b_row, c + r * c_row, c_row, terms, add);
}

// C[rows, columns] (+)= A·B; `columns` a multiple of 4, all of B's and C's columns readable and writable.
template <class Real>
void multiply(const Real* a, std::int64_t a_row, std::int64_t a_step, const Real* b, std::int64_t b_row, Real* c,
              std::int64_t c_row, std::int32_t rows, std::int32_t terms, std::int32_t columns, bool add) {
  if (rows <= 0 || columns <= 0 || (terms <= 0 && add)) return;
  if (terms <= 0) {  // an empty sum; A and B may have no memory at all
    for (std::int32_t r = 0; r < rows; ++r) std::fill(c + r * c_row, c + r * c_row + columns, Real(0));
    return;
  }
  std::int32_t j = 0;
  for (; j + 8 <= columns; j += 8) panel<Real, 2>(a, a_row, a_step, b + j, b_row, c + j, c_row, rows, terms, add);
  if (j < columns) panel<Real, 1>(a, a_row, a_step, b + j, b_row, c + j, c_row, rows, terms, add);
}

// c (+)= a·b. c has its size already where it is added to.
template <class Real>
void product(const Matrix<Real>& a, const Matrix<Real>& b, Matrix<Real>& c, bool add = false) {
  if (!add) c.shape(a.rows, b.columns);
  multiply(a.data.data(), a.stride, 1, b.data.data(), b.stride, c.data.data(), c.stride, a.rows, a.columns, b.stride,
           add);
}

// c (+)= aᵀ·b: how weights get their gradients.
template <class Real>
void product_transposed(const Matrix<Real>& a, const Matrix<Real>& b, Matrix<Real>& c, bool add = false) {
  if (!add) c.shape(a.columns, b.columns);
  multiply(a.data.data(), 1, a.stride, b.data.data(), b.stride, c.data.data(), c.stride, a.columns, a.rows, b.stride,
           add);
}

template <class Real>
void transpose(const Matrix<Real>& a, Matrix<Real>& t) {
  t.shape(a.columns, a.rows);
  for (std::int32_t r = 0; r < a.rows; ++r)
    for (std::int32_t c = 0; c < a.columns; ++c) t(c, r) = a(r, c);
}

// Each row of y += b.
template <class Real>
void add_to_rows(const Matrix<Real>& b, Matrix<Real>& y) {
  for (std::int32_t r = 0; r < y.rows; ++r)
    for (std::int32_t c = 0; c < y.columns; ++c) y(r, c) += b(0, c);
}

// b += the sum of all rows of y.
template <class Real>
void add_rows(const Matrix<Real>& y, Matrix<Real>& b) {
  Real* to = b.row(0);
  for (std::int32_t r = 0; r < y.rows; ++r) {
    const Real* from = y.row(r);
    for (std::int32_t c = 0; c < y.columns; ++c) to[c] += from[c];
  }
}

}  // namespace rasp::lab
