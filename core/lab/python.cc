#include "lab/python.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "session/documents.h"
#include "session/opened.h"
#include "session/request.h"

namespace rasp::lab {
namespace {

constexpr std::size_t longest_text = 4'000'000;
constexpr std::size_t longest_lambda =
    100;  // an expression without a name that would make a function longer gets a line of its own

std::string literal(const Value& v) {
  if (v.kind() != Kind::Float || std::isfinite(v.number())) return v.repr();
  return "float('" + v.repr() + "')";
}

std::string operand(const Value& v) {
  const std::string text = literal(v);
  return text[0] == '-' ? "(" + text + ")" : text;
}

const char* symbol(Op op) {
  switch (op) {
    case Op::Add: return "+";
    case Op::Sub: return "-";
    case Op::Mul: return "*";
    case Op::Div: return "/";
    case Op::Mod: return "%";
    case Op::Pow: return "**";
    case Op::Eq: return "==";
    case Op::Ne: return "!=";
    case Op::Lt: return "<";
    case Op::Le: return "<=";
    case Op::Gt: return ">";
    case Op::Ge: return ">=";
    case Op::And: return "and";
    case Op::Or: return "or";
    default: return "";
  }
}

const char* comparison(Op op) {
  switch (op) {
    case Op::Eq: return "EQ";
    case Op::Ne: return "NEQ";
    case Op::Lt: return "LT";
    case Op::Le: return "LEQ";
    case Op::Gt: return "GT";
    default: return "GEQ";
  }
}

// `{}[0]` raises: the value is undefined there, as it is in RASP.
std::string looked_up(const LookupTable& table, const std::string& index) {
  const auto count = static_cast<std::int64_t>(table.entries.size());
  const bool whole =
      std::all_of(table.entries.begin(), table.entries.end(), [](const auto& e) { return e.has_value(); });
  std::string out;
  if (whole && table.kind == LookupTable::Kind::String) {
    std::string text;
    for (const auto& e : table.entries) text += e->text();
    return literal(Value::string(text)) + "[" + index + "]";
  }
  const auto item = [&](const std::string& text) { out += (out.empty() ? "" : ", ") + text; };
  if (whole && table.kind == LookupTable::Kind::List) {
    for (const auto& e : table.entries) item(literal(*e));
    return "[" + out + "][" + index + "]";
  }
  for (std::int64_t i = 0; i < count; ++i) {
    const auto& entry = table.entries[static_cast<std::size_t>(i)];
    if (!entry) continue;
    if (table.kind == LookupTable::Kind::Dict) {
      item(literal(table.keys[static_cast<std::size_t>(i)]) + ": " + literal(*entry));
    } else {
      item(std::to_string(i) + ": " + literal(*entry));
      item(std::to_string(i - count) + ": " + literal(*entry));
    }
  }
  return "{" + out + "}[" + index + "]";
}

std::string contained(const LookupTable& table, const std::string& x) {
  std::string out;
  for (const auto& e : table.entries) {
    if (!e) return "(" + x + " in [" + out + "] or {}[0])";
    out += (out.empty() ? "" : ", ") + literal(*e);
  }
  return x + " in [" + out + "]";
}

class Python {
 public:
  Python(const Program& program, NodeId output, const CompileOptions::Promises& promises)
      : p_(program),
        g_(program.elaboration.graph),
        output_(output),
        promises_(promises),
        functions_(g_.size()),
        names_(g_.size()) {}

  std::string run() {
    std::vector<bool> needed(g_.size(), false);
    needed[output_] = true;
    for (NodeId id = output_ + 1; id-- > 0;) {
      if (!needed[id]) continue;
      if (g_[id].kind == NodeKind::Elementwise) choose(id);
      for (NodeId arg : g_[id].kind == NodeKind::Elementwise ? functions_[id].leaves : g_[id].args) needed[arg] = true;
    }
    std::string body;
    for (NodeId id = 0; id <= output_; ++id) {
      if (needed[id]) body += definition(id);
      if (body.size() > longest_text) throw LimitExceeded{"limit-document", longest_text};
    }
    if (names_[output_].rfind("rasp.", 0) == 0)
      body += "program = " + names_[output_] + "\n", names_[output_] = "program";
    full_ = body.find("rasp.Full(") != std::string::npos;  // most constants are inside of functions
    return header() + body + ending();
  }

