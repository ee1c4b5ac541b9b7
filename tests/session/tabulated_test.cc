// Tabulated graphs: the documents in tests/tabulated hold programs of Tracr's own records with the values that Tracr's
// interpreter gave.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/json_values.h"
#include "session/session.h"

using rasp::Json;

namespace {

struct Recorded {
  std::string name;
  Json document;
};

std::vector<Recorded> recorded() {
  std::vector<Recorded> result;
  for (const auto& entry : std::filesystem::directory_iterator(RASP_TESTS_DIR "/tabulated")) {
    std::ifstream in(entry.path());
    std::stringstream text;
    text << in.rdbuf();
    result.push_back({entry.path().stem().string(), Json::parse(text.str())});
  }
  return result;
}

Json answer(Json request) {
  rasp::Session session;
  return Json::parse(session.request(request.dump()));
}
Json answer(const char* command, const Json& document, Json more = Json::object()) {
  Json request = {{"command", command},
                  {"program", document.value("program", "")},
                  {"name", "program.py"},
                  {"graph", document.at("graph")}};
  request.update(more);
  return answer(request);
}

// A graph over the pool 0: "a", 1: "b", 2: 1, 3: 1.0, 4: true, 5: None, 6: 0, 7: false, 8: "one"; tokens are node 0,
// indices node 1.
Json graph_of(Json functions, Json nodes, Json output) {
  Json all = {{{"kind", "tokens"}}, {{"kind", "indices"}}};
  for (const Json& n : nodes) all.push_back(n);
  return {{"graph",
           {{"rasp_graph", 1},
            {"dialect", "tracr"},
            {"values", {{"values", {"a", "b", 1, 1.0, true, "None", 0, false, "one"}}, {"types", "ssifboibs"}}},
            {"failures", {"ZeroDivisionError: division by zero"}},
            {"functions", functions},
            {"nodes", all},
            {"output", output},
            {"output_name", "x"}}}};
}

}  // namespace

TEST_CASE("tabulated: values are those of Tracr's interpreter") {
  std::size_t runs = 0;
  for (const Recorded& c : recorded()) {
    CAPTURE(c.name);
    for (const Json& run : c.document["runs"]) {
      const Json r = answer("eval", c.document, {{"input", run["input"]}});
      CAPTURE(r.dump());
      REQUIRE(r["ok"] == true);
      CHECK(r["types"] == run["types"]);
      REQUIRE(r["values"].size() == run["values"].size());
      for (std::size_t i = 0; i < run["values"].size(); ++i) {
        if (run["types"].get<std::string>()[i] == 'f')
          CHECK(r["values"][i].get<double>() == doctest::Approx(run["values"][i].get<double>()).epsilon(1e-12));
        else CHECK(r["values"][i] == run["values"][i]);
      }
      ++runs;
    }
  }
  CHECK(runs > 40);
}

TEST_CASE("tabulated: models are proved and agree on every input or many") {
  for (const Recorded& c : recorded()) {
    CAPTURE(c.name);
    const Json compiled = answer("compile", c.document);
    CAPTURE(compiled.dump().substr(0, 400));
    REQUIRE(compiled["ok"] == true);
    CHECK(compiled["exactness"] == "proved");
    const Json checked = answer("check", c.document, {{"samples", 300}});
    CHECK(checked["ok"] == true);
    CHECK(checked["mismatches"] == 0);
  }
}

TEST_CASE("tabulated: nothing is missing from complete tables; without their rows they ask again") {
  for (const Recorded& c : recorded()) {
    CAPTURE(c.name);
    CHECK(answer("tabulate", c.document)["wants"] == Json::array());
    Json document = c.document;
    bool any = false;
    for (Json& f : document["graph"]["functions"]) any |= !f["rows"].empty(), f["rows"] = Json::array();
    if (any) CHECK(answer("tabulate", document)["wants"] != Json::array());
  }
}

TEST_CASE("tabulated: 1, 1.0 and True are three operands, None is a value") {
  const Json rows = Json::array({{2, 8}, {3, 0}, {4, 1}, {5, 6}});
  const Json g = graph_of({{{"name", "f({0})"}, {"arity", 1}, {"rows", rows}}},
                          {{{"kind", "elementwise"}, {"args", {0}}, {"function", 0}}}, 2);
  const Json r = answer({{"command", "eval"}, {"program", ""}, {"graph", g["graph"]}, {"input", {1, true}}});
  CHECK(r["values"] == Json({"one", "b"}));
  Json floats = {{"command", "eval"}, {"program", ""}, {"graph", g["graph"]}, {"input", Json::array({1.0})}};
  CHECK(answer(floats)["values"] == Json::array({"a"}));
}

