// The interpreter on graphs built by hand. Expected values follow from the language specification (sections are named);
// sums and means of floats were computed by Python 3.
#include "rasp/evaluate.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "graph_builder.h"

using namespace rasp;
using namespace rasp::testing;

namespace {

std::vector<Value> letters(const std::string& text) {
  std::vector<Value> out;
  for (char c : text) out.push_back(Value::string(std::string(1, c)));
  return out;
}

std::vector<Value> atoms(std::vector<Atom> list) {
  std::vector<Value> out;
  for (Atom& a : list) out.push_back(std::move(a.value));
  return out;
}

Evaluation run(const GraphBuilder& b, NodeId root, const std::vector<Value>& tokens, bool causal = false) {
  Budget budget;
  return evaluate(b.graph, tokens, causal, std::span<const NodeId>(&root, 1), budget);
}

// "i1 f0.5 sa !type": kind letter and text of each value, or the class of its failure.
std::string sequence(const GraphBuilder& b, NodeId root, const std::vector<Value>& tokens, bool causal = false) {
  const Evaluation e = run(b, root, tokens, causal);
  std::string out;
  for (const Cell& c : e.sequences[root]) {
    if (!out.empty()) out += ' ';
    out += c.undefined >= 0 ? "!" + e.failures[static_cast<std::size_t>(c.undefined)].failure.error_class
                            : std::string(1, c.value.letter()) + c.value.str();
  }
  return out;
}

// "100/010": rows by query, keys across; "!class" for an undefined row.
std::string matrix(const GraphBuilder& b, NodeId root, const std::vector<Value>& tokens, bool causal = false) {
  const Evaluation e = run(b, root, tokens, causal);
  const Matrix& m = e.matrices[root];
  std::string out;
  for (std::uint32_t q = 0; q < m.n; ++q) {
    if (q) out += '/';
    if (m.row_undefined[q] >= 0) {
      out += "!" + e.failures[static_cast<std::size_t>(m.row_undefined[q])].failure.error_class;
      continue;
    }
    for (std::uint32_t k = 0; k < m.n; ++k) out += m.at(q, k) ? '1' : '0';
  }
  return out;
}

}  // namespace

TEST_CASE("tokens and their conversions (8.1)") {
  GraphBuilder b;
  CHECK(sequence(b, b.tokens(), atoms({1, 0.5, Value::boolean(true), "x"})) == "s1 s0.5 sTrue sx");
  CHECK(sequence(b, b.tokens(Conversion::Int), atoms({" -7", 2.9, -2.9, Value::boolean(true)})) == "i-7 i2 i-2 i1");
  CHECK(sequence(b, b.tokens(Conversion::Float), atoms({"1.5", 2, Value::boolean(false)})) == "f1.5 f2.0 f0.0");
  CHECK(sequence(b, b.tokens(Conversion::Bool), atoms({"", "0", 0, 0.5})) == "bFalse bTrue bFalse bTrue");
  CHECK(sequence(b, b.tokens(Conversion::Int), atoms({"1", "a"})) == "i1 !conversion");
  CHECK(sequence(b, b.tokens(Conversion::Asis), atoms({1, 0.5, Value::boolean(true)})) == "i1 f0.5 bTrue");
  CHECK(sequence(b, b.tokens(Conversion::Asis), atoms({1, "a"})) == "!type !type");
  CHECK(sequence(b, b.indices(), letters("abc")) == "i0 i1 i2");
}

