#include <algorithm>
#include <cmath>

#include "suite.h"

namespace rasp::bench {

namespace {

class Builder {
 public:
  Builder(std::int32_t rows, std::int32_t columns) : rows_(rows), columns_(columns) {}
  void set(std::int32_t r, std::int32_t c, double v) { entries_.emplace_back(r, c, static_cast<float>(v)); }
  SparseMatrix take() {
    SparseMatrix w(rows_, columns_);
    w.setFromTriplets(entries_.begin(), entries_.end());
    return w;
  }

 private:
  std::int32_t rows_, columns_;
  std::vector<Eigen::Triplet<float, std::int32_t>> entries_;
};

std::vector<float> zeros(std::int32_t n) { return std::vector<float>(static_cast<std::size_t>(n), 0.0f); }

}  // namespace

Subject synthetic(std::int32_t n, std::int32_t V, std::int32_t layers) {
  // Residual stream: one, BOS, token code [V], position code [n]; then per layer: moved token code [V], count, count
  // code [n + 1], table code [V].
  const std::int32_t per_layer = V + 1 + (n + 1) + V;
  const std::int32_t token = 2, position = 2 + V, first = 2 + V + n;
  Subject s;
  s.length = n;
  s.vocabulary = V;
  s.group = "synthetic-" + std::to_string(layers);
  s.name = s.group + " n=" + std::to_string(n) + " v=" + std::to_string(V);
  Transformer& m = s.model;
  m.d_model = first + layers * per_layer;
  m.n_ctx = n + 1;
  m.bos_id = V;
  Builder W_E(V + 1, m.d_model), W_pos(n + 1, m.d_model), W_U(m.d_model, V);
  for (std::int32_t i = 0; i < V; ++i) W_E.set(i, token + i, 1);
  W_E.set(V, 1, 1);
  for (std::int32_t i = 0; i <= n; ++i) {
    W_pos.set(i, 0, 1);
    if (i > 0) W_pos.set(i, position + i - 1, 1);
  }
  const std::int32_t d_head = std::max(n, V + 1);
  const double score = 2 * (std::log(n + 1.0) + 21) * std::sqrt(static_cast<double>(d_head));
  std::int32_t previous = token;  // the token code that this layer reads
  for (std::int32_t l = 0; l < layers; ++l) {
    const std::int32_t moved = first + l * per_layer, count = moved + V, count_code = count + 1,
                       table = count_code + n + 1;
    Layer layer;
    {  // moves: position i reads position n - 1 - i (or i + 1 mod n in odd layers)
      Builder Q(m.d_model, d_head), K(m.d_model, d_head), W_V(m.d_model, d_head), O(d_head, m.d_model);
      for (std::int32_t i = 0; i < n; ++i) {
        Q.set(position + i, l % 2 ? (i + 1) % n : n - 1 - i, score);
        K.set(position + i, i, 1);
      }
      for (std::int32_t i = 0; i < V; ++i) {
        W_V.set(previous + i, i, 1);
        O.set(i, moved + i, 1);
      }
      layer.heads.push_back({Q.take(), K.take(), W_V.take(), zeros(d_head), zeros(d_head), zeros(d_head), O.take()});
    }
    {  // counts equal tokens: BOS is always selected, its weight is 1 / (1 + count)
      Builder Q(m.d_model, d_head), K(m.d_model, d_head), W_V(m.d_model, d_head), O(d_head, m.d_model);
      for (std::int32_t i = 0; i < V; ++i) {
        Q.set(previous + i, i, score);
        K.set(token + i, i, 1);
      }
      for (std::int32_t i = 0; i < V; ++i) K.set(1, i, 1);
      W_V.set(1, 0, 1);
      O.set(0, count, 1);
      layer.heads.push_back({Q.take(), K.take(), W_V.take(), zeros(d_head), zeros(d_head), zeros(d_head), O.take()});
    }
    layer.b_O = zeros(m.d_model);
    // Steps: one code per count; a table over the moved token and the token, one neuron per pair.
    const std::int32_t steps = 2 * n, neurons = steps + V * V;
    Builder in(m.d_model, neurons), out(neurons, m.d_model);
    layer.mlp.b_in = zeros(neurons);
    for (std::int32_t w = 0; w < n; ++w) {
      const double a = 1.0 / (1 + w), b = 1.0 / (2 + w), slope = 1 / (a - b), middle = (a + b) / 2;
      for (std::int32_t side = 0; side < 2; ++side) {  // relu(slope·(middle - x) ± ½)
        const std::int32_t neuron = 2 * w + side;
        in.set(count, neuron, -slope);
        layer.mlp.b_in[static_cast<std::size_t>(neuron)] = static_cast<float>(slope * middle + (side ? -0.5 : 0.5));
        const double sign = side ? -1 : 1;
        out.set(neuron, count_code + w + 1, sign);
        out.set(neuron, count_code + w, -sign);
      }
    }
    for (std::int32_t i = 0; i < V; ++i)
      for (std::int32_t j = 0; j < V; ++j) {
        const std::int32_t neuron = steps + i * V + j;
        in.set(moved + i, neuron, 2);
        in.set(previous + j, neuron, 2);
        layer.mlp.b_in[static_cast<std::size_t>(neuron)] = -3;
        out.set(neuron, table + (i + j * 3) % V, 1);
      }
    layer.mlp.W_in = in.take();
    layer.mlp.W_out = out.take();
    layer.mlp.b_out = zeros(m.d_model);
    layer.mlp.b_out[static_cast<std::size_t>(count_code)] = 1;  // the code of count 0, until a step takes it away
    m.layers.push_back(std::move(layer));
    previous = table;
  }
  for (std::int32_t i = 0; i < V; ++i) W_U.set(previous + i, i, 1);
  m.W_E = W_E.take();
  m.W_pos = W_pos.take();
  m.W_U = W_U.take();
  m.b_U = zeros(V);
  s.ids.push_back(V);
  std::uint32_t state = 12345;
  for (std::int32_t i = 0; i < n; ++i) {
    state = state * 1664525u + 1013904223u;
    s.ids.push_back(static_cast<std::int32_t>((state >> 8) % static_cast<std::uint32_t>(V)));
  }
  return s;
}

}  // namespace rasp::bench
