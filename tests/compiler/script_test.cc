#include "script.h"

#include <algorithm>
#include <map>

#include "compile_here.h"
#include "random/rng.h"
#include "proof/checker.h"

namespace rasp::testing {

namespace {

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(' ');
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

std::vector<std::string> split(const std::string& text, const std::string& at) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (std::size_t end; (end = text.find(at, begin)) != std::string::npos; begin = end + at.size())
    parts.push_back(trimmed(text.substr(begin, end - begin)));
  parts.push_back(trimmed(text.substr(begin)));
  return parts;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

// "each a b: 1 & 2 | 3 & 4"
std::vector<Script> each(const std::vector<Script>& scripts, const std::string& line) {
  const std::size_t colon = line.find(": ");
  REQUIRE(colon != std::string::npos);
  const std::vector<std::string> names = split(line.substr(5, colon - 5), " ");
  std::vector<Script> out;
  for (const Script& s : scripts) {
    for (const std::string& values : split(line.substr(colon + 2), " | ")) {
      const std::vector<std::string> list = split(values, " & ");
      REQUIRE(list.size() == names.size());
      Script one = s;
      for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string from = "{{" + names[i] + "}}";
        one.name += ", " + names[i] + " = " + list[i];
        one.program = replaced(one.program, from, list[i]);
        for (std::string& x : one.lines) x = replaced(x, from, list[i]);
      }
      out.push_back(std::move(one));
    }
  }
  return out;
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
  const std::map<std::string, double> sizes = {
      {"layers", t.layers.size()}, {"heads", heads},     {"neurons", neurons},           {"d_model", t.d_model},
      {"d_head", t.d_head()},      {"d_mlp", t.d_mlp()}, {"parameters", t.parameters()}, {"nonzeros", t.nonzeros()}};
  const auto it = sizes.find(what);
  REQUIRE_MESSAGE(it != sizes.end(), "no size: " << what);
  return it->second;
}

// 3*5+10, 2*nonzeros, with
double bound_of(const std::string& text, const Transformer& t, const std::string& with) {
  double sum = 0;
  for (const std::string& term : split(text, "+")) {
    double product = 1;
    for (const std::string& factor : split(term, "*"))
      product *= std::isdigit(static_cast<unsigned char>(factor.at(0))) ? std::stod(factor)
                                                                        : size_of(t, factor == "with" ? with : factor);
    sum += product;
  }
  return sum;
}

class ScriptRun {
 public:
  explicit ScriptRun(const Script& s) : script_(s), c_(s.program) {}

  void run() {
    settle(c_);
    CheckOptions options{.samples = 120};
    bool compiles = true;
    for (const std::string& line : script_.lines) {
      CAPTURE(line);
      if (line.starts_with("refused")) compiles = false;
      else if (line == "samples all") options.exhaustive = true;
      else if (line.starts_with("samples ")) options.samples = std::stoul(line.substr(8));
      if (!line.starts_with("tried ")) check(line);
    }
    if (!compiles) return;
    REQUIRE_MESSAGE(c_.model, c_.first_error());
    const CheckResult result = c_.check(options);
    CHECK(result.mismatches == 0);
    for (const std::string& line : script_.lines)
      if (line.starts_with("tried ")) tried(result, line.substr(6));
  }

 private:
  // A model that differs from its program on some input is refused.
  static void settle(Compiled& c) {
    if (!c.model) return;
    Runner runner(c.program.elaboration.graph, *c.model);
    if (!settle_exactness(c.program.elaboration.graph, runner, *c.model, c.diagnostics, c.budget)) c.model.reset();
  }

