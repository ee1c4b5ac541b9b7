// A compiled model as a Network, in its own basis or in a changed one.
#pragma once
#include "lab/network.h"
#include "model/transformer.h"

namespace rasp::lab {

// The model's sizes; columns that are zero in W_Q or W_K, or in W_V, are left out.
Shape shape_of(const Transformer& model);

// A network with the model's weights. The scores' scale is 1/√d_head, as the model's.
template <class Real>
Network<Real> network_of(const Transformer& model);

// A network's weights as a model that any reader of transformers takes, of the residual stream's own width: what is
// written is multiplied by the network's basis, where it has one. d_head is the widest head's.
Transformer transformer_of(const Network<float>& network, std::int32_t bos_id);

// The model with its residual stream in `width` dimensions, all of its weights frozen (Lindner et al. 2023, "Tracr",
// section 5): what is written is multiplied by W [d_model, width], what is read by Wᵀ.
template <class Real>
class Compressed {
 public:
  Compressed(const Transformer& model, std::int32_t width) : Compressed(network_of<Real>(model), width) {}
  Compressed(const Network<Real>& model, std::int32_t width);
  Network<Real> network;
  Matrix<Real> W, gradient;  // [d_model, width]
  void project();            // the network's weights from W
  void chain();              // gradient from the network's, after its backward()

 private:
  template <class Visit>
  void each_reader(Visit visit);
  Parameters<Real> original_;  // in d_model dimensions
  Matrix<Real> scratch_;
};

extern template class Compressed<float>;
extern template class Compressed<double>;

}  // namespace rasp::lab
