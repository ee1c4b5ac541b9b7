#include "session/course.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>

#include "base/text.h"
#include "session/documents.h"
#include "session/opened.h"
#include "rasp/library.h"
#include "syntax/token.h"
#include "syntax/words.h"

namespace rasp {
namespace {

// FNV-1a, 64 bits: names texts and graphs, proves nothing.
class Hash {
 public:
  void byte(unsigned char c) { h_ = (h_ ^ c) * 0x100000001b3ull; }
  void number(std::uint64_t n) {
    for (int i = 0; i < 8; ++i) byte(static_cast<unsigned char>(n >> (8 * i)));
  }
  void text(std::string_view s) {
    number(s.size());
    for (char c : s) byte(static_cast<unsigned char>(c));
  }
  void value(const Value& v) {
    byte(static_cast<unsigned char>(v.letter()));
    text(v.repr());
  }
  std::string hex() const {
    char out[17];
    std::snprintf(out, sizeof out, "%016llx", static_cast<unsigned long long>(h_));
    return out;
  }

 private:
  std::uint64_t h_ = 0xcbf29ce484222325ull;
};

// Words that no program can choose: the language's and the library's.
bool given(std::string_view name) {
  static const std::set<std::string_view> words = [] {
    std::set<std::string_view> w = {"True", "False", "tokens", "indices"};
    w.insert(std::begin(keywords), std::end(keywords));
    w.insert(std::begin(forms), std::end(forms));
    for (const LibraryEntry& e : library_entries()) w.insert(e.name);
    return w;
  }();
  return words.count(name) != 0;
}

void text_facts(const std::string& program, Json& facts) {
  Diagnostics ignored;
  std::set<std::string> names;
  std::map<std::string_view, std::size_t> chosen;  // in order of first use
  Hash hash;
  std::size_t count = 0;
  for (const Token& t : tokenize(program, 0, ignored)) {
    if (t.kind == TokenKind::End) break;
    ++count;
    hash.byte(static_cast<unsigned char>(t.kind));
    if (t.kind == TokenKind::Name || t.kind == TokenKind::Punctuation) names.insert(std::string(t.text));
    if (t.kind == TokenKind::Name && !given(t.text)) hash.number(chosen.emplace(t.text, chosen.size()).first->second);
    else hash.text(t.text);
  }
  facts["names"] = names;
  facts["tokens"] = count;
  facts["program"] = hash.hex();
}

void graph_facts(const Graph& graph, NodeId output, Json& facts) {
  std::vector<char> needed(output + 1, 0);
  needed[output] = 1;
  for (NodeId id = output + 1; id-- > 0;) {
    if (needed[id])
      for (NodeId a : graph[id].args) needed[a] = 1;
  }
  std::map<std::string, std::uint64_t> counts = {{"s_ops", 0},           {"selectors", 0}, {"aggregates", 0},
                                                 {"selector_widths", 0}, {"selects", 0},   {"elementwise", 0}};
  // A node's hash is over what it is and its arguments' hashes, so it does not depend on what else the program defines.
  std::vector<std::string> name(output + 1);
  for (NodeId id = 0; id <= output; ++id) {
    if (!needed[id]) continue;
    const Node& n = graph[id];
    ++counts[is_selector(n.kind) ? "selectors" : "s_ops"];
    if (n.kind == NodeKind::Aggregate) ++counts["aggregates"];
    if (n.kind == NodeKind::SelectorWidth) ++counts["selector_widths"];
    if (n.kind == NodeKind::Select) ++counts["selects"];
    if (n.kind == NodeKind::Elementwise) ++counts["elementwise"];
    Hash h;
    h.byte(static_cast<unsigned char>(n.kind));
    if (n.kind == NodeKind::Elementwise || n.kind == NodeKind::Select) h.byte(static_cast<unsigned char>(n.op));
    if (n.kind == NodeKind::Tokens) h.byte(static_cast<unsigned char>(n.conversion));
    if (n.kind == NodeKind::Constant || n.kind == NodeKind::Aggregate) h.value(n.constant);
    h.byte(n.illegal_constant ? 1 : 0);
    if (n.function) {
      for (std::size_t row = 0; row < n.function->rows(); ++row) {
        for (const Value& v : n.function->operands(row)) h.value(v);
        if (const Value* v = std::get_if<Value>(&n.function->outcome(row))) h.value(*v);
        else h.byte('!');
      }
    }
    if (n.table) {
      h.byte(static_cast<unsigned char>(n.table->kind));
      for (const Value& k : n.table->keys) h.value(k);
      for (const auto& e : n.table->entries) e ? h.value(*e) : h.byte('!');
    }
    for (NodeId a : n.args) h.text(name[a]);
    name[id] = h.hex();
  }
  facts["graph"] = name[output];
  facts["counts"] = counts;
}

// One node's value on one input, into `out`.
void put_value(const Graph& graph, const Evaluation& ev, NodeId id, Json& out) {
  if (is_selector(graph[id].kind)) out["matrix"] = matrix_rows(ev.matrices[id]);
  else out.update(cells_document(ev.sequences[id]));
  if (const Undefined* u = ev.failure_of(id))
    out["undefined"] = u->failure.message + " (in \"" + graph.describe(u->node) + "\")";
}

Json refused(const Locator& locator, const Diagnostics& diagnostics, Json facts) {
  return {{"ok", false}, {"facts", std::move(facts)}, {"diagnostics", locator.diagnostics(diagnostics)}};
}

struct Named {
  std::string name;
  NodeId node;
  Json line;
};

// The s-ops and selectors that have a name; `asked`: true for all, or the names.
std::vector<Named> named_nodes(const Elaboration& e, const Json& asked, const Locator& locator) {
  std::vector<Named> named;
  if (!asked.is_array() && asked != true) return named;
  std::set<std::pair<std::string, NodeId>> seen;
  for (const Definition& d : e.definitions) {
    if (!d.value || (d.value->kind != BuildValue::Kind::SOp && d.value->kind != BuildValue::Kind::Selector)) continue;
    if (asked.is_array() && std::find(asked.begin(), asked.end(), Json(d.name)) == asked.end()) continue;
    if (seen.emplace(d.name, d.value->node).second) named.push_back({d.name, d.value->node, locator.span(d.name_span)});
  }
  return named;
}

// nullopt: `problem` says why.
std::optional<std::vector<Value>> input_of(const Json& text, const Limits& limits, std::string& problem) {
  auto input = values_from_json(text, problem);
  if (!input) return std::nullopt;
  if (input->empty()) problem = "The input is empty";
  if (input->size() > limits.input_tokens)
    problem = "The input has more than " + std::to_string(limits.input_tokens) + " tokens";
  if (!problem.empty()) return std::nullopt;
  return input;
}

Json named_values(const Graph& graph, const Evaluation& ev, const std::vector<Named>& named) {
  Json out = Json::array();
  for (const Named& n : named) {
    Json value = {{"name", n.name}, {"line", n.line.is_null() ? Json() : n.line[0]}};
    put_value(graph, ev, n.node, value);
    out.push_back(std::move(value));
  }
  return out;
}

}  // namespace

Json eval_many(const Json& r, ProgramRequest request, Limits limits) {
  const Json steps = r.value("limit_steps", Json());
  if (steps.is_number_unsigned())
    limits.elaboration_steps = std::min(limits.elaboration_steps, steps.get<std::uint64_t>());
  request.input.reset();
  Json facts;
  text_facts(request.program, facts);
  Opened opened(std::move(request), limits);
  Diagnostics& diagnostics = opened.diagnostics;
  const Elaboration& e = opened.elaboration();
  const Locator& locator = opened.locator;
  const Json inputs = r.value("inputs", Json::array());
  if (!inputs.is_array() || inputs.size() > most_inputs) {
    diagnostics.error("bad-request", "input",
                      "\"inputs\" must be an array of at most " + std::to_string(most_inputs) + " inputs", {0, 1, 0});
  }
  if (!diagnostics.has_errors() && !e.output) output_sop(opened.program(), diagnostics);
  if (diagnostics.has_errors()) return refused(locator, diagnostics, std::move(facts));

  static constexpr const char* kinds[] = {"atom", "list", "dict", "s-op", "selector", "function", "application"};
  using K = BuildValue::Kind;
  Json out = {{"ok", true},
              {"name", e.output_name},
              {"kind", kinds[static_cast<int>(e.output->kind)]},
              {"results", Json::array()}};
  if (e.output->kind == K::SOp || e.output->kind == K::Selector) {
    const NodeId output = e.output->node;
    graph_facts(e.graph, output, facts);

    const Json asked = r.value("named", Json());
    const std::vector<Named> named = named_nodes(e, asked, locator);
    std::vector<NodeId> roots = {output};
    for (const Named& n : named) roots.push_back(n.node);

    for (const Json& text : inputs) {
      Json one;
      std::string problem;
      const auto input = input_of(text, limits, problem);
      if (!input) {
        out["results"].push_back({{"error", problem}});
        continue;
      }
      opened.budget.tick(64);
      const Evaluation ev = evaluate(e.graph, *input, opened.settings().causal, roots, opened.budget);
      put_value(e.graph, ev, output, one);
      if (!asked.is_null()) one["named"] = named_values(e.graph, ev, named);
      out["results"].push_back(std::move(one));
    }
  }
  out["facts"] = std::move(facts);
  out["diagnostics"] = locator.diagnostics(diagnostics);
  return out;
}

}  // namespace rasp
