#pragma once
#include <string_view>
#include <vector>
#include "base/limits.h"
#include "syntax/ast.h"

namespace rasp {

// Parses a whole file. After an error the parser goes on at the next statement, so that one mistake gives one
// diagnostic.
std::vector<Statement> parse(std::string_view text, std::uint32_t file, Diagnostics& diagnostics, const Limits& limits);
// Parses one expression that must end with the text; null after an error.
ExprPtr parse_expression(std::string_view text, std::uint32_t file, Diagnostics& diagnostics, const Limits& limits);

}  // namespace rasp
