// Each pass, on and off: the answers stay, and nothing grows. What a pass is for is seen in tests/compiler/cases.
#include "sweep.h"
#include "compile_here.h"

using namespace rasp;
using namespace rasp::testing;

namespace {

using Passes = CompileOptions::Passes;

Compiled with(const std::string& text, const std::function<void(Passes&)>& adjust) {
  return Compiled(text, [&](ProgramRequest& r) { adjust(r.passes); });
}

}  // namespace

TEST_CASE("every pass can be switched off, and all at once, without changing an answer") {
  const auto& all = pass_switches;
  for (const char* example : {"reverse", "sort", "histogram", "double_histogram", "most_frequent", "dyck1", "dyck2",
                              "induction", "shift", "maximum"}) {
    CAPTURE(example);
    if (rasp::testing::sweep > 1 && std::string(example) != "dyck1") continue;
    const std::string text = read_example(example);
    const std::size_t longest = 4;
    for (std::size_t p = 0; p <= std::size(all); ++p) {
      const char* off = p < std::size(all) ? all[p].first : "all";
      CAPTURE(off);
      Compiled c(text, [&](ProgramRequest& r) {
        r.max_length = longest;
        for (std::size_t q = 0; q < std::size(all); ++q)
          if (p == q || p == std::size(all)) r.passes.*all[q].second = false;
      });
      REQUIRE_MESSAGE(c.model, c.first_error());
      CHECK(c.check({.samples = 120}).mismatches == 0);
    }
  }
}

TEST_CASE("pack: blocks move to layers with room, and a second head waits for one where that is smaller") {
  int smaller = 0;
  for (const char* example : {"sort", "double_histogram", "dyck1", "shuffle_dyck2", "most_frequent"}) {
    CAPTURE(example);
    const std::string text = read_example(example);
    const Compiled on = with(text, [](Passes&) {}), off = with(text, [](Passes&p) { p.pack = false; });
    REQUIRE((on.model && off.model));
    CHECK(on.transformer().parameters() <= off.transformer().parameters());
    smaller += on.transformer().parameters() < off.transformer().parameters();
  }
  CHECK(smaller >= 2);
}

TEST_CASE(
    "reuse: dimensions that nothing reads any more are cleared to the last bit and used again, at no other cost") {
  for (const char* example : {"dyck1", "dyck2", "shuffle_dyck2", "next_token", "sort", "most_frequent"}) {
    CAPTURE(example);
    const std::string text = read_example(example);
    // One plan for both: which of shuffle_dyck2's is the smallest depends on what is used again, which has the fewest
    // layers does not.
    const auto objective = [&](ProgramRequest& r) {
      if (std::string(example) == "shuffle_dyck2") r.objective = CompileOptions::Objective::Depth;
    };
    Compiled on(text, objective);
    const Compiled off(text, [&](ProgramRequest& r) { objective(r), r.passes.reuse = false; });
    REQUIRE((on.model && off.model));
    const Transformer &a = on.transformer(), &b = off.transformer();
    CHECK(on.model->exact);
    CHECK(a.d_model <= b.d_model);
    CHECK((std::string(example) == "sort") == (a.d_model == b.d_model));  // sort needs its tokens to the end
    CHECK(a.d_mlp() == b.d_mlp());
    CHECK(a.layers.size() == b.layers.size());
    CHECK(a.parameters() <= b.parameters());

    Runner runner(on.program.elaboration.graph, *on.model);
    Trace trace;
    const std::vector<Value>& words = on.model->vocabulary;
    std::vector<Value> input;
    for (std::size_t i = 0; i < on.model->options.max_length; ++i)
      input.push_back(words[(i * i + i / 2) % words.size()]);
    runner.run(runner.encode(input).ids, &trace);
    std::vector<bool> owned(static_cast<std::size_t>(a.d_model), false);
    for (const Subspace& s : on.model->subspaces) {  // in the order in which they are written
      for (std::int32_t d : s.dimensions) {
        const auto dimension = static_cast<std::size_t>(d);
        if (owned[dimension]) {
          const std::int32_t before = s.written - 1;
          const TensorInfo* t =
              trace.find("blocks." + std::to_string((before - 1) / 2) + (before % 2 ? ".resid_mid" : ".resid_post"));
          REQUIRE(t);
          for (std::size_t position = 0; position <= input.size(); ++position)
            CHECK(trace.arena[static_cast<std::size_t>(t->offset) + position * static_cast<std::size_t>(a.d_model) +
                              dimension] == 0);
        }
        owned[dimension] = true;
      }
      CHECK((s.dead < 0 || s.dead > s.written));
    }
  }
}
