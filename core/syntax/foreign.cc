#include "syntax/foreign.h"

#include <algorithm>
#include <cstdlib>
#include <unordered_map>

namespace rasp {

// What is written here for an operator of other languages; empty where nothing is.
std::string_view plain_operator(std::string_view run) {
  if (run == "&&" || run == "&") return "and";
  if (run == "||" || run == "|") return "or";
  if (run == "!" || run == "~") return "not";
  if (run == "\u2212" || run == "\u2013") return "-";  // minus sign, en dash
  if (run == "\u00d7" || run == "\u22c5") return "*";  // multiplication sign, dot
  if (run == "\u00f7") return "/";
  if (run == "\u2264") return "<=";
  if (run == "\u2265") return ">=";
  return {};
}

// Quotes that word processors write; their length in bytes, 0 for anything else.
std::size_t curly_quote(std::string_view s, std::size_t i) {
  for (const std::string_view q : {"\u201c", "\u201d", "\u201e", "\u201f", "\u2018", "\u2019", "\u00ab", "\u00bb"}) {
    if (s.substr(i, q.size()) == q) return q.size();
  }
  return 0;
}

// How to fix characters that mean nothing here.
std::string meant(std::string_view run) {
  if (const std::string_view plain = plain_operator(run); !plain.empty())
    return "Write \"" + std::string(plain) + "\".";
  if (run == ".") return "There are no attributes, and decimals need a digit on both sides: 0.5, 1.0.";
  if (run == "?") return "Write a if condition else b.";
  if (run == "\\") return "Statements may go over several lines as they are: remove it.";
  if (run == "'") return "Strings are written with double quotes, on one line.";
  return "Remove it.";
}

// A comment of C, from `begin`: reported, with a fix that writes it with "#". Its end.
std::size_t foreign_comment(std::string_view s, std::size_t begin, std::uint32_t file, Diagnostics& diagnostics) {
  const auto span = [&](std::size_t a, std::size_t b) {
    return Span{static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(b), file};
  };
  const bool block = s[begin + 1] == '*';
  const std::size_t close = block ? s.find("*/", begin + 2) : s.find('\n', begin);
  const std::size_t end = close == std::string_view::npos ? s.size() : block ? close + 2 : close;
  Fix fix{"Write #", {{span(begin, begin + 2), "#"}}};
  if (block) {
    const std::size_t inner = close == std::string_view::npos ? s.size() : close;
    for (std::size_t line = s.find('\n', begin); line < inner; line = s.find('\n', line + 1))
      fix.edits.push_back({span(line + 1, line + 1), "# "});
    const std::size_t next = s.find_first_not_of(" \t\r", end);
    if (close != std::string_view::npos)
      fix.edits.push_back({span(close, end), next == std::string_view::npos || s[next] == '\n' ? "" : "\n"});
  }
  diagnostics.error("comment-style", "syntax",
                    block ? "Comments are not written /* … */" : "Comments do not begin with //",
                    span(begin, begin + 2), "A comment begins with # and ends with its line.", std::move(fix));
  return end;
}

bool string_prefix(std::string_view name) {
  if (name.empty() || name.size() > 2) return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return std::string_view("fFrRbBuU").find(c) != std::string_view::npos; });
}

namespace {

// Digits "." digits times ten to the power of `exponent`, written out; empty where that takes more than 20 digits.
std::string shifted(std::string digits, std::size_t whole, int exponent) {
  if (exponent < -20 || exponent > 20) return {};
  const int point = static_cast<int>(whole) + exponent;
  if (point < 1) digits.insert(0, static_cast<std::size_t>(1 - point), '0');
  const std::size_t at = static_cast<std::size_t>(std::max(point, 1));
  if (digits.size() < at) digits.append(at - digits.size(), '0');
  const std::string rest = digits.substr(at);
  return digits.substr(0, at) + "." + (rest.empty() ? "0" : rest);
}

}  // namespace

std::string plain_number(std::string_view written) {
  std::string s;
  for (char c : written)
    if (c != '_') s += c;
  const auto only = [](std::string_view text, std::string_view allowed) {
    return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
  };
  constexpr std::string_view decimal = "0123456789";
  if (s.size() <= 17 && s.size() > 2 && s[0] == '0') {
    const char kind = static_cast<char>(s[1] | 0x20);
    const int base = kind == 'x' ? 16 : kind == 'o' ? 8 : kind == 'b' ? 2 : 0;
    const std::string_view digits =
        std::string_view("0123456789abcdefABCDEF").substr(0, base == 16 ? 22 : static_cast<std::size_t>(base));
    if (base && only(std::string_view(s).substr(2), digits))
      return std::to_string(std::strtoull(s.c_str() + 2, nullptr, base));
  }
  const std::size_t e = s.find_first_of("eE");
  const std::string mantissa = s.substr(0, e);
  const std::size_t point = mantissa.find('.');
  const std::string whole = mantissa.substr(0, point),
                    fraction = point == std::string::npos ? "" : mantissa.substr(point + 1);
  if (!only(whole, decimal) || (point != std::string::npos && !only(fraction, decimal))) return {};
  if (e == std::string::npos) return s;
  std::string exponent = s.substr(e + 1);
  const std::string_view unsigned_part =
      std::string_view(exponent).substr(!exponent.empty() && (exponent[0] == '-' || exponent[0] == '+'));
  if (!only(unsigned_part, decimal) || unsigned_part.size() > 3) return {};
  return shifted(whole + fraction, whole.size(), std::atoi(exponent.c_str()));
}

const char* foreign_statement_hint(std::string_view word) {
  static const std::unordered_map<std::string_view, const char*> words = {
      {"import", "Nothing needs to be imported; load \"file\"; runs a file of your own."},
      {"from", "Nothing needs to be imported; load \"file\"; runs a file of your own."},
      {"while", "Loop over a list: for i in range(3) { … }."},
      {"class", "There are no classes: use functions, lists and dictionaries."},
      {"lambda", "There are no functions without a name: def f(x) { return x; }."},
      {"pass", "Leave it out."},
      {"try", "There are no exceptions."},
      {"elif", "There is no if statement: write a if condition else b."},
      {"assert", "Write #@ expect \"abc\" -> [1, 2, 3] for a test, #@ assume x for a promise."},
      {"break", "A loop goes through its whole list."},
      {"continue", "A loop goes through its whole list; choose with a if condition else b."},
      {"del", "Leave it out: names stay."},
      {"except", "There are no exceptions."},
      {"global", "Functions read the names outside as they are, and assign to none."},
      {"nonlocal", "Functions read the names outside as they are, and assign to none."},
      {"print", "Write the value alone, as a statement: x;"},
      {"raise", "There are no exceptions."},
      {"with", "Leave it out."},
      {"yield", "A function gives one value, or several as a list: return a, b;"},
      {"let", "Leave the word out: x = tokens;"},
      {"var", "Leave the word out: x = tokens;"},
      {"const", "Leave the word out: x = tokens;"},
  };
  const auto it = words.find(word);
  return it == words.end() ? nullptr : it->second;
}

}  // namespace rasp
