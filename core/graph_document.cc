#include "graph_document.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/text.h"
#include "rasp/pragmas.h"

namespace rasp {
namespace {

Diagnostic graph_fault(const std::string& message) {
  return {Severity::Error, "bad-graph",
          "input",         "The tabulated graph cannot be read: " + message,
          {0, 1, 0},       "Open the Python program again; core/session/schema describes the format."};
}
[[noreturn]] void bad_graph(const std::string& message) { throw Rejection{graph_fault(message)}; }

// A value beside the letter of its kind, which tells 1 from 1.0 whoever wrote the JSON.
Value typed_value(const Json& json, char letter) {
  switch (letter) {
    case 'o':
      if (json.is_string()) return Value::opaque(json.get<std::string>());
      break;
    case 's':
      if (json.is_string()) return Value::string(json.get<std::string>());
      break;
    case 'b':
      if (json.is_boolean()) return Value::boolean(json.get<bool>());
      break;
    case 'i': {
      if (json.is_string()) {
        if (auto digits = BigInt::from_decimal(json.get_ref<const std::string&>(), Limits().integer_bits))
          return Value::integer(std::move(*digits));
        break;
      }
      const auto value = value_from_json(json);
      if (value && value->kind() == Kind::Int) return *value;
      if (value && value->kind() == Kind::Float && std::nearbyint(value->number()) == value->number() &&
          std::fabs(value->number()) < 0x1p53)
        return Value::integer(static_cast<std::int64_t>(value->number()));
      break;
    }
    case 'f': {
      if (json.is_number()) return Value::real(json.get<double>());
      constexpr double inf = std::numeric_limits<double>::infinity();
      if (json == "nan") return Value::real(std::numeric_limits<double>::quiet_NaN());
      if (json == "inf" || json == "-inf") return Value::real(json == "inf" ? inf : -inf);
      break;
    }
    default: break;
  }
  bad_graph("a value does not have the kind that its letter says");
}

class GraphReader {
 public:
  GraphReader(const Json& document, const std::string& program, Diagnostics& diagnostics, Budget& budget,
              std::shared_ptr<MissingRows> missing)
      : doc_(document),
        size_(static_cast<std::uint32_t>(program.size())),
        diagnostics_(diagnostics),
        budget_(budget),
        missing_(std::move(missing)) {}

  std::vector<std::shared_ptr<const FunctionTable>> functions;

  void run(Elaboration& out) {
    if (!doc_.is_object() || number(doc_, "rasp_graph", 0) != 1)
      bad_graph("it is not of a version that this engine knows");
    out.graph = Graph(Dialect::Tracr);
    values();
    for (const Json& message : list(doc_, "messages")) diagnostic(message);
    for (const Json& f : list(doc_, "functions")) function(f);
    for (const Json& n : list(doc_, "nodes")) node(n, out);
    settings(out.pragmas);
    for (const Json& d : list(doc_, "definitions")) {
      const NodeId id = node_at(d, "node");
      out.definitions.push_back({text(d, "name"), span(d, "name_span"), span(d, "span"), built(out.graph, id), false});
    }
    for (const Json& u : list(doc_, "uses")) out.uses.push_back({span(u, "span"), node_at(u, "node")});
    for (const Json& p : list(doc_, "printed")) {
      auto value = std::make_shared<BuildValue>();
      value->atom = Value::opaque(text(p, "text"));
      out.printed.push_back({span(p, "span"), p.value("name", "out"), std::move(value), true});
    }
    if (doc_.contains("output") && !doc_["output"].is_null()) {
      out.last = out.output = built(out.graph, node_at(doc_, "output"));
      out.last_name = out.output_name = doc_.value("output_name", "");
    }
  }

 private:
  static const Json& list(const Json& of, const char* key) {
    static const Json none = Json::array();
    const auto it = of.find(key);
    if (it == of.end()) return none;
    if (!it->is_array()) bad_graph(std::string("\"") + key + "\" is not a list");
    return *it;
  }
  static std::int64_t number(const Json& of, const char* key, std::int64_t fallback) {
    const auto it = of.find(key);
    if (it == of.end() || it->is_null()) return fallback;
    if (!it->is_number_integer()) bad_graph(std::string("\"") + key + "\" is not a whole number");
    return it->get<std::int64_t>();
  }
  static std::string text(const Json& of, const char* key) {
    const auto it = of.find(key);
    if (it == of.end() || !it->is_string()) bad_graph(std::string("\"") + key + "\" is not a text");
    return it->get<std::string>();
  }
  Span span(const Json& of, const char* key) const {
    const auto it = of.find(key);
    if (it == of.end() || it->is_null()) return {};
    if (!it->is_array() || it->size() != 2 || !(*it)[0].is_number_unsigned() || !(*it)[1].is_number_unsigned())
      bad_graph(std::string("\"") + key + "\" is not a pair of offsets");
    const auto at = [&](std::size_t i) {
      return static_cast<std::uint32_t>(std::min<std::uint64_t>((*it)[i].get<std::uint64_t>(), size_));
    };
    return {at(0), std::max(at(0), at(1)), 0};
  }
  std::size_t index(const Json& json, std::size_t size, const char* of) const {
    if (!json.is_number_unsigned() || json.get<std::uint64_t>() >= size)
      bad_graph(std::string("it refers to a ") + of + " that it does not have");
    return json.get<std::size_t>();
  }
  const Value& value_at(const Json& json) const { return pool_[index(json, pool_.size(), "value")]; }
  NodeId node_at(const Json& of, const char* key) const {
    if (!of.contains(key)) bad_graph(std::string("\"") + key + "\" is missing");
    return ids_[index(of[key], ids_.size(), "node")];
  }

