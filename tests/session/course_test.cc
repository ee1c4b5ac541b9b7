// `eval_many`: one program on many inputs, and the facts that rules speak of. Expected values by hand.
#include <doctest/doctest.h>

#include "session/course.h"
#include "session/session.h"

using rasp::Json;

namespace {

Json ask(Json request) {
  rasp::Session session;
  request["command"] = "eval_many";
  return Json::parse(session.request(request.dump()));
}
Json ask(const std::string& program, const std::string& output, Json inputs = Json::array()) {
  return ask({{"program", program}, {"output", output}, {"inputs", std::move(inputs)}});
}
std::string fact(const std::string& program, const char* key, const std::string& output = "x") {
  return ask(program, output)["facts"][key];
}

}  // namespace

TEST_CASE("eval_many: values of an s-op on every input, in order") {
  const Json r =
      ask("hist = selector_width(select(tokens, tokens, ==));", "hist", {"aba", "b", Json::array({"x", "x"})});
  CHECK(r["ok"] == true);
  CHECK(r["kind"] == "s-op");
  CHECK(r["results"].size() == 3);
  CHECK(r["results"][0]["values"] == Json({2, 1, 2}));
  CHECK(r["results"][1]["values"] == Json::array({1}));
  CHECK(r["results"][2]["values"] == Json({2, 2}));
  CHECK(r["results"][2]["types"] == "ii");
}

TEST_CASE("eval_many: a selector's rows are queries; the causal mask hides later keys") {
  Json request = {{"program", "s = select(indices, indices, <=) or select(indices, 2, ==);"},
                  {"output", "s"},
                  {"inputs", Json::array({"abc"})}};
  CHECK(ask(request)["results"][0]["matrix"] == Json({"101", "111", "111"}));
  request["program"] = "s = select(indices, 0, ==) or select(indices, 2, ==);";
  CHECK(ask(request)["results"][0]["matrix"] == Json({"101", "101", "101"}));
  request["causal"] = true;
  CHECK(ask(request)["results"][0]["matrix"] == Json({"100", "100", "101"}));
}

TEST_CASE("eval_many: what has no value says why; an unusable input fails alone") {
  const Json r = ask("x = tokens_int + 1;", "x", {"12", "1a", Json::array(), Json::array({Json::object()}), "3"});
  CHECK(r["ok"] == true);
  CHECK(r["results"][0]["values"] == Json({2, 3}));
  CHECK(!r["results"][0].contains("undefined"));
  CHECK(r["results"][1]["types"] == "i-");
  CHECK(r["results"][1]["values"] == Json({2, nullptr}));
  CHECK(r["results"][1].contains("undefined"));
  CHECK(r["results"][2].contains("error"));
  CHECK(r["results"][3].contains("error"));
  CHECK(r["results"][4]["values"] == Json::array({4}));
}

TEST_CASE("eval_many: named s-ops in program order, with their lines") {
  Json request = {{"program", "a = indices + 1;\nb = select(a, a, ==);\nc = a * 2;\nd = 5;"},
                  {"output", "c"},
                  {"inputs", Json::array({"xy"})},
                  {"named", true}};
  Json named = ask(request)["results"][0]["named"];
  CHECK(named.size() == 3);
  CHECK(named[0]["name"] == "a");
  CHECK(named[0]["values"] == Json({1, 2}));
  CHECK(named[1]["name"] == "b");
  CHECK(named[1]["matrix"] == Json({"10", "01"}));
  CHECK(named[1]["line"] == 2);
  CHECK(named[2]["values"] == Json({2, 4}));
  request["named"] = Json::array({"c"});
  named = ask(request)["results"][0]["named"];
  CHECK(named.size() == 1);
  CHECK(named[0]["name"] == "c");
}

TEST_CASE("eval_many: kinds without values have no results") {
  CHECK(ask("f = 1;\ndef g(x) { return x; }", "g", Json::array({"a"}))["kind"] == "function");
  CHECK(ask("x = 1;", "x", Json::array({"a"}))["kind"] == "atom");
  CHECK(ask("x = [1, 2];", "x", Json::array({"a"}))["kind"] == "list");
  CHECK(ask("x = [1, 2];", "x", Json::array({"a"}))["results"].empty());
}

