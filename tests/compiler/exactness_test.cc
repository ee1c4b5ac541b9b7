// What is called proved or enumerated is right, in value and kind, where numbers are large, small, close together, infinite, or of another kind than
// their neighbours. The values are those of the original interpreter.
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
  Case(const std::string& text, const char* vocabulary, std::uint32_t n, bool causal = false)
      : c(text, [&](ProgramRequest& r) { r.vocabulary = values(vocabulary), r.max_length = n, r.causal = causal; }) {
    if (!c.model) return;
    Runner runner(c.program.elaboration.graph, *c.model);
    settle_exactness(c.program.elaboration.graph, runner, *c.model, c.diagnostics, c.budget);
  }
  Word word() { return c.model->exactness.kind; }

  // The model's values on `input`, as repr, which tells the kind: "1000000.0 2.0".
  std::string run(const char* input) {
    std::string out;
    for (const Value& v : c.compare(values(input)).model) out += (out.empty() ? "" : " ") + v.repr();
    return out;
  }
};

// The model says `expected`, is known to be exact, and is.
void right(const std::string& text, const char* vocabulary, std::uint32_t n, const char* input, const std::string& expected, bool causal = false) {
  CAPTURE(text);
  Case k(text, vocabulary, n, causal);
  REQUIRE_MESSAGE(k.c.model, k.c.first_error());
  CHECK(k.run(input) == expected);
  CHECK(k.word() != Word::Unknown);
  CHECK(k.c.check({.samples = 500}).mismatches == 0);
}

}  // namespace

TEST_CASE("a mean of large numbers is a mean") {
  right("x = aggregate(full_s, indices*1000000);", R"("a")", 3, R"("aaa")", "1000000.0 1000000.0 1000000.0");
  right("x = aggregate(full_s, tokens_int);", "[1048576, 1]", 2, "[1048576, 1]", "524288.5 524288.5");
  right("x = aggregate(select(tokens,\"a\",==), indices, 9999999) < 1;", R"("ab")", 3, R"("aa")", "True True");
  right("x = aggregate(select(indices,indices,<=), 10^indices);", R"("a")", 8, R"("aaaaaaaa")", "1 5.5 37.0 277.75 2222.2 18518.5 158730.14285714287 1388888.875");
}

// The sum of five times 2^53 - 1 is no float: their mean is 2^53 - 2, though each of them is a float.
TEST_CASE("a mean of equal ints whose sum is no float is not called a copy") {
  for (const char* value : {"9007199254740991", "4503599627370497", "3602879701896397"}) {
    CAPTURE(value);
    Case k(std::string("x = aggregate(full_s, tokens_int + ") + value + ");", "[0]", 5);
    if (!k.c.model) continue;  // refused
    CHECK((k.word() == Word::Unknown || k.c.check({.exhaustive = true}).mismatches == 0));
  }
  right("x = aggregate(full_s, tokens_int + 1125899906842623);", "[0]", 5, "[0, 0, 0]", "1125899906842623.0 1125899906842623.0 1125899906842623.0");
}

TEST_CASE("what float32 cannot tell apart is not called exact") {
  for (const char* vocabulary : {"[1e16, 3.0, 1.0]", "[1, 9007199254740993]"}) {
    Case k("x = aggregate(full_s, tokens_asis);", vocabulary, 3);
    if (!k.c.model) continue;  // refused
    CHECK((k.word() == Word::Unknown || k.c.check({.exhaustive = true}).mismatches == 0));
  }
}

