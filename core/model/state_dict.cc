#include "model/state_dict.h"

namespace rasp {

namespace {

// Names of one naming; `L` in a name stands for the layer.
struct Names {
  const char *W_E, *W_pos, *W_Q, *b_Q, *W_K, *b_K, *W_V, *b_V, *W_O, *b_O, *W_in, *b_in, *W_out, *b_out, *W_U, *b_U;
};
constexpr Names transformer_lens{"embed.W_E",          "pos_embed.W_pos",    "blocks.L.attn.W_Q", "blocks.L.attn.b_Q",
                                 "blocks.L.attn.W_K",  "blocks.L.attn.b_K",  "blocks.L.attn.W_V", "blocks.L.attn.b_V",
                                 "blocks.L.attn.W_O",  "blocks.L.attn.b_O",  "blocks.L.mlp.W_in", "blocks.L.mlp.b_in",
                                 "blocks.L.mlp.W_out", "blocks.L.mlp.b_out", "unembed.W_U",       "unembed.b_U"};
constexpr Names tracr{"token_embed/embeddings",
                      "pos_embed/embeddings",
                      "transformer/layer_L/attn/query/w",
                      "transformer/layer_L/attn/query/b",
                      "transformer/layer_L/attn/key/w",
                      "transformer/layer_L/attn/key/b",
                      "transformer/layer_L/attn/value/w",
                      "transformer/layer_L/attn/value/b",
                      "transformer/layer_L/attn/linear/w",
                      "transformer/layer_L/attn/linear/b",
                      "transformer/layer_L/mlp/linear_1/w",
                      "transformer/layer_L/mlp/linear_1/b",
                      "transformer/layer_L/mlp/linear_2/w",
                      "transformer/layer_L/mlp/linear_2/b",
                      "unembed/w",
                      "unembed/b"};

std::string in_layer(std::string name, std::size_t layer) {
  return name.replace(name.find('L'), 1, std::to_string(layer));
}

}  // namespace

std::vector<StateTensor> state_dict(const Transformer& m, Naming naming) {
  const Names& names = naming == Naming::Tracr ? tracr : transformer_lens;
  const bool flat = naming == Naming::Tracr;
  const std::int64_t D = m.d_model, H = m.n_heads(), d = m.d_head(), F = m.d_mlp(), out = m.W_U.cols();
  std::vector<StateTensor> tensors;
  using Part = StateTensor::Part;
  const auto matrix = [&](std::string name, const SparseMatrix& w, std::int64_t rows, std::int64_t columns) {
    tensors.push_back({std::move(name), {rows, columns}, {Part{&w, nullptr, 0, columns}}});
  };
  const auto vector = [&](std::string name, const std::vector<float>& b, std::int64_t size) {
    tensors.push_back({std::move(name), {size}, {Part{nullptr, &b, 0, 0}}});
  };

  matrix(names.W_E, m.W_E, m.W_E.rows(), D);
  matrix(names.W_pos, m.W_pos, m.n_ctx, D);
  for (std::size_t l = 0; l < m.layers.size(); ++l) {
    const Layer& layer = m.layers[l];
    const auto each_head = [&](StateTensor tensor, auto part_of_head) {
      for (std::size_t h = 0; h < layer.heads.size(); ++h)
        tensor.parts.push_back(part_of_head(layer.heads[h], static_cast<std::int64_t>(h)));
      tensors.push_back(std::move(tensor));
    };
    using Matrix = SparseMatrix AttentionHead::*;
    using Bias = std::vector<float> AttentionHead::*;
    const auto read = [&](const char* weight_name, Matrix weight, const char* bias_name, Bias bias) {
      const auto shape = flat ? std::vector<std::int64_t>{D, H * d} : std::vector<std::int64_t>{H, D, d};
      each_head({in_layer(weight_name, l), shape, {}}, [&](const AttentionHead& head, std::int64_t h) {
        return flat ? Part{&(head.*weight), nullptr, h * d, H * d} : Part{&(head.*weight), nullptr, h * D * d, d};
      });
      const auto bias_shape = flat ? std::vector<std::int64_t>{H * d} : std::vector<std::int64_t>{H, d};
      each_head({in_layer(bias_name, l), bias_shape, {}}, [&](const AttentionHead& head, std::int64_t h) {
        return Part{nullptr, &(head.*bias), h * d, 0};
      });
    };
    read(names.W_Q, &AttentionHead::W_Q, names.b_Q, &AttentionHead::b_Q);
    read(names.W_K, &AttentionHead::W_K, names.b_K, &AttentionHead::b_K);
    read(names.W_V, &AttentionHead::W_V, names.b_V, &AttentionHead::b_V);
    const auto shape = flat ? std::vector<std::int64_t>{H * d, D} : std::vector<std::int64_t>{H, d, D};
    each_head({in_layer(names.W_O, l), shape, {}}, [&](const AttentionHead& head, std::int64_t h) {
      return Part{&head.W_O, nullptr, h * d * D, D};
    });
    vector(in_layer(names.b_O, l), layer.b_O, D);
    matrix(in_layer(names.W_in, l), layer.mlp.W_in, D, F);
    vector(in_layer(names.b_in, l), layer.mlp.b_in, F);
    matrix(in_layer(names.W_out, l), layer.mlp.W_out, F, D);
    vector(in_layer(names.b_out, l), layer.mlp.b_out, D);
  }
  matrix(names.W_U, m.W_U, D, out);
  vector(names.b_U, m.b_U, out);
  return tensors;
}

}  // namespace rasp
