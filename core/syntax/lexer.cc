#include "syntax/token.h"

#include "base/text.h"

namespace rasp {
namespace {

bool name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool digit(char c) { return c >= '0' && c <= '9'; }

constexpr std::string_view punctuation = "+-*/%^<>=()[]{},;:";

// How to mend characters that other languages use.
std::string meant(std::string_view run) {
  if (run == "&&" || run == "&") return "Write \"and\".";
  if (run == "||" || run == "|") return "Write \"or\".";
  if (run == "!") return "Write \"not\".";
  if (run == ".") return "There are no attributes, and decimals need a digit on both sides: 0.5, 1.0.";
  if (run == "'") return "Strings are written with double quotes, on one line.";
  return "Remove it.";
}

}  // namespace

std::vector<Token> tokenize(std::string_view s, std::uint32_t file, Diagnostics& diagnostics) {
  std::vector<Token> tokens;
  std::size_t i = 0;
  bool fresh_line = true, damaged = false;
  auto span = [&](std::size_t a, std::size_t b) { return Span{static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(b), file}; };
  auto push = [&](TokenKind kind, std::size_t begin, std::size_t end, std::string_view text) {
    tokens.push_back({kind, text, span(begin, end), fresh_line, damaged});
    fresh_line = damaged = false;
  };
  while (i < s.size()) {
    const char c = s[i];
    const std::size_t begin = i;
    if (c == '\n') { fresh_line = true; ++i; continue; }
    if (c == ' ' || c == '\t' || c == '\r') { ++i; continue; }
    if (c == '#') {
      while (i < s.size() && s[i] != '\n') ++i;
      continue;
    }
    if (name_start(c)) {
      if (s.substr(i, 4) == "s-op" && (i + 4 == s.size() || !(name_start(s[i + 4]) || digit(s[i + 4])))) i += 4;
      else
        while (i < s.size() && (name_start(s[i]) || digit(s[i]))) ++i;
      push(TokenKind::Name, begin, i, s.substr(begin, i - begin));
      continue;
    }
    if (digit(c)) {
      while (i < s.size() && digit(s[i])) ++i;
      bool is_float = false;
      if (i + 1 < s.size() && s[i] == '.' && digit(s[i + 1])) {
        is_float = true;
        ++i;
        while (i < s.size() && digit(s[i])) ++i;
      }
      push(is_float ? TokenKind::Float : TokenKind::Int, begin, i, s.substr(begin, i - begin));
      continue;
    }
    if (c == '"') {
      std::size_t end = i + 1;
      while (end < s.size() && s[end] != '"' && s[end] != '\n') {
        const std::size_t n = utf8_length(s, end);
        if (s.substr(end, 3) == "\xEF\xBF\xBF") {  // U+FFFF stands for half of a surrogate pair
          diagnostics.error("invalid-character", "syntax", "This string holds half of a surrogate pair", span(end, end + 3), "Remove it: it is no character.");
        }
        if (n == 0 || s[end] == '\0') {
          diagnostics.error("invalid-character", "syntax", "This text is not valid UTF-8", span(end, end + 1), "Save the file as UTF-8.");
          ++end;
        } else {
          end += n;
        }
      }
      if (end == s.size() || s[end] == '\n') {
        diagnostics.error("unterminated-string", "syntax", "This string is not closed on its line", span(begin, end), "Add a closing \".");
        damaged = true;
        push(TokenKind::String, begin, end, s.substr(begin + 1, end - begin - 1));
        i = end;
      } else {
        push(TokenKind::String, begin, end + 1, s.substr(begin + 1, end - begin - 1));
        i = end + 1;
      }
      continue;
    }
    const std::string_view two = s.substr(i, 2);
    if (two == "==" || two == "<=" || two == ">=" || two == "!=") {
      i += 2;
      push(TokenKind::Punctuation, begin, i, two);
      continue;
    }
    if (punctuation.find(c) != std::string_view::npos) {
      ++i;
      push(TokenKind::Punctuation, begin, i, s.substr(begin, 1));
      continue;
    }
    if (c == '\'') {  // a string with the wrong quotes is taken for what it means
      const std::size_t end = s.find_first_of("'\n", i + 1);
      if (end != std::string_view::npos && s[end] == '\'') {
        diagnostics.error("invalid-character", "syntax", "Single quotes have no meaning in RASP", span(begin, end + 1), meant("'"));
        push(TokenKind::String, begin, end + 1, s.substr(begin + 1, end - begin - 1));
        i = end + 1;
        continue;
      }
    }
    // A run of characters that mean nothing here.
    bool valid = true;
    while (i < s.size()) {
      const char d = s[i];
      if (d == '\n' || d == ' ' || d == '\t' || d == '\r' || d == '"' || d == '#' || name_start(d) || digit(d) || punctuation.find(d) != std::string_view::npos) break;
      const std::size_t n = utf8_length(s, i);
      valid &= n != 0 && d != '\0';
      i += n ? n : 1;
    }
    const std::string_view run = s.substr(begin, i - begin);
    diagnostics.error("invalid-character", "syntax", valid ? "\"" + cut(std::string(run), 24) + "\" has no meaning in RASP" : "These bytes are not valid text", span(begin, i),
                      valid ? meant(run) : "Save the file as UTF-8.");
    damaged = true;
  }
  tokens.push_back({TokenKind::End, {}, span(s.size(), s.size()), true, damaged});
  return tokens;
}

}  // namespace rasp
