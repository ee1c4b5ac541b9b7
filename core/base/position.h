// Byte offsets → lines and columns, once, at the boundary.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

namespace rasp {

struct Position {
  std::int64_t line = 1, column = 1;  // 1-based; columns in UTF-16 code units, as editors count
};

class LineIndex {
 public:
  explicit LineIndex(std::string_view text);  // must outlive the index
  Position at(std::uint32_t offset) const;    // beyond the end: the end

 private:
  std::uint32_t units(std::uint32_t offset) const;  // UTF-16 code units before it

  std::string_view text_;
  std::vector<std::uint32_t> starts_;  // of lines
  std::vector<std::uint32_t> marks_;   // code units before every 256th byte: lines may be very long
};

}  // namespace rasp
