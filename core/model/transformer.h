// The weights of a compiled model and what they mean. Knows no RASP: labels are text, owners are opaque ids.
// Row vectors: y = x·W. Names as in TransformerLens.
#pragma once
#include <Eigen/SparseCore>
#include <cstdint>
#include <string>
#include <vector>

namespace rasp {

using SparseMatrix = Eigen::SparseMatrix<float, Eigen::RowMajor, std::int32_t>;

struct AttentionHead {
  SparseMatrix W_Q, W_K, W_V;        // [d_model, d_head]; √d_head is already folded into W_Q
  std::vector<float> b_Q, b_K, b_V;  // [d_head]
  SparseMatrix W_O;                  // [d_head, d_model]
};

struct Mlp {                 // x += relu(x·W_in + b_in)·W_out + b_out
  SparseMatrix W_in;         // [d_model, d_mlp]
  std::vector<float> b_in;   // [d_mlp]
  SparseMatrix W_out;        // [d_mlp, d_model]
  std::vector<float> b_out;  // [d_model]
};

struct Layer {                       // sizes may differ from layer to layer; exports pad
  std::vector<AttentionHead> heads;  // may be empty
  std::vector<float> b_O;            // [d_model]
  Mlp mlp;                           // d_mlp may be 0
};

struct Transformer {
  std::int32_t d_model = 0;
  std::int32_t n_ctx = 0;  // maximal length + 1 (BOS)
  bool causal = false;
  std::int32_t bos_id = 0;  // token id of BOS; user tokens have the other ids
  SparseMatrix W_E;         // [d_vocab, d_model]
  SparseMatrix W_pos;       // [n_ctx, d_model]; row 0 belongs to BOS
  std::vector<Layer> layers;
  SparseMatrix W_U;        // [d_model, d_vocab_out]
  std::vector<float> b_U;  // [d_vocab_out]

  std::int32_t d_head() const;      // largest of all heads; 1 if none
  std::int32_t n_heads() const;     // largest of all layers; 1 if none
  std::int32_t d_mlp() const;       // largest of all layers; 1 if none
  std::int64_t parameters() const;  // dense, all layers of one width, with biases, embeddings and unembedding
  std::int64_t nonzeros() const;    // of all matrices and biases; stored zeros do not count
};

// What is wrong with the shapes or indices of `model` (the first fault found, e.g. "layer 0, head 1: W_K is 5×2, not
// 4×2"); empty if nothing. Everything else in model/ and export/ relies on a model without such faults.
std::string shape_fault(const Transformer& model);

}  // namespace rasp
