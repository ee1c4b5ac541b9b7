#include "syntax/foreign.h"
#include "syntax/reader.h"
#include "syntax/words.h"

namespace rasp {

Statement Parser::statement(bool top) {
  Deeper deeper(*this);
  Statement s;
  const Span begin = peek().span;
  statement_ = at_;
  continued_ = 0;
  foreign_statement();
  foreign_assignment();
  if (take("def")) definition(s);
  else if (take("for")) loop(s);
  else if (top && starts_command()) command(s);
  else if (is("load") && peek(1).kind == TokenKind::String) load(s);
  else if (take("draw")) draw(s);
  else values(s);
  if (continued_) warn_continued();
  s.span = from(begin);
  return s;
}

void Parser::definition(Statement& s) {
  s.kind = Statement::Kind::Def;
  s.name_spans.push_back(peek().span);
  s.names.push_back(name("after \"def\""));
  expect("(", "after the function's name");
  if (!is(")")) do {
      s.name_spans.push_back(peek().span);
      s.names.push_back(name("as a parameter"));
    } while (take(","));
  expect(")", "after the parameters");
  s.open = peek().span;
  open_body("before the function's body", "def f(x) { y = x + 1; return y; }");
  bool sound = true;
  while (!is("return")) {
    if (at_end() || is("}")) {
      if (!sound) break;
      fail("missing-return", "The function \"" + s.names[0] + "\" has no \"return\"",
           "End its body with \"return …;\".");
    }
    if (take(";")) continue;
    sound &= one(s.body, false);
  }
  sound &= returned(s);
  s.close = peek().span;
  if (!take("}")) {
    if (sound && !excused()) {
      diagnostics_.error(
          "expected-token", at_end() ? "incomplete" : "syntax",
          "Expected \"}\" after \"return …;\", which must be the last statement of a function, found " + shown(peek()),
          at_end() ? tokens_[at_ - 1].span : peek().span, "Add \"}\".");
    }
    if (!(starts_statement() && at_margin())) skip_block();  // at the margin: only the brace was forgotten
    sound = false;
  }
  if (!sound) broken(s);
}

bool Parser::returned(Statement& s) {
  const std::size_t before = at_;
  if (!take("return")) return true;
  try {
    do s.values.push_back(expression());
    while (take(","));
    semicolon();
    while (take(";")) {}
    return true;
  } catch (const Recover&) {
    recover(before, false);
    return false;
  }
}

void Parser::loop(Statement& s) {
  s.kind = Statement::Kind::For;
  do {
    s.name_spans.push_back(peek().span);
    s.names.push_back(name("after \"for\""));
  } while (take(","));
  expect("in", "after the loop's names");
  s.values.push_back(expression());
  s.open = peek().span;
  open_body("before the loop's body", "for i in range(3) { x = x + i; }");
  bool sound = true;
  while (!is("}")) {
    if (at_end()) fail("expected-token", "The body of this loop is not closed", "Add \"}\".");
    if (take(";")) continue;
    sound &= one(s.body, false);
  }
  s.close = peek().span;
  ++at_;
  if (!sound) broken(s);
}

void Parser::load(Statement& s) {
  ++at_;
  s.kind = Statement::Kind::Load;
  s.text = std::string(peek().text);
  ++at_;
  semicolon();
}

void Parser::draw(Statement& s) {
  s.kind = Statement::Kind::Draw;
  expect("(", "after \"draw\"");
  do s.values.push_back(expression());
  while (take(","));
  expect(")", "after the arguments of draw");
  semicolon();
}

void Parser::values(Statement& s) {
  std::size_t k = 0;
  while (peek(k).kind == TokenKind::Name && is(",", k + 1)) k += 2;
  if (peek(k).kind == TokenKind::Name && is("=", k + 1)) {
    s.kind = Statement::Kind::Assign;
    do {
      s.name_spans.push_back(peek().span);
      s.names.push_back(name("on the left of \"=\""));
    } while (take(","));
    expect("=", "after the names");
  }
  do s.values.push_back(expression());
  while (take(","));
  if (s.kind == Statement::Kind::Expression && s.values.size() > 1) {
    --at_;
    fail("unexpected-token", "Several expressions are not a statement", "Write one statement each.");
  }
  if (is("=")) fail("cannot-assign", "Only names can be assigned to", "Put a name on the left of \"=\".");
  semicolon();
}

bool Parser::starts_command() const {
  if (is("set") || is("show") || is("exit") || is("quit") || is("examples")) return true;
  if ((is("s-op") || is("selector")) && is("examples", 1)) return true;
  return is("full") && is("seq", 1) && is("display", 2);
}

void Parser::foreign_statement() {
  const Token& t = peek();
  const char* hint = t.kind == TokenKind::Name ? foreign_statement_hint(t.text) : nullptr;
  if (!hint) return;
  const Token& next = peek(1);
  const bool value = next.kind == TokenKind::Name ? !is_keyword(next.text)
                                                  : next.kind == TokenKind::String || next.kind == TokenKind::Int ||
                                                        next.kind == TokenKind::Float;
  const bool alone = (t.text == "pass" && next.kind != TokenKind::Punctuation) ||
                     ((t.text == "try" || t.text == "except") && next.text == ":");
  const bool negated = next.kind == TokenKind::Name && next.text == "not";
  if (value || alone || negated) fail("foreign-statement", "RASP has no \"" + std::string(t.text) + "\"", hint);
}

void Parser::foreign_assignment() {
  if (peek().kind != TokenKind::Name || is_keyword(peek().text) || !is(":", 1)) return;
  const Span colon = peek(1).span;
  const bool typed = peek(2).kind == TokenKind::Name && is("=", 3);
  if (!is("=", 2) && !typed) return;
  ++at_;
  if (!typed)
    fail("unexpected-token", "There is no \":=\"", "Write x = ….", "syntax",
         {"Write =", {{{colon.begin, peek(1).span.end, colon.file}, "="}}});
  fail("unexpected-token", "Names have no types", "Write x = ….", "syntax",
       {"Leave the type out", {{{colon.begin, peek(1).span.end, colon.file}, ""}}});
}

void Parser::open_body(const char* where, const char* form) {
  if (!is(":")) return expect("{", where);
  if (!excused())
    diagnostics_.error("expected-token", "syntax", "Expected \"{\" " + std::string(where) + ", found \":\"",
                       peek().span, std::string("Bodies stand in braces: ") + form);
  do ++at_;  // past the body
  while (!at_end() && !(peek().first_on_line && at_margin()));
  throw Recover{};
}

void Parser::broken(Statement& s) {
  if (s.kind == Statement::Kind::Def) s.names.resize(1), s.name_spans.resize(1);
  else
    for (const Statement& inner : s.body) {
      s.names.insert(s.names.end(), inner.names.begin(),
                     inner.names.begin() +
                         static_cast<std::ptrdiff_t>(inner.kind == Statement::Kind::Def ? 1 : inner.names.size()));
      s.name_spans.insert(
          s.name_spans.end(), inner.name_spans.begin(),
          inner.name_spans.begin() +
              static_cast<std::ptrdiff_t>(std::min(
                  inner.name_spans.size(), inner.kind == Statement::Kind::Def ? std::size_t{1} : inner.names.size())));
    }
  s.kind = Statement::Kind::Failed;
}

void Parser::skip_block() {
  for (int braces = 1; !at_end() && braces > 0; ++at_) braces += is("{") ? 1 : is("}") ? -1 : 0;
}

void Parser::command(Statement& s) {
  if (take("set")) {
    s.kind = Statement::Kind::SetExample;
    if (is("s-op") || is("selector")) s.text = std::string(peek().text), ++at_;
    expect("example", "after \"set\"");
    s.values.push_back(expression());
  } else if (is("exit") || is("quit")) {
    ++at_;
    if (take("(")) expect(")", "after \"(\"");
    s.kind = Statement::Kind::Exit;
  } else {
    s.kind = Statement::Kind::Command;
    const auto word = [&](std::initializer_list<std::string_view> choices, const char* expected) {
      for (std::string_view choice : choices) {
        if (!is(choice)) continue;
        s.text += (s.text.empty() ? "" : " ") + std::string(choice);
        ++at_;
        return;
      }
      fail("expected-token", std::string("Expected ") + expected + ", found " + shown(peek()),
           "The commands are: show example, examples on, examples off, full seq display on, full seq display off.");
    };
    if (is("show")) {
      word({"show"}, "");
      if (is("s-op") || is("selector")) word({"s-op", "selector"}, "");
      word({"example"}, "\"example\"");
    } else {
      if (is("full")) word({"full"}, ""), word({"seq"}, "\"seq\""), word({"display"}, "\"display\"");
      else {
        if (is("s-op") || is("selector")) word({"s-op", "selector"}, "");
        word({"examples"}, "\"examples\"");
      }
      word({"on", "off"}, "\"on\" or \"off\"");
    }
  }
  take(";");
}

void Parser::continues() {
  if (continued_) warn_continued();
  continued_ = at_;
}

void Parser::warn_continued() {
  const Token& bracket = tokens_[continued_];
  const Span last = tokens_[continued_ - 1].span;
  diagnostics_.warning("line-continues",
                       "This " + shown(bracket) + " continues the line before: there is no \";\" between them",
                       bracket.span, "If a statement begins here, end the one before with \";\".",
                       {"Add ; before it", {{{last.end, last.end, last.file}, ";"}}});
  continued_ = 0;
}

}  // namespace rasp
