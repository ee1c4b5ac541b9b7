// Training, against values of another implementation (the table of the specification: JAX, 4,000 steps) and against
// what must hold.
#include "doctest/doctest.h"
#include "lab/laboratory.h"
#include "lab/run.h"
#include "lab/tracr_fraction.h"

namespace rasp {
namespace {

struct Prepared {
  Program program;
  CompiledModel model;
  std::unique_ptr<Runner> runner;
  lab::Examples examples;
};

std::unique_ptr<Prepared> prepared(const std::string& text, const std::string& vocabulary, std::uint32_t length,
                                   bool causal) {
  auto p = std::make_unique<Prepared>();
  ProgramRequest request;
  request.program = text;
  request.causal = causal;
  request.max_length = length;
  request.vocabulary.emplace();
  for (const char c : vocabulary) request.vocabulary->push_back(Value::string(std::string(1, c)));
  Diagnostics diagnostics;
  Budget budget;
  p->program = load_program(request, diagnostics, budget);
  p->model = *compile_program(request, p->program, diagnostics, budget);
  p->runner = std::make_unique<Runner>(p->program.elaboration.graph, p->model);
  p->examples = lab::make_examples(p->program.elaboration.graph, *p->runner, {true, 4096, 0.125, 1}, budget);
  return p;
}

TEST_CASE("training reaches what another implementation reaches: Tracr's frac_prevs, D = 14") {
  auto p = prepared("aggregate(full_s, indicator(tokens == \"x\"));", "abcx", 5, true);
  p->model.transformer = testing::tracr_fraction();
  REQUIRE(shape_fault(p->model.transformer).empty());
  CHECK(p->examples.all);
  CHECK(p->examples.list.size() == 1024);
  const auto after = [&](std::int32_t d, std::uint64_t seed) {
    lab::TrainOptions train;
    train.seed = seed;
    lab::SuperpositionOptions o;
    o.width = d;
    o.softness = 0.03;
    lab::Superposition run(p->model, p->examples, train, o);
    while (!run.finished()) run.step();
    CHECK(!run.diverged());
    return run.accuracy();
  };
  // There: 1.000 at d = 8, 10 and 12, 0.998–0.999 at d = 6, 0.49–0.68 at d = 2.
  for (const std::int32_t d : {8, 10, 12}) {
    const lab::Accuracy a = after(d, 2);
    CHECK(a.trained >= 0.9995);
    CHECK(a.held_out >= 0.9995);
  }
  CHECK(after(6, 2).trained >= 0.997);
  const double two = after(2, 2).trained;
  CHECK(two > 0.49);
  CHECK(two < 0.68);
}

TEST_CASE("a full basis changes nothing: every answer is right before the first step") {
  auto p = prepared("length - indices;", "ab", 4, false);
  lab::SuperpositionOptions o;
  o.width = p->model.transformer.d_model;
  o.start = lab::SuperpositionOptions::Start::Principal;
  lab::Superposition run(p->model, p->examples, {}, o);
  CHECK(run.accuracy().inputs == 1);
}

Json ask(lab::Laboratory& session, const Json& request) { return Json::parse(session.request(request.dump())); }

const Json shift = {{"command", "lab_start"},
                    {"program", "aggregate(select(indices, indices - 1, ==), tokens, \"-\");"},
                    {"vocabulary", "abc"},
                    {"max_length", 4}};
Json with(Json request, const Json& more) {
  request.merge_patch(more);
  return request;
}

TEST_CASE("the same seed gives the same numbers, whatever the slices; another seed gives others") {
  lab::Laboratory session;
  const auto points = [&](int seed, int slice) {
    const Json started =
        ask(session, with(shift, {{"training", {{"steps", 120}, {"seed", seed}}}, {"experiment", {{"d", 5}}}}));
    REQUIRE(started["ok"] == true);
    Json all = Json::array(), state;
    do {
      state = ask(session, {{"command", "lab_advance"}, {"run", started["run"]}, {"steps", slice}});
      for (const Json& p : state["points"]) all.push_back(p);
    } while (state["done"] == false);
    const Json picture = ask(session, {{"command", "lab_picture"}, {"run", started["run"]}});
    return Json::array({all, picture["W"]});
  };
  const Json first = points(3, 7);
  CHECK(first[0].size() == 41);
  CHECK(first == points(3, 1000));
  CHECK(first != points(4, 7));
}

TEST_CASE("a step can be gone back to, and the run goes on from where it was") {
  lab::Laboratory session;
  const Json started = ask(session, with(shift, {{"training", {{"steps", 80}}}, {"experiment", {{"d", 5}}}}));
  const Json run = started["run"];
  ask(session, {{"command", "lab_advance"}, {"run", run}, {"steps", 40}});
  const Json now = ask(session, {{"command", "lab_picture"}, {"run", run}});
  const Json then = ask(session, {{"command", "lab_picture"}, {"run", run}, {"step", 0}});
  CHECK(then["step"] == 0);
  CHECK(now["step"] == 40);
  CHECK(then["W"] != now["W"]);
  CHECK(ask(session, {{"command", "lab_picture"}, {"run", run}}) == now);
  CHECK(ask(session, {{"command", "lab_picture"}, {"run", run}, {"step", 1}})["diagnostics"][0]["code"] ==
        "bad-request");
  CHECK(ask(session, {{"command", "lab_export"}, {"run", run}})["ok"] == true);
  ask(session, {{"command", "lab_release"}, {"run", run}});
  CHECK(ask(session, {{"command", "lab_advance"}, {"run", run}})["diagnostics"][0]["message"] ==
        "This run is no longer held; start it again");
}

TEST_CASE("absurd settings are refused with the range that is allowed") {
  lab::Laboratory session;
  const auto refusal = [&](const Json& more) {
    const Json r = ask(session, with(shift, more));
    CHECK(r["ok"] == false);
    CHECK(r["diagnostics"][0]["code"] == "bad-request");
    return r["diagnostics"][0]["message"].get<std::string>();
  };
  CHECK(refusal({{"experiment", {{"d", 0}}}}).find("from 1 to") != std::string::npos);
  CHECK(refusal({{"experiment", {{"d", 1000}}}}).find("from 1 to") != std::string::npos);
  CHECK(refusal({{"experiment", {{"d", 2.5}}}}).find("whole number") != std::string::npos);
  CHECK(refusal({{"experiment", {{"d", "two"}}}}).find("whole number") != std::string::npos);
  refusal({{"experiment", {{"recipe", "best"}}}});
  refusal({{"experiment", {{"kind", "magic"}}}});
  refusal({{"experiment", 7}});
  refusal({{"training", {{"steps", 1e12}}}});
  refusal({{"training", {{"steps", -1}}}});
  refusal({{"training", {{"rate", 1e9}}}});
  refusal({{"training", {{"batch", 0}}}});
  refusal({{"examples", {{"held_out", 1}}}});
  CHECK(refusal({{"experiment", {{"kind", "twin"}, {"layers", 99}}}}).find("from 1 to 8") != std::string::npos);
  CHECK(refusal({{"experiment", {{"kind", "twin"}, {"d_head", 7}}}}).find("multiple of 4") != std::string::npos);
}

TEST_CASE("programs that are hard to learn from: no value, few values, one token") {
  lab::Laboratory session;
  const Json none = ask(session, with(shift, {{"program", "#@ assume indices < 0\ntokens;"}}));
  CHECK(none["diagnostics"].back()["code"] == "no-examples");
  const Json few =
      ask(session, with(shift, {{"program", "#@ assume length == 1\nindices;"}, {"experiment", {{"d", 1}}}}));
  CHECK(few["ok"] == true);
  CHECK(few["diagnostics"].back()["code"] == "few-examples");
  const Json large = ask(session, with(shift, {{"max_length", 60}, {"examples", {{"most", 100000}}}}));
  CHECK(large["diagnostics"].back()["code"] == "limit-training");
  const Json one = ask(
      session, with(shift, {{"vocabulary", "a"}, {"training", {{"steps", 300}}}, {"experiment", {{"kind", "twin"}}}}));
  REQUIRE(one["ok"] == true);
  const Json state = ask(session, {{"command", "lab_advance"}, {"run", one["run"]}});
  CHECK(state["done"] == true);
  CHECK(state["points"].back()["trained"] == 1);
}

TEST_CASE("a run that diverges stops and keeps the last good weights") {
  lab::Laboratory session;
  // The square of such an error is no number of float32 that anybody could go on with.
  const Json started = ask(session, {{"command", "lab_start"},
                                     {"program", "#@ encode x numerical\nx = indices * 1000000000000000.5;"},
                                     {"vocabulary", "ab"},
                                     {"max_length", 4},
                                     {"experiment", {{"kind", "superposition"}, {"d", 1}}}});
  REQUIRE(started["ok"] == true);
  const Json before = ask(session, {{"command", "lab_picture"}, {"run", started["run"]}});
  const Json state = ask(session, {{"command", "lab_advance"}, {"run", started["run"]}});
  CHECK(state["done"] == true);
  CHECK(state["diverged"] == true);
  CHECK(state["points"].back()["step"] == state["step"]);
  const Json picture = ask(session, {{"command", "lab_picture"}, {"run", started["run"]}});
  REQUIRE(picture["ok"] == true);
  for (const Json& row : picture["W"])
    for (const Json& x : row) CHECK(x.is_number());
  if (state["step"] == 0) CHECK(picture["W"] == before["W"]);
  CHECK(ask(session, {{"command", "lab_advance"}, {"run", started["run"]}})["done"] == true);
}

}  // namespace
}  // namespace rasp
