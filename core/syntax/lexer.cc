#include "syntax/token.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "syntax/foreign.h"
#include "syntax/transcript.h"

namespace rasp {
namespace {

bool name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool digit(char c) { return c >= '0' && c <= '9'; }
bool name_part(char c) { return name_start(c) || digit(c); }

constexpr std::string_view punctuation = "+-*/%^<>=()[]{},;:";

class Lexer {
 public:
  Lexer(std::string_view text, std::uint32_t file, Diagnostics& diagnostics)
      : s_(text), file_(file), diagnostics_(diagnostics), transcript_(find_transcript(text, file)) {}

  std::vector<Token> run() {
    if (transcript_) {
      const std::string prompt(s_.substr(transcript_->first.begin, transcript_->first.end - transcript_->first.begin));
      diagnostics_.error(
          "transcript", "syntax",
          "This is copied from a prompt: its lines begin with \"" + cut(prompt, 4) + "\", with answers between them",
          transcript_->first, "Take the prompts away, and make comments of the answers.", transcript_->fix);
    }
    while (at_ < s_.size()) {
      if (!skipped()) token();
    }
    push(TokenKind::End, at_, {});
    tokens_.back().first_on_line = true;
    return std::move(tokens_);
  }

 private:
  Span span(std::size_t begin, std::size_t end) const {
    return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end), file_};
  }
  std::string_view since(std::size_t begin) const { return s_.substr(begin, at_ - begin); }
  bool here(bool (*kind)(char)) const { return at_ < s_.size() && kind(s_[at_]); }
  void report(const char* code, std::string message, Span where, std::string hint, Fix fix = {}) {
    diagnostics_.error(code, "syntax", std::move(message), where, std::move(hint), std::move(fix));
  }
  // The token from `begin` up to at_.
  void push(TokenKind kind, std::size_t begin, std::string_view text) {
    tokens_.push_back({kind, text, span(begin, at_), fresh_line_, damaged_});
    fresh_line_ = damaged_ = false;
  }

  bool skipped() {
    const char c = s_[at_];
    if (transcript_ && skips_ < transcript_->skip.size() && transcript_->skip[skips_].begin <= at_) {
      at_ = std::max<std::size_t>(at_, transcript_->skip[skips_++].end);
      return true;
    }
    if (c == '\n' || c == ' ' || c == '\t' || c == '\r') {
      fresh_line_ |= c == '\n';
      ++at_;
      return true;
    }
    if (c != '#') return false;
    at_ = std::min(s_.find('\n', at_), s_.size());
    return true;
  }

  void token() {
    const char c = s_[at_];
    const std::size_t begin = at_;
    if (name_start(c)) return name();
    if (digit(c)) return number();
    if (c == '"') return string();
    const std::string_view two = s_.substr(at_, 2);
    const bool between = tokens_.empty() || fresh_line_ || tokens_.back().text == ";" || tokens_.back().text == "{" ||
                         tokens_.back().text == "}";
    if ((two == "//" && between) || two == "/*") {
      at_ = foreign_comment(s_, at_, file_, diagnostics_);
    } else if (two == "==" || two == "<=" || two == ">=" || two == "!=") {
      at_ += 2;
      push(TokenKind::Punctuation, begin, two);
    } else if (punctuation.find(c) != std::string_view::npos) {
      ++at_;
      push(TokenKind::Punctuation, begin, since(begin));
    } else if (!single_quoted() && !typographic()) {
      other();
    }
  }

  void name() {
    const std::size_t begin = at_;
    if (s_.substr(at_, 4) == "s-op" && (at_ + 4 == s_.size() || !name_part(s_[at_ + 4]))) at_ += 4;
    else
      while (here(name_part)) ++at_;
    const bool quote = at_ < s_.size() && (s_[at_] == '"' || s_[at_] == '\'');
    if (quote && string_prefix(since(begin))) {  // the string is taken for what it means
      const bool format = since(begin).find_first_of("fF") != std::string_view::npos;
      report("invalid-character", "Strings have no prefix", span(begin, at_),
             format ? "Join strings with +: \"a\" + tokens." : "Remove it: a string is what stands between the quotes.",
             format ? Fix{} : Fix{"Remove it", {{span(begin, at_), ""}}});
      return;
    }
    push(TokenKind::Name, begin, since(begin));
  }

  void number() {
    const std::size_t begin = at_;
    while (here(digit)) ++at_;
    const bool real = at_ + 1 < s_.size() && s_[at_] == '.' && digit(s_[at_ + 1]);
    if (real) {
      ++at_;
      while (here(digit)) ++at_;
    }
    if (here(name_start) && foreign_number(begin)) return;
    push(real ? TokenKind::Float : TokenKind::Int, begin, since(begin));
  }

  // Letters directly behind a number: no keyword, no number.
  bool foreign_number(std::size_t begin) {
    std::size_t end = at_;
    while (end < s_.size() && name_part(s_[end])) ++end;
    const std::string_view word = s_.substr(at_, end - at_);
    for (const char* keyword : {"if", "else", "for", "in", "and", "or", "not"})
      if (word == keyword) return false;
    if ((word.back() == 'e' || word.back() == 'E') && word.size() == 1 && end + 1 < s_.size() &&
        (s_[end] == '-' || s_[end] == '+') && digit(s_[end + 1])) {
      for (++end; end < s_.size() && digit(s_[end]);) ++end;
    }
    at_ = end;
    const std::string written(since(begin)), plain = plain_number(written);
    report("bad-number", "\"" + cut(written, 24) + "\" is not written like a number", span(begin, at_),
           plain.empty() ? "Numbers are digits, with a point and digits behind it or without." : "Write " + plain + ".",
           plain.empty() ? Fix{} : Fix{"Write " + plain, {{span(begin, at_), plain}}});
    damaged_ = true;
    return true;
  }

