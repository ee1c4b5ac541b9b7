// Eigenvectors of a symmetric matrix by Jacobi's rotations: slow, and the same to the last bit everywhere.
#pragma once
#include <algorithm>
#include <cmath>
#include <vector>

namespace rasp::lab {

struct Spectrum {
  std::vector<double> values;                // descending
  std::vector<std::vector<double>> vectors;  // parallel to values, of length 1
};

inline Spectrum eigenvectors(std::vector<std::vector<double>> a) {
  const std::size_t n = a.size();
  std::vector<std::vector<double>> v(n, std::vector<double>(n, 0));
  for (std::size_t i = 0; i < n; ++i) v[i][i] = 1;
  for (int sweep = 0; sweep < 60; ++sweep) {
    double off = 0, diagonal = 0;
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) (i == j ? diagonal : off) += a[i][j] * a[i][j];
    if (off <= 1e-24 * diagonal) break;
    for (std::size_t p = 0; p < n; ++p)
      for (std::size_t q = p + 1; q < n; ++q) {
        if (a[p][q] == 0) continue;
        const double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
        const double t = (theta >= 0 ? 1 : -1) / (std::abs(theta) + std::sqrt(theta * theta + 1));
        const double c = 1 / std::sqrt(t * t + 1), s = t * c;
        for (std::size_t k = 0; k < n; ++k) {
          const double x = a[k][p], y = a[k][q];
          a[k][p] = c * x - s * y, a[k][q] = s * x + c * y;
        }
        for (std::size_t k = 0; k < n; ++k) {
          const double x = a[p][k], y = a[q][k];
          a[p][k] = c * x - s * y, a[q][k] = s * x + c * y;
        }
        for (std::size_t k = 0; k < n; ++k) {
          const double x = v[p][k], y = v[q][k];
          v[p][k] = c * x - s * y, v[q][k] = s * x + c * y;
        }
      }
  }
  std::vector<std::size_t> order(n);
  for (std::size_t i = 0; i < n; ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t x, std::size_t y) { return a[x][x] > a[y][y]; });
  Spectrum out;
  for (const std::size_t i : order) out.values.push_back(a[i][i]), out.vectors.push_back(v[i]);
  return out;
}

}  // namespace rasp::lab
