#include "lab/asked.h"

#include "session/opened.h"
#include "session/request.h"

namespace rasp::lab {

Json on_examples(const Json& request, const std::function<Json(const Asked&)>& answer) {
  Opened opened(request);
  if (opened.diagnostics.has_errors() || !opened.compile()) return opened.refusal();
  if (!settle_exactness(opened.graph(), opened.runner(), opened.model(), opened.diagnostics, opened.budget))
    return opened.refusal();
  ExampleOptions options;
  options.most = 2000;
  options.seed = typed<std::uint32_t>(request, "seed", 1, "a number");
  const Examples examples = make_examples(opened.graph(), opened.runner(), options, opened.budget);
  return answer({opened.graph(), opened.model(), examples, opened.budget, opened.diagnostics, opened.locator});
}

}  // namespace rasp::lab
