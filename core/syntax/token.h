// Tokens of RASP source.
#pragma once
#include <string_view>
#include <vector>
#include "base/diagnostics.h"

namespace rasp {

enum class TokenKind : std::uint8_t { Name, Int, Float, String, Punctuation, End };

struct Token {
  TokenKind kind = TokenKind::End;
  std::string_view text;  // String: without the quotes
  Span span;
  bool first_on_line = false;
  bool damaged =
      false;  // an error in or just before it is already reported: what the parser misses here is no mistake of its own
};

// Comments and blanks are skipped. Characters that start no token are reported once a run and skipped; invalid UTF-8
// and NUL bytes likewise. The last token is End. `text` must outlive the tokens.
std::vector<Token> tokenize(std::string_view text, std::uint32_t file, Diagnostics& diagnostics);

}  // namespace rasp
