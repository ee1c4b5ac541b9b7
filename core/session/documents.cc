#include "session/documents.h"

#include <algorithm>

#include "base/text.h"

namespace rasp {
namespace {

using K = BuildValue::Kind;

std::string literal(const Value& v) { return v.is_string() ? '"' + v.text() + '"' : v.str(); }

std::string text_of(const BuildValue& v, const Graph& graph, int depth = 0) {
  if (depth > 6) return "…";
  const auto joined = [&](char open, char close) {
    std::string out(1, open);
    for (std::size_t i = 0; i < v.items.size() && out.size() < 400; ++i) {
      if (i) out += ", ";
      if (v.kind == K::Dict) out += literal(v.keys[i]) + ": ";
      out += text_of(*v.items[i], graph, depth + 1);
    }
    return out + close;
  };
  switch (v.kind) {
    case K::Atom: return literal(v.atom);
    case K::List: return joined('[', ']');
    case K::Dict: return joined('{', '}');
    case K::Function: {
      std::string out = v.function_name + "(";
      for (std::size_t i = 0; i < v.parameters.size(); ++i) out += (i ? ", " : "") + v.parameters[i];
      return out + ")";
    }
    default: return graph.describe(v.node);
  }
}

Json labels(const std::vector<std::vector<Value>>& classes) {
  Json out = Json::array();
  for (const auto& c : classes) out.push_back(values_document(std::span(c).first(std::min<std::size_t>(c.size(), 64))));
  return out;
}

// Subspaces that a matrix reads before half-layer `half`: those that own a residual dimension with a weight in
// `columns` [begin, end).
std::vector<std::size_t> subspaces_read(const CompiledModel& m, std::span<const SparseMatrix* const> matrices,
                                        std::int32_t half, std::int32_t begin = 0, std::int32_t end = 1 << 30) {
  std::vector<std::int32_t> owner(m.residual_labels.size(), -1);
  for (std::size_t s = 0; s < m.subspaces.size(); ++s) {
    const Subspace& sub = m.subspaces[s];
    if (sub.written >= half || (sub.dead >= 0 && sub.dead < half)) continue;
    for (std::int32_t d : sub.dimensions) owner[static_cast<std::size_t>(d)] = static_cast<std::int32_t>(s);
  }
  std::vector<bool> read(m.subspaces.size(), false);
  for (const SparseMatrix* w : matrices) {
    for (std::int32_t r = 0; r < w->rows(); ++r) {
      const std::int32_t s = owner[static_cast<std::size_t>(r)];
      if (s < 0 || read[static_cast<std::size_t>(s)]) continue;
      for (SparseMatrix::InnerIterator e(*w, r); e; ++e) {
        if (e.col() >= begin && e.col() < end) read[static_cast<std::size_t>(s)] = true;
      }
    }
  }
  std::vector<std::size_t> out;
  for (std::size_t s = 0; s < read.size(); ++s)
    if (read[s]) out.push_back(s);
  return out;
}

}  // namespace

Locator::Locator(const Elaboration& e) : names_(e.file_names) {
  for (const std::string& text : e.file_texts) {
    texts_.push_back(std::make_unique<std::string>(text));
    lines_.emplace_back(*texts_.back());
  }
}

Locator::Locator(std::string text) : names_{"program.rasp"} {
  texts_.push_back(std::make_unique<std::string>(std::move(text)));
  lines_.emplace_back(*texts_.back());
}

Json Locator::span(const Span& s) const {
  if (s.file != 0 || lines_.empty()) return nullptr;
  const Position a = lines_[0].at(s.begin), b = lines_[0].at(s.end);
  return {a.line, a.column, b.line, b.column};
}

Json Locator::span_in_file(const Span& s) const {
  if (s.file >= lines_.size()) return nullptr;
  const Position a = lines_[s.file].at(s.begin), b = lines_[s.file].at(s.end);
  return {{"file", names_[s.file]}, {"span", {a.line, a.column, b.line, b.column}}};
}

Json Locator::diagnostic(const Diagnostic& d) const {
  Json out = {{"severity", d.severity == Severity::Error     ? "error"
                           : d.severity == Severity::Warning ? "warning"
                                                             : "info"},
              {"code", d.code}};
  if (!d.error_class.empty()) out["class"] = d.error_class;
  out["message"] = d.message;
  const bool known = d.span.file < lines_.size();
  const Position a = known ? lines_[d.span.file].at(d.span.begin) : Position{};
  Position b = known ? lines_[d.span.file].at(d.span.end) : Position{};
  out["line"] = a.line;
  out["column"] = a.column;
  out["end_line"] = b.line;
  out["end_column"] = b.column;
  if (d.span.file != 0) out["file"] = known ? names_[d.span.file] : "";
  if (!d.hint.empty()) out["hint"] = d.hint;
  if (d.on_input) out["on_input"] = true;
  if (!d.fix.title.empty() && d.span.file == 0) {
    Json edits = Json::array();
    for (const Edit& e : d.fix.edits) edits.push_back({{"span", span(e.span)}, {"text", e.text}});
    out["fix"] = {{"title", d.fix.title}, {"edits", std::move(edits)}};
  }
  return out;
}

Json Locator::diagnostics(const Diagnostics& list) const {
  std::vector<Diagnostic> sorted = list.list();
  std::stable_sort(sorted.begin(), sorted.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return std::pair(a.span.file, a.span.begin) < std::pair(b.span.file, b.span.begin);
  });
  Json out = Json::array();
  for (const Diagnostic& d : sorted) out.push_back(diagnostic(d));
  return out;
}

