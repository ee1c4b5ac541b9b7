// What other languages and word processors write, and what is written for it here.
#pragma once
#include <string>
#include <string_view>
#include "base/diagnostics.h"

namespace rasp {

// For a run of characters that no token of RASP begins with: the operator it stands for; empty where it stands for
// none.
std::string_view plain_operator(std::string_view run);
// How to fix such a run.
std::string meant(std::string_view run);
// Length in bytes of the typographic quote at `i`; 0 for anything else.
std::size_t curly_quote(std::string_view text, std::size_t i);
// Whether a name that stands directly before a string is a prefix of Python: f"…", r"…".
bool string_prefix(std::string_view name);
// A comment of C, from `begin`: reported, with a fix that writes it with "#". Its end.
std::size_t foreign_comment(std::string_view text, std::size_t begin, std::uint32_t file, Diagnostics& diagnostics);
// A number of another language, such as 1e5, 1_000 or 0x1f: its value in digits; empty where it is none.
std::string plain_number(std::string_view written);
// For a word that begins statements of other languages: what is done here instead; null for any other word.
const char* foreign_statement_hint(std::string_view word);

}  // namespace rasp
