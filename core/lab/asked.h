// Requests of the laboratory that name a program: it is compiled, and the inputs that its model is tried on are made.
#pragma once
#include <functional>
#include "lab/examples.h"
#include "session/documents.h"

namespace rasp::lab {

struct Asked {
  const Graph& graph;
  const CompiledModel& model;
  const Examples& examples;  // at most 2,000, drawn by the request's `seed`
  Budget& budget;
  Diagnostics& diagnostics;
  const Locator& locator;
};
// The answer, or the refusal of a program that does not compile.
Json on_examples(const Json& request, const std::function<Json(const Asked&)>& answer);

}  // namespace rasp::lab
