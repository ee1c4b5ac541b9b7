// Plan + schedule → weights, labels and the proof of exactness.
#pragma once
#include "compiler/plan.h"
#include "compiler/schedule.h"

namespace rasp {

// Fills transformer, subspaces, labels, layers, codec, exactness of `model`. Node ids are those of the planned graph.
// balance: scores of heads that add up several keys are kept low enough for the proof to bear the errors of the codes
// they compare; else they are as high as leakage asks, which is what serves when the codes are better than their
// bounds.
void assemble(const PlanContext& context, const Plan& plan, const Schedule& schedule, NodeId output, bool balance,
              CompiledModel& model);

}  // namespace rasp
