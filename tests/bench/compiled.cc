// Programs as our compiler makes them.
#include <stdexcept>

#include "compile.h"
#include "suite.h"

namespace rasp::bench {

const std::vector<Source>& programs() {
  static const std::string upto = "upto = select(indices, indices, <=);\n";
  static const std::vector<Source> all = {
      {"reverse", "x = aggregate(select(indices, length - indices - 1, ==), tokens);", 8, {8, 16, 32, 64, 128}},
      {"histogram", "x = selector_width(select(tokens, tokens, ==));", 16, {64}},
      {"double histogram",
       "h = selector_width(select(tokens, tokens, ==));\nfirst = selector_width(select(tokens, tokens, ==) and "
       "select(indices, indices, <)) == 0;\n"
       "x = selector_width(select(h, h, ==) and select(first, True, ==));",
       8,
       {16}},
      {"sort", "x = sort(tokens, tokens_int);", 8, {16, 64}},
      {"most frequent first", "x = sort(tokens, 0 - selector_width(select(tokens, tokens, ==)));", 8, {16}},
      {"dyck-1",
       upto + "b = round((indices + 1) * aggregate(upto, indicator(tokens_int == 0) - indicator(tokens_int == 1)));\n"
              "bad = aggregate(upto, indicator(b < 0)) > 0;\nx = \"F\" if bad else (\"T\" if b == 0 else \"P\");",
       2,
       {32}},
  };
  return all;
}

Subject compiled(const Source& source, std::int32_t length) {
  ProgramRequest request;
  request.program = source.program;
  request.vocabulary.emplace();
  for (std::int32_t v = 0; v < source.vocabulary; ++v) request.vocabulary->push_back(Value::string(std::to_string(v)));
  request.max_length = static_cast<std::uint32_t>(length);
  Diagnostics diagnostics;
  Budget budget;
  const Program program = load_program(request, diagnostics, budget);
  auto model = compile_program(request, program, diagnostics, budget);
  if (!model) throw std::runtime_error(source.name + " does not compile");
  Subject s;
  s.group = source.name;
  s.name = source.name + " n=" + std::to_string(length) + " v=" + std::to_string(source.vocabulary);
  s.length = length;
  s.vocabulary = source.vocabulary;
  s.timings_ms = std::move(model->timings_ms);
  s.model = std::move(model->transformer);
  s.ids.push_back(s.model.bos_id);
  for (std::int32_t i = 0; i < length; ++i) s.ids.push_back((i * i + i / 3) % source.vocabulary);
  return s;
}

}  // namespace rasp::bench
