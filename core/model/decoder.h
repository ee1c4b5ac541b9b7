// A causal model on a sequence that grows. What earlier positions hold never changes, so one more token costs one
// position: its queries meet the keys and values that are kept (the key-value cache of decoders).
#pragma once
#include <cstdint>
#include <vector>
#include "model/forward.h"

namespace rasp {

struct PreparedHead;
struct PreparedLayer;

class Decoder {
 public:
  explicit Decoder(const PreparedModel& model);  // precondition: causal. The model outlives it.
  // Computes the position of one more token; the first is BOS. Precondition: fewer than n_ctx so far, the id in range.
  void append(std::int32_t token_id);
  void clear();
  const std::vector<std::int32_t>& ids() const { return ids_; }
  const std::vector<float>& logits() const { return logits_; }  // [ids, d_vocab_out], as from forward()

 private:
  void attend(const PreparedHead& head, std::vector<float>& kept);
  void mlp(const PreparedLayer& layer);
  const PreparedModel& model_;
  std::vector<std::int32_t> ids_;
  std::vector<float> logits_, x_, z_, query_, pattern_;  // x_: the residual stream at the new position
  std::vector<std::int32_t> groups_;
  std::vector<std::vector<float>> kept_;  // by head, layer after layer: position by position its keys and values
};

}  // namespace rasp
