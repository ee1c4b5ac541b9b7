// Operators on single elements against answers of Python 3 (python_operators.py writes the table), then what is ours:
// tables, limits, wording.
#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "rasp/graph.h"
#include "rasp/number_text.h"

using namespace rasp;

namespace {

const char* const table =
#include "python_operators.inc"
    ;

struct Named {
  const char* name;
  Op op;
};
constexpr Named ops[] = {{"Add", Op::Add},
                         {"Sub", Op::Sub},
                         {"Mul", Op::Mul},
                         {"Div", Op::Div},
                         {"Mod", Op::Mod},
                         {"Pow", Op::Pow},
                         {"Eq", Op::Eq},
                         {"Ne", Op::Ne},
                         {"Lt", Op::Lt},
                         {"Le", Op::Le},
                         {"Gt", Op::Gt},
                         {"Ge", Op::Ge},
                         {"And", Op::And},
                         {"Or", Op::Or},
                         {"Not", Op::Not},
                         {"Neg", Op::Neg},
                         {"Pos", Op::Pos},
                         {"Round", Op::Round},
                         {"Indicator", Op::Indicator},
                         {"ToStr", Op::ToStr},
                         {"ToInt", Op::ToInt},
                         {"ToFloat", Op::ToFloat},
                         {"ToBool", Op::ToBool}};

Op op_named(const std::string& name) {
  for (const Named& n : ops) {
    if (name == n.name) return n.op;
  }
  FAIL("unknown operator ", name);
  return Op::Add;
}

Value parse(const std::string& text) {
  const std::string rest = text.substr(2);
  switch (text[0]) {
    case 'i': return Value::integer(BigInt::from_decimal(rest).value());
    case 'f': return Value::real(float_literal(rest).value());
    case 'b': return Value::boolean(rest == "True");
    default: return Value::string(rest);
  }
}

std::string shown(const Outcome& outcome) {
  if (const auto* failure = std::get_if<Failure>(&outcome)) return "!" + failure->error_class;
  const Value& v = std::get<Value>(outcome);
  return std::string(1, v.letter()) + ":" + v.str();
}

Value I(std::int64_t i) { return Value::integer(i); }
Value F(double d) { return Value::real(d); }
Value S(std::string s) { return Value::string(std::move(s)); }

std::string run(Op op, std::vector<Value> operands) { return shown(rasp::apply(op, operands)); }

std::string look(const LookupTable& t, Op op, const Value& index) {
  Node node;
  node.kind = NodeKind::Elementwise;
  node.op = op;
  node.table = std::make_shared<LookupTable>(t);
  return shown(rasp::apply(node, std::span<const Value>(&index, 1)));
}

}  // namespace

TEST_CASE("operators agree with Python 3") {
  std::size_t rows = 0;
  for (const char* line = std::strchr(table, '\n') + 1; *line; line = std::strchr(line, '\n') + 1) {
    const std::string row(line, std::strchr(line, '\n'));
    std::vector<std::string> fields;
    for (std::size_t begin = 0, end; begin <= row.size(); begin = end + 1) {
      end = std::min(row.find('|', begin), row.size());
      fields.push_back(row.substr(begin, end - begin));
    }
    REQUIRE(fields.size() >= 3);
    CAPTURE(row);
    std::vector<Value> operands;
    for (std::size_t i = 1; i + 1 < fields.size(); ++i) operands.push_back(parse(fields[i]));
    CHECK(run(op_named(fields[0]), operands) == fields.back());
    ++rows;
  }
  CHECK(rows > 1000);
}

TEST_CASE("compare() is what the comparison operators do") {
  const std::vector<Value> values = {I(0),   I(1),   F(1), F(0.5), F(std::nan("")), Value::boolean(true),
                                     S("a"), S("b"), S("")};
  for (Op op : {Op::Eq, Op::Ne, Op::Lt, Op::Le, Op::Gt, Op::Ge}) {
    for (const Value& key : values) {
      for (const Value& query : values) {
        Failure failure;
        bool failed = true;
        const bool hit = compare(op, key, query, failure, failed);
        const Outcome outcome = rasp::apply(op, std::vector<Value>{key, query});
        CHECK(failed == std::holds_alternative<Failure>(outcome));
        if (!failed) CHECK(identical(std::get<Value>(outcome), Value::boolean(hit)));
        CHECK(failed == (op != Op::Eq && op != Op::Ne && key.is_string() != query.is_string()));
      }
    }
  }
}

TEST_CASE("choose takes one of two values as it is") {
  CHECK(run(Op::Choose, {S("x"), I(1), S("no")}) == "i:1");
  CHECK(run(Op::Choose, {F(0), I(1), S("no")}) == "s:no");
}

