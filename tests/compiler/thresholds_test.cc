// Numbers whose values cannot be listed, compared with constants on and between them: beside the interpreter on inputs
// that are chosen for it. (What has to hold of one program: tests/compiler/cases and tests/programs/walls.)
#include "compile_here.h"

using namespace rasp;
using namespace rasp::testing;

TEST_CASE("numbers that cannot be listed are read by thresholds") {
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