TEST_CASE("a default of another kind than the values stays what it is") {
  right("x = aggregate(select(tokens,\"a\",==), indices, \"x\");", R"("ab")", 2, R"("aa")", "0.5 0.5");
  right("x = aggregate(select(tokens,\"a\",==), indices, \"x\");", R"("ab")", 2, R"("bb")", "'x' 'x'");
  right("x = aggregate(select(tokens,\"a\",==), indices, 10.0^308*10.0);", R"("ab")", 3, R"("bb")", "inf inf");
  right("x = aggregate(select(tokens,\"a\",==), indices, 10^20);", R"("ab")", 3, R"("bb")", "100000000000000000000 100000000000000000000");
  right("x = aggregate(select(tokens,\"a\",==), indices, 10^20);", R"("ab")", 3, R"("aab")", "0.5 0.5 0.5");
}

TEST_CASE("infinities and nan are values of their own") {
  right("x = 10.0^308*10.0 if tokens==\"a\" else indices;", R"("ab")", 3, R"("bba")", "0 1 inf");
  right("x = tokens_float;", R"(["-inf", "1", "2"])", 2, R"(["2", "-inf"])", "2.0 -inf");
  right("x = tokens_float;", R"(["nan", "inf", "1e308"])", 2, R"(["nan", "inf"])", "nan inf");
  const Value inf = Value::real(HUGE_VAL);
  CHECK(agrees(inf, inf));
  CHECK_FALSE(agrees(inf, Value::real(1e308)));
  CHECK_FALSE(agrees(Value::real(2), Value::real(HUGE_VAL)));
  CHECK_FALSE(agrees(inf, Value::real(-HUGE_VAL)));
  CHECK_FALSE(expected(Value::integer(std::int64_t{1}), inf));
  CHECK(agrees(Value::real(std::nan("")), Value::real(std::nan(""))));
  CHECK_FALSE(agrees(Value::real(std::nan("")), Value::real(0)));
}

TEST_CASE("numbers that lie close together are different numbers") {
  right("x = 10000000000.0 + indices;", R"("a")", 3, R"("aaa")", "10000000000.0 10000000001.0 10000000002.0");
  right("x = 0.1^indices;", R"("a")", 12, R"("aaaaaaaaaaaa")",
        "1.0 0.1 0.010000000000000002 0.0010000000000000002 0.00010000000000000002 1.0000000000000003e-05 1.0000000000000004e-06 "
        "1.0000000000000004e-07 1.0000000000000005e-08 1.0000000000000005e-09 1.0000000000000006e-10 1.0000000000000006e-11");
  CHECK_FALSE(agrees(Value::real(1e-300), Value::real(0)));
  CHECK_FALSE(agrees(Value::real(1e-11), Value::real(1.1e-11)));
  CHECK(agrees(Value::real(0.1 + 0.2), Value::real(0.3)));
  CHECK(agrees(Value::real(0.0), Value::real(-0.0)));
}

TEST_CASE("kinds are part of a value") {
  CHECK_FALSE(agrees(Value::integer(std::int64_t{1}), Value::real(1)));
  CHECK_FALSE(agrees(Value::integer(std::int64_t{1}), Value::boolean(true)));
  CHECK_FALSE(agrees(Value::integer(std::int64_t{1}), Value::string("1")));
  CHECK(expected(Value::integer(std::int64_t{1}), Value::real(1)));         // JSON has one 1
  CHECK_FALSE(expected(Value::real(1), Value::integer(std::int64_t{1})));
  right("x = length * aggregate(full_s, indicator(tokens == \"a\"));", R"("ab")", 4, R"("aab")", "2.0 2.0 2.0");
  right("x = length * aggregate(full_s, indicator(tokens == \"a\"));", R"("ab")", 4, R"("a")", "1");
  right("x = aggregate(select(tokens, \"a\", ==), indices);", R"("ab")", 3, R"("aba")", "1.0 1.0 1.0");
  right("x = aggregate(select(tokens, \"a\", ==), indices);", R"("ab")", 3, R"("bab")", "1 1 1");
}

TEST_CASE("a number that is not rounded is near at best") {
  Case k("same = select(tokens,tokens,==); x = aggregate(same, indices/7) + aggregate(same, 1/(indices+1));", R"("ab")", 7);
  REQUIRE_MESSAGE(k.c.model, k.c.first_error());
  if (k.word() == Word::Unknown) CHECK_FALSE(k.c.model->exact);
  else CHECK(k.c.check({.exhaustive = true}).near == 0);
}

