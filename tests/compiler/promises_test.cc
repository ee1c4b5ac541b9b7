// What a program promises in pragmas keeps its model small; an input that breaks a promise is named, and no answer
// about it counts.
#include "compile_here.h"

using namespace rasp;
using namespace rasp::testing;

namespace {

const std::string sort_unique =
    "#@ vocabulary [1, 2, 3]\n#@ max_length 4\n#@ output sorted\n"
    "k = tokens_int;\nfrom = select(selector_width(select(k, k, <)), indices, ==);\nsorted = aggregate(from, k);\n";

bool same(const std::vector<Value>& a, const std::vector<Value>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Value& x, const Value& y) { return identical(x, y); });
}

}  // namespace

TEST_CASE("unique: a selector promised to hit one key at most") {
  Compiled plain(sort_unique), promised("#@ unique from\n" + sort_unique);
  REQUIRE(plain.model);
  REQUIRE_MESSAGE(promised.model, promised.first_error());
  CHECK(promised.transformer().parameters() <= plain.transformer().parameters());
  CHECK_FALSE(promised.model->exact);  // proved, but only for inputs that keep the promise
  CHECK(promised.model->exactness.kind == Exactness::Kind::Proved);
  REQUIRE(promised.model->exactness.under.size() == 1);
  CHECK(promised.model->exactness.under[0] == "\"from\" selects at most one key in every row");

  const auto kept = promised.compare(ints({3, 1, 2}));
  CHECK(kept.broken.empty());
  CHECK(kept.agree);
  CHECK(same(kept.model, ints({1, 2, 3})));
  const auto broken = promised.compare(ints({2, 1, 2}));
  REQUIRE(broken.broken.size() == 1);
  CHECK(broken.broken[0] == "\"from\" selects 2 keys at position 1, not at most one");

  const CheckResult r = promised.check();
  CHECK(r.exhaustive);
  CHECK(r.inputs == 3 + 9 + 27 + 81);
  CHECK(r.promise_breaking == 3 + (27 - 6) + 81);  // all but the inputs of different tokens
  CHECK(r.mismatches == 0);
  CHECK(r.first_broken.starts_with("On 1 1: \"from\" selects 2 keys"));
}

TEST_CASE("values: an s-op promised to stay in a set") {
  const std::string text =
      "#@ vocabulary [0, 1, 2, 9]\n#@ max_length 3\n#@ values v 1..3\n#@ output w\nv = tokens_int + 1;\nw = v * v;\n";
  Compiled c(text);
  REQUIRE_MESSAGE(c.model, c.first_error());
  CHECK(same(c.compare(ints({2, 0, 1})).model, ints({9, 1, 4})));
  CHECK(c.compare(ints({2, 0, 1})).broken.empty());
  const auto broken = c.compare(ints({1, 9}));
  REQUIRE(broken.broken.size() == 1);
  CHECK(broken.broken[0] == "\"v\" is 10 at position 1, which is not among its promised values");
  CHECK(c.check().mismatches == 0);
}

TEST_CASE("enumeration confirms a promise that no input breaks, and names one that some input breaks") {
  {
    // Tokens are at least 1: only position 0 can hold the value 1.
    Compiled c(
        "#@ vocabulary [1, 2]\n#@ max_length 3\n#@ unique s\n#@ output v\ns = select(tokens_int + indices, 1, ==);\nv "
        "= aggregate(s, tokens_int, 7);\n");
    REQUIRE_MESSAGE(c.model, c.first_error());
    CHECK_FALSE(c.model->exact);
    Runner runner(c.program.elaboration.graph, *c.model);
    settle_exactness(c.program.elaboration.graph, runner, *c.model, c.diagnostics, c.budget);
    CHECK(c.model->exact);
  }
  Compiled c("#@ unique from\n" + sort_unique);
  Runner runner(c.program.elaboration.graph, *c.model);
  settle_exactness(c.program.elaboration.graph, runner, *c.model, c.diagnostics, c.budget);
  CHECK_FALSE(c.model->exact);
  bool said = false;
  for (const Diagnostic& d : c.diagnostics.list()) said = said || d.code == "promise-broken";
  CHECK(said);
}

TEST_CASE("encode: an s-op is held as a number or as a code") {
  const std::string text =
      "#@ vocabulary \"ab\"\n#@ max_length 4\n#@ output v\nm = aggregate(full_s, indicator(tokens == \"a\"));\nv = "
      "m;\n";
  for (const bool numerical : {true, false}) {
    Compiled c("#@ encode v " + std::string(numerical ? "numerical" : "categorical") + "\n" + text);
    REQUIRE_MESSAGE(c.model, c.first_error());
    CHECK((c.model->codec.encoding == Encoding::Numerical) == numerical);
    CHECK(c.check().mismatches == 0);
  }
}

