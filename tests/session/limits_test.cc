// Limits at their edge, through the session as the page and the command line reach them: just below passes, just above
// is refused with the limit's code, and after every refusal the next request works. docs/limits.md is the same table in
// words.
#include <doctest/doctest.h>

#include <functional>
#include <string>

#include "base/json_values.h"
#include "export/onnx.h"
#include "export/safetensors.h"
#include "session/session.h"

using namespace rasp;

namespace {

const Limits limits;

std::string times(std::size_t n, const std::string& s) {
  std::string out;
  for (std::size_t i = 0; i < n; ++i) out += s;
  return out;
}

Json numbers(std::size_t n) {
  Json out = Json::array();
  for (std::size_t i = 0; i < n; ++i) out.push_back(i);
  return out;
}

// The code of the first error, "" if there is none.
std::string code_of(Session& session, Json request) {
  if (!request.contains("limit_ms")) request["limit_ms"] = 600000;  // the limit that is asked about, not the deadline
  const Json answer = Json::parse(session.request(request.dump()));
  for (const Json& d : answer.value("diagnostics", Json::array()))
    if (d["severity"] == "error") return d["code"];
  return answer["ok"] == true ? "" : "not ok, and no reason";
}

// `request(n)` passes for n and is refused for n + 1.
void edge(const char* code, std::size_t n, const std::function<Json(std::size_t)>& request) {
  CAPTURE(code);
  Session session;
  CHECK(code_of(session, request(n)) == "");
  CHECK(code_of(session, request(n + 1)) == code);
  CHECK(code_of(session, {{"command", "eval"}, {"program", "x = tokens;"}, {"input", "ab"}}) == "");
}

Json eval(const std::string& program, const Json& input = "ab") {
  return {{"command", "eval"}, {"program", program}, {"input", input}};
}

}  // namespace

TEST_CASE("input tokens and maximal length") {
  edge("limit-input", limits.input_tokens, [](std::size_t n) { return eval("x = tokens;", numbers(n)); });
  edge("limit-max-length", limits.input_tokens, [](std::size_t n) {
    return Json{{"command", "compile"}, {"program", "x = tokens;"}, {"vocabulary", "ab"}, {"max_length", n}};
  });
}

TEST_CASE("vocabulary") {
  edge("limit-vocabulary", limits.value_set, [](std::size_t n) {
    return Json{{"command", "compile"}, {"program", "x = tokens == 3;"}, {"vocabulary", numbers(n)}, {"max_length", 1}};
  });
}

TEST_CASE("collections") {
  edge("limit-collection", limits.collection_size,
       [](std::size_t n) { return eval("y = range(" + std::to_string(n) + "); x = tokens;"); });
}

TEST_CASE("size of the source") {
  edge("limit-source", limits.source_bytes, [](std::size_t n) {
    const std::string program = "x = tokens;\n";
    return eval(program + std::string(n - program.size(), '#'));
  });
}

// Passes well below the limit and is refused above it, where what counts as one is the compiler's affair.
void around(const char* code, std::size_t limit, const std::function<Json(std::size_t)>& request) {
  CAPTURE(code);
  Session session;
  CHECK(code_of(session, request(limit / 2)) == "");
  CHECK(code_of(session, request(limit + 1)) == code);
  CHECK(code_of(session, request(1)) == "");
}

TEST_CASE("nesting, chains, calls, steps, nodes") {
  around("limit-nesting", limits.parse_depth, [](std::size_t n) {
    return eval("y = " + std::string(n, '(') + "1" + std::string(n, ')') + "; x = tokens;");
  });
  around("limit-nesting", limits.chain_length,
         [](std::size_t n) { return eval("y = 1" + times(n, "+1") + "; x = tokens;"); });
  around("limit-recursion", limits.call_depth, [](std::size_t n) {
    return eval("def f(n) { return 0 if n == 0 else f(n - 1); } y = f(" + std::to_string(n) + "); x = tokens;");
  });
  around("limit-graph-nodes", limits.graph_nodes, [](std::size_t n) {
    // Blocks of 100 additions: a loop's list has its own limit.
    return eval("x = tokens_int; for i in range(" + std::to_string(n / 100 + 1) + ") {" +
                    times(100, " x = x + indices;") + " } x = tokens;",
                Json::array({1}));
  });
  around("limit-steps", limits.elaboration_steps, [](std::size_t n) {  // two loops of √n, one step or a few each
    std::size_t side = 1;
    while ((side + 1) * (side + 1) <= n / 4) ++side;
    if (n > limits.elaboration_steps) side *= 3;
    return eval("for i in range(" + std::to_string(side / 2) + ") { for j in range(" + std::to_string(side / 2) +
                ") { y = i; } } x = tokens;");
  });
}

