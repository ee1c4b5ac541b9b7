// Private to model/: one forward pass over sequences that lie one after the other.
#pragma once
#include <span>
#include <string>
#include "model/kernels.h"
#include "model/prepared.h"

namespace rasp {

class Pass {
 public:
  // Trace and interventions only with one sequence. logits: [Σ lengths, d_vocab_out].
  Pass(const PreparedModel::Data& model, Workspace::Data& scratch,
       std::span<const std::span<const std::int32_t>> sequences, float* logits, Trace* trace,
       std::span<const Intervention> interventions, Budget* budget = nullptr);
  void run();

 private:
  using Kind = Intervention::Kind;
  enum Part { Scores = 0, Pattern, ResidMid, Pre, Post, ResidPost, parts };  // order of a layer's tensors in a trace

  // forward.cc
  void embed();
  void mlp(const PreparedLayer& layer);
  void write_neuron(const PreparedLayer& layer, std::int32_t j, const float* h);
  void unembed();
  void set_residual(std::int32_t half_layer);
  bool zeroed(Kind kind, std::int32_t head) const;
  float* row(std::int32_t d) { return s_.x.data() + static_cast<std::int64_t>(d) * S_; }
  float* writable_row(std::int32_t d);  // zeroes it where it was not live
  std::int32_t collect(const Columns& columns, std::int32_t c, const float* base, const std::uint8_t* live);

  // attention.cc
  void attention(const PreparedLayer& layer);
  void head(const PreparedHead& head, std::int32_t index);
  const float* column(const Columns& columns, std::int32_t c, float*& buffer);
  void attend(const PreparedHead& head, std::int32_t index, std::int32_t offset, std::int32_t T, bool writes);
  void list_rows(const std::vector<const float*>& rows, std::int32_t d, std::int32_t offset, std::int32_t T,
                 SparseLists& lists);
  void list_by_position(const SparseLists& rows, std::int32_t d, std::int32_t T, SparseLists& lists);
  void score(std::int32_t t, std::int32_t offset, std::int32_t T, std::int32_t visible, float* scores);
  void mix(const float* pattern, std::int32_t visible, std::int32_t n_groups, const PreparedHead& head,
           std::int32_t offset, std::int32_t t, std::int64_t row_cost, std::int32_t T);
  const Intervention* pattern_for(std::int32_t head) const;

  // trace.cc
  void lay_out_trace();
  float* traced(Part part);
  void record_residual(const TensorInfo& tensor);
  void record_neurons(std::int32_t d_mlp);

  template <class T>
  static T* grown(std::vector<T>& v, std::int64_t n) {
    if (static_cast<std::int64_t>(v.size()) < n) v.resize(static_cast<std::size_t>(n));
    return v.data();
  }

  const PreparedModel::Data& m_;
  Workspace::Data& s_;
  std::span<const std::span<const std::int32_t>> sequences_;
  float* logits_;
  Trace* trace_;
  std::span<const Intervention> interventions_;
  Budget* budget_;  // may be null
  // `work`: multiplications, about.
  void tick(std::int64_t work) {
    if (budget_) budget_->tick(static_cast<std::uint32_t>(1 + work / 32));
  }
  std::int32_t positions_ = 0;  // of all sequences
  std::int32_t n_ = 0;          // positions, rounded up to a multiple of 4: what vector operations run over
  std::int64_t S_ = 0;  // n + 4: distance of rows, so that any run of four that starts at a position is readable
  std::int32_t layer_ = 0;
};

}  // namespace rasp
