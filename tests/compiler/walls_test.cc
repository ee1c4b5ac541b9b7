// Programs whose s-ops have too many combinations of values to list, at sizes where a person expects a model: they compile, small, and agree
// with the interpreter. tests/tools/walls.mjs shows their sizes and times.
#include "compile_here.h"

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

struct Wall { const char* name; std::size_t layers; std::int64_t parameters; };  // at most

void check_proved(const std::vector<Wall>& walls) {
  for (const Wall& w : walls) {
    CAPTURE(w.name);
    Compiled c(read_wall(w.name));
    REQUIRE_MESSAGE(c.model, c.first_error());
    CHECK(c.model->exactness.kind == Exactness::Kind::Proved);
    CHECK(c.transformer().layers.size() <= w.layers);
    CHECK(c.transformer().parameters() <= w.parameters);
    CHECK(c.check({.samples = 40}).mismatches == 0);
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
  check_proved({{"all_of_16", 1, 14'000}, {"all_of_26", 1, 34'000}, {"all_of_60", 1, 180'000}, {"any_of_60", 1, 180'000}, {"sum_of_16", 1, 14'000}, {"wide_60", 1, 180'000}});
}

TEST_CASE("walls: a chain's weights grow with its length, at every length, and never with its combinations") {
  const auto contains = [](char c) { return std::string("contains(tokens, \"") + c + "\")"; };
  const auto indicator = [&](char c) { return "indicator(" + contains(c) + ")"; };
  const auto above = [](char c) { return std::string("(1 if ") + std::to_string(c - 'a' + 2) + " * count(tokens, \"" + c + "\") > indices else 0)"; };
  struct Chain { const char* separator; std::function<std::string(char)> part; };
  for (const Chain& chain : {Chain{" and ", contains}, Chain{" or ", contains}, Chain{" + ", indicator}, Chain{" + ", above}}) {
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
  Compiled c(read_wall("twelve_arms"));
  REQUIRE_MESSAGE(c.model, c.first_error());
  CHECK(c.transformer().layers.size() <= 3);
  CHECK(c.transformer().parameters() < 250'000);
  CHECK(c.check({.samples = 300}).mismatches == 0);
  // The interpreter's values by hand: on "abca" c = [2, 2, 3, 5], so arms 2, 2, 3 and 5.
  const Runner::Comparison on = c.compare({Value::string("a"), Value::string("b"), Value::string("c"), Value::string("a")});
  REQUIRE(on.model.size() == 4);
  const int expected[] = {4, 4, 4, 9};
  for (std::size_t i = 0; i < 4; ++i) CHECK(equal(on.model[i], Value::integer(std::int64_t{expected[i]})));
}

TEST_CASE("walls: a choice's weights grow with its arms, not with their combinations") {
  for (int k : {2, 3, 4, 6, 8, 12, 16}) {
    CAPTURE(k);
    std::string text = "c = (selector_width(select(tokens, \"a\", ==)) + indices) % " + std::to_string(k) + "; x = 0;";
    for (int i = 0; i < k; ++i) text += "x = selector_width(select(tokens, \"" + std::string(1, static_cast<char>('b' + i)) + "\", ==)) + " + std::to_string(i) + " if c == " + std::to_string(i) + " else x;";
    Compiled c = of_letters(text);
    REQUIRE_MESSAGE(c.model, c.first_error());
    CHECK(c.model->exact);
    CHECK(c.transformer().d_mlp() <= 32 * (k + 2));
    CHECK(c.check({.samples = 60}).mismatches == 0);
  }
}
