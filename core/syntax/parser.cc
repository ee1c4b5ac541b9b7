#include "syntax/parser.h"

#include <algorithm>
#include <set>

#include "syntax/token.h"

namespace rasp {
namespace {

struct SyntaxError {};

const std::set<std::string_view> keywords = {"set", "show", "example", "examples", "on", "off", "selector", "s-op", "load", "draw", "def", "return", "for", "in", "if", "else", "not", "and", "or", "round", "indicator", "exit", "quit"};

class Parser {
 public:
  Parser(std::string_view text, std::uint32_t file, Diagnostics& diagnostics, const Limits& limits)
      : diagnostics_(diagnostics), limits_(limits), tokens_(tokenize(text, file, diagnostics)) {}

  std::vector<Statement> program() {
    std::vector<Statement> result;
    while (!at_end()) {
      const std::size_t before = at_;
      try {
        depth_ = 0;
        if (take(";")) { continue; }
        result.push_back(statement(true));
      } catch (const SyntaxError&) {
        result.push_back(failed(before));
        recover(before);
      }
    }
    return result;
  }

  ExprPtr single() {
    try {
      ExprPtr e = expression();
      if (!at_end()) fail("unexpected-token", "Unexpected " + shown(peek()) + " after the expression", "Write one expression.");
      return e;
    } catch (const SyntaxError&) {
      return nullptr;
    }
  }

 private:
  const Token& peek(std::size_t ahead = 0) const { return tokens_[std::min(at_ + ahead, tokens_.size() - 1)]; }
  bool at_end() const { return peek().kind == TokenKind::End; }
  bool is(std::string_view text, std::size_t ahead = 0) const {
    const Token& t = peek(ahead);
    return (t.kind == TokenKind::Punctuation || t.kind == TokenKind::Name) && t.text == text;
  }
  bool take(std::string_view text) {
    if (!is(text)) return false;
    ++at_;
    return true;
  }
  static std::string shown(const Token& t) {
    if (t.kind == TokenKind::End) return "the end of the program";
    return "\"" + std::string(t.text.substr(0, 24)) + "\"";
  }
  [[noreturn]] void fail(std::string code, std::string message, std::string hint, const char* error_class = "syntax") {
    diagnostics_.error(std::move(code), at_end() && std::string_view(error_class) == "syntax" ? "incomplete" : error_class, std::move(message), at_end() && at_ > 0 ? tokens_[at_ - 1].span : peek().span, std::move(hint));
    throw SyntaxError{};
  }
  void expect(std::string_view text, const char* where) {
    if (!take(text)) fail("expected-token", "Expected \"" + std::string(text) + "\" " + where + ", found " + shown(peek()), "Add \"" + std::string(text) + "\".");
  }
  void semicolon() {
    if (take(";")) return;
    const Span last = tokens_[at_ - 1].span;
    diagnostics_.error("missing-semicolon", at_end() ? "incomplete" : "syntax", "Expected \";\" after this statement" + (at_end() ? std::string() : ", found " + shown(peek())), {last.end > last.begin ? last.end - 1 : last.begin, last.end, last.file}, "Add \";\".");
    if (!peek().first_on_line && !at_end() && !is("}")) throw SyntaxError{};
  }
  Span from(const Span& begin) const { return {begin.begin, tokens_[at_ - 1].span.end, begin.file}; }

  // What a broken statement would have defined, so that its uses do not add errors of their own.
  Statement failed(std::size_t before) const {
    Statement s;
    s.kind = Statement::Kind::Failed;
    s.span = tokens_[before].span;
    std::size_t k = before;
    const auto text = [&](std::size_t i) { return i < tokens_.size() ? tokens_[i].text : std::string_view(); };
    if (text(k) == "def" && k + 1 < tokens_.size() && tokens_[k + 1].kind == TokenKind::Name) {
      s.names.emplace_back(text(k + 1));
      return s;
    }
    while (k < tokens_.size() && tokens_[k].kind == TokenKind::Name && text(k + 1) == ",") s.names.emplace_back(text(k)), k += 2;
    if (k < tokens_.size() && tokens_[k].kind == TokenKind::Name && text(k + 1) == "=") s.names.emplace_back(text(k));
    else s.names.clear();
    return s;
  }

