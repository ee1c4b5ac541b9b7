// `tabulate`: which values the functions of a graph can still meet. The host of another language answers with their outcomes as rows of the graph's
// tables, and asks again until none is missing.
#pragma once
#include "compile.h"

namespace rasp {

Json tabulate(const ProgramRequest& request, const Limits& limits);

}  // namespace rasp
