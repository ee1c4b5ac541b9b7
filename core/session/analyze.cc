// analyze: what the page shows while a program is typed.
#include "session/session.h"

#include <algorithm>
#include <map>
#include <set>

#include "rasp/lint_mask.h"
#include "session/documents.h"
#include "session/on_examples.h"
#include "session/opened.h"

namespace rasp {
namespace {

bool has_nodes(const BuildValueRef& v) {
  return v && (v->kind == BuildValue::Kind::SOp || v->kind == BuildValue::Kind::Selector);
}

class Analysis {
 public:
  explicit Analysis(const Json& request)
      : opened_(request, true),
        e_(opened_.elaboration()),
        input_(opened_.settings().input),
        causal_(opened_.settings().causal),
        examples_(opened_.program()) {}

  Json run() {
    const std::vector<Diagnostic>& said = opened_.diagnostics.list();
    gave_up_ = std::any_of(said.begin(), said.end(), [](const Diagnostic& d) {
      return d.error_class == "limit" && d.severity == Severity::Error;
    });
    if (!gave_up_ && opened_.input_ready()) evaluate_all();
    if (evaluation_ && !opened_.diagnostics.has_errors()) report_all();
    if (evaluation_) remark_on_mask();
    displays_.resize(e_.printed.size());
    if (evaluation_) show_on_examples();
    return document();
  }

 private:
  void evaluate_all();
  void report_all();
  void remark_on_mask();
  void show_on_examples();
  Json document();
  Json definitions();
  Json printed();
  Json shown(const BuildValueRef& v) {
    return v && !gave_up_ ? display(e_, *v, evaluation(), causal_, opened_.budget, true) : Json();
  }
  const Evaluation* evaluation() const { return evaluation_ ? &*evaluation_ : nullptr; }