TEST_CASE("elementwise operators, position by position (4.3)") {
  GraphBuilder b;
  const NodeId i = b.indices(), t = b.tokens();
  CHECK(sequence(b, b.op(Op::Add, {t, b.constant("!")}), letters("ab")) == "sa! sb!");
  CHECK(sequence(b, b.op(Op::Mul, {t, i}), letters("abc")) == "s sb scc");
  CHECK(sequence(b, b.op(Op::Div, {b.constant(1), i}), letters("abc")) == "!zero_division f1.0 f0.5");
  CHECK(sequence(b, b.op(Op::And, {t, i}), letters("ab")) == "bFalse bTrue");
  CHECK(sequence(b, b.op(Op::Not, {i}), letters("ab")) == "bTrue bFalse");
  CHECK(sequence(b, b.op(Op::Add, {t, b.constant(1)}), letters("ab")) == "!operand_type !operand_type");
  const NodeId three = b.constant(3);
  CHECK(sequence(b, b.op(Op::Pow, {b.op(Op::Sub, {i, b.constant(1)}), b.constant(0.5)}), letters("abc")) ==
        "!type f0.0 f1.0");
  CHECK(sequence(b, b.op(Op::Mod, {b.op(Op::Neg, {i}), three}), letters("abcd")) == "i0 i2 i1 i0");
  CHECK(sequence(b, b.lookup(i, {{Value::integer(10), Value::integer(20)}}), letters("abc")) == "i10 i20 !value");
  CHECK(sequence(b, b.lookup(i, {{Value::integer(10), Value::string("a")}}), letters("ab")) == "!type !type");
  CHECK(sequence(b, b.table(Op::Contains, t, {LookupTable::Kind::List, {}, {Value::string("a"), Value::integer(1)}}),
                 letters("ab1")) == "bTrue bFalse bFalse");
}

TEST_CASE("a ternary mixes strings and numbers only where both occur (4.3)") {
  GraphBuilder b;
  const NodeId choice = b.op(Op::Choose, {b.op(Op::Eq, {b.tokens(), b.constant("h")}), b.constant(1), b.constant("x")});
  CHECK(sequence(b, choice, letters("hh")) == "i1 i1");
  CHECK(sequence(b, choice, letters("ab")) == "sx sx");
  CHECK(sequence(b, choice, letters("hx")) == "!type !type");
}

TEST_CASE("both branches of a ternary count (4.3)") {
  GraphBuilder b;
  const NodeId i = b.indices();
  const NodeId inverse = b.op(Op::Div, {b.constant(1), i});
  CHECK(sequence(b, b.op(Op::Choose, {i, inverse, b.constant(0)}), letters("abc")) == "!zero_division f1.0 f0.5");
}

TEST_CASE("select compares key with query, key first (4.8)") {
  GraphBuilder b;
  const NodeId i = b.indices(), t = b.tokens();
  const auto abc = letters("aba");
  CHECK(matrix(b, b.select(i, i, Op::Lt), abc) == "000/100/110");
  CHECK(matrix(b, b.select(i, i, Op::Ge), abc) == "111/011/001");
  CHECK(matrix(b, b.select(i, i, Op::Gt), abc) == "011/001/000");
  CHECK(matrix(b, b.select(i, i, Op::Le), abc) == "100/110/111");
  CHECK(matrix(b, b.select(t, t, Op::Eq), abc) == "101/010/101");
  CHECK(matrix(b, b.select(t, t, Op::Ne), abc) == "010/101/010");
  CHECK(matrix(b, b.select(t, b.constant("a"), Op::Gt), abc) == "010/010/010");
  CHECK(matrix(b, b.select(t, i, Op::Eq), abc) == "000/000/000");
  CHECK(matrix(b, b.select(t, i, Op::Lt), abc) == "!operand_type/!operand_type/!operand_type");
  CHECK(matrix(b, b.full(), abc) == "111/111/111");
  CHECK(matrix(b, b.select(i, b.constant(1.0), Op::Eq), abc) == "010/010/010");
}

TEST_CASE("NaN equals nothing and has no order") {
  GraphBuilder b;
  const NodeId f = b.tokens(Conversion::Float);
  const auto tokens = atoms({"nan", "1", "inf"});
  CHECK(matrix(b, b.select(f, f, Op::Eq), tokens) == "000/010/001");
  CHECK(matrix(b, b.select(f, f, Op::Ne), tokens) == "111/101/110");
  CHECK(matrix(b, b.select(f, f, Op::Le), tokens) == "000/010/011");
  CHECK(matrix(b, b.select(f, f, Op::Gt), tokens) == "000/001/000");
}

