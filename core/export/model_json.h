// What a model's weights mean, as JSON beside the weights, or with them in one document.
#pragma once
#include <array>
#include <functional>
#include <optional>
#include <string>
#include "compiler/compile.h"
#include "export/exported.h"
#include "model/state_dict.h"
#include "rasp/graph.h"

namespace rasp {

// Where the model came from; what a CompiledModel does not know itself.
struct ModelSource {
  const Graph* graph = nullptr;   // not null: the graph that was compiled
  std::string program;            // text of the main file
  std::string program_name;       // "program.rasp"
  std::string output_expression;  // as given, or the output's name
  // [line, column, end line, end column], 1-based, columns in UTF-16 code units; nullopt where a span does not lie in
  // the main file.
  std::function<std::optional<std::array<std::int64_t, 4>>(const Span&)> locate;
};

struct ModelJsonOptions {
  Naming names = Naming::TransformerLens;  // Tracr: adds the object "tracr" with what Tracr keeps beside its parameters
  bool weights = false;                    // adds "state_dict": per tensor its shape and its non-zero elements
  int indent = 1;                          // as in JSON.stringify; -1: one line
};

// Top level: TransformerLens's configuration (n_layers, d_model, …, attention_dir), "rasp", and what the options add.
// core/export/schema/model.schema.json describes every key.
// Text that is not UTF-8 has its bad bytes replaced by U+FFFD.
// Precondition: shape_fault(compiled.transformer) is empty.
Exported write_model_json(const CompiledModel& compiled, const ModelSource& source,
                          const ModelJsonOptions& options = {}, std::int64_t limit = default_export_limit);

}  // namespace rasp
