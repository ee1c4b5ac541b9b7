// The words of the language. The page has the same lists (Keyword, Form, ReservedName of the contract's schema).
#pragma once
#include <string_view>

namespace rasp {

// Never the name of anything.
inline constexpr std::string_view keywords[] = {
    "set", "show", "example", "examples", "on",  "off", "selector", "s-op",  "load",      "draw", "def", "return",
    "for", "in",   "if",      "else",     "not", "and", "or",       "round", "indicator", "exit", "quit"};
// Read like calls, each with a syntax of its own.
inline constexpr std::string_view forms[] = {"select", "aggregate", "indicator", "round", "range", "zip", "len"};
// Names that have a meaning and cannot be assigned (language-specification.md, "Names").
inline constexpr std::string_view reserved_names[] = {
    "tokens_asis", "tokens_str", "tokens_int", "tokens_bool", "tokens_float", "indices", "True",
    "False",       "out",        "range",      "zip",         "len",          "get"};

template <class List>
constexpr bool among(const List& words, std::string_view word) {
  for (const std::string_view w : words)
    if (w == word) return true;
  return false;
}
constexpr bool is_keyword(std::string_view word) { return among(keywords, word); }

}  // namespace rasp
