// Texts of numbers as the host language reads and writes them (conversions of tokens, string formatting).
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace rasp {

// Optional blanks, sign, digits of any script with single `_` between them. Gives sign and digits alone, or nothing.
std::optional<std::string> int_literal(std::string_view text);
// The same with fraction and exponent, or inf, infinity, nan in any case. Gives the nearest double, or nothing.
std::optional<double> float_literal(std::string_view text);

}  // namespace rasp
