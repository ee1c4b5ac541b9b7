#include "session/session.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <set>

#include "base/text.h"
#include "session/course.h"
#include "session/documents.h"
#include "session/on_examples.h"
#include "session/held.h"
#include "session/inspect.h"
#include "session/interventions.h"
#include "session/request.h"
#include "session/tabulate.h"
#include "export/model_json.h"
#include "export/onnx.h"
#include "run/residual.h"
#include "export/safetensors.h"
#include "export/tracr.h"
#include "export/version.h"
#include "model/fingerprint.h"
#include "rasp/hints.h"
#include "rasp/library.h"
#include "rasp/lint_mask.h"
#include "syntax/format.h"

namespace rasp {
namespace {

// Sets what an evaluation needs: input present, not too long.
bool input_ready(const Program& p, Diagnostics& diagnostics, const Limits& limits) {
  if (!p.settings.input) {
    diagnostics.error("no-input", "input", "No input is given", {0, 1, 0}, "Add #@ input \"abc\", or give one.");
    return false;
  }
  if (p.settings.input->empty()) {
    diagnostics.error("input-empty", "input", "The input is empty", {0, 1, 0}, "Give at least one token.");
    return false;
  }
  if (p.settings.input->size() > limits.input_tokens) {
    diagnostics.error("limit-input", "limit", "The input has " + std::to_string(p.settings.input->size()) + " tokens; the limit is " + std::to_string(limits.input_tokens), {0, 1, 0}, "Shorten it.");
    return false;
  }
  return true;
}

void report_undefined(const Elaboration& e, const Undefined& u, Severity severity, Diagnostics& diagnostics, const std::string& where = "this input") {
  const Graph& graph = e.graph;
  Span span = graph[u.node].span;
  if (span.end <= span.begin) {  // built in: where the program names it first
    const auto use = std::find_if(e.uses.begin(), e.uses.end(), [&](const Use& x) { return x.node == u.node; });
    if (use != e.uses.end()) span = use->span;
  }
  diagnostics.add({severity, u.failure.code, u.failure.error_class, u.failure.message + " (in \"" + graph.describe(u.node) + "\", on " + where + ")", span, u.failure.hint.empty() ? usual_hint(u.failure.code) : u.failure.hint, {}, true});
}

}  // namespace

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
    if (!kept) throw BadRequest{"A number cannot be taken: " + problem};
    Json request = Json::parse(*kept, shallow, false);
    if (request.is_discarded() && text.find("\\u") != std::string::npos) request = Json::parse(replace_lone_surrogates(*kept), shallow, false);
    if (deep) {
      result = failed("bad-request", "input", "The request nests more than 32 levels deep", "Write {\"command\": …}.");
    } else if (!request.is_object()) {
      result = failed("bad-request", "input", "The request is not a JSON object", "Write {\"command\": …}.");
    } else {
      id = request.value("id", Json());
      if (const auto big = value_from_json(id); big && id.is_object()) id = big->str();
      result = dispatch(request);
    }
  } catch (const BadRequest& e) {
    result = failed("bad-request", "input", e.message, "\"Requests to the engine\" in the documentation says what a request holds.");
  } catch (const LimitExceeded& e) {
    const Diagnostic d = limit_diagnostic(e);
    result = failed(d.code, d.error_class, d.message, d.hint);
  } catch (const Json::exception&) {
    result = failed("bad-request", "input", "The request has a value of a wrong type", "\"Requests to the engine\" in the documentation says what a request holds.");
  } catch (const std::bad_alloc&) {
    result = failed("limit-memory", "limit", "This takes more memory than there is", "Make the program or its settings smaller.");
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
    return tabulate(request, limits_of(r));
  }
  if (command == "release") {
    held_.erase(typed<int>(r, "handle", 0, "a number"));
    return {{"ok", true}};
  }
  throw BadRequest{"There is no command \"" + cut(command, 40) + "\""};
}

Session::Held& Session::held(const Json& r) {
  const auto it = held_.find(typed<int>(r, "handle", 0, "a number"));
  if (it == held_.end()) throw BadRequest{"This model is no longer held; compile again"};
  return *it->second;
}

