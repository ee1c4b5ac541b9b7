// Answers of the reference interpreter: tests/golden/rasp/*.json (format: README there). `repaired` lists where we
// differ on purpose.
#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "base/json_values.h"
#include "session/session.h"
#include "rasp/elaborate.h"
#include "rasp/evaluate.h"

using namespace rasp;

namespace {

// What the reference does there, and what we do instead. The number of entries is in README.md.
const std::map<std::string, std::string> repaired = {
#include "repaired.inc"
};

// Cases whose statements fail with other classes than the reference's: case, our classes, why.
struct Repair {
  std::string classes, why;
};
const std::map<std::string, Repair> repaired_statements = {
#include "repaired_statements.inc"
};

struct Answer {
  std::string error;  // class
  BuildValueRef value;
  Graph graph;
  std::vector<Cell> cells;
  Matrix matrix;
};

Answer ask(const Json& test_case, const std::string& expression, const Json& input) {
  Sources sources;
  sources.main = test_case.value("program", "");
  const Json files = test_case.value("files", Json::object());
  sources.load = [&](const std::string& path) -> std::optional<std::string> {
    for (const std::string& name : {path + ".rasp", path}) {
      if (files.contains(name)) return files[name].get<std::string>();
    }
    return std::nullopt;
  };
  Diagnostics diagnostics;
  Budget budget;
  Elaboration e = elaborate(sources, expression, diagnostics, budget);
  Answer a;
  a.value = e.output;
  const std::uint32_t own = static_cast<std::uint32_t>(e.file_names.size() - 1);
  for (const Diagnostic& d : diagnostics.list()) {
    if ((d.span.file == own || !a.value) && !d.error_class.empty())
      a.error = d.error_class;  // the query is evaluated last
  }
  if (!a.error.empty() || !a.value) return a;
  using K = BuildValue::Kind;
  std::vector<Value> tokens;
  if (a.value->kind == K::Application) tokens = a.value->input;
  else if (!input.is_null()) {
    std::string problem;
    const auto parsed = values_from_json(input, problem);
    if (!parsed) a.error = "type";
    else tokens = *parsed;
  }
  if (!tokens.empty() && (a.value->kind == K::SOp || a.value->kind == K::Selector || a.value->kind == K::Application)) {
    const NodeId node = a.value->node;
    const NodeId roots[] = {node};
    const Evaluation r = evaluate(e.graph, tokens, false, roots, budget);
    if (const Undefined* u = r.failure_of(node)) a.error = u->failure.error_class;
    else if (is_selector(e.graph[node].kind)) a.matrix = r.matrices[node];
    else a.cells = r.sequences[node];
  } else if (input.is_array() && input.empty()) {
    a.error = "type";
  } else if (input.is_string() && input.get<std::string>().empty()) {
    a.error = "type";
  }
  a.graph = std::move(e.graph);
  return a;
}

bool same_atom(const Value& v, const Json& expected, char letter) {
  if (v.letter() != letter) return false;
  if (letter == 'f') {
    const double x = v.number();
    if (expected.is_string()) return value_to_json(v) == expected || (std::isnan(x) && expected == "nan");
    return std::abs(x - expected.get<double>()) <= 1e-9 * std::max(1.0, std::abs(x));
  }
  if (letter == 'i' && expected.is_string()) return v.str() == expected.get<std::string>();
  return value_to_json(v) == expected;
}

BuildValueRef atom_of(const Value& value) {
  auto v = std::make_shared<BuildValue>();
  v->atom = value;
  return v;
}

bool agrees(const BuildValue& v, const Json& expect) {
  using K = BuildValue::Kind;
  const std::string kind = expect["kind"];
  if (kind == "atom") {
    const char letter = expect["type"].get<std::string>()[0];
    return v.kind == K::Atom && same_atom(v.atom, expect["value"], letter);
  }
  if (kind == "list") {
    if (v.kind != K::List || v.items.size() != expect["items"].size()) return false;
    for (std::size_t i = 0; i < v.items.size(); ++i) {
      if (!agrees(*v.items[i], expect["items"][i])) return false;
    }
    return true;
  }
  if (kind == "dict") {
    if (v.kind != K::Dict || v.items.size() != expect["items"].size()) return false;
    for (std::size_t i = 0; i < v.items.size(); ++i) {
      if (!agrees(*atom_of(v.keys[i]), expect["items"][i][0]) || !agrees(*v.items[i], expect["items"][i][1]))
        return false;
    }
    return true;
  }
  if (kind == "function") return v.kind == K::Function;
  if (kind == "sop") return v.kind == K::SOp;
  if (kind == "selector") return v.kind == K::Selector;
  return false;
}

std::string mismatch(const Answer& a, const Json& expect) {
  const std::string kind = expect["kind"];
  if (kind == "error") {
    const std::string wanted = expect["class"];
    return a.error == wanted ? "" : "error class " + wanted + ", got " + (a.error.empty() ? "a value" : a.error);
  }
  if (!a.error.empty()) return "a value, got error " + a.error;
  if (!a.value) return "a value, got nothing";
  if (kind == "sop" && expect.contains("values")) {
    if (a.cells.size() != expect["values"].size()) return "another length";
    std::vector<Value> values;
    for (std::size_t i = 0; i < a.cells.size(); ++i) {
      values.push_back(a.cells[i].value);
      if (!same_atom(a.cells[i].value, expect["values"][i], expect["vtypes"].get<std::string>()[i]))
        return "position " + std::to_string(i) + " " + expect["values"][i].dump() + ", got " + a.cells[i].value.repr();
    }
    return sequence_type(values).label == expect["type"].get<std::string>()
               ? ""
               : "type " + expect["type"].get<std::string>();
  }
  if (kind == "selector" && expect.contains("matrix")) {
    for (std::uint32_t q = 0; q < a.matrix.n; ++q)
      for (std::uint32_t k = 0; k < a.matrix.n; ++k) {
        if (a.matrix.at(q, k) != (expect["matrix"][q][k].get<int>() != 0)) return "another matrix";
      }
    return a.matrix.n == expect["matrix"].size() ? "" : "another size";
  }
  return agrees(*a.value, expect) ? "" : "another value";
}

}  // namespace

