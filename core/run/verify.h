// Interpreter beside model.
#pragma once
#include <optional>
#include <string>
#include <vector>
#include "compile.h"
#include "model/forward.h"
#include "model/vocabulary.h"

namespace rasp {

// A compiled model with all that running it needs, kept between inputs.
class Runner {
 public:
  Runner(const Graph& graph, const CompiledModel& model);
  const CompiledModel& model() const { return model_; }
  EncodedTokens encode(std::span<const Value> tokens) const { return vocabulary_.encode(tokens); }
  // Decoded output, one value a position.
  std::vector<Value> run(std::span<const std::int32_t> ids, Trace* trace = nullptr, std::span<const Intervention> interventions = {}, Budget* budget = nullptr);
  const std::vector<float>& logits() const { return logits_; }

  struct Comparison {
    std::vector<Cell> interpreter;
    std::vector<Value> model;
    std::vector<std::string> undefined;  // per position: why the interpreter has no value, else ""
    bool agree = true;                   // where the interpreter is defined
    std::vector<std::string> broken;     // the program's promises (`#@ unique`, `#@ values`) that this input breaks, in words
  };
  // Precondition: the tokens encode.
  Comparison compare(std::span<const Value> tokens, Budget& budget, Trace* trace = nullptr);

 private:
  const Graph& graph_;
  const CompiledModel& model_;
  Vocabulary vocabulary_;
  PreparedModel prepared_;
  Workspace workspace_;
  std::vector<float> logits_;
};

// The promises (`#@ unique`, `#@ values`) that an input breaks, in words. `e` holds the values of all nodes that something is promised of.
std::vector<std::string> broken_promises(const Graph& graph, const CompileOptions::Promises& promises, const Evaluation& e);

// Equal, or floats within one billionth: sums of fractions may be added in another order.
bool agrees(const Value& interpreter, const Value& model);

struct CheckOptions {
  std::uint64_t samples = 0;     // 0: every input where there are at most 20,000, else 2,000 samples
  bool exhaustive = false;
  std::uint64_t seed = 1;
};

struct CheckResult {
  std::uint64_t inputs = 0, undefined = 0;  // inputs; those on which some position has no value
  bool exhaustive = false;
  std::uint64_t mismatches = 0;
  std::uint64_t promise_breaking = 0;       // inputs that break a promise; the model promises nothing there, so they are no mismatches
  std::string first_broken;                 // the first such input and promise, in words
  struct Mismatch {
    std::vector<Value> input;
    Runner::Comparison comparison;
    NodeId node = no_node;       // first s-op, in program order, whose value in the residual stream differs
    std::string label;
  };
  std::optional<Mismatch> first;
};

// Every input in order of length, or random ones of every length. Throws LimitExceeded.
CheckResult check(const Graph& graph, Runner& runner, const CheckOptions& options, Budget& budget);

// Where the proof does not close but the inputs are few, tries them all: the model is then exact after all, or the warning
// "model-differs" names an input. Does nothing otherwise.
void confirm_by_enumeration(const Graph& graph, Runner& runner, CompiledModel& model, Diagnostics& diagnostics, Budget& budget);

}  // namespace rasp
