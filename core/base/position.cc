#include "base/position.h"

#include <algorithm>

namespace rasp {
namespace {

constexpr std::uint32_t step = 256;

std::uint32_t units_of(char c) {
  const auto b = static_cast<unsigned char>(c);
  return (b & 0xC0) == 0x80 ? 0 : b >= 0xF0 ? 2 : 1;
}

}  // namespace

LineIndex::LineIndex(std::string_view text) : text_(text), starts_{0} {
  std::uint32_t units = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i % step == 0) marks_.push_back(units);
    units += units_of(text[i]);
    if (text[i] == '\n') starts_.push_back(static_cast<std::uint32_t>(i + 1));
  }
  marks_.push_back(units);
}

std::uint32_t LineIndex::units(std::uint32_t offset) const {
  std::uint32_t at = offset / step * step, units = marks_[offset / step];
  if (offset == text_.size()) return marks_.back();
  for (; at < offset; ++at) units += units_of(text_[at]);
  return units;
}

Position LineIndex::at(std::uint32_t offset) const {
  offset = std::min(offset, static_cast<std::uint32_t>(text_.size()));
  const auto line = std::upper_bound(starts_.begin(), starts_.end(), offset) - starts_.begin();
  return {line, std::int64_t{units(offset)} - units(starts_[static_cast<std::size_t>(line - 1)]) + 1};
}

}  // namespace rasp