TEST_CASE("golden: every query of the reference interpreter") {
  static const char* groups[] = {"aggregate",
                                 "arguments",
                                 "atoms",
                                 "collections",
                                 "elementwise",
                                 "functions",
                                 "in",
                                 "library",
                                 "logic",
                                 "loops",
                                 "paper",
                                 "precedence",
                                 "programs",
                                 "quirks",
                                 "scope",
                                 "select",
                                 "selector-algebra",
                                 "sop-index",
                                 "syntax",
                                 "ternary",
                                 "tokens"};
  std::size_t queries = 0;
  for (const char* group : groups) {
    std::ifstream file(std::string(RASP_TESTS_DIR) + "/golden/rasp/" + group + ".json");
    REQUIRE(file.good());
    const Json document = Json::parse(file);
    for (const Json& c : document["cases"]) {
      if (c["kind"] != "eval") continue;
      const std::string id = c["id"];
      for (const Json& q : c["queries"]) {
        const std::string expression = q["expr"];
        const std::string where = id + ": " + expression + (q.contains("input") ? " on " + q["input"].dump() : "");
        ++queries;
        const std::string problem = mismatch(ask(c, expression, q.value("input", Json())), q["expect"]);
        if (repaired.count(where)) {
          CHECK_MESSAGE(!problem.empty(), where << " is listed as repaired but agrees");
        } else {
          CHECK_MESSAGE(problem.empty(), where << ": expected " << problem);
        }
      }
    }
  }
  CHECK(queries > 1800);
}

TEST_CASE("golden: the statements of every case fail or pass as in the reference interpreter") {
  static const char* groups[] = {"aggregate",
                                 "arguments",
                                 "atoms",
                                 "collections",
                                 "elementwise",
                                 "functions",
                                 "in",
                                 "library",
                                 "logic",
                                 "loops",
                                 "paper",
                                 "precedence",
                                 "programs",
                                 "quirks",
                                 "scope",
                                 "select",
                                 "selector-algebra",
                                 "sop-index",
                                 "syntax",
                                 "ternary",
                                 "tokens"};
  std::size_t cases = 0;
  for (const char* group : groups) {
    std::ifstream file(std::string(RASP_TESTS_DIR) + "/golden/rasp/" + group + ".json");
    const Json document = Json::parse(file);
    for (const Json& c : document["cases"]) {
      if (c["kind"] != "eval") continue;
      const std::string id = c["id"];
      std::set<std::string> expected, ours;
      for (const Json& s : c["statements"])
        if (!s["ok"].get<bool>()) expected.insert(s["error"]["class"].get<std::string>());
      Json request = {
          {"command", "analyze"}, {"program", c["program"]}, {"input", c["example"]}, {"files", Json::object()}};
      const Json files = c.value("files", Json::object());
      for (const auto& [name, text] : files.items())
        if (text.is_string()) request["files"][name] = text;
      Session session;
      const Json result = Json::parse(session.request(request.dump()));
      for (const Json& d : result["diagnostics"])
        if (d["severity"] == "error") ours.insert(d["class"].get<std::string>());
      const auto text = [](const std::set<std::string>& classes) {
        std::string out;
        for (const std::string& x : classes) out += (out.empty() ? "" : " ") + x;
        return out;
      };
      ++cases;
      const auto repair = repaired_statements.find(id);
      if (repair == repaired_statements.end()) {
        CHECK_MESSAGE(text(ours) == text(expected),
                      id << ": [" << text(ours) << "] instead of [" << text(expected) << "]");
      } else {
        CHECK_MESSAGE(text(ours) == repair->second.classes, id << ": [" << text(ours) << "]");
        CHECK_MESSAGE(text(ours) != text(expected), id << " is listed as repaired but agrees");
      }
    }
  }
  CHECK(cases > 150);
}
