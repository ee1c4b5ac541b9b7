// The commands of the original's prompt, inside a file.
#include <doctest/doctest.h>

#include "base/json_values.h"
#include "session/session.h"

using namespace rasp;

namespace {

Json analyzed(const std::string& program, Json more = Json::object()) {
  Session session;
  more["command"] = "analyze";
  more["program"] = program;
  return Json::parse(session.request(more.dump()));
}

}  // namespace

TEST_CASE("set example gives the input; pragmas and options go before it") {
  CHECK(analyzed("set example \"ab\"\nx = tokens;")["output"]["display"]["value"]["values"] == Json::array({"a", "b"}));
  CHECK(analyzed("set example [1, 2.5]\nx = tokens_asis;")["output"]["display"]["value"]["types"] == "if");
  CHECK(analyzed("set s-op example \"ab\"\nset selector example \"xyz\"\nx = tokens;")["settings"]["input"]["values"] == Json::array({"a", "b"}));
  CHECK(analyzed("set selector example \"xyz\"\nx = tokens;")["settings"]["input"]["values"] == Json::array({"x", "y", "z"}));
  CHECK(analyzed("#@ input \"q\"\nset example \"ab\"\nx = tokens;")["settings"]["input"]["values"] == Json::array({"q"}));
  CHECK(analyzed("set example \"ab\"\nx = tokens;", {{"input", "pq"}})["settings"]["from"]["input"] == "option");
  CHECK(analyzed("x = [\"c\", \"d\"];\nset example x + [\"e\"]\ny = tokens;")["settings"]["from"]["input"] == "example");
}

TEST_CASE("show example, draw, application: shown in order") {
  const Json r = analyzed("set example \"ab\"\nshow example\nx = tokens;\ndraw(x);\ndraw(x, \"pq\");\nx(\"r\");\n1 + 2;\n");
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
  const Json r = analyzed("examples off\ntokens;\nfull_s;\ns-op examples on\ntokens;\nfull_s;\nexamples on\nload \"quiet\";\ntokens;\n", {{"files", {{"quiet.rasp", "examples off\nset example \"zz\""}}}});
  std::string quiet;
  for (const Json& p : r["printed"]) quiet += p.contains("quiet") ? 'q' : '.';
  CHECK(quiet == "qq.q.");
  CHECK(r["settings"]["input"]["values"] == Json::array({"z", "z"}));  // set example is global
}

TEST_CASE("exit ends the file, and a loaded file only itself") {
  CHECK(analyzed("tokens;\nexit\nmissing;\n")["printed"].size() == 1);
  CHECK(analyzed("tokens;\nquit()\nmissing;\n")["ok"] == true);
  CHECK(analyzed("load \"lib\";\nx = a;\n", {{"files", {{"lib.rasp", "a = indices;\nexit()\na = missing;"}}}})["ok"] == true);
}
