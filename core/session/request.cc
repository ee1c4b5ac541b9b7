#include "session/request.h"

#include "session/documents.h"

namespace rasp {

Json failed(Json diagnostics) { return {{"ok", false}, {"diagnostics", std::move(diagnostics)}}; }
Json failed(const Diagnostic& d) { return failed(Json::array({Locator(std::string()).diagnostic(d)})); }
Json failed(std::string code, std::string error_class, std::string message, std::string hint) {
  return failed(Diagnostic{
      Severity::Error, std::move(code), std::move(error_class), std::move(message), {0, 0, 0}, std::move(hint)});
}
Diagnostic request_fault(std::string message) {
  return {Severity::Error, "bad-request",
          "input",         std::move(message),
          {0, 0, 0},       "\"Requests to the engine\" in the documentation says what a request holds."};
}
void bad_request(std::string message) { throw Rejection{request_fault(std::move(message))}; }

std::optional<std::vector<Value>> values_at(const Json& request, const char* key) {
  if (!request.contains(key) || request[key].is_null()) return std::nullopt;
  std::string problem;
  auto values = values_from_json(request[key], problem);
  if (!values) bad_request(std::string("\"") + key + "\": " + problem);
  return values;
}

ProgramRequest program_request(const Json& r) {
  ProgramRequest p;
  p.program = typed<std::string>(r, "program", "", "a string");
  p.name = typed<std::string>(r, "name", "program.rasp", "a string");
  if (r.contains("files") && !r["files"].is_null())
    p.files = typed<std::map<std::string, std::string>>(r, "files", {}, "an object of texts");
  if (r.contains("output") && !r["output"].is_null()) p.output = typed<std::string>(r, "output", "", "an expression");
  if (r.contains("graph") && !r["graph"].is_null()) {
    if (!r["graph"].is_object()) bad_request("\"graph\" must be an object");
    p.graph = std::make_shared<const Json>(r["graph"]);
  }
  const std::string language =
      typed<std::string>(r, "language", p.name.ends_with(".py") ? "python" : "rasp", "\"rasp\" or \"python\"");
  if (language == "python" && !p.graph)
    bad_request("A Python program is given as the graph that its host has tabulated");
  p.input = values_at(r, "input");
  p.vocabulary = values_at(r, "vocabulary");
  if (r.contains("max_length") && !r["max_length"].is_null()) {
    if (!r["max_length"].is_number_integer() || r["max_length"].get<std::int64_t>() < 0 ||
        r["max_length"].get<std::int64_t>() > 1'000'000)
      bad_request("\"max_length\" must be a number from 1");
    p.max_length = r["max_length"].get<std::uint32_t>();
  }
  if (r.contains("causal") && !r["causal"].is_null()) p.causal = typed<bool>(r, "causal", false, "true or false");
  const std::string objective = typed<std::string>(r, "objective", "size", "\"size\" or \"depth\"");
  if (objective != "size" && objective != "depth") bad_request("\"objective\" must be \"size\" or \"depth\"");
  p.objective = objective == "depth" ? CompileOptions::Objective::Depth : CompileOptions::Objective::Size;
  if (!typed<bool>(r, "optimize", true, "true or false")) p.passes = no_passes;
  const Json chosen = r.value("passes", Json());
  if (chosen.is_object()) {
    for (const auto& [name, flag] : pass_switches)
      p.passes.*flag = typed<bool>(chosen, name, p.passes.*flag, "true or false");
  }
  return p;
}

Limits limits_of(const Json& r) {
  Limits limits;
  const Json ms = r.value("limit_ms", Json());
  if (ms.is_number() && ms.get<double>() >= 1 && ms.get<double>() < 4e9)
    limits.milliseconds = static_cast<std::uint32_t>(ms.get<double>());
  else if (ms.is_number()) limits.milliseconds = 1;
  return limits;
}

}  // namespace rasp
