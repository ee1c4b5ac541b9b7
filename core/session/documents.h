// Core's results as JSON: the one place where byte offsets become lines and columns. Shapes:
// schema/contract.schema.json.
#pragma once
#include <memory>
#include <span>
#include <vector>
#include "base/json_values.h"
#include "base/position.h"
#include "compile.h"
#include "rasp/evaluate.h"

namespace rasp {

// Lines and columns in all files of a program.
class Locator {
 public:
  explicit Locator(const Elaboration& e);
  explicit Locator(std::string text);         // one file only
  Json span_in_file(const Span& span) const;  // the same in any file, with `file`: its name
  Json span(const Span& span) const;          // [line, column, end line, end column]; null outside the main file
  Json diagnostic(const Diagnostic& d) const;
  Json diagnostics(const Diagnostics& list) const;  // by position
 private:
  std::vector<std::string> names_;
  std::vector<std::unique_ptr<std::string>> texts_;
  std::vector<LineIndex> lines_;
};

// {"values": […], "types": "ii-"}; `-` and null where undefined.
Json values_document(std::span<const Value> values);
Json cells_document(std::span<const Cell> cells);
Json matrix_rows(const Matrix& matrix);                                          // ["010", …]
std::string values_text(std::span<const Value> values, std::size_t most = 200);  // [2, 1, "a"]
const char* kind_name(NodeKind kind);

// A build-time value as inlays, the console and hovers show it; `evaluation` may be null.
// `in_nodes`: the document has the graph's nodes with their values on this evaluation, too; an s-op or a selector is then
// a short text here, and its values stand there alone.
Json display(const Elaboration& e, const BuildValue& value, const Evaluation* evaluation, bool causal, Budget& budget,
             bool in_nodes = false);
// A build-time value for the command line's `eval`.
// Throws LimitExceeded: "limit-document", or "limit-nesting" below 100 levels.
Json plain(const BuildValue& value, Budget& budget, std::uint32_t depth = 0);
// Values and matrices are left out once the budget for what one answer shows is spent.
Json nodes_document(const Graph& graph, const Locator& locator, const Evaluation* evaluation, Budget& budget);
// What is known of the model: "exactness", "reasons", "inputs_compared" (enumerated), "under" (what it assumes of the
// input), and the boolean "exact".
Json exactness_document(const CompiledModel& m);
Json model_summary(const CompiledModel& model);
Json model_document(const CompiledModel& model);        // subspaces, layers, labels, codec, value sets
Json example_display(const std::vector<Value>* input);  // what `show example` shows; null: there is no input
Json names_document(const Elaboration& e, const Locator& locator);  // symbols and references
Json settings_document(const Settings& settings);

}  // namespace rasp
