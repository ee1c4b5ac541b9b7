// What a model's parts mean: labelled weights, experiments, and the sum behind one number.
#pragma once
#include <string>
#include <vector>
#include "session/documents.h"
#include "model/forward.h"

namespace rasp {

// From protocol.ts's Intervention[]; the empty string, or what is wrong.
std::string read_interventions(const Json& list, const CompiledModel& model, const Evaluation& evaluation, std::int32_t T, std::vector<Intervention>& out);

// WeightsResult: the score of every pair of query and key values, what each value writes; or an MLP's neurons (head < 0).
Json weights_document(const CompiledModel& model, int layer, int head);

// ExplainResult: how the number of one residual dimension at one position came about in this half-layer.
Json explain_document(const CompiledModel& model, std::span<const Value> input, const Trace& trace, std::span<const Intervention> interventions, int half_layer, int dimension, int position);

}  // namespace rasp
