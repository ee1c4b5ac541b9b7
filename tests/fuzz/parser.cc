// Any bytes: as a program, and as one expression.
#include "fuzz.h"
#include "syntax/parser.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (int as_expression = 0; as_expression < 2; ++as_expression) {
    rasp::Diagnostics diagnostics;
    if (as_expression) rasp::parse_expression(text, 0, diagnostics, rasp::Limits());
    else rasp::parse(text, 0, diagnostics, rasp::Limits());
    rasp::fuzz::check_diagnostics(diagnostics, size);
  }
  return 0;
}
