#include "craft/listing_line.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "base/bigint.h"
#include "base/text.h"
#include "nlohmann/json.hpp"

namespace rasp::craft {
namespace {

bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool digit(char c) { return c >= '0' && c <= '9'; }

// The tokens of one line, with their places in the whole text.
class Lexer {
 public:
  Lexer(std::string_view text, std::uint32_t begin, std::uint32_t end) : s_(text), at_(begin), end_(end) {}

  std::vector<Token> run() {
    std::vector<Token> out;
    for (;;) {
      while (at_ < end_ && (s_[at_] == ' ' || s_[at_] == '\t' || s_[at_] == '\r')) ++at_;
      if (at_ >= end_ || s_[at_] == '#') break;
      out.push_back(next());
    }
    out.push_back({Token::Kind::End, "the end of the line", std::min(at_, end_), std::min(at_, end_)});
    return out;
  }

 private:
  Token next() {
    const std::uint32_t begin = at_;
    const char c = s_[at_];
    if (letter(c)) {
      while (at_ < end_ && (letter(s_[at_]) || digit(s_[at_]) || s_[at_] == ':' || s_[at_] == '.' || s_[at_] == '|' ||
                            s_[at_] == '\''))
        ++at_;
      if (s_[at_ - 1] == ':') --at_;
      return token(Token::Kind::Name, begin);
    }
    if (digit(c) || (c == '-' && at_ + 1 < end_ && (digit(s_[at_ + 1]) || letter(s_[at_ + 1])))) {
      if (c == '-') ++at_;
      while (at_ < end_ && (digit(s_[at_]) || letter(s_[at_]) || s_[at_] == '.' ||
                            ((s_[at_] == '+' || s_[at_] == '-') && s_[at_ - 1] == 'e')))
        ++at_;
      return token(Token::Kind::Number, begin);
    }
    if (c == '"') return text();
    at_ += c == '-' && at_ + 1 < end_ && s_[at_ + 1] == '>' ? 2 : 1;
    at_ = std::min(at_, end_);
    Token t = token(Token::Kind::Sign, begin);
    if (t.text != "->" && std::string("~:=+-*()").find(t.text) == std::string::npos) {
      const auto length = std::max<std::size_t>(1, utf8_length(s_, begin));
      bad_listing({begin, begin + static_cast<std::uint32_t>(length), 0},
                  "\"" + repaired_utf8(s_.substr(begin, length)) + "\" is no sign of a listing",
                  "Names with other signs than letters, digits and _ : . | ' stand in double quotes.");
    }
    return t;
  }

  Token token(Token::Kind kind, std::uint32_t begin) const {
    return {kind, std::string(s_.substr(begin, at_ - begin)), begin, at_};
  }

  Token text() {
    const std::uint32_t begin = at_++;
    while (at_ < end_ && s_[at_] != '"') at_ += s_[at_] == '\\' ? 2 : 1;
    if (at_ >= end_) bad_listing({begin, end_, 0}, "A text has no closing quote", "Texts end on their line.");
    ++at_;
    Token t = token(Token::Kind::Text, begin);
    const auto json = nlohmann::json::parse(t.text, nullptr, false);
    if (!json.is_string())
      bad_listing({begin, at_, 0}, "This text is not written as in JSON",
                  "Write \\\" and \\\\ for a quote and a backslash.");
    t.text = json.get<std::string>();
    return t;
  }

  std::string_view s_;
  std::uint32_t at_, end_;
};

}  // namespace

void bad_listing(Span at, std::string message, const std::string& hint) {
  throw Rejection{{Severity::Error, "bad-listing", "input", std::move(message), at,
                   hint.empty() ? "The documentation of craft has the grammar; plan FILE shows a listing." : hint}};
}

void ListingLine::open(std::string_view text, std::uint32_t begin, std::uint32_t end) {
  line_ = Lexer(text, begin, end).run();
  at_ = 0;
}

bool ListingLine::word(const char* text) {
  if (peek().kind != Token::Kind::Name || peek().text != text) return false;
  take();
  return true;
}

bool ListingLine::sign(const char* text) {
  if (peek().kind != Token::Kind::Sign || peek().text != text) return false;
  take();
  return true;
}

void ListingLine::expect(const char* text) {
  if (!sign(text)) bad(peek(), "\"" + std::string(text) + "\" is expected, not " + shown(peek()));
}

void ListingLine::expect_word(const char* text) {
  if (!word(text)) bad(peek(), "\"" + std::string(text) + "\" is expected, not " + shown(peek()));
}

void ListingLine::end_of_line() {
  if (peek().kind != Token::Kind::End) bad(peek(), shown(peek()) + " is too much on this line");
}

std::int32_t ListingLine::count(std::int32_t least, std::int32_t most) {
  const Token t = take();
  if (t.kind == Token::Kind::Number && t.text.size() < 8 && std::all_of(t.text.begin(), t.text.end(), digit)) {
    const int n = std::atoi(t.text.c_str());
    if (n >= least && n <= most) return n;
  }
  bad(t, "A number from " + std::to_string(least) + " to " + std::to_string(most) + " is expected, not " + shown(t));
}

std::string ListingLine::name() {
  const Token t = take();
  if (t.kind != Token::Kind::Name && t.kind != Token::Kind::Text) bad(t, "A name is expected, not " + shown(t));
  return t.text;
}

std::string ListingLine::text() {
  const Token t = take();
  if (t.kind != Token::Kind::Text) bad(t, "A text in double quotes is expected, not " + shown(t));
  return t.text;
}

Value ListingLine::value() {
  const Token t = take();
  if (t.kind == Token::Kind::Text) return Value::string(t.text);
  if (t.text == "python") return Value::opaque(text());
  if (t.text == "True" || t.text == "False") return Value::boolean(t.text == "True");
  if (t.kind == Token::Kind::Number || t.text == "inf" || t.text == "nan") {
    if (t.text.find_first_of(".einf") == std::string::npos) {
      if (const auto i = BigInt::from_decimal(t.text)) return Value::integer(*i);
    } else {
      char* end = nullptr;
      const double d = std::strtod(t.text.c_str(), &end);
      if (*end == 0 && (std::isfinite(d) || t.text.find_first_of("if") != std::string::npos || t.text == "nan"))
        return Value::real(d);
    }
  }
  bad(t, "A value is expected, not " + shown(t), "Write 1, 1.0, True, \"a\" or python \"None\".");
}

std::vector<Value> ListingLine::values() {
  std::vector<Value> out;
  while (peek().kind != Token::Kind::End) out.push_back(value());
  return out;
}

float ListingLine::weight(const Token& t) const {
  char* end = nullptr;
  const float w = std::strtof(t.text.c_str(), &end);
  if (*end != 0 || !std::isfinite(w)) bad(t, shown(t) + " is not a number that float32 holds");
  return w;
}

}  // namespace rasp::craft
