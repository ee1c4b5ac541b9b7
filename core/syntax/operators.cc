#include "syntax/reader.h"

namespace rasp {

ExprPtr Parser::operators(int loosest) {
  const std::size_t first = at_;
  ExprPtr left = prefix();
  for (std::uint32_t chain = 0;; ++chain) {
    long_chain(chain);
    const Token t = peek();
    const int l = t.kind == TokenKind::Punctuation || t.kind == TokenKind::Name ? level(t.text) : 0;
    if (t.kind == TokenKind::Punctuation && t.text == "!=" && loosest >= 7 && !is(")", 1)) {
      left = not_equal(first, std::move(left));
      continue;
    }
    if (t.kind == TokenKind::Name && t.text == "is" && !t.first_on_line) no_is();
    if (l == 0 || l > loosest) return left;
    ++at_;
    no_doubled(t);
    const std::string op(t.text);
    ExprPtr right = l == 3 ? prefix() : operators(l - 1);
    remark(op, t.span, *left, *right);
    left = binary(Expr::Kind::Binary, op, std::move(left), std::move(right));
  }
}

void Parser::no_doubled(const Token& operation) {
  const Token& next = peek();
  const std::string op(operation.text);
  if (next.span.begin != operation.span.end) return;
  if (is("=")) fail("unexpected-token", "There is no \"" + op + "=\"", "Write x = x " + op + " ….");
  if (!is(op)) return;
  if ((op == "+" || op == "-") && (is(";", 1) || is(")", 1)))
    fail("unexpected-token", "There is no \"" + op + op + "\"", "Write x = x " + op + " 1;");
  if (op == "*")
    fail("unexpected-token", "There is no \"**\"", "Power is written ^.", "syntax",
         {"Write ^", {{{operation.span.begin, next.span.end, next.span.file}, "^"}}});
  if (op == "/")
    fail("unexpected-token", "There is no \"//\"",
         "For whole division write (a - a % b) / b, or round; a comment begins with #.");
}

void Parser::remark(const std::string& op, const Span& where, const Expr& left, const Expr& right) {
  const auto bare = [](const Expr& e, Expr::Kind kind) { return e.kind == kind && !e.parenthesised; };
  const bool unary = bare(left, Expr::Kind::Unary), chained = bare(left, Expr::Kind::Binary);
  const int l = level(op);
  const auto product = [&](const Expr& e) { return bare(e, Expr::Kind::Binary) && (e.text == "*" || e.text == "/"); };
  if (l == 7 && unary && left.text == "not")
    diagnostics_.warning("not-comparison", "\"not a " + op + " b\" means \"(not a) " + op + " b\"", left.span,
                         "Write not (a " + op + " b).");
  if (l == 8 && chained && (left.text == "and" || left.text == "or") && left.text != op)
    diagnostics_.warning("mixed-and-or", "\"and\" and \"or\" have the same rank and group from the left", where,
                         "Use parentheses.");
  if (l == 7 && chained && level(left.text) == 7)
    diagnostics_.warning("chained-comparison",
                         "Comparisons do not chain: this compares the truth value of the left side", where,
                         "Write a " + left.text + " b and b " + op + " c, in parentheses.");
  if (op == "^" && chained && left.text == "^")
    diagnostics_.warning("power-order", "\"^\" groups from the left: 2^3^2 is (2^3)^2", where, "Use parentheses.");
  if (op == "^" && unary && left.text != "not")
    diagnostics_.warning("power-order", "A sign binds tighter than \"^\": -2^2 is (-2)^2", left.span,
                         "Use parentheses.");
  if (op == "%" && product(right))
    diagnostics_.warning("percent-rank", "\"%\" binds weaker than \"*\" and \"/\"", where, "Use parentheses.");
  if (op == "%" && product(left))
    diagnostics_.warning("percent-rank", "\"%\" binds weaker than \"*\" and \"/\"", where, "Use parentheses.");
}

ExprPtr Parser::make(Expr::Kind kind, const Span& begin) {
  auto e = std::make_unique<Expr>();
  e->kind = kind;
  e->span = begin;
  return e;
}

ExprPtr Parser::binary(Expr::Kind kind, std::string text, ExprPtr a, ExprPtr b) {
  auto e = make(kind, {a->span.begin, b->span.end, a->span.file});
  e->text = std::move(text);
  e->children.push_back(std::move(a));
  e->children.push_back(std::move(b));
  return e;
}

ExprPtr Parser::expression(bool allow_in) {
  Deeper deeper(*this);
  const std::size_t first = at_;
  ExprPtr left = ternary();
  if (allow_in && is("not") && is("in", 1)) return not_in(first, std::move(left));
  for (std::uint32_t chain = 0; allow_in && is("in"); ++chain) {
    long_chain(chain);
    if (chain == 1)
      diagnostics_.warning(
          "chained-in",
          "\"in\" binds weakest and from the left, so this asks whether a truth value is in the right side",
          peek().span, "Use parentheses.");
    if (left->kind == Expr::Kind::Unary && left->text == "not" && !left->parenthesised)
      diagnostics_.warning("not-in", "\"not x in l\" means \"(not x) in l\"", left->span, "Write not (x in l).");
    ++at_;
    left = binary(Expr::Kind::In, "in", std::move(left), ternary());
  }
  return left;
}

ExprPtr Parser::negated(ExprPtr operand) {
  auto e = make(Expr::Kind::Unary, operand->span);
  e->text = "not";
  e->children.push_back(std::move(operand));
  e->parenthesised = true;
  return e;
}

ExprPtr Parser::not_in(std::size_t first, ExprPtr left) {
  const Token where = peek();
  at_ += 2;
  const bool simple = left->parenthesised || (left->kind != Expr::Kind::Binary && left->kind != Expr::Kind::Unary &&
                                              left->kind != Expr::Kind::Ternary);
  ExprPtr right = ternary();
  const Span all = since(first);
  Fix fix;
  if (simple)
    fix = {"Write not (… in …)",
           {{{all.begin, all.begin, all.file}, "not ("},
            {{where.span.begin, where.span.end + 1, all.file}, ""},
            {{all.end, all.end, all.file}, ")"}}};
  if (!excused())
    diagnostics_.error("no-not-in", "syntax", "There is no \"not in\"",
                       {where.span.begin, tokens_[at_ - 1].span.begin, where.span.file}, "Write not (x in l).",
                       std::move(fix));
  return negated(binary(Expr::Kind::In, "in", std::move(left), std::move(right)));
}

void Parser::no_single_equals() {
  if (is("="))
    fail("expected-token", "\"=\" assigns, and this is no statement", "A comparison is written \"==\".", "syntax",
         {"Write ==", {{peek().span, "=="}}});
}

ExprPtr Parser::ternary() {
  ExprPtr left = operators(8);
  for (std::uint32_t chain = 0; take("if"); ++chain) {
    long_chain(chain);
    ExprPtr condition = expression();
    no_single_equals();
    expect("else", "after the condition");
    ExprPtr other = operators(8);
    if (chain == 1 && !left->parenthesised)
      diagnostics_.warning("chained-ternary", "This groups from the left: (a if c else b) if d else e", left->span,
                           "Put the part after the first \"else\" in parentheses.");
    auto e = make(Expr::Kind::Ternary, {left->span.begin, other->span.end, left->span.file});
    e->children.push_back(std::move(left));
    e->children.push_back(std::move(condition));
    e->children.push_back(std::move(other));
    left = std::move(e);
  }
  return left;
}

int Parser::level(std::string_view op) {
  if (op == "^") return 3;
  if (op == "*" || op == "/") return 4;
  if (op == "%") return 5;
  if (op == "+" || op == "-") return 6;
  if (op == "==" || op == "<" || op == "<=" || op == ">" || op == ">=") return 7;
  if (op == "and" || op == "or") return 8;
  return 0;
}

void Parser::no_is() {
  const bool negated = is("not", 1);
  fail("unexpected-token", "There is no \"is\"", negated ? "Write not (a == b)." : "Write a == b.", "syntax",
       negated ? Fix{} : Fix{"Write ==", {{peek().span, "=="}}});
}

ExprPtr Parser::not_equal(std::size_t first, ExprPtr left) {
  const Token where = peek();
  ++at_;
  ExprPtr right = operators(6);
  const Span all = since(first);
  if (!excused()) {
    diagnostics_.error(
        "not-equal", "syntax", "\"!=\" is only the comparison of a select", where.span, "Write not (a == b).",
        {"Write not (… == …)",
         {{{all.begin, all.begin, all.file}, "not ("}, {where.span, "=="}, {{all.end, all.end, all.file}, ")"}}});
  }
  return negated(binary(Expr::Kind::Binary, "==", std::move(left), std::move(right)));
}

ExprPtr Parser::prefix() {
  if (is("not") || is("-") || is("+")) {
    Deeper deeper(*this);
    const Token t = peek();
    ++at_;
    ExprPtr operand = prefix();
    auto e = make(Expr::Kind::Unary, {t.span.begin, operand->span.end, t.span.file});
    e->text = std::string(t.text);
    e->children.push_back(std::move(operand));
    return e;
  }
  return suffix();
}

}  // namespace rasp
