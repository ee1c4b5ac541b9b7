// Requests that make a model and write it: compile, compare_passes, export.
#include "session/session.h"

#include <chrono>
#include <cmath>

#include "base/text.h"
#include "export/model_json.h"
#include "export/onnx.h"
#include "export/safetensors.h"
#include "export/tracr.h"
#include "export/version.h"
#include "model/fingerprint.h"
#include "session/documents.h"
#include "session/opened.h"
#include "session/request.h"

namespace rasp {
namespace {

// JSON has no infinities.
Json finite(double x, double otherwise) { return std::isfinite(x) ? x : otherwise; }

Json bounds_document(const Graph& graph, const CompiledModel& m) {
  constexpr std::size_t most = 24;
  Json links = Json::array();
  for (std::size_t i = 0; i < m.links.size() && i < most; ++i) {
    const BoundLink& l = m.links[i];
    const bool none = l.node == no_node;
    links.push_back({{"node", none ? Json(-1) : Json(l.node)},
                     {"label", none ? "" : graph.describe(l.node)},
                     {"what", l.what},
                     {"margin", finite(l.margin, -1e9)},
                     {"error", finite(l.error, 1e9)}});
  }
  return {
      {"worst_margin", finite(m.worst_margin, -1e9)}, {"links", std::move(links)}, {"reasons", m.exactness.reasons}};
}

}  // namespace

Json Session::compile(const Json& r) {
  Opened opened(r);
  const Graph& graph = opened.graph();
  const auto refused = [&] {
    Json out = opened.refusal();
    out["settings"] = settings_document(opened.settings());
    return out;
  };
  if (!opened.compile()) return refused();
  CompiledModel& m = opened.model();
  m.timings_ms["elaborate"] = opened.elaborate_ms;
  if (!settle_exactness(graph, opened.runner(), m, opened.diagnostics, opened.budget)) return refused();

  Json out = {{"ok", true}, {"model", model_summary(m)}};
  out.update(exactness_document(m));
  out["bounds"] = bounds_document(graph, m);
  out["timings_ms"] = m.timings_ms;
  out["fingerprint"] = fingerprint(m.transformer);
  out["version"] = compiler_version;
  out["settings"] = settings_document(opened.settings());
  if (typed<bool>(r, "details", false, "true or false")) {
    out["nodes"] = nodes_document(graph, opened.locator, nullptr, opened.budget);
    out.update(model_document(m));
  }
  out["diagnostics"] = opened.locator.diagnostics(opened.diagnostics);
  if (typed<bool>(r, "keep", false, "true or false")) {
    out["handle"] = next_handle_;
    if (held_.size() >= opened.budget.limits().handles + held_.count(0)) held_.erase(held_.upper_bound(0));
    held_[next_handle_++] = std::move(opened.held);
  } else if (r.contains("format")) {
    held_[0] = std::move(opened.held);
    Json e = r;
    e["handle"] = 0;
    Json exported = export_model(e);
    held_.erase(0);
    if (!exported["ok"].get<bool>()) return exported;
    out["bytes"] = exported["bytes"];
  }
  return out;
}

Json Session::compare_passes(const Json& r) {
  HeldModel& h = held(r);
  Json out = {{"ok", true}, {"with", model_summary(h.model)}, {"without", Json::object()}};
  Budget budget(limits_of(r));  // one deadline for all
  const auto sized = [&](const ProgramRequest& request) -> Json {
    Diagnostics diagnostics;
    try {
      const auto model = compile_program(request, h.program, diagnostics, budget);
      if (model) return model_summary(*model);
    } catch (const LimitExceeded&) {}
    return nullptr;  // does not compile without it
  };
  for (const auto& [name, flag] : pass_switches) {
    ProgramRequest request = h.request;
    request.passes.*flag = false;
    out["without"][name] = sized(request);
  }
  ProgramRequest plain = h.request;
  plain.passes = no_passes;
  out["plain"] = sized(plain);
  return out;
}

Json Session::export_model(const Json& r) {
  HeldModel& h = held(r);
  const std::string format = typed<std::string>(r, "format", "json", "a string");
  if (format == "craft") return write_listing(h, r);
  const Naming naming = r.value("names", "transformer_lens") == "tracr" ? Naming::Tracr : Naming::TransformerLens;
  const Locator locator(h.program.elaboration);
  std::optional<CompiledModel> changed;
  if (naming == Naming::Tracr)
    changed = with_output_in_stream(h.model, h.program.elaboration.graph.describe(h.model.output));
  const CompiledModel& model = changed ? *changed : h.model;
  Exported file;
  if (format == "safetensors") {
    file = write_safetensors(model.transformer, naming);
  } else if (format == "onnx") {
    file = write_onnx(model.transformer);
  } else if (format == "json" || format == "meta") {
    ModelSource source;
    source.graph = &h.program.elaboration.graph;
    source.program = h.program.elaboration.file_texts[0];
    source.program_name = h.request.name;
    source.output_expression = h.program.elaboration.output_name;
    source.locate = [&](const Span& span) -> std::optional<std::array<std::int64_t, 4>> {
      const Json s = locator.span(span);
      if (s.is_null()) return std::nullopt;
      return s.get<std::array<std::int64_t, 4>>();
    };
    file = write_model_json(model, source, {naming, format == "json", 1});
  } else {
    return failed("unknown-format", "input", "There is no format \"" + cut(format, 40) + "\"",
                  "Formats are json, safetensors, onnx and craft.");
  }
  if (file.failure)
    return failed(file.failure->code, file.failure->error_class, file.failure->message, file.failure->hint);
  bytes_ = std::move(file.bytes);
  return {{"ok", true}, {"bytes", bytes_.size()}};
}

}  // namespace rasp
