// Unicode text: all strings of values and sources are UTF-8.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rasp {

// Bytes of the well-formed UTF-8 sequence at i; 0 where it is malformed (truncated, overlong, surrogate, beyond
// U+10FFFF).
std::size_t utf8_length(std::string_view s, std::size_t i);
bool valid_utf8(std::string_view s);
// One string per code point. Malformed bytes become U+FFFD.
std::vector<std::string> code_points(std::string_view s);
std::size_t count_code_points(std::string_view s);
// Every malformed byte replaced by U+FFFD.
std::string repaired_utf8(std::string_view s);
// At most `most` code points, the last one an ellipsis where something was cut.
std::string cut(std::string text, std::size_t most);

}  // namespace rasp