TEST_CASE("tabulated: a row that is missing is undefined and says so; a failure keeps its text") {
  const Json g = graph_of({{{"name", "f({0})"}, {"arity", 1}, {"rows", {{0, 2}, {1, -1}}}}},
                          {{{"kind", "elementwise"}, {"args", {0}}, {"function", 0}}}, 2);
  const auto message = [&](const char* input) { return answer("eval", g, {{"input", input}})["diagnostics"][0]; };
  CHECK(message("c")["code"] == "not-tabulated");
  CHECK(message("b")["code"] == "python-raised");
  CHECK(message("b")["message"].get<std::string>().find("ZeroDivisionError") != std::string::npos);
  CHECK(answer("eval", g, {{"input", "aa"}})["values"] == Json({1, 1}));
  const Json checked = answer("check", g, {{"vocabulary", "ab"}, {"max_length", 3}});
  CHECK(checked["mismatches"] == 0);
}

TEST_CASE("tabulated: an unselected None does not matter, a selected one beside others has no mean") {
  // None at "b", 1 at "a"; every query selects the keys at "a", then all keys.
  const Json functions = {{{"name", "v({0})"}, {"arity", 1}, {"rows", {{0, 2}, {1, 5}}}},
                          {{"name", ""}, {"arity", 2}, {"rows", {{0, 0, 4}, {0, 1, 4}, {1, 0, 7}, {1, 1, 7}}}}};
  const Json nodes = {{{"kind", "elementwise"}, {"args", {0}}, {"function", 0}},
                      {{"kind", "select"}, {"args", {0, 0}}, {"function", 1}},
                      {{"kind", "aggregate"}, {"args", {3, 2}}, {"value", 5}},
                      {{"kind", "select"}, {"args", {1, 1}}, {"op", ">="}},
                      {{"kind", "aggregate"}, {"args", {5, 2}}, {"value", 5}}};
  const Json some = answer("eval", graph_of(functions, nodes, 4), {{"input", "aba"}});
  CHECK(some["values"] == Json({1.0, 1.0, 1.0}));
  CHECK(answer("eval", graph_of(functions, nodes, 4), {{"input", "bb"}})["values"] == Json({"None", "None"}));
  CHECK(answer("eval", graph_of(functions, nodes, 4), {{"input", "bb"}})["types"] == "oo");
  CHECK(answer("eval", graph_of(functions, nodes, 6), {{"input", "aba"}})["diagnostics"][0]["code"] ==
        "average-non-number");
}

TEST_CASE("tabulated: a broken document is refused, whatever is broken") {
  const Json good = graph_of({{{"name", ""}, {"arity", 1}, {"rows", {{0, 2}}}}},
                             {{{"kind", "elementwise"}, {"args", {0}}, {"function", 0}}}, 2);
  CHECK(answer("eval", good, {{"input", "a"}})["ok"] == true);
  const std::pair<const char*, Json> breaks[] = {{"/rasp_graph", 2},
                                                 {"/values/types", "s"},
                                                 {"/values/types", "iifboibss"},
                                                 {"/values/values/0", Json::array()},
                                                 {"/functions/0/arity", 3},
                                                 {"/functions/0/rows/0/0", 99},
                                                 {"/functions/0/rows/0/1", -9},
                                                 {"/functions/0/rows/0", 3},
                                                 {"/nodes/2/args/0", 2},
                                                 {"/nodes/2/args/0", -1},
                                                 {"/nodes/2/kind", "loop"},
                                                 {"/nodes/2/function", 7},
                                                 {"/nodes/2/kind", "aggregate"},
                                                 {"/nodes/2/kind", "select"},
                                                 {"/nodes", 5},
                                                 {"/output", 50},
                                                 {"/nodes/2/span", "x"},
                                                 {"/nodes/2/name", 5},
                                                 {"/settings", 1},
                                                 {"/messages", {1}},
                                                 {"/definitions", {{{"name", "x"}}}}};
  for (const auto& one : breaks) {
    Json bad = good;
    bad["graph"][Json::json_pointer(one.first)] = one.second;
    CAPTURE(one.first);
    for (const char* command : {"eval", "compile", "analyze", "tabulate", "run"}) {
      const Json r = answer(command, bad, {{"input", "a"}});
      CHECK(r["ok"] == false);
      CHECK(r["diagnostics"][0]["code"] == "bad-graph");
    }
  }
}

TEST_CASE("tabulated: Python without its graph is refused") {
  CHECK(answer({{"command", "eval"}, {"program", "x = 1"}, {"name", "a.py"}})["diagnostics"][0]["code"] ==
        "bad-request");
  CHECK(answer({{"command", "eval"}, {"program", "x = 1"}, {"language", "python"}})["diagnostics"][0]["code"] ==
        "bad-request");
}
