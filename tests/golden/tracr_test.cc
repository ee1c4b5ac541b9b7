// Tracr's programs in RASP (tests/golden/tracr/README.md): the interpreter and our model give the answers of Tracr's
// evaluator, the models are proved exact, and none is larger than Tracr's in any respect.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

#include "sweep.h"
#include "base/json_values.h"
#include "compile.h"
#include "run/verify.h"

using namespace rasp;

namespace {

Json records() {
  std::ifstream file(RASP_TESTS_DIR "/golden/tracr/records.json");
  return Json::parse(file);
}

std::vector<Value> values(const Json& list) {
  std::string problem;
  return values_from_json(list, problem).value();
}

ProgramRequest request_of(const Json& record) {
  ProgramRequest r;
  r.program = record["program"].get<std::string>();
  r.vocabulary = values(record["vocabulary"]);
  r.max_length = record["max_length"].get<std::uint32_t>();
  r.causal = record["causal"].get<bool>();
  return r;
}

// Where the evaluator has a value, `actual` is equal to it (a bool to an int, too), up to the last bits of a float.
bool as_recorded(const Json& expected, const Value& actual) {
  if (expected.is_null()) return true;
  const Value value = values(Json::array({expected}))[0];
  return equal(value, actual) ||
         (value.is_number() && actual.is_number() && floats_agree(value.number(), actual.number()));
}

}  // namespace

TEST_CASE("Tracr's programs: answers, proofs and sizes") {
  std::int64_t ours = 0, tracrs = 0;
  std::size_t compared = 0;
  std::size_t index = 0;
  for (const Json& record : records()) {
    if (index++ % rasp::testing::sweep) continue;
    const std::string name = record["name"].get<std::string>();
    CAPTURE(name);
    const ProgramRequest request = request_of(record);
    Diagnostics diagnostics;
    Budget budget(Limits{.milliseconds = 0});
    const Program program = load_program(request, diagnostics, budget);
    const auto model = compile_program(request, program, diagnostics, budget);
    for (const Diagnostic& d : diagnostics.list()) CHECK_MESSAGE(d.severity != Severity::Error, d.message);
    REQUIRE(model);
    CHECK(model->exact);
    Runner runner(program.elaboration.graph, *model);
    for (const Json& run : record["runs"]) {
      const auto c = runner.compare(values(run[0]), budget);
      for (std::size_t i = 0; i < c.model.size(); ++i) {
        CAPTURE(i);
        CHECK_MESSAGE(as_recorded(run[1][i], c.interpreter[i].value), "interpreter: ", c.interpreter[i].value.repr(),
                      ", not ", run[1][i].dump());
        CHECK_MESSAGE(as_recorded(run[1][i], c.model[i]), "model: ", c.model[i].repr(), ", not ", run[1][i].dump());
        compared += !run[1][i].is_null();
      }
    }
    if (!record.contains("tracr")) continue;
    const Json& t = record["tracr"];
    const Transformer& m = model->transformer;
    CHECK(m.layers.size() <= t["layers"].get<std::size_t>());
    CHECK(m.n_heads() <= t["heads"].get<int>());
    CHECK(m.d_model <= t["d_model"].get<int>());
    CHECK(m.d_mlp() <= t["d_mlp"].get<int>());
    CHECK(m.parameters() <= t["parameters"].get<std::int64_t>());
    ours += m.parameters();
    tracrs += t["parameters"].get<std::int64_t>();
  }
  CHECK(compared > 1000 / rasp::testing::sweep / 2);
  CHECK(3 * ours <= tracrs);
  MESSAGE("parameters: ", ours, " of Tracr's ", tracrs);
}
