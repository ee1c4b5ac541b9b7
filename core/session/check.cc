// Requests that hold a model against the interpreter: run, check.
#include "session/session.h"

#include <chrono>

#include "session/documents.h"
#include "session/opened.h"
#include "session/request.h"

namespace rasp {
namespace {

// Compiled, and as exact as its proof says; no input is enumerated for it. false after diagnostics.
bool compiled_and_settled(Opened& opened) {
  if (!opened.compile()) return false;
  settle_exactness(opened.graph(), opened.runner(), opened.model(), opened.diagnostics, opened.budget, false);
  return true;
}

// What the program itself expects: the lines of it that are not so.
Json broken_expectations(Opened& opened) {
  Json broken = Json::array();
  Runner& runner = opened.runner();
  for (const auto& x : opened.elaboration().pragmas.expects) {
    const EncodedTokens encoded = runner.encode(x.input);
    bool right = encoded.ok;
    if (encoded.ok) {
      const auto comparison = runner.compare(x.input, opened.budget);
      right = comparison.agree && x.output.size() == comparison.interpreter.size();
      for (std::size_t i = 0; i < comparison.interpreter.size() && right; ++i)
        right = comparison.interpreter[i].undefined < 0 && expected(x.output[i], comparison.interpreter[i].value);
    }
    if (right) continue;
    broken.push_back({{"input", values_document(x.input)}, {"expected", values_document(x.output)}});
    const std::string message = encoded.ok
                                    ? "The output on " + values_text(x.input, 60) + " is not what the program expects"
                                    : encoded.failure.message;
    opened.diagnostics.error("expectation", "input", message, x.span, "Fix the program or the line.");
  }
  return broken;
}

}  // namespace

Json Session::run(const Json& r) {
  Opened opened(r);
  if (opened.diagnostics.has_errors() || !opened.input_ready() || !compiled_and_settled(opened))
    return opened.refusal();
  Runner& runner = opened.runner();
  const std::vector<Value>& input = *opened.settings().input;
  const EncodedTokens encoded = runner.encode(input);
  if (!encoded.ok) {
    opened.diagnostics.error(encoded.failure.code, "input", encoded.failure.message, {0, 1, 0}, encoded.failure.hint);
    return opened.refusal();
  }
  const auto start = std::chrono::steady_clock::now();
  runner.run(encoded.ids, nullptr, {}, &opened.budget);
  const double forward_ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  const auto c = runner.compare(input, opened.budget);
  Json out = {{"ok", true},
              {"interpreter", cells_document(c.interpreter)},
              {"model", values_document(c.model)},
              {"agree", c.agree}};
  out.update(exactness_document(opened.model()));
  out["defined"] = Json::array();
  for (const std::string& why : c.undefined) out["defined"].push_back(why.empty());
  if (opened.model().codec.encoding == Encoding::Numerical) {
    Json raw = Json::array();
    for (std::size_t i = 1; i < encoded.ids.size(); ++i) raw.push_back(runner.logits()[i]);
    out["model"]["raw"] = raw;
  }
  out["timings_ms"] = {{"forward", forward_ms}};
  out["broken_promises"] = c.broken;
  for (const std::string& text : c.broken)
    opened.diagnostics.warning("promise-broken", "This input breaks a promise: " + text, {0, 1, 0},
                               "The model says nothing about such inputs.");
  out["diagnostics"] = opened.locator.diagnostics(opened.diagnostics);
  return out;
}

Json Session::check(const Json& r) {
  Opened opened(r);
  if (opened.diagnostics.has_errors() || !compiled_and_settled(opened)) return opened.refusal();
  const CompiledModel& model = opened.model();
  CheckOptions options;
  options.samples = typed<std::uint64_t>(r, "samples", 0, "a number");
  options.exhaustive = typed<bool>(r, "exhaustive", false, "true or false");
  options.seed = typed<std::uint64_t>(r, "seed", 1, "a number");
  const bool proof = typed<bool>(r, "proof", false, "true or false");
  const CheckResult c = rasp::check(opened.graph(), opened.runner(), options, opened.budget);
  Json out = {{"ok", c.mismatches == 0},  {"inputs", c.inputs},         {"exhaustive", c.exhaustive},
              {"undefined", c.undefined}, {"mismatches", c.mismatches}, {"first_mismatch", nullptr}};
  out.update(exactness_document(model));
  if (proof) check_proof(model, out, opened.diagnostics);
  if (c.first) {
    out["first_mismatch"] = {{"input", values_document(c.first->input)},
                             {"interpreter", cells_document(c.first->comparison.interpreter)},
                             {"model", values_document(c.first->comparison.model)},
                             {"first_difference", c.first->node == no_node ? Json() : Json(c.first->label)}};
  }
  if (c.promise_breaking) {
    out["promise_breaking"] = c.promise_breaking;
    opened.diagnostics.warning("promise-broken",
                               std::to_string(c.promise_breaking) + " of " + std::to_string(c.inputs) +
                                   " inputs break a promise. " + c.first_broken,
                               {0, 1, 0}, "The model says nothing about such inputs.");
  }
  out["expectations"] = opened.elaboration().pragmas.expects.size();
  out["broken_expectations"] = broken_expectations(opened);
  if (!out["broken_expectations"].empty()) out["ok"] = false;
  out["diagnostics"] = opened.locator.diagnostics(opened.diagnostics);
  return out;
}

}  // namespace rasp
