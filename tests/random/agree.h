// Compares the interpreter with the naive one: every node of a graph on one input.
#pragma once
#include <string>

#include "naive.h"
#include "rasp/evaluate.h"

namespace rasp::testing {

enum class Agreement { Same, Different, GaveUp };

struct Comparison {
  Agreement result = Agreement::Same;
  std::string difference;                  // of the first node that differs: its arguments agree, so it is the culprit
  std::size_t defined = 0, undefined = 0;  // positions compared
};

inline std::string shown(const Element& e) {
  if (failed(e)) return "!" + std::get<Error>(e);
  return std::string(1, std::get<Value>(e).letter()) + ":" + std::get<Value>(e).repr();
}

inline Comparison compare_with_naive(const Graph& graph, const std::vector<Value>& tokens, bool causal) {
  Comparison out;
  std::vector<NodeId> all(graph.size());
  for (NodeId id = 0; id < graph.size(); ++id) all[id] = id;
  Budget budget;
  const Evaluation e = evaluate(graph, tokens, causal, all, budget);
  Naive naive(graph, tokens, causal);
  const auto differs = [&](NodeId id, std::size_t at, const std::string& ours, const std::string& other) {
    out.result = Agreement::Different;
    out.difference = "node " + std::to_string(id) + " " + graph.describe(id) + " at " + std::to_string(at) +
                     ": interpreter " + ours + ", naive " + other;
    for (NodeId arg : graph[id].args) {
      if (is_selector(graph[arg].kind)) continue;
      out.difference += "\n  " + graph.describe(arg) + " =";
      for (const Element& x : naive.sequence(arg)) out.difference += " " + shown(x);
    }
  };
  const auto error_of = [&](std::int32_t undefined) {
    return e.failures[static_cast<std::size_t>(undefined)].failure.error_class;
  };
  try {
    for (NodeId id = 0; id < graph.size(); ++id) {
      if (is_selector(graph[id].kind)) {
        const Matrix& m = e.matrices[id];
        for (std::size_t q = 0; q < tokens.size(); ++q) {
          const auto error = naive.row_error(id, q);
          const std::int32_t undefined = m.row_undefined[q];
          if (error.has_value() != (undefined >= 0) || (error && *error != error_of(undefined))) {
            differs(id, q, undefined >= 0 ? "!" + error_of(undefined) : "a row", error ? "!" + *error : "a row");
            return out;
          }
          if (error) continue;
          for (std::size_t k = 0; k < tokens.size(); ++k) {
            if (m.at(static_cast<std::uint32_t>(q), static_cast<std::uint32_t>(k)) == naive.entry(id, q, k)) continue;
            differs(id, q, "", "another key " + std::to_string(k));
            return out;
          }
        }
        continue;
      }
      const std::vector<Element>& expected = naive.sequence(id);
      for (std::size_t i = 0; i < tokens.size(); ++i) {
        const Cell& c = e.sequences[id][i];
        const Element ours = c.undefined >= 0 ? Element(error_of(c.undefined)) : Element(c.value);
        const bool same = failed(ours) || failed(expected[i])
                              ? shown(ours) == shown(expected[i])
                              : identical(std::get<Value>(ours), std::get<Value>(expected[i]));
        if (!same) {
          differs(id, i, shown(ours), shown(expected[i]));
          return out;
        }
        ++(failed(ours) ? out.undefined : out.defined);
      }
    }
  } catch (const GivesUp&) {
    out.result = Agreement::GaveUp;
  }
  return out;
}

}  // namespace rasp::testing
