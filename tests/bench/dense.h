// The yardstick: the same model with dense Eigen matrices, heads of a layer side by side, one product for all
// positions.
#pragma once
#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <vector>
#include "model/transformer.h"

namespace rasp::bench {

class DenseModel {
 public:
  using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  using Row = Eigen::RowVectorXf;

  explicit DenseModel(const Transformer& m)
      : causal_(m.causal),
        scale_(1 / std::sqrt(static_cast<float>(m.d_head()))),
        W_E_(m.W_E),
        W_pos_(m.W_pos),
        W_U_(m.W_U),
        b_U_(row(m.b_U)) {
    for (const Layer& layer : m.layers) {
      Block b;
      for (const AttentionHead& h : layer.heads) {
        b.starts.push_back(b.width);
        b.width += h.W_Q.cols();
      }
      b.starts.push_back(b.width);
      b.W_QKV = Matrix::Zero(m.d_model, 3 * b.width);
      b.b_QKV = Row::Zero(3 * b.width);
      b.W_O = Matrix::Zero(b.width, m.d_model);
      for (std::size_t i = 0; i < layer.heads.size(); ++i) {
        const AttentionHead& h = layer.heads[i];
        const Eigen::Index at = b.starts[i], d = h.W_Q.cols();
        b.W_QKV.middleCols(at, d) = Matrix(h.W_Q) * scale_;
        b.W_QKV.middleCols(b.width + at, d) = Matrix(h.W_K);
        b.W_QKV.middleCols(2 * b.width + at, d) = Matrix(h.W_V);
        b.b_QKV.segment(at, d) = row(h.b_Q) * scale_;
        b.b_QKV.segment(b.width + at, d) = row(h.b_K);
        b.b_QKV.segment(2 * b.width + at, d) = row(h.b_V);
        b.W_O.middleRows(at, d) = Matrix(h.W_O);
      }
      b.b_O = row(layer.b_O);
      b.W_in = Matrix(layer.mlp.W_in);
      b.W_out = Matrix(layer.mlp.W_out);
      b.b_in = row(layer.mlp.b_in);
      b.b_out = row(layer.mlp.b_out);
      blocks_.push_back(std::move(b));
    }
  }

  void forward(const std::vector<std::int32_t>& ids, std::vector<float>& logits) {
    const auto T = static_cast<Eigen::Index>(ids.size());
    x_.resize(T, W_E_.cols());
    for (Eigen::Index t = 0; t < T; ++t) x_.row(t) = W_E_.row(ids[static_cast<std::size_t>(t)]) + W_pos_.row(t);
    for (const Block& b : blocks_) {
      if (b.width > 0) {
        qkv_.noalias() = x_ * b.W_QKV;
        qkv_.rowwise() += b.b_QKV;
        z_.resize(T, b.width);
        for (std::size_t h = 0; h + 1 < b.starts.size(); ++h) {
          const Eigen::Index at = b.starts[h], d = b.starts[h + 1] - at;
          scores_.noalias() = qkv_.middleCols(at, d) * qkv_.middleCols(b.width + at, d).transpose();
          for (Eigen::Index t = 0; t < T; ++t) {
            const Eigen::Index n = causal_ ? t + 1 : T;
            auto visible = scores_.row(t).head(n).array();
            visible = (visible - visible.maxCoeff()).exp();
            visible /= visible.sum();
            scores_.row(t).tail(T - n).setZero();
          }
          z_.middleCols(at, d).noalias() = scores_ * qkv_.middleCols(2 * b.width + at, d);
        }
        x_.noalias() += z_ * b.W_O;
      }
      x_.rowwise() += b.b_O;
      if (b.W_in.cols() > 0) {
        hidden_.noalias() = x_ * b.W_in;
        hidden_ = (hidden_.rowwise() + b.b_in).cwiseMax(0.0f);
        x_.noalias() += hidden_ * b.W_out;
      }
      x_.rowwise() += b.b_out;
    }
    logits.resize(static_cast<std::size_t>(T * W_U_.cols()));
    Eigen::Map<Matrix> out(logits.data(), T, W_U_.cols());
    out.noalias() = x_ * W_U_;
    out.rowwise() += b_U_;
  }

 private:
  struct Block {
    Eigen::Index width = 0;            // Σ d_head
    std::vector<Eigen::Index> starts;  // of each head, and the end
    Matrix W_QKV, W_O, W_in, W_out;
    Row b_QKV, b_O, b_in, b_out;
  };
  static Row row(const std::vector<float>& b) {
    return Eigen::Map<const Row>(b.data(), static_cast<Eigen::Index>(b.size()));
  }

  bool causal_;
  float scale_;
  Matrix W_E_, W_pos_, W_U_;
  Row b_U_;
  std::vector<Block> blocks_;
  Matrix x_, qkv_, z_, scores_, hidden_;
};

}  // namespace rasp::bench
