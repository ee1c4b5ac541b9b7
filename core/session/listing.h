// Listings of craft (core/craft/craft.h) as requests: read, run, compared with a program, written as weights.
#pragma once
#include <string>
#include "base/json_values.h"

namespace rasp {

// {"command": "listing", "listing": TEXT}; with `input` the model's output, with `program` a comparison with it, with `format` a file in `bytes`.
// Throws BadRequest, LimitExceeded.
Json listing_document(const Json& request, std::string& bytes);

}  // namespace rasp
