#include "syntax/parser.h"

#include <algorithm>
#include <set>

#include "syntax/foreign.h"
#include "syntax/token.h"

namespace rasp {
namespace {

struct SyntaxError {};

const std::set<std::string_view> keywords = {"set", "show", "example", "examples", "on", "off", "selector", "s-op", "load", "draw", "def", "return", "for", "in", "if", "else", "not", "and", "or", "round", "indicator", "exit", "quit"};

class Parser {
 public:
  Parser(std::string_view text, std::uint32_t file, Diagnostics& diagnostics, const Limits& limits)
      : diagnostics_(diagnostics), limits_(limits), text_(text), tokens_(tokenize(text, file, diagnostics)) {}

  std::vector<Statement> program() {
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
  // After an error that the lexer or a statement's body has reported, what follows from it is not reported again.
  bool excused() const { return gave_up_ || peek().damaged || (at_ > 0 && tokens_[at_ - 1].damaged); }
  [[noreturn]] void fail(std::string code, std::string message, std::string hint, const char* error_class = "syntax", Fix fix = {}) {
    if (!excused() && std::string_view(error_class) == "syntax" && continued_ > statement_ && continued_ < at_) new_statement(continued_);
    else if (!excused()) diagnostics_.error(std::move(code), at_end() && std::string_view(error_class) == "syntax" ? "incomplete" : error_class, std::move(message), at_end() && at_ > 0 ? tokens_[at_ - 1].span : peek().span, std::move(hint), std::move(fix));
    if (std::string_view(error_class) == "limit") {  // nothing behind it can be judged
      gave_up_ = true;
      at_ = tokens_.size() - 1;
    }
    throw SyntaxError{};
  }
  // The bracket at `token` begins a line and was read as if it continued the one before.
  void new_statement(std::size_t token) {
    const Span last = tokens_[token - 1].span;
    diagnostics_.error("missing-semicolon", "syntax", "Expected \";\" after this statement, found " + shown(tokens_[token]) + " on the next line", {last.end > last.begin ? last.end - 1 : last.begin, last.end, last.file},
                       "Add \";\".", {"Add ;", {{{last.end, last.end, last.file}, ";"}}});
  }
  void expect(std::string_view text, const char* where) {
    if (!take(text)) fail("expected-token", "Expected \"" + std::string(text) + "\" " + where + ", found " + shown(peek()), "Add \"" + std::string(text) + "\".");
  }
  void semicolon() {
    for (; is(")") || is("]"); ++at_) {
      if (!excused()) diagnostics_.error("unexpected-token", "syntax", "This " + shown(peek()) + " closes nothing", peek().span, "Remove it.", {"Remove it", {{peek().span, ""}}});
    }
    if (take(";")) return;
    const Span last = tokens_[at_ - 1].span;
    if (!excused()) diagnostics_.error("missing-semicolon", at_end() ? "incomplete" : "syntax", "Expected \";\" after this statement" + (at_end() ? std::string() : ", found " + shown(peek())), {last.end > last.begin ? last.end - 1 : last.begin, last.end, last.file}, "Add \";\".", {"Add ;", {{{last.end, last.end, last.file}, ";"}}});
    if (!peek().first_on_line && !at_end() && !is("}")) throw SyntaxError{};
  }
  Span from(const Span& begin) const { return {begin.begin, tokens_[at_ - 1].span.end, begin.file}; }

  // Reads one statement into `result`. After a mistake: what it would have defined, and false, at the next statement.
  bool one(std::vector<Statement>& result, bool top) {
    const std::size_t before = at_;
    const std::uint32_t depth = depth_;
    try {
      result.push_back(statement(top));
      return true;
    } catch (const SyntaxError&) {
      depth_ = depth;
      recover(before, top);
      result.push_back(failed(before));
      return false;
    }
  }

  // What a broken statement would have defined, so that its uses do not add errors of their own.
  // Called after recover(): the statement ends at at_.
  Statement failed(std::size_t before) const {
    Statement s;
    s.kind = Statement::Kind::Failed;
    s.span = tokens_[before].span;
    if (tokens_[before].text == "def" && tokens_[before + 1].kind == TokenKind::Name) {
      s.names.emplace_back(tokens_[before + 1].text);
      return s;
    }
    if (tokens_[before].kind == TokenKind::Name && before + 1 < at_ && tokens_[before + 1].text == ":") s.names.emplace_back(tokens_[before].text);
    for (std::size_t k = before; k + 1 < at_; ++k) {
      const bool equals = tokens_[k + 1].kind == TokenKind::Punctuation && tokens_[k + 1].text == "=";
      if (tokens_[k].kind != TokenKind::Name || !equals) continue;
      std::size_t first = k;  // of the list of names
      while (first >= before + 2 && tokens_[first - 1].text == "," && tokens_[first - 2].kind == TokenKind::Name) first -= 2;
      const std::string_view behind = first == before ? ";" : tokens_[first - 1].text;
      if (!tokens_[first].first_on_line && behind != ";" && behind != "{" && behind != "}") continue;  // f(x = 1) defines nothing
      for (std::size_t i = first; i <= k; i += 2) s.names.emplace_back(tokens_[i].text);
    }
    return s;
  }

  bool starts_statement() const {
    if (!peek().first_on_line) return false;
    if (is("def") || is("for") || is("return") || is("load") || is("draw") || is("set") || is("show") || is("exit") || is("quit")) return true;
    std::size_t k = 0;
    while (peek(k).kind == TokenKind::Name && is(",", k + 1)) k += 2;
    return peek(k).kind == TokenKind::Name && is("=", k + 1);
  }

  bool at_margin() const { return peek().span.begin == 0 || text_[peek().span.begin - 1] == '\n'; }

  // To the end of the statement that began at `before`: its ";", or where another one begins. Inside a block its "}" stays.
  void recover(std::size_t before, bool top) {
    int braces = 0;  // open at at_
    for (std::size_t i = before; i < at_; ++i) {
      if (tokens_[i].kind == TokenKind::Punctuation) braces += tokens_[i].text == "{" ? 1 : tokens_[i].text == "}" ? -1 : 0;
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
      if (braces == 0 && is(";")) { ++at_; return; }
      if (braces == 0 && starts_statement()) return;
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
    statement_ = at_;
    continued_ = 0;
    foreign_statement();
    foreign_assignment();
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
      s.open = peek().span;
      open_body("before the function's body", "def f(x) { y = x + 1; return y; }");
      bool sound = true;
      while (!is("return")) {
        if (at_end() || is("}")) {
          if (!sound) break;
          fail("missing-return", "The function \"" + s.names[0] + "\" has no \"return\"", "End its body with \"return …;\".");
        }
        if (take(";")) continue;
        sound &= one(s.body, false);
      }
      const std::size_t before = at_;
      if (take("return")) {
        try {
          do s.values.push_back(expression());
          while (take(","));
          semicolon();
          while (take(";")) {}
        } catch (const SyntaxError&) {
          recover(before, false);
          sound = false;
        }
      }
      s.close = peek().span;
      if (!take("}")) {
        if (sound && !excused()) {
          diagnostics_.error("expected-token", at_end() ? "incomplete" : "syntax", "Expected \"}\" after \"return …;\", which must be the last statement of a function, found " + shown(peek()), at_end() ? tokens_[at_ - 1].span : peek().span, "Add \"}\".");
        }
        if (!(starts_statement() && at_margin())) skip_block();  // at the margin: only the brace was forgotten
        sound = false;
      }
      if (!sound) broken(s);
    } else if (take("for")) {
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
    if (continued_) warn_continued();
    s.span = from(begin);
    return s;
  }

  // Statements of Python, and the colon where a body begins.
  void foreign_statement() {
    const Token& t = peek();
    const char* hint = t.kind == TokenKind::Name ? foreign_statement_hint(t.text) : nullptr;
    if (!hint) return;
    const Token& next = peek(1);
    const bool value = next.kind == TokenKind::Name ? !keywords.count(next.text) : next.kind == TokenKind::String || next.kind == TokenKind::Int || next.kind == TokenKind::Float;
    const bool alone = (t.text == "pass" && next.kind != TokenKind::Punctuation) || ((t.text == "try" || t.text == "except") && next.text == ":");
    const bool negated = next.kind == TokenKind::Name && next.text == "not";
    if (value || alone || negated) fail("foreign-statement", "RASP has no \"" + std::string(t.text) + "\"", hint);
  }
  // x := 1; and x: int = 1;
  void foreign_assignment() {
    if (peek().kind != TokenKind::Name || keywords.count(peek().text) || !is(":", 1)) return;
    const Span colon = peek(1).span;
    const bool typed = peek(2).kind == TokenKind::Name && is("=", 3);
    if (!is("=", 2) && !typed) return;
    ++at_;
    if (!typed) fail("unexpected-token", "There is no \":=\"", "Write x = ….", "syntax", {"Write =", {{{colon.begin, peek(1).span.end, colon.file}, "="}}});
    fail("unexpected-token", "Names have no types", "Write x = ….", "syntax", {"Leave the type out", {{{colon.begin, peek(1).span.end, colon.file}, ""}}});
  }
  void open_body(const char* where, const char* form) {
    if (!is(":")) return expect("{", where);
    if (!excused()) diagnostics_.error("expected-token", "syntax", "Expected \"{\" " + std::string(where) + ", found \":\"", peek().span, std::string("Bodies stand in braces: ") + form);
    do ++at_;  // past the body
    while (!at_end() && !(peek().first_on_line && at_margin()));
    throw SyntaxError{};
  }

  // A block with a mistake inside has defined what it defines, but is not run.
  static void broken(Statement& s) {
    if (s.kind == Statement::Kind::Def) s.names.resize(1), s.name_spans.resize(1);
    else
      for (const Statement& inner : s.body) {
        s.names.insert(s.names.end(), inner.names.begin(), inner.names.begin() + static_cast<std::ptrdiff_t>(inner.kind == Statement::Kind::Def ? 1 : inner.names.size()));
        s.name_spans.insert(s.name_spans.end(), inner.name_spans.begin(), inner.name_spans.begin() + static_cast<std::ptrdiff_t>(std::min(inner.name_spans.size(), inner.kind == Statement::Kind::Def ? std::size_t{1} : inner.names.size())));
      }
    s.kind = Statement::Kind::Failed;
  }
  // Past the "}" of the block we are in.
  void skip_block() {
    for (int braces = 1; !at_end() && braces > 0; ++at_) braces += is("{") ? 1 : is("}") ? -1 : 0;
  }

  void command(Statement& s) {
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
        fail("expected-token", std::string("Expected ") + expected + ", found " + shown(peek()), "The commands are: show example, examples on, examples off, full seq display on, full seq display off.");
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
    const std::size_t first = at_;
    ExprPtr left = ternary();
    if (allow_in && is("not") && is("in", 1)) return not_in(first, std::move(left));
    for (std::uint32_t chain = 0; allow_in && is("in"); ++chain) {
      long_chain(chain);
      if (chain == 1) diagnostics_.warning("chained-in", "\"in\" binds weakest and from the left, so this asks whether a truth value is in the right side", peek().span, "Use parentheses.");
      if (left->kind == Expr::Kind::Unary && left->text == "not" && !left->parenthesised) diagnostics_.warning("not-in", "\"not x in l\" means \"(not x) in l\"", left->span, "Write not (x in l).");
      ++at_;
      left = binary(Expr::Kind::In, "in", std::move(left), ternary());
    }
    return left;
  }

  Span since(std::size_t token) const { return {tokens_[token].span.begin, tokens_[at_ - 1].span.end, tokens_[token].span.file}; }
  ExprPtr negated(ExprPtr operand) {
    auto e = make(Expr::Kind::Unary, operand->span);
    e->text = "not";
    e->children.push_back(std::move(operand));
    e->parenthesised = true;
    return e;
  }

  // x not in l: taken for what it means. The fix is only for an x that "in" cannot take apart.
  ExprPtr not_in(std::size_t first, ExprPtr left) {
    const Token where = peek();
    at_ += 2;
    const bool simple = left->parenthesised || (left->kind != Expr::Kind::Binary && left->kind != Expr::Kind::Unary && left->kind != Expr::Kind::Ternary);
    ExprPtr right = ternary();
    const Span all = since(first);
    Fix fix;
    if (simple) fix = {"Write not (… in …)", {{{all.begin, all.begin, all.file}, "not ("}, {{where.span.begin, where.span.end + 1, all.file}, ""}, {{all.end, all.end, all.file}, ")"}}};
    if (!excused()) diagnostics_.error("no-not-in", "syntax", "There is no \"not in\"", {where.span.begin, tokens_[at_ - 1].span.begin, where.span.file}, "Write not (x in l).", std::move(fix));
    return negated(binary(Expr::Kind::In, "in", std::move(left), std::move(right)));
  }

  // Where a condition or a parenthesis goes on with "=", a comparison was meant.
  void no_single_equals() {
    if (is("=")) fail("expected-token", "\"=\" assigns, and this is no statement", "A comparison is written \"==\".", "syntax", {"Write ==", {{peek().span, "=="}}});
  }

  ExprPtr ternary() {
    ExprPtr left = operators(8);
    for (std::uint32_t chain = 0; take("if"); ++chain) {
      long_chain(chain);
      ExprPtr condition = expression();
      no_single_equals();
      expect("else", "after the condition");
      ExprPtr other = operators(8);
      if (chain == 1 && !left->parenthesised) diagnostics_.warning("chained-ternary", "This groups from the left: (a if c else b) if d else e", left->span, "Put the part after the first \"else\" in parentheses.");
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
    const std::size_t first = at_;
    ExprPtr left = prefix();
    for (std::uint32_t chain = 0;; ++chain) {
      long_chain(chain);
      const Token& t = peek();
      const int l = t.kind == TokenKind::Punctuation || t.kind == TokenKind::Name ? level(t.text) : 0;
      if (t.kind == TokenKind::Punctuation && t.text == "!=" && loosest >= 7 && !is(")", 1)) {
        left = not_equal(first, std::move(left));
        continue;
      }
      if (t.kind == TokenKind::Name && t.text == "is" && !t.first_on_line) no_is();
      if (l == 0 || l > loosest) return left;
      const std::string op(t.text);
      const Span where = t.span;
      ++at_;
      if ((op == "+" || op == "-") && is(op) && peek().span.begin == where.end && (is(";", 1) || is(")", 1))) fail("unexpected-token", "There is no \"" + op + op + "\"", "Write x = x " + op + " 1;");
      if (is("=") && peek().span.begin == where.end) fail("unexpected-token", "There is no \"" + op + "=\"", "Write x = x " + op + " ….");
      if ((op == "*" || op == "/") && is(op) && peek().span.begin == where.end) {
        const Fix power{"Write ^", {{{where.begin, peek().span.end, where.file}, "^"}}};
        fail("unexpected-token", "There is no \"" + op + op + "\"", op == "*" ? "Power is written ^." : "For whole division write (a - a % b) / b, or round; a comment begins with #.", "syntax", op == "*" ? power : Fix{});
      }
      ExprPtr right = l == 3 ? prefix() : operators(l - 1);
      if (l == 7 && left->kind == Expr::Kind::Unary && left->text == "not" && !left->parenthesised) diagnostics_.warning("not-comparison", "\"not a " + op + " b\" means \"(not a) " + op + " b\"", left->span, "Write not (a " + op + " b).");
      if (l == 8 && left->kind == Expr::Kind::Binary && !left->parenthesised && (left->text == "and" || left->text == "or") && left->text != op) diagnostics_.warning("mixed-and-or", "\"and\" and \"or\" have the same rank and group from the left", where, "Use parentheses.");
      if (l == 7 && left->kind == Expr::Kind::Binary && !left->parenthesised && level(left->text) == 7) diagnostics_.warning("chained-comparison", "Comparisons do not chain: this compares the truth value of the left side", where, "Write a " + left->text + " b and b " + op + " c, in parentheses.");
      if (op == "^" && left->kind == Expr::Kind::Binary && !left->parenthesised && left->text == "^") diagnostics_.warning("power-order", "\"^\" groups from the left: 2^3^2 is (2^3)^2", where, "Use parentheses.");
      if (op == "^" && left->kind == Expr::Kind::Unary && !left->parenthesised && left->text != "not") diagnostics_.warning("power-order", "A sign binds tighter than \"^\": -2^2 is (-2)^2", left->span, "Use parentheses.");
      if (op == "%" && right->kind == Expr::Kind::Binary && !right->parenthesised && (right->text == "*" || right->text == "/")) diagnostics_.warning("percent-rank", "\"%\" binds weaker than \"*\" and \"/\"", where, "Use parentheses.");
      if (op == "%" && left->kind == Expr::Kind::Binary && !left->parenthesised && (left->text == "*" || left->text == "/")) diagnostics_.warning("percent-rank", "\"%\" binds weaker than \"*\" and \"/\"", where, "Use parentheses.");
      left = binary(Expr::Kind::Binary, op, std::move(left), std::move(right));
    }
  }

  [[noreturn]] void no_is() {
    const bool negated = is("not", 1);
    fail("unexpected-token", "There is no \"is\"", negated ? "Write not (a == b)." : "Write a == b.", "syntax", negated ? Fix{} : Fix{"Write ==", {{peek().span, "=="}}});
  }

  // a != b: taken for what it means.
  ExprPtr not_equal(std::size_t first, ExprPtr left) {
    const Token where = peek();
    ++at_;
    ExprPtr right = operators(6);
    const Span all = since(first);
    if (!excused()) {
      diagnostics_.error("not-equal", "syntax", "\"!=\" is only the comparison of a select", where.span, "Write not (a == b).",
                         {"Write not (… == …)", {{{all.begin, all.begin, all.file}, "not ("}, {where.span, "=="}, {{all.end, all.end, all.file}, ")"}}});
    }
    return negated(binary(Expr::Kind::Binary, "==", std::move(left), std::move(right)));
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
        if (!is(")")) do call->children.push_back(expression());
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

  void no_named_argument() {
    if (!is("=")) return;
    const Span name = tokens_[at_ - 1].span;
    const bool named = tokens_[at_ - 1].kind == TokenKind::Name && (tokens_[at_ - 2].text == "," || tokens_[at_ - 2].text == "(");
    fail("expected-token", "Arguments have no names", "Write the values in the order of the parameters.", "syntax", named ? Fix{"Leave the name out", {{{name.begin, peek().span.end, name.file}, ""}}} : Fix{});
  }

  [[noreturn]] void no_slices() {
    const bool backwards = is(":") && is(":", 1) && is("-", 2);
    fail("no-slices", "There are no slices", backwards ? "Backwards is aggregate(select(indices, length - 1 - indices, ==), tokens)." : "Of a list: [l[i] for i in range(1, 3)]; of an s-op: shift(seq, n, filler).");
  }

  // A bracket that begins a line at the margin belongs to the line before, unless that one misses its ";".
  void continues() {
    if (continued_) warn_continued();
    continued_ = at_;
  }
  void warn_continued() {
    const Token& bracket = tokens_[continued_];
    const Span last = tokens_[continued_ - 1].span;
    diagnostics_.warning("line-continues", "This " + shown(bracket) + " continues the line before: there is no \";\" between them", bracket.span, "If a statement begins here, end the one before with \";\".",
                         {"Add ; before it", {{{last.end, last.end, last.file}, ";"}}});
    continued_ = 0;
  }

  ExprPtr form(Expr::Kind kind, std::size_t least, std::size_t most, const char* what, const char* hint) {
    const Span begin = peek().span;
    at_ += 2;
    auto e = make(kind, begin);
    if (!is(")")) do e->children.push_back(expression());
      while (take(","));
    no_named_argument();
    expect(")", "after the arguments");
    e->span = from(begin);
    if (e->children.size() < least || e->children.size() > most) {
      diagnostics_.error("wrong-arguments", "syntax", std::string(what) + ", not " + std::to_string(e->children.size()) + " argument" + (e->children.size() == 1 ? "" : "s"), e->span, hint);
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
      if (t.text == "lambda" && peek(1).kind == TokenKind::Name && !keywords.count(peek(1).text)) fail("foreign-statement", "RASP has no \"lambda\"", "Operators work on s-ops as they are; functions have names: def f(x) { return x; }.");
      if (call && (t.text == "Select" || t.text == "SELECT") && is_select()) {
        diagnostics_.error("undefined-name", "undefined_variable", "\"" + std::string(t.text) + "\" is not defined", t.span, "Did you mean \"select\"? Names are case-sensitive.", {"Write select", {{t.span, "select"}}});
        return select();
      }
      if (t.text == "select" && call) return select();
      if (t.text == "aggregate" && call) return form(Expr::Kind::Aggregate, 2, 3, "aggregate takes a selector, values and optionally a default", "Write aggregate(selector, values) or aggregate(selector, values, default).");
      if (t.text == "round" && call) return form(Expr::Kind::Round, 1, 1, "round takes one argument", "Write round(x).");
      if (t.text == "indicator" && call) return form(Expr::Kind::Indicator, 1, 1, "indicator takes one argument", "Write indicator(s).");
      if (t.text == "range" && call) return form(Expr::Kind::Range, 1, 1000, "range takes one to three ints", "Write range(to), range(from, to) or range(from, to, step).");
      if (t.text == "zip" && call) return form(Expr::Kind::Zip, 1, 1000, "zip takes lists", "Write zip(list, list).");
      if (t.text == "len" && call) return form(Expr::Kind::Len, 1, 1, "len takes one list", "Write len(list).");
      if (keywords.count(t.text)) fail("unexpected-token", "Unexpected " + shown(t), t.text == "if" ? "There is no if statement: write a if condition else b." : t.text == "return" ? "return ends the body of a function." : t.text == "else" ? "Write a if condition else b." : "An expression is expected here.");
      ++at_;
      auto e = make(Expr::Kind::Name, t.span);
      e->text = std::string(t.text);
      return e;
    }
    if (take("(")) {
      ExprPtr e = expression();
      no_single_equals();
      expect(")", "to close the parenthesis");
      e->parenthesised = true;
      if (e->kind != Expr::Kind::Name) e->span = from(t.span);  // of a name: the name alone, which a rename replaces
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
    const bool closing = is(")") || is("]") || is("}");
    const bool comma = at_ > 0 && tokens_[at_ - 1].text == "," && tokens_[at_ - 1].kind == TokenKind::Punctuation;
    const bool trailing = closing && comma;
    fail("unexpected-token", "Unexpected " + shown(t), trailing ? "Remove the comma before it." : "An expression is expected here.", "syntax", trailing ? Fix{"Remove the comma", {{tokens_[at_ - 1].span, ""}}} : Fix{});
  }

  void comprehension(Expr& e, Expr::Kind kind) {
    e.kind = kind;
    do {
      e.name_spans.push_back(peek().span);
      e.names.push_back(name("after \"for\""));
    } while (take(","));
    expect("in", "after the loop's names");
    e.children.push_back(expression());
  }

  ExprPtr select() {
    const Span begin = peek().span;
    at_ += 2;
    auto e = make(Expr::Kind::Select, begin);
    if (comparison(peek()) && is(",", 1)) return comparison_first(std::move(e));
    e->children.push_back(expression());
    if (is(")")) fail("expected-token", "Expected \",\" after the key, found \")\"", "select takes a key, a query and a comparison: select(tokens, tokens, ==).");
    expect(",", "after the key");
    e->children.push_back(expression());
    if (is(")")) fail("expected-token", "Expected \",\" and a comparison after the query, found \")\"", "select takes a key, a query and a comparison: select(tokens, tokens, ==).");
    expect(",", "after the query");
    const Token op = peek();
    if (!comparison(op)) {
      const bool quoted = op.kind == TokenKind::String && is(")", 1) && comparison_text(op.text);
      const bool lambda = op.text == "lambda";
      fail("expected-comparison", "Expected a comparison (==, !=, <, <=, >, >=), found " + shown(op), quoted ? "Write it without quotes." : lambda ? "Write the operator alone: select(tokens, tokens, ==)." : "select takes a key, a query and a comparison.", "syntax",
           quoted ? Fix{"Write it without quotes", {{op.span, std::string(op.text)}}} : op.text == "=" && is(")", 1) ? Fix{"Write ==", {{op.span, "=="}}} : Fix{});
    }
    ++at_;
    e->text = std::string(op.text);
    expect(")", "after the comparison");
    e->span = from(begin);
    return e;
  }

  // Whether what is called here has a comparison as its last argument, as no function can have.
  bool is_select() const {
    int open = 0;
    for (std::size_t k = 1; k < 400 && peek(k).kind != TokenKind::End; ++k) {
      if (is("(", k) || is("[", k) || is("{", k)) ++open;
      else if ((is(")", k) || is("]", k) || is("}", k)) && --open == 0) return comparison(peek(k - 1));
    }
    return false;
  }
  static bool comparison_text(std::string_view s) { return s == "==" || s == "!=" || s == "<" || s == "<=" || s == ">" || s == ">="; }
  static bool comparison(const Token& t) { return t.kind == TokenKind::Punctuation && comparison_text(t.text); }

  // select(==, a, b): taken for what it means.
  ExprPtr comparison_first(ExprPtr e) {
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
      diagnostics_.error("expected-comparison", "syntax", "The comparison of a select comes last", op.span, "Write select(key, query, " + e->text + ").",
                         {"Put it last", {{{op.span.begin, rest.begin, rest.file}, ""}, {{last.end, last.end, last.file}, ", " + e->text}}});
    }
    e->span = from(e->span);
    return e;
  }

  Diagnostics& diagnostics_;
  const Limits& limits_;
  std::string_view text_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::size_t statement_ = 0;   // first token of the statement that is being read
  std::size_t continued_ = 0;   // a bracket that began a line and was read as part of it; 0: none
  std::uint32_t depth_ = 0;
  bool gave_up_ = false;
};

}  // namespace

std::vector<Statement> parse(std::string_view text, std::uint32_t file, Diagnostics& diagnostics, const Limits& limits) {
  return Parser(text, file, diagnostics, limits).program();
}

ExprPtr parse_expression(std::string_view text, std::uint32_t file, Diagnostics& diagnostics, const Limits& limits) {
  return Parser(text, file, diagnostics, limits).single();
}

}  // namespace rasp