namespace {

// Statements whose example is another input than the model's: their displays, by their place in `printed`.
void show_on_examples(const Elaboration& e, const OnExamples& examples, Diagnostics& diagnostics, bool causal, Budget& budget, std::vector<Json>& displays) {
  try {
    examples.evaluate(budget, [&](std::uint32_t example, const std::set<NodeId>& wanted, const Evaluation& evaluation) {
      const std::vector<Value>& input = *examples.input(example);
      budget.tick(static_cast<std::uint32_t>(e.printed.size()));
      for (NodeId id : wanted) {
        if (diagnostics.has_errors()) break;
        if (const Undefined* u = evaluation.failure_of(id)) report_undefined(e, *u, Severity::Warning, diagnostics, "the example " + values_text(input, 40));
      }
      for (std::size_t i = 0; i < e.printed.size(); ++i) {
        const Printed& x = e.printed[i];
        if (x.example != example || !x.value || wanted.count(x.value->node) == 0 || x.value->kind == BuildValue::Kind::Application) continue;
        displays[i] = display(e, *x.value, &evaluation, causal, budget);
        if (budget.may_show(input.size())) displays[i]["input"] = values_document(input);
      }
    });
  } catch (const LimitExceeded& limit) {
    diagnostics.add(limit_diagnostic(limit));
  }
}

}  // namespace

