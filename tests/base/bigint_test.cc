// Unbounded ints and float texts against answers of Python 3 (python_numbers.py writes the table).
#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "base/bigint.h"
#include "base/value.h"

using namespace rasp;

namespace {

const char* const table =
#include "python_numbers.inc"
    ;

double from_bits(const std::string& hex) {
  const std::uint64_t bits = std::strtoull(hex.c_str(), nullptr, 16);
  double d;
  std::memcpy(&d, &bits, sizeof d);
  return d;
}

std::string to_bits(double d) {
  if (std::isinf(d)) return "overflow";
  std::uint64_t bits;
  std::memcpy(&bits, &d, sizeof bits);
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(bits));
  return text;
}

BigInt big(const std::string& text) {
  const auto value = BigInt::from_decimal(text);
  REQUIRE(value);
  return *value;
}

std::string answer(const std::string& operation, const std::string& a, const std::string& b) {
  if (operation == "repr") return Value::real(from_bits(a)).repr();
  const BigInt x = big(a);
  if (operation == "compare-double") return std::to_string(compare(x, from_bits(b)));
  const BigInt y = big(b);
  if (operation == "add") return (x + y).to_string();
  if (operation == "sub") return (x - y).to_string();
  if (operation == "mul") return (x * y).to_string();
  if (operation == "div") return floor_div(x, y).to_string();
  if (operation == "mod") return floor_mod(x, y).to_string();
  if (operation == "compare") return std::to_string(compare(x, y));
  if (operation == "truediv") return to_bits(true_divide(x, y));
  if (operation == "double") return to_bits(x.to_double());
  if (operation == "length") return std::to_string(x.bit_length());
  if (operation == "pow") return x.pow(static_cast<std::uint64_t>(y.to_int64())).to_string();
  return "?";
}

}  // namespace

TEST_CASE("ints and float texts agree with Python 3") {
  std::size_t rows = 0;
  for (const char* line = std::strchr(table, '\n') + 1; *line; line = std::strchr(line, '\n') + 1) {
    const std::string row(line, std::strchr(line, '\n'));
    const std::size_t p = row.find('|'), q = row.find('|', p + 1), r = row.find('|', q + 1);
    REQUIRE(r != std::string::npos);
    CAPTURE(row);
    CHECK(answer(row.substr(0, p), row.substr(p + 1, q - p - 1), row.substr(q + 1, r - q - 1)) == row.substr(r + 1));
    ++rows;
  }
  CHECK(rows > 300);
}

TEST_CASE("int64 and BigInt meet at the edge") {
  const std::int64_t most = std::numeric_limits<std::int64_t>::max(), least = std::numeric_limits<std::int64_t>::min();
  for (std::int64_t i : {std::int64_t{0}, std::int64_t{1}, std::int64_t{-1}, most, least}) {
    const BigInt b = i;
    CHECK(b.fits_int64());
    CHECK(b.to_int64() == i);
    CHECK(b.to_string() == std::to_string(i));
  }
  CHECK_FALSE((BigInt(most) + 1).fits_int64());
  CHECK_FALSE((BigInt(least) - 1).fits_int64());
  CHECK((BigInt(most) + 1 - 1).to_int64() == most);
  CHECK(-BigInt(0) == BigInt(0));
  // The first guess of a quotient digit is one too large here (Knuth's add-back step); quotients from Python 3.
  const BigInt a = big("79228162514264337593543950336"), b = big("18446744073709551617");  // 2^96, 2^64 + 1
  CHECK(floor_div(a, b).to_string() == "4294967295");
  CHECK(floor_mod(a, b).to_string() == "18446744069414584321");
}

TEST_CASE("from_decimal takes whole decimal texts within the limit only") {
  for (const char* bad : {"", "-", "+", "1a", " 1", "1 ", "1_0", "--1", "0x1", "1.0"})
    CHECK_FALSE(BigInt::from_decimal(bad));
  CHECK(BigInt::from_decimal("-0")->is_zero());
  CHECK_FALSE(BigInt::from_decimal("-0")->is_negative());
  CHECK(BigInt::from_decimal("+007")->to_int64() == 7);
  CHECK(BigInt::from_decimal("255", 8));
  CHECK_FALSE(BigInt::from_decimal("256", 8));
  CHECK_FALSE(BigInt::from_decimal(std::string(1'000'000, '9')));  // and at once
}

TEST_CASE("an int compares with a double exactly") {
  CHECK(compare(std::int64_t{1} << 53, 9007199254740992.0) == 0);
  CHECK(compare((std::int64_t{1} << 53) + 1, 9007199254740992.0) == 1);
  CHECK(compare(std::numeric_limits<std::int64_t>::max(), 9223372036854775808.0) == -1);
  CHECK(compare(std::numeric_limits<std::int64_t>::min(), -9223372036854775808.0) == 0);
  CHECK(compare(std::int64_t{2}, 2.5) == -1);
  CHECK(compare(std::int64_t{-2}, -2.5) == 1);
  CHECK(compare(std::int64_t{0}, HUGE_VAL) == -1);
  CHECK(compare(std::int64_t{0}, std::nan("")) == 2);
  CHECK(compare(BigInt(5), std::nan("")) == 2);
  CHECK(compare(big("1" + std::string(400, '0')), HUGE_VAL) == -1);
  CHECK(compare(big("1" + std::string(400, '0')), 1e308) == 1);
}