  void check(const std::string& line) {
    if (line == "refused or true") return refused_or_true();
    if (line.starts_with("refused ")) return refused(line.substr(8));
    REQUIRE_MESSAGE(c_.model, c_.first_error());
    if (line.starts_with("samples ")) return;
    const std::size_t arrow = line.find(" -> ");
    if (line.starts_with("limit ")) {
      limit(line.substr(6));
    } else if (line == "proved") {
      CHECK(c_.model->exactness.kind == Exactness::Kind::Proved);
      const proof::Verdict verdict = proof::check_claims(c_.transformer(), c_.model->claims);
      CHECK_MESSAGE(verdict.confirmed, (verdict.faults.empty() ? "" : verdict.faults[0]));
    } else if (line.starts_with("within ")) {
      CHECK(c_.model->exactness.within > 0);
      CHECK(c_.model->exactness.within <= std::stod(line.substr(7)));
      CHECK(proof::check_claims(c_.transformer(), c_.model->claims).confirmed);
      within(c_.model->exactness.within);
    } else if (line == "whole") {
      CHECK(c_.model->codec.whole);
    } else if (line.starts_with("encoding ")) {
      CHECK(line.substr(9) == (c_.model->codec.encoding == Encoding::Numerical ? "numerical" : "categorical"));
    } else if (line.starts_with("under ")) {
      std::string under;
      for (const std::string& x : c_.model->exactness.under) under += (under.empty() ? "" : "; ") + x;
      CHECK((under.empty() ? "nothing" : under) == line.substr(6));
    } else if (line.starts_with("says ")) {
      const auto& list = c_.diagnostics.list();
      CHECK(std::any_of(list.begin(), list.end(), [&](const Diagnostic& d) { return d.code == line.substr(5); }));
    } else if (line.starts_with("keeps ")) {
      CHECK(c_.compare(input_of(line.substr(6))).broken.empty());
    } else if (line.starts_with("breaks ")) {
      const std::size_t colon = line.find(": ");
      REQUIRE(colon != std::string::npos);
      const std::vector<std::string> broken = c_.compare(input_of(line.substr(7, colon - 7))).broken;
      REQUIRE(broken.size() == 1);
      CHECK(broken[0] == line.substr(colon + 2));
    } else if (arrow != std::string::npos) {
      CHECK(values_on(line.substr(0, arrow)) == line.substr(arrow + 4));
    } else {
      with_settings(line);
    }
  }

  void refused(const std::string& line) {
    REQUIRE_FALSE(c_.model);
    const std::size_t colon = line.find(": ");
    const std::string error = c_.first_error(), code = line.substr(0, colon);
    if (code != "*") CHECK(error.substr(0, error.find(':')) == code);
    if (colon != std::string::npos) CHECK_MESSAGE(error.find(line.substr(colon + 2)) != std::string::npos, error);
  }

  void refused_or_true() {
    if (!c_.model) return;
    CHECK((c_.model->exactness.kind == Exactness::Kind::Unknown || c_.check({.exhaustive = true}).mismatches == 0));
  }

  // How near an output is proved to be, it is.
  void within(double bound) {
    std::vector<Value> input;
    Rng rng(5);
    for (int k = 0; k < 200; ++k) {
      input.assign(1 + rng.below(c_.model->options.max_length), Value());
      for (Value& v : input) v = rng.pick(c_.model->vocabulary);
      const Runner::Comparison c = c_.compare(input);
      for (std::size_t i = 0; i < input.size(); ++i)
        if (c.undefined[i].empty()) CHECK(std::fabs(c.interpreter[i].value.number() - c.model[i].number()) <= bound);
    }
  }

  static std::vector<Value> input_of(const std::string& json) {
    std::string problem;
    auto input = values_from_json(Json::parse(json), problem);
    REQUIRE_MESSAGE(input, problem);
    return std::move(*input);
  }

  static void tried(const CheckResult& result, const std::string& line) {
    const std::map<std::string, std::uint64_t> counts = {
        {"inputs", result.inputs}, {"undefined", result.undefined}, {"promise_breaking", result.promise_breaking}};
    const std::vector<std::string> words = split(line, " ");
    REQUIRE((words.size() == 3 && counts.count(words[0])));
    CAPTURE(line);
    CHECK(holds(static_cast<double>(counts.at(words[0])), words[1], std::stod(words[2])));
  }

  std::string values_on(const std::string& json) {
    std::string out;
    for (const Value& v : c_.compare(input_of(json)).model) out += (out.empty() ? "" : " ") + v.repr();
    return out;
  }

  static std::string without_promises(const std::string& program) {
    std::istringstream lines(program);
    std::string out;
    for (std::string line; std::getline(lines, line); out += "\n")
      if (!line.starts_with("#@ unique ") && !line.starts_with("#@ values ") && !line.starts_with("#@ assume "))
        out += line;
    return out;
  }

