// What editors are told about built-in names is what these names are.
#include <doctest/doctest.h>

#include <set>
#include <string>

#include "rasp/elaborate.h"
#include "rasp/library.h"

using namespace rasp;

TEST_CASE("every entry of the library is what it says, with its real parameters") {
  std::set<std::string> names;
  for (const LibraryEntry& e : library_entries()) {
    const std::string name = e.name, kind = e.kind;
    CAPTURE(name);
    CHECK(names.insert(name).second);
    CHECK(std::string(e.doc).ends_with("."));
    CHECK(std::string(e.signature).find(name == "draw" || name == "load" ? name : name.substr(0, 2)) !=
          std::string::npos);
    if (kind == "form" || name == "out") continue;
    Sources sources;
    sources.main = "_x = " + name + ";";
    Diagnostics diagnostics;
    Budget budget;
    const Elaboration program = elaborate(sources, name, diagnostics, budget);
    REQUIRE(diagnostics.list().empty());
    REQUIRE(program.output);
    using K = BuildValue::Kind;
    const K expected = kind == "function"   ? K::Function
                       : kind == "s-op"     ? K::SOp
                       : kind == "selector" ? K::Selector
                                            : K::Atom;
    CHECK(program.output->kind == expected);
    if (kind != "function") continue;
    std::string signature = name + "(";
    for (const std::string& p : program.output->parameters) signature += (signature.back() == '(' ? "" : ", ") + p;
    CHECK(signature + ")" == e.signature);
  }
  // Specification §8.3, and the built-in s-ops and forms.
  for (const char* name : {"full_s",
                           "length",
                           "selector_width",
                           "has_focus",
                           "count",
                           "contains",
                           "max",
                           "min",
                           "average",
                           "load_from_location",
                           "shift",
                           "mark_last_instance",
                           "mark_first_instance",
                           "select_from_last",
                           "select_from_first",
                           "sort",
                           "select_next_identical",
                           "tokens",
                           "tokens_str",
                           "tokens_int",
                           "tokens_float",
                           "tokens_bool",
                           "tokens_asis",
                           "indices",
                           "True",
                           "False",
                           "select",
                           "aggregate",
                           "indicator",
                           "round",
                           "range",
                           "zip",
                           "len",
                           "draw",
                           "load"}) {
    CHECK_MESSAGE(names.count(name) == 1, name);
  }
}