TEST_CASE("selectors combine entry by entry, masked when causal (4.9)") {
  GraphBuilder b;
  const NodeId i = b.indices(), t = b.tokens();
  const NodeId before = b.select(i, i, Op::Lt), same = b.select(t, t, Op::Eq);
  const auto aba = letters("aba");
  CHECK(matrix(b, b.combine(NodeKind::SelectorAnd, {before, same}), aba) == "000/000/100");
  CHECK(matrix(b, b.combine(NodeKind::SelectorOr, {before, same}), aba) == "101/110/111");
  CHECK(matrix(b, b.combine(NodeKind::SelectorNot, {before}), aba) == "111/011/001");
  CHECK(matrix(b, b.combine(NodeKind::SelectorNot, {before}), aba, true) == "100/010/001");
  CHECK(matrix(b, same, aba, true) == "100/010/101");
  CHECK(sequence(b, b.width(same), aba) == "i2 i1 i2");
  CHECK(sequence(b, b.width(same), aba, true) == "i1 i1 i2");
  CHECK(sequence(b, b.width(b.full()), aba) == "i3 i3 i3");
}

TEST_CASE("one hit stays as it is, more are a float mean, none the default (4.10)") {
  GraphBuilder b;
  const NodeId i = b.indices(), t = b.tokens();
  const NodeId same = b.select(t, t, Op::Eq), before = b.select(i, i, Op::Lt);
  CHECK(sequence(b, b.aggregate(same, i), letters("aba")) == "f1.0 i1 f1.0");
  CHECK(sequence(b, b.aggregate(before, i), letters("abc")) == "i0 i0 f0.5");
  CHECK(sequence(b, b.aggregate(before, i, 0.25), letters("ab")) == "f0.25 i0");
  CHECK(sequence(b, b.aggregate(b.full(), i), letters("a")) == "i0");
  const NodeId previous = b.select(i, b.op(Op::Sub, {i, b.constant(1)}), Op::Eq);
  CHECK(sequence(b, b.aggregate(previous, t, "-"), letters("abc")) == "s- sa sb");
  CHECK(sequence(b, b.aggregate(previous, t), letters("abc")) == "!type !type !type");
  CHECK(sequence(b, b.aggregate(previous, t), letters("a")) == "i0");  // every row empty: ints
  CHECK(sequence(b, b.aggregate(b.full(), b.constant(3)), letters("ab")) == "f3.0 f3.0");
}

TEST_CASE("a mean needs a whole sequence of numbers, equal values or not (4.10)") {
  GraphBuilder b;
  const NodeId i = b.indices(), t = b.tokens();
  CHECK(sequence(b, b.aggregate(b.full(), t), letters("aa")) == "!average_non_number !average_non_number");
  CHECK(sequence(b, b.aggregate(b.full(), b.op(Op::Eq, {t, b.constant("a")})), letters("aa")) ==
        "!average_non_number !average_non_number");
  CHECK(sequence(b, b.aggregate(b.full(), t), letters("a")) == "sa");
  // Bools beside an int count as ints.
  const NodeId mixture = b.op(Op::Choose, {i, b.op(Op::Eq, {i, i}), b.constant(5)});
  CHECK(sequence(b, b.aggregate(b.full(), mixture), letters("ab")) == "f3.0 f3.0");
  // One row with two hits makes the whole s-op fail, rows with one hit included.
  const NodeId upto = b.select(i, i, Op::Le);
  CHECK(sequence(b, b.aggregate(upto, t), letters("ab")) == "!average_non_number !average_non_number");
}

TEST_CASE("means add from left to right (4.10)") {
  GraphBuilder b;
  const NodeId all = b.aggregate(b.full(), b.tokens(Conversion::Float)),
               ints = b.aggregate(b.full(), b.tokens(Conversion::Int));
  const NodeId asis = b.aggregate(b.full(), b.tokens(Conversion::Asis));
  const auto first = [&](NodeId root, const std::vector<Value>& tokens) {
    const Evaluation e = run(b, root, tokens);
    return e.sequences[root][0].undefined >= 0 ? "!" + e.failure_of(root)->failure.error_class
                                               : e.sequences[root][0].value.repr();
  };
  CHECK(first(all, atoms({0.1, 0.2, 0.3})) == "0.20000000000000004");
  CHECK(first(all, atoms({0.3, 0.2, 0.1})) == "0.19999999999999998");
  CHECK(first(all, atoms({1e16, 1, -1e16})) == "0.0");
  CHECK(first(all, atoms({-0.0, -0.0})) == "0.0");  // sum([-0.0, -0.0]) starts from the int 0
  CHECK(first(all, atoms({1e308, 1e308, 0})) == "inf");
  CHECK(first(ints, atoms({"9007199254740993", "1", "0"})) == "3002399751580331.5");
  CHECK(first(ints, atoms({"100000000000000000000", "-100000000000000000000", "3"})) == "1.0");
  CHECK(first(asis, atoms({Value::integer(BigInt(10).pow(400)), Value::integer(-BigInt(10).pow(400)), 1})) ==
        "0.3333333333333333");
  CHECK(first(asis, atoms({Value::integer(BigInt(10).pow(400)), 1})) == "!overflow");
  CHECK(first(asis, atoms({Value::integer(BigInt(10).pow(400)), 0.5})) == "!overflow");
  // Ints add exactly until the first float comes: the 1 would be lost if 2^60 + 128 became a double first.
  CHECK(first(asis, atoms({Value::integer((std::int64_t{1} << 60) + 128), 1, 127.0, 0})) == "2.882303761517118e+17");
}

