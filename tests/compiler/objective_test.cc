// With the objective "depth", the bounds of the RASP paper (Weiss, Goldberg, Yahav 2021, section 4) on the number of
// layers.
#include "compile_here.h"

using namespace rasp;
using namespace rasp::testing;

TEST_CASE("objective depth: no more layers than the paper's") {
  struct Bound {
    const char* example;
    std::size_t layers;
  };
  for (const Bound& b : {Bound{"reverse", 2}, Bound{"sort", 2}, Bound{"histogram", 1}, Bound{"double_histogram", 2},
                         Bound{"most_frequent", 3}, Bound{"dyck1", 2}, Bound{"dyck2", 4}}) {
    CAPTURE(b.example);
    Compiled c(read_example(b.example), [](ProgramRequest& r) { r.objective = CompileOptions::Objective::Depth; });
    REQUIRE_MESSAGE(c.model, c.first_error());
    CHECK(c.transformer().layers.size() <= b.layers);
    CHECK(c.model->exact);
    CHECK(c.check({.samples = 300}).mismatches == 0);
  }
}

TEST_CASE("objective size: never more parameters than with depth") {
  for (const char* example : {"reverse", "sort", "histogram", "double_histogram", "most_frequent", "dyck1", "dyck2",
                              "addition", "induction"}) {
    CAPTURE(example);
    Compiled size(read_example(example));
    Compiled depth(read_example(example), [](ProgramRequest& r) { r.objective = CompileOptions::Objective::Depth; });
    CHECK(size.transformer().parameters() <= depth.transformer().parameters());
  }
}