  Opened opened_;
  const Elaboration& e_;
  const std::optional<std::vector<Value>>& input_;
  const bool causal_;
  OnExamples examples_;
  bool gave_up_ = false;  // after a limit: there may be very many nodes, and no program whose values anybody wants
  std::vector<NodeId> roots_;
  std::set<NodeId> meant_;  // for this input: where they have no value on it, that is worth a warning
  std::optional<Evaluation> evaluation_;
  std::vector<Json>
      displays_;  // of statements whose example is another input than the model's, by their place in `printed`
};

void Analysis::evaluate_all() {
  std::set<NodeId> wanted;
  const auto want = [&](const BuildValueRef& v, std::uint32_t example) {
    if (!has_nodes(v)) return;
    wanted.insert(v->node);
    if (!examples_.own(example)) meant_.insert(v->node);
    examples_.want(v.get(), example);
  };
  for (const Use& u : e_.uses) {
    wanted.insert(u.node);
    if (!examples_.own(u.example)) meant_.insert(u.node);
  }
  for (const Definition& d : e_.definitions) want(d.value, d.example);
  for (const Printed& x : e_.printed) want(x.value, x.example);
  for (NodeId id : e_.drawn) wanted.insert(id);
  if (e_.output && e_.output->node != no_node && e_.output->kind != BuildValue::Kind::Application)
    wanted.insert(e_.output->node);
  roots_.assign(wanted.begin(), wanted.end());
  try {
    evaluation_ = evaluate(e_.graph, *input_, causal_, roots_, opened_.budget);
  } catch (const LimitExceeded& limit) {
    opened_.diagnostics.add(limit_diagnostic(limit));
  }
}

void Analysis::report_all() {
  std::set<NodeId> reported;
  const auto report = [&](NodeId id, Severity severity) {
    const Undefined* u = evaluation_->failure_of(id);
    if (u && reported.insert(u->node).second) opened_.report_undefined(*u, severity);
  };
  if (has_nodes(e_.output) && e_.output->node != no_node)
    report(e_.output->node, examples_.own_output() ? Severity::Warning : Severity::Error);
  for (NodeId id : meant_) report(id, Severity::Warning);
}

void Analysis::remark_on_mask() {
  constexpr std::size_t longest = 200;  // a remark is not worth a second long evaluation
  if (!causal_ || opened_.diagnostics.has_errors() || input_->size() > longest) return;
  try {
    lint_mask(e_, *evaluation_, evaluate(e_.graph, *input_, false, roots_, opened_.budget), *input_,
              opened_.diagnostics);
  } catch (const LimitExceeded&) {  // the values are there, and nothing else waits for this
  }
}

void Analysis::show_on_examples() {
  Budget& budget = opened_.budget;
  try {
    examples_.evaluate(budget,
                       [&](std::uint32_t example, const std::set<NodeId>& wanted, const Evaluation& evaluation) {
                         const std::vector<Value>& input = *examples_.input(example);
                         budget.tick(static_cast<std::uint32_t>(e_.printed.size()));
                         for (NodeId id : wanted) {
                           if (opened_.diagnostics.has_errors()) break;
                           if (const Undefined* u = evaluation.failure_of(id))
                             opened_.report_undefined(*u, Severity::Warning, "the example " + values_text(input, 40));
                         }
                         for (std::size_t i = 0; i < e_.printed.size(); ++i) {
                           const Printed& x = e_.printed[i];
                           if (x.example != example || !x.value || wanted.count(x.value->node) == 0 ||
                               x.value->kind == BuildValue::Kind::Application)
                             continue;
                           displays_[i] = display(e_, *x.value, &evaluation, causal_, budget);
                           if (budget.may_show(input.size())) displays_[i]["input"] = values_document(input);
                         }
                       });
  } catch (const LimitExceeded& limit) {
    opened_.diagnostics.add(limit_diagnostic(limit));
  }
}

Json Analysis::definitions() {
  std::map<std::string, std::size_t> symbols;
  for (std::size_t i = 0; i < e_.names.symbols.size(); ++i)
    if (e_.names.symbols[i].scope == 0) symbols.emplace(e_.names.symbols[i].name, i);
  Json all = Json::array();
  for (const Definition& d : e_.definitions) {
    const auto symbol = symbols.find(d.name);
    all.push_back({{"name", d.name},
                   {"name_span", opened_.locator.span(d.name_span)},
                   {"span", opened_.locator.span(d.span)},
                   {"display", shown(d.value)},
                   {"symbol", symbol == symbols.end() ? Json(-1) : Json(symbol->second)}});
  }
  return all;
}

Json Analysis::printed() {
  Json all = Json::array();
  for (std::size_t i = 0; i < e_.printed.size() && !gave_up_; ++i) {
    const Printed& x = e_.printed[i];
    Json display = !displays_[i].is_null() ? std::move(displays_[i])
                   : x.value               ? shown(x.value)
                                           : example_display(examples_.input(x.example));
    Json line = {{"span", opened_.locator.span(x.span)}, {"name", x.name}, {"display", std::move(display)}};
    if (!x.shown) line["quiet"] = true;
    all.push_back(std::move(line));
  }
  return all;
}

Json Analysis::document() {
  const Locator& locator = opened_.locator;
  Json out = {{"ok", !opened_.diagnostics.has_errors()},
              {"settings", settings_document(opened_.settings())},
              {"title", e_.pragmas.title},
              {"description", e_.pragmas.description},
              {"group", e_.pragmas.group}};
  out["nodes"] = gave_up_ ? Json::array() : nodes_document(e_.graph, locator, evaluation(), opened_.budget);
  out["uses"] = Json::array();
  if (!gave_up_)
    for (const Use& u : e_.uses) out["uses"].push_back({{"span", locator.span(u.span)}, {"node", u.node}});
  out["definitions"] = definitions();
  out["printed"] = printed();
  out.update(names_document(e_, locator));
  out["drawn"] = gave_up_ ? std::vector<NodeId>() : e_.drawn;
  out["output"] = nullptr;
  if (e_.output && !gave_up_)
    out["output"] = {{"name", e_.output_name},
                     {"node", e_.output->node == no_node ? Json(-1) : Json(e_.output->node)},
                     {"display", shown(e_.output)}};
  out["expects"] = Json::array();
  for (const auto& x : e_.pragmas.expects)
    out["expects"].push_back(
        {{"span", locator.span(x.span)}, {"input", values_document(x.input)}, {"output", values_document(x.output)}});
  out["pragmas"] = Json::array();
  for (const auto& x : e_.pragmas.others) out["pragmas"].push_back({{"key", x.key}, {"text", x.text}});
  out["diagnostics"] = locator.diagnostics(opened_.diagnostics);
  return out;
}

}  // namespace

Json Session::analyze(const Json& r) { return Analysis(r).run(); }

}  // namespace rasp
