// The model of reference.py: the same numbers from the same stream.
#pragma once
#include "lab/basis.h"

namespace rasp::testing {

class Stream {
 public:
  explicit Stream(std::uint64_t state) : state_(state) {}
  double draw() {
    state_ = (state_ * 1103515245u + 12345u) % 2147483648u;
    return static_cast<double>(state_) / 1073741824 - 1;
  }
  template <class Real>
  void fill(lab::Matrix<Real>& m, std::int32_t row, std::int32_t column, std::int32_t rows, std::int32_t columns,
            double size = 1) {
    for (std::int32_t r = 0; r < rows; ++r)
      for (std::int32_t c = 0; c < columns; ++c) m(row + r, column + c) = static_cast<Real>(size * draw());
  }
  template <class Real>
  void fill(lab::Matrix<Real>& m) {
    fill(m, 0, 0, m.rows, m.columns);
  }

 private:
  std::uint64_t state_;
};

inline lab::Shape small_shape(bool causal) {
  lab::Shape s;
  s.width = s.written = 7;
  s.vocabulary = 4, s.positions = 5, s.outputs = 3;
  s.causal = causal;
  s.scale = 0.8;
  s.layers = {{{{2, 3}, {1, 2}}, 5}, {{{3, 1}}, 5}};
  return s;
}

template <class Real>
lab::Network<Real> small_network(bool causal) {
  lab::Network<Real> n(small_shape(causal));
  Stream s(7);
  s.fill(n.weights.W_E), s.fill(n.weights.W_pos);
  for (std::size_t l = 0; l < n.weights.layers.size(); ++l) {
    lab::LayerParameters<Real>& p = n.weights.layers[l];
    for (std::size_t h = 0; h < n.shape().layers[l].heads.size(); ++h) {
      const lab::HeadShape w = n.shape().layers[l].heads[h];
      const std::int32_t at = n.head_column(l, h, false), v = n.head_column(l, h, true);
      s.fill(p.W_Q, 0, at, 7, w.qk), s.fill(p.W_K, 0, at, 7, w.qk), s.fill(p.W_V, 0, v, 7, w.v);
      s.fill(p.b_Q, 0, at, 1, w.qk), s.fill(p.b_K, 0, at, 1, w.qk), s.fill(p.b_V, 0, v, 1, w.v);
      s.fill(p.W_O, v, 0, w.v, 7);
    }
    s.fill(p.b_O);
    s.fill(p.W_in), s.fill(p.b_in), s.fill(p.W_out), s.fill(p.b_out);
  }
  s.fill(n.weights.W_U), s.fill(n.weights.b_U);
  return n;
}

inline lab::Batch small_batch() {
  lab::Batch b;
  const std::vector<std::vector<std::int32_t>> sequences{{3, 0, 1, 2, 0}, {3, 2, 2}, {3, 1, 0, 0}};
  for (const auto& s : sequences) b.add(s);
  return b;
}

}  // namespace rasp::testing
