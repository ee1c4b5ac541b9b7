// Private to model/: what the forward pass reads and writes.
//
// Activations lie dimension by dimension: row d of the residual stream holds dimension d at every position, padded to a
// multiple of four. So each non-zero weight is one vector operation over all positions, and weights are kept by the
// column that they sum into. Short inputs of a batch share rows.
#pragma once
#include <cstdint>
#include <utility>
#include <vector>
#include "model/forward.h"

namespace rasp {

constexpr float masked = -1e30f;  // the score of a key that the causal mask hides

// Columns of a sparse matrix with a bias: y_c = bias[c] + Σ values[e] · x_rows[e] for begin[c] ≤ e < begin[c + 1].
struct Columns {
  std::vector<std::int32_t> begin{0}, rows;
  std::vector<float> values, bias;
  std::int32_t size() const { return static_cast<std::int32_t>(bias.size()); }
  void end_column(float b) {
    begin.push_back(static_cast<std::int32_t>(rows.size()));
    bias.push_back(b);
  }
};

// Only the dimensions that matter: a column of W_Q and W_K where both have something, one of W_V where W_O reads it.
struct PreparedHead {
  Columns Q, K, V;      // Q and K of one size
  std::int32_t z = 0;   // where its values start among the layer's
  bool silent = false;  // writes nothing: only a trace wants it
};

struct PreparedLayer {
  std::vector<PreparedHead> heads;
  std::int32_t z_width = 0;            // values of all heads
  std::vector<std::int32_t> attended;  // residual dimensions that attention writes
  Columns W_O;                         // parallel to `attended`: sums over z, bias b_O

  // Neuron j reads column j of `in` and writes entries out_begin[j]..out_begin[j + 1]. Dimensions that some neuron
  // reads and some neuron writes are copied first: row d_model + i holds dimension `copied[i]` as it was.
  Columns in;
  std::vector<std::int32_t> out_begin, out_rows;
  std::vector<float> out_values;
  std::vector<std::int32_t> copied;
  std::vector<std::pair<std::int32_t, float>> b_out;  // what is not zero
};

struct PreparedModel::Data {
  std::int32_t d_model = 0, n_ctx = 0, d_vocab = 0, d_vocab_out = 0, bos_id = 0;
  bool causal = false;
  float sqrt_d_head = 1;
  std::int32_t rows = 0;  // d_model and the most dimensions that a layer copies
  // Embeddings by row: entries begin[r]..begin[r + 1] of row r.
  struct Rows {
    std::vector<std::int32_t> begin{0}, columns;
    std::vector<float> values;
  } W_E, W_pos;
  std::vector<std::int32_t> embedded;  // dimensions that embeddings write
  std::vector<PreparedLayer> layers;
  Columns W_U;
};

// Non-zeros of a few rows: row r has value[e] at position (or vice versa) index[e] for begin[r] ≤ e < begin[r + 1].
struct SparseLists {
  std::vector<std::int32_t> begin, index;
  std::vector<float> value;
};

struct Workspace::Data {
  std::vector<float> x;               // [rows, S], S ≥ positions + 4
  std::vector<std::uint8_t> live;     // [rows]: false where the row is zero and not written yet
  std::vector<float> z;               // [z_width, S]
  std::vector<std::uint8_t> z_live;   // [z_width]
  std::vector<float> columns;         // [2·d_qk + d_v, S]: one head's queries, keys and values, where computed
  std::vector<const float*> q, k, v;  // their rows, some of them rows of x; null where all zero
  std::vector<float> scores;          // [T]: of one query
  std::vector<std::int32_t> groups;   // [T]
  std::vector<std::int32_t> cursor;   // [T + 1]
  SparseLists query_rows, queries;    // by dimension, by position
  SparseLists key_rows;
  SparseLists value_rows, values;    // by dimension, by position
  std::vector<float> neurons;        // [S], with a trace [d_mlp, S]
  std::vector<float> logits;         // [d_vocab_out, S]
  std::vector<const float*> inputs;  // of one column: those that are live, and
  std::vector<float> weights;        // their weights
  std::vector<const float*> rows;    // of a transposition
  std::vector<float> zeros;          // [S]
  std::vector<std::span<const std::int32_t>> sequences;
};

}  // namespace rasp
