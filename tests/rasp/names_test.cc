// Names: what each use means, in which scope, and what a rename has to change.
#include <doctest/doctest.h>

#include <map>
#include <string>

#include "rasp/elaborate.h"

using namespace rasp;

namespace {

struct Read {
  Elaboration e;
  std::string text;
  Diagnostics diagnostics;

  explicit Read(std::string program, std::map<std::string, std::string> files = {}) : text(std::move(program)) {
    Sources sources;
    sources.main = text;
    sources.load = [&](const std::string& path) -> std::optional<std::string> {
      const auto it = files.find(path);
      return it == files.end() ? std::nullopt : std::optional(it->second);
    };
    Budget budget;
    e = elaborate(sources, std::nullopt, diagnostics, budget);
  }
  // Offset of the nth (from 0) occurrence of a text.
  std::uint32_t at(const std::string& what, int n = 0) const {
    std::size_t i = text.find(what);
    while (n-- > 0) i = text.find(what, i + 1);
    return static_cast<std::uint32_t>(i);
  }
  const Reference& use(std::uint32_t offset) const {
    for (const Reference& r : e.names.references)
      if (r.span.begin == offset) return r;
    FAIL("no reference at " << offset);
    throw 0;
  }
  const Symbol& symbol(std::uint32_t offset) const {
    return e.names.symbols.at(static_cast<std::size_t>(use(offset).symbol));
  }
};

}  // namespace

TEST_CASE("a use means the last binding before it; all of them are one symbol") {
  const Read r("a = 1;\nb = a;\na = a + b;\nc = a;\nc;\n");
  CHECK(r.use(r.at("a;")).definition.begin == r.at("a = 1"));
  CHECK(r.use(r.at("a + b")).definition.begin == r.at("a = 1"));
  CHECK(r.use(r.at("a;", 1)).definition.begin == r.at("a = a"));
  const Symbol& a = r.symbol(r.at("a;"));
  CHECK(a.definitions.size() == 2);
  CHECK(a.uses.size() == 3);
}

TEST_CASE("parameters and locals of a function are its own; globals are read when it runs") {
  const Read r("def f(x) {\n  y = x + g;\n  return y;\n}\nx = 5;\ng = 2;\nz = f(x) + g;\nz;\n");
  CHECK(r.symbol(r.at("x + g")).kind == SymbolKind::Parameter);
  CHECK(r.symbol(r.at("x + g")).uses.size() == 1);
  CHECK(r.use(r.at("g;")).definition.begin == r.at("g = 2"));
  CHECK(r.symbol(r.at("g;")).uses.size() == 2);
  CHECK(r.symbol(r.at("y;")).scope == r.symbol(r.at("x + g")).scope);
  CHECK(r.symbol(r.at("x) + g")).kind == SymbolKind::Variable);
  CHECK(r.symbol(r.at("x) + g")).scope == 0);
}

TEST_CASE("a local that is read before it is assigned is the outer one") {
  const Read r("n = 1;\ndef f(a) {\n  m = n + a;\n  n = 2;\n  return m + n;\n}\nf(1);\n");
  CHECK(r.use(r.at("n + a")).definition.begin == r.at("n = 1"));
  CHECK(r.use(r.at("n;")).definition.begin == r.at("n = 2"));
}

TEST_CASE("comprehensions have their own scope, but not for their source") {
  const Read r("i = [1];\nl = [i + k for i in i for_];\n");
  const Read s("i = [1];\nk = 3;\nl = [i + k for i in i];\nl;\n");
  CHECK(s.symbol(s.at("i + k")).kind == SymbolKind::Comprehension);
  CHECK(s.use(s.at("i + k")).definition.begin == s.at("i in i"));
  CHECK(s.symbol(s.at("i];")).kind == SymbolKind::Variable);
  CHECK(s.symbol(s.at("k for")).definitions[0].begin == s.at("k = 3"));
}