TEST_CASE("an undefined element poisons what can see it and nothing else") {
  GraphBuilder b;
  const NodeId i = b.indices(), inverse = b.op(Op::Div, {b.constant(6), i});  // undefined at 0
  const NodeId previous = b.select(i, b.op(Op::Sub, {i, b.constant(1)}), Op::Eq);
  const auto abcd = letters("abcd");
  CHECK(sequence(b, b.op(Op::Add, {inverse, i}), abcd) == "!zero_division f7.0 f5.0 f5.0");
  CHECK(sequence(b, b.aggregate(previous, inverse), abcd) ==
        "!zero_division !zero_division !zero_division !zero_division");  // row 0 sees position 0, too
  CHECK(matrix(b, b.select(i, inverse, Op::Eq), abcd) == "!zero_division/0000/0001/0010");
  CHECK(matrix(b, b.select(inverse, i, Op::Eq), abcd) == "!zero_division/!zero_division/!zero_division/!zero_division");
  const NodeId late = b.op(Op::Div, {b.constant(6), b.op(Op::Sub, {i, b.constant(2)})});  // undefined at 2
  CHECK(matrix(b, b.select(late, i, Op::Le), abcd, true) == "1000/1100/!zero_division/!zero_division");
  CHECK(sequence(b, b.width(b.select(i, inverse, Op::Eq)), abcd) == "!zero_division i0 i1 i1");
  CHECK(matrix(b, b.combine(NodeKind::SelectorOr, {b.full(), b.select(i, inverse, Op::Eq)}), abcd) ==
        "!zero_division/1111/1111/1111");
  // The failure tells where it arose, however far it travelled.
  const NodeId end = b.op(Op::Neg, {b.op(Op::Add, {inverse, i})});
  const Evaluation e = run(b, end, abcd);
  REQUIRE(e.failure_of(end));
  CHECK(e.failure_of(end)->node == inverse);
  CHECK_FALSE(e.defined(end));
  CHECK(e.defined(i));
}

TEST_CASE("an illegal constant fails wherever it is evaluated, and only there") {
  GraphBuilder b;
  const NodeId bad = b.illegal(), i = b.indices();
  CHECK(sequence(b, bad, letters("ab")) == "!type !type");
  CHECK(matrix(b, b.select(bad, i, Op::Eq), letters("ab")) == "!type/!type");
  const Evaluation e = run(b, i, letters("ab"));
  CHECK(e.sequences[bad].empty());
  CHECK(e.failures.empty());
}

TEST_CASE("the label of a sequence (1.2)") {
  const auto label = [](std::vector<Atom> list) {
    const auto values = atoms(std::move(list));
    const SequenceType type = sequence_type(values);
    return type.label ? std::string(type.label) : "!" + type.failure.error_class;
  };
  const Value yes = Value::boolean(true);
  CHECK(label({"a", ""}) == "string");
  CHECK(label({yes, yes}) == "bool");
  CHECK(label({yes, 1}) == "int");
  CHECK(label({1, 2}) == "int");
  CHECK(label({0, 0.5}) == "float");
  CHECK(label({yes, 0.5}) == "float");
  CHECK(label({1, "a"}) == "!type");
  CHECK(label({"a", yes}) == "!type");
}