  void values() {
    const Json pool = doc_.value("values", Json::object());
    if (!pool.is_object()) bad_graph("\"values\" is not an object");
    const Json& items = list(pool, "values");
    const std::string letters = pool.value("types", "");
    if (letters.size() != items.size()) bad_graph("its values and their letters do not match");
    for (std::size_t i = 0; i < items.size(); ++i) pool_.push_back(typed_value(items[i], letters[i]));
    for (const Json& f : list(doc_, "failures")) {
      if (!f.is_string()) bad_graph("a failure is not a text");
      failures_.push_back(f.get<std::string>());
    }
  }

  Outcome outcome(const Json& json) const {
    if (json.is_number_integer() && json.get<std::int64_t>() < 0) {
      const std::int64_t i = -1 - json.get<std::int64_t>();
      if (i >= static_cast<std::int64_t>(failures_.size())) bad_graph("it refers to a failure that it does not have");
      return Failure{"python-raised", "value", failures_[static_cast<std::size_t>(i)],
                     "This value is undefined; the others are not."};
    }
    return value_at(json);
  }

  void function(const Json& f) {
    const auto arity = static_cast<std::size_t>(number(f, "arity", 1));
    if (arity < 1 || arity > 2) bad_graph("a function takes one value or two");
    auto table = std::make_shared<FunctionTable>(static_cast<std::uint32_t>(arity), f.value("name", ""), missing_);
    for (const Json& row : list(f, "rows")) {
      budget_.tick(8);
      if (++rows_ > budget_.limits().opaque_rows)
        throw LimitExceeded{"limit-opaque-rows", budget_.limits().opaque_rows};
      if (!row.is_array() || row.size() != arity + 1) bad_graph("a row does not fit its function");
      std::vector<Value> operands;
      for (std::size_t i = 0; i < arity; ++i) operands.push_back(value_at(row[i]));
      table->add(std::move(operands), outcome(row[arity]));
    }
    functions.push_back(std::move(table));
  }

  void node(const Json& n, Elaboration& out) {
    static constexpr const char* kinds[] = {"tokens",         "indices", "constant", "elementwise", "aggregate",
                                            "selector_width", "select",  "and",      "or",          "not"};
    static constexpr std::size_t arity[] = {0, 0, 0, 0, 2, 1, 2, 2, 2, 1};
    const std::string kind = text(n, "kind");
    const auto at = std::find(std::begin(kinds), std::end(kinds), kind);
    if (at == std::end(kinds)) bad_graph("there is no node kind \"" + cut(kind, 40) + "\"");
    Node made;
    made.kind = static_cast<NodeKind>(at - std::begin(kinds));
    made.conversion = Conversion::Asis;
    for (const Json& a : list(n, "args")) made.args.push_back(ids_[index(a, ids_.size(), "node")]);
    if (n.contains("function")) {
      made.op = Op::Tabulated;
      made.function = functions[index(n["function"], functions.size(), "function")];
    }
    const bool elementwise = made.kind == NodeKind::Elementwise;
    if (made.args.size() !=
        (elementwise ? (made.function ? made.function->arity() : 0) : arity[at - std::begin(kinds)]))
      bad_graph("a node \"" + kind + "\" has a wrong number of arguments");
    if (elementwise && !made.function) bad_graph("an elementwise node has no function");
    for (std::size_t i = 0; i < made.args.size(); ++i) {
      const bool selector = made.kind == NodeKind::SelectorWidth || made.kind > NodeKind::Select ||
                            (made.kind == NodeKind::Aggregate && i == 0);
      if (is_selector(out.graph[made.args[i]].kind) != selector)
        bad_graph("a node \"" + kind + "\" takes " + (selector ? "a selector" : "an s-op") +
                  " where it is given the other");
    }
    if (made.kind == NodeKind::Select && !made.function) {
      static constexpr std::pair<const char*, Op> ops[] = {{"==", Op::Eq}, {"!=", Op::Ne}, {"<", Op::Lt},
                                                           {"<=", Op::Le}, {">", Op::Gt},  {">=", Op::Ge}};
      const std::string op = text(n, "op");
      const auto found = std::find_if(std::begin(ops), std::end(ops), [&](const auto& o) { return op == o.first; });
      if (found == std::end(ops)) bad_graph("there is no comparison \"" + cut(op, 40) + "\"");
      made.op = found->second;
    }
    if (made.kind == NodeKind::Select && made.function && made.function->arity() != 2)
      bad_graph("a predicate takes a key and a query");
    if (made.kind == NodeKind::Constant || made.kind == NodeKind::Aggregate) {
      if (!n.contains("value")) bad_graph("a node \"" + kind + "\" has no value");
      made.constant = value_at(n["value"]);
    }
    made.span = span(n, "span");
    const Span where = made.span;
    const NodeId id = out.graph.add(std::move(made), budget_.limits());
    budget_.tick(16);
    ids_.push_back(id);
    if (const std::string name = n.value("name", ""); !name.empty()) out.graph.set_name(id, name);
    if (n.contains("encoding")) {
      const std::string encoding = text(n, "encoding");
      if (is_selector(out.graph[id].kind) || (encoding != "numerical" && encoding != "categorical"))
        bad_graph("a node has an encoding that it cannot have");
      out.numerical[id] = encoding == "numerical";
    }
    if (where.end > where.begin) out.uses.push_back({where, id});
  }

