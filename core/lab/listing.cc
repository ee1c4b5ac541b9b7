#include "lab/listing.h"

#include <cmath>

#include "base/text.h"
#include "compiler/craft_of.h"
#include "compiler/effort.h"
#include "export/onnx.h"
#include "export/safetensors.h"
#include "model/fingerprint.h"
#include "proof/checker.h"
#include "run/verify.h"
#include "session/documents.h"
#include "session/opened.h"
#include "session/request.h"

namespace rasp::lab {
namespace {

Json refused(const std::string& text, const Diagnostics& diagnostics) {
  return failed(Locator(text).diagnostics(diagnostics));
}

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

// The listing's model beside the program of the request; null after an error.
Json comparison_with(const Json& r, CompiledModel& model, Json& messages) {
  Opened opened(r);
  const NodeId output = opened.diagnostics.has_errors() ? no_node : output_sop(opened.program(), opened.diagnostics);
  messages = opened.locator.diagnostics(opened.diagnostics);
  if (output == no_node) return {};
  model.output = output;
  model.options.promises = promises_of(opened.elaboration(), opened.diagnostics);
  Runner runner(opened.graph(), model);
  CheckOptions options;
  options.samples = typed<std::uint64_t>(r, "samples", 0, "a number");
  options.exhaustive = typed<bool>(r, "exhaustive", false, "true or false");
  options.seed = typed<std::uint64_t>(r, "seed", 1, "a number");
  const CheckResult c = check(opened.graph(), runner, options, opened.budget);
  Json out = {{"inputs", c.inputs},
              {"exhaustive", c.exhaustive},
              {"undefined", c.undefined},
              {"mismatches", c.mismatches},
              {"first_mismatch", nullptr}};
  if (c.first)
    out["first_mismatch"] = {{"input", values_document(c.first->input)},
                             {"interpreter", cells_document(c.first->comparison.interpreter)},
                             {"model", values_document(c.first->comparison.model)}};
  return out;
}

// The sizes at which the compiler takes another way, as comments: with them the listing says how it came to be.
std::string effort_lines() {
  std::string out = "\n# Made with this effort (core/compiler/effort.h):\n", line = "#";
  each_effort(Effort{}, [&](const char* name, double value) {
    const std::string entry = std::string(" ") + name + " " + std::to_string(static_cast<std::int64_t>(value));
    if (line.size() + entry.size() > 110) out += line + "\n", line = "#";
    line += entry;
  });
  return out + line + "\n";
}

Json no_component(const std::string& component) {
  return failed("bad-component", "input", "The model has no component \"" + cut(component, 40) + "\"",
                "head 0.1 (layer and head), mlp 0 or unembed.");
}

}  // namespace

Json write_listing(const CompiledModel& model, const Elaboration& program, const std::string& component,
                   std::string& bytes) {
  const Graph& graph = program.graph;
  const Locator locator(program);
  const auto where = [&](NodeId id) {
    const Json s = locator.span(graph[id].span);
    return s.is_null() || graph[id].span.end <= graph[id].span.begin
               ? std::string()
               : "line " + std::to_string(s[0].get<std::int64_t>());
  };
  auto text = craft::print(craft_of(model, graph, where), component);
  if (!text) return no_component(component);
  if (component.empty()) *text += effort_lines();
  bytes = std::move(*text);
  return {{"ok", true}, {"bytes", bytes.size()}};
}

void check_proof(const CompiledModel& model, Json& out, Diagnostics& diagnostics) {
  const proof::Verdict v = proof::check_claims(model.transformer, model.claims);
  const auto number = [](double x) { return std::fabs(x) < 1e200 ? Json(x) : Json(); };  // none: not bounded
  Json links = Json::array();
  for (const proof::CheckedLink& l : v.links)
    links.push_back({{"label", l.label},
                     {"margin", number(l.margin)},
                     {"error", number(l.error)},
                     {"claimed_margin", number(l.claimed_margin)},
                     {"claimed_error", number(l.claimed_error)}});
  out["proof"] = {
      {"confirmed", v.confirmed}, {"worst_margin", number(v.worst_margin)}, {"links", links}, {"faults", v.faults}};
  if (v.confirmed || model.exactness.kind != Exactness::Kind::Proved) return;
  out["ok"] = false;
  diagnostics.error("proof-not-confirmed", "internal",
                    "The weights do not confirm the proof: " +
                        (v.faults.empty() ? std::string("a margin is not positive") : v.faults.front()),
                    {0, 1, 0}, "This is a fault of the compiler: please report the program.");
}

Json listing_document(const Json& r, std::string& bytes) {
  Budget budget(limits_of(r));
  Diagnostics diagnostics;
  const std::string text = typed<std::string>(r, "listing", "", "a string");
  const auto craft = craft::read(text, diagnostics, budget);
  if (!craft) return refused(text, diagnostics);
  CompiledModel model = model_of(*craft, no_node, budget);
  if (const std::string fault = shape_fault(model.transformer); !fault.empty())
    return failed("bad-listing", "input", "The listing is no model: " + fault);
  const Transformer& t = model.transformer;
  Json out = {{"ok", true},
              {"model",
               {{"layers", t.layers.size()},
                {"d_model", t.d_model},
                {"parameters", t.parameters()},
                {"nonzeros", t.nonzeros()}}},
              {"fingerprint", fingerprint(t)},
              {"diagnostics", Json::array()}};
  if (const auto input = values_at(r, "input")) {
    Failure failure;
    Json output = output_of(model, *input, budget, failure);
    if (output.is_null()) return failed(failure.code, "input", failure.message, failure.hint);
    out["output"] = std::move(output);
  }
  if (r.contains("program")) {
    Json messages, compared = comparison_with(r, model, messages);
    if (compared.is_null()) return failed(messages);
    out["ok"] = compared["mismatches"] == 0;
    out["comparison"] = std::move(compared);
    out["diagnostics"] = std::move(messages);
  }
  if (const std::string format = typed<std::string>(r, "format", "", "a string"); !format.empty()) {
    if (format == "craft") {
      const std::string component = typed<std::string>(r, "component", "", "a string");
      auto printed = craft::print(*craft, component);
      if (!printed) return no_component(component);
      bytes = std::move(*printed);
    } else if (format == "safetensors" || format == "onnx") {
      Exported file = format == "onnx" ? write_onnx(t) : write_safetensors(t, Naming::TransformerLens);
      if (file.failure)
        return failed(file.failure->code, file.failure->error_class, file.failure->message, file.failure->hint);
      bytes = std::move(file.bytes);
    } else {
      return failed("unknown-format", "input", "There is no format \"" + cut(format, 40) + "\" of a listing",
                    "Formats are craft, safetensors and onnx.");
    }
    out["bytes"] = bytes.size();
  }
  return out;
}

}  // namespace rasp::lab
