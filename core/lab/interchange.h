// Interchange interventions (Geiger et al. 2021, "Causal Abstractions of Neural Networks"): an s-op has, in the model
// and in the program, the values that it has on another input; how often do both still answer the same? 1: the model
// computes by that s-op what the program does.
#pragma once
#include "lab/matrix.h"
#include "model/transformer.h"
#include "session/request.h"

namespace rasp::lab {

// {program… or run and step?, pairs?, seed?} → InterchangeResult of core/lab/schema. Throws Rejection and
// LimitExceeded.
Json interchange(const Json& request);

}  // namespace rasp::lab
