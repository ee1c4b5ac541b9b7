#include "syntax/parser.h"

#include "syntax/reader.h"
#include "syntax/words.h"

namespace rasp {

std::vector<Statement> Parser::program() {
  std::vector<Statement> result;
  while (!at_end()) {
    depth_ = 0;
    if (take(";")) continue;
    if (one(result, true)) continue;
    // What is left over of a block whose head was broken.
    while (is("}") || is(";")) ++at_;
  }
  return result;
}

ExprPtr Parser::single() {
  try {
    ExprPtr e = expression();
    if (!at_end())
      fail("unexpected-token", "Unexpected " + shown(peek()) + " after the expression", "Write one expression.");
    return e;
  } catch (const Recover&) {
    return nullptr;
  }
}

std::string Parser::shown(const Token& t) {
  if (t.kind == TokenKind::End) return "the end of the program";
  return "\"" + std::string(t.text.substr(0, 24)) + "\"";
}

void Parser::fail(std::string code, std::string message, std::string hint, const char* error_class, Fix fix) {
  if (!excused() && std::string_view(error_class) == "syntax" && continued_ > statement_ && continued_ < at_)
    new_statement(continued_);
  else if (!excused())
    diagnostics_.error(
        std::move(code), at_end() && std::string_view(error_class) == "syntax" ? "incomplete" : error_class,
        std::move(message), at_end() && at_ > 0 ? tokens_[at_ - 1].span : peek().span, std::move(hint), std::move(fix));
  if (std::string_view(error_class) == "limit") {  // nothing behind it can be judged
    gave_up_ = true;
    at_ = tokens_.size() - 1;
  }
  throw Recover{};
}

void Parser::new_statement(std::size_t token) {
  const Span last = tokens_[token - 1].span;
  diagnostics_.error("missing-semicolon", "syntax",
                     "Expected \";\" after this statement, found " + shown(tokens_[token]) + " on the next line",
                     {last.end > last.begin ? last.end - 1 : last.begin, last.end, last.file}, "Add \";\".",
                     {"Add ;", {{{last.end, last.end, last.file}, ";"}}});
}

void Parser::expect(std::string_view text, const char* where) {
  if (!take(text))
    fail("expected-token", "Expected \"" + std::string(text) + "\" " + where + ", found " + shown(peek()),
         "Add \"" + std::string(text) + "\".");
}

void Parser::semicolon() {
  for (; is(")") || is("]"); ++at_) {
    if (!excused())
      diagnostics_.error("unexpected-token", "syntax", "This " + shown(peek()) + " closes nothing", peek().span,
                         "Remove it.", {"Remove it", {{peek().span, ""}}});
  }
  if (take(";")) return;
  const Span last = tokens_[at_ - 1].span;
  if (!excused())
    diagnostics_.error("missing-semicolon", at_end() ? "incomplete" : "syntax",
                       "Expected \";\" after this statement" + (at_end() ? std::string() : ", found " + shown(peek())),
                       {last.end > last.begin ? last.end - 1 : last.begin, last.end, last.file}, "Add \";\".",
                       {"Add ;", {{{last.end, last.end, last.file}, ";"}}});
  if (!peek().first_on_line && !at_end() && !is("}")) throw Recover{};
}

bool Parser::one(std::vector<Statement>& result, bool top) {
  const std::size_t before = at_;
  const std::uint32_t depth = depth_;
  try {
    result.push_back(statement(top));
    return true;
  } catch (const Recover&) {
    depth_ = depth;
    recover(before, top);
    result.push_back(failed(before));
    return false;
  }
}

Statement Parser::failed(std::size_t before) const {
  Statement s;
  s.kind = Statement::Kind::Failed;
  s.span = tokens_[before].span;
  if (tokens_[before].text == "def" && tokens_[before + 1].kind == TokenKind::Name) {
    s.names.emplace_back(tokens_[before + 1].text);
    return s;
  }
  if (tokens_[before].kind == TokenKind::Name && before + 1 < at_ && tokens_[before + 1].text == ":")
    s.names.emplace_back(tokens_[before].text);
  for (std::size_t k = before; k + 1 < at_; ++k) {
    const bool equals = tokens_[k + 1].kind == TokenKind::Punctuation && tokens_[k + 1].text == "=";
    if (tokens_[k].kind != TokenKind::Name || !equals) continue;
    std::size_t first = k;  // of the list of names
    while (first >= before + 2 && tokens_[first - 1].text == "," && tokens_[first - 2].kind == TokenKind::Name)
      first -= 2;
    const std::string_view behind = first == before ? ";" : tokens_[first - 1].text;
    if (!tokens_[first].first_on_line && behind != ";" && behind != "{" && behind != "}")
      continue;  // f(x = 1) defines nothing
    for (std::size_t i = first; i <= k; i += 2) s.names.emplace_back(tokens_[i].text);
  }
  return s;
}

bool Parser::starts_statement() const {
  if (!peek().first_on_line) return false;
  if (is("def") || is("for") || is("return") || is("load") || is("draw") || is("set") || is("show") || is("exit") ||
      is("quit"))
    return true;
  std::size_t k = 0;
  while (peek(k).kind == TokenKind::Name && is(",", k + 1)) k += 2;
  return peek(k).kind == TokenKind::Name && is("=", k + 1);
}

void Parser::recover(std::size_t before, bool top) {
  int braces = 0;  // open at at_
  for (std::size_t i = before; i < at_; ++i) {
    if (tokens_[i].kind == TokenKind::Punctuation)
      braces += tokens_[i].text == "{" ? 1 : tokens_[i].text == "}" ? -1 : 0;
  }
  const bool block = tokens_[before].text == "def" || tokens_[before].text == "for";
  if (!block) braces = std::min(braces, 0);  // an open "{" of an expression is no block
  braces = std::max(braces, 0);
  if (at_ == before) ++at_;
  while (!at_end()) {
    if (is("{")) ++braces;
    if (is("}")) {
      if (braces == 0 && !top) return;
      ++at_;
      if (--braces <= 0) return;
      continue;
    }
    if (braces == 0 && is(";")) {
      ++at_;
      return;
    }
    if (braces == 0 && starts_statement()) return;
    ++at_;
  }
}

std::string Parser::name(const char* where) {
  const Token& t = peek();
  if (t.kind != TokenKind::Name || is_keyword(t.text))
    fail("expected-name", std::string("Expected a name ") + where + ", found " + shown(t),
         is_keyword(t.text) ? "This word is reserved; choose another name." : "Names are letters, digits and \"_\".");
  ++at_;
  return std::string(t.text);
}

std::vector<Statement> parse(std::string_view text, std::uint32_t file, Diagnostics& diagnostics,
                             const Limits& limits) {
  return Parser(text, file, diagnostics, limits).program();
}

ExprPtr parse_expression(std::string_view text, std::uint32_t file, Diagnostics& diagnostics, const Limits& limits) {
  return Parser(text, file, diagnostics, limits).single();
}

}  // namespace rasp
