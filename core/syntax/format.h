// Lays out a program's text: one statement a line, blocks indented by four blanks, one blank around operators.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include "base/limits.h"
#include "base/diagnostics.h"

namespace rasp {

// The same tokens and comments in the same order, but for statements that are empty (";"), so that the program stays
// the same; line breaks inside a statement stay where they are. Formatting twice changes nothing more. The text ends
// with one line break. nullopt where the program does not parse: the mistakes are in `diagnostics`.
std::optional<std::string> format_program(std::string_view text, Diagnostics& diagnostics, const Limits& limits);

}  // namespace rasp