 private:
  // What an elementwise node is a function of, and the nodes between that it computes itself.
  struct Function {
    std::vector<NodeId> leaves;
    std::set<NodeId> inner;
  };

  bool constant(NodeId id) const { return g_[id].kind == NodeKind::Constant && !g_[id].illegal_constant; }

  std::vector<NodeId> leaves_of(const std::set<NodeId>& inner) const {
    std::vector<NodeId> out;
    for (auto it = inner.rbegin(); it != inner.rend(); ++it)
      for (NodeId arg : g_[*it].args)
        if (!constant(arg) && !inner.count(arg) && std::find(out.begin(), out.end(), arg) == out.end())
          out.push_back(arg);
    return out;
  }

  // A Map has one leaf and a SequenceMap two: unnamed parts are taken in while that holds, named ones where it does not
  // hold otherwise.
  void choose(NodeId id) {
    Function& f = functions_[id];
    f.inner = {id};
    f.leaves = leaves_of(f.inner);
    for (bool again = true; again;) {
      again = false;
      for (NodeId leaf : f.leaves) {
        if (g_[leaf].kind != NodeKind::Elementwise) continue;
        std::set<NodeId> inner = f.inner;
        inner.insert(leaf);
        const std::vector<NodeId> leaves = leaves_of(inner);
        const bool better = f.leaves.size() > 2 && leaves.size() < f.leaves.size();
        if (!better && (!g_[leaf].name.empty() || leaves.size() > std::max<std::size_t>(2, f.leaves.size()))) continue;
        std::size_t room = longest_lambda;
        Function tried{leaves, inner};
        if (!fits(id, tried, room)) continue;
        f = std::move(tried);
        again = true;
        break;
      }
    }
    std::sort(f.leaves.begin(), f.leaves.end());
    if (f.leaves.empty()) return;
    // In the order in which the expression reads them.
    std::vector<NodeId> order;
    read_order(id, f, order);
    f.leaves = order;
  }

  void read_order(NodeId id, const Function& f, std::vector<NodeId>& order) const {
    for (NodeId arg : g_[id].args) {
      if (constant(arg)) continue;
      if (f.inner.count(arg)) read_order(arg, f, order);
      else if (std::find(order.begin(), order.end(), arg) == order.end()) order.push_back(arg);
    }
  }

  // About how long the text gets; an expression that is read twice is written twice.
  bool fits(NodeId id, const Function& f, std::size_t& room) const {
    const Node& node = g_[id];
    std::size_t own = 4;
    if (node.table) own += 6 * node.table->entries.size();
    if (constant(id)) own += node.constant.is_string() ? node.constant.text().size() : 1;
    if (own > room) return false;
    room -= own;
    if (!f.inner.count(id)) return true;
    return std::all_of(node.args.begin(), node.args.end(), [&](NodeId arg) { return fits(arg, f, room); });
  }

  bool is_bool(NodeId id) const {
    const Node& n = g_[id];
    if (n.kind == NodeKind::Constant) return n.constant.kind() == Kind::Bool;
    return n.kind == NodeKind::Elementwise &&
           ((n.op >= Op::Eq && n.op <= Op::Not) || n.op == Op::Contains || n.op == Op::ToBool);
  }

  // One argument as an operand: brackets around everything that is not a name, a number or a string.
  std::string part(NodeId id, const Function& f, const std::vector<std::string>& parameters) const {
    if (constant(id)) return operand(g_[id].constant);
    for (std::size_t i = 0; i < f.leaves.size(); ++i)
      if (f.leaves[i] == id) return parameters[i];
    return "(" + text(id, f, parameters) + ")";
  }

