// Builds graphs in tests without source text.
#pragma once
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "rasp/graph.h"

namespace rasp::testing {

// Lets tests write 1, 0.5, "a" where a Value is wanted.
struct Atom {
  Atom(int i) : value(Value::integer(std::int64_t{i})) {}
  Atom(double d) : value(Value::real(d)) {}
  Atom(const char* s) : value(Value::string(s)) {}
  Atom(std::string s) : value(Value::string(std::move(s))) {}
  Atom(Value v) : value(std::move(v)) {}
  Value value;
};

struct GraphBuilder {
  Graph graph;
  Limits limits;

  NodeId tokens(Conversion conversion = Conversion::Str) {
    Node node;
    node.kind = NodeKind::Tokens;
    node.conversion = conversion;
    return graph.add(std::move(node), limits);
  }
  NodeId indices() {
    Node node;
    node.kind = NodeKind::Indices;
    return graph.add(std::move(node), limits);
  }
  NodeId constant(Atom atom) {
    Node node;
    node.constant = std::move(atom.value);
    return graph.add(std::move(node), limits);
  }
  NodeId illegal() {
    Node node;
    node.illegal_constant = true;
    return graph.add(std::move(node), limits);
  }
  NodeId op(Op o, std::vector<NodeId> args) {
    Node node;
    node.kind = NodeKind::Elementwise;
    node.op = o;
    node.args = std::move(args);
    return graph.add(std::move(node), limits);
  }
  NodeId table(Op o, NodeId index, LookupTable t) {
    Node node;
    node.kind = NodeKind::Elementwise;
    node.op = o;
    node.args = {index};
    node.table = std::make_shared<LookupTable>(std::move(t));
    return graph.add(std::move(node), limits);
  }
  NodeId lookup(NodeId index, std::vector<std::optional<Value>> list) {
    return table(Op::Lookup, index, {LookupTable::Kind::List, {}, std::move(list)});
  }
  NodeId select(NodeId key, NodeId query, Op o) {
    Node node;
    node.kind = NodeKind::Select;
    node.op = o;
    node.args = {key, query};
    return graph.add(std::move(node), limits);
  }
  NodeId combine(NodeKind kind, std::vector<NodeId> args) {
    Node node;
    node.kind = kind;
    node.args = std::move(args);
    return graph.add(std::move(node), limits);
  }
  NodeId aggregate(NodeId selector, NodeId value, Atom fallback = 0) {
    Node node;
    node.kind = NodeKind::Aggregate;
    node.args = {selector, value};
    node.constant = std::move(fallback.value);
    return graph.add(std::move(node), limits);
  }
  NodeId width(NodeId selector) { return combine(NodeKind::SelectorWidth, {selector}); }
  NodeId full() { return select(constant(1), constant(1), Op::Eq); }
};

}  // namespace rasp::testing
