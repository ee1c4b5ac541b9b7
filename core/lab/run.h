// A training run: superposition (a compiled model in fewer dimensions) or a twin (the same task from random weights).
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "lab/basis.h"
#include "lab/examples.h"
#include "lab/optimiser.h"

namespace rasp::lab {

struct TrainOptions {
  std::int64_t steps = 4000;
  std::int32_t batch = 64;  // sequences a step
  Schedule schedule;
  double decay = 0;        // AdamW's
  std::uint64_t seed = 1;  // of initial weights and of the order of examples
};

struct Losses {
  double output = 0, layers = 0;  // cross-entropy or squared error; Σ over blocks of the mean squared difference
  bool finite() const { return output + layers < 1e30; }  // false for NaN too
};

struct Accuracy {
  double trained = 0, held_out = 0;  // share of positions that are read right
  double inputs = 0;                 // share of inputs with every position right, of all
};

class TrainingRun {
 public:
  virtual ~TrainingRun() = default;
  // One step; where the loss is no number any more, nothing changes: diverged() says so, and the weights are the last
  // good ones.
  void step();
  std::int64_t steps_done() const { return done_; }
  bool finished() const { return diverged_ || done_ >= options_.steps; }
  bool diverged() const { return diverged_; }
  const Losses& losses() const { return losses_; }  // of the last step's batch
  const TrainOptions& options() const { return options_; }
  Accuracy accuracy();
  // On all examples begin ≤ i < end: forward, then visit(example, its first row, network).
  template <class Visit>
  void each(std::size_t begin, std::size_t end, Visit visit);
  Network<float>& network() { return *network_; }
  const Examples& examples() const { return examples_; }

  // Weights as they are, one flat list, and back.
  virtual std::vector<float> weights() const = 0;
  virtual void set_weights(const std::vector<float>& weights) = 0;
  double flops() const;  // of a step, products only
  double megabytes() const;

 protected:
  TrainingRun(const CompiledModel& model, const Examples& examples, const TrainOptions& options);
  virtual void update(double rate) = 0;          // gradients to weights
  virtual double softness() const { return 1; }  // scores are multiplied by it in this step
  virtual double layer_loss(const std::vector<std::size_t>& chosen, std::vector<Matrix<float>>& d_outputs) = 0;
  double output_loss(std::span<const Target> targets, Matrix<float>& d);
  float sharpness_ = 1;
  void fill_batch(const std::vector<std::size_t>& chosen);

  const CompiledModel& model_;
  const Examples& examples_;
  TrainOptions options_;
  Network<float>* network_ = nullptr;  // set by the heir
  Random random_;
  Batch batch_;
  std::vector<Target> targets_;

 private:
  std::int64_t done_ = 0;
  bool diverged_ = false;
  Losses losses_;
  std::vector<std::size_t> order_, chosen_;  // of the examples trained on; of a step
  std::size_t at_ = 0;
  std::vector<float> good_;  // the weights before the last step
  Matrix<float> d_logits_, sharp_;
  std::vector<Matrix<float>> d_outputs_;
};

struct SuperpositionOptions {
  std::int32_t width = 0;  // d, from 1 to d_model
  // W's columns at first. Normal: drawn from a normal distribution (the paper); Orthonormal: the same made orthonormal;
  // Principal: the directions in which the residual stream varies most on the examples (eigenvectors of its second
  // moments).
  enum class Start { Normal, Orthonormal, Principal } start = Start::Orthonormal;
  double layer_weight = 1;
  // Scores are multiplied by this at first, by 1 from the middle of the steps on, and geometrically in between (while
  // training only): the gradient of a softmax whose scores differ by 100 is zero wherever it looks at the wrong key.
  double softness = 1;
  double sharpness = 16;  // logits times this enter the cross-entropy: a compiled model's right logit leads by about 1
};
class Superposition : public TrainingRun {
 public:
  Superposition(const CompiledModel& model, const Examples& examples, const TrainOptions& train,
                const SuperpositionOptions& options);
  const Matrix<float>& W() const { return compressed_.W; }
  // What block `block` of the uncompressed model adds on example i, [T, d_model].
  const Matrix<float>& exact(std::size_t example, std::int32_t block) const {
    return exact_[example][static_cast<std::size_t>(block)];
  }
  std::vector<float> weights() const override { return compressed_.W.data; }
  void set_weights(const std::vector<float>& weights) override;

 private:
  void update(double rate) override;
  double softness() const override;
  double layer_loss(const std::vector<std::size_t>& chosen, std::vector<Matrix<float>>& d_outputs) override;
  void remember_exact();  // → exact_, moments_
  void start(SuperpositionOptions::Start how);
  Compressed<float> compressed_;
  SuperpositionOptions superposition_;
  std::vector<std::vector<Matrix<float>>> exact_;  // by example, by block
  std::vector<std::vector<double>> moments_;       // [d_model][d_model]: Σ xᵀx over positions and half-layers
  AdamW<float> optimiser_;
  Matrix<float> target_;
};

struct TwinOptions {
  std::int32_t layers = 0, heads = 0;  // a layer
  std::int32_t d_model = 32, d_head = 8, d_mlp = 64;
  // How much the loss asks the heads to look as the compiled model's do ("Thinking Like Transformers", section 5); 0:
  // not at all. The first twin layer is held to the first compiled layer that has heads, head by head in order, and so
  // on; heads without a counterpart are free.
  double patterns = 0;
};
class Twin : public TrainingRun {
 public:
  Twin(const CompiledModel& model, const Examples& examples, const TrainOptions& train, const TwinOptions& options);
  std::vector<float> weights() const override;
  void set_weights(const std::vector<float>& weights) override;

 private:
  void update(double rate) override { optimiser_.step(rate); }
  double layer_loss(const std::vector<std::size_t>&, std::vector<Matrix<float>>& d) override;
  // Of one pair of heads on the batch: Σ over keys of the squared difference, mean over queries; its derivative times
  // the weight is added.
  double pattern_loss(std::size_t layer, std::size_t compiled_layer, std::size_t head);
  mutable Network<float> twin_;
  Network<float> compiled_;
  TwinOptions sizes_;
  AdamW<float> optimiser_;
};

template <class Visit>
void TrainingRun::each(std::size_t begin, std::size_t end, Visit visit) {
  constexpr std::size_t together = 128;
  std::vector<std::size_t> chosen;
  for (std::size_t i = begin; i < end; i += together) {
    chosen.clear();
    for (std::size_t j = i; j < std::min(end, i + together); ++j) chosen.push_back(j);
    fill_batch(chosen);
    network_->forward(batch_);
    for (std::size_t j = 0; j < chosen.size(); ++j) visit(chosen[j], batch_.begin[j], static_cast<std::int32_t>(j));
  }
}

}  // namespace rasp::lab