  void string() {
    const std::size_t begin = at_++;
    while (at_ < s_.size() && s_[at_] != '"' && s_[at_] != '\n') {
      const std::size_t n = utf8_length(s_, at_);
      if (s_.substr(at_, 3) == "\xEF\xBF\xBF") {  // U+FFFF stands for half of a surrogate pair
        report("invalid-character", "This string holds half of a surrogate pair", span(at_, at_ + 3),
               "Remove it: it is no character.");
      }
      const bool valid = n != 0 && s_[at_] != '\0';
      if (!valid)
        report("invalid-character", "This text is not valid UTF-8", span(at_, at_ + 1), "Save the file as UTF-8.");
      at_ += valid ? n : 1;
    }
    const std::string_view text = s_.substr(begin + 1, at_ - begin - 1);
    if (at_ == s_.size() || s_[at_] == '\n') {
      report("unterminated-string", "This string is not closed on its line", span(begin, at_), "Add a closing \".");
      damaged_ = true;
    } else {
      ++at_;
    }
    push(TokenKind::String, begin, text);
  }

  // A string with the wrong quotes is taken for what it means.
  bool single_quoted() {
    const std::size_t begin = at_;
    if (s_[begin] != '\'') return false;
    const std::size_t end = s_.find_first_of("'\n", begin + 1);
    if (end == std::string_view::npos || s_[end] != '\'') return false;
    const std::string_view text = s_.substr(begin + 1, end - begin - 1);
    at_ = end + 1;
    report("invalid-character", "Single quotes have no meaning in RASP", span(begin, at_), meant("'"),
           text.find('"') == std::string_view::npos
               ? Fix{"Write double quotes", {{span(begin, at_), "\"" + std::string(text) + "\""}}}
               : Fix{});
    push(TokenKind::String, begin, text);
    return true;
  }

  bool typographic() {
    const std::size_t begin = at_, quote = curly_quote(s_, begin);
    if (quote == 0) return false;
    std::size_t end = begin + quote;
    while (end < s_.size() && s_[end] != '\n' && s_[end] != '"' && curly_quote(s_, end) == 0) ++end;
    const std::size_t close = end < s_.size() ? std::max<std::size_t>(curly_quote(s_, end), s_[end] == '"') : 0;
    if (close == 0) return false;
    const std::string_view text = s_.substr(begin + quote, end - begin - quote);
    at_ = end + close;
    report("invalid-character", "Typographic quotes have no meaning in RASP", span(begin, at_),
           "Strings are written with plain double quotes.",
           {"Write plain quotes", {{span(begin, at_), "\"" + std::string(text) + "\""}}});
    push(TokenKind::String, begin, text);
    return true;
  }

  // A run of characters that mean nothing here. False: some are no text.
  bool run_of_others() {
    const std::size_t begin = at_;
    bool valid = true;
    while (at_ < s_.size()) {
      const char d = s_[at_];
      if (d == '\n' || d == ' ' || d == '\t' || d == '\r' || d == '"' || d == '#' || name_part(d) ||
          punctuation.find(d) != std::string_view::npos)
        break;
      const std::size_t n = utf8_length(s_, at_);
      if (n > 1 && !plain_operator(s_.substr(at_, n)).empty()) {  // one operator, not the start of a longer one
        if (at_ == begin) at_ += n;
        break;
      }
      valid &= n != 0 && d != '\0';
      at_ += n ? n : 1;
    }
    return valid;
  }

  void other() {
    const std::size_t begin = at_;
    const bool valid = run_of_others();
    const std::string_view run = since(begin);
    const std::string_view plain = plain_operator(run);
    if (!valid || plain.empty()) {
      report("invalid-character",
             valid ? "\"" + cut(std::string(run), 24) + "\" has no meaning in RASP" : "These bytes are not valid text",
             span(begin, at_), valid ? meant(run) : "Save the file as UTF-8.");
      damaged_ = true;
      return;
    }
    const bool word = name_start(plain[0]);  // taken for what it means
    const bool before = word && begin > 0 && name_part(s_[begin - 1]);
    const bool after = word && here(name_part);
    std::string text = (before ? " " : "") + std::string(plain) + (after ? " " : "");
    report("invalid-character", "\"" + std::string(run) + "\" has no meaning in RASP", span(begin, at_), meant(run),
           {"Write " + std::string(plain), {{span(begin, at_), std::move(text)}}});
    push(word ? TokenKind::Name : TokenKind::Punctuation, begin, plain);
  }

  std::string_view s_;
  std::uint32_t file_;
  Diagnostics& diagnostics_;
  std::optional<Transcript> transcript_;
  std::size_t at_ = 0, skips_ = 0;
  std::vector<Token> tokens_;
  bool fresh_line_ = true;
  bool damaged_ = false;  // an error is reported between the last token and the next one
};

}  // namespace

std::vector<Token> tokenize(std::string_view text, std::uint32_t file, Diagnostics& diagnostics) {
  return Lexer(text, file, diagnostics).run();
}

}  // namespace rasp
