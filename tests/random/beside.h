// What a model says beside what the naive interpreter says, compared without any of the product's comparisons: kind by
// kind, floats by how many doubles lie between them.
#pragma once
#include <bit>

#include "naive.h"

namespace rasp::testing {

// At most 2^13 doubles apart (about 2^-40 of their size: docs/exactness.md), infinities and nan only like themselves.
inline bool same_double(double a, double b) {
  if (a != a || b != b) return a != a && b != b;
  if (a == b) return true;
  if (a - a != 0 || b - b != 0 || (a < 0) != (b < 0)) return false;
  const auto x = std::bit_cast<std::int64_t>(a), y = std::bit_cast<std::int64_t>(b);
  return (x > y ? x - y : y - x) <= 1 << 13;
}

inline bool same_value_and_kind(const Value& a, const Value& b) {
  if (a.letter() != b.letter()) return false;
  if (a.letter() == 'f') return same_double(a.number(), b.number());
  return a.str() == b.str();
}

struct Beside {
  bool gave_up = false;
  std::string difference;
};  // "": none

// `undefined[i]`: "" where the product says that the output has a value.
inline Beside beside(const Graph& graph, NodeId output, const std::vector<Value>& input, bool causal,
                     const std::vector<Value>& model, const std::vector<std::string>& undefined) {
  Beside out;
  try {
    Naive naive(graph, input, causal);
    const std::vector<Element> expected = naive.sequence(output);
    for (std::size_t i = 0; i < input.size() && out.difference.empty(); ++i) {
      const bool has_value = !failed(expected[i]);
      if (has_value != undefined[i].empty()) out.difference = "definedness at " + std::to_string(i);
      else if (has_value && !same_value_and_kind(std::get<Value>(expected[i]), model[i]))
        out.difference = "at " + std::to_string(i) + " the reader has " + std::get<Value>(expected[i]).repr() +
                         ", the model " + model[i].repr();
    }
  } catch (const GivesUp&) {
    out.gave_up = true;
  }
  if (!out.difference.empty()) {
    out.difference += "; input";
    for (const Value& v : input) out.difference += " " + v.repr();
  }
  return out;
}

}  // namespace rasp::testing
