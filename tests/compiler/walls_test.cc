// Programs whose s-ops have too many combinations of values to list, at sizes where a person expects a model: they
// compile, small, and agree with the interpreter. tests/tools/walls.mjs shows their sizes and times.
#include "compile_here.h"
#include "proof/checker.h"

using namespace rasp;
using namespace rasp::testing;

namespace {

std::string read_wall(const std::string& name) {
  std::ifstream file(RASP_ROOT_DIR "/tests/programs/walls/" + name + ".rasp");
  std::stringstream text;
  text << file.rdbuf();
  REQUIRE(!text.str().empty());
  return text.str();
}

struct Wall {
  const char* name;
  std::size_t layers;
  std::int64_t parameters;
  std::size_t samples = 40;
};  // at most

void check_proved(const std::vector<Wall>& walls) {
  for (const Wall& w : walls) {
    CAPTURE(w.name);
    Compiled c(read_wall(w.name));
    REQUIRE_MESSAGE(c.model, c.first_error());
    CHECK(c.model->exactness.kind == Exactness::Kind::Proved);
    CHECK(c.transformer().layers.size() <= w.layers);
    CHECK(c.transformer().parameters() <= w.parameters);
    const proof::Verdict verdict = proof::check_claims(c.transformer(), c.model->claims);  // by the weights alone
    CHECK_MESSAGE(verdict.confirmed, (verdict.faults.empty() ? "" : verdict.faults[0]));
    CHECK(c.check({.samples = w.samples}).mismatches == 0);
  }
}

std::string joined(int k, const char* separator, const std::function<std::string(char)>& part) {
  std::string text = "x = ";
  for (int i = 0; i < k; ++i) text += (i ? separator : "") + part(static_cast<char>('a' + i));
  return text + ";";
}

Compiled of_letters(const std::string& program) {
  return Compiled(program, [](ProgramRequest& r) {
    std::vector<Value> letters;
    for (char c = 'a'; c <= 'z'; ++c) letters.push_back(Value::string(std::string(1, c)));
    r.vocabulary = letters;
    r.max_length = 10;
  });
}

}  // namespace

