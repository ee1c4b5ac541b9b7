#include "rasp/function_table.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <string>

using rasp::FunctionTable;
using rasp::Value;

namespace {

// The row that a search from the first to the last finds: floats that differ by 1e-10 of the larger at most are near.
std::size_t searched(const FunctionTable& table, const std::vector<Value>& operands) {
  const auto near = [](const Value& a, const Value& b) {
    if (identical(a, b)) return true;
    if (a.kind() != rasp::Kind::Float || b.kind() != rasp::Kind::Float || std::isinf(a.number()) ||
        std::isinf(b.number()))
      return false;
    return std::fabs(a.number() - b.number()) <= 1e-10 * std::max(std::fabs(a.number()), std::fabs(b.number()));
  };
  for (std::size_t row = 0; row < table.rows(); ++row)
    if (std::equal(operands.begin(), operands.end(), table.operands(row).begin(), identical)) return row;
  for (std::size_t row = 0; row < table.rows(); ++row)
    if (std::equal(operands.begin(), operands.end(), table.operands(row).begin(), near)) return row;
  return table.rows();
}

}  // namespace

TEST_CASE("function tables: floats find the row of a near one, wherever it lies") {
  std::mt19937 random(7);
  const auto below = [&](std::uint32_t n) { return random() % n; };
  const std::vector<double> bases{0.0,    -0.0,    1.0,       0.5,
                                  -0.5,   2.0 / 3, 0x1p-30,   3 * 0x1p-31,
                                  -1e300, 5e-324,  0.1 + 0.2, std::numeric_limits<double>::infinity()};
  const auto drawn = [&]() -> Value {
    if (below(4) == 0) return Value::integer(static_cast<std::int64_t>(below(3)));
    static constexpr double apart[] = {0, 1e-16, 3e-11, 9.9e-11, 1.1e-10, 5e-10, 1e-9};
    return Value::real(bases[below(static_cast<std::uint32_t>(bases.size()))] *
                       (1 + (below(2) ? 1 : -1) * apart[below(7)]));
  };
  FunctionTable table(2, "f");
  for (int i = 0; i < 400; ++i) {
    table.add({drawn(), drawn()}, Value::integer(static_cast<std::int64_t>(table.rows())));
    for (int k = 0; k < 5; ++k) {
      const std::vector<Value> asked{drawn(), drawn()};
      const rasp::Outcome got = table.at(asked);
      const std::size_t wanted = searched(table, asked);
      CAPTURE(asked[0].repr());
      CAPTURE(asked[1].repr());
      std::string row =
          wanted < table.rows() ? table.operands(wanted)[0].repr() + " " + table.operands(wanted)[1].repr() : "";
      CAPTURE(row);
      const Value* value = std::get_if<Value>(&got);
      REQUIRE((value != nullptr) == (wanted < table.rows()));
      if (value) CHECK(identical(*value, Value::integer(static_cast<std::int64_t>(wanted))));
    }
  }
}
