// eval: the values of what a program prints and of its output, for the command line.
#include "session/session.h"

#include "session/documents.h"
#include "session/on_examples.h"
#include "session/opened.h"

namespace rasp {
namespace {

using EvalKind = BuildValue::Kind;

bool is_evaluated(const BuildValue& v) {
  return v.kind == EvalKind::SOp || v.kind == EvalKind::Selector || v.kind == EvalKind::Application;
}

Json bits(const Matrix& m) {
  Json rows = Json::array();
  for (std::uint32_t q = 0; q < m.n; ++q) {
    Json row = Json::array();
    for (std::uint32_t k = 0; k < m.n; ++k) row.push_back(m.at(q, k) ? 1 : 0);
    rows.push_back(std::move(row));
  }
  return rows;
}

// A value on an input, which may be null. `strict`: without a value it is a mistake of the program.
Json value_document(Opened& opened, const BuildValue& v, const std::vector<Value>* input, bool strict) {
  static constexpr const char* kinds[] = {"atom", "list", "dict", "s-op", "selector", "function", "application"};
  Json out = {{"kind", kinds[static_cast<int>(v.kind)]}};
  if (!is_evaluated(v)) {
    out["value"] = plain(v, opened.budget);
    if (v.kind == EvalKind::Atom) out["types"] = std::string(1, v.atom.letter());
    return out;
  }
  if (v.kind == EvalKind::Application) input = &v.input;
  if (!input || input->empty()) return out;
  const NodeId roots[] = {v.node};
  const Graph& graph = opened.graph();
  const Evaluation ev = evaluate(graph, *input, opened.settings().causal, roots, opened.budget);
  if (const Undefined* u = ev.failure_of(v.node)) {
    if (strict) opened.report_undefined(*u, Severity::Error);
    out["error"] = u->failure.message;
    return out;
  }
  const bool selector = is_selector(graph[v.node].kind);
  if (v.kind == EvalKind::Application)
    out["kind"] = selector ? "selector" : "s-op", out["input"] = values_document(v.input);
  if (selector) {
    const Matrix& m = ev.matrices[v.node];
    opened.budget.show(std::uint64_t{m.n} * m.n);
    out["matrix"] = bits(m);
  } else {
    opened.budget.show(ev.sequences[v.node].size());
    out.update(cells_document(ev.sequences[v.node]));
  }
  return out;
}

Json printed_lines(Opened& opened, const OnExamples& examples) {
  Json all = Json::array();
  for (const Printed& x : opened.elaboration().printed) {
    const std::vector<Value>* input = examples.input(x.example);
    Json line = x.value ? value_document(opened, *x.value, input, false)
                        : Json{{"kind", "list"}, {"value", input ? values_document(*input)["values"] : Json()}};
    if (x.value && is_evaluated(*x.value) && examples.own(x.example) && !line.contains("input"))
      line["input"] = values_document(*input);
    line["line"] = opened.locator.span(x.span)[0];
    line["name"] = x.name;
    all.push_back(std::move(line));
  }
  return all;
}

}  // namespace

Json Session::eval(const Json& r) {
  Opened opened(r);
  const Elaboration& e = opened.elaboration();
  if (!opened.diagnostics.has_errors() && !e.output && e.printed.empty())
    output_sop(opened.program(), opened.diagnostics);
  const bool needs_input = e.output && (e.output->kind == EvalKind::SOp || e.output->kind == EvalKind::Selector);
  if (opened.diagnostics.has_errors() || (needs_input && !opened.input_ready())) return opened.refusal();

  const OnExamples examples(opened.program());
  Json out = {{"ok", true}};
  if (e.output) {
    const std::optional<std::vector<Value>>& given = opened.settings().input;
    const std::vector<Value>* input = examples.own_output() ? examples.input(e.last_example)
                                      : given               ? &*given
                                                            : nullptr;
    out["name"] = e.output_name;
    out.update(value_document(opened, *e.output, input, true));
    if (examples.own_output()) out["input"] = values_document(*input);
    if (opened.diagnostics.has_errors()) return opened.refusal();
  }
  out["printed"] = printed_lines(opened, examples);
  out["diagnostics"] = opened.locator.diagnostics(opened.diagnostics);
  return out;
}

}  // namespace rasp