Json Session::analyze(const Json& r) {
  Budget budget(limits_of(r));
  Diagnostics diagnostics;
  ProgramRequest request = program_request(r);
  request.example_input = true;
  const Program p = load_program(request, diagnostics, budget);
  const Elaboration& e = p.elaboration;
  const Locator locator(e);
  std::optional<Evaluation> evaluation;
  // After a limit there may be very many nodes, and no program whose values anybody wants.
  const bool gave_up = std::any_of(diagnostics.list().begin(), diagnostics.list().end(), [](const Diagnostic& d) { return d.error_class == "limit" && d.severity == Severity::Error; });
  const bool ready = !gave_up && input_ready(p, diagnostics, budget.limits());
  std::vector<NodeId> roots;
  std::set<NodeId> meant;   // for this input: where they have no value on it, that is worth a warning
  OnExamples examples(p);
  if (ready) {
    std::set<NodeId> wanted;
    const auto want = [&](const BuildValueRef& v, std::uint32_t example) {
      if (!v || (v->kind != BuildValue::Kind::SOp && v->kind != BuildValue::Kind::Selector)) return;
      wanted.insert(v->node);
      if (!examples.own(example)) meant.insert(v->node);
      examples.want(v.get(), example);
    };
    for (const Use& u : e.uses) {
      wanted.insert(u.node);
      if (!examples.own(u.example)) meant.insert(u.node);
    }
    for (const Definition& d : e.definitions) want(d.value, d.example);
    for (const Printed& x : e.printed) want(x.value, x.example);
    for (NodeId id : e.drawn) wanted.insert(id);
    if (e.output && e.output->node != no_node && e.output->kind != BuildValue::Kind::Application) wanted.insert(e.output->node);
    roots.assign(wanted.begin(), wanted.end());
    try {
      evaluation = evaluate(e.graph, *p.settings.input, p.settings.causal, roots, budget);
    } catch (const LimitExceeded& limit) {
      diagnostics.add(limit_diagnostic(limit));
    }
  }
  if (evaluation && !diagnostics.has_errors()) {
    const NodeId output = e.output && (e.output->kind == BuildValue::Kind::SOp || e.output->kind == BuildValue::Kind::Selector) ? e.output->node : no_node;
    std::set<NodeId> reported;
    const auto report = [&](NodeId id, Severity severity) {
      const Undefined* u = evaluation->failure_of(id);
      if (u && reported.insert(u->node).second) report_undefined(e, *u, severity, diagnostics);
    };
    if (output != no_node) report(output, examples.own_output() ? Severity::Warning : Severity::Error);
    for (NodeId id : meant) report(id, Severity::Warning);
  }
  constexpr std::size_t longest = 200;  // a remark is not worth a second long evaluation
  if (evaluation && p.settings.causal && !diagnostics.has_errors() && p.settings.input->size() <= longest) {
    try {
      lint_mask(e, *evaluation, evaluate(e.graph, *p.settings.input, false, roots, budget), *p.settings.input, diagnostics);
    } catch (const LimitExceeded&) {  // the values are there, and nothing else waits for this
    }
  }
  std::vector<Json> own_displays(e.printed.size());
  if (evaluation) show_on_examples(e, examples, diagnostics, p.settings.causal, budget, own_displays);
  const bool causal = p.settings.causal;
  const Evaluation* ev = evaluation ? &*evaluation : nullptr;
  const auto shown = [&](const BuildValueRef& v) { return v && !gave_up ? display(e, *v, ev, causal, budget) : Json(); };
  Json out = {{"ok", !diagnostics.has_errors()}, {"settings", settings_document(p.settings)}, {"title", e.pragmas.title}, {"description", e.pragmas.description}, {"group", e.pragmas.group}};
  out["nodes"] = gave_up ? Json::array() : nodes_document(e.graph, locator, ev, budget);
  out["uses"] = Json::array();
  if (!gave_up) for (const Use& u : e.uses) out["uses"].push_back({{"span", locator.span(u.span)}, {"node", u.node}});
  std::map<std::string, std::size_t> symbols;
  for (std::size_t i = 0; i < e.names.symbols.size(); ++i) if (e.names.symbols[i].scope == 0) symbols.emplace(e.names.symbols[i].name, i);
  const auto symbol_of = [&](const std::string& name) { const auto it = symbols.find(name); return it == symbols.end() ? Json(-1) : Json(it->second); };
  out["definitions"] = Json::array();
  for (const Definition& d : e.definitions) out["definitions"].push_back({{"name", d.name}, {"name_span", locator.span(d.name_span)}, {"span", locator.span(d.span)}, {"display", shown(d.value)}, {"symbol", symbol_of(d.name)}});
  out["printed"] = Json::array();
  for (std::size_t i = 0; i < e.printed.size() && !gave_up; ++i) {
    const Printed& x = e.printed[i];
    Json display = !own_displays[i].is_null() ? std::move(own_displays[i]) : x.value ? shown(x.value) : example_display(examples.input(x.example));
    Json line = {{"span", locator.span(x.span)}, {"name", x.name}, {"display", std::move(display)}};
    if (!x.shown) line["quiet"] = true;
    out["printed"].push_back(std::move(line));
  }
  out.update(names_document(e, locator));
  out["drawn"] = gave_up ? std::vector<NodeId>() : e.drawn;
  out["output"] = nullptr;
  if (e.output && !gave_up) out["output"] = {{"name", e.output_name}, {"node", e.output->node == no_node ? Json(-1) : Json(e.output->node)}, {"display", shown(e.output)}};
  out["expects"] = Json::array();
  for (const auto& x : e.pragmas.expects) out["expects"].push_back({{"span", locator.span(x.span)}, {"input", values_document(x.input)}, {"output", values_document(x.output)}});
  out["pragmas"] = Json::array();
  for (const auto& x : e.pragmas.others) out["pragmas"].push_back({{"key", x.key}, {"text", x.text}});
  out["diagnostics"] = locator.diagnostics(diagnostics);
  return out;
}