TEST_CASE("walls: conjunctions, disjunctions and sums of many independent s-ops") {
  check_proved({{"all_of_16", 1, 14'000},
                {"all_of_26", 1, 34'000},
                {"all_of_60", 1, 180'000},
                {"any_of_60", 1, 180'000},
                {"sum_of_16", 1, 14'000},
                {"wide_60", 1, 180'000}});
}

TEST_CASE("walls: a chain's weights grow with its length, at every length, and never with its combinations") {
  const auto contains = [](char c) { return std::string("contains(tokens, \"") + c + "\")"; };
  const auto indicator = [&](char c) { return "indicator(" + contains(c) + ")"; };
  const auto above = [](char c) {
    return std::string("(1 if ") + std::to_string(c - 'a' + 2) + " * count(tokens, \"" + c + "\") > indices else 0)";
  };
  struct Chain {
    const char* separator;
    std::function<std::string(char)> part;
  };
  for (const Chain& chain :
       {Chain{" and ", contains}, Chain{" or ", contains}, Chain{" + ", indicator}, Chain{" + ", above}}) {
    for (int k : {2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 17, 26}) {
      CAPTURE(chain.separator);
      CAPTURE(k);
      Compiled c = of_letters(joined(k, chain.separator, chain.part));
      REQUIRE_MESSAGE(c.model, c.first_error());
      CHECK(c.model->exact);
      CHECK(c.transformer().layers.size() == 1);
      CHECK(c.transformer().d_mlp() <= 3 * k);
      CHECK(c.check({.samples = 20}).mismatches == 0);
    }
  }
}

TEST_CASE("walls: choices by one s-op, each arm another s-op") {
  Compiled flat(read_wall("twelve_arms"), [](ProgramRequest& r) { r.objective = CompileOptions::Objective::Depth; });
  REQUIRE_MESSAGE(flat.model, flat.first_error());
  CHECK(flat.model->exact);
  CHECK(flat.transformer().layers.size() <= 3);
  CHECK(flat.transformer().parameters() < 100'000);
  Compiled c(read_wall("twelve_arms"));
  REQUIRE_MESSAGE(c.model, c.first_error());
  CHECK(c.model->exact);
  CHECK(c.transformer().parameters() < 100'000);
  CHECK(c.check({.samples = 300}).mismatches == 0);
  // The interpreter's values by hand: on "abca" c = [2, 2, 3, 5], so arms 2, 2, 3 and 5.
  const Runner::Comparison on =
      c.compare({Value::string("a"), Value::string("b"), Value::string("c"), Value::string("a")});
  REQUIRE(on.model.size() == 4);
  const int expected[] = {4, 4, 4, 9};
  for (std::size_t i = 0; i < 4; ++i) CHECK(equal(on.model[i], Value::integer(std::int64_t{expected[i]})));
}

TEST_CASE("walls: a choice's weights grow with its arms, not with their combinations") {
  for (int k : {2, 3, 4, 6, 8, 12, 16}) {
    CAPTURE(k);
    std::string text = "c = (selector_width(select(tokens, \"a\", ==)) + indices) % " + std::to_string(k) + "; x = 0;";
    for (int i = 0; i < k; ++i)
      text += "x = selector_width(select(tokens, \"" + std::string(1, static_cast<char>('b' + i)) + "\", ==)) + " +
              std::to_string(i) + " if c == " + std::to_string(i) + " else x;";
    Compiled c = of_letters(text);
    REQUIRE_MESSAGE(c.model, c.first_error());
    CHECK(c.model->exact);
    CHECK(c.transformer().d_mlp() <= 32 * (k + 2));
    CHECK(c.check({.samples = 60}).mismatches == 0);
  }
}

TEST_CASE("walls: a chain of or over an equality, shifted again and again, is split where it is held anyway") {
  check_proved({{"long_shift_or", 9, 21'000}});
  for (int k : {8, 14, 16, 26}) {  // one table over two truth values after the other
    CAPTURE(k);
    std::string text = "x = contains(tokens, \"a\");";
    for (int i = 1; i < k; ++i)
      text += "x = x == contains(tokens, \"" + std::string(1, static_cast<char>('a' + i)) + "\");";
    Compiled c = of_letters(text);
    REQUIRE_MESSAGE(c.model, c.first_error());
    CHECK(c.model->exact);
    CHECK(c.transformer().d_mlp() <= 64);
    CHECK(c.check({.samples = 40}).mismatches == 0);
  }
}

TEST_CASE("walls: a text put together is compared part by part") {
  check_proved({{"then", 1, 4'000}});
  const auto words = [](const std::string& text) {
    std::vector<Value> tokens;
    for (char ch : text) tokens.push_back(Value::string(std::string(1, ch)));
    return tokens;
  };
  const auto truths = [](const std::vector<Value>& values) {
    std::string text;
    for (const Value& v : values) text += v.kind() == Kind::Bool ? (v.truthy() ? 'T' : 'F') : '?';
    return text;
  };
  Compiled then(read_wall("then"));
  CHECK(truths(then.compare(words("athenthe")).model) == "FFFFTFFF");
  const std::string fours = "t = shift(tokens, 3, \"-\") + shift(tokens, 2, \"-\") + shift(tokens, 1, \"-\") + tokens;";
  Compiled differs = of_letters(fours + "x = not (t == \"--ab\");");
  REQUIRE_MESSAGE(differs.model, differs.first_error());
  CHECK(truths(differs.compare(words("abab")).model) == "TFTT");
  Compiled counted =
      of_letters(fours + "x = selector_width(select(t, \"-aba\", ==)) + selector_width(select(\"abab\", t, ==));");
  REQUIRE_MESSAGE(counted.model, counted.first_error());
  CHECK(counted.check({.samples = 60}).mismatches == 0);
  const std::vector<Value> sums = counted.compare(words("abab")).model;
  CHECK(equal(sums[0], Value::integer(std::int64_t{1})));
  CHECK(equal(sums[3], Value::integer(std::int64_t{5})));
  // Parts of several lengths: the text may be cut in several ways.
  Compiled cuts(
      "p = {\"a\": \"a\", \"b\": \"aa\", \"c\": \"\"}[tokens];\nx = (p + shift(p, 1, \"\") + shift(p, 2, \"\") + "
      "shift(p, 3, \"\")) == \"aaa\";",
      [&](ProgramRequest& r) {
        r.vocabulary = words("abc");
        r.max_length = 7;
      });
  REQUIRE_MESSAGE(cuts.model, cuts.first_error());
  CHECK(cuts.model->exact);
  CHECK(truths(cuts.compare(words("abcacba")).model) == "FTTFTTF");
  CHECK(cuts.check({.samples = 300}).mismatches == 0);
}

TEST_CASE("walls: numbers that cannot be listed are read by thresholds") {
  check_proved({{"seen_64", 1, 500}});
  // Every comparison with a constant on and between the values of a mean of positions, against the interpreter.
  for (const std::string test :
       {"m == 0", "m < 1", "m <= 1.5", "m > 31.5", "m >= 1/3", "m == 0.1", "m == 7 or m == 7.5 or m < -1",
        "1 if m == -1 else (2 if m < 20 else 3)", "m - indices == 0", "m > length - 3", "\"x\" == m"}) {
    CAPTURE(test);
    Compiled c("m = aggregate(select(tokens, \"a\", ==), indices, -1); x = (" + test + ");", [](ProgramRequest& r) {
      r.vocabulary = std::vector<Value>{Value::string("a"), Value::string("b")};
      r.max_length = 50;
    });
    REQUIRE_MESSAGE(c.model, c.first_error());
    CHECK(c.model->exact);
    CHECK(c.transformer().parameters() < 20'000);
    CHECK(c.check({.samples = 400}).mismatches == 0);
    for (std::uint32_t a = 0; a < 50; a += 3)  // one or two marks: means on both sides of each constant
      for (std::uint32_t b = a; b < 50; b += 7) {
        std::vector<Value> input(50, Value::string("b"));
        input[a] = input[b] = Value::string("a");
        CHECK(c.compare(input).agree);
      }
  }
}

TEST_CASE("walls: a constant that no fraction reaches exactly is no threshold that the proof can close on") {
  Compiled c("x = aggregate(select(tokens, \"a\", ==), indices, -1) == 0.3333333333;", [](ProgramRequest& r) {
    r.vocabulary = std::vector<Value>{Value::string("a"), Value::string("b")};
    r.max_length = 50;
  });
  CHECK((!c.model || !c.model->exact));
}

TEST_CASE("walls: a number and its mirror image are no independent numbers") {
  check_proved({{"mirror", 3, 1'200'000}});
}

TEST_CASE("walls: codes are cleaned where errors add up, so that long inputs and deep programs are proved") {
  check_proved({{"reverse_200", 3, 2'000'000, 10},
                {"sort_200", 4, 4'500'000, 10},
                {"longest_256", 1, 350'000, 10},
                {"deep_20", 46, 160'000}});
}

// Minutes in a build with checks: `./dev test --long`. tests/wasm/large.mjs proves the same two on the page's engine.
TEST_CASE("walls: inputs of a thousand positions" * doctest::skip()) {
  check_proved({{"reverse_1024", 3, 45'000'000, 2}, {"reverse_2048", 3, 180'000'000, 1}});
}

TEST_CASE("walls: keys that no two positions can share have ranks that are found once") {
  check_proved({{"sort_unique_20", 3, 950'000}, {"sort_unique_40", 3, 3'700'000}});
  // Keys of neighbours that may be equal have no such ranks: two positions of rank 0, and no position of rank 1.
  Compiled ties(
      "key = tokens_int * 2 + indices; rank = selector_width(select(key, key, <)); x = aggregate(select(rank, indices, "
      "==), tokens_int);",
      [](ProgramRequest& r) {
        r.vocabulary = ints({0, 1, 2, 3});
        r.max_length = 6;
      });
  REQUIRE_MESSAGE(ties.model, ties.first_error());
  const std::vector<Value> mean = ties.compare(ints({2, 0, 1})).model;  // keys 4, 1, 4: ranks 1, 0, 1
  CHECK(equal(mean[0], Value::integer(std::int64_t{0})));
  CHECK(equal(mean[1], Value::real(1.5)));
  CHECK(equal(mean[2], Value::integer(std::int64_t{0})));
  CHECK(ties.check({.samples = 300}).mismatches == 0);
}

TEST_CASE("walls: of the keys with one value at most one has a given number of earlier ones") {
  check_proved({{"next_identical", 5, 8'000}});
  // Numbers that leave out some of the equal keys do not tell the others apart: with "b" before it, each "a" counts
  // none.
  Compiled some(
      "number = selector_width(select(tokens, tokens, ==) and select(tokens, \"b\", ==) and select(indices, indices, "
      "<)); "
      "x = aggregate(select(tokens, tokens, ==) and select(number, number, ==), indices);",
      [](ProgramRequest& r) {
        r.vocabulary = {Value::string("a"), Value::string("b")};
        r.max_length = 5;
      });
  REQUIRE_MESSAGE(some.model, some.first_error());
  const std::vector<Value> means =
      some.compare({Value::string("b"), Value::string("a"), Value::string("b"), Value::string("a")}).model;
  CHECK(agrees(Value::integer(std::int64_t{0}), means[0]));
  CHECK(agrees(Value::real(2), means[1]));
  CHECK(agrees(Value::integer(std::int64_t{2}), means[2]));
  // Numbers over classes that the selector does not compare: two keys may share one.
  Compiled other(
      "number = selector_width(select(tokens, tokens, ==) and select(indices, indices, <)); x = "
      "aggregate(select(number, number, ==), indices);",
      [](ProgramRequest& r) {
        r.vocabulary = {Value::string("a"), Value::string("b")};
        r.max_length = 5;
      });
  REQUIRE_MESSAGE(other.model, other.first_error());
  CHECK(agrees(Value::real(0.5), other.compare({Value::string("a"), Value::string("b")}).model[0]));
  CHECK(other.check({.samples = 200}).mismatches == 0);
}

TEST_CASE("walls: the remainder of a number with many values is found digit by digit") {
  check_proved({{"prefix_sum_64", 3, 2'600}, {"prefix_sum_128", 8, 9'000}});
  // Below 0 as well, where the remainder has the sign of the divisor, and where another s-op reads it.
  Compiled below(
      "s = round((indices + 1) * aggregate(select(indices, indices, <=), tokens_int)); x = s % 7; y = "
      "aggregate(select(x, 3, ==), indices, -1);",
      [](ProgramRequest& r) {
        r.vocabulary = ints({-9, -4, 0, 3, 5});
        r.max_length = 40;
        r.causal = true;
        r.output = "x";
      });
  REQUIRE_MESSAGE(below.model, below.first_error());
  CHECK(below.model->exact);
  const std::vector<Value> left =
      below.compare(ints({-9, -9, -4, 5, 5, 5, 3, -9})).model;  // sums -9 -18 -22 -17 -12 -7 -4 -13
  const std::int64_t wanted[] = {5, 3, 6, 4, 2, 0, 3, 1};
  for (std::size_t i = 0; i < left.size(); ++i) CHECK(agrees(Value::integer(wanted[i]), left[i]));
  CHECK(below.check({.samples = 300}).mismatches == 0);
}

TEST_CASE("walls: a sum of ints over the selected positions is added up by one head") {
  check_proved({{"from_bits", 4, 9'000}, {"digits_to_number_4", 4, 8'000}, {"digits_to_number", 3, 60'000}});
  Compiled digits(read_wall("digits_to_number"));
  REQUIRE_MESSAGE(digits.model, digits.first_error());
  // Its 111,110 values are not listed: what is decoded is the nearest int.
  CHECK(digits.model->codec.whole);
  CHECK(digits.check({.samples = 200}).mismatches == 0);
  for (const std::string number : {"7", "90210", "99999", "0012"}) {
    std::vector<Value> input;
    for (char d : number) input.push_back(Value::string(std::string(1, d)));
    for (const Value& v : digits.compare(input).model)
      CHECK(equal(v, Value::integer(static_cast<std::int64_t>(std::stoll(number)))));
  }
}

TEST_CASE("walls: sums over rows of known width agree with the interpreter on every input, whatever they add") {
  struct Rows {
    const char *selector, *width;
  };
  const Rows rows[] = {{"full_s", "length"},
                       {"select(indices, indices, <=)", "(indices + 1)"},
                       {"select(indices, indices, >=)", "(length - indices)"},
                       {"select(indices, 1, >=)", "(length - 1)"},
                       {"select(indices, indices, <)", "indices"}};
  const char* values[] = {"tokens_int",
                          "tokens_int * 10 ^ indices",
                          "tokens_int * 3 - indices",
                          "(indices if tokens_int > 1 else -tokens_int)",
                          "tokens_int * 2 ^ (length - 1 - indices)",
                          "length * 7",
                          "aggregate(select(indices, indices - 1, ==), tokens_int, 4)",
                          "selector_width(select(tokens, tokens, ==)) * 100",
                          "tokens_int / 2"};
  for (const Rows& r : rows)
    for (const char* value : values)
      for (const char* read : {"", " % 3", " + indices"}) {
        const std::string program =
            std::string("x = round(") + r.width + " * aggregate(" + r.selector + ", " + value + "))" + read + ";";
        CAPTURE(program);
        Compiled c(program, [](ProgramRequest& q) {
          q.vocabulary = ints({-3, 0, 1, 4, 9});
          q.max_length = 4;
        });
        REQUIRE_MESSAGE(c.model, c.first_error());
        CHECK(c.check({.samples = 250}).mismatches == 0);
      }
}

TEST_CASE("walls: a refusal names the s-ops whose combination is the wall, not the truth value that reads them") {
  const auto refused = [](const std::string& program, std::uint32_t n) {
    Compiled c(program, [&](ProgramRequest& r) {
      r.vocabulary = std::vector<Value>{Value::string("a"), Value::string("b")};
      r.max_length = n;
    });
    REQUIRE(!c.model);
    return c.first_error();
  };
  const std::string mean =
      refused("m = aggregate(select(tokens, \"a\", ==), indices, -1); seen = round(m) % 2 == 0;", 64);
  CHECK_MESSAGE(mean.rfind("value-set-too-large: \"m\" can take more than 20000 different values: it is a mean of up "
                           "to 64 values of \"indices\" (64 values)",
                           0) == 0,
                mean);
  const std::string product = refused(
      "m = aggregate(select(tokens, \"a\", ==), indices); k = aggregate(select(tokens, \"b\", ==), indices); x = (m * "
      "k) % 2 == 0;",
      24);
  CHECK_MESSAGE(product.find("\"m\" (") != std::string::npos, product);
  CHECK_MESSAGE(product.find("\"k\" (") != std::string::npos, product);
}
