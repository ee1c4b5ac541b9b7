// A RASP program as text in Tracr's Python: expressions of `tracr.rasp.rasp`, to be run by Tracr or by this project's
// own package of that name.
#pragma once
#include <string>
#include "base/json_values.h"
#include "compile.h"

namespace rasp::lab {

// The program's output and all that it reads. Wherever the program has a value, the text has the same one; where a
// program of RASP is undefined, Python raises or goes on. `promises`: the encodings that the program asks for become
// `rasp.numerical` and `rasp.categorical`. Throws LimitExceeded{"limit-document"} for texts over 4 MB.
std::string python_text(const Program& program, NodeId output, const CompileOptions::Promises& promises);

// {"command": "python", "program": …} → {"ok", "text", "diagnostics"}. Throws Rejection, LimitExceeded.
Json python_document(const Json& request);

}  // namespace rasp::lab
