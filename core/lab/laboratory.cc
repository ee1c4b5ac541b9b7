#include "lab/laboratory.h"

#include "export/safetensors.h"
#include "lab/discover.h"
#include "lab/interchange.h"
#include "lab/listing.h"
#include "lab/python.h"
#include "lab/turned.h"
#include "model/fingerprint.h"
#include "session/documents.h"
#include "session/held_model.h"

namespace rasp::lab {

namespace {
constexpr std::size_t most_runs = 8;
}

Laboratory::Laboratory() = default;
Laboratory::~Laboratory() = default;

Json Laboratory::dispatch(const Json& r) {
  const std::string command = typed<std::string>(r, "command", "", "a string");
  if (command == "lab_start") return start(r);
  if (command == "lab_advance")
    return experiment(r).advance(typed<double>(r, "milliseconds", 0, "a number"),
                                 typed<std::int64_t>(r, "steps", 0, "a number"));
  if (command == "lab_picture") {
    Budget budget(limits_of(r));
    return experiment(r).picture(r, budget);
  }
  if (command == "listing") return listing_document(r, bytes_);
  if (command == "python") return python_document(r);
  if (command == "discover") return discover(r);
  if (command == "interchange") return interchange(r);
  if (command == "lab_export") return export_run(r);
  if (command == "turn") return turn(r);
  if (command == "lab_release") {
    runs_.erase(typed<int>(r, "run", 0, "a number"));
    return {{"ok", true}};
  }
  return Session::dispatch(r);
}

Json Laboratory::write_listing(const HeldModel& h, const Json& r) {
  return lab::write_listing(h.model, h.program.elaboration, typed<std::string>(r, "component", "", "a string"), bytes_);
}

void Laboratory::check_proof(const CompiledModel& model, Json& out, Diagnostics& diagnostics) {
  lab::check_proof(model, out, diagnostics);
}

Experiment& Laboratory::experiment(const Json& r) {
  const auto it = runs_.find(typed<int>(r, "run", 0, "a number"));
  if (it == runs_.end()) bad_request("This run is no longer held; start it again");
  return *it->second;
}

Json Laboratory::discover(const Json& r) {
  if (!r.contains("run")) return lab::discover(r);
  Budget budget(limits_of(r));
  return experiment(r).discover(r, budget);
}

Json Laboratory::interchange(const Json& r) {
  if (!r.contains("run")) return lab::interchange(r);
  Budget budget(limits_of(r));
  return experiment(r).interchange(r, budget);
}

Json Laboratory::start(const Json& r) {
  auto e = Experiment::start(r);
  Json out = e->start_document();
  if (!out["ok"].get<bool>()) return out;
  if (runs_.size() >= most_runs) runs_.erase(runs_.begin());
  out["run"] = next_run_;
  runs_[next_run_++] = std::move(e);
  return out;
}

Json Laboratory::turn(const Json& r) {
  Budget budget(limits_of(r));
  HeldModel& h = held(r);
  const auto W = basis_at(r, h.model.transformer.d_model);
  if (!W) bad_request("\"basis\" is missing");
  std::vector<std::vector<Value>> inputs;
  const Json given = r.value("inputs", Json::array());
  if (!given.is_array()) bad_request("\"inputs\" must be a list of inputs");
  for (const Json& each : given) {
    inputs.push_back(*values_at({{"input", each}}, "input"));
    if (const EncodedTokens e = h.runner->encode(inputs.back()); !e.ok)
      return failed(e.failure.code, "input", e.failure.message, e.failure.hint);
  }
  CompiledModel model = turned(h.model, *W);
  Runner runner(h.program.elaboration.graph, model);
  const Tried tried = try_out(runner, inputs, budget);
  h.runner.reset();
  h.model = std::move(model);
  h.runner = std::make_unique<Runner>(h.program.elaboration.graph, h.model);
  return {{"ok", true},
          {"fingerprint", fingerprint(h.model.transformer)},
          {"model", model_summary(h.model)},
          {"inputs", tried.inputs},
          {"right", tried.right},
          {"lead", tried.inputs ? Json(tried.lead) : Json()}};
}

Json Laboratory::export_run(const Json& r) {
  if (typed<std::string>(r, "format", "safetensors", "\"safetensors\" or \"basis\"") == "basis") {
    const Matrix<float> W = experiment(r).basis(r);
    Json rows = Json::array();
    for (std::int32_t i = 0; i < W.rows; ++i) rows.push_back(std::vector<float>(W.row(i), W.row(i) + W.columns));
    return {{"ok", true}, {"basis", rows}};
  }
  const Exported file = write_safetensors(experiment(r).transformer(r));
  if (file.failure)
    return failed(file.failure->code, file.failure->error_class, file.failure->message, file.failure->hint);
  bytes_ = file.bytes;
  return {{"ok", true}, {"bytes", bytes_.size()}};
}

}  // namespace rasp::lab
