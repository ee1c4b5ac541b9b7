// The formatter: what it does to small texts, and that it never changes a program.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/json_values.h"
#include "generate.h"
#include "rasp/elaborate.h"
#include "syntax/format.h"

using namespace rasp;
using namespace rasp::testing;

namespace {

std::string formatted(const std::string& text) {
  Diagnostics diagnostics;
  return format_program(text, diagnostics, Limits()).value_or("(does not parse)");
}

// Everything a program is, but for positions.
std::string meaning(const std::string& text, const std::map<std::string, std::string>& files = {}) {
  Sources sources;
  sources.main = text;
  sources.load = [&](const std::string& path) -> std::optional<std::string> {
    const auto it = files.find(path + ".rasp");
    return it == files.end() ? std::nullopt : std::optional(it->second);
  };
  Diagnostics diagnostics;
  Limits limits;
  limits.milliseconds = 0;  // some test programs run into limits: by steps, not by the clock
  limits.elaboration_steps = 300'000;
  Budget budget(limits);
  const Elaboration e = elaborate(sources, std::nullopt, diagnostics, budget);
  std::ostringstream out;
  for (NodeId id = 0; id < e.graph.size(); ++id) {
    const Node& n = e.graph[id];
    out << static_cast<int>(n.kind) << ' ' << static_cast<int>(n.op) << ' ' << static_cast<int>(n.conversion) << ' '
        << n.constant.repr() << ' ' << n.constant.letter() << ' ' << n.name << ' ' << e.graph.describe(id);
    for (NodeId a : n.args) out << ' ' << a;
    out << '\n';
  }
  const auto value = [&](const BuildValueRef& v) {
    return !v ? "none"
              : std::to_string(static_cast<int>(v->kind)) +
                    (v->kind == BuildValue::Kind::Atom ? v->atom.repr() : std::to_string(v->node));
  };
  for (const Printed& p : e.printed) out << p.name << ' ' << value(p.value) << ' ' << p.example << '\n';
  for (const Definition& d : e.definitions) out << d.name << ' ' << value(d.value) << '\n';
  for (NodeId id : e.drawn) out << "drawn " << id << '\n';
  if (e.example)
    for (const Value& v : *e.example) out << v.repr() << ' ';
  const Pragmas& p = e.pragmas;
  out << p.title << '|' << p.description << '|' << p.group << '|' << p.output.value_or("") << '|' << p.expects.size()
      << '|' << p.others.size() << '|' << p.unique.size() << p.values.size() << p.encode.size();
  for (const Diagnostic& d : diagnostics.list()) out << '\n' << d.code << ' ' << d.message;
  return out.str();
}

void check_same(const std::string& text, const std::map<std::string, std::string>& files = {}) {
  Diagnostics diagnostics;
  const auto once = format_program(text, diagnostics, Limits());
  if (!once) return;
  CAPTURE(text);
  CAPTURE(*once);
  CHECK(formatted(*once) == *once);
  CHECK(meaning(*once, files) == meaning(text, files));
}

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("format: blanks, lines, blocks, comments") {
  CHECK(formatted("x=tokens+\"a\";y   =  -x [ 0 ]; # end\n") == "x = tokens + \"a\";\ny = -x[0];  # end\n");
  CHECK(formatted("s=select (tokens,tokens, == ) and not(a or b);") ==
        "s = select(tokens, tokens, ==) and not (a or b);\n");
  CHECK(formatted("a,b=- 1,2 - -3;c=[ -a,+b ]+l[ -1 ];") == "a, b = -1, 2 - -3;\nc = [-a, +b] + l[-1];\n");
  CHECK(formatted("d={\"a\" :1,\"b\":[ ]};") == "d = {\"a\": 1, \"b\": []};\n");
  CHECK(formatted("def f( a,b ){ # inside\nc=a;\n\n\n  return c+b;\n}\n\n\n\nf(1,2) (3);") ==
        "def f(a, b) {  # inside\n    c = a;\n\n    return c + b;\n}\n\nf(1, 2)(3);\n");
  CHECK(formatted("def f(x){return x+1;}") == "def f(x) { return x + 1; }\n");
  CHECK(formatted("def f(x) { for i in [1] { x = x + i; } return x; }") ==
        "def f(x) {\n    for i in [1] { x = x + i; }\n    return x;\n}\n");
  CHECK(formatted("for k in {\"a\":1}{z=k;\n}") == "for k in {\"a\": 1} {\n    z = k;\n}\n");
  CHECK(formatted("x = f(1,\n2,\n  [3,\n4\n]\n)\n+ 5;") ==
        "x = f(1,\n    2,\n    [3,\n        4\n    ]\n)\n    + 5;\n");
  CHECK(formatted("x = 1 # one\n# two\n + 2;") == "x = 1  # one\n    # two\n    + 2;\n");
  CHECK(formatted("set   example \"ab\"\nexamples off;show example\nexit") ==
        "set example \"ab\"\nexamples off;\nshow example\nexit\n");
  CHECK(formatted("[x for x in l if_];").starts_with("(does"));
  CHECK(formatted("") == "");
  CHECK(formatted("\n\n# only\n\n\n# words \r\n") == "# only\n\n# words\n");
  CHECK(formatted("a = 1;;\n;b = 2;\r\n") == "a = 1;\nb = 2;\n");
  CHECK(formatted("\xEF\xBB\xBF#@ input   \"a  b\"\nx=1;") == "#@ input   \"a  b\"\nx = 1;\n");
}

TEST_CASE("format: a comment behind an empty statement does not become a pragma") {
  CHECK(formatted("a = 1;; #@ input \"x\"\n") == "a = 1;  #@ input \"x\"\n");
  check_same("a = 1;; #@ input \"x\"\n");
}

TEST_CASE("format: a block that does not fit on its line is opened") {
  const std::string long_name(60, 'n');
  const std::string text = "def f(" + long_name + ") { return " + long_name + "; }\n";
  CHECK(formatted(text) == "def f(" + long_name + ") {\n    return " + long_name + ";\n}\n");
}

TEST_CASE("format: a mistake leaves the text alone and is reported") {
  Diagnostics diagnostics;
  CHECK_FALSE(format_program("x = ;\n", diagnostics, Limits()).has_value());
  REQUIRE(diagnostics.list().size() == 1);
  CHECK(diagnostics.list()[0].code == "unexpected-token");
}

TEST_CASE("format never changes the golden programs") {
  std::size_t programs = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(RASP_TESTS_DIR) + "/golden/rasp")) {
    if (entry.path().extension() != ".json") continue;
    const Json document = Json::parse(read(entry.path()));
    for (const Json& c : document["cases"]) {
      std::map<std::string, std::string> files;
      const Json loaded = c.value("files", Json::object());
      for (const auto& [name, text] : loaded.items())
        if (text.is_string()) files[name] = text.get<std::string>();
      if (!c.contains("program")) continue;
      check_same(c["program"].get<std::string>(), files);
      for (const auto& [name, text] : files) check_same(text);
      ++programs;
    }
  }
  CHECK(programs > 150);
}