Json Session::compile(const Json& r) {
  const auto limits = limits_of(r);
  Budget budget(limits);
  Diagnostics diagnostics;
  auto held = std::make_unique<Held>();
  held->request = program_request(r);
  const auto start = std::chrono::steady_clock::now();
  held->program = load_program(held->request, diagnostics, budget);
  const double elaborate_ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  const Locator locator(held->program.elaboration);
  auto model = compile_program(held->request, held->program, diagnostics, budget);
  if (!model) {
    Json out = failed(locator.diagnostics(diagnostics));
    out["settings"] = settings_document(held->program.settings);
    return out;
  }
  model->timings_ms["elaborate"] = elaborate_ms;
  held->model = std::move(*model);
  const Graph& graph = held->program.elaboration.graph;
  held->runner = std::make_unique<Runner>(graph, held->model);
  settle_exactness(graph, *held->runner, held->model, diagnostics, budget);
  const CompiledModel& m = held->model;

  Json out = {{"ok", true}, {"model", model_summary(m)}};
  out.update(exactness_document(m));
  Json links = Json::array();
  for (std::size_t i = 0; i < m.links.size() && i < 24; ++i) {
    const BoundLink& l = m.links[i];
    links.push_back({{"node", l.node == no_node ? Json(-1) : Json(l.node)}, {"label", l.node == no_node ? "" : graph.describe(l.node)}, {"what", l.what}, {"margin", std::isfinite(l.margin) ? Json(l.margin) : Json(-1e9)}, {"error", std::isfinite(l.error) ? Json(l.error) : Json(1e9)}});
  }
  out["bounds"] = {{"worst_margin", std::isfinite(m.worst_margin) ? Json(m.worst_margin) : Json(-1e9)}, {"links", links}, {"reasons", m.exactness.reasons}};
  out["timings_ms"] = m.timings_ms;
  out["fingerprint"] = fingerprint(m.transformer);
  out["version"] = compiler_version;
  out["settings"] = settings_document(held->program.settings);
  if (typed<bool>(r, "details", false, "true or false")) {
    out["nodes"] = nodes_document(graph, locator, nullptr, budget);
    out.update(model_document(m));
  }
  out["diagnostics"] = locator.diagnostics(diagnostics);
  if (typed<bool>(r, "keep", false, "true or false")) {
    out["handle"] = next_handle_;
    if (held_.size() >= limits.handles + held_.count(0)) held_.erase(held_.upper_bound(0));
    held_[next_handle_++] = std::move(held);
  } else if (r.contains("format")) {
    held_[0] = std::move(held);
    Json e = r;
    e["handle"] = 0;
    Json exported = export_model(e);
    held_.erase(0);
    if (!exported["ok"].get<bool>()) return exported;
    out["bytes"] = exported["bytes"];
  }
  return out;
}

Json Session::eval(const Json& r) {
  Budget budget(limits_of(r));
  Diagnostics diagnostics;
  const Program p = load_program(program_request(r), diagnostics, budget);
  const Elaboration& e = p.elaboration;
  const Locator locator(e);
  if (!diagnostics.has_errors() && !e.output && e.printed.empty()) output_sop(p, diagnostics);
  using K = BuildValue::Kind;
  const auto evaluated = [&](const BuildValue& v) { return v.kind == K::SOp || v.kind == K::Selector || v.kind == K::Application; };
  bool needs_input = e.output && (e.output->kind == K::SOp || e.output->kind == K::Selector);
  if (diagnostics.has_errors() || (needs_input && !input_ready(p, diagnostics, budget.limits()))) return failed(locator.diagnostics(diagnostics));

  const OnExamples examples(p);
  const auto document = [&](const BuildValue& v, const std::vector<Value>* input, bool strict) {
    Json out;
    static constexpr const char* kinds[] = {"atom", "list", "dict", "s-op", "selector", "function", "application"};
    out["kind"] = kinds[static_cast<int>(v.kind)];
    if (!evaluated(v)) {
      out["value"] = plain(v, budget);
      if (v.kind == K::Atom) out["types"] = std::string(1, v.atom.letter());
      return out;
    }
    if (v.kind == K::Application) input = &v.input;
    if (!input || input->empty()) return out;
    const NodeId roots[] = {v.node};
    const Evaluation ev = evaluate(e.graph, *input, p.settings.causal, roots, budget);
    if (const Undefined* u = ev.failure_of(v.node)) {
      if (strict) report_undefined(e, *u, Severity::Error, diagnostics);
      out["error"] = u->failure.message;
      return out;
    }
    if (v.kind == K::Application) out["kind"] = is_selector(e.graph[v.node].kind) ? "selector" : "s-op", out["input"] = values_document(v.input);
    if (!is_selector(e.graph[v.node].kind)) {
      budget.show(ev.sequences[v.node].size());
      out.update(cells_document(ev.sequences[v.node]));
    } else {
      const Matrix& m = ev.matrices[v.node];
      budget.show(std::uint64_t{m.n} * m.n);
      Json rows = Json::array();
      for (std::uint32_t q = 0; q < m.n; ++q) {
        Json row = Json::array();
        for (std::uint32_t k = 0; k < m.n; ++k) row.push_back(m.at(q, k) ? 1 : 0);
        rows.push_back(std::move(row));
      }
      out["matrix"] = std::move(rows);
    }
    return out;
  };
  Json out = {{"ok", true}};
  if (e.output) {
    out["name"] = e.output_name;
    const std::vector<Value>* input = examples.own_output() ? examples.input(e.last_example) : p.settings.input ? &*p.settings.input : nullptr;
    out.update(document(*e.output, input, true));
    if (examples.own_output()) out["input"] = values_document(*input);
    if (diagnostics.has_errors()) return failed(locator.diagnostics(diagnostics));
  }
  out["printed"] = Json::array();
  for (const Printed& x : e.printed) {
    const std::vector<Value>* input = examples.input(x.example);
    Json line = x.value ? document(*x.value, input, false) : Json{{"kind", "list"}, {"value", input ? values_document(*input)["values"] : Json()}};
    if (x.value && evaluated(*x.value) && examples.own(x.example) && !line.contains("input")) line["input"] = values_document(*input);
    line["line"] = locator.span(x.span)[0];
    line["name"] = x.name;
    out["printed"].push_back(std::move(line));
  }
  out["diagnostics"] = locator.diagnostics(diagnostics);
  return out;
}

