#include "session/on_examples.h"

#include <algorithm>

namespace rasp {

OnExamples::OnExamples(const Program& program) : program_(program) {
  const auto from = program.settings.from.find("input");
  const bool by_program = from != program.settings.from.end() && from->second == "example";
  for (const std::vector<Value>& example : program.elaboration.examples) {
    const auto& input = program.settings.input;
    own_.push_back(by_program && !std::equal(example.begin(), example.end(), input->begin(), input->end(), identical));
  }
}

bool OnExamples::own_output() const {
  const Elaboration& e = program_.elaboration;
  return e.output && e.output == e.last && own(e.last_example);
}

const std::vector<Value>* OnExamples::input(std::uint32_t example) const {
  if (own(example)) return &program_.elaboration.examples[example];
  return program_.settings.input ? &*program_.settings.input : nullptr;
}

void OnExamples::want(const BuildValue* value, std::uint32_t example) {
  const bool evaluated = value && (value->kind == BuildValue::Kind::SOp || value->kind == BuildValue::Kind::Selector);
  if (evaluated && own(example)) wanted_[example].insert(value->node);
}

void OnExamples::evaluate(Budget& budget, const Visit& visit) const {
  const Graph& graph = program_.elaboration.graph;
  for (const auto& [example, nodes] : wanted_) {
    const std::vector<Value>& input = program_.elaboration.examples[example];
    budget.tick(graph.size());
    const std::vector<NodeId> roots(nodes.begin(), nodes.end());
    visit(example, nodes, rasp::evaluate(graph, input, program_.settings.causal, roots, budget));
  }
}

}  // namespace rasp
