#include "rasp/graph.h"

#include <algorithm>
#include <cassert>
#include <functional>

#include "base/text.h"

namespace rasp {
namespace {

void mix(std::size_t& seed, std::size_t value) { seed ^= value + 0x9e3779b9u + (seed << 6) + (seed >> 2); }

// The fields that a node's kind gives a meaning to; others play no part in identity.
bool uses_op(NodeKind k) { return k == NodeKind::Elementwise || k == NodeKind::Select; }
bool uses_constant(NodeKind k) { return k == NodeKind::Constant || k == NodeKind::Aggregate; }

std::size_t structural_hash(const Node& node) {
  std::size_t h = static_cast<std::size_t>(node.kind);
  if (uses_op(node.kind)) mix(h, static_cast<std::size_t>(node.op));
  if (node.kind == NodeKind::Tokens) mix(h, static_cast<std::size_t>(node.conversion));
  for (NodeId arg : node.args) mix(h, arg);
  if (uses_constant(node.kind)) {
    mix(h, hash(node.constant));
    mix(h, static_cast<std::size_t>(node.constant.kind()) * 2 + (node.illegal_constant ? 1 : 0));
  }
  if (node.table) {
    mix(h, static_cast<std::size_t>(node.table->kind));
    for (const Value& key : node.table->keys) mix(h, hash(key));
    for (const auto& entry : node.table->entries) mix(h, entry ? hash(*entry) : 1);
  }
  if (node.function) mix(h, node.function->hash());
  return h;
}

bool same_table(const LookupTable& a, const LookupTable& b) {
  const auto same_entry = [](const std::optional<Value>& x, const std::optional<Value>& y) {
    return x.has_value() == y.has_value() && (!x || identical(*x, *y));
  };
  return a.kind == b.kind && std::equal(a.keys.begin(), a.keys.end(), b.keys.begin(), b.keys.end(), identical) &&
         std::equal(a.entries.begin(), a.entries.end(), b.entries.begin(), b.entries.end(), same_entry);
}

bool same_node(const Node& a, const Node& b) {
  if (a.kind != b.kind || a.args != b.args) return false;
  if (uses_op(a.kind) && a.op != b.op) return false;
  if (a.kind == NodeKind::Tokens && a.conversion != b.conversion) return false;
  if (uses_constant(a.kind) && (a.illegal_constant != b.illegal_constant || !identical(a.constant, b.constant)))
    return false;
  if (!a.function != !b.function || (a.function && !a.function->same(*b.function))) return false;
  if (!a.table || !b.table) return !a.table && !b.table;
  return a.table == b.table || same_table(*a.table, *b.table);
}

const char* binary_symbol(Op op) {
  switch (op) {
    case Op::Add: return "+";
    case Op::Sub: return "-";
    case Op::Mul: return "*";
    case Op::Div: return "/";
    case Op::Mod: return "%";
    case Op::Pow: return "^";
    case Op::Eq: return "==";
    case Op::Ne: return "!=";
    case Op::Lt: return "<";
    case Op::Le: return "<=";
    case Op::Gt: return ">";
    case Op::Ge: return ">=";
    case Op::And: return "and";
    case Op::Or: return "or";
    default: return nullptr;
  }
}

// Writes expressions of at most about `most` characters: what would be longer or nest deeper becomes "…".
class Describer {
 public:
  explicit Describer(const Graph& graph) : graph_(graph) {}

  std::string run(NodeId id) {
    write(id, 0, false);
    return cut(std::move(out_), most);
  }

 private:
  static constexpr std::size_t most = 40;
  static constexpr int deepest = 6;

  static std::string literal(const Value& v) { return v.is_string() ? '"' + v.text() + '"' : v.repr(); }

  bool everything(NodeId id) const {
    const Node& node = graph_[id];
    if (node.kind != NodeKind::Select || node.op == Op::Tabulated) return false;
    const Node &key = graph_[node.args[0]], &query = graph_[node.args[1]];
    if (key.kind != NodeKind::Constant || query.kind != NodeKind::Constant || key.illegal_constant ||
        query.illegal_constant)
      return false;
    Failure failure;
    bool failed = false;
    return compare(node.op, key.constant, query.constant, failure, failed) && !failed;
  }

  void call(const char* name, const Node& node, int depth) {
    out_ += name;
    out_ += '(';
    for (std::size_t i = 0; i < node.args.size(); ++i) {
      if (i) out_ += ", ";
      write(node.args[i], depth + 1, false);
    }
  }

  void table(const LookupTable& t) {
    if (t.kind == LookupTable::Kind::String) {
      out_ += '"';
      for (const auto& entry : t.entries) {
        if (out_.size() > most * 4) break;
        if (entry && entry->is_string()) out_ += entry->text();
      }
      out_ += '"';
      return;
    }
    const bool dict = t.kind == LookupTable::Kind::Dict;
    out_ += dict ? '{' : '[';
    for (std::size_t i = 0; i < t.entries.size() && out_.size() <= most * 4; ++i) {
      if (i) out_ += ", ";
      if (dict) out_ += literal(t.keys[i]) + ": ";
      out_ += t.entries[i] ? literal(*t.entries[i]) : "…";
    }
    out_ += dict ? '}' : ']';
  }