TEST_CASE("loops bind in the scope around them") {
  const Read r("for a, b in [[1, 2]] {\n  c = a + b;\n}\nd = a + c;\nd;\n");
  CHECK(r.symbol(r.at("a + b")).kind == SymbolKind::Loop);
  CHECK(r.symbol(r.at("a + b")).uses.size() == 2);
  CHECK(r.symbol(r.at("c;")).scope == 0);
}

TEST_CASE("functions have a signature and the comment above them as their text") {
  const Read r(
      "# far away\n\n#@ group moving\n# Adds.\n# Twice.\ndef add(a, b) { return a + b; }\nx = add(1, 2);  # not "
      "this\ny = x;\ny;\n");
  const Symbol& add = r.symbol(r.at("add(1"));
  CHECK(add.signature == "add(a, b)");
  CHECK(add.doc == "Adds.\nTwice.");
  CHECK(r.symbol(r.at("x;")).doc.empty());
}

TEST_CASE("built-in and undefined names have no symbol") {
  const Read r("x = sort(tokens, nothing);\nx;\n");
  CHECK(r.use(r.at("sort")).symbol == -1);
  CHECK(r.use(r.at("nothing")).symbol == -1);
}

TEST_CASE("names from loaded files point into them; private ones are not seen") {
  const Read r("load \"lib\";\nx = twice(tokens);\ny = _hidden;\n",
               {{"lib", "_hidden = 1;\ndef twice(s) { return s + s; }\n"}});
  const Reference& use = r.use(r.at("twice"));
  CHECK(use.definition.file == 2);
  CHECK(use.definition.begin == 17);
  CHECK(r.symbol(r.at("twice")).kind == SymbolKind::Loaded);
  CHECK(r.symbol(r.at("twice")).signature == "twice(s)");
  CHECK(r.use(r.at("_hidden")).symbol == -1);
}

TEST_CASE("pragmas that name variables are uses") {
  const Read r(
      "#@ output  hist\n#@ unique same\n#@ values hist [1, 2]\nsame = select(tokens, tokens, ==);\nhist = "
      "selector_width(same);\n");
  CHECK(r.use(r.at("hist")).definition.begin == r.at("hist = "));
  CHECK(r.use(r.at("hist", 1)).definition.begin == r.at("hist = "));
  CHECK(r.use(r.at("same")).definition.begin == r.at("same = "));
}

TEST_CASE("names are found in a program with mistakes") {
  const Read r("a = 1;\nb = a +;\nc = a;\nd = undefined + a;\n");
  CHECK(r.diagnostics.has_errors());
  CHECK(r.symbol(r.at("a;")).uses.size() == 2);
}

TEST_CASE("renaming every span of a symbol gives the same program") {
  const std::string program =
      "def f(x) {\n  a = x;\n  return a + b;\n}\nb = 1;\na = f(b);\nl = [a for a in [a, b]];\nl;\na;\n";
  const Read before(program);
  const Symbol* a = nullptr;
  for (const Symbol& s : before.e.names.symbols)
    if (s.name == "a" && s.scope == 0) a = &s;
  REQUIRE(a);
  std::vector<Span> spans = a->definitions;
  spans.insert(spans.end(), a->uses.begin(), a->uses.end());
  std::sort(spans.begin(), spans.end(), [](const Span& x, const Span& y) { return x.begin > y.begin; });
  std::string renamed = program;
  for (const Span& s : spans) renamed.replace(s.begin, s.end - s.begin, "total");
  CHECK(renamed ==
        "def f(x) {\n  a = x;\n  return a + b;\n}\nb = 1;\ntotal = f(b);\nl = [a for a in [total, b]];\nl;\ntotal;\n");
  const Read after(renamed);
  REQUIRE(after.e.printed.size() == 2);
  CHECK(after.e.printed[1].value->atom.repr() == before.e.printed[1].value->atom.repr());
}
