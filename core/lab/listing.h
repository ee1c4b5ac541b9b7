// Listings of craft (core/craft/craft.h) as requests, and the proof made again from the weights (core/proof/checker.h).
#pragma once
#include <string>
#include "base/json_values.h"
#include "compile.h"

namespace rasp::lab {

// {"command": "listing", "listing": TEXT}: read; with `input` the model's output, with `program` a comparison with it,
// with `format` a file in `bytes`. Throws Rejection, LimitExceeded.
Json listing_document(const Json& request, std::string& bytes);

// The listing of a compiled program, or of one `component`, in `bytes`. The expressions' places are lines of the
// program.
Json write_listing(const CompiledModel& model, const Elaboration& program, const std::string& component,
                   std::string& bytes);

// The second proof, from the weights alone, as the member `proof` of a check. That it disagrees with the first is a
// fault of ours: never "ok".
void check_proof(const CompiledModel& model, Json& check, Diagnostics& diagnostics);

}  // namespace rasp::lab