  std::string text(NodeId id, const Function& f, const std::vector<std::string>& parameters) const {
    const Node& node = g_[id];
    const auto x = [&](std::size_t i) { return part(node.args[i], f, parameters); };
    const auto bare = [&](std::size_t i) {
      std::string s = x(i);
      return s[0] == '(' ? s.substr(1, s.size() - 2) : s;  // what `part` gives is one whole pair of brackets, or none
    };
    switch (node.op) {
      case Op::And:
      case Op::Or: {
        const std::string both = x(0) + " " + symbol(node.op) + " " + x(1);
        return is_bool(node.args[0]) && is_bool(node.args[1]) ? both : "bool(" + both + ")";
      }
      case Op::Not: return "not " + x(0);
      case Op::Neg: return "-" + x(0);
      case Op::Pos: return "+" + x(0);
      case Op::Round: return "round(" + bare(0) + ")";
      case Op::Indicator: return "1 if " + x(0) + " else 0";
      case Op::Choose: return x(1) + " if " + x(0) + " else " + x(2);
      case Op::Lookup: return looked_up(*node.table, bare(0));
      case Op::Contains: return contained(*node.table, x(0));
      case Op::ToStr: return "str(" + bare(0) + ")";
      case Op::ToInt: return "int(" + bare(0) + ")";
      case Op::ToFloat: return "float(" + bare(0) + ")";
      case Op::ToBool: return "bool(" + bare(0) + ")";
      default: return x(0) + " " + symbol(node.op) + " " + x(1);
    }
  }

  std::string fresh(const std::string& wanted) {
    static const std::set<std::string> reserved = {
        "False",           "None",     "True",     "and",    "as",          "assert",       "async",       "await",
        "break",           "class",    "continue", "def",    "del",         "elif",         "else",        "except",
        "finally",         "for",      "from",     "global", "if",          "import",       "in",          "is",
        "lambda",          "nonlocal", "not",      "or",     "pass",        "raise",        "return",      "try",
        "while",           "with",     "yield",    "rasp",   "compiling",   "program",      "str",         "int",
        "float",           "bool",     "round",    "VOCAB",  "MAX_SEQ_LEN", "make_program", "get_program", "get_vocab",
        "get_max_seq_len", "x",        "y",        "p"};
    std::string stem;
    for (char c : wanted) stem += c < 0 || !(std::isalnum(static_cast<unsigned char>(c)) || c == '_') ? '_' : c;
    if (stem.empty() || (stem[0] >= '0' && stem[0] <= '9')) stem = "v_" + stem;
    if (stem.rfind("__", 0) == 0) stem = "v" + stem;
    std::string name = stem;
    for (int i = 2; reserved.count(name) || taken_.count(name); ++i) name = stem + "_" + std::to_string(i);
    taken_.insert(name);
    return name;
  }

  std::string definition(NodeId id) {
    const Node& node = g_[id];
    if (node.kind == NodeKind::Indices) return names_[id] = "rasp.indices", "";
    if (node.kind == NodeKind::Tokens && plain_tokens(node.conversion)) return names_[id] = "rasp.tokens", "";
    if (node.kind == NodeKind::Constant && !node.illegal_constant)
      return names_[id] = "rasp.Full(" + literal(node.constant) + ")", "";
    std::string before, value = expression(id, before);
    const auto asked = promises_.numerical.find(id);
    if (asked != promises_.numerical.end())
      value = (asked->second ? "rasp.numerical(" : "rasp.categorical(") + value + ")";
    static const char* const kinds[] = {"tokens", "indices", "constant", "map",    "aggregate",
                                        "width",  "select",  "both",     "either", "no"};
    names_[id] = fresh(node.name.empty() ? kinds[static_cast<std::size_t>(node.kind)] : node.name);
    if (!node.name.empty()) value += ".named(" + literal(Value::string(node.name)) + ")";
    return before + names_[id] + " = " + value + "\n";
  }

