// The transformer with gradients: dense, many sequences at a time, in float for experiments and in double for checks.
//
// Row vectors: y = x·W + b. The residual stream of all sequences of a batch lies in one matrix, a row a position,
// sequences one after the other (of any lengths; nothing is padded). With a basis W [D, width] (Tracr's paper, section
// 5) the model's blocks speak in D dimensions and the residual stream has `width`: x += f(x·Wᵀ)·W. What reads it holds
// Wᵀ·W_Q and the like already (core/lab/basis.h).
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "lab/matrix.h"

namespace rasp::lab {

struct HeadShape {
  std::int32_t qk = 0, v = 0;  // widths of queries and keys, and of values
};
struct LayerShape {
  std::vector<HeadShape> heads;
  std::int32_t neurons = 0;
};
struct Shape {
  std::int32_t width = 0;    // of the residual stream
  std::int32_t written = 0;  // dimensions that blocks write: `width`, or D where there is a basis
  std::int32_t vocabulary = 0, positions = 0, outputs = 0;  // BOS counted
  bool causal = false;
  double scale = 1;  // of scores: q·k·scale
  std::vector<LayerShape> layers;
};

template <class Real>
struct LayerParameters {
  // Heads side by side, each from a column (of W_O: a row) that is a multiple of 4.
  Matrix<Real> W_Q, W_K, W_V, b_Q, b_K, b_V;  // [width, Σ], [1, Σ]
  Matrix<Real> W_O, b_O;                      // [Σ, written], [1, written]
  Matrix<Real> W_in, b_in, W_out, b_out;      // [width, neurons], …, [neurons, written], [1, written]
};

template <class Real>
struct Parameters {
  Matrix<Real> W_E, W_pos;  // [vocabulary, width], [positions, width]
  std::vector<LayerParameters<Real>> layers;
  Matrix<Real> W_U, b_U;  // [width, outputs], [1, outputs]

  void resize(const Shape& shape);  // all zero
  // visit(name, tensor) in a fixed order; names as in TransformerLens, but heads side by side.
  template <class Visit>
  void each(Visit visit) {
    visit("embed.W_E", W_E);
    visit("pos_embed.W_pos", W_pos);
    for (std::size_t l = 0; l < layers.size(); ++l) {
      const std::string at = "blocks." + std::to_string(l) + ".";
      LayerParameters<Real>& p = layers[l];
      visit(at + "attn.W_Q", p.W_Q), visit(at + "attn.W_K", p.W_K), visit(at + "attn.W_V", p.W_V);
      visit(at + "attn.b_Q", p.b_Q), visit(at + "attn.b_K", p.b_K), visit(at + "attn.b_V", p.b_V);
      visit(at + "attn.W_O", p.W_O), visit(at + "attn.b_O", p.b_O);
      visit(at + "mlp.W_in", p.W_in), visit(at + "mlp.b_in", p.b_in);
      visit(at + "mlp.W_out", p.W_out), visit(at + "mlp.b_out", p.b_out);
    }
    visit("unembed.W_U", W_U), visit("unembed.b_U", b_U);
  }
};

// Sequences of token ids, BOS first, one after the other.
struct Batch {
  std::vector<std::int32_t> ids, begin{0};  // sequence s: ids[begin[s]] … ids[begin[s + 1] - 1]
  std::int32_t rows() const { return begin.back(); }
  std::int32_t size() const { return static_cast<std::int32_t>(begin.size()) - 1; }
  void clear() { ids.clear(), begin.assign(1, 0); }
  void add(std::span<const std::int32_t> sequence) {
    ids.insert(ids.end(), sequence.begin(), sequence.end());
    begin.push_back(static_cast<std::int32_t>(ids.size()));
  }
};

// What a layer computed on the batch of the last forward pass, a row a position.
template <class Real>
struct LayerActivations {
  Matrix<Real> q, k, v, z;  // heads side by side, as their weights
  // Patterns of one head after the other, of one sequence after the other: T rows of padded(T) each.
  std::vector<Real> patterns;
  Matrix<Real> attention;  // what attention adds, [rows, written]
  Matrix<Real> mid;        // the residual stream after it
  Matrix<Real> neurons;    // after relu
  Matrix<Real> mlp;        // what the MLP adds
  Matrix<Real> post;
};

// The derivative of a loss by what each reader read, before its weights: filled by backward() where asked for.
template <class Real>
struct LayerGradients {
  Matrix<Real> q, k, v, neurons;  // by queries, keys, values and (before relu) neurons
  Matrix<Real> z;
  Matrix<Real> mid, post;  // by the residual stream after attention and after the MLP
};

template <class Real>
class Network {
 public:
  explicit Network(Shape shape);

