// Equality, order, hash and texts of atoms. Texts of floats: bigint_test.cc.
#include "base/value.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace rasp;

namespace {

Value I(std::int64_t i) { return Value::integer(i); }
Value F(double d) { return Value::real(d); }
Value S(const char* s) { return Value::string(s); }
Value huge(int power) { return Value::integer(BigInt(10).pow(static_cast<std::uint64_t>(power))); }

// In ascending total order, all different under identical().
std::vector<Value> ascending() {
  return {F(-HUGE_VAL),
          Value::integer(-BigInt(10).pow(30)),
          I(-2),
          F(-1.5),
          I(0),
          F(-0.0),
          F(0.0),
          Value::boolean(false),
          F(0.5),
          I(1),
          F(1),
          Value::boolean(true),
          I(2),
          F(9007199254740992.0),
          I(9007199254740993),
          huge(30),
          F(1e300),
          huge(301),
          F(HUGE_VAL),
          F(std::nan("")),
          S(""),
          S("0"),
          S("a"),
          S("aa"),
          S("b"),
          S("é"),
          S("😀")};
}

}  // namespace

TEST_CASE("numbers are equal across kinds, exactly; strings equal strings only") {
  CHECK(equal(I(1), F(1)));
  CHECK(equal(I(1), Value::boolean(true)));
  CHECK(equal(F(0), Value::boolean(false)));
  CHECK(equal(F(-0.0), I(0)));
  CHECK_FALSE(equal(I(9007199254740993), F(9007199254740992.0)));
  CHECK_FALSE(equal(I(1), S("1")));
  CHECK_FALSE(equal(F(std::nan("")), F(std::nan(""))));
  CHECK(identical(F(std::nan("")), F(-std::nan(""))));
  CHECK_FALSE(identical(I(1), F(1)));
  CHECK_FALSE(identical(F(0.0), F(-0.0)));
  CHECK(equal(Value::integer(BigInt::from_double(1e300)), F(1e300)));
}

TEST_CASE("total_less is a total order over values that identical() tells apart") {
  const std::vector<Value> v = ascending();
  for (std::size_t i = 0; i < v.size(); ++i) {
    for (std::size_t j = 0; j < v.size(); ++j) {
      CAPTURE(v[i].repr());
      CAPTURE(v[j].repr());
      CHECK(total_less(v[i], v[j]) == (i < j));
      CHECK(identical(v[i], v[j]) == (i == j));
      if (equal(v[i], v[j])) CHECK(hash(v[i]) == hash(v[j]));
    }
  }
  CHECK(hash(Value::integer(BigInt::from_double(1e300))) == hash(F(1e300)));
}

TEST_CASE("an int is stored one way only") {
  const Value small = Value::integer(BigInt(5));
  CHECK(small.int64() == 5);
  CHECK_FALSE(huge(30).int64());
  CHECK(huge(30).big() == BigInt(10).pow(30));
  CHECK(identical(Value(), I(0)));
}

TEST_CASE("texts as the host writes them") {
  // Expected texts from Python 3: repr(x), str(x).
  CHECK(S("it's").repr() == "\"it's\"");
  CHECK(S("a\"b").repr() == "'a\"b'");
  CHECK(S("'\"").repr() == "'\\'\"'");
  CHECK(S("a\\\n\t\x01").repr() == "'a\\\\\\n\\t\\x01'");
  CHECK(S("é😀").repr() == "'é😀'");
  CHECK(S("it's").str() == "it's");
  CHECK(Value::boolean(true).str() == "True");
  CHECK(Value::boolean(false).repr() == "False");
  CHECK(I(-12).repr() == "-12");
  CHECK(huge(20).str() == "100000000000000000000");
  CHECK(F(1).str() == "1.0");
}

TEST_CASE("truthiness and kinds") {
  for (const Value& v : {I(0), F(0.0), F(-0.0), Value::boolean(false), S("")}) CHECK_FALSE(v.truthy());
  for (const Value& v : {I(-1), F(1e-300), F(std::nan("")), Value::boolean(true), S("0"), huge(40)}) CHECK(v.truthy());
  CHECK(I(1).letter() == 'i');
  CHECK(huge(40).letter() == 'i');
  CHECK(F(1).letter() == 'f');
  CHECK(Value::boolean(true).letter() == 'b');
  CHECK(S("").letter() == 's');
  CHECK(Value::boolean(true).number() == 1.0);
  CHECK(Value::boolean(true).int64() == 1);
  CHECK(std::isinf(huge(400).number()));
}
