#pragma once
#include "rasp/elaborate.h"

namespace rasp {

// Warnings about nodes of a program without errors: means of strings, defaults of another type, selectors that look
// swapped.
void lint(const Elaboration& program, Diagnostics& diagnostics);

}  // namespace rasp
