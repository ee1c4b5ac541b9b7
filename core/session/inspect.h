// What a model's parts mean: labelled weights, experiments, and the sum behind one number.
#pragma once
#include <string>
#include <vector>
#include "session/documents.h"
#include "model/forward.h"

namespace rasp {

// The trace's tensor that is the residual stream after half-layer `half`: 0 the embeddings, 2L+1 attention L, 2L+2 MLP
// L.
std::string half_layer_name(int half);

// Null where the model has no such layer or head.
// WeightsResult: the score of every pair of query and key values, what each value writes; or an MLP's neurons (head <
// 0).
Json weights_document(const CompiledModel& model, int layer, int head);

// Null where there is no such number.
// ExplainResult: how the number of one residual dimension at one position came about in this half-layer.
Json explain_document(const CompiledModel& model, std::span<const Value> input, const Trace& trace,
                      std::span<const Intervention> interventions, int half_layer, int dimension, int position);

}  // namespace rasp
