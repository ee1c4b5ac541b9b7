// Statements and the examples in force at their lines, where a program has none, or not all of them because a limit
// ended it.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "base/json_values.h"
#include "shown.h"
#include "session/session.h"

using rasp::Json;

namespace {

Json answer(const std::string& command, Json request) {
  request["command"] = command;
  request["limit_ms"] = 600000;  // any other limit is met before the deadline, however slow the build
  rasp::Session session;
  return Json::parse(session.request(request.dump()));
}

const char* const commands[] = {"analyze", "eval", "run", "check", "compile", "eval_many"};

// x = tokens, as a document; `rows` of its function's rows.
Json document(int rows) {
  Json table = Json::array();
  for (int i = 0; i < rows; ++i) table.push_back({0, 0, 0});
  const Json pool = {{"values", {"a"}}, {"types", "s"}};
  return {{"program", ""},
          {"input", "a"},
          {"vocabulary", {"a"}},
          {"max_length", 1},
          {"inputs", {"a"}},
          {"graph",
           {{"rasp_graph", 1},
            {"dialect", "tracr"},
            {"values", pool},
            {"functions", {{{"name", ""}, {"arity", 2}, {"rows", table}}}},
            {"nodes", {{{"kind", "tokens"}}}},
            {"output", 0},
            {"output_name", "x"}}}};
}

}  // namespace

// A document of a graph has no `set example` lines: its output is shown on the input.
TEST_CASE("a document of a graph has no examples") {
  const Json request = document(1);
  const Json evaluated = answer("eval", request);
  CHECK(evaluated["ok"] == true);
  CHECK(evaluated["values"] == Json::array({"a"}));
  const Json analyzed = answer("analyze", request);
  CHECK(analyzed["ok"] == true);
  CHECK(rasp::with_values(analyzed)["output"]["display"]["value"]["values"] == Json::array({"a"}));
}

TEST_CASE("what a limit ended is refused by every command, with the limit's code") {
  const Json over = document(1'000'001);
  // The second example is never reached, nor the statement after it.
  const Json items = {{"program",
                       "set example \"ab\"\nlength;\ny = [range(10000) for i in range(10000)];\nset example "
                       "\"c\"\nlength;\nx = tokens;\n"},
                      {"inputs", {"a"}}};
  const Json bits = {{"program",
                      "#@ causal on\nset example \"ab\"\nlength;\nx = aggregate(select(indices, indices + 1, ==), "
                      "tokens, \"-\");\nset example \"c\"\nz = 10 ^ 100000;\n"},
                     {"inputs", {"a"}}};
  for (const char* command : commands) {
    CAPTURE(command);
    const Json graph = answer(command, over);
    CHECK(graph["ok"] == false);
    CHECK(graph["diagnostics"][0]["code"] == "limit-opaque-rows");
    // The limit of items takes seconds to reach: by the command that evaluates on examples, and by the one that does on
    // inputs.
    const bool both = command == std::string("analyze") || command == std::string("eval_many");
    for (const Json& request : both ? std::vector<Json>{items, bits} : std::vector<Json>{bits}) {
      const Json r = answer(command, request);
      CAPTURE(r.dump());
      CHECK(r["ok"] == false);
      CHECK(r["diagnostics"][0]["class"] == "limit");
      CHECK(r["diagnostics"][0]["line"] != 1);
    }
  }
}

// A statement whose example is refused is not shown on another one.
TEST_CASE("no statement is shown on an example that is not its own") {
  const Json r = answer(
      "analyze", {{"program", "set example [\"a\" for i in range(2049)]\nlength;\nset example \"ab\"\nlength;\n"}});
  CHECK(r["ok"] == false);
  CHECK(r["diagnostics"][0]["code"] == "limit-input");
  CHECK(r["diagnostics"][0]["line"] == 1);
  const Json shown = rasp::with_values(r);
  for (const Json& line : shown["printed"]) CHECK(!line["display"].contains("value"));
}
