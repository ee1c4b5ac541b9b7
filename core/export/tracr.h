// The same model as Tracr would have made it, where that matters to readers of Tracr's models.
#pragma once
#include <string>
#include "compiler/compile.h"

namespace rasp {

// Tracr keeps a categorical output in the residual stream, one dimension a value with the label `output:value` (the
// value in Python's words), and its unembedding only picks these dimensions. Readers rely on it: TransformerLens's
// utilities/tracr.py finds the output as the one name whose values in the residual labels are those of the output
// encoder, and makes the unembedding itself. Our compiler folds tables and biases into W_U.
//
// Returns `model` with one more layer without heads, whose MLP writes every logit u = x·W_U + b_U as relu(u) -
// relu(-u), the same float, into a dimension of its own; W_U then picks these, b_U is 0. Labels that a reader could
// take for the output's are written `name=value`. A model with a numerical output, or one that has this form, keeps its
// weights. Of equal labels all but the first get a number ("x", "x'2"): readers take them for names.
CompiledModel with_output_in_stream(const CompiledModel& model, const std::string& output_name);

}  // namespace rasp
