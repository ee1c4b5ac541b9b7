#include "session/opened.h"

#include <algorithm>
#include <chrono>

#include "rasp/hints.h"
#include "session/request.h"

namespace rasp {
namespace {

std::unique_ptr<HeldModel> loaded(ProgramRequest request, Diagnostics& diagnostics, Budget& budget, double& ms) {
  auto held = std::make_unique<HeldModel>();
  held->request = std::move(request);
  const auto start = std::chrono::steady_clock::now();
  held->program = load_program(held->request, diagnostics, budget);
  ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  return held;
}

ProgramRequest with_example_input(ProgramRequest request, bool example_input) {
  request.example_input = example_input;
  return request;
}

}  // namespace

Opened::Opened(const Json& request, bool example_input)
    : Opened(with_example_input(program_request(request), example_input), limits_of(request)) {}

Opened::Opened(ProgramRequest request, const Limits& limits)
    : budget(limits),
      held(loaded(std::move(request), diagnostics, budget, elaborate_ms)),
      locator(held->program.elaboration) {}

bool Opened::compile() {
  auto made = compile_program(held->request, held->program, diagnostics, budget);
  if (!made) return false;
  held->model = std::move(*made);
  held->runner = std::make_unique<Runner>(graph(), held->model);
  return true;
}

bool Opened::input_ready() {
  const std::optional<std::vector<Value>>& input = settings().input;
  const std::uint64_t most = budget.limits().input_tokens;
  const auto refuse = [&](const char* code, const char* error_class, const std::string& message, const char* hint) {
    diagnostics.error(code, error_class, message, {0, 1, 0}, hint);
    return false;
  };
  if (!input) return refuse("no-input", "input", "No input is given", "Add #@ input \"abc\", or give one.");
  if (input->empty()) return refuse("input-empty", "input", "The input is empty", "Give at least one token.");
  if (input->size() <= most) return true;
  return refuse("limit-input", "limit",
                "The input has " + std::to_string(input->size()) + " tokens; the limit is " + std::to_string(most),
                "Shorten it.");
}

void Opened::report_undefined(const Undefined& u, Severity severity, const std::string& where) {
  const Elaboration& e = elaboration();
  Span span = e.graph[u.node].span;
  if (span.end <= span.begin) {  // built in: where the program names it first
    const auto use = std::find_if(e.uses.begin(), e.uses.end(), [&](const Use& x) { return x.node == u.node; });
    if (use != e.uses.end()) span = use->span;
  }
  const std::string message = u.failure.message + " (in \"" + e.graph.describe(u.node) + "\", on " + where + ")";
  const std::string hint = u.failure.hint.empty() ? usual_hint(u.failure.code) : u.failure.hint;
  diagnostics.add({severity, u.failure.code, u.failure.error_class, message, span, hint, {}, true});
}

Json Opened::refusal() const { return failed(locator.diagnostics(diagnostics)); }

}  // namespace rasp
