// AdamW (Loshchilov and Hutter 2019) and learning rates.
#pragma once
#include <cmath>
#include <vector>

#include "lab/matrix.h"
#include "lab/numbers.h"

namespace rasp::lab {

template <class Real>
class AdamW {
 public:
  double beta1 = 0.9, beta2 = 0.99, epsilon = 1e-8, decay = 0;
  // Both must outlive the optimiser. Biases and the like are not decayed.
  void add(Matrix<Real>& parameter, const Matrix<Real>& gradient, bool decayed = true) {
    if (!parameter.empty()) slots_.push_back({&parameter, &gradient, decayed, {}, {}});
  }
  // One step: p −= rate·(m̂ / (√v̂ + ε) + decay·p).
  void step(double rate) {
    power1_ *= beta1, power2_ *= beta2;
    const Real b1 = Real(beta1), b2 = Real(beta2), c1 = Real(1 / (1 - power1_)), c2 = Real(1 / (1 - power2_));
    for (Slot& s : slots_) {
      const std::size_t n = s.parameter->data.size();
      s.mean.resize(n), s.square.resize(n);
      Real* p = s.parameter->data.data();
      const Real* g = s.gradient->data.data();
      const Real lost = s.decayed ? Real(rate * decay) : Real(0), r = Real(rate), e = Real(epsilon);
      for (std::size_t i = 0; i < n; ++i) {
        s.mean[i] = b1 * s.mean[i] + (1 - b1) * g[i];
        s.square[i] = b2 * s.square[i] + (1 - b2) * (g[i] * g[i]);
        p[i] -= lost * p[i] + r * (s.mean[i] * c1) / (std::sqrt(s.square[i] * c2) + e);
      }
    }
  }

 private:
  struct Slot {
    Matrix<Real>* parameter;
    const Matrix<Real>* gradient;
    bool decayed;
    std::vector<Real> mean, square;
  };
  std::vector<Slot> slots_;
  double power1_ = 1, power2_ = 1;
};

// The learning rate of step 0 ≤ step < steps.
struct Schedule {
  enum class Kind { Cosine, Linear } kind = Kind::Cosine;
  double rate = 1e-2, last = 1e-6;  // Linear: from `rate` to `last` over the first half of the steps, then `last`
  double warm_up = 0;               // share of the steps in which the rate rises from 0 (Cosine)
  double at(std::int64_t step, std::int64_t steps) const {
    const double x = steps > 1 ? static_cast<double>(step) / static_cast<double>(steps) : 0;
    if (kind == Kind::Linear) return x >= 0.5 ? last : rate + (last - rate) * 2 * x;
    if (x < warm_up) return rate * (static_cast<double>(step) + 1) / (warm_up * static_cast<double>(steps) + 1);
    const double y = warm_up < 1 ? (x - warm_up) / (1 - warm_up) : 1;
    return rate * 0.5 * (1 + cosine(3.141592653589793 * y));
  }
};

}  // namespace rasp::lab
