// Compiles a program's text and keeps all that the tests ask of it.
#pragma once
#include <doctest/doctest.h>

#include <fstream>
#include <functional>
#include <sstream>
#include <string>

#include "compile.h"
#include "run/verify.h"

namespace rasp::testing {

inline std::string read_example(const std::string& name) {
  std::ifstream file(RASP_ROOT_DIR "/examples/" + name + ".rasp");
  std::stringstream text;
  text << file.rdbuf();
  REQUIRE(!text.str().empty());
  return text.str();
}

struct Compiled {
  ProgramRequest request;
  Diagnostics diagnostics;
  Budget budget;
  Program program;
  std::optional<CompiledModel> model;

  explicit Compiled(std::string text, const std::function<void(ProgramRequest&)>& adjust = {},
                    const Limits& limits = {.milliseconds = 0})
      : request(made(std::move(text), adjust)), budget(limits), program(load_program(request, diagnostics, budget)) {
    model = compile_program(request, program, diagnostics, budget);
  }
  const Transformer& transformer() const { return model->transformer; }
  CheckResult check(CheckOptions options = {}) {
    Runner runner(program.elaboration.graph, *model);
    return rasp::check(program.elaboration.graph, runner, options, budget);
  }
  Runner::Comparison compare(const std::vector<Value>& input) {
    Runner runner(program.elaboration.graph, *model);
    return runner.compare(input, budget);
  }
  std::string first_error() const {
    for (const Diagnostic& d : diagnostics.list())
      if (d.severity == Severity::Error) return d.code + ": " + d.message + " | " + d.hint;
    return "";
  }

 private:
  static ProgramRequest made(std::string text, const std::function<void(ProgramRequest&)>& adjust) {
    ProgramRequest r;
    r.program = std::move(text);
    if (adjust) adjust(r);
    return r;
  }
};

inline std::vector<Value> ints(std::initializer_list<int> list) {
  std::vector<Value> values;
  for (int i : list) values.push_back(Value::integer(static_cast<std::int64_t>(i)));
  return values;
}

}  // namespace rasp::testing
