// Any bytes as a program: elaborated, and every s-op and selector of it evaluated.
#include "fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rasp;
  const ProgramRequest request = fuzz::request_of(data, size);
  Diagnostics diagnostics;
  Budget budget(fuzz::small_limits());
  try {
    const Program program = load_program(request, diagnostics, budget);
    fuzz::check_diagnostics(diagnostics, request.program.size());
    const Graph& graph = program.elaboration.graph;
    std::vector<NodeId> all;
    for (NodeId id = 0; id < graph.size(); ++id) all.push_back(id), graph.describe(id);
    const Evaluation e = evaluate(graph, *program.settings.input, request.causal.value_or(false), all, budget);
    for (NodeId id : all) e.failure_of(id);
  } catch (const LimitExceeded&) {}
  return 0;
}