Json Session::run(const Json& r) {
  Budget budget(limits_of(r));
  Diagnostics diagnostics;
  const ProgramRequest request = program_request(r);
  const Program p = load_program(request, diagnostics, budget);
  const Locator locator(p.elaboration);
  if (diagnostics.has_errors() || !input_ready(p, diagnostics, budget.limits())) return failed(locator.diagnostics(diagnostics));
  auto model = compile_program(request, p, diagnostics, budget);
  if (!model) return failed(locator.diagnostics(diagnostics));
  Runner runner(p.elaboration.graph, *model);
  settle_exactness(p.elaboration.graph, runner, *model, diagnostics, budget, false);
  const EncodedTokens encoded = runner.encode(*p.settings.input);
  if (!encoded.ok) {
    diagnostics.error(encoded.failure.code, "input", encoded.failure.message, {0, 1, 0}, encoded.failure.hint);
    return failed(locator.diagnostics(diagnostics));
  }
  const auto start = std::chrono::steady_clock::now();
  runner.run(encoded.ids, nullptr, {}, &budget);
  const double forward_ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  const auto c = runner.compare(*p.settings.input, budget);
  Json out = {{"ok", true}, {"interpreter", cells_document(c.interpreter)}, {"model", values_document(c.model)}, {"agree", c.agree}};
  out.update(exactness_document(*model));
  Json defined = Json::array();
  for (const std::string& why : c.undefined) defined.push_back(why.empty());
  out["defined"] = defined;
  if (model->codec.encoding == Encoding::Numerical) {
    Json raw = Json::array();
    for (std::size_t i = 1; i < encoded.ids.size(); ++i) raw.push_back(runner.logits()[i]);
    out["model"]["raw"] = raw;
  }
  out["timings_ms"] = {{"forward", forward_ms}};
  out["broken_promises"] = c.broken;
  for (const std::string& text : c.broken) diagnostics.warning("promise-broken", "This input breaks a promise: " + text, {0, 1, 0}, "The model says nothing about such inputs.");
  out["diagnostics"] = locator.diagnostics(diagnostics);
  return out;
}

Json Session::write_listing(const Held&, const Json&) { throw BadRequest{"This engine writes no listings: laboratory.wasm does"}; }
void Session::check_proof(const CompiledModel&, Json&, Diagnostics&) { throw BadRequest{"This engine does not check proofs: laboratory.wasm does"}; }