TEST_CASE("format never changes the examples and test programs") {
  std::size_t programs = 0;
  for (const char* folder : {"/examples", "/tests/programs", "/tests/errors"}) {
    const std::filesystem::path path = std::string(RASP_ROOT_DIR) + folder;
    if (!std::filesystem::exists(path)) continue;
    for (const auto& entry : std::filesystem::directory_iterator(path)) {
      if (entry.path().extension() != ".rasp") continue;
      // What runs up to a limit would do so twice here.
      if (entry.path().stem().string().starts_with("limit-")) continue;
      check_same(read(entry.path()));
      ++programs;
    }
  }
  CHECK(programs > 100);
}

TEST_CASE("format never changes random programs, however they are laid out") {
  GeneratorOptions options;
  options.partial = true;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const std::string source = random_program(seed, options).source;
    check_same(source);
    // The same tokens with other blanks, line breaks and comments between them.
    Rng rng(seed);
    std::string other;
    bool quoted = false;
    for (char c : source) {
      if (c == '"') quoted = !quoted;
      if (c == ' ' && !quoted) {
        const auto kind = rng.below(6);
        other += kind == 0 ? "\n" : kind == 1 ? " # c\n" : kind == 2 ? "\n  # d\n\n\n" : kind == 3 ? "\t" : "  ";
      } else {
        other += c;
        if (c == ';' && rng.percent(20)) other += rng.percent(50) ? ";" : " # e\n";
      }
    }
    check_same(other);
    CHECK(meaning(other) == meaning(source));
  }
}
