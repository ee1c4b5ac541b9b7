#include "session/listing.h"

#include "base/text.h"
#include "compiler/craft_of.h"
#include "export/onnx.h"
#include "export/safetensors.h"
#include "model/fingerprint.h"
#include "run/verify.h"
#include "session/documents.h"
#include "session/request.h"

namespace rasp {
namespace {

Json refused(const std::string& text, const Diagnostics& diagnostics) { return failed(Locator(text).diagnostics(diagnostics)); }

// The model's values on one input. No program stands behind it.
Json output_of(const CompiledModel& model, const std::vector<Value>& input, Budget& budget, Failure& failure) {
  const Vocabulary vocabulary(model.vocabulary, model.options.max_length);
  const EncodedTokens encoded = vocabulary.encode(input);
  if (!encoded.ok) {
    failure = encoded.failure;
    return {};
  }
  const Graph none;
  Runner runner(none, model);
  return values_document(runner.run(encoded.ids, nullptr, {}, &budget));
}

Json comparison_with(const Json& r, CompiledModel& model, Diagnostics& diagnostics, Budget& budget, Json& messages) {
  const Program p = load_program(program_request(r), diagnostics, budget);
  const NodeId output = diagnostics.has_errors() ? no_node : output_sop(p, diagnostics);
  messages = Locator(p.elaboration).diagnostics(diagnostics);
  if (output == no_node) return {};
  model.output = output;
  model.options.promises = promises_of(p.elaboration, diagnostics);
  Runner runner(p.elaboration.graph, model);
  CheckOptions options;
  options.samples = typed<std::uint64_t>(r, "samples", 0, "a number");
  options.exhaustive = typed<bool>(r, "exhaustive", false, "true or false");
  options.seed = typed<std::uint64_t>(r, "seed", 1, "a number");
  const CheckResult c = check(p.elaboration.graph, runner, options, budget);
  Json out = {{"inputs", c.inputs}, {"exhaustive", c.exhaustive}, {"undefined", c.undefined}, {"mismatches", c.mismatches}, {"first_mismatch", nullptr}};
  if (c.first)
    out["first_mismatch"] = {{"input", values_document(c.first->input)}, {"interpreter", cells_document(c.first->comparison.interpreter)}, {"model", values_document(c.first->comparison.model)}};
  return out;
}

}  // namespace

Json listing_document(const Json& r, std::string& bytes) {
  Budget budget(limits_of(r));
  Diagnostics diagnostics;
  const std::string text = typed<std::string>(r, "listing", "", "a string");
  const auto craft = craft::read(text, diagnostics, budget);
  if (!craft) return refused(text, diagnostics);
  CompiledModel model = model_of(*craft, no_node, budget);
  if (const std::string fault = shape_fault(model.transformer); !fault.empty()) return failed("bad-listing", "input", "The listing is no model: " + fault);
  const Transformer& t = model.transformer;
  Json out = {{"ok", true}, {"model", {{"layers", t.layers.size()}, {"d_model", t.d_model}, {"parameters", t.parameters()}, {"nonzeros", t.nonzeros()}}}, {"fingerprint", fingerprint(t)}, {"diagnostics", Json::array()}};
  if (const auto input = values_at(r, "input")) {
    Failure failure;
    Json output = output_of(model, *input, budget, failure);
    if (output.is_null()) return failed(failure.code, "input", failure.message, failure.hint);
    out["output"] = std::move(output);
  }
  if (r.contains("program")) {
    Json messages, compared = comparison_with(r, model, diagnostics, budget, messages);
    if (compared.is_null()) return failed(messages);
    out["ok"] = compared["mismatches"] == 0;
    out["comparison"] = std::move(compared);
    out["diagnostics"] = std::move(messages);
  }
  if (const std::string format = typed<std::string>(r, "format", "", "a string"); !format.empty()) {
    if (format == "craft") {
      const std::string component = typed<std::string>(r, "component", "", "a string");
      const auto printed = craft::print(*craft, component);
      if (!printed) return failed("bad-component", "input", "The model has no component \"" + cut(component, 40) + "\"", "head 0.1 (layer and head), mlp 0 or unembed.");
      bytes = *printed;
    } else if (format == "safetensors" || format == "onnx") {
      Exported file = format == "onnx" ? write_onnx(t) : write_safetensors(t, Naming::TransformerLens);
      if (file.failure) return failed(file.failure->code, file.failure->error_class, file.failure->message, file.failure->hint);
      bytes = std::move(file.bytes);
    } else {
      return failed("unknown-format", "input", "There is no format \"" + cut(format, 40) + "\" of a listing", "Formats are craft, safetensors and onnx.");
    }
    out["bytes"] = bytes.size();
  }
  return out;
}

}  // namespace rasp
