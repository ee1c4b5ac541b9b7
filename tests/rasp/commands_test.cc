// The commands of the original's prompt, inside a file.
#include <doctest/doctest.h>

#include "shown.h"
#include "session/session.h"

using namespace rasp;

namespace {

Json analyzed(const std::string& program, Json more = Json::object()) {
  Session session;
  more["command"] = "analyze";
  more["program"] = program;
  return with_values(Json::parse(session.request(more.dump())));
}

}  // namespace

TEST_CASE("set example gives the input; pragmas and options go before it") {
  CHECK(analyzed("set example \"ab\"\nx = tokens;")["output"]["display"]["value"]["values"] == Json::array({"a", "b"}));
  CHECK(analyzed("set example [1, 2.5]\nx = tokens_asis;")["output"]["display"]["value"]["types"] == "if");
  CHECK(analyzed("set s-op example \"ab\"\nset selector example \"xyz\"\nx = tokens;")["settings"]["input"]["values"] ==
        Json::array({"a", "b"}));
  CHECK(analyzed("set selector example \"xyz\"\nx = tokens;")["settings"]["input"]["values"] ==
        Json::array({"x", "y", "z"}));
  CHECK(analyzed("#@ input \"q\"\nset example \"ab\"\nx = tokens;")["settings"]["input"]["values"] ==
        Json::array({"q"}));
  CHECK(analyzed("set example \"ab\"\nx = tokens;", {{"input", "pq"}})["settings"]["from"]["input"] == "option");
  CHECK(analyzed("x = [\"c\", \"d\"];\nset example x + [\"e\"]\ny = tokens;")["settings"]["from"]["input"] ==
        "example");
}

TEST_CASE("show example, draw, application: shown in order") {
  const Json r =
      analyzed("set example \"ab\"\nshow example\nx = tokens;\ndraw(x);\ndraw(x, \"pq\");\nx(\"r\");\n1 + 2;\n");
  REQUIRE(r["printed"].size() == 5);
  CHECK(r["printed"][0]["name"] == "example");
  CHECK(r["printed"][0]["display"]["value"]["values"] == Json::array({"a", "b"}));
  CHECK(r["printed"][1]["name"] == "draw");
  CHECK(r["printed"][1]["display"]["value"]["values"] == Json::array({"a", "b"}));
  CHECK(r["printed"][2]["display"]["value"]["values"] == Json::array({"p", "q"}));
  CHECK(r["printed"][3]["display"]["input"]["values"] == Json::array({"r"}));
  CHECK(r["printed"][4]["display"]["text"] == "3");
  CHECK(r["drawn"] == Json::array({r["output"]["node"], r["output"]["node"]}));
}

TEST_CASE("examples off and on mark what is shown; in a loaded file they end with it") {
  const Json r = analyzed(
      "examples off\ntokens;\nfull_s;\ns-op examples on\ntokens;\nfull_s;\nexamples on\nload \"quiet\";\ntokens;\n",
      {{"files", {{"quiet.rasp", "examples off\nset example \"zz\""}}}});
  std::string quiet;
  for (const Json& p : r["printed"]) quiet += p.contains("quiet") ? 'q' : '.';
  CHECK(quiet == "qq.q.");
  CHECK(r["settings"]["input"]["values"] == Json::array({"z", "z"}));  // set example is global
}

TEST_CASE("exit ends the file, and a loaded file only itself") {
  CHECK(analyzed("tokens;\nexit\nmissing;\n")["printed"].size() == 1);
  CHECK(analyzed("tokens;\nquit()\nmissing;\n")["ok"] == true);
  CHECK(analyzed("load \"lib\";\nx = a;\n", {{"files", {{"lib.rasp", "a = indices;\nexit()\na = missing;"}}}})["ok"] ==
        true);
}

