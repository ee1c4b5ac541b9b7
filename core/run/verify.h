// Interpreter beside model.
#pragma once
#include <optional>
#include <string>
#include <vector>
#include "base/agree.h"
#include "compile.h"
#include "model/decoder.h"
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
  std::vector<Value> run(std::span<const std::int32_t> ids, Trace* trace = nullptr,
                         std::span<const Intervention> interventions = {}, Budget* budget = nullptr);
  // The same for a sequence that grows: of a causal model, positions of the last call that begin this one, too, are not
  // computed again. `computed`: how many were, with BOS.
  std::vector<Value> extend(std::span<const std::int32_t> ids, std::int32_t& computed, Budget& budget);
  const std::vector<float>& logits() const { return logits_; }

  struct Comparison {
    std::vector<Cell> interpreter;
    std::vector<Value> model;
    std::vector<std::string> undefined;  // per position: why the interpreter has no value, else ""
    bool agree = true;                   // at every position that has a value
    bool exact = true;  // the same by agrees() alone: false where a number that is not rounded is only near
    std::vector<std::string> broken;  // the program's promises that this input breaks, in words
  };
  // Precondition: the tokens encode.
  Comparison compare(std::span<const Value> tokens, Budget& budget, Trace* trace = nullptr);

 private:
  const Graph& graph_;
  const CompiledModel& model_;
  Vocabulary vocabulary_;
  PreparedModel prepared_;
  Workspace workspace_;
  std::optional<Decoder> decoder_;
  std::vector<float> logits_;
};

// The promises (`#@ unique`, `#@ values`, `#@ assume`) that an input breaks, in words. `e` holds the values of all
// nodes that something is promised of.
std::vector<NodeId> promised_nodes(const CompileOptions::Promises& promises);
std::vector<std::string> broken_promises(const Graph& graph, const CompileOptions::Promises& promises,
                                         const Evaluation& e);

// One position: does the model say what the interpreter says? `decoded` takes the interpreter's kind where the model's
// number stands for several.
// Near: a number that could not be rounded to a list of values, within what float32 leaves of it; such a model is never
// called exact.
enum class Match : std::uint8_t { Equal, Near, Different };
Match match(const CompiledModel& model, const Value& interpreter, Value& decoded);

struct CheckOptions {
  std::uint64_t samples = 0;  // 0: every input where there are at most 20,000, else 2,000 samples
  bool exhaustive = false;
  std::uint64_t seed = 1;
};

struct CheckResult {
  std::uint64_t inputs = 0, undefined = 0;  // inputs; those on which some position has no value
  bool exhaustive = false;
  std::uint64_t mismatches = 0;
  std::uint64_t near = 0;  // inputs on which some number is only near
  std::uint64_t promise_breaking =
      0;                     // inputs that break a promise; the model promises nothing there, so they are no mismatches
  std::string first_broken;  // the first such input and promise, in words
  struct Mismatch {
    std::vector<Value> input;
    Runner::Comparison comparison;
    NodeId node = no_node;  // first s-op, in program order, whose value in the residual stream differs
    std::string label;
  };
  std::optional<Mismatch> first;
};

// Every input in order of length, or random ones of every length. Throws LimitExceeded.
CheckResult check(const Graph& graph, Runner& runner, const CheckOptions& options, Budget& budget);

// What compile, run, check and trace say of the model, the same from each. Where the proof does not close but the
// inputs are few, tries them all: the model is then enumerated. `given`: the model is handed on, so that one that is
// found to differ, on all inputs or on some that are tried, is refused by "model-differs": false. Else the caller
// compares and says so itself.
bool settle_exactness(const Graph& graph, Runner& runner, CompiledModel& model, Diagnostics& diagnostics,
                      Budget& budget, bool given = true);

}  // namespace rasp
