#include "session/session.h"

#include "base/text.h"
#include "export/version.h"
#include "rasp/library.h"
#include "session/course.h"
#include "session/documents.h"
#include "session/held_model.h"
#include "session/request.h"
#include "session/tabulate.h"
#include "syntax/format.h"

namespace rasp {

Session::Session() = default;
Session::~Session() = default;

std::string Session::request(const std::string& text) {
  Json result;
  Json id;
  try {
    // No request has a reason to nest deeply, and documents are copied and written by recursion.
    bool deep = false;
    const auto shallow = [&](int depth, Json::parse_event_t, Json&) { return depth <= 32 || ((deep = true), false); };
    std::string problem;
    const auto kept = keep_numbers(text, problem);
    if (!kept) bad_request("A number cannot be taken: " + problem);
    Json request = Json::parse(*kept, shallow, false);
    if (request.is_discarded() && text.find("\\u") != std::string::npos)
      request = Json::parse(replace_lone_surrogates(*kept), shallow, false);
    if (deep) {
      result = failed("bad-request", "input", "The request nests more than 32 levels deep", "Write {\"command\": …}.");
    } else if (!request.is_object()) {
      result = failed("bad-request", "input", "The request is not a JSON object", "Write {\"command\": …}.");
    } else {
      id = request.value("id", Json());
      if (const auto big = value_from_json(id); big && id.is_object()) id = big->str();
      result = dispatch(request);
    }
  } catch (const Rejection& e) {
    result = failed(e.diagnostic);
  } catch (const LimitExceeded& e) {
    result = failed(limit_diagnostic(e, {0, 0, 0}));
  } catch (const Json::exception&) {
    result = failed(request_fault("The request has a value of a wrong type"));
  } catch (const std::bad_alloc&) {
    result = failed("limit-memory", "limit", "This takes more memory than there is",
                    "Make the program or its settings smaller.");
  } catch (const std::exception&) {
    result = failed("internal", "internal", "The engine failed on this request", "Please report the program.");
  }
  if (!id.is_null()) result["id"] = id;
  return result.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json Session::dispatch(const Json& r) {
  const std::string command = typed<std::string>(r, "command", "", "a string");
  if (command == "analyze") return analyze(r);
  if (command == "compile") return compile(r);
  if (command == "eval") return eval(r);
  if (command == "run") return run(r);
  if (command == "check") return check(r);
  if (command == "trace") return trace(r);
  if (command == "extend") return extend(r);
  if (command == "weights") return weights(r);
  if (command == "explain") return explain(r);
  if (command == "compare_passes") return compare_passes(r);
  if (command == "export") return export_model(r);
  if (command == "library") return library();
  if (command == "eval_many") return eval_many(r, program_request(r), limits_of(r));
  if (command == "format") return format(r);
  if (command == "tabulate") {
    ProgramRequest request = program_request(r);
    request.example_input = typed<bool>(r, "example_input", false, "true or false");
    return tabulate(request, r.value("inputs", Json::array()), limits_of(r));
  }
  if (command == "release") {
    held_.erase(typed<int>(r, "handle", 0, "a number"));
    return {{"ok", true}};
  }
  bad_request("There is no command \"" + cut(command, 40) + "\"");
}

HeldModel& Session::held(const Json& r) {
  const auto it = held_.find(typed<int>(r, "handle", 0, "a number"));
  if (it == held_.end()) bad_request("This model is no longer held; compile again");
  return *it->second;
}

Json Session::write_listing(const HeldModel&, const Json&) {
  bad_request("This engine writes no listings: laboratory.wasm does");
}
void Session::check_proof(const CompiledModel&, Json&, Diagnostics&) {
  bad_request("This engine does not check proofs: laboratory.wasm does");
}

Json Session::format(const Json& r) const {
  const std::string program = typed<std::string>(r, "program", "", "a string");
  Diagnostics diagnostics;
  const auto text = format_program(program, diagnostics, limits_of(r));
  Json out = {{"ok", text.has_value()}, {"text", text.value_or(program)}};
  out["diagnostics"] = Locator(program).diagnostics(diagnostics);
  return out;
}

Json Session::library() const {
  Json entries = Json::array();
  for (const LibraryEntry& e : library_entries())
    entries.push_back({{"name", e.name}, {"signature", e.signature}, {"doc", e.doc}, {"kind", e.kind}});
  return {{"ok", true}, {"entries", entries}, {"version", compiler_version}};
}

}  // namespace rasp
