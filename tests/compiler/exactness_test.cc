// What is called proved or enumerated is right, in value and kind, where numbers are large, small, close together,
// infinite, or of another kind than their neighbours. Values of single programs, which are those of the original
// interpreter, are in tests/compiler/cases.
#include "compile_here.h"

using namespace rasp;
using namespace rasp::testing;

namespace {

using Word = Exactness::Kind;

std::vector<Value> values(const char* json) {
  std::string problem;
  auto out = values_from_json(Json::parse(json), problem);
  REQUIRE_MESSAGE(out, problem);
  return *out;
}

struct Case {
  Compiled c;
  bool given = true;  // not refused because it is found to differ
  Case(const std::string& text, const char* vocabulary, std::uint32_t n, bool causal = false)
      : c(text, [&](ProgramRequest& r) { r.vocabulary = values(vocabulary), r.max_length = n, r.causal = causal; }) {
    if (!c.model) return;
    Runner runner(c.program.elaboration.graph, *c.model);
    given = settle_exactness(c.program.elaboration.graph, runner, *c.model, c.diagnostics, c.budget);
  }
  Word word() { return c.model->exactness.kind; }
};

}  // namespace

// The sum of five times 2^53 - 1 is no float: their mean is 2^53 - 2, though each of them is a float.
TEST_CASE("infinities and nan agree with themselves alone") {
  const Value inf = Value::real(HUGE_VAL);
  CHECK(agrees(inf, inf));
  CHECK_FALSE(agrees(inf, Value::real(1e308)));
  CHECK_FALSE(agrees(Value::real(2), Value::real(HUGE_VAL)));
  CHECK_FALSE(agrees(inf, Value::real(-HUGE_VAL)));
  CHECK_FALSE(expected(Value::integer(std::int64_t{1}), inf));
  CHECK(agrees(Value::real(std::nan("")), Value::real(std::nan(""))));
  CHECK_FALSE(agrees(Value::real(std::nan("")), Value::real(0)));
}

TEST_CASE("agreement tells numbers apart that lie close together") {
  CHECK_FALSE(agrees(Value::real(1e-300), Value::real(0)));
  CHECK_FALSE(agrees(Value::real(1e-11), Value::real(1.1e-11)));
  CHECK(agrees(Value::real(0.1 + 0.2), Value::real(0.3)));
  CHECK(agrees(Value::real(0.0), Value::real(-0.0)));
}

TEST_CASE("kinds are part of a value") {
  CHECK_FALSE(agrees(Value::integer(std::int64_t{1}), Value::real(1)));
  CHECK_FALSE(agrees(Value::integer(std::int64_t{1}), Value::boolean(true)));
  CHECK_FALSE(agrees(Value::integer(std::int64_t{1}), Value::string("1")));
  CHECK(expected(Value::integer(std::int64_t{1}), Value::real(1)));  // JSON has one 1
  CHECK_FALSE(expected(Value::real(1), Value::integer(std::int64_t{1})));
}

TEST_CASE("a number that is not rounded is near at best") {
  Case k("same = select(tokens,tokens,==); x = aggregate(same, indices/7) + aggregate(same, 1/(indices+1));", R"("ab")",
         7);
  REQUIRE_MESSAGE(k.c.model, k.c.first_error());
  if (k.word() == Word::Unknown) CHECK_FALSE(k.c.model->exact);
  else CHECK(k.c.check({.exhaustive = true}).near == 0);
}

TEST_CASE("a model that is found to differ is not given, whether all inputs are tried or some") {
  // Means 5000000001.5 and 5000000000.5 are one float32.
  const std::string mean = "x = average(tokens_int);";
  Case all(mean, "[10000000001, 2, 0]", 2);
  REQUIRE(all.c.model);
  CHECK_FALSE(all.given);
  CHECK(all.c.first_error().starts_with("model-differs"));
  Case some(mean, "[10000000001, 20000000003, 2, 0]", 8);
  REQUIRE(some.c.model);
  CHECK_FALSE(some.given);
}

TEST_CASE("an int and a float of its size are one number of a model, and take the interpreter's kind") {
  const auto integer = [](std::int64_t x) { return Value::integer(x); };
  CHECK(one_number(integer(1), Value::real(1)));
  CHECK(one_number(integer(1), Value::real(0.9999999999999998)));
  CHECK(one_number(Value::boolean(true), integer(1)));
  CHECK_FALSE(one_number(integer(1), Value::real(0.99999)));
  CHECK_FALSE(one_number(integer(0), Value::real(1e-300)));
  CHECK_FALSE(one_number(integer(1), Value::string("1")));
  // Ints so large that a float agrees with several.
  CHECK_FALSE(one_number(integer(9007199254740992), integer(9007199254740993)));
  CHECK_FALSE(one_number(integer(1'000'000'000'001), Value::real(1e12)));
}

TEST_CASE("a position that sees a failure has no value") {
  // The original stops at the division; the mean of the others at another position is no value of this program.
  Case k("v = 1/indices; x = aggregate(select(indices, 3, ==), v);", R"("a")", 4);
  REQUIRE_MESSAGE(k.c.model, k.c.first_error());
  const auto c = k.c.compare(values(R"("aaaa")"));
  for (const std::string& why : c.undefined) CHECK_FALSE(why.empty());
  CHECK(c.agree);
  // Elementwise, one position's failure is its own.
  Case own("x = 6/indices;", R"("a")", 4);
  const auto d = own.c.compare(values(R"("aaaa")"));
  CHECK_FALSE(d.undefined[0].empty());
  CHECK(d.undefined[1].empty());
  CHECK(d.model[3].repr() == "2.0");
}

TEST_CASE("what a proof assumes is kept where some input breaks it, also where the caller compares: run and check") {
  for (const bool given : {true, false}) {
    Compiled c("#@ unique from\nfrom = select(tokens_int, 2, ==); x = aggregate(from, indices);",
               [](ProgramRequest& r) {
                 r.vocabulary = ints({1, 2, 3});
                 r.max_length = 4;
               });
    REQUIRE_MESSAGE(c.model, c.first_error());
    Runner runner(c.program.elaboration.graph, *c.model);
    CHECK(settle_exactness(c.program.elaboration.graph, runner, *c.model, c.diagnostics, c.budget, given));
    CHECK_FALSE(c.model->exact);
    CHECK(c.model->exactness.under.size() == 1);
  }
  // Nothing is enumerated where every input breaks a promise: a mean that is not proved, of inputs that there are not.
  Compiled none("#@ assume length == 4\nx = aggregate(full_s, 1 / (indices + 1));", [](ProgramRequest& r) {
    r.vocabulary = ints({1, 2});
    r.max_length = 3;
  });
  REQUIRE_MESSAGE(none.model, none.first_error());
  Runner runner(none.program.elaboration.graph, *none.model);
  settle_exactness(none.program.elaboration.graph, runner, *none.model, none.diagnostics, none.budget);
  CHECK(none.model->exactness.kind != Word::Enumerated);
  CHECK_FALSE(none.model->exact);
}
