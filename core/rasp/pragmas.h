#pragma once
#include <string_view>
#include "rasp/elaborate.h"

namespace rasp {

// Reads the `#@ …` lines of a main file. What is unknown or malformed is a warning or an error with its position.
Pragmas read_pragmas(std::string_view text, Diagnostics& diagnostics);

}  // namespace rasp