  std::vector<Value> values_of(const Json& indices) const {
    std::vector<Value> result;
    for (const Json& i : indices) result.push_back(value_at(i));
    return result;
  }

  // Of the document; pragmas of the program's text take precedence.
  void settings(Pragmas& p) {
    const Json s = doc_.value("settings", Json::object());
    if (!s.is_object()) bad_graph("\"settings\" is not an object");
    if (s.contains("vocabulary") && !p.vocabulary) p.vocabulary = values_of(list(s, "vocabulary"));
    if (s.contains("input") && !p.input) p.input = values_of(list(s, "input"));
    if (const std::int64_t n = number(s, "max_length", 0); n > 0 && !p.max_length)
      p.max_length = static_cast<std::uint32_t>(std::min<std::int64_t>(n, 100'000));
    if (s.contains("causal") && s["causal"].is_boolean() && !p.causal) p.causal = s["causal"].get<bool>();
  }

  void diagnostic(const Json& m) {
    const std::string severity = text(m, "severity");
    Diagnostic d{severity == "error"     ? Severity::Error
                 : severity == "warning" ? Severity::Warning
                                         : Severity::Info,
                 text(m, "code"),
                 severity == "error" ? m.value("class", "python") : "",
                 text(m, "message"),
                 span(m, "span"),
                 m.value("hint", "")};
    d.on_input = m.value("on_input", false);
    diagnostics_.add(std::move(d));
  }

  static BuildValueRef built(const Graph& graph, NodeId id) {
    auto value = std::make_shared<BuildValue>();
    value->kind = is_selector(graph[id].kind) ? BuildValue::Kind::Selector : BuildValue::Kind::SOp;
    value->node = id;
    return value;
  }

  const Json& doc_;
  const std::uint32_t size_;
  Diagnostics& diagnostics_;
  Budget& budget_;
  std::shared_ptr<MissingRows> missing_;
  std::vector<Value> pool_;
  std::vector<std::string> failures_;
  std::vector<NodeId> ids_;  // of the document's nodes: equal ones are one
  std::uint64_t rows_ = 0;
};

}  // namespace

Elaboration read_graph(const Json& document, const std::string& program, const std::string& name,
                       const std::optional<std::string>& output, Diagnostics& diagnostics, Budget& budget,
                       std::shared_ptr<MissingRows> missing,
                       std::vector<std::shared_ptr<const FunctionTable>>* functions) {
  Elaboration e;
  e.file_names = {name};
  e.file_texts = {repaired_utf8(program)};
  e.pragmas = read_pragmas(e.file_texts[0], diagnostics);
  GraphReader reader(document, program, diagnostics, budget, std::move(missing));
  const auto bad = [&](const Diagnostic& fault) {
    e.output = e.last = nullptr;
    diagnostics.add(fault);
  };
  try {
    reader.run(e);
  } catch (const Rejection& rejection) {
    bad(rejection.diagnostic);
  } catch (const Json::exception&) {
    bad(graph_fault("a member has a value of a wrong type"));
  }
  if (output && e.output) {
    const auto found = std::find_if(e.definitions.rbegin(), e.definitions.rend(),
                                    [&](const Definition& d) { return d.name == *output; });
    if (found == e.definitions.rend())
      diagnostics.error("undefined-name", "undefined_variable", "There is no s-op \"" + cut(*output, 40) + "\"",
                        {0, 1, 0}, "Name a variable of the program that holds an s-op.");
    else e.output = found->value, e.output_name = *output;
  }
  if (functions) *functions = std::move(reader.functions);
  return e;
}

}  // namespace rasp
