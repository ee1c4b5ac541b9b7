#include "syntax/format.h"

#include <algorithm>
#include <unordered_set>

#include "base/text.h"
#include "syntax/parser.h"
#include "syntax/token.h"

namespace rasp {
namespace {

constexpr std::size_t indent_width = 4, widest_block = 100;

bool is(const Token& t, std::string_view text) {
  return (t.kind == TokenKind::Punctuation || t.kind == TokenKind::Name) && t.text == text;
}

// Words that take an expression after them: a "(" or "[" behind one begins that expression.
bool leads(const Token& t) {
  static const std::unordered_set<std::string_view> words = {"not", "and", "or",     "if",      "else",
                                                             "in",  "for", "return", "example", "load"};
  return t.kind == TokenKind::Name && words.count(t.text) > 0;
}

bool operand_ends(const Token& t) {
  if (t.kind == TokenKind::Punctuation) return t.text == ")" || t.text == "]" || t.text == "}";
  return !leads(t);
}

// What the syntax tree knows and the tokens do not: which braces are blocks, and where statements end that take no ";".
struct Layout {
  std::unordered_set<std::uint32_t> opens, closes;  // offsets of block braces
  std::unordered_set<std::uint32_t> begins;         // offsets where a statement begins

  void add(const std::vector<Statement>& statements) {
    for (const Statement& s : statements) {
      begins.insert(s.span.begin);
      if (s.kind != Statement::Kind::Def && s.kind != Statement::Kind::For) continue;
      opens.insert(s.open.begin);
      closes.insert(s.close.begin);
      add(s.body);
    }
  }
};

class Formatter {
 public:
  Formatter(std::string_view text, const std::vector<Token>& tokens, const Layout& layout)
      : text_(text), layout_(layout) {
    // Which tokens begin a statement (or a "return"); empty statements are left out.
    std::size_t depth = 0;
    bool after = true;
    for (const Token& t : tokens) {
      const bool block =
          t.kind == TokenKind::Punctuation && (layout_.opens.count(t.span.begin) || layout_.closes.count(t.span.begin));
      if (depth == 0 && after && is(t, ";")) continue;
      const bool closes_block = block && t.text == "}";
      tokens_.push_back(t);
      starts_.push_back(!closes_block && depth == 0 &&
                        (after || t.kind == TokenKind::End || layout_.begins.count(t.span.begin) > 0));
      after = block || (depth == 0 && is(t, ";"));
      if (block || t.kind != TokenKind::Punctuation) continue;
      if (t.text == "(" || t.text == "[" || t.text == "{") ++depth;
      if ((t.text == ")" || t.text == "]" || t.text == "}") && depth > 0) --depth;
    }
  }

  std::string run() {
    std::uint32_t end = 0;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      token(i, text_.substr(end, tokens_[i].span.begin - end));
      end = tokens_[i].span.end;
    }
    while (!out_.empty() && (out_.back() == '\n' || out_.back() == ' ')) out_.pop_back();
    if (!out_.empty()) out_ += '\n';
    return std::move(out_);
  }

 private:
  bool opens(std::size_t i) const { return is(tokens_[i], "{") && layout_.opens.count(tokens_[i].span.begin); }
  bool closes(std::size_t i) const { return is(tokens_[i], "}") && layout_.closes.count(tokens_[i].span.begin); }

  void line_break() {
    while (!out_.empty() && out_.back() == ' ') out_.pop_back();
    if (!out_.empty() && !fresh_) out_ += '\n';
    fresh_ = true;
  }
  void blank_line() {
    if (out_.size() >= 2 && out_[out_.size() - 1] == '\n' && out_[out_.size() - 2] != '\n') out_ += '\n';
  }
  void put(std::string_view text, std::size_t indent) {
    if (fresh_) {
      out_.append(indent * indent_width, ' ');
      line_indent_ = indent;
    }
    out_ += text;
    fresh_ = false;
  }
  // Of a line that goes on with a statement: one step more than the line where its innermost bracket was opened.
  std::size_t continued() const { return (brackets_.empty() ? blocks_ : brackets_.back()) + 1; }

  // A block stays on one line if it was on one, has no comment and no block inside, and fits. The index of its "}",
  // else 0.
  std::size_t inline_block(std::size_t open) const {
    const std::size_t line = out_.rfind('\n') == std::string::npos ? 0 : out_.rfind('\n') + 1;
    std::size_t width = count_code_points(std::string_view(out_).substr(line));
    for (std::size_t i = open + 1; i < tokens_.size(); ++i) {
      const std::string_view gap =
          text_.substr(tokens_[i - 1].span.end, tokens_[i].span.begin - tokens_[i - 1].span.end);
      if (gap.find_first_of("#\n") != std::string_view::npos || opens(i)) return 0;
      width += count_code_points(text_.substr(tokens_[i].span.begin, tokens_[i].span.end - tokens_[i].span.begin)) +
               (blank_between(i - 1, i) ? 1 : 0);
      if (width > widest_block) return 0;
      if (closes(i)) return i;
    }
    return 0;
  }

