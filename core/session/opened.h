// How every request that brings a program begins: its texts are read, loaded and elaborated within its limits, and
// compiled where it asks for that.
#pragma once
#include <memory>
#include <string>
#include "rasp/evaluate.h"
#include "session/documents.h"
#include "session/held_model.h"

namespace rasp {

struct Opened {
  // Throws Rejection. Mistakes of the program are diagnostics. `example_input`: the program's own example stands in
  // for an input.
  explicit Opened(const Json& request, bool example_input = false);
  Opened(ProgramRequest request, const Limits& limits);

  // Makes the model and its runner; false after diagnostics. Nothing is said of its exactness yet (settle_exactness).
  bool compile();
  // Whether there is an input to evaluate the program on, not empty and not too long; false after a diagnostic.
  bool input_ready();
  void report_undefined(const Undefined& undefined, Severity severity, const std::string& where = "this input");
  Json refusal() const;  // {"ok": false, "diagnostics": …}

  const Program& program() const { return held->program; }
  const Elaboration& elaboration() const { return held->program.elaboration; }
  const Settings& settings() const { return held->program.settings; }
  const Graph& graph() const { return held->program.elaboration.graph; }
  CompiledModel& model() { return held->model; }
  Runner& runner() { return *held->runner; }

  Budget budget;
  Diagnostics diagnostics;
  double elaborate_ms = 0;          // what loading took
  std::unique_ptr<HeldModel> held;  // model and runner: after compile()
  Locator locator;
};

}  // namespace rasp
