// The compiler's limits at their edge: with the limit at what a program needs it compiles, with one less it is refused,
// with the limit's code. (What the interpreter, the session and the exports refuse: tests/session/limits_test.cc.)
#include "compile_here.h"

using namespace rasp;
using namespace rasp::testing;

namespace {

struct Answer {
  std::string code;
  std::optional<CompiledModel> model;
};

Answer compiled(const std::string& text, const Limits& limits) {
  ProgramRequest request;
  request.program = text;
  Diagnostics diagnostics;
  Budget budget(limits);
  const Program program = load_program(request, diagnostics, budget);
  Answer a;
  a.model = compile_program(request, program, diagnostics, budget);
  for (const Diagnostic& d : diagnostics.list())
    if (d.severity == Severity::Error && a.code.empty()) a.code = d.code;
  CHECK(a.model.has_value() == a.code.empty());
  return a;
}

// The least limit with which the program compiles; with one less it is refused with `code`.
std::uint64_t edge(const std::string& text, std::uint64_t Limits::*limit, const std::string& code) {
  Limits limits{.milliseconds = 0};
  std::uint64_t refused = 0, passes = limits.*limit;
  REQUIRE(compiled(text, limits).code == "");
  while (passes - refused > 1) {
    const std::uint64_t middle = refused + (passes - refused) / 2;
    limits.*limit = middle;
    (compiled(text, limits).code.empty() ? passes : refused) = middle;
  }
  limits.*limit = refused;
  CHECK(compiled(text, limits).code == code);
  limits.*limit = passes;
  CHECK(compiled(text, limits).code == "");  // also after a refusal
  return passes;
}

}  // namespace

TEST_CASE("limit: pairs of values that one comparison tells apart") {
  CHECK(edge("#@ vocabulary \"abcdefghij\"\n#@ max_length 4\nx = selector_width(select(tokens, tokens, ==));\n",
             &Limits::selector_pairs, "limit-selector-table") == 10 * 10);
  CHECK(edge("#@ vocabulary [1, 2, 3]\n#@ max_length 7\nx = selector_width(select(tokens_int, indices, <));\n",
             &Limits::selector_pairs, "limit-selector-table") == 3 * 7);
}

TEST_CASE("limit: rows of the table of one expression") {
  // Words of tokens: nothing that an axis could hold, and every combination has a word of its own.
  const std::string words =
      "#@ vocabulary \"abcd\"\n#@ max_length 3\nback = aggregate(select(indices, length - indices - 1, ==), "
      "tokens);\nx = tokens + back;\n";
  CHECK(edge(words, &Limits::table_rows, "expression-too-large") == 4 * 4);
}

TEST_CASE("limit: combinations of s-op, position and length") {
  const std::string text = "#@ vocabulary \"ab\"\n#@ max_length 9\nx = (indices + length) % 3;\n";
  // At least the 45 places at which (indices + length) is, at most a set for each place and each of its few s-ops.
  const std::uint64_t needed = edge(text, &Limits::contexts, "limit-contexts");
  CHECK(needed >= 45);
  CHECK(needed <= 45 * 8);
}

TEST_CASE("limit: weights that are not zero") {
  const std::string text =
      "#@ vocabulary \"abcdef\"\n#@ max_length 6\nx = aggregate(select(indices, length - indices - 1, ==), tokens);\n";
  const auto weights =
      static_cast<std::uint64_t>(compiled(text, Limits{.milliseconds = 0}).model->transformer.nonzeros());
  const std::uint64_t needed = edge(text, &Limits::weights, "limit-weights");
  CHECK(needed >= weights / 2);  // biases are not counted: they cannot be more than the other weights
  CHECK(needed <= 4 * weights);  // an estimate, from above, is refused before any weight is made
}
