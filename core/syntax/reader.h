// Internal to parsing: one parser, a reader by recursive descent. parser.cc holds mistakes and how reading goes on
// after them, statements.cc, operators.cc and primaries.cc what their names say.
#pragma once
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>
#include "base/limits.h"
#include "syntax/ast.h"
#include "syntax/token.h"

namespace rasp {

class Parser {
 public:
  // All must outlive it.
  Parser(std::string_view text, std::uint32_t file, Diagnostics& diagnostics, const Limits& limits)
      : diagnostics_(diagnostics), limits_(limits), text_(text), tokens_(tokenize(text, file, diagnostics)) {}
  std::vector<Statement> program();
  ExprPtr single();  // null after an error

 private:
  struct Recover {};  // ends a statement that is reported (panic mode): reading goes on behind it

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
  // After an error that the lexer or a statement's body has reported, what follows from it is not reported again.
  bool excused() const { return gave_up_ || peek().damaged || (at_ > 0 && tokens_[at_ - 1].damaged); }
  Span from(const Span& begin) const { return {begin.begin, tokens_[at_ - 1].span.end, begin.file}; }
  bool at_margin() const { return peek().span.begin == 0 || text_[peek().span.begin - 1] == '\n'; }
  struct Deeper {
    Parser& p;
    explicit Deeper(Parser& parser) : p(parser) {
      if (++p.depth_ > p.limits_.parse_depth) {
        --p.depth_;
        p.fail("limit-nesting", "This is nested more than " + std::to_string(p.limits_.parse_depth) + " levels deep",
               "Name parts of the expression first.", "limit");
      }
    }
    ~Deeper() { --p.depth_; }
  };
  // A chain a + b + … is a tree as deep as it is long.
  void long_chain(std::uint32_t length) {
    if (length >= limits_.chain_length)
      fail("limit-nesting", "More than " + std::to_string(limits_.chain_length) + " operators in one chain",
           "Name parts of the expression first.", "limit");
  }
  Span since(std::size_t token) const {
    return {tokens_[token].span.begin, tokens_[at_ - 1].span.end, tokens_[token].span.file};
  }
  static bool comparison_text(std::string_view s) {
    return s == "==" || s == "!=" || s == "<" || s == "<=" || s == ">" || s == ">=";
  }
  static bool comparison(const Token& t) { return t.kind == TokenKind::Punctuation && comparison_text(t.text); }

  // parser.cc
  static std::string shown(const Token& t);
  [[noreturn]] void fail(std::string code, std::string message, std::string hint, const char* error_class = "syntax",
                         Fix fix = {});
  // The bracket at `token` begins a line and was read as if it continued the one before.
  void new_statement(std::size_t token);
  void expect(std::string_view text, const char* where);
  void semicolon();
  // Reads one statement into `result`. After a mistake: what it would have defined, and false, at the next statement.
  bool one(std::vector<Statement>& result, bool top);
  // What a broken statement would have defined, so that its uses do not add errors of their own.
  // Called after recover(): the statement ends at at_.
  Statement failed(std::size_t before) const;
  bool starts_statement() const;
  // To the end of the statement that began at `before`: its ";", or where another one begins. Inside a block its "}"
  // stays.
  void recover(std::size_t before, bool top);
  std::string name(const char* where);

  // statements.cc
  Statement statement(bool top);
  void definition(Statement& s);  // behind "def"
  bool returned(Statement& s);    // the end of its body; false: broken, and at the next statement
  void loop(Statement& s);        // behind "for"
  void load(Statement& s);
  void draw(Statement& s);    // behind "draw"
  void values(Statement& s);  // assignment if a list of names is followed by a single "=", else an expression
  bool starts_command() const;
  // Statements of Python, and the colon where a body begins.
  void foreign_statement();
  // x := 1; and x: int = 1;
  void foreign_assignment();
  void open_body(const char* where, const char* form);
  // A block with a mistake inside has defined what it defines, but is not run.
  static void broken(Statement& s);
  // Past the "}" of the block we are in.
  void skip_block();
  void command(Statement& s);
  // A bracket that begins a line at the margin belongs to the line before, unless that one misses its ";".
  void continues();
  void warn_continued();

  // operators.cc
  ExprPtr make(Expr::Kind kind, const Span& begin);
  ExprPtr binary(Expr::Kind kind, std::string text, ExprPtr a, ExprPtr b);
  // Level 10: x in y, weakest, left.
  ExprPtr expression(bool allow_in = true);
  ExprPtr negated(ExprPtr operand);
  // x not in l: taken for what it means. The fix is only for an x that "in" cannot take apart.
  ExprPtr not_in(std::size_t first, ExprPtr left);
  // Where a condition or a parenthesis goes on with "=", a comparison was meant.
  void no_single_equals();
  ExprPtr ternary();
  static int level(std::string_view op);
  // Precedence climbing: operators of level at most `loosest`, all left associative.
  ExprPtr operators(int loosest);
  [[noreturn]] void no_is();
  // Operators of other languages that begin like one of ours: +=, ++, **, //.
  void no_doubled(const Token& operation);
  // Warns where an operator seldom means what it looks like.
  void remark(const std::string& op, const Span& where, const Expr& left, const Expr& right);
  // a != b: taken for what it means.
  ExprPtr not_equal(std::size_t first, ExprPtr left);
  ExprPtr prefix();

  // primaries.cc
  ExprPtr suffix();
  void no_named_argument();
  [[noreturn]] void no_slices();
  ExprPtr form(Expr::Kind kind, std::size_t least, std::size_t most, const char* what, const char* hint);
  ExprPtr primary();
  ExprPtr named();                             // a name, or a form such as select(…)
  ExprPtr called_form(std::string_view name);  // null: no form has this name
  ExprPtr list(const Span& begin);             // behind "["
  ExprPtr dictionary(const Span& begin);       // behind "{"
  void comprehension(Expr& e, Expr::Kind kind);
  ExprPtr select();
  // Whether what is called here has a comparison as its last argument, as no function can have.
  bool is_select() const;
  // select(==, a, b): taken for what it means.
  ExprPtr comparison_first(ExprPtr e);

  Diagnostics& diagnostics_;
  const Limits& limits_;
  std::string_view text_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::size_t statement_ = 0;  // first token of the statement that is being read
  std::size_t continued_ = 0;  // a bracket that began a line and was read as part of it; 0: none
  std::uint32_t depth_ = 0;
  bool gave_up_ = false;
};

}  // namespace rasp
