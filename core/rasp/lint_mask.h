// What the causal mask hides on an input.
#pragma once
#include "rasp/elaborate.h"
#include "rasp/evaluate.h"

namespace rasp {

// Warnings for selectors of the main program that ask for what lies ahead, and for defaults that stand at most
// positions for that reason, each with an example position. Both evaluations are of the same nodes on `input`: with the
// mask, and without it, which says what was meant (`length` under the mask counts only what has been seen).
void lint_mask(const Elaboration& program, const Evaluation& masked, const Evaluation& unmasked,
               std::span<const Value> input, Diagnostics& diagnostics);

}  // namespace rasp
