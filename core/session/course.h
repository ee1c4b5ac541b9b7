// What grading needs: one program on many inputs in one request, and facts about the program that rules and budgets
// speak of.
#pragma once
#include "compile.h"

namespace rasp {

// `eval_many`: {program, files?, output?, causal?, inputs: […], named?: true | ["name", …], limit_ms?, limit_steps?} →
//   {"ok": true, "name": …, "kind": "s-op" | "selector" | "atom" | "list" | "dict" | "function" | "application",
//    "results": one an input, in order: {"values", "types"} (s-op) or {"matrix": ["010", …]} (selector), and
//               "undefined": why the first position without a value has none; {"error"} where the input itself is
//               unusable,
//               "named": [{"name", "line", "values", "types" | "matrix", "undefined"?}] in program order, where
//               asked for,
//    "facts": see below, "diagnostics": […]}.
// `results` is empty where the output is neither an s-op nor a selector. Every program text, also one with errors, has
// the facts that come from its tokens:
//   names    every name, keyword and operator in the program's text, once each, sorted
//   tokens   how many tokens the text has; comments do not count
//   program  16 hex digits, equal for texts that differ only in blanks, comments and names that the program chooses
// and, where the output is an s-op or a selector,
//   graph    16 hex digits over the graph that the output needs: equal for programs that compute it alike
//   counts   {s_ops, selectors, aggregates, selector_widths, selects, elementwise} in that graph
// limit_steps lowers Limits::elaboration_steps: a bound that, unlike limit_ms, is met on every machine alike. Throws
// LimitExceeded.
constexpr std::size_t most_inputs = 100'000;
Json eval_many(const Json& request, ProgramRequest program, Limits limits);

}  // namespace rasp