TEST_CASE("a promise about something that is not there is an error with its place") {
  Compiled c("#@ unique nothing\nv = tokens;\n", [](ProgramRequest& r) { r.vocabulary = ints({1}), r.max_length = 2; });
  CHECK_FALSE(c.model);
  CHECK(c.first_error().starts_with("bad-pragma"));
}

TEST_CASE("an output without a value on any input compiles, with a warning, and decodes to something") {
  Compiled c("x = tokens_int;", [](ProgramRequest& r) {
    r.vocabulary = {Value::string("a"), Value::string("b")};
    r.max_length = 2;
  });
  REQUIRE(c.model);
  REQUIRE(c.diagnostics.list().size() == 1);
  CHECK(c.diagnostics.list()[0].code == "never-defined");
  const auto comparison = c.compare({Value::string("a"), Value::string("b")});
  CHECK(comparison.agree);
  CHECK(comparison.model.size() == 2);
  CHECK(!comparison.undefined[0].empty());
  CHECK(c.check({.exhaustive = true}).undefined == 6);
}

TEST_CASE("assume: a condition on the inputs that are meant") {
  const std::string text =
      "#@ vocabulary \"a$\"\n#@ max_length 3\n#@ assume count(tokens, \"$\") == 1\n#@ output p\np = "
      "aggregate(select(tokens, \"$\", ==), indices);\n";
  Compiled c(text);
  REQUIRE_MESSAGE(c.model, c.first_error());
  CHECK(c.model->exactness.under == std::vector<std::string>{"count(tokens, \"$\") == 1"});
  CHECK_FALSE(c.model->exact);
  const std::vector<Value> a = {Value::string("a")}, marked = {Value::string("a"), Value::string("$")};
  CHECK(c.compare(marked).broken.empty());
  const auto broken = c.compare(a);
  REQUIRE(broken.broken.size() == 1);
  CHECK(broken.broken[0] == "count(tokens, \"$\") == 1 is not true at position 0");
  const CheckResult r = c.check();
  CHECK(r.inputs == 2 + 4 + 8);
  CHECK(r.promise_breaking == (2 - 1) + (4 - 2) + (8 - 3));
  CHECK(r.mismatches == 0);

  Compiled selector("#@ vocabulary \"a\"\n#@ max_length 2\n#@ assume full_s\nx = tokens;\n");
  CHECK_FALSE(selector.model);
  CHECK(selector.first_error().starts_with("bad-pragma"));
  Compiled held("#@ vocabulary \"ab\"\n#@ max_length 2\n#@ assume length < 3\nx = tokens;\n");
  REQUIRE(held.model);
  Runner runner(held.program.elaboration.graph, *held.model);
  settle_exactness(held.program.elaboration.graph, runner, *held.model, held.diagnostics, held.budget);
  CHECK(held.model->exact);  // it holds on every input there is
  CHECK(held.model->exactness.under.empty());
}

TEST_CASE("assume: what it says of a token or a width makes models smaller, and programs compile that did not") {
  const std::string text =
      "#@ vocabulary \"abcdef$\"\n#@ max_length 24\n#@ output x\np = aggregate(select(tokens, \"$\", ==), indices);\n"
      "x = aggregate(select(indices, 2 * p - indices, ==), tokens, \".\");\n";
  const auto assuming = [&](const std::string& what) { return Compiled("#@ assume " + what + "\n" + text); };
  CHECK_FALSE(Compiled(text).model);  // every mean of positions is one of its values
  const char* holds[] = {"count(tokens, \"$\") == 1", "count(tokens, \"$\") <= 1",
                         "selector_width(select(tokens, \"$\", ==)) < 2", "count(tokens == \"$\", True) in [0, 1]"};
  for (const char* what : holds) {
    Compiled c = assuming(what);
    CAPTURE(what);
    REQUIRE_MESSAGE(c.model, c.first_error());
    CHECK(c.model->exactness.kind == Exactness::Kind::Proved);
    CHECK(c.check({.samples = 300}).mismatches == 0);
  }
  // Of other tokens, or of one that may occur often, it says nothing.
  for (const char* what : {"count(tokens, \"a\") == 1", "contains(tokens, \"$\")"}) CHECK_FALSE(assuming(what).model);
}