  // A function's name says how it is applied: {0} and {1} stand for the arguments.
  void tabulated(const Node& node, int depth, bool nested) {
    const std::string& pattern = node.function->name();
    if (pattern.find("{0}") == std::string::npos) {
      call(pattern.empty() ? "map" : pattern.c_str(), node, depth);
      out_ += ')';
      return;
    }
    nested = nested && pattern.find(' ') != std::string::npos;
    if (nested) out_ += '(';
    for (std::size_t i = 0; i < pattern.size();) {
      const std::size_t arg = pattern.compare(i, 3, "{0}") == 0 ? 0 : pattern.compare(i, 3, "{1}") == 0 ? 1 : 2;
      if (arg < node.args.size()) write(node.args[arg], depth + 1, true);
      else if (arg == 2) out_ += pattern[i];
      i += arg == 2 ? 1 : 3;
    }
    if (nested) out_ += ')';
  }

  void binary(NodeId a, const char* symbol, NodeId b, int depth, bool nested) {
    if (nested) out_ += '(';
    write(a, depth + 1, true);
    out_ += std::string(" ") + symbol + " ";
    write(b, depth + 1, true);
    if (nested) out_ += ')';
  }

  void elementwise(const Node& node, int depth, bool nested) {
    switch (node.op) {
      case Op::Not:
      case Op::Neg:
      case Op::Pos:
        out_ += node.op == Op::Not ? "not " : node.op == Op::Neg ? "-" : "+";
        write(node.args[0], depth + 1, true);
        return;
      case Op::Round:
      case Op::Indicator:
      case Op::ToStr:
      case Op::ToInt:
      case Op::ToFloat:
      case Op::ToBool: {
        // How the compiler writes the built-in s-ops: conversions of the tokens as they are.
        if (const Node& arg = graph_[node.args[0]];
            node.op >= Op::ToStr && arg.kind == NodeKind::Tokens && arg.conversion == Conversion::Asis) {
          out_ += node.op == Op::ToStr     ? "tokens"
                  : node.op == Op::ToInt   ? "tokens_int"
                  : node.op == Op::ToFloat ? "tokens_float"
                                           : "tokens_bool";
          return;
        }
        const char* name = node.op == Op::Round       ? "round"
                           : node.op == Op::Indicator ? "indicator"
                           : node.op == Op::ToStr     ? "str"
                           : node.op == Op::ToInt     ? "int"
                           : node.op == Op::ToFloat   ? "float"
                                                      : "bool";
        call(name, node, depth);
        out_ += ')';
        return;
      }
      case Op::Choose:
        if (nested) out_ += '(';
        write(node.args[1], depth + 1, true);
        out_ += " if ";
        write(node.args[0], depth + 1, true);
        out_ += " else ";
        write(node.args[2], depth + 1, true);
        if (nested) out_ += ')';
        return;
      case Op::Tabulated: tabulated(node, depth, nested); return;
      case Op::Lookup:
        if (node.table) table(*node.table);
        out_ += '[';
        write(node.args[0], depth + 1, false);
        out_ += ']';
        return;
      case Op::Contains:
        if (nested) out_ += '(';
        write(node.args[0], depth + 1, true);
        out_ += " in ";
        if (node.table) table(*node.table);
        if (nested) out_ += ')';
        return;
      default: binary(node.args[0], binary_symbol(node.op), node.args[1], depth, nested);
    }
  }

  void write(NodeId id, int depth, bool nested) {
    const Node& node = graph_[id];
    if (!node.name.empty()) {
      out_ += node.name;
      return;
    }
    if (depth > deepest || out_.size() > most * 4) {  // bytes: 40 characters have at most 160
      out_ += "…";
      return;
    }
    switch (node.kind) {
      case NodeKind::Tokens: {
        static constexpr const char* names[] = {"tokens_asis", "tokens", "tokens_int", "tokens_float", "tokens_bool"};
        out_ += graph_.dialect() == Dialect::Tracr ? "tokens" : names[static_cast<int>(node.conversion)];
        return;
      }
      case NodeKind::Indices: out_ += "indices"; return;
      case NodeKind::Constant: out_ += node.illegal_constant ? "…" : literal(node.constant); return;
      case NodeKind::Elementwise: elementwise(node, depth, nested); return;
      case NodeKind::Aggregate:
        call("aggregate", node, depth);
        if (!identical(node.constant, Value())) out_ += ", " + literal(node.constant);
        out_ += ')';
        return;
      case NodeKind::SelectorWidth:
        if (node.args.size() == 1 && everything(node.args[0])) {
          out_ += "length";
          return;
        }
        call(node.args.size() == 2 ? "sum" : "selector_width", node, depth);
        out_ += ')';
        return;
      case NodeKind::Select:
        if (everything(id)) {
          out_ += "full_s";
          return;
        }
        call("select", node, depth);
        out_ += ", " + (node.op == Op::Tabulated ? node.function->name() : std::string(binary_symbol(node.op))) + ")";
        return;
      case NodeKind::SelectorAnd: binary(node.args[0], "and", node.args[1], depth, nested); return;
      case NodeKind::SelectorOr: binary(node.args[0], "or", node.args[1], depth, nested); return;
      case NodeKind::SelectorNot:
        out_ += "not ";
        write(node.args[0], depth + 1, true);
        return;
    }
  }

  const Graph& graph_;
  std::string out_;
};

}  // namespace

NodeId Graph::add(Node node, const Limits& limits) {
  for ([[maybe_unused]] NodeId arg : node.args) assert(arg < size());
  const std::size_t h = structural_hash(node);
  const auto [first, last] = by_hash_.equal_range(h);
  for (auto it = first; it != last; ++it) {
    if (same_node(nodes_[it->second], node)) return it->second;
  }
  if (nodes_.size() >= limits.graph_nodes) throw LimitExceeded{"limit-graph-nodes", limits.graph_nodes};
  const NodeId id = size();
  nodes_.push_back(std::move(node));
  by_hash_.emplace(h, id);
  return id;
}

std::string Graph::describe(NodeId id) const { return Describer(*this).run(id); }

}  // namespace rasp