Json Session::check(const Json& r) {
  Budget budget(limits_of(r));
  Diagnostics diagnostics;
  const ProgramRequest request = program_request(r);
  const Program p = load_program(request, diagnostics, budget);
  const Locator locator(p.elaboration);
  if (diagnostics.has_errors()) return failed(locator.diagnostics(diagnostics));
  auto model = compile_program(request, p, diagnostics, budget);
  if (!model) return failed(locator.diagnostics(diagnostics));
  Runner runner(p.elaboration.graph, *model);
  settle_exactness(p.elaboration.graph, runner, *model, diagnostics, budget, false);
  CheckOptions options;
  options.samples = typed<std::uint64_t>(r, "samples", 0, "a number");
  options.exhaustive = typed<bool>(r, "exhaustive", false, "true or false");
  options.seed = typed<std::uint64_t>(r, "seed", 1, "a number");
  const bool proof = typed<bool>(r, "proof", false, "true or false");
  const CheckResult c = rasp::check(p.elaboration.graph, runner, options, budget);
  Json out = {{"ok", c.mismatches == 0}, {"inputs", c.inputs}, {"exhaustive", c.exhaustive}, {"undefined", c.undefined}, {"mismatches", c.mismatches}, {"first_mismatch", nullptr}};
  out.update(exactness_document(*model));
  if (proof) check_proof(*model, out, diagnostics);
  if (c.first) {
    out["first_mismatch"] = {{"input", values_document(c.first->input)}, {"interpreter", cells_document(c.first->comparison.interpreter)}, {"model", values_document(c.first->comparison.model)},
                             {"first_difference", c.first->node == no_node ? Json() : Json(c.first->label)}};
  }
  if (c.promise_breaking) {
    out["promise_breaking"] = c.promise_breaking;
    diagnostics.warning("promise-broken", std::to_string(c.promise_breaking) + " of " + std::to_string(c.inputs) + " inputs break a promise. " + c.first_broken, {0, 1, 0}, "The model says nothing about such inputs.");
  }
  // What the program itself expects.
  Json broken = Json::array();
  for (const auto& x : p.elaboration.pragmas.expects) {
    const EncodedTokens encoded = runner.encode(x.input);
    std::vector<Value> got;
    bool right = encoded.ok;
    if (encoded.ok) {
      const auto comparison = runner.compare(x.input, budget);
      right = comparison.agree && x.output.size() == comparison.interpreter.size();
      for (std::size_t i = 0; i < comparison.interpreter.size() && right; ++i) right = comparison.interpreter[i].undefined < 0 && expected(x.output[i], comparison.interpreter[i].value);
    }
    if (!right) {
      broken.push_back({{"input", values_document(x.input)}, {"expected", values_document(x.output)}});
      diagnostics.error("expectation", "input", encoded.ok ? "The output on " + values_text(x.input, 60) + " is not what the program expects" : encoded.failure.message, x.span, "Mend the program or the line.");
    }
  }
  out["expectations"] = p.elaboration.pragmas.expects.size();
  out["broken_expectations"] = broken;
  if (!broken.empty()) out["ok"] = false;
  out["diagnostics"] = locator.diagnostics(diagnostics);
  return out;
}

