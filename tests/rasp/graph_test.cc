// Hash-consing and display texts of graph nodes.
#include "rasp/graph.h"

#include <doctest/doctest.h>

#include <cmath>

#include "graph_builder.h"

using namespace rasp;
using namespace rasp::testing;

TEST_CASE("structurally equal nodes are one node") {
  GraphBuilder b;
  const NodeId t = b.tokens(), i = b.indices();
  CHECK(b.tokens() == t);
  CHECK(b.tokens(Conversion::Int) != t);
  CHECK(b.op(Op::Add, {i, i}) == b.op(Op::Add, {i, i}));
  CHECK(b.op(Op::Add, {i, t}) != b.op(Op::Add, {t, i}));
  CHECK(b.op(Op::Add, {i, i}) != b.op(Op::Sub, {i, i}));
  CHECK(b.constant(1) == b.constant(1));
  CHECK(b.constant(1) != b.constant(1.0));
  CHECK(b.constant(1) != b.constant(Value::boolean(true)));
  CHECK(b.constant(0.0) != b.constant(-0.0));
  CHECK(b.constant(Value::real(std::nan(""))) == b.constant(Value::real(std::nan(""))));
  const NodeId s = b.select(i, i, Op::Lt);
  CHECK(s != b.select(i, i, Op::Le));
  CHECK(b.aggregate(s, t, "-") == b.aggregate(s, t, "-"));
  CHECK(b.aggregate(s, t, "-") != b.aggregate(s, t, "+"));
  CHECK(b.lookup(i, {{Value::integer(1), Value::integer(2)}}) == b.lookup(i, {{Value::integer(1), Value::integer(2)}}));
  CHECK(b.lookup(i, {{Value::integer(1), Value::integer(2)}}) != b.lookup(i, {{Value::integer(1), Value::real(2)}}));
  CHECK(b.lookup(i, {{Value::integer(1), std::nullopt}}) != b.lookup(i, {{Value::integer(1), Value::integer(2)}}));
}

TEST_CASE("name and span are no part of identity") {
  GraphBuilder b;
  const NodeId i = b.indices();
  b.graph.set_name(i, "position");
  Node node;
  node.kind = NodeKind::Indices;
  node.span = {5, 6, 0};
  node.op = Op::Ge;  // meaningless in this kind
  CHECK(b.graph.add(node, {}) == i);
  CHECK(b.graph[i].name == "position");
}

TEST_CASE("the graph is bounded") {
  Limits limits;
  limits.graph_nodes = 3;
  Graph graph;
  for (std::int64_t k = 0; k < 3; ++k) {
    Node node;
    node.constant = Value::integer(k);
    graph.add(node, limits);
  }
  Node known, fresh;
  known.constant = Value::integer(2);
  CHECK(graph.add(known, limits) == 2);
  fresh.constant = Value::integer(3);
  try {
    graph.add(fresh, limits);
    FAIL("not bounded");
  } catch (const LimitExceeded& e) {
    CHECK(std::string(e.code) == "limit-graph-nodes");
  }
}

TEST_CASE("descriptions read like source") {
  GraphBuilder b;
  const NodeId t = b.tokens(), i = b.indices(), one = b.constant(1);
  const NodeId full = b.select(one, one, Op::Eq);
  CHECK(b.graph.describe(b.op(Op::Eq, {t, b.constant("a")})) == "tokens == \"a\"");
  CHECK(b.graph.describe(b.op(Op::Mul, {b.op(Op::Add, {i, one}), b.constant(2.5)})) == "(indices + 1) * 2.5");
  CHECK(b.graph.describe(b.op(Op::Not, {b.op(Op::Lt, {i, one})})) == "not (indices < 1)");
  CHECK(b.graph.describe(b.op(Op::Choose, {i, t, b.constant("-")})) == "tokens if indices else \"-\"");
  CHECK(b.graph.describe(b.op(Op::Round, {i})) == "round(indices)");
  CHECK(b.graph.describe(full) == "full_s");
  CHECK(b.graph.describe(b.op(Op::ToStr, {b.tokens(Conversion::Asis)})) == "tokens");
  CHECK(b.graph.describe(b.op(Op::ToInt, {b.tokens(Conversion::Asis)})) == "tokens_int");
  CHECK(b.graph.describe(b.width(full)) == "length");
  CHECK(b.graph.describe(b.select(t, b.constant("a"), Op::Ne)) == "select(tokens, \"a\", !=)");
  CHECK(b.graph.describe(b.aggregate(full, t, "x")) == "aggregate(full_s, tokens, \"x\")");
  CHECK(b.graph.describe(b.aggregate(full, t, 0)) == "aggregate(full_s, tokens)");
  CHECK(b.graph.describe(b.lookup(i, {{Value::integer(1), Value::string("b")}})) == "[1, \"b\"][indices]");
  b.graph.set_name(full, "all");
  CHECK(b.graph.describe(b.width(full)) == "length");
  CHECK(b.graph.describe(b.op(Op::Not, {i})) == "not indices");
  CHECK(b.graph.describe(full) == "all");
}

TEST_CASE("descriptions stay short, whatever they describe") {
  GraphBuilder b;
  NodeId x = b.indices(), wide = b.constant(std::string(1000, 'z'));
  for (int k = 0; k < 50'000; ++k) x = b.op(Op::Add, {x, x});
  std::vector<std::optional<Value>> entries(5000, Value::string("ééé"));
  for (NodeId id : {x, wide, b.lookup(x, entries), b.op(Op::Choose, {x, wide, x})}) {
    const std::string text = b.graph.describe(id);
    std::size_t characters = 0;
    for (char c : text) characters += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    CHECK(characters <= 40);
    CHECK(text.find("…") != std::string::npos);
  }
}