TEST_CASE("tables are indexed as the host indexes lists, strings and dictionaries") {  // §4.7
  LookupTable list{LookupTable::Kind::List, {}, {I(10), I(20), std::nullopt}};
  CHECK(look(list, Op::Lookup, I(0)) == "i:10");
  CHECK(look(list, Op::Lookup, I(-2)) == "i:20");
  CHECK(look(list, Op::Lookup, Value::boolean(true)) == "i:20");
  CHECK(look(list, Op::Lookup, I(2)) == "!type");
  CHECK(look(list, Op::Lookup, I(3)) == "!value");
  CHECK(look(list, Op::Lookup, I(-4)) == "!value");
  CHECK(look(list, Op::Lookup, Value::integer(BigInt(10).pow(30))) == "!value");
  CHECK(look(list, Op::Lookup, F(1)) == "!operand_type");
  CHECK(look(list, Op::Lookup, S("a")) == "!operand_type");
  LookupTable text{LookupTable::Kind::String, {}, {S("é"), S("b")}};
  CHECK(look(text, Op::Lookup, I(-2)) == "s:é");
  CHECK(look(text, Op::Lookup, I(2)) == "!value");
  LookupTable dict{LookupTable::Kind::Dict, {I(1), S("a"), F(0.5)}, {S("one"), I(2), std::nullopt}};
  CHECK(look(dict, Op::Lookup, F(1)) == "s:one");
  CHECK(look(dict, Op::Lookup, Value::boolean(true)) == "s:one");
  CHECK(look(dict, Op::Lookup, S("a")) == "i:2");
  CHECK(look(dict, Op::Lookup, F(0.5)) == "!type");
  CHECK(look(dict, Op::Lookup, S("1")) == "!value");
  LookupTable members{LookupTable::Kind::List, {}, {I(1), S("a"), F(2)}};
  CHECK(look(members, Op::Contains, Value::boolean(true)) == "b:True");
  CHECK(look(members, Op::Contains, I(2)) == "b:True");
  CHECK(look(members, Op::Contains, S("1")) == "b:False");
}

TEST_CASE("ints and strings stop at their limits, without the work beyond them") {
  const Limits limits;
  const Value two = I(2);
  CHECK(run(Op::Pow, {two, I(limits.integer_bits - 1)}).substr(0, 2) == "i:");  // 2^(b-1) has b bits
  CHECK(run(Op::Pow, {two, I(limits.integer_bits)}) == "!limit");
  CHECK(run(Op::Pow, {I(3), I(1'000'000'000'000)}) == "!limit");
  CHECK(run(Op::Pow, {I(-1), Value::integer(BigInt(10).pow(40) + 1)}) == "i:-1");
  CHECK(run(Op::Pow, {I(0), Value::integer(BigInt(10).pow(40))}) == "i:0");
  const Value large = Value::integer(BigInt(1).shifted_left(limits.integer_bits - 1));
  CHECK(run(Op::Add, {large, large}) == "!limit");
  CHECK(run(Op::Mul, {large, two}) == "!limit");
  CHECK(run(Op::Sub, {large, I(1)}).substr(0, 2) == "i:");
  CHECK(run(Op::Div, {large, large}) == "f:1.0");
  CHECK(run(Op::Mul, {S("é"), I(limits.collection_size)}).size() == 2 + 2 * std::size_t{limits.collection_size});
  CHECK(run(Op::Mul, {S("é"), I(limits.collection_size + 1)}) == "!limit");
  CHECK(run(Op::Mul, {I(std::int64_t{1} << 62), S("ab")}) == "!limit");
  CHECK(run(Op::Mul, {S(""), I(std::int64_t{1} << 62)}) == "s:");
  CHECK(run(Op::Mul, {S("ab"), Value::integer(-BigInt(10).pow(30))}) == "!overflow");  // as Python does
  const Value full = S(std::string(limits.collection_size, 'x'));
  CHECK(run(Op::Add, {full, S("x")}) == "!limit");
  CHECK(run(Op::Mod, {S("%s%%"), full}) == "!limit");
  CHECK(run(Op::ToInt, {S(std::string(10'000, '9'))}) == "!limit");
}

TEST_CASE("round gives the nearest int, ties to even, also where floats are whole already") {
  CHECK(run(Op::Round, {F(0.49999999999999994)}) == "i:0");
  CHECK(run(Op::Round, {F(4503599627370497.5)}) == "i:4503599627370498");
  CHECK(run(Op::Round, {F(9007199254740993.0)}) == "i:9007199254740992");
  CHECK(run(Op::Round, {F(-1.5)}) == "i:-2");
  CHECK(run(Op::Round, {F(1e22)}) == "i:10000000000000000000000");
}

TEST_CASE("a failure names values and is short") {
  const Outcome outcome = rasp::apply(Op::Add, std::vector<Value>{I(1), S(std::string(5000, 'y'))});
  const Failure& failure = std::get<Failure>(outcome);
  CHECK(failure.code == "operand-type");
  CHECK(failure.message.find("int 1") != std::string::npos);
  CHECK(failure.message.size() < 200);
  CHECK_FALSE(failure.hint.empty());
}
