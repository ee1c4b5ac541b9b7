// What the fuzz targets share. A target is one function on bytes; libFuzzer, the sanitizers and -timeout say what went
// wrong, and a target itself fails by abort().
#pragma once
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "compile.h"

namespace rasp::fuzz {

// Small enough that a program that passes one is refused at once: what takes long in spite of them lacks a check.
inline Limits small_limits() {
  Limits l;
  l.elaboration_steps = 20'000;
  l.collection_size = 2'000;
  l.total_collection_size = 50'000;
  l.graph_nodes = 2'000;
  l.input_tokens = 64;
  l.evaluation_cells = 2'000'000;
  l.value_set = 500;
  l.tuples = 20'000;
  l.table_rows = 10'000;
  l.selector_pairs = 100'000;
  l.contexts = 1'000'000;
  l.weights = 1'000'000;
  l.milliseconds = 1'000;
  return l;
}

// Every position that a diagnostic names lies in a text, and every error can be classed and explained.
inline void check_diagnostics(const Diagnostics& diagnostics, std::size_t main_size) {
  for (const Diagnostic& d : diagnostics.list()) {
    const bool placed = d.span.begin <= d.span.end && (d.span.file != 0 || d.span.end <= main_size + 1);
    if (placed && !d.code.empty() && !d.message.empty() && (d.severity != Severity::Error || !d.error_class.empty()))
      continue;
    std::fprintf(stderr, "diagnostic \"%s\" \"%s\" at %u..%u\n", d.code.c_str(), d.message.c_str(), d.span.begin,
                 d.span.end);
    std::abort();
  }
}

inline std::vector<Value> letters(std::string_view text) {
  std::vector<Value> values;
  for (char c : text) values.push_back(Value::string(std::string(1, c)));
  return values;
}

// The program under test; the first byte chooses settings, so that mutations reach them.
inline ProgramRequest request_of(const std::uint8_t* data, std::size_t size) {
  ProgramRequest r;
  const std::uint8_t choice = size ? data[0] : 0;
  if (size) r.program.assign(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (choice & 1) r.vocabulary = letters("ab");
  else
    r.vocabulary = {Value::integer(std::int64_t{0}), Value::integer(std::int64_t{1}), Value::integer(std::int64_t{3})};
  r.input = {(*r.vocabulary)[0], (*r.vocabulary)[1], (*r.vocabulary)[0]};
  r.max_length = 3;
  r.causal = (choice & 2) != 0;
  if (choice & 4) r.objective = CompileOptions::Objective::Depth;
  if (choice & 8) r.passes = no_passes;
  return r;
}

}  // namespace rasp::fuzz
