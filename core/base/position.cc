#include "base/position.h"

#include <algorithm>

namespace rasp {

LineIndex::LineIndex(std::string_view text) : text_(text), starts_{0} {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') starts_.push_back(static_cast<std::uint32_t>(i + 1));
  }
}

Position LineIndex::at(std::uint32_t offset) const {
  offset = std::min(offset, static_cast<std::uint32_t>(text_.size()));
  const auto line = std::upper_bound(starts_.begin(), starts_.end(), offset) - starts_.begin();
  Position p{line, 1};
  for (std::uint32_t i = starts_[static_cast<std::size_t>(line - 1)]; i < offset; ++i) {
    const auto b = static_cast<unsigned char>(text_[i]);
    if ((b & 0xC0) != 0x80) p.column += b >= 0xF0 ? 2 : 1;
  }
  return p;
}

}  // namespace rasp
