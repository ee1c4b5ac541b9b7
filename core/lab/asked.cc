#include "lab/asked.h"

#include "session/request.h"

namespace rasp::lab {

Json on_examples(const Json& request, const std::function<Json(const Asked&)>& answer) {
  Budget budget(limits_of(request));
  Diagnostics diagnostics;
  const ProgramRequest asked = program_request(request);
  const Program program = load_program(asked, diagnostics, budget);
  const Locator locator(program.elaboration);
  if (diagnostics.has_errors()) return failed(locator.diagnostics(diagnostics));
  const auto model = compile_program(asked, program, diagnostics, budget);
  if (!model) return failed(locator.diagnostics(diagnostics));
  const Graph& graph = program.elaboration.graph;
  Runner runner(graph, *model);
  ExampleOptions options;
  options.most = 2000;
  options.seed = typed<std::uint32_t>(request, "seed", 1, "a number");
  const Examples examples = make_examples(graph, runner, options, budget);
  return answer({graph, *model, examples, budget, diagnostics, locator});
}

}  // namespace rasp::lab
