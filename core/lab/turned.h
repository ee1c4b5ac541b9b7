// A compiled model whose residual stream is held in another basis W [d_model, d], learned by an experiment: a model of
// its own, of width d.
#pragma once
#include <optional>

#include "compile.h"
#include "lab/matrix.h"
#include "run/verify.h"
#include "session/request.h"

namespace rasp::lab {

// `basis` of a request: d_model rows of d numbers each, 1 ≤ d ≤ d_model; nullopt where there is none. Throws
// Rejection.
std::optional<Matrix<float>> basis_at(const Json& request, std::int32_t d_model);

// What is written is multiplied by W, what is read by Wᵀ. Layers, heads and neurons are the model's, by number and by
// what they compute; no dimension has an s-op of its own any more, and nothing is proved.
CompiledModel turned(const CompiledModel& model, const Matrix<float>& W);

// How many inputs the model answers as the program does, and the least lead of an answer. An answer's lead: by how much
// its logit is larger than the next; of a number, 1 where it is the value and 0 halfway to the next value.
struct Tried {
  std::uint64_t inputs = 0, right = 0;
  double lead = 1e30;
};
Tried try_out(Runner& runner, const std::vector<std::vector<Value>>& inputs, Budget& budget);

}  // namespace rasp::lab