  std::string expression(NodeId id, std::string& before) {
    const Node& node = g_[id];
    const auto arg = [&](std::size_t i) { return names_[node.args[i]]; };
    switch (node.kind) {
      case NodeKind::Tokens: {
        static const char* const conversions[] = {"", "str", "int", "float", "bool"};
        return std::string("rasp.Map(lambda x: ") + conversions[static_cast<std::size_t>(node.conversion)] +
               "(x), rasp.tokens)";
      }
      case NodeKind::Constant:
        return "rasp.Map(lambda x: {}[0], rasp.tokens)";  // a list as an element: undefined everywhere
      case NodeKind::Elementwise: return elementwise(id, before);
      case NodeKind::Aggregate:
        if (!numerical(id) || !numerical(node.args[1]) || !equal(node.constant, Value::integer(0)))
          refusals_.insert(
              "a default that is not None, but for a numerical() aggregate of numerical() values, where it is 0");
        return "rasp.Aggregate(" + arg(0) + ", " + arg(1) + ", default=" + literal(node.constant) + ")";
      case NodeKind::SelectorWidth: return "rasp.SelectorWidth(" + arg(0) + ")";
      case NodeKind::Select: return select(node);
      case NodeKind::SelectorAnd:
      case NodeKind::SelectorOr:
        refusals_.insert("a selector made of others");
        return (node.kind == NodeKind::SelectorAnd ? "rasp.SelectorAnd(" : "rasp.SelectorOr(") + arg(0) + ", " +
               arg(1) + ")";
      default: refusals_.insert("a selector made of others"); return "rasp.SelectorNot(" + arg(0) + ")";
    }
  }

  std::string select(const Node& node) {
    const NodeId key = node.args[0], query = node.args[1];
    if (numerical(key) || numerical(query)) refusals_.insert("numerical() keys or queries");
    if (constant(key) && constant(query)) {
      Failure failure;
      bool failed = false;
      const bool hit = compare(node.op, g_[key].constant, g_[query].constant, failure, failed);
      if (!failed)
        return std::string("rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.") + (hit ? "TRUE)" : "FALSE)");
    }
    return "rasp.Select(" + names_[key] + ", " + names_[query] + ", rasp.Comparison." + comparison(node.op) + ")";
  }

  std::string elementwise(NodeId id, std::string& before) {
    const Node& node = g_[id];
    const Function& f = functions_[id];
    const bool sum = (node.op == Op::Add || node.op == Op::Sub) && node.args.size() == 2 && !constant(node.args[0]) &&
                     !constant(node.args[1]);
    if (sum && numerical(id) && numerical(node.args[0]) && numerical(node.args[1])) {
      return "rasp.LinearSequenceMap(" + names_[node.args[0]] + ", " + names_[node.args[1]] + ", 1, " +
             (node.op == Op::Add ? "1)" : "-1)");
    }
    if (f.leaves.empty()) return "rasp.Map(lambda x: " + text(id, f, {}) + ", rasp.tokens)";
    if (f.leaves.size() == 1) return "rasp.Map(lambda x: " + text(id, f, {"x"}) + ", " + names_[f.leaves[0]] + ")";
    if (numerical(id) || numerical(f.leaves[0]) || numerical(f.leaves[1]))
      refusals_.insert("a SequenceMap of numerical() values that is not linear");
    if (f.leaves.size() == 2)
      return "rasp.SequenceMap(lambda x, y: " + text(id, f, {"x", "y"}) + ", " + names_[f.leaves[0]] + ", " +
             names_[f.leaves[1]] + ")";
    // Three: the first two travel as a pair.
    const std::string pair = fresh("pair");
    before =
        pair + " = rasp.SequenceMap(lambda x, y: (x, y), " + names_[f.leaves[0]] + ", " + names_[f.leaves[1]] + ")\n";
    return "rasp.SequenceMap(lambda p, y: " + text(id, f, {"p[0]", "p[1]", "y"}) + ", " + pair + ", " +
           names_[f.leaves[2]] + ")";
  }

  bool numerical(NodeId id) const {
    const auto it = promises_.numerical.find(id);
    return it != promises_.numerical.end() && it->second;
  }

