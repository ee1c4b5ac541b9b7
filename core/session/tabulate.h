// `tabulate`: which values the functions of a graph can still meet. The host of another language answers with their
// outcomes as rows of the graph's tables, and asks again until none is missing.
#pragma once
#include "compile.h"

namespace rasp {

// `inputs`: further ones that the program is to have values on, as in `eval_many`; what is none there is left out.
Json tabulate(const ProgramRequest& request, const Json& inputs, const Limits& limits);

}  // namespace rasp
