#include "rasp/number_text.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <iterator>

#include "base/text.h"

namespace rasp {
namespace {

// Length of the blank (Unicode white space) that `text` begins with, 0 if none.
std::size_t blank_at(std::string_view text) {
  if (text.empty()) return 0;
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  if ((byte(0) >= 0x09 && byte(0) <= 0x0d) || (byte(0) >= 0x1c && byte(0) <= 0x20)) return 1;
  if (byte(0) == 0xc2 && (byte(1) == 0x85 || byte(1) == 0xa0)) return 2;
  if (byte(0) < 0xe1 || byte(0) > 0xe3) return 0;
  const unsigned code = ((byte(0) & 0x0fu) << 12) | ((byte(1) & 0x3fu) << 6) | (byte(2) & 0x3fu);
  const bool blank = code == 0x1680 || (code >= 0x2000 && code <= 0x200a) || code == 0x2028 || code == 0x2029 ||
                     code == 0x202f || code == 0x205f || code == 0x3000;
  return blank && text.size() >= 3 ? 3 : 0;
}

std::string_view strip(std::string_view text) {
  while (const std::size_t size = blank_at(text)) text.remove_prefix(size);
  for (bool more = true; more && !text.empty();) {
    more = false;
    for (std::size_t size = 1; size <= 3 && size <= text.size(); ++size) {
      if (blank_at(text.substr(text.size() - size)) == size) {
        text.remove_suffix(size);
        more = true;
        break;
      }
    }
  }
  return text;
}

// The digit that `text` begins with, of any script (Unicode 14, category Nd: tens of code points from these zeros on),
// and its bytes.
int digit_at(std::string_view text, std::size_t& bytes) {
  static constexpr std::uint32_t zeros[] = {
      0x30,    0x660,   0x6f0,   0x7c0,   0x966,   0x9e6,   0xa66,   0xae6,   0xb66,   0xbe6,   0xc66,
      0xce6,   0xd66,   0xde6,   0xe50,   0xed0,   0xf20,   0x1040,  0x1090,  0x17e0,  0x1810,  0x1946,
      0x19d0,  0x1a80,  0x1a90,  0x1b50,  0x1bb0,  0x1c40,  0x1c50,  0xa620,  0xa8d0,  0xa900,  0xa9d0,
      0xa9f0,  0xaa50,  0xabf0,  0xff10,  0x104a0, 0x10d30, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0,
      0x11450, 0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950, 0x11c50, 0x11d50, 0x11da0, 0x16a60,
      0x16ac0, 0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e950, 0x1fbf0};
  bytes = text.empty() ? 0 : utf8_length(text, 0);
  if (bytes == 0) return -1;
  std::uint32_t code = static_cast<unsigned char>(text[0]) & (bytes == 1 ? 0x7fu : 0xffu >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) code = code << 6 | (static_cast<unsigned char>(text[i]) & 0x3fu);
  const auto after = std::upper_bound(std::begin(zeros), std::end(zeros), code);
  if (after == std::begin(zeros) || code - *(after - 1) > 9) return -1;
  return static_cast<int>(code - *(after - 1));
}

// Moves digits with single `_` between them from `text` to `out`; false if there is none or a `_` stands elsewhere.
bool take_digits(std::string_view& text, std::string& out) {
  std::size_t bytes = 0;
  int digit = digit_at(text, bytes);
  if (digit < 0) return false;
  while (digit >= 0) {
    out += static_cast<char>('0' + digit);
    text.remove_prefix(bytes);
    digit = digit_at(text, bytes);
    if (digit >= 0 || text.empty() || text[0] != '_') continue;
    digit = digit_at(text.substr(1), bytes);
    if (digit >= 0) text.remove_prefix(1);
  }
  return text.empty() || text[0] != '_';
}

void take_sign(std::string_view& text, std::string& out) {
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    if (text[0] == '-') out += '-';
    text.remove_prefix(1);
  }
}

}  // namespace

std::optional<std::string> int_literal(std::string_view text) {
  text = strip(text);
  std::string out;
  take_sign(text, out);
  if (!take_digits(text, out) || !text.empty()) return std::nullopt;
  return out;
}

std::optional<double> float_literal(std::string_view text) {
  text = strip(text);
  std::string out;
  take_sign(text, out);
  if (text.size() <= 8) {
    std::string word;
    for (char c : text) word += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    const double sign = out.empty() ? 1 : -1;
    if (word == "inf" || word == "infinity") return sign * HUGE_VAL;
    if (word == "nan") return std::nan("");
  }
  bool digits = take_digits(text, out);
  if (!digits && !text.empty() && text[0] != '.') return std::nullopt;
  if (!text.empty() && text[0] == '.') {
    out += digits ? "." : "0.";
    text.remove_prefix(1);
    std::size_t bytes = 0;
    if (digit_at(text, bytes) >= 0) {
      if (!take_digits(text, out)) return std::nullopt;
      digits = true;
    }
  }
  if (!digits) return std::nullopt;
  if (!text.empty() && (text[0] == 'e' || text[0] == 'E')) {
    out += 'e';
    text.remove_prefix(1);
    take_sign(text, out);
    if (!take_digits(text, out)) return std::nullopt;
  }
  if (!text.empty()) return std::nullopt;
  return std::strtod(out.c_str(), nullptr);
}

}  // namespace rasp