  // Tokens are what the conversion would make of them: then nothing converts them.
  bool plain_tokens(Conversion c) const {
    static constexpr Kind kinds[] = {Kind::Opaque, Kind::String, Kind::Int, Kind::Float, Kind::Bool};
    const auto& v = p_.settings.vocabulary;
    return c == Conversion::Asis || (v && std::all_of(v->begin(), v->end(), [&](const Value& t) {
                                       return t.kind() == kinds[static_cast<std::size_t>(c)];
                                     }));
  }

  std::string header() const {
    std::string out;
    const std::string& source = p_.elaboration.file_texts.empty() ? std::string() : p_.elaboration.file_texts[0];
    for (std::size_t at = 0; at < source.size();) {
      const std::size_t end = std::min(source.find('\n', at), source.size());
      const std::string line = source.substr(at, end - at);
      for (const char* kept : {"#@ title ", "#@ description ", "#@ input ", "#@ expect "})
        if (line.rfind(kept, 0) == 0) out += line + "\n";
      at = end + 1;
    }
    std::set<std::string> all = refusals_;
    if (full_) all.insert("rasp.Full");
    if (!all.empty()) {
      out += "# RASP Playground compiles this program. Tracr's own library evaluates it; its compiler refuses:\n";
      for (const std::string& r : all) out += "#   " + r + "\n";
    }
    return out + "from tracr.compiler import compiling\nfrom tracr.rasp import rasp\n\n";
  }

  std::string ending() const {
    const rasp::Settings& s = p_.settings;
    if (!s.vocabulary || s.vocabulary->empty() || !s.max_length)
      return "\n# Neither a vocabulary nor an input is given: compiling needs one.\n";
    std::string vocabulary, bos = "compiler_bos", pad = "compiler_pad";
    bool twice = false;  // 1 and True are one member of a set
    for (std::size_t i = 0; i < s.vocabulary->size(); ++i) {
      const Value& v = (*s.vocabulary)[i];
      vocabulary += (i ? ", " : "") + literal(v);
      for (std::size_t j = 0; j < i && v.is_number(); ++j) twice |= equal(v, (*s.vocabulary)[j]);
    }
    const auto held = [&](const std::string& text) {
      return std::any_of(s.vocabulary->begin(), s.vocabulary->end(),
                         [&](const Value& v) { return equal(v, Value::string(text)); });
    };
    while (held(bos)) bos += "_";
    while (held(pad)) pad += "_";
    std::string out =
        "\nif __name__ == \"__main__\":\n    model = compiling.compile_rasp_to_model(\n        " + names_[output_];
    out += std::string(",\n        vocab=") + (twice ? "[" : "{") + vocabulary + (twice ? "]" : "}");
    out += ",\n        max_seq_len=" + std::to_string(*s.max_length) +
           ",\n        causal=" + (s.causal ? "True" : "False") + ",\n";
    if (bos != "compiler_bos") out += "        compiler_bos=" + literal(Value::string(bos)) + ",\n";
    if (pad != "compiler_pad") out += "        compiler_pad=" + literal(Value::string(pad)) + ",\n";
    return out + "    )\n";
  }

  const Program& p_;
  const Graph& g_;
  const NodeId output_;
  const CompileOptions::Promises& promises_;
  std::vector<Function> functions_;
  std::vector<std::string> names_;
  std::set<std::string> taken_, refusals_;
  bool full_ = false;
};

}  // namespace

std::string python_text(const Program& program, NodeId output, const CompileOptions::Promises& promises) {
  return Python(program, output, promises).run();
}

Json python_document(const Json& r) {
  Opened opened(r);
  const Program& p = opened.program();
  Diagnostics& diagnostics = opened.diagnostics;
  if (p.elaboration.graph.dialect() == Dialect::Tracr) bad_request("The program is in Python already");
  const NodeId output = diagnostics.has_errors() ? no_node : output_sop(p, diagnostics);
  const CompileOptions::Promises promises =
      output == no_node ? CompileOptions::Promises{} : promises_of(p.elaboration, diagnostics);
  if (output == no_node || diagnostics.has_errors()) return opened.refusal();
  return {{"ok", true},
          {"text", python_text(p, output, promises)},
          {"diagnostics", opened.locator.diagnostics(diagnostics)}};
}

}  // namespace rasp::lab
