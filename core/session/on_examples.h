// `set example` lines: every statement shows its values on the example in force at its line, the model runs on the last
// one.
#pragma once
#include <functional>
#include <map>
#include <set>
#include <vector>
#include "base/limits.h"
#include "compile.h"
#include "rasp/evaluate.h"

namespace rasp {

class OnExamples {
 public:
  explicit OnExamples(const Program& program);  // must outlive it
  // Whether a statement's example is another input than the model's. Never where an option or a pragma gives the input,
  // nor where the program has no `set example` lines: a document of a graph has none, and none is left of one over a
  // limit.
  bool own(std::uint32_t example) const { return example < own_.size() && own_[example]; }
  // Likewise for the output, where it is the last s-op and nothing else is asked for.
  bool own_output() const;
  // What a statement is shown on; null: there is no input.
  const std::vector<Value>* input(std::uint32_t example) const;
  void want(const BuildValue* value, std::uint32_t example);  // s-ops and selectors of statements with an own() example

  using Visit = std::function<void(std::uint32_t example, const std::set<NodeId>& wanted, const Evaluation&)>;
  // One evaluation after the other: many examples do not add up in memory. Throws LimitExceeded.
  void evaluate(Budget& budget, const Visit& visit) const;

 private:
  const Program& program_;
  std::vector<bool> own_;
  std::map<std::uint32_t, std::set<NodeId>> wanted_;
};

}  // namespace rasp