  void recover(std::size_t before) {
    if (at_ == before) ++at_;
    int braces = 0;
    while (!at_end()) {
      if (is("{")) ++braces;
      if (is("}") && braces > 0) {
        --braces;
        ++at_;
        if (braces == 0) return;
        continue;
      }
      if (braces == 0 && is(";")) { ++at_; return; }
      if (braces == 0 && peek().first_on_line && (is("def") || is("for") || is("load") || is("draw") || is("set") || (peek().kind == TokenKind::Name && is("=", 1)))) return;
      ++at_;
    }
  }

  struct Deeper {
    Parser& p;
    explicit Deeper(Parser& parser) : p(parser) {
      if (++p.depth_ > p.limits_.parse_depth) {
        --p.depth_;
        p.fail("limit-nesting", "This is nested more than " + std::to_string(p.limits_.parse_depth) + " levels deep", "Name parts of the expression first.", "limit");
      }
    }
    ~Deeper() { --p.depth_; }
  };

  // A chain a + b + … is a tree as deep as it is long.
  void long_chain(std::uint32_t length) {
    if (length >= limits_.chain_length) fail("limit-nesting", "More than " + std::to_string(limits_.chain_length) + " operators in one chain", "Name parts of the expression first.", "limit");
  }

  std::string name(const char* where) {
    const Token& t = peek();
    if (t.kind != TokenKind::Name || keywords.count(t.text)) fail("expected-name", std::string("Expected a name ") + where + ", found " + shown(t), keywords.count(t.text) ? "This word is reserved; choose another name." : "Names are letters, digits and \"_\".");
    ++at_;
    return std::string(t.text);
  }

  Statement statement(bool top) {
    Deeper deeper(*this);
    Statement s;
    const Span begin = peek().span;
    if (take("def")) {
      s.kind = Statement::Kind::Def;
      s.name_spans.push_back(peek().span);
      s.names.push_back(name("after \"def\""));
      expect("(", "after the function's name");
      if (!is(")")) do {
          s.name_spans.push_back(peek().span);
          s.names.push_back(name("as a parameter"));
        } while (take(","));
      expect(")", "after the parameters");
      expect("{", "before the function's body");
      while (!is("return")) {
        if (at_end() || is("}")) fail("missing-return", "The function \"" + s.names[0] + "\" has no \"return\"", "End its body with \"return …;\".");
        if (take(";")) continue;
        s.body.push_back(statement(false));
      }
      ++at_;
      do s.values.push_back(expression());
      while (take(","));
      semicolon();
      expect("}", "after \"return …;\", which must be the last statement of a function");
    } else if (take("for")) {
      s.kind = Statement::Kind::For;
      do {
        s.name_spans.push_back(peek().span);
        s.names.push_back(name("after \"for\""));
      } while (take(","));
      expect("in", "after the loop's names");
      s.values.push_back(expression());
      expect("{", "before the loop's body");
      while (!take("}")) {
        if (at_end()) fail("expected-token", "The body of this loop is not closed", "Add \"}\".");
        if (take(";")) continue;
        s.body.push_back(statement(false));
      }
    } else if (top && (is("set") || is("show") || is("exit") || is("quit") || is("examples") || (is("s-op") && is("examples", 1)) || (is("selector") && is("examples", 1)) || (is("full") && is("seq", 1) && is("display", 2)))) {
      command(s);
    } else if (is("load") && peek(1).kind == TokenKind::String) {
      ++at_;
      s.kind = Statement::Kind::Load;
      s.text = std::string(peek().text);
      ++at_;
      semicolon();
    } else if (take("draw")) {
      s.kind = Statement::Kind::Draw;
      expect("(", "after \"draw\"");
      do s.values.push_back(expression());
      while (take(","));
      expect(")", "after the arguments of draw");
      semicolon();
    } else {
      // Assignment if a list of names is followed by a single "=".
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
    s.span = from(begin);
    return s;
  }

  void command(Statement& s) {
    const Span begin = peek().span;
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
      while (!at_end() && !is(";") && !(peek().first_on_line && peek().span.begin != begin.begin)) ++at_;
    }
    take(";");
  }

  ExprPtr make(Expr::Kind kind, const Span& begin) {
    auto e = std::make_unique<Expr>();
    e->kind = kind;
    e->span = begin;
    return e;
  }
  ExprPtr binary(Expr::Kind kind, std::string text, ExprPtr a, ExprPtr b) {
    auto e = make(kind, {a->span.begin, b->span.end, a->span.file});
    e->text = std::move(text);
    e->children.push_back(std::move(a));
    e->children.push_back(std::move(b));
    return e;
  }