TEST_CASE("a forced encoding that float32 cannot hold is refused") {
  for (const char* vocabulary : {"[1e39, 2e39, 1.0]", R"(["nan", "1"])", R"(["inf", "1"])"}) {
    CAPTURE(vocabulary);
    Case k("#@ encode x numerical\nx = tokens_float*1.0;", vocabulary, 3);
    REQUIRE_FALSE(k.c.model);
    CHECK(k.c.first_error().starts_with("number-range"));
  }
  Case small("#@ encode x numerical\nx = tokens_float*1.0;", "[1e-300, 2e-300, 0.0]", 2);
  CHECK((!small.c.model || small.word() == Word::Unknown));
}

TEST_CASE("ints that are one double are told apart, or nothing is proved") {
  Case k("#@ encode x numerical\nx = 9007199254740992 if tokens == \"a\" else 9007199254740993;", R"(["a", "b"])", 2);
  REQUIRE_MESSAGE(k.c.model, k.c.first_error());
  CHECK((k.word() == Word::Unknown || k.c.check({.exhaustive = true}).mismatches == 0));
  if (k.word() == Word::Unknown) CHECK_FALSE(proof::check_claims(k.c.model->transformer, k.c.model->claims).confirmed);
}

TEST_CASE("large numbers that a row copies are held as classes, and proved") {
  const char* text = "y = tokens_int * 3 + indices; x = aggregate(select(indices, length - 1 - indices, ==), y);";
  right(text, "[1000001, 5000011]", 3, "[1000001, 5000011, 1000001]", "3000005 15000034 3000003");
  CHECK(Case(text, "[1000001, 5000011]", 3).word() == Word::Proved);
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

TEST_CASE("ranks under a causal mask are not distinct") {
  right("k = tokens_int; rank = selector_width(select(k,k,<) or (select(k,k,==) and select(indices,indices,<))); x = aggregate(select(rank,0,==), k);", "[1, 2, 3]", 4, "[3, 1, 2, 1]",
        "3 2.0 2.0 2.0", true);
}

TEST_CASE("nan is before nothing and after nothing") {
  right("x = indicator(has_focus(select(tokens_float, indices / 2, >)));", R"(["nan", "1"])", 1, R"(["nan"])", "0");
  right("x = selector_width(not select(tokens_float, 0, >=));", R"(["nan", "1"])", 2, R"(["nan", "1"])", "1 1");
  right("x = aggregate(select(selector_width(select(tokens_float, tokens_float, <) or (select(tokens_float, tokens_float, ==) and select(indices, indices, <))), 0, ==), indices);",
        R"(["nan", "1"])", 3, R"(["nan", "nan", "1"])", "1.0 1.0 1.0");
}

TEST_CASE("ints beyond 2^53 keep their last digit") {
  for (const char* text : {"x = aggregate(full_s, indices + 9223372036854775807);", "x = average(length + 9007199254740991 + 1);"}) {
    CAPTURE(text);
    Case k(text, R"("c")", 2);  // an int and a float that one double stands for
    if (!k.c.model) CHECK(k.c.first_error().starts_with("kind-dependent"));
    else CHECK((k.word() == Word::Unknown || k.c.check({.exhaustive = true}).mismatches == 0));
  }
  right("x = tokens_int - aggregate(select(indices, -1, ==), indices, 100000000000000000000);", R"(["0", "3"])", 1, R"(["3"])", "-99999999999999999997");
}

TEST_CASE("a mean of small numbers is not rounded to another") {
  right("x = aggregate(full_s, ((indices / 2) * (0.1 ^ 11)));", R"("b")", 2, R"("bb")", "2.5000000000000015e-12 2.5000000000000015e-12");
}
