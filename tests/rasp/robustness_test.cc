// Graphs and inputs that nobody would write on purpose: the interpreter stays correct, quick and within its limits.
#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "compile.h"
#include "graph_builder.h"
#include "rasp/evaluate.h"

using namespace rasp;
using namespace rasp::testing;

namespace {

std::vector<Value> repeated(const char* token, std::size_t n) { return std::vector<Value>(n, Value::string(token)); }

Evaluation run(const Graph& graph, NodeId root, const std::vector<Value>& tokens, Limits limits = {}) {
  Budget budget(limits);
  return evaluate(graph, tokens, false, std::span<const NodeId>(&root, 1), budget);
}

std::string limit_of(const Graph& graph, NodeId root, const std::vector<Value>& tokens, Limits limits = {}) {
  try {
    run(graph, root, tokens, limits);
  } catch (const LimitExceeded& e) {
    return e.code;
  }
  return "";
}

}  // namespace

TEST_CASE("a chain of 100,000 nodes evaluates without recursion") {
  GraphBuilder b;
  NodeId x = b.indices();
  const NodeId one = b.constant(1);
  for (int k = 0; k < 100'000; ++k) x = b.op(Op::Add, {x, one});
  const Evaluation e = run(b.graph, x, repeated("a", 3));
  CHECK(e.sequences[x][2].value.int64() == 100'002);
  NodeId s = b.full();
  for (int k = 0; k < 60'000; ++k) s = b.combine(NodeKind::SelectorNot, {s});
  CHECK(run(b.graph, s, repeated("a", 2)).matrices[s].at(1, 0));
}

TEST_CASE("a shared subexpression is computed once: 2^1000 paths, 1,000 nodes") {
  GraphBuilder b;
  NodeId x = b.constant(1.0);
  for (int k = 0; k < 1000; ++k) x = b.op(Op::Add, {x, x});
  CHECK(run(b.graph, x, repeated("a", 1)).sequences[x][0].value.number() == std::ldexp(1.0, 1000));
}

TEST_CASE("ints that square themselves end at the limit, not in memory") {
  GraphBuilder b;
  NodeId x = b.constant(3);
  for (int k = 0; k < 200; ++k) x = b.op(Op::Mul, {x, x});
  const Evaluation e = run(b.graph, x, repeated("a", 4));
  REQUIRE(e.failure_of(x));
  CHECK(e.failure_of(x)->failure.error_class == "limit");
  CHECK(e.failures.size() == 1);  // four equal failures are one
}

TEST_CASE("strings that double end at the limit, and many long ones at the interpreter's") {
  GraphBuilder b;
  NodeId x = b.tokens();
  for (int k = 0; k < 64; ++k) x = b.op(Op::Add, {x, x});
  CHECK(run(b.graph, x, repeated("ab", 2)).failure_of(x)->failure.error_class == "limit");
  NodeId y = b.constant(std::string(100'000, 'x'));
  CHECK(limit_of(b.graph, y, repeated("a", 2048)) == "limit-evaluation-cells");
  GraphBuilder c;
  NodeId z = c.constant(std::string(50'000, 'x'));
  for (int k = 0; k < 1000; ++k) z = c.op(Op::Choose, {c.constant(k + 1), z, c.tokens()});
  CHECK(limit_of(c.graph, z, repeated("a", 500)) == "limit-evaluation-cells");
}

TEST_CASE("selectors stop at the limit of cells, exactly") {
  GraphBuilder b;
  const NodeId s = b.full();  // one constant of 100 values, and 100 × 100 entries
  Limits limits;
  limits.evaluation_cells = 100 * 48 + 100 * 100;
  CHECK(limit_of(b.graph, s, repeated("a", 100), limits).empty());
  --limits.evaluation_cells;
  CHECK(limit_of(b.graph, s, repeated("a", 100), limits) == "limit-evaluation-cells");
}

TEST_CASE("a slow evaluation ends at the deadline") {
  GraphBuilder b;
  const NodeId i = b.indices();
  const auto members = std::make_shared<LookupTable>();
  members->entries.assign(20'000, Value::string("no"));
  NodeId x = i;
  for (int k = 0; k < 1000; ++k) {
    Node node;
    node.kind = NodeKind::Elementwise;
    node.op = Op::Contains;
    node.args = {b.op(Op::Add, {x, b.constant(k)})};
    node.table = members;
    x = b.graph.add(std::move(node), b.limits);
  }
  Limits limits;
  limits.milliseconds = 30;
  CHECK(limit_of(b.graph, x, repeated("a", 500), limits) == "limit-time");
}

TEST_CASE("input of one token, and none") {
  GraphBuilder b;
  const NodeId i = b.indices(), t = b.tokens();
  const NodeId s = b.select(i, i, Op::Lt);
  CHECK(run(b.graph, b.aggregate(s, t, 5), repeated("a", 1)).sequences[b.aggregate(s, t, 5)][0].value.int64() == 5);
  CHECK(run(b.graph, b.width(b.full()), repeated("a", 1)).sequences[b.width(b.full())][0].value.int64() == 1);
  const Evaluation none = run(b.graph, t, {});
  CHECK(none.n == 0);
  CHECK(none.sequences[t].empty());
}

TEST_CASE("where everything is undefined, everything that reads it is, by one failure") {
  GraphBuilder b;
  const NodeId i = b.indices(), t = b.tokens(Conversion::Int);  // of "x": undefined everywhere
  const NodeId s = b.select(t, i, Op::Eq);
  const std::vector<Value> input = repeated("x", 7);
  for (NodeId root : {t, b.op(Op::Not, {t}), b.op(Op::Choose, {i, i, t}), b.aggregate(b.full(), t), b.aggregate(s, i),
                      b.width(s), b.aggregate(b.combine(NodeKind::SelectorNot, {s}), i)}) {
    const Evaluation e = run(b.graph, root, input);
    REQUIRE(e.failures.size() == 1);
    CHECK(e.failures[0].node == t);
    for (const Cell& c : e.sequences[root]) CHECK(c.undefined == 0);
  }
  // A row that selects nothing of it sees it all the same: the original has no value, either.
  const NodeId nothing = b.combine(NodeKind::SelectorNot, {b.full()});
  const NodeId spared = b.aggregate(nothing, t, "-");
  CHECK_FALSE(run(b.graph, spared, input).defined(spared));
}

TEST_CASE("a failure with a different text at every position keeps few records") {
  GraphBuilder b;
  const NodeId x = b.op(Op::Add, {b.indices(), b.tokens()});
  const Evaluation e = run(b.graph, x, repeated("a", 2000));
  CHECK(e.sequences[x].size() == 2000);
  CHECK(e.failures.size() <= 16);
  for (const Cell& c : e.sequences[x]) CHECK(c.undefined >= 0);
}

TEST_CASE("infinities and NaN pass through means and selectors") {
  GraphBuilder b;
  const NodeId f = b.tokens(Conversion::Float);
  const std::vector<Value> input = {Value::string("inf"), Value::string("-inf"), Value::string("1")};
  const NodeId mean = b.aggregate(b.full(), f);
  CHECK(run(b.graph, mean, input).sequences[mean][0].value.repr() == "nan");
  const NodeId rounded = b.op(Op::Round, {f});
  CHECK(run(b.graph, rounded, input).failure_of(rounded)->failure.error_class == "overflow");
  const NodeId narrowed = b.op(Op::Round, {mean});
  CHECK(run(b.graph, narrowed, input).failure_of(narrowed)->failure.error_class == "conversion");
  const NodeId least = b.aggregate(b.select(f, b.constant(Value::real(-HUGE_VAL)), Op::Eq), b.indices());
  CHECK(run(b.graph, least, input).sequences[least][0].value.int64() == 1);
}

TEST_CASE("500 tokens: selectors over numbers, strings and mixtures are exact") {
  GraphBuilder b;
  const NodeId i = b.indices(), t = b.tokens();
  const NodeId sevenths = b.op(Op::Mod, {i, b.constant(7)}),
               text =
                   b.lookup(sevenths, {{Value::string("a"), Value::string("b"), Value::string("é"), Value::string(""),
                                        Value::string("ab"), Value::string("B"), Value::string("😀")}});
  const NodeId same = b.width(b.select(text, text, Op::Eq)), smaller = b.width(b.select(text, text, Op::Lt));
  const NodeId half = b.op(Op::Div, {i, b.constant(2)}), below = b.width(b.select(half, i, Op::Lt)),
               never = b.width(b.select(t, i, Op::Ne));
  const NodeId roots[] = {same, smaller, below, never};
  Budget budget;
  const Evaluation e = evaluate(b.graph, repeated("x", 500), false, roots, budget);
  const std::int64_t order[] = {2, 4, 5, 0, 3, 1, 6};  // "" < "B" < "a" < "ab" < "b" < "é" < "😀" by code points
  const auto count = [](std::int64_t residue) { return residue < 500 % 7 ? 72 : 71; };
  for (std::uint32_t q = 0; q < 500; ++q) {
    std::int64_t less = 0;
    for (std::int64_t r = 0; r < 7; ++r) less += order[r] < order[q % 7] ? count(r) : 0;
    CHECK(e.sequences[same][q].value.int64() == count(q % 7));
    CHECK(e.sequences[smaller][q].value.int64() == less);
    CHECK(e.sequences[below][q].value.int64() == std::min<std::int64_t>(500, 2 * std::int64_t{q}));
    CHECK(e.sequences[never][q].value.int64() == 500);
  }
}

TEST_CASE("bytes that are no text, in a pragma: what follows keeps its places") {
  ProgramRequest request;
  request.program = "#@ vocabulary \"ab\"\n#@ output s\xE0\xE0\xE0\xE0(1\ns = tokens;\n";
  Diagnostics diagnostics;
  Budget budget;
  load_program(request, diagnostics, budget);
  CHECK(diagnostics.has_errors());
  for (const Diagnostic& d : diagnostics.list())
    if (d.span.file == 0) CHECK(d.span.end <= request.program.size() + 1);
}