Json values_document(std::span<const Value> values) {
  Json list = Json::array();
  std::string types;
  for (const Value& v : values) {
    list.push_back(value_to_json(v));
    types += v.letter();
  }
  return {{"values", std::move(list)}, {"types", std::move(types)}};
}

Json cells_document(std::span<const Cell> cells) {
  Json list = Json::array();
  std::string types;
  for (const Cell& c : cells) {
    if (c.undefined >= 0) list.push_back(nullptr);
    else list.push_back(value_to_json(c.value));
    types += c.undefined >= 0 ? '-' : c.value.letter();
  }
  return {{"values", std::move(list)}, {"types", std::move(types)}};
}

Json matrix_rows(const Matrix& m) {
  Json rows = Json::array();
  for (std::uint32_t q = 0; q < m.n; ++q) {
    std::string row;
    for (std::uint32_t k = 0; k < m.n; ++k) row += m.row_undefined[q] >= 0 ? '?' : m.at(q, k) ? '1' : '0';
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string values_text(std::span<const Value> values, std::size_t most) {
  std::string out = "[";
  for (std::size_t i = 0; i < values.size() && out.size() < most * 4; ++i) {
    if (i) out += ", ";
    out += literal(values[i]);
  }
  return cut(out + "]", most);
}

const char* kind_name(NodeKind kind) {
  static constexpr const char* names[] = {"tokens",         "indices", "constant", "elementwise", "aggregate",
                                          "selector_width", "select",  "and",      "or",          "not"};
  return names[static_cast<int>(kind)];
}

Json display(const Elaboration& e, const BuildValue& v, const Evaluation* evaluation, bool causal, Budget& budget,
             bool in_nodes) {
  static constexpr const char* kinds[] = {"atom", "list", "dict", "s-op", "selector", "function", "application"};
  Json out = {{"kind", kinds[static_cast<int>(v.kind)]}};
  const auto show = [&](const Evaluation& ev, NodeId id, bool elsewhere) {
    if (is_selector(e.graph[id].kind)) {
      const std::uint64_t n = ev.matrices[id].n;
      if (n == 0 || (!elsewhere && !budget.may_show(n * n))) return;
      out["text"] = "selector";
      if (!elsewhere) out["matrix"] = matrix_rows(ev.matrices[id]);
      return;
    }
    const auto& cells = ev.sequences[id];
    if (cells.empty() || (!elsewhere && !budget.may_show(cells.size()))) return;
    std::string text = "[";
    for (std::size_t i = 0; i < cells.size() && text.size() < 800; ++i)
      text += (i ? ", " : "") + (cells[i].undefined >= 0 ? std::string("?") : literal(cells[i].value));
    out["text"] = cut(text + "]", 200);
    if (elsewhere) return;
    out["value"] = cells_document(cells);
    if (const Undefined* u = ev.failure_of(id)) out["undefined"] = u->failure.message;
  };
  out["text"] = cut(text_of(v, e.graph), 200);
  if (v.kind == K::SOp || v.kind == K::Selector) {
    out["node"] = v.node;
    if (evaluation) show(*evaluation, v.node, in_nodes);
  } else if (v.kind == K::Application) {
    out["node"] = v.node;
    out["input"] = values_document(v.input);
    const NodeId roots[] = {v.node};
    show(evaluate(e.graph, v.input, causal, roots, budget), v.node, false);
  }
  return out;
}

Json plain(const BuildValue& v, Budget& budget, std::uint32_t depth) {
  constexpr std::uint32_t deepest = 100;
  if (depth > deepest) throw LimitExceeded{"limit-nesting", deepest};
  budget.show(1);  // a list may hold itself many times over
  switch (v.kind) {
    case K::Atom: return value_to_json(v.atom);
    case K::List: {
      Json out = Json::array();
      for (const auto& item : v.items) out.push_back(plain(*item, budget, depth + 1));
      return out;
    }
    case K::Dict: {
      Json out = Json::array();
      for (std::size_t i = 0; i < v.items.size(); ++i)
        out.push_back(Json::array({value_to_json(v.keys[i]), plain(*v.items[i], budget, depth + 1)}));
      return out;
    }
    case K::Function: return Json{{"name", v.function_name}, {"parameters", v.parameters}};
    default: return Json{{"kind", v.kind == K::Selector ? "selector" : "s-op"}};
  }
}

Json nodes_document(const Graph& graph, const Locator& locator, const Evaluation* ev, Budget& budget) {
  Json out = Json::array();
  for (NodeId id = 0; id < graph.size(); ++id) {
    const Node& n = graph[id];
    budget.tick(16);
    Json node = {{"id", id},
                 {"kind", kind_name(n.kind)},
                 {"selector", is_selector(n.kind)},
                 {"args", n.args},
                 {"name", n.name},
                 {"label", graph.describe(id)},
                 {"span", n.span.end > n.span.begin ? locator.span(n.span) : Json()}};
    if (ev && !is_selector(n.kind) && !ev->sequences[id].empty() && budget.may_show(ev->sequences[id].size()))
      node["value"] = cells_document(ev->sequences[id]);
    if (ev && is_selector(n.kind) && ev->matrices[id].n &&
        budget.may_show(std::uint64_t{ev->matrices[id].n} * ev->matrices[id].n))
      node["matrix"] = matrix_rows(ev->matrices[id]);
    if (ev) {
      const bool evaluated = is_selector(n.kind) ? ev->matrices[id].n > 0 : !ev->sequences[id].empty();
      if (evaluated)
        if (const Undefined* u = ev->failure_of(id)) node["undefined"] = u->failure.message;
    }
    out.push_back(std::move(node));
  }
  return out;
}

Json exactness_document(const CompiledModel& m) {
  const Exactness& e = m.exactness;
  Json out = {{"exact", m.exact}, {"exactness", e.name()}, {"reasons", e.reasons}};
  if (e.kind == Exactness::Kind::Enumerated) out["inputs_compared"] = e.inputs;
  if (!e.under.empty()) out["under"] = e.under;
  return out;
}

Json model_summary(const CompiledModel& m) {
  const Transformer& t = m.transformer;
  Json per_layer = Json::array();
  std::size_t heads = 0;
  for (const Layer& l : t.layers) {
    per_layer.push_back(l.heads.size());
    heads += l.heads.size();
  }
  Json vocabulary = Json::array();
  for (const Value& v : m.vocabulary) vocabulary.push_back(value_to_json(v));
  return {{"layers", t.layers.size()},
          {"heads_per_layer", per_layer},
          {"heads", heads},
          {"d_model", t.d_model},
          {"d_head", t.d_head()},
          {"d_mlp", t.d_mlp()},
          {"parameters", t.parameters()},
          {"nonzeros", t.nonzeros()},
          {"max_length", m.options.max_length},
          {"vocabulary", vocabulary},
          {"causal", t.causal}};
}

namespace {

Json subspaces_document(const CompiledModel& m) {
  Json out = Json::array();
  for (const Subspace& s : m.subspaces) {
    out.push_back({{"node", s.node},
                   {"label", s.label},
                   {"encoding", s.encoding == Encoding::Categorical ? "categorical" : "numerical"},
                   {"dimensions", s.dimensions},
                   {"classes", labels(s.classes)},
                   {"silent", values_document(std::span(s.silent).first(std::min<std::size_t>(s.silent.size(), 64)))},
                   {"values", values_document(std::span(s.values).first(std::min<std::size_t>(s.values.size(), 512)))},
                   {"stored", std::vector<double>(s.stored.begin(),
                                                  s.stored.begin() + static_cast<std::ptrdiff_t>(
                                                                         std::min<std::size_t>(s.stored.size(), 512)))},
                   {"written", s.written},
                   {"dead", s.dead}});
  }
  return out;
}

Json heads_document(const CompiledModel& m, std::size_t l) {
  Json out = Json::array();
  for (std::size_t h = 0; h < m.layers[l].heads.size(); ++h) {
    const HeadInfo& i = m.layers[l].heads[h];
    static constexpr const char* roles[] = {"aggregate", "counting_width"};
    const AttentionHead& a = m.transformer.layers[l].heads[h];
    const auto half = static_cast<std::int32_t>(2 * l + 1);
    const auto read = [&](const SparseMatrix& w) {
      const SparseMatrix* list[] = {&w};
      return subspaces_read(m, list, half);
    };
    out.push_back({{"query_subspaces", read(a.W_Q)},
                   {"key_subspaces", read(a.W_K)},
                   {"value_subspaces", read(a.W_V)},
                   {"nodes", i.nodes},
                   {"selector", i.selector == no_node ? Json(-1) : Json(i.selector)},
                   {"label", i.label},
                   {"role", roles[static_cast<int>(i.role)]},
                   {"count_scale", i.count_scale},
                   {"reads_query", i.reads_query},
                   {"reads_key", i.reads_key},
                   {"reads_value", i.reads_value},
                   {"d_head", a.W_Q.cols()}});
  }
  return out;
}

}  // namespace

Json model_document(const CompiledModel& m) {
  Json out;
  out["output"] = m.output;
  out["codec"] = {{"encoding", m.codec.encoding == Encoding::Categorical ? "categorical" : "numerical"},
                  {"values", values_document(m.codec.values)}};
  if (m.codec.whole) out["codec"]["whole"] = true;
  out["residual_labels"] = m.residual_labels;
  out["subspaces"] = subspaces_document(m);
  Json layers = Json::array();
  for (std::size_t l = 0; l < m.layers.size(); ++l) {
    Json neurons = Json::array();
    const SparseMatrix* mlp[] = {&m.transformer.layers[l].mlp.W_in};
    for (const NeuronGroup& g : m.layers[l].neurons)
      neurons.push_back({{"subspaces", subspaces_read(m, mlp, static_cast<std::int32_t>(2 * l + 2), g.begin, g.end)},
                         {"node", g.node},
                         {"begin", g.begin},
                         {"end", g.end},
                         {"label", g.label},
                         {"how", g.how},
                         {"neuron_labels", g.neuron_labels}});
    layers.push_back(
        {{"heads", heads_document(m, l)}, {"neurons", neurons}, {"d_mlp", m.transformer.layers[l].mlp.b_in.size()}});
  }
  out["layers"] = std::move(layers);
  const SparseMatrix* unembedding[] = {&m.transformer.W_U};
  out["output_subspaces"] = subspaces_read(m, unembedding, 1 << 30);
  Json sets = Json::object();
  for (const auto& [id, values] : m.value_sets) sets[std::to_string(id)] = values_document(values);
  out["value_sets"] = std::move(sets);
  for (const auto& [name, flag] : pass_switches) out["passes"][name] = m.options.passes.*flag;
  return out;
}

Json example_display(const std::vector<Value>* input) {
  Json out = {{"kind", "list"}, {"text", input ? values_text(*input) : "none"}};
  if (input) out["value"] = values_document(*input);
  return out;
}

Json names_document(const Elaboration& e, const Locator& locator) {
  static constexpr const char* kinds[] = {"variable", "function", "parameter", "loop", "comprehension", "loaded"};
  Json symbols = Json::array(), references = Json::array();
  for (const Symbol& s : e.names.symbols) {
    Json item = {{"name", s.name},
                 {"kind", kinds[static_cast<int>(s.kind)]},
                 {"scope", s.scope == 0 ? Json() : locator.span(e.names.scopes[s.scope].span)},
                 {"definitions", Json::array()},
                 {"references", Json::array()}};
    for (const Span& d : s.definitions) {
      if (d.file == 0) item["definitions"].push_back(locator.span(d));
      else if (!item.contains("loaded_from")) item["loaded_from"] = locator.span_in_file(d);
    }
    for (const Span& u : s.uses) item["references"].push_back(locator.span(u));
    if (!s.signature.empty()) item["signature"] = s.signature;
    if (!s.doc.empty()) item["doc"] = s.doc;
    symbols.push_back(std::move(item));
  }
  for (const Reference& r : e.names.references) {
    references.push_back({{"span", locator.span(r.span)},
                          {"name", r.name},
                          {"symbol", r.symbol},
                          {"definition_span", r.symbol < 0 ? Json() : locator.span(r.definition)}});
    if (r.symbol >= 0 && r.definition.file != 0) references.back()["loaded_from"] = locator.span_in_file(r.definition);
  }
  return {{"symbols", std::move(symbols)}, {"references", std::move(references)}};
}

Json settings_document(const Settings& s) {
  return {{"input", s.input ? values_document(*s.input) : Json()},
          {"vocabulary", s.vocabulary ? values_document(*s.vocabulary) : Json()},
          {"max_length", s.max_length ? Json(*s.max_length) : Json()},
          {"causal", s.causal},
          {"from", s.from}};
}

}  // namespace rasp