  Parameters<Real> weights, gradient;  // gradient: of the last backward()
  Matrix<Real> basis, basis_gradient;  // [written, width]; empty: what is written is the residual stream itself
  // By layer, parallel to LayerActivations::patterns (empty: none): the derivative of what else the loss asks of the
  // attention patterns.
  std::vector<std::vector<Real>> d_patterns;
  bool frozen = false;  // leave out gradients of what is written (W_O, W_out) and of biases

  const Shape& shape() const { return shape_; }
  void set_softness(double factor) { softness_ = factor; }  // scores times this, in what follows
  std::int32_t blocks() const { return static_cast<std::int32_t>(2 * shape_.layers.size()); }
  bool has_block(std::int32_t block) const;  // block 2L: attention L has heads; 2L + 1: MLP L has neurons

  void forward(const Batch& batch);
  void forward_from(const Batch& batch,
                    const Matrix<Real>& embedded);  // [rows, width] instead of the tokens' and positions' embeddings
  const Matrix<Real>& embedded() const { return embedded_; }
  const Matrix<Real>& logits() const { return logits_; }
  const LayerActivations<Real>& layer(std::size_t l) const { return activations_[l]; }
  // What block 2L (attention) or 2L + 1 (MLP) adds, [rows, written].
  const Matrix<Real>& output(std::int32_t block) const {
    const LayerActivations<Real>& a = activations_[static_cast<std::size_t>(block / 2)];
    return block % 2 ? a.mlp : a.attention;
  }
  // One head's pattern on one sequence: T rows of padded(T).
  const Real* pattern(std::size_t layer, std::size_t head, std::int32_t sequence) const;

  // Gradients of a loss whose derivative by the logits is `d_logits`, and by what each block adds is `d_outputs` (may
  // be empty).
  void backward(const Batch& batch, const Matrix<Real>& d_logits, std::span<const Matrix<Real>> d_outputs = {});
  const LayerGradients<Real>& layer_gradient(std::size_t l) const { return gradients_[l]; }
  const Matrix<Real>& embedded_gradient() const { return d_x_; }
  // By what one reader read, [rows, width]: a head's queries, keys or values (part 0, 1, 2), an MLP (3), or the output
  // (4), whose derivative by the logits was d_logits.
  void gradient_of_read(std::int32_t layer, std::int32_t head, int part, const Matrix<Real>& d_logits,
                        Matrix<Real>& d) const;

  std::int32_t head_column(std::size_t layer, std::size_t head, bool values) const;
  std::int64_t flops(const Batch& batch) const;                        // of one forward() and backward(), products only
  std::int64_t floats(std::int64_t rows, std::int32_t longest) const;  // what a batch of so many positions needs, about

 private:
  void prepare(const Batch& batch);
  void layers(const Batch& batch);
  void attend(std::size_t l, const Batch& batch);
  void attend_back(std::size_t l, const Batch& batch);
  void write(const Matrix<Real>& added, const Matrix<Real>& before, Matrix<Real>& after);
  void write_back(const Matrix<Real>& d_after, const Matrix<Real>& added, const Matrix<Real>* d_added,
                  Matrix<Real>& d_out);
  void attention_back(std::size_t l, const Batch& batch, const Matrix<Real>* d_added);
  void mlp_back(std::size_t l, const Matrix<Real>* d_added);
  void read_back(const Matrix<Real>& d_read, const Matrix<Real>& weight, const Matrix<Real>& read,
                 Matrix<Real>& weight_gradient, Matrix<Real>& bias_gradient, Matrix<Real>& d_x);

  Shape shape_;
  double softness_ = 1;
  std::vector<LayerActivations<Real>> activations_;
  std::vector<LayerGradients<Real>> gradients_;
  std::vector<std::vector<std::int64_t>> pattern_begin_;  // by layer, by head: where its patterns start
  std::vector<std::int64_t> square_begin_;                // by sequence, within one head's
  Matrix<Real> embedded_, logits_, d_x_, d_written_, transposed_;
  std::vector<Real> scratch_, d_pattern_;
};

extern template class Network<float>;
extern template class Network<double>;

}  // namespace rasp::lab