  bool sign(std::size_t i) const {  // a "+" or "-" with one operand
    return tokens_[i].kind == TokenKind::Punctuation && (tokens_[i].text == "-" || tokens_[i].text == "+") &&
           (starts_[i] || !operand_ends(tokens_[i - 1]));
  }

  bool blank_between(std::size_t a, std::size_t b) const {
    const Token &left = tokens_[a], &right = tokens_[b];
    if (opens(b) || opens(a) || closes(b)) return true;
    if (right.kind == TokenKind::Punctuation && std::string_view(")]},;:").find(right.text) != std::string_view::npos)
      return false;
    if (left.kind == TokenKind::Punctuation && (left.text == "(" || left.text == "[" || left.text == "{")) return false;
    if (sign(a)) return false;
    if (is(right, "(") || is(right, "[")) return !operand_ends(left);
    return true;
  }

  void token(std::size_t i, std::string_view gap) {
    const Token& t = tokens_[i];
    const bool end = t.kind == TokenKind::End, ends_block = !end && closes(i), apart = starts_[i] || ends_block;
    const bool punctuation = t.kind == TokenKind::Punctuation;
    const bool closing = punctuation && !ends_block && (t.text == ")" || t.text == "]" || t.text == "}");
    const auto breaks = std::count(gap.begin(), gap.end(), '\n');
    if (gap.find('#') != std::string_view::npos) {
      comments(gap, apart, starts_[i], apart ? blocks_ : continued());
    } else if (i > 0 && !end && inline_until_ < i) {
      if (apart) {
        line_break();
        if (breaks > 1 && starts_[i] && !opens(i - 1)) blank_line();
      } else if (breaks > 0 && !opens(i) && !is(t, ";")) {
        line_break();
      }
    }
    if (end) return;
    std::size_t indent = continued();
    if (closing && !brackets_.empty()) {
      indent = brackets_.back();
      brackets_.pop_back();
    }
    if (ends_block) --blocks_;
    if (!fresh_ && i > 0 && blank_between(i - 1, i)) out_ += ' ';
    put(text_.substr(t.span.begin, t.span.end - t.span.begin), apart ? blocks_ : indent);
    if (opens(i)) {
      if (inline_until_ < i) inline_until_ = std::max(inline_until_, inline_block(i));
      ++blocks_;
    } else if (punctuation && (t.text == "(" || t.text == "[" || t.text == "{")) {
      brackets_.push_back(line_indent_);
    }
  }

  // The comments of a gap, each where it was: behind what stands before it on its line, or on a line of its own.
  void comments(std::string_view gap, bool between, bool before_statement, std::size_t indent) {
    bool same_line = !out_.empty();
    int breaks = 0;
    for (std::size_t at = 0; at < gap.size();) {
      if (gap[at] == '\n') ++breaks, same_line = false;
      if (gap[at] != '#') {
        ++at;
        continue;
      }
      const std::size_t stop = std::min(gap.find('\n', at), gap.size());
      std::string_view comment = gap.substr(at, stop - at);
      at = stop;
      while (!comment.empty() && (comment.back() == '\r' || comment.back() == ' ' || comment.back() == '\t'))
        comment.remove_suffix(1);
      if (same_line) {
        out_ += "  ";
        put(comment, 0);
      } else {
        line_break();
        if (breaks > 1 && between && !out_.ends_with("{\n")) blank_line();
        put(comment, indent);
      }
      breaks = 0;
    }
    line_break();
    if (breaks > 1 && before_statement) blank_line();
  }

  std::string_view text_;
  const Layout& layout_;
  std::vector<Token> tokens_;
  std::vector<bool> starts_;  // by token: it begins a statement
  std::string out_;
  std::size_t blocks_ = 0, line_indent_ = 0;
  std::vector<std::size_t> brackets_;  // open ones of the statement: the indentation of the line where each was opened
  std::size_t inline_until_ = 0;       // up to this token everything stays on the line
  bool fresh_ = true;                  // at the beginning of a line
};

}  // namespace

std::optional<std::string> format_program(std::string_view source, Diagnostics& diagnostics, const Limits& limits) {
  if (source.size() > limits.source_bytes) {
    diagnostics.error("limit-source", "limit",
                      "This file is longer than " + std::to_string(limits.source_bytes) + " bytes", {0, 1, 0},
                      "Split it, or shorten it.");
    return std::nullopt;
  }
  std::string text(source);
  if (text.starts_with("\xEF\xBB\xBF")) text.replace(0, 3, "   ");
  Diagnostics own;
  Layout layout;
  layout.add(parse(text, 0, own, limits));
  if (own.has_errors()) {
    for (const Diagnostic& d : own.list()) diagnostics.add(d);
    return std::nullopt;
  }
  const std::vector<Token> tokens = tokenize(text, 0, own);
  return Formatter(text, tokens, layout).run();
}

}  // namespace rasp