TEST_CASE("eval_many: failures keep the text's facts") {
  const Json r = ask("x = aggregate(select(indices, 0, ==), nothing);", "x", Json::array({"a"}));
  CHECK(r["ok"] == false);
  CHECK(r["diagnostics"][0]["code"] == "undefined-name");
  CHECK(r["diagnostics"][0]["line"] == 1);
  CHECK(r["facts"]["names"] == Json({"(", ")", ",", ";", "=", "==", "aggregate", "indices", "nothing", "select", "x"}));
  CHECK(!r["facts"].contains("graph"));
}

TEST_CASE("eval_many: the program's fingerprint forgets names, blanks and comments, and nothing else") {
  const std::string program = "a = indices + 1;\nx = a * a;", same = fact(program, "program");
  CHECK(same.size() == 16);
  CHECK(fact("# another\nfoo=indices+1 ;  y = foo*foo;", "program", "y") == same);
  CHECK(fact("a = indices + 2;\nx = a * a;", "program") != same);
  CHECK(fact("a = indices + 1;\nx = a * x;", "program") != same);
  CHECK(fact("a = length + 1;\nx = a * a;", "program") != same);  // a given name is not a chosen one
  CHECK(fact("x = \"ab\";", "program") != fact("x = \"cd\";", "program"));
}

TEST_CASE("eval_many: the graph's fingerprint is of what the output needs") {
  const std::string same = fact("x = selector_width(select(tokens, tokens, ==)) + 1;", "graph");
  CHECK(fact("unused = indices * 7;\ns = select(tokens, tokens, ==);\ndef f(t) { return selector_width(t) + 1; }\nx = "
             "f(s);",
             "graph") == same);
  CHECK(fact("x = selector_width(select(tokens, tokens, !=)) + 1;", "graph") != same);
  CHECK(fact("x = selector_width(select(tokens, tokens, ==)) + 2;", "graph") != same);
  CHECK(fact("x = selector_width(select(tokens, tokens, ==)) - 1;", "graph") != same);
}

TEST_CASE("eval_many: counts in the graph of the output only") {
  const Json counts =
      ask("s = select(tokens, \"a\", ==);\nw = selector_width(s and select(indices, indices, <));\nu = aggregate(s, "
          "indices);\nx = aggregate(s, w) + 1;",
          "x")["facts"]["counts"];
  CHECK(counts["aggregates"] == 1);
  CHECK(counts["selector_widths"] == 1);
  CHECK(counts["selects"] == 2);
  CHECK(counts["selectors"] == 3);  // two selects and their conjunction
  CHECK(counts["elementwise"] == 1);
}

TEST_CASE("eval_many: bounds") {
  CHECK(ask({{"program", "x = tokens;"}, {"inputs", "abc"}})["ok"] == false);
  Json many = Json::array();
  for (std::size_t i = 0; i <= rasp::most_inputs; ++i) many.push_back("a");
  const Json r = ask("x = tokens;", "x", many);
  CHECK(r["ok"] == false);
  CHECK(r["diagnostics"][0]["code"] == "bad-request");
  many.erase(many.end() - 1);
  CHECK(
      ask({{"program", "x = indices;"}, {"output", "x"}, {"inputs", many}, {"limit_ms", 600'000}})["results"].size() ==
      rasp::most_inputs);
  Json steps = {{"program", "for a in range(0, 100) { for b in range(0, 100) { y = a + b; } }\nx = indices;"},
                {"output", "x"},
                {"inputs", Json::array({"a"})}};
  CHECK(ask(steps)["ok"] == true);
  steps["limit_steps"] = 1000;
  const Json stopped = ask(steps);
  CHECK(stopped["ok"] == false);
  CHECK(stopped["diagnostics"][0]["class"] == "limit");
}