  // "without PASS: SIZE", "for depth: SIZE", SIZE; `exact` for a size
  void with_settings(const std::string& line) {
    const std::size_t colon = line.find(": ");
    if (colon == std::string::npos) return holds_of(c_, line);
    const std::vector<std::string> words = split(line.substr(0, colon), " ");
    REQUIRE(words.size() == 2);
    const bool promises = words[0] != "without" || words[1] != "promises";
    Compiled other(promises ? script_.program : without_promises(script_.program), [&](ProgramRequest& r) {
      if (!promises) return;
      if (words[0] == "for" && words[1] == "depth") {
        r.objective = CompileOptions::Objective::Depth;
        return;
      }
      const auto pass = std::find_if(std::begin(pass_switches), std::end(pass_switches),
                                     [&](const auto& p) { return words[1] == p.first; });
      REQUIRE_MESSAGE((words[0] == "without" && pass != std::end(pass_switches)), "no setting: " << line);
      r.passes.*(pass->second) = false;
    });
    settle(other);
    REQUIRE_MESSAGE(other.model, other.first_error());
    holds_of(other, line.substr(colon + 2));
  }

  void holds_of(Compiled& c, const std::string& line) {
    if (line == "exact") {
      CHECK(c.model->exactness.kind != Exactness::Kind::Unknown);
      return;
    }
    const std::vector<std::string> words = split(line, " ");
    REQUIRE_MESSAGE(words.size() == 3, "no question: " << line);
    const double size = size_of(c.transformer(), words[0]);
    CAPTURE(size);
    CHECK(holds(size, words[1], bound_of(words[2], c_.transformer(), words[0])));
  }

  // "NAME OP BOUND, else CODE"
  void limit(const std::string& line) {
    static const std::map<std::string, std::uint64_t Limits::*> known = {{"selector_pairs", &Limits::selector_pairs},
                                                                         {"table_rows", &Limits::table_rows},
                                                                         {"contexts", &Limits::contexts},
                                                                         {"weights", &Limits::weights}};
    const std::vector<std::string> words = split(replaced(line, ",", ""), " ");
    REQUIRE((words.size() == 5 && words[3] == "else"));
    const auto it = known.find(words[0]);
    REQUIRE_MESSAGE(it != known.end(), "no limit: " << words[0]);
    Limits limits{.milliseconds = 0};
    std::uint64_t refused = 0, passes = limits.*(it->second);
    const auto code = [&](std::uint64_t most) {
      limits.*(it->second) = most;
      const Compiled c(script_.program, {}, limits);
      const std::string error = c.first_error();
      CHECK(c.model.has_value() == error.empty());
      return error.substr(0, error.find(':'));
    };
    while (passes - refused > 1) {
      const std::uint64_t middle = refused + (passes - refused) / 2;
      (code(middle).empty() ? passes : refused) = middle;
    }
    CHECK(code(refused) == words[4]);
    CHECK(code(passes) == "");  // also after a refusal
    CHECK(holds(static_cast<double>(passes), words[1], bound_of(words[2], c_.transformer(), words[0])));
  }

  const Script& script_;
  Compiled c_;
};

}  // namespace

std::vector<Script> scripts_at(const std::filesystem::path& path) {
  Script s;
  s.name = path.stem().string();
  std::vector<std::string> choices;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const std::string asks = line.starts_with("#! ") ? line.substr(3) : "";
    s.program += (asks.empty() ? line : "") + "\n";
    if (asks.starts_with("each ")) choices.push_back(asks);
    else if (asks.starts_with("example ")) s.program += read_example(asks.substr(8));
    else if (asks == "slow") s.pace = Script::Pace::Slow;
    else if (asks == "long") s.pace = Script::Pace::Long;
    else if (!asks.empty()) s.lines.push_back(asks);
  }
  std::vector<Script> all{s};
  for (const std::string& line : choices) all = each(all, line);
  return all;
}

void run(const Script& script) { ScriptRun(script).run(); }

}  // namespace rasp::testing

using namespace rasp::testing;

namespace {

void run_all(Script::Pace pace) {
  std::size_t files = 0;
  for (const char* folder : {"/compiler/cases", "/programs/walls"}) {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(RASP_TESTS_DIR + std::string(folder)))
      paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    for (const auto& path : paths) {
      ++files;
      for (const Script& s : scripts_at(path)) {
        CAPTURE(s.name);
        CHECK((s.program.starts_with("#") && !s.lines.empty()));
        if (s.pace == pace) run(s);
      }
    }
  }
  CHECK(files >= 100);
}

}  // namespace

TEST_CASE("scripts: what has to hold of a program's model does") { run_all(Script::Pace::Quick); }
TEST_CASE("scripts: slow ones") { run_all(Script::Pace::Slow); }
// Minutes in a build with checks: `./dev test --long`. tests/wasm/large.mjs proves the same ones on the page's engine.
TEST_CASE("scripts: long ones" * doctest::skip()) { run_all(Script::Pace::Long); }
