// A model's weights as the dense, zero-padded tensors that other tools load, described without being made dense.
#pragma once
#include <cstdint>
#include <string>
#include <vector>
#include "model/transformer.h"

namespace rasp {

// One dense tensor put together from sparse matrices and bias vectors of a Transformer, which must outlive it.
struct StateTensor {
  struct Part {
    const SparseMatrix* matrix = nullptr;        // either this: entry (r, c) is element offset + r·row_stride + c
    const std::vector<float>* vector = nullptr;  // or this: entry i is element offset + i
    std::int64_t offset = 0;
    std::int64_t row_stride = 0;
  };
  std::string name;
  std::vector<std::int64_t> shape;
  std::vector<Part> parts;

  std::int64_t size() const {  // elements
    std::int64_t n = 1;
    for (const std::int64_t d : shape) n *= d;
    return n;
  }
  // Calls visit(element, value) for every non-zero, part by part, ascending within a part.
  template <class Visit>
  void each_nonzero(Visit visit) const {
    for (const Part& p : parts) {
      if (p.vector) {
        for (std::size_t i = 0; i < p.vector->size(); ++i)
          if ((*p.vector)[i] != 0) visit(p.offset + static_cast<std::int64_t>(i), (*p.vector)[i]);
        continue;
      }
      for (Eigen::Index r = 0; r < p.matrix->rows(); ++r)
        for (SparseMatrix::InnerIterator e(*p.matrix, r); e; ++e)
          if (e.value() != 0) visit(p.offset + r * p.row_stride + e.col(), e.value());
    }
  }
};

enum class Naming : std::uint8_t {
  TransformerLens,  // embed.W_E, pos_embed.W_pos, blocks.L.attn.W_Q [n_heads, d_model, d_head], …, unembed.b_U
  Tracr,  // token_embed/embeddings, …, transformer/layer_L/attn/query/w [d_model, n_heads·d_head], …, and
          // unembed/w, unembed/b, which Tracr keeps outside its parameters
};

// Every tensor in its fixed order: embeddings, layers in order, unembedding. All layers share n_heads(), d_head() and
// d_mlp(). In TransformerLens's naming the elements of each tensor are visited in ascending order.
// Precondition: shape_fault(model) is empty.
std::vector<StateTensor> state_dict(const Transformer& model, Naming naming = Naming::TransformerLens);

}  // namespace rasp
