#include "syntax/reader.h"
#include "syntax/words.h"

namespace rasp {

ExprPtr Parser::primary() {
  const Token t = peek();
  if (t.kind == TokenKind::Int || t.kind == TokenKind::Float || t.kind == TokenKind::String) {
    ++at_;
    auto e = make(t.kind == TokenKind::Int     ? Expr::Kind::Int
                  : t.kind == TokenKind::Float ? Expr::Kind::Float
                                               : Expr::Kind::String,
                  t.span);
    e->text = std::string(t.text);
    return e;
  }
  if (t.kind == TokenKind::Name) return named();
  if (take("(")) {
    ExprPtr e = expression();
    no_single_equals();
    expect(")", "to close the parenthesis");
    e->parenthesised = true;
    if (e->kind != Expr::Kind::Name) e->span = from(t.span);  // of a name: the name alone, which a rename replaces
    return e;
  }
  if (take("[")) return list(t.span);
  if (take("{")) return dictionary(t.span);
  const bool closing = is(")") || is("]") || is("}");
  const bool trailing =
      closing && at_ > 0 && tokens_[at_ - 1].text == "," && tokens_[at_ - 1].kind == TokenKind::Punctuation;
  fail("unexpected-token", "Unexpected " + shown(t),
       trailing ? "Remove the comma before it." : "An expression is expected here.", "syntax",
       trailing ? Fix{"Remove the comma", {{tokens_[at_ - 1].span, ""}}} : Fix{});
}

ExprPtr Parser::named() {
  const Token t = peek();
  const bool call = is("(", 1);
  if (t.text == "lambda" && peek(1).kind == TokenKind::Name && !is_keyword(peek(1).text))
    fail("foreign-statement", "RASP has no \"lambda\"",
         "Operators work on s-ops as they are; functions have names: def f(x) { return x; }.");
  if (call && (t.text == "Select" || t.text == "SELECT") && is_select()) {
    diagnostics_.error("undefined-name", "undefined_variable", "\"" + std::string(t.text) + "\" is not defined", t.span,
                       "Did you mean \"select\"? Names are case-sensitive.", {"Write select", {{t.span, "select"}}});
    return select();
  }
  if (call) {
    if (ExprPtr e = called_form(t.text)) return e;
  }
  if (is_keyword(t.text))
    fail("unexpected-token", "Unexpected " + shown(t),
         t.text == "if"       ? "There is no if statement: write a if condition else b."
         : t.text == "return" ? "return ends the body of a function."
         : t.text == "else"   ? "Write a if condition else b."
                              : "An expression is expected here.");
  ++at_;
  auto e = make(Expr::Kind::Name, t.span);
  e->text = std::string(t.text);
  return e;
}

ExprPtr Parser::called_form(std::string_view name) {
  if (name == "select") return select();
  struct Form {
    std::string_view name;
    Expr::Kind kind;
    std::size_t least, most;
    const char *what, *hint;
  };
  static constexpr Form forms[] = {
      {"aggregate", Expr::Kind::Aggregate, 2, 3, "aggregate takes a selector, values and optionally a default",
       "Write aggregate(selector, values) or aggregate(selector, values, default)."},
      {"round", Expr::Kind::Round, 1, 1, "round takes one argument", "Write round(x)."},
      {"indicator", Expr::Kind::Indicator, 1, 1, "indicator takes one argument", "Write indicator(s)."},
      {"range", Expr::Kind::Range, 1, 1000, "range takes one to three ints",
       "Write range(to), range(from, to) or range(from, to, step)."},
      {"zip", Expr::Kind::Zip, 1, 1000, "zip takes lists", "Write zip(list, list)."},
      {"len", Expr::Kind::Len, 1, 1, "len takes one list", "Write len(list)."},
  };
  for (const Form& f : forms)
    if (f.name == name) return form(f.kind, f.least, f.most, f.what, f.hint);
  return nullptr;
}

ExprPtr Parser::list(const Span& begin) {
  auto e = make(Expr::Kind::List, begin);
  if (!is("]")) {
    e->children.push_back(expression());
    if (take("for")) {
      comprehension(*e, Expr::Kind::ListComprehension);
    } else {
      while (take(",")) e->children.push_back(expression());
    }
  }
  expect("]", "to close the list");
  e->span = from(begin);
  return e;
}

ExprPtr Parser::dictionary(const Span& begin) {
  auto e = make(Expr::Kind::Dict, begin);
  const auto pair = [&] {
    e->children.push_back(expression());
    expect(":", "between key and value");
    e->children.push_back(expression());
  };
  if (!is("}")) {
    pair();
    if (take("for")) comprehension(*e, Expr::Kind::DictComprehension);
    else
      while (take(",")) pair();
  }
  expect("}", "to close the dictionary");
  e->span = from(begin);
  return e;
}

ExprPtr Parser::suffix() {
  ExprPtr e = primary();
  for (std::uint32_t chain = 0;; ++chain) {
    long_chain(chain);
    if ((is("[") || is("(")) && at_margin() && at_ > 0) continues();
    if (take("[")) {
      if (is(":")) no_slices();
      ExprPtr index = expression();
      if (is(":")) no_slices();
      expect("]", "after the index");
      ExprPtr next = binary(Expr::Kind::Index, "", std::move(e), std::move(index));
      next->span = from(next->span);
      e = std::move(next);
    } else if (take("(")) {
      auto call = make(Expr::Kind::Call, e->span);
      call->children.push_back(std::move(e));
      if (!is(")")) do
          call->children.push_back(expression());
        while (take(","));
      no_named_argument();
      expect(")", "after the arguments");
      call->span = from(call->span);
      e = std::move(call);
    } else {
      return e;
    }
  }
}

void Parser::no_named_argument() {
  if (!is("=")) return;
  const Span name = tokens_[at_ - 1].span;
  const bool named =
      tokens_[at_ - 1].kind == TokenKind::Name && (tokens_[at_ - 2].text == "," || tokens_[at_ - 2].text == "(");
  fail("expected-token", "Arguments have no names", "Write the values in the order of the parameters.", "syntax",
       named ? Fix{"Leave the name out", {{{name.begin, peek().span.end, name.file}, ""}}} : Fix{});
}

void Parser::no_slices() {
  const bool backwards = is(":") && is(":", 1) && is("-", 2);
  fail("no-slices", "There are no slices",
       backwards ? "Backwards is aggregate(select(indices, length - 1 - indices, ==), tokens)."
                 : "Of a list: [l[i] for i in range(1, 3)]; of an s-op: shift(seq, n, filler).");
}

ExprPtr Parser::form(Expr::Kind kind, std::size_t least, std::size_t most, const char* what, const char* hint) {
  const Span begin = peek().span;
  at_ += 2;
  auto e = make(kind, begin);
  if (!is(")")) do
      e->children.push_back(expression());
    while (take(","));
  no_named_argument();
  expect(")", "after the arguments");
  e->span = from(begin);
  if (e->children.size() < least || e->children.size() > most) {
    diagnostics_.error("wrong-arguments", "syntax",
                       std::string(what) + ", not " + std::to_string(e->children.size()) + " argument" +
                           (e->children.size() == 1 ? "" : "s"),
                       e->span, hint);
    throw Recover{};
  }
  return e;
}

void Parser::comprehension(Expr& e, Expr::Kind kind) {
  e.kind = kind;
  do {
    e.name_spans.push_back(peek().span);
    e.names.push_back(name("after \"for\""));
  } while (take(","));
  expect("in", "after the loop's names");
  e.children.push_back(expression());
}

ExprPtr Parser::select() {
  const Span begin = peek().span;
  at_ += 2;
  auto e = make(Expr::Kind::Select, begin);
  if (comparison(peek()) && is(",", 1)) return comparison_first(std::move(e));
  e->children.push_back(expression());
  if (is(")"))
    fail("expected-token", "Expected \",\" after the key, found \")\"",
         "select takes a key, a query and a comparison: select(tokens, tokens, ==).");
  expect(",", "after the key");
  e->children.push_back(expression());
  if (is(")"))
    fail("expected-token", "Expected \",\" and a comparison after the query, found \")\"",
         "select takes a key, a query and a comparison: select(tokens, tokens, ==).");
  expect(",", "after the query");
  const Token op = peek();
  if (!comparison(op)) {
    const bool quoted = op.kind == TokenKind::String && is(")", 1) && comparison_text(op.text);
    const bool lambda = op.text == "lambda";
    fail("expected-comparison", "Expected a comparison (==, !=, <, <=, >, >=), found " + shown(op),
         quoted   ? "Write it without quotes."
         : lambda ? "Write the operator alone: select(tokens, tokens, ==)."
                  : "select takes a key, a query and a comparison.",
         "syntax",
         quoted                         ? Fix{"Write it without quotes", {{op.span, std::string(op.text)}}}
         : op.text == "=" && is(")", 1) ? Fix{"Write ==", {{op.span, "=="}}}
                                        : Fix{});
  }
  ++at_;
  e->text = std::string(op.text);
  expect(")", "after the comparison");
  e->span = from(begin);
  return e;
}

bool Parser::is_select() const {
  int open = 0;
  for (std::size_t k = 1; k < 400 && peek(k).kind != TokenKind::End; ++k) {
    if (is("(", k) || is("[", k) || is("{", k)) ++open;
    else if ((is(")", k) || is("]", k) || is("}", k)) && --open == 0) return comparison(peek(k - 1));
  }
  return false;
}

ExprPtr Parser::comparison_first(ExprPtr e) {
  const Token op = peek();
  at_ += 2;
  const Span rest = peek().span;
  e->text = std::string(op.text);
  e->children.push_back(expression());
  expect(",", "after the key");
  e->children.push_back(expression());
  const Span last = tokens_[at_ - 1].span;
  expect(")", "after the query");
  if (!excused()) {
    diagnostics_.error(
        "expected-comparison", "syntax", "The comparison of a select comes last", op.span,
        "Write select(key, query, " + e->text + ").",
        {"Put it last",
         {{{op.span.begin, rest.begin, rest.file}, ""}, {{last.end, last.end, last.file}, ", " + e->text}}});
  }
  e->span = from(e->span);
  return e;
}

}  // namespace rasp
