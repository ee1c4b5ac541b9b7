// Private to model/: what the forward pass reads and writes.
#pragma once
#include <cstdint>
#include <vector>
#include "model/forward.h"

namespace rasp {

// Rows with at least one non-zero, one after the other. `rows[r]` is the matrix row that entries begin[r]..begin[r+1] belong to.
struct SparseRows {
  std::vector<std::int32_t> rows, begin, columns;
  std::vector<float> values;
  bool empty() const { return rows.empty(); }
};

// y += x·W, leaving out the rows where x is zero.
inline void accumulate(const SparseRows& w, const float* x, float* y) {
  const std::size_t n = w.rows.size();
  const std::int32_t* rows = w.rows.data();
  const std::int32_t* begin = w.begin.data();
  const std::int32_t* columns = w.columns.data();
  const float* values = w.values.data();
  for (std::size_t r = 0; r < n; ++r) {
    const float a = x[rows[r]];
    if (a == 0) continue;
    for (std::int32_t e = begin[r]; e < begin[r + 1]; ++e) y[columns[e]] += a * values[e];
  }
}

struct PreparedHead {
  std::int32_t d = 0;             // its own width
  std::int32_t q = 0, k = 0, v = 0;  // where its columns start in a row of QKV
  std::int32_t z = 0;             // where its rows start in the stacked W_O
  bool silent = false;            // writes nothing: only a trace wants it
};

struct PreparedLayer {
  std::vector<PreparedHead> heads;
  std::int32_t qkv_width = 0, z_width = 0, d_mlp = 0;
  SparseRows W_QKV;               // [d_model, qkv_width]: all heads side by side
  std::vector<float> b_QKV;       // [qkv_width]
  SparseRows W_O;                 // [z_width, d_model]: all heads stacked
  SparseRows b_O;                 // one row
  SparseRows W_in, W_out;
  std::vector<float> b_in;
  SparseRows b_out;               // one row
};

struct PreparedModel::Data {
  std::int32_t d_model = 0, n_ctx = 0, d_vocab = 0, d_vocab_out = 0, bos_id = 0;
  bool causal = false;
  float sqrt_d_head = 1;
  SparseRows W_E, W_pos;          // every row present, so that rows[r] == r
  std::vector<PreparedLayer> layers;
  SparseRows W_U;
  std::vector<float> b_U;
};

struct Workspace::Data {
  std::vector<float> resid;       // [T, d_model]
  std::vector<float> qkv;         // [T, qkv_width]
  std::vector<float> z;           // [T, z_width]
  std::vector<float> keys;        // [d_head, T]: one head's keys, transposed
  std::vector<float> scores;      // [T]
  std::vector<float> values;      // non-zeros of one head's values, dimension by dimension
  std::vector<std::int32_t> value_positions, value_begin;
  std::vector<float> dense_values;  // [d_head, T]: the dimensions with too many non-zeros for a list
  std::vector<float> neurons;     // [d_mlp]
};

}  // namespace rasp