namespace {

// Every node up to the output on this input, as far as the budget lets it be shown.
Json node_values(const Graph& graph, const Evaluation& ev, NodeId output, Budget& budget) {
  Json nodes = Json::array();
  for (NodeId id = 0; id <= output; ++id) {
    Json node = {{"id", id}};
    if (is_selector(graph[id].kind)) {
      if (ev.matrices[id].n && budget.may_show(std::uint64_t{ev.matrices[id].n} * ev.matrices[id].n)) node["matrix"] = matrix_rows(ev.matrices[id]);
    } else if (!ev.sequences[id].empty() && budget.may_show(ev.sequences[id].size())) {
      node["value"] = cells_document(ev.sequences[id]);
    }
    if (const Undefined* u = ev.failure_of(id)) node["undefined"] = u->failure.message;
    nodes.push_back(std::move(node));
  }
  return nodes;
}

// What one subspace holds at one position, in words.
std::string held_value(const CompiledModel& m, const Subspace& sub, std::span<const float> residual) {
  const auto values = read_subspace(m, sub, residual);
  std::string text;
  for (std::size_t i = 0; i < values.size() && i < 3; ++i) text += (i ? "|" : "") + values[i].str();
  if (values.size() > 3) text += "|…";
  return cut(text, 24);
}

// The residual stream read as values after every half-layer, BOS first.
Json decoded_residual(const CompiledModel& m, const Trace& trace, Budget& budget) {
  Json all = Json::array();
  const auto halves = static_cast<std::int32_t>(2 * m.transformer.layers.size());
  const auto T = static_cast<std::size_t>(trace.T);
  for (std::size_t s = 0; s < m.subspaces.size(); ++s) {
    const Subspace& sub = m.subspaces[s];
    budget.tick(static_cast<std::uint32_t>(trace.T));
    if (!budget.may_show(static_cast<std::uint64_t>(halves + 1) * T)) break;
    Json at = Json::array();
    for (std::int32_t half = 0; half <= halves; ++half) {
      std::vector<std::string> row(T);
      const TensorInfo* t = trace.find(half_layer_name(half));
      if (t && half >= sub.written && (sub.dead < 0 || half < sub.dead)) {
        const auto width = static_cast<std::size_t>(t->shape.back());
        const auto stream = std::span(trace.arena).subspan(static_cast<std::size_t>(t->offset), T * width);
        for (std::size_t position = 1; position < T; ++position) row[position] = held_value(m, sub, stream.subspan(position * width, width));
      }
      at.push_back(std::move(row));
    }
    all.push_back({{"subspace", s}, {"at", std::move(at)}});
  }
  return all;
}

}  // namespace

Json Session::trace(const Json& r) {
  Budget budget(limits_of(r));
  Held& h = held(r);
  const CompiledModel& m = h.model;
  const Graph& graph = h.program.elaboration.graph;
  const auto input = values_at(r, "input");
  if (!input) throw BadRequest{"\"input\" is missing"};
  const EncodedTokens encoded = h.runner->encode(*input);
  if (!encoded.ok) {
    Json out = failed(encoded.failure.code, "input", encoded.failure.message, encoded.failure.hint);
    out["position"] = encoded.position;
    return out;
  }
  std::vector<NodeId> roots;
  for (NodeId id = 0; id <= m.output; ++id) roots.push_back(id);
  for (NodeId id : promised_nodes(m.options.promises)) roots.push_back(id);
  Evaluation ev = evaluate(graph, *input, m.options.causal, roots, budget);
  Experiments experiments;
  Json refused = read_interventions(r.value("interventions", Json::array()), h.program.elaboration, *h.runner, ev, static_cast<std::int32_t>(encoded.ids.size()), budget, experiments);
  if (!refused.is_null()) return refused;
  const Json broken = broken_promises(graph, m.options.promises, ev);  // by the input, whatever the experiments do
  if (!experiments.program.empty()) ev = evaluate(graph, *input, m.options.causal, roots, budget, experiments.program);
  Trace trace;
  const auto start = std::chrono::steady_clock::now();
  std::vector<Value> decoded = h.runner->run(encoded.ids, &trace, experiments.model, &budget);
  const double forward_ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();

  Json out = {{"ok", true}, {"T", trace.T}};
  Json tokens = Json::array({"BOS"});
  for (const Value& v : *input) tokens.push_back(v.str());
  out["tokens"] = tokens;
  Json tensors = Json::array();
  for (const TensorInfo& t : trace.tensors) tensors.push_back({{"name", t.name}, {"shape", t.shape}, {"offset", t.offset}});
  out["tensors"] = std::move(tensors);
  const auto& cells = ev.sequences[m.output];
  out["interpreter"] = cells_document(cells);
  out["broken_promises"] = broken;
  Json defined = Json::array(), agree = Json::array();
  bool all = true;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    defined.push_back(cells[i].undefined < 0);
    const bool same = cells[i].undefined >= 0 || match(m, cells[i].value, decoded[i]) != Match::Different;
    agree.push_back(same);
    all = all && same;
  }
  out["defined"] = std::move(defined);
  out["agrees"] = std::move(agree);
  out["agree"] = all;
  out.update(exactness_document(m));
  out["model"] = values_document(decoded);
  if (m.codec.encoding == Encoding::Numerical) {
    Json raw = Json::array();
    for (std::size_t i = 1; i < encoded.ids.size(); ++i) raw.push_back(h.runner->logits()[i]);
    out["model"]["raw"] = std::move(raw);
  }
  out["nodes"] = node_values(graph, ev, m.output, budget);
  out["decoded"] = decoded_residual(m, trace, budget);
  out["timings_ms"] = {{"forward", forward_ms}};
  arena_ = std::move(trace.arena);
  return out;
}