TEST_CASE("values that one answer shows") {
  // A list of ten lists of ten … of ten ones: 1 + 10 + 100 + … values.
  const auto lists = [](std::uint64_t levels) {
    return eval("x = [" + times(9, "1, ") + "1];\n" + times(levels, "x = [" + times(9, "x, ") + "x];\n") + "x;");
  };
  Session session;
  CHECK(code_of(session, lists(4)) == "");                // 111,111
  CHECK(code_of(session, lists(6)) == "limit-document");  // 11,111,111
  CHECK(code_of(session, lists(1)) == "");
  // n × n elements of a selector.
  std::size_t side = 0;
  while ((side + 1) * (side + 1) <= limits.document_cells) ++side;
  edge("limit-document", side, [](std::size_t n) {
    return Json{
        {"command", "eval"}, {"program", "s = select(indices, indices, ==);"}, {"output", "s"}, {"input", numbers(n)}};
  });
}

TEST_CASE("a request nests at most 32 levels; deeper ones are refused whatever they hold") {
  Session session;
  const auto nested = [](std::size_t n) {
    return "{\"command\": \"library\", \"id\": " + std::string(n, '[') + std::string(n, ']') + "}";
  };
  CHECK(Json::parse(session.request(nested(20)))["ok"] == true);
  for (std::size_t n : {std::size_t{40}, std::size_t{1'000'000}}) {
    const Json answer = Json::parse(session.request(nested(n)));
    CHECK(answer["ok"] == false);
    CHECK(answer["diagnostics"][0]["code"] == "bad-request");
  }
  CHECK(Json::parse(session.request(std::string(1'000'000, '[')))["ok"] == false);
  CHECK(Json::parse(session.request(nested(1)))["ok"] == true);
}

TEST_CASE("held models: the oldest goes first") {
  Session session;
  const Json compile = {
      {"command", "compile"}, {"program", "x = tokens;"}, {"vocabulary", "ab"}, {"max_length", 2}, {"keep", true}};
  const int first = Json::parse(session.request(compile.dump()))["handle"];
  for (std::uint32_t i = 1; i < limits.handles; ++i) session.request(compile.dump());
  const Json trace = {{"command", "trace"}, {"handle", first}, {"input", "ab"}};
  CHECK(code_of(session, trace) == "");
  session.request(compile.dump());
  CHECK(code_of(session, trace) == "bad-request");
  Json second = trace;
  second["handle"] = first + 1;
  CHECK(code_of(session, second) == "");
}

TEST_CASE("a recorded pass") {
  // Scores and patterns of one head are 2·T² of its numbers: within the limit at T = 2049, beyond with twelve heads.
  const auto program = [](int heads) {
    std::string p = "x = 0;\n";
    for (int i = 0; i < heads; ++i)
      p += "x = x + selector_width(select(tokens, " + std::to_string(i) + ", ==)) * " + std::to_string(i + 1) + ";\n";
    return p;
  };
  for (const auto& [heads, code] : {std::pair(1, ""), std::pair(12, "limit-trace")}) {
    Session session;
    const Json compiled = Json::parse(session.request(Json{
        {"command", "compile"},
        {"program", program(heads)},
        {"vocabulary", numbers(12)},
        {"max_length", 2048},
        {"keep", true},
        {"limit_ms", 100000}}.dump()));
    REQUIRE(compiled["ok"] == true);
    Json input = Json::array();
    for (int i = 0; i < 2048; ++i) input.push_back(i % 12);
    CHECK(code_of(session,
                  {{"command", "trace"}, {"handle", compiled["handle"]}, {"input", input}, {"limit_ms", 100000}}) ==
          code);
  }
}

// Each of these once ran for minutes, took gigabytes, or would have.
TEST_CASE("programs that stand for something huge are refused or compiled in bounded time") {
  const char* const programs[] = {
      "s = select(indices, 0 - 1, !=); for i in range(3000) { s = s and select(indices, i, !=); } x = "
      "selector_width(s);",
      "s = select(indices, 0 - 1, ==); for i in range(3000) { s = s or select(indices, i, ==); } x = "
      "selector_width(s);",
      "s = select(tokens, tokens, ==); t = select(indices, indices, <); for i in range(200) { s = (s and not t) or (t "
      "and not s); t = t or (not s); } x = selector_width(s);",
      "x = tokens == \"a\"; for i in range(64) { x = x and x; } x = selector_width(select(x, True, ==));",
      "x = selector_width(select(tokens, tokens, ==)); for i in range(64) { x = (x + x) / 2; }",
      "x = selector_width(select(tokens, tokens, ==)); y = selector_width(select(tokens, \"a\", ==)); for i in "
      "range(60) { z = (x + y) / 2; x = y; y = z; } y;",
      "x = 0; for i in range(300) { x = round(x / 2) + selector_width(select(indices, i % 8, ==) and select(tokens, "
      "\"a\", ==)); } x;",
  };
  Session session;
  for (const char* program : programs) {
    CAPTURE(program);
    const Json answer = Json::parse(session.request(
        Json{{"command", "compile"}, {"program", program}, {"vocabulary", "abc"}, {"max_length", 8}, {"limit_ms", 1500}}
            .dump()));
    if (answer["ok"] == true) continue;
    REQUIRE(!answer["diagnostics"].empty());
    const std::string why = answer["diagnostics"][0]["class"];
    CHECK((why == "limit" || why == "unsupported"));
  }
  CHECK(code_of(session,
                {{"command", "compile"}, {"program", "x = tokens;"}, {"vocabulary", "ab"}, {"max_length", 2}}) == "");
}
