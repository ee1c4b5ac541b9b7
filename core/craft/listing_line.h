// One line of a listing, token by token.
#pragma once
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>
#include "base/diagnostics.h"
#include "base/text.h"
#include "base/value.h"

namespace rasp::craft {

struct Token {
  enum class Kind : std::uint8_t { Name, Text, Number, Sign, End } kind = Kind::End;
  std::string text;  // of a Text: what stands between the quotes
  std::uint32_t begin = 0, end = 0;
};

// Throws Rejection: the listing is none.
[[noreturn]] void bad_listing(Span at, std::string message, const std::string& hint = {});

// Where something else stands than is asked for, these throw Rejection.
class ListingLine {
 protected:
  void open(std::string_view text, std::uint32_t begin, std::uint32_t end);  // bytes of the whole text
  [[noreturn]] static void bad(const Token& at, const std::string& message, const std::string& hint = {}) {
    bad_listing({at.begin, std::max(at.end, at.begin + 1), 0}, message, hint);
  }
  const Token& peek() const { return line_[at_]; }
  const Token& take() { return line_[at_ + 1 < line_.size() ? at_++ : at_]; }
  bool word(const char* text);
  bool sign(const char* text);
  static std::string shown(const Token& t) {
    return t.kind == Token::Kind::End ? t.text : "\"" + cut(t.text, 40) + "\"";
  }
  void expect(const char* text);
  void expect_word(const char* text);
  void end_of_line();
  std::int32_t count(std::int32_t least, std::int32_t most);
  std::string name();
  std::string text();
  Value value();
  std::vector<Value> values();
  float weight(const Token& t) const;

  std::vector<Token> line_;  // the last is End
  std::size_t at_ = 0;       // what is next
};

}  // namespace rasp::craft