Json Session::weights(const Json& r) {
  Held& h = held(r);
  Json out = weights_document(h.model, typed<int>(r, "layer", 0, "a number"), r.contains("head") ? typed<int>(r, "head", 0, "a number") : -1);
  if (out.is_null()) throw BadRequest{"The model has no such layer or head"};
  return out;
}

Json Session::explain(const Json& r) {
  Held& h = held(r);
  const auto input = values_at(r, "input");
  if (!input) throw BadRequest{"\"input\" is missing"};
  const EncodedTokens encoded = h.runner->encode(*input);
  if (!encoded.ok) return failed(encoded.failure.code, "input", encoded.failure.message, encoded.failure.hint);
  Budget budget(limits_of(r));
  std::vector<NodeId> roots;
  for (NodeId id = 0; id <= h.model.output; ++id) roots.push_back(id);
  const Evaluation ev = evaluate(h.program.elaboration.graph, *input, h.model.options.causal, roots, budget);
  Experiments experiments;
  Json refused = read_interventions(r.value("interventions", Json::array()), h.program.elaboration, *h.runner, ev, static_cast<std::int32_t>(encoded.ids.size()), budget, experiments);
  if (!refused.is_null()) return refused;
  Trace trace;
  h.runner->run(encoded.ids, &trace, experiments.model, &budget);
  Json out = explain_document(h.model, *input, trace, experiments.model, typed<int>(r, "half_layer", 0, "a number"), typed<int>(r, "dimension", 0, "a number"), typed<int>(r, "position", 0, "a number"));
  if (out.is_null()) throw BadRequest{"The residual stream has no such half-layer, dimension or position"};
  return out;
}

Json Session::compare_passes(const Json& r) {
  Held& h = held(r);
  Json out = {{"ok", true}, {"with", model_summary(h.model)}, {"without", Json::object()}};
  Budget budget(limits_of(r));  // one deadline for all
  const auto sized = [&](const ProgramRequest& request) -> Json {
    Diagnostics diagnostics;
    try {
      const auto model = compile_program(request, h.program, diagnostics, budget);
      if (model) return model_summary(*model);
    } catch (const LimitExceeded&) {
    }
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
  Held& h = held(r);
  const std::string format = typed<std::string>(r, "format", "json", "a string");
  if (format == "craft") return write_listing(h, r);
  const Naming naming = r.value("names", "transformer_lens") == "tracr" ? Naming::Tracr : Naming::TransformerLens;
  const Locator locator(h.program.elaboration);
  std::optional<CompiledModel> changed;
  if (naming == Naming::Tracr) changed = with_output_in_stream(h.model, h.program.elaboration.graph.describe(h.model.output));
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
    return failed("unknown-format", "input", "There is no format \"" + cut(format, 40) + "\"", "Formats are json, safetensors, onnx and craft.");
  }
  if (file.failure) return failed(file.failure->code, file.failure->error_class, file.failure->message, file.failure->hint);
  bytes_ = std::move(file.bytes);
  return {{"ok", true}, {"bytes", bytes_.size()}};
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
  for (const LibraryEntry& e : library_entries()) entries.push_back({{"name", e.name}, {"signature", e.signature}, {"doc", e.doc}, {"kind", e.kind}});
  return {{"ok", true}, {"entries", entries}, {"version", compiler_version}};
}

}  // namespace rasp
