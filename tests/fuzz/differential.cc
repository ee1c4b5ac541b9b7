// Any bytes as a program: a model proved exact agrees with the interpreter on every input.
#include "run/verify.h"
#include "fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rasp;
  const ProgramRequest request = fuzz::request_of(data, size);
  Diagnostics diagnostics;
  Budget budget(fuzz::small_limits());
  try {
    const Program program = load_program(request, diagnostics, budget);
    const auto model = compile_program(request, program, diagnostics, budget);
    if (!model || !model->exact) return 0;
    Runner runner(program.elaboration.graph, *model);
    CheckOptions options;
    options.exhaustive = true;
    const CheckResult result = check(program.elaboration.graph, runner, options, budget);
    if (!result.first) return 0;
    std::fprintf(stderr, "%llu of %llu inputs differ, first:", static_cast<unsigned long long>(result.mismatches),
                 static_cast<unsigned long long>(result.inputs));
    for (const Value& v : result.first->input) std::fprintf(stderr, " %s", v.repr().c_str());
    std::fprintf(stderr, " at \"%s\"\n%s\n", result.first->label.c_str(), request.program.c_str());
    std::abort();
  } catch (const LimitExceeded&) {}
  return 0;
}
