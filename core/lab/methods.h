// Methods that look for a circuit: each gives every edge a score, from the model's activations alone.
#pragma once
#include "base/limits.h"
#include "lab/circuit.h"

namespace rasp::lab {

enum class Method : std::uint8_t {
  EdgePatching,         // the effect of reading this edge from the corrupted run
  ZeroAblation,         // of reading nothing along it
  MeanAblation,         // of reading along it what is written on average
  NodePatching,         // the effect of the node's whole output, for all of its edges (what most work with heads does)
  AttributionPatching,  // EAP: difference times gradient, one backward pass for all edges
  IntegratedGradients,  // EAP-IG: the gradient averaged between the corrupted and the clean embeddings
  Acdc,                 // greedy, from the output backwards: the largest threshold at which the edge is kept
};
inline constexpr std::pair<const char*, Method> methods[] = {{"edge_patching", Method::EdgePatching},
                                                             {"zero_ablation", Method::ZeroAblation},
                                                             {"mean_ablation", Method::MeanAblation},
                                                             {"node_patching", Method::NodePatching},
                                                             {"eap", Method::AttributionPatching},
                                                             {"eap_ig", Method::IntegratedGradients},
                                                             {"acdc", Method::Acdc}};

class Discovery {
 public:
  Discovery(const CompiledModel& model, Network<float>& network, Circuit circuit, const Examples& examples,
            const std::vector<InputPair>& pairs);
  Circuit circuit;
  // Sets CircuitEdge::causal and witness. `everywhere`: on edges, too, that are not structural; else those are none.
  void find_causal(const std::vector<InputPair>& pairs, bool everywhere, Budget& budget);
  std::vector<double> scores(Method method, Budget& budget);
  // With only these edges clean and all others corrupted: the share of positions whose answer is the whole model's.
  double faithfulness(const std::vector<bool>& kept);
  static constexpr int thresholds = 14;  // ACDC's: 10, and each a fifth or so of the one before

 private:
  using Written = EdgePass::Written;
  struct Prepared {
    const Example* clean;
    const Example* corrupted;
    Written clean_written, corrupted_written;
    Matrix<float> clean_logits, corrupted_logits;
    std::vector<std::int32_t> answers;  // by position: the clean run's column; −1 where the output is numerical
  };
  Prepared prepare(const InputPair& pair);
  double metric(const Prepared& p,
                const Matrix<float>& logits) const;  // difference from the clean run's logits, see methods.cc
  bool same_answers(const Prepared& p, const Matrix<float>& logits, std::int64_t* same = nullptr,
                    std::int64_t* all = nullptr) const;
  std::vector<double> patching(Method method, Budget& budget);
  std::vector<double> attribution(int steps, Budget& budget);
  std::vector<double> acdc(Budget& budget);
  double loss_of(const std::vector<std::uint8_t>& removed);

  const CompiledModel& model_;
  Network<float>& network_;
  const Examples& examples_;
  std::vector<Prepared> pairs_;
  EdgePass pass_;
};

}  // namespace rasp::lab
