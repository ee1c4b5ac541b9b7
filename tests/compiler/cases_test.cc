// tests/compiler/cases/*.rasp: a program each, and what has to hold of its model. The first line says why it is there.
// Lines that begin with #! :
//   #! exact                        its proof closes, or all inputs are tried, and the model computes it on all of them
//   #! proved                       its proof closes, also when it is made again from the weights alone
//   #! refused CODE                 it does not compile
//   #! refused or true              it does not compile, or nothing is claimed, or what is claimed holds on every input
//   #! "aab" -> 2.0 2.0 2.0         on this input (JSON) the model's values are these, as Python writes them;
//                                   they are the language's, not the compiler's
//   #! layers <= 2                  a size: layers heads neurons d_model d_head parameters; <= == >= < >
//   #! without PASS: d_model > with the size without a pass; `with`: with it
// Without `refused`, the model is also held against the interpreter on `#! samples N` inputs (120 where the line is
// missing).
#include <algorithm>
#include <filesystem>
#include <map>

#include "compile_here.h"
#include "proof/checker.h"

using namespace rasp;
using namespace rasp::testing;

namespace {

struct Script {
  std::string program;
  std::vector<std::string> lines;
};

Script script_at(const std::filesystem::path& path) {
  Script s;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const bool asks = line.starts_with("#! ");
    if (asks) s.lines.push_back(line.substr(3));
    s.program += (asks ? "" : line) + "\n";
  }
  return s;
}

bool holds(double a, const std::string& op, double b) {
  if (op == "==") return a == b;
  if (op == "<=") return a <= b;
  if (op == ">=") return a >= b;
  if (op == "<") return a < b;
  if (op == ">") return a > b;
  FAIL("no comparison: " << op);
  return false;
}

double size_of(const Transformer& t, const std::string& what) {
  std::size_t heads = 0, neurons = 0;
  for (const Layer& l : t.layers) heads += l.heads.size(), neurons += l.mlp.b_in.size();
  const std::map<std::string, double> sizes = {{"layers", t.layers.size()}, {"heads", heads},
                                               {"neurons", neurons},        {"d_model", t.d_model},
                                               {"d_head", t.d_head()},      {"parameters", t.parameters()}};
  const auto it = sizes.find(what);
  REQUIRE_MESSAGE(it != sizes.end(), "no size: " << what);
  return it->second;
}

class ScriptedCase {
 public:
  explicit ScriptedCase(const Script& s) : script_(s), c_(s.program) {}

  void run() {
    bool given = true;
    if (c_.model) {
      Runner runner(c_.program.elaboration.graph, *c_.model);
      given = settle_exactness(c_.program.elaboration.graph, runner, *c_.model, c_.diagnostics, c_.budget);
    }
    if (!given) c_.model.reset();
    std::size_t samples = 120;
    bool compiles = true;
    for (const std::string& line : script_.lines) {
      CAPTURE(line);
      if (line.starts_with("refused")) compiles = false;
      else if (line.starts_with("samples ")) samples = std::stoul(line.substr(8));
      check(line);
    }
    if (compiles) REQUIRE_MESSAGE(c_.model, c_.first_error());
    if (compiles) CHECK(c_.check({.samples = samples}).mismatches == 0);
  }

 private:
  void check(const std::string& line) {
    if (line == "refused or true") return refused_or_true();
    if (line.starts_with("refused ")) {
      REQUIRE_FALSE(c_.model);
      CHECK(c_.first_error().substr(0, c_.first_error().find(':')) == line.substr(8));
      return;
    }
    REQUIRE_MESSAGE(c_.model, c_.first_error());
    if (line.starts_with("samples ")) return;
    const std::size_t arrow = line.find(" -> ");
    if (line == "exact") {
      CHECK(c_.model->exactness.kind != Exactness::Kind::Unknown);
    } else if (line == "proved") {
      CHECK(c_.model->exactness.kind == Exactness::Kind::Proved);
      const proof::Verdict verdict = proof::check_claims(c_.transformer(), c_.model->claims);
      CHECK_MESSAGE(verdict.confirmed, (verdict.faults.empty() ? "" : verdict.faults[0]));
    } else if (arrow != std::string::npos) {
      CHECK(values_on(line.substr(0, arrow)) == line.substr(arrow + 4));
    } else {
      check_size(line);
    }
  }

  void refused_or_true() {
    if (!c_.model) return;
    CHECK((c_.model->exactness.kind == Exactness::Kind::Unknown || c_.check({.exhaustive = true}).mismatches == 0));
  }

  std::string values_on(const std::string& json) {
    std::string problem, out;
    const auto input = values_from_json(Json::parse(json), problem);
    REQUIRE_MESSAGE(input, problem);
    for (const Value& v : c_.compare(*input).model) out += (out.empty() ? "" : " ") + v.repr();
    return out;
  }

  void check_size(std::string line) {
    std::optional<Compiled> less;
    if (line.starts_with("without ")) {
      const std::size_t colon = line.find(": ");
      REQUIRE(colon != std::string::npos);
      const std::string name = line.substr(8, colon - 8);
      const auto pass = std::find_if(std::begin(pass_switches), std::end(pass_switches),
                                     [&](const auto& p) { return name == p.first; });
      REQUIRE_MESSAGE(pass != std::end(pass_switches), "no pass: " << name);
      less.emplace(script_.program, [&](ProgramRequest& r) { r.passes.*(pass->second) = false; });
      REQUIRE_MESSAGE(less->model, less->first_error());
      line.erase(0, colon + 2);
    }
    std::istringstream words(line);
    std::string what, op, bound;
    words >> what >> op >> bound;
    const double size = size_of(less ? less->transformer() : c_.transformer(), what);
    CAPTURE(size);
    CHECK(holds(size, op, bound == "with" ? size_of(c_.transformer(), what) : std::stod(bound)));
  }

  const Script& script_;
  Compiled c_;
};

}  // namespace

TEST_CASE("cases: what has to hold of a program's model does") {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(RASP_TESTS_DIR) + "/compiler/cases"))
    files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  CHECK(files.size() >= 40);
  for (const auto& path : files) {
    const std::string name = path.filename().string();
    CAPTURE(name);
    const Script s = script_at(path);
    REQUIRE(!s.lines.empty());
    CHECK(s.program.starts_with("# "));
    ScriptedCase(s).run();
  }
}
