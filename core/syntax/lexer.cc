#include "syntax/token.h"

#include <algorithm>

#include "base/text.h"
#include "syntax/transcript.h"

namespace rasp {
namespace {

bool name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool digit(char c) { return c >= '0' && c <= '9'; }

constexpr std::string_view punctuation = "+-*/%^<>=()[]{},;:";

// What is written here for an operator of other languages; empty where nothing is.
std::string_view plain_operator(std::string_view run) {
  if (run == "&&" || run == "&") return "and";
  if (run == "||" || run == "|") return "or";
  if (run == "!") return "not";
  if (run == "\u2212" || run == "\u2013") return "-";   // minus sign, en dash
  if (run == "\u00d7" || run == "\u22c5") return "*";   // multiplication sign, dot
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

// How to mend characters that mean nothing here.
std::string meant(std::string_view run) {
  if (const std::string_view plain = plain_operator(run); !plain.empty()) return "Write \"" + std::string(plain) + "\".";
  if (run == ".") return "There are no attributes, and decimals need a digit on both sides: 0.5, 1.0.";
  if (run == "'") return "Strings are written with double quotes, on one line.";
  return "Remove it.";
}

// A comment of C, from `begin`: reported, with a fix that writes it with "#". Its end.
std::size_t foreign_comment(std::string_view s, std::size_t begin, std::uint32_t file, Diagnostics& diagnostics) {
  const auto span = [&](std::size_t a, std::size_t b) { return Span{static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(b), file}; };
  const bool block = s[begin + 1] == '*';
  const std::size_t close = block ? s.find("*/", begin + 2) : s.find('\n', begin);
  const std::size_t end = close == std::string_view::npos ? s.size() : block ? close + 2 : close;
  Fix fix{"Write #", {{span(begin, begin + 2), "#"}}};
  if (block) {
    const std::size_t inner = close == std::string_view::npos ? s.size() : close;
    for (std::size_t line = s.find('\n', begin); line < inner; line = s.find('\n', line + 1)) fix.edits.push_back({span(line + 1, line + 1), "# "});
    const std::size_t next = s.find_first_not_of(" \t\r", end);
    if (close != std::string_view::npos) fix.edits.push_back({span(close, end), next == std::string_view::npos || s[next] == '\n' ? "" : "\n"});
  }
  diagnostics.error("comment-style", "syntax", block ? "Comments are not written /* … */" : "Comments do not begin with //", span(begin, begin + 2), "A comment begins with # and ends with its line.", std::move(fix));
  return end;
}

}  // namespace

std::vector<Token> tokenize(std::string_view s, std::uint32_t file, Diagnostics& diagnostics) {
  std::vector<Token> tokens;
  std::size_t i = 0;
  const auto transcript = find_transcript(s, file);
  std::size_t skipped = 0;
  if (transcript) {
    diagnostics.error("transcript", "syntax", "This is copied from a prompt: its lines begin with \"" + cut(std::string(s.substr(transcript->first.begin, transcript->first.end - transcript->first.begin)), 4) + "\", with answers between them",
                      transcript->first, "Take the prompts away, and make comments of the answers.", transcript->fix);
  }
  bool fresh_line = true, damaged = false;
  auto span = [&](std::size_t a, std::size_t b) { return Span{static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(b), file}; };
  auto push = [&](TokenKind kind, std::size_t begin, std::size_t end, std::string_view text) {
    tokens.push_back({kind, text, span(begin, end), fresh_line, damaged});
    fresh_line = damaged = false;
  };
  while (i < s.size()) {
    const char c = s[i];
    const std::size_t begin = i;
    if (transcript && skipped < transcript->skip.size() && transcript->skip[skipped].begin <= i) {
      i = std::max<std::size_t>(i, transcript->skip[skipped++].end);
      continue;
    }
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
    const bool between = tokens.empty() || fresh_line || tokens.back().text == ";" || tokens.back().text == "{" || tokens.back().text == "}";
    if ((two == "//" && between) || two == "/*") {
      i = foreign_comment(s, i, file, diagnostics);
      continue;
    }
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
        const std::string text(s.substr(begin + 1, end - begin - 1));
        diagnostics.error("invalid-character", "syntax", "Single quotes have no meaning in RASP", span(begin, end + 1), meant("'"),
                          text.find('"') == std::string::npos ? Fix{"Write double quotes", {{span(begin, end + 1), "\"" + text + "\""}}} : Fix{});
        push(TokenKind::String, begin, end + 1, s.substr(begin + 1, end - begin - 1));
        i = end + 1;
        continue;
      }
    }
    if (const std::size_t quote = curly_quote(s, i)) {
      std::size_t end = i + quote;
      while (end < s.size() && s[end] != '\n' && s[end] != '"' && curly_quote(s, end) == 0) ++end;
      const std::size_t close = end < s.size() ? std::max<std::size_t>(curly_quote(s, end), s[end] == '"') : 0;
      if (close > 0) {
        const std::string_view text = s.substr(begin + quote, end - begin - quote);
        diagnostics.error("invalid-character", "syntax", "Typographic quotes have no meaning in RASP", span(begin, end + close), "Strings are written with plain double quotes.",
                          {"Write plain quotes", {{span(begin, end + close), "\"" + std::string(text) + "\""}}});
        push(TokenKind::String, begin, end + close, text);
        i = end + close;
        continue;
      }
    }
    // A run of characters that mean nothing here.
    bool valid = true;
    while (i < s.size()) {
      const char d = s[i];
      if (d == '\n' || d == ' ' || d == '\t' || d == '\r' || d == '"' || d == '#' || name_start(d) || digit(d) || punctuation.find(d) != std::string_view::npos) break;
      const std::size_t n = utf8_length(s, i);
      if (n > 1 && !plain_operator(s.substr(i, n)).empty()) {  // one operator, not the start of a longer one
        if (i == begin) i += n;
        break;
      }
      valid &= n != 0 && d != '\0';
      i += n ? n : 1;
    }
    const std::string_view run = s.substr(begin, i - begin);
    if (const std::string_view plain = plain_operator(run); valid && !plain.empty()) {  // taken for what it means
      const bool word = name_start(plain[0]);
      const bool before = word && begin > 0 && (name_start(s[begin - 1]) || digit(s[begin - 1]));
      const bool after = word && i < s.size() && (name_start(s[i]) || digit(s[i]));
      std::string text = (before ? " " : "") + std::string(plain) + (after ? " " : "");
      diagnostics.error("invalid-character", "syntax", "\"" + std::string(run) + "\" has no meaning in RASP", span(begin, i), meant(run), {"Write " + std::string(plain), {{span(begin, i), std::move(text)}}});
      push(word ? TokenKind::Name : TokenKind::Punctuation, begin, i, plain);
      continue;
    }
    diagnostics.error("invalid-character", "syntax", valid ? "\"" + cut(std::string(run), 24) + "\" has no meaning in RASP" : "These bytes are not valid text", span(begin, i),
                      valid ? meant(run) : "Save the file as UTF-8.");
    damaged = true;
  }
  tokens.push_back({TokenKind::End, {}, span(s.size(), s.size()), true, damaged});
  return tokens;
}

}  // namespace rasp
