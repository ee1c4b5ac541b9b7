// Plan + schedule → weights, labels and the proof of exactness.
#pragma once
#include "compiler/plan.h"
#include "compiler/schedule.h"

namespace rasp {

// Fills transformer, subspaces, labels, layers, codec, exactness of `model`. Node ids are those of the planned graph.
void assemble(const PlanContext& context, const Plan& plan, const Schedule& schedule, NodeId output, CompiledModel& model);

}  // namespace rasp
