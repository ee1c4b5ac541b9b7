// START HERE. From a request in plain data to a program, its settings, and a compiled model: one call per stage.
//
//   source text → tokens → AST (syntax/) → Graph (rasp/elaborate) → Evaluation (rasp/evaluate)
//     └→ value sets → plan → schedule → Transformer (compiler/) → Trace (model/)
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>
#include "base/json_values.h"
#include "compiler/compile.h"
#include "rasp/elaborate.h"
#include "rasp/evaluate.h"

namespace rasp {

struct ProgramRequest {
  std::string program;
  std::string name = "program.rasp";
  std::map<std::string, std::string> files;  // others: "name.rasp" → text, for `load "name"`
  std::optional<std::string> output;         // expression; else the pragma, else the last s-op
  std::optional<std::vector<Value>> input, vocabulary;
  std::optional<std::uint32_t> max_length;
  std::optional<bool> causal;
  CompileOptions::Objective objective = CompileOptions::Objective::Size;
  CompileOptions::Passes passes;
  std::shared_ptr<const Json>
      graph;  // tabulated: takes the place of elaborating `program`, which is then the text that it came from
  bool example_input = false;  // no input anywhere: take "hello", as the original does
};

// Where a setting came from: "option", "pragma", "example", "default", "input", "program" or "none".
struct Settings {
  std::optional<std::vector<Value>> input, vocabulary;
  std::optional<std::uint32_t> max_length;
  bool causal = false;
  std::map<std::string, std::string> from;
};

struct Program {
  Elaboration elaboration;
  Settings settings;
};

// Elaborates and settles the settings. Every mistake is a diagnostic. Throws LimitExceeded{"limit-time"} only.
Program load_program(const ProgramRequest& request, Diagnostics& diagnostics, Budget& budget);

// The same, of a program that is built already.
Program settled(const ProgramRequest& request, Elaboration elaboration);

// The output as an s-op's node; no_node after a diagnostic ("no-output", "output-kind").
NodeId output_sop(const Program& program, Diagnostics& diagnostics);

// What the program promises of its inputs. A name that is none is a diagnostic.
CompileOptions::Promises promises_of(const Elaboration& e, Diagnostics& diagnostics);

// Compiles for the program's settings; refusals and limits become diagnostics.
std::optional<CompiledModel> compile_program(const ProgramRequest& request, const Program& program,
                                             Diagnostics& diagnostics, Budget& budget);

// An exceeded limit, as a diagnostic of class "limit".
Diagnostic limit_diagnostic(const LimitExceeded& e, Span span = {0, 1, 0});

}  // namespace rasp
