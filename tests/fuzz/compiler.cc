// Any bytes as a program, compiled under small limits; what comes out is a well-formed model.
#include "export/onnx.h"
#include "export/safetensors.h"
#include "fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rasp;
  const ProgramRequest request = fuzz::request_of(data, size);
  Diagnostics diagnostics;
  Budget budget(fuzz::small_limits());
  try {
    const Program program = load_program(request, diagnostics, budget);
    const auto model = compile_program(request, program, diagnostics, budget);
    fuzz::check_diagnostics(diagnostics, request.program.size());
    if (!model) {
      if (!diagnostics.has_errors()) std::abort();  // a refusal says why
      return 0;
    }
    const std::string fault = shape_fault(model->transformer);
    const auto width = static_cast<std::size_t>(model->transformer.d_model);
    if (!fault.empty() || model->residual_labels.size() != width ||
        model->transformer.nonzeros() > static_cast<std::int64_t>(budget.limits().weights)) {
      std::fprintf(stderr, "not a model: %s\n", fault.c_str());
      std::abort();
    }
    write_safetensors(model->transformer);
    write_onnx(model->transformer, {true, true});
  } catch (const LimitExceeded&) {}
  return 0;
}
