// Inputs of a program with what its output should be: what is trained on, and what is held out.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "lab/loss.h"
#include "lab/network.h"
#include "run/verify.h"

namespace rasp::lab {

struct ExampleOptions {
  bool longest = false;       // inputs of the maximal length only
  std::uint32_t most = 4096;  // inputs; every input there is where there are no more
  double held_out = 0.125;    // share that is not trained on, at least one input
  std::uint64_t seed = 1;     // of what is drawn, and of what is held out
};

struct Example {
  std::vector<Value> input;
  std::vector<std::int32_t> ids;  // BOS first
  std::vector<Target> targets;    // parallel to ids
};

struct Examples {
  std::vector<Example> list;  // shuffled: the first `trained` are trained on, the others held out
  std::size_t trained = 0;
  bool all = false;                                      // every input there is (of the lengths asked for)
  std::uint64_t seen = 0;                                // inputs looked at
  std::uint64_t valueless = 0;                           // of them left out: no position has a value
  std::uint64_t promise_breaking = 0;                    // of them left out: the program promises nothing there
  std::uint64_t positions = 0, valueless_positions = 0;  // of the inputs that are kept
  std::int64_t rows(std::size_t begin, std::size_t end) const;
};

// Throws LimitExceeded. The list may come out empty.
Examples make_examples(const Graph& graph, const Runner& runner, const ExampleOptions& options, Budget& budget);

// Index of the number nearest to x; there is one.
std::size_t nearest_value(const std::vector<Value>& values, double x);

// Is this row of logits read as the value that it should be? Categorical: the largest logit's column. Numerical: the
// nearest of the output's values, or, where these are not known, a hundredth of the number (of 1 where it is smaller).
bool reads_right(const OutputCodec& codec, const float* logits, std::int32_t columns, const Target& target);

}  // namespace rasp::lab