// What the original prints for each of these statements.
TEST_CASE("every statement is shown on the example in force at its line") {
  const std::string program =
      "length;\nset example \"ab\"\nlength;\nset example [4, 7]\ntokens_int + 1;\n_y = tokens_int;\nset example "
      "\"wxyz\"\nlength;\nshow example\n";
  const Json r = analyzed(program);
  CHECK(r["ok"] == true);
  CHECK(r["diagnostics"].dump() == "[]");
  REQUIRE(r["printed"].size() == 5);
  const auto values = [&](std::size_t i) { return r["printed"][i]["display"]["value"]["values"]; };
  CHECK(values(0) == Json::array({5, 5, 5, 5, 5}));  // the original begins with "hello"
  CHECK(values(1) == Json::array({2, 2}));
  CHECK(values(2) == Json::array({5, 8}));
  CHECK(values(3) == Json::array({4, 4, 4, 4}));
  CHECK(values(4) == Json::array({"w", "x", "y", "z"}));
  CHECK(r["printed"][1]["display"]["input"]["values"] == Json::array({"a", "b"}));
  CHECK(!r["printed"][3]["display"].contains("input"));
  Session session;
  const Json e = Json::parse(session.request(Json{{"command", "eval"}, {"program", program}}.dump()));
  REQUIRE(e["printed"].size() == 5);
  CHECK(e["printed"][1]["values"] == Json::array({2, 2}));
  CHECK(e["printed"][1]["input"]["values"] == Json::array({"a", "b"}));
  CHECK(e["printed"][2]["values"] == Json::array({5, 8}));
  // An option or a pragma gives every statement its input.
  const Json given = analyzed(program, {{"input", Json::array({"1", "2", "3"})}});
  CHECK(given["printed"][0]["display"]["value"]["values"] == Json::array({3, 3, 3}));
  CHECK(given["printed"][2]["display"]["value"]["values"] == Json::array({2, 3, 4}));
  CHECK(analyzed("#@ input \"q\"\n" + program)["printed"][1]["display"]["value"]["values"] == Json::array({1}));
}

TEST_CASE("draw, and s-ops and selectors apart, on the example of their line") {
  const Json r = analyzed(
      "set example \"ab\"\ndraw(length);\ndraw(length, \"pqr\");\nset selector example \"xyz\"\nfull_s;\nlength;\nset "
      "s-op example \"c\"\nlength;\nfull_s;\nshow selector example\n");
  REQUIRE(r["printed"].size() == 7);
  const auto display = [&](std::size_t i) { return r["printed"][i]["display"]; };
  CHECK(display(0)["value"]["values"] == Json::array({2, 2}));
  CHECK(display(0)["input"]["values"] == Json::array({"a", "b"}));
  CHECK(display(1)["value"]["values"] == Json::array({3, 3, 3}));
  CHECK(display(2)["matrix"].size() == 3);
  CHECK(display(3)["value"]["values"] == Json::array({2, 2}));
  CHECK(display(4)["value"]["values"] == Json::array({1}));
  CHECK(display(5)["matrix"].size() == 3);
  CHECK(display(6)["value"]["values"] == Json::array({"x", "y", "z"}));
}

TEST_CASE("a statement without a value on its own example is a warning that names it") {
  const Json r = analyzed("set example \"ab\"\ntokens_int;\nset example [4, 7]\nx = tokens_int;\n");
  CHECK(r["ok"] == true);
  REQUIRE(r["diagnostics"].size() == 1);
  CHECK(r["diagnostics"][0]["code"] == "conversion");
  CHECK(r["diagnostics"][0]["severity"] == "warning");
  CHECK(r["diagnostics"][0]["message"].get<std::string>().find("[\"a\", \"b\"]") != std::string::npos);
  CHECK(r["printed"][0]["display"]["undefined"].is_string());
}

// A later example that a statement has no value on is none of its business.
TEST_CASE("the last s-op is shown on the example of its line, too") {
  const std::string program = "set example [4, 7]\ntokens_int + 1;\nset example \"ab\"\n";
  Session session;
  const Json e = Json::parse(session.request(Json{{"command", "eval"}, {"program", program}}.dump()));
  CHECK(e["ok"] == true);
  CHECK(e["values"] == Json::array({5, 8}));
  CHECK(e["input"]["values"] == Json::array({4, 7}));
  const Json r = analyzed(program);
  CHECK(r["ok"] == true);
  REQUIRE(r["printed"].size() == 1);
  CHECK(r["printed"][0]["display"]["value"]["values"] == Json::array({5, 8}));
  // What the model would be run on is asked for by name.
  const Json asked = Json::parse(
      session.request(Json{{"command", "eval"}, {"program", program}, {"output", "tokens_int + 1"}}.dump()));
  CHECK(asked["ok"] == false);
}