  // Level 10: x in y, weakest, left.
  ExprPtr expression(bool allow_in = true) {
    Deeper deeper(*this);
    ExprPtr left = ternary();
    bool chained = false;
    for (std::uint32_t chain = 0; allow_in && is("in"); ++chain) {
      long_chain(chain);
      if (chained) diagnostics_.warning("chained-in", "\"in\" binds weakest and from the left, so this asks whether a truth value is in the right side", peek().span, "Use parentheses.");
      if (left->kind == Expr::Kind::Unary && left->text == "not" && !left->parenthesised) diagnostics_.warning("not-in", "\"not x in l\" means \"(not x) in l\"", left->span, "Write not (x in l).");
      chained = true;
      ++at_;
      left = binary(Expr::Kind::In, "in", std::move(left), ternary());
    }
    return left;
  }

  ExprPtr ternary() {
    ExprPtr left = operators(8);
    for (std::uint32_t chain = 0; take("if"); ++chain) {
      long_chain(chain);
      ExprPtr condition = expression();
      expect("else", "after the condition");
      ExprPtr other = operators(8);
      auto e = make(Expr::Kind::Ternary, {left->span.begin, other->span.end, left->span.file});
      e->children.push_back(std::move(left));
      e->children.push_back(std::move(condition));
      e->children.push_back(std::move(other));
      left = std::move(e);
    }
    return left;
  }

  static int level(std::string_view op) {
    if (op == "^") return 3;
    if (op == "*" || op == "/") return 4;
    if (op == "%") return 5;
    if (op == "+" || op == "-") return 6;
    if (op == "==" || op == "<" || op == "<=" || op == ">" || op == ">=") return 7;
    if (op == "and" || op == "or") return 8;
    return 0;
  }

  // Precedence climbing: operators of level at most `loosest`, all left associative.
  ExprPtr operators(int loosest) {
    ExprPtr left = prefix();
    for (std::uint32_t chain = 0;; ++chain) {
      long_chain(chain);
      const Token& t = peek();
      const int l = t.kind == TokenKind::Punctuation || t.kind == TokenKind::Name ? level(t.text) : 0;
      if (l == 0 || l > loosest) return left;
      const std::string op(t.text);
      const Span where = t.span;
      ++at_;
      ExprPtr right = l == 3 ? prefix() : operators(l - 1);
      if (l == 7 && left->kind == Expr::Kind::Unary && left->text == "not" && !left->parenthesised) diagnostics_.warning("not-comparison", "\"not a " + op + " b\" means \"(not a) " + op + " b\"", left->span, "Write not (a " + op + " b).");
      if (l == 8 && left->kind == Expr::Kind::Binary && !left->parenthesised && (left->text == "and" || left->text == "or") && left->text != op) diagnostics_.warning("mixed-and-or", "\"and\" and \"or\" have the same rank and group from the left", where, "Use parentheses.");
      if (op == "%" && left->kind == Expr::Kind::Binary && !left->parenthesised && (left->text == "*" || left->text == "/")) diagnostics_.warning("percent-rank", "\"%\" binds weaker than \"*\" and \"/\"", where, "Use parentheses.");
      left = binary(Expr::Kind::Binary, op, std::move(left), std::move(right));
    }
  }

