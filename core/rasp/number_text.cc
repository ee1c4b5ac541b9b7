#include "rasp/number_text.h"

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace rasp {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

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

// Moves digits with single `_` between them from `text` to `out`; false if there is none or a `_` stands elsewhere.
bool take_digits(std::string_view& text, std::string& out) {
  if (text.empty() || !is_digit(text[0])) return false;
  while (!text.empty()) {
    if (is_digit(text[0])) {
      out += text[0];
      text.remove_prefix(1);
    } else if (text[0] == '_' && text.size() > 1 && is_digit(text[1])) {
      text.remove_prefix(1);
    } else {
      break;
    }
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
    if (!text.empty() && is_digit(text[0])) {
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

std::string fixed_six(double d) {
  if (std::isnan(d)) return "nan";
  if (std::isinf(d)) return d > 0 ? "inf" : "-inf";
  char text[352];  // the largest double has 309 digits before the point
  std::snprintf(text, sizeof text, "%.6f", d);
  return text;
}

}  // namespace rasp