  ExprPtr prefix() {
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

  ExprPtr suffix() {
    ExprPtr e = primary();
    for (std::uint32_t chain = 0;; ++chain) {
      long_chain(chain);
      if (take("[")) {
        ExprPtr index = expression();
        expect("]", "after the index");
        ExprPtr next = binary(Expr::Kind::Index, "", std::move(e), std::move(index));
        next->span = from(next->span);
        e = std::move(next);
      } else if (take("(")) {
        auto call = make(Expr::Kind::Call, e->span);
        call->children.push_back(std::move(e));
        if (!is(")")) do call->children.push_back(expression());
          while (take(","));
        expect(")", "after the arguments");
        call->span = from(call->span);
        e = std::move(call);
      } else {
        return e;
      }
    }
  }

  ExprPtr form(Expr::Kind kind, std::size_t least, std::size_t most, const char* what) {
    const Span begin = peek().span;
    at_ += 2;
    auto e = make(kind, begin);
    if (!is(")")) do e->children.push_back(expression());
      while (take(","));
    expect(")", "after the arguments");
    e->span = from(begin);
    if (e->children.size() < least || e->children.size() > most) {
      diagnostics_.error("wrong-arguments", "syntax", std::string(what), e->span, "");
      throw SyntaxError{};
    }
    return e;
  }

  ExprPtr primary() {
    const Token t = peek();
    if (t.kind == TokenKind::Int || t.kind == TokenKind::Float || t.kind == TokenKind::String) {
      ++at_;
      auto e = make(t.kind == TokenKind::Int ? Expr::Kind::Int : t.kind == TokenKind::Float ? Expr::Kind::Float : Expr::Kind::String, t.span);
      e->text = std::string(t.text);
      return e;
    }
    if (t.kind == TokenKind::Name) {
      const bool call = is("(", 1);
      if (t.text == "select" && call) return select();
      if (t.text == "aggregate" && call) return form(Expr::Kind::Aggregate, 2, 3, "aggregate takes a selector, values and optionally a default");
      if (t.text == "round" && call) return form(Expr::Kind::Round, 1, 1, "round takes one argument");
      if (t.text == "indicator" && call) return form(Expr::Kind::Indicator, 1, 1, "indicator takes one argument");
      if (t.text == "range" && call) return form(Expr::Kind::Range, 1, 1000, "range takes one to three integers");
      if (t.text == "zip" && call) return form(Expr::Kind::Zip, 1, 1000, "zip takes lists");
      if (t.text == "len" && call) return form(Expr::Kind::Len, 1, 1, "len takes one list");
      if (keywords.count(t.text)) fail("unexpected-token", "Unexpected " + shown(t), "An expression is expected here.");
      ++at_;
      auto e = make(Expr::Kind::Name, t.span);
      e->text = std::string(t.text);
      return e;
    }
    if (take("(")) {
      ExprPtr e = expression();
      expect(")", "to close the parenthesis");
      e->parenthesised = true;
      return e;
    }
    if (take("[")) {
      auto e = make(Expr::Kind::List, t.span);
      if (!is("]")) {
        e->children.push_back(expression());
        if (take("for")) {
          comprehension(*e, Expr::Kind::ListComprehension);
        } else {
          while (take(",")) e->children.push_back(expression());
        }
      }
      expect("]", "to close the list");
      e->span = from(t.span);
      return e;
    }
    if (take("{")) {
      auto e = make(Expr::Kind::Dict, t.span);
      if (!is("}")) {
        auto pair = [&] {
          e->children.push_back(expression());
          expect(":", "between key and value");
          e->children.push_back(expression());
        };
        pair();
        if (take("for")) comprehension(*e, Expr::Kind::DictComprehension);
        else
          while (take(",")) pair();
      }
      expect("}", "to close the dictionary");
      e->span = from(t.span);
      return e;
    }
    fail("unexpected-token", "Unexpected " + shown(t), "An expression is expected here.");
  }

  void comprehension(Expr& e, Expr::Kind kind) {
    e.kind = kind;
    do e.names.push_back(name("after \"for\""));
    while (take(","));
    expect("in", "after the loop's names");
    e.children.push_back(expression());
  }

  ExprPtr select() {
    const Span begin = peek().span;
    at_ += 2;
    auto e = make(Expr::Kind::Select, begin);
    e->children.push_back(expression());
    expect(",", "after the key");
    e->children.push_back(expression());
    expect(",", "after the query");
    const Token op = peek();
    if (op.text != "==" && op.text != "!=" && op.text != "<" && op.text != "<=" && op.text != ">" && op.text != ">=") fail("expected-comparison", "Expected a comparison (==, !=, <, <=, >, >=), found " + shown(op), "select takes a key, a query and a comparison.");
    ++at_;
    e->text = std::string(op.text);
    expect(")", "after the comparison");
    e->span = from(begin);
    return e;
  }

  Diagnostics& diagnostics_;
  const Limits& limits_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::uint32_t depth_ = 0;
};

}  // namespace

std::vector<Statement> parse(std::string_view text, std::uint32_t file, Diagnostics& diagnostics, const Limits& limits) {
  return Parser(text, file, diagnostics, limits).program();
}

ExprPtr parse_expression(std::string_view text, std::uint32_t file, Diagnostics& diagnostics, const Limits& limits) {
  return Parser(text, file, diagnostics, limits).single();
}

}  // namespace rasp
