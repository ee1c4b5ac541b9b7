// What operators do to single elements: §4.2–4.7 of the language, which follow Python 3. Nothing else in the project
// knows these rules.
#include <cmath>
#include <limits>
#include <string_view>

#include "rasp/graph.h"
#include "rasp/number_text.h"
#include "rasp/operands.h"
#include "rasp/percent_format.h"

#include "base/text.h"

namespace rasp {
namespace {

Outcome whole(BigInt i) {
  if (i.bit_length() > element_limits.integer_bits) return too_many_bits();
  return Value::integer(std::move(i));
}

bool is_float(const Value& v) { return v.kind() == Kind::Float; }

// The operands of float arithmetic; false where an int has no double near it.
bool as_doubles(const Value& a, const Value& b, double& x, double& y) {
  x = a.number();
  y = b.number();
  return (is_float(a) || std::isfinite(x)) && (is_float(b) || std::isfinite(y));
}

Outcome join(const Value& a, const Value& b) {
  if (a.text().size() + b.text().size() > element_limits.collection_size &&
      count_code_points(a.text()) + count_code_points(b.text()) > element_limits.collection_size) {
    return too_long();
  }
  return Value::string(a.text() + b.text());
}

Outcome repeat(const Value& text, const Value& times) {
  const auto count = times.int64();
  if (!count) return Failure{"overflow", "overflow", "a string cannot be repeated " + shown(times) + " times", {}};
  const std::size_t size = count_code_points(text.text());
  if (size == 0 || *count <= 0) return Value::string({});
  if (static_cast<std::uint64_t>(*count) > element_limits.collection_size / size) return too_long();
  std::string out;
  out.reserve(text.text().size() * static_cast<std::size_t>(*count));
  for (std::int64_t i = 0; i < *count; ++i) out += text.text();
  return Value::string(std::move(out));
}

Outcome add(const Value& a, const Value& b) {
  if (a.is_string() && b.is_string()) return join(a, b);
  if (a.is_string() || b.is_string()) return bad_operands("+", a, b);
  if (is_float(a) || is_float(b)) {
    double x, y;
    if (!as_doubles(a, b, x, y)) return overflow("an operand of `+`");
    return Value::real(x + y);
  }
  const auto i = a.int64(), j = b.int64();
  std::int64_t sum;
  if (i && j && !__builtin_add_overflow(*i, *j, &sum)) return Value::integer(sum);
  return whole(a.big() + b.big());
}

Outcome subtract(const Value& a, const Value& b) {
  if (a.is_string() || b.is_string()) return bad_operands("-", a, b);
  if (is_float(a) || is_float(b)) {
    double x, y;
    if (!as_doubles(a, b, x, y)) return overflow("an operand of `-`");
    return Value::real(x - y);
  }
  const auto i = a.int64(), j = b.int64();
  std::int64_t difference;
  if (i && j && !__builtin_sub_overflow(*i, *j, &difference)) return Value::integer(difference);
  return whole(a.big() - b.big());
}

Outcome multiply(const Value& a, const Value& b) {
  if (a.is_string() || b.is_string()) {
    const Value& text = a.is_string() ? a : b;
    const Value& times = a.is_string() ? b : a;
    if (times.is_string() || is_float(times)) return bad_operands("*", a, b);
    return repeat(text, times);
  }
  if (is_float(a) || is_float(b)) {
    double x, y;
    if (!as_doubles(a, b, x, y)) return overflow("an operand of `*`");
    return Value::real(x * y);
  }
  const auto i = a.int64(), j = b.int64();
  std::int64_t product;
  if (i && j && !__builtin_mul_overflow(*i, *j, &product)) return Value::integer(product);
  return whole(a.big() * b.big());
}

Outcome divide(const Value& a, const Value& b) {
  if (a.is_string() || b.is_string()) return bad_operands("/", a, b);
  if (is_float(a) || is_float(b)) {
    double x, y;
    if (!as_doubles(a, b, x, y)) return overflow("an operand of `/`");
    if (y == 0) return zero_division("/");
    return Value::real(x / y);
  }
  const auto i = a.int64(), j = b.int64();
  if (j && *j == 0) return zero_division("/");
  constexpr std::int64_t exact = std::int64_t{1} << 53;
  if (i && j && *i >= -exact && *i <= exact && *j >= -exact && *j <= exact) {
    return Value::real(static_cast<double>(*i) / static_cast<double>(*j));
  }
  const double quotient = true_divide(a.big(), b.big());
  if (std::isinf(quotient)) return overflow("the quotient of two ints");
  return Value::real(quotient);
}

Outcome modulo(const Value& a, const Value& b) {
  if (a.is_string()) return percent_format(a, b, element_limits.collection_size);
  if (b.is_string()) return bad_operands("%", a, b);
  if (is_float(a) || is_float(b)) {
    double x, y;
    if (!as_doubles(a, b, x, y)) return overflow("an operand of `%`");
    if (y == 0) return zero_division("%");
    double rest = std::fmod(x, y);
    if (rest == 0) {
      rest = std::copysign(0.0, y);
    } else if ((rest < 0) != (y < 0)) {
      rest += y;
    }
    return Value::real(rest);
  }
  const auto i = a.int64(), j = b.int64();
  if (j && *j == 0) return zero_division("%");
  if (i && j) {
    if (*j == -1) return Value::integer(0);  // the smallest int64 % -1 is undefined in C++
    const std::int64_t rest = *i % *j;
    return Value::integer(rest != 0 && (rest < 0) != (*j < 0) ? rest + *j : rest);
  }
  return whole(floor_mod(a.big(), b.big()));
}

Outcome float_power(double x, double y) {
  if (x == 0 && y < 0 && std::isfinite(y)) return zero_division("^");
  if (x < 0 && std::isfinite(x) && std::isfinite(y) && y != std::trunc(y)) {
    if (std::isinf(std::pow(-x, y))) return overflow("the result of `^`");
    return Failure{"complex-number", "type",
                   "a fractional power of the negative number " + Value::real(x).repr() + " is a complex number",
                   "sequences hold ints, floats, bools and strings"};
  }
  const double result = std::pow(x, y);
  if (std::isinf(result) && std::isfinite(x) && std::isfinite(y)) return overflow("the result of `^`");
  return Value::real(result);
}

Outcome power(const Value& a, const Value& b) {
  if (a.is_string() || b.is_string()) return bad_operands("^", a, b);
  if (!is_float(a) && !is_float(b) && !b.big().is_negative()) {
    const BigInt base = a.big(), exponent = b.big();
    if (base.bit_length() <= 1) {  // -1, 0, 1 to any power
      if (exponent.is_zero()) return Value::integer(1);
      if (!base.is_negative()) return Value::integer(base);
      return Value::integer(floor_mod(exponent, 2).is_zero() ? 1 : -1);
    }
    if (!exponent.fits_int64() || exponent.to_int64() > element_limits.integer_bits ||
        static_cast<std::uint64_t>(base.bit_length() - 1) * static_cast<std::uint64_t>(exponent.to_int64()) >
            element_limits.integer_bits) {
      return too_many_bits();
    }
    return whole(base.pow(static_cast<std::uint64_t>(exponent.to_int64())));
  }
  double x, y;
  if (!as_doubles(a, b, x, y)) return overflow("an operand of `^`");
  return float_power(x, y);
}

// The int next to d towards zero. `what` names the operation in messages.
Outcome integral(double d, const char* what) {
  if (std::isnan(d))
    return Failure{"conversion", "conversion", std::string("`") + what + "` cannot turn nan into an int", {}};
  if (std::isinf(d))
    return Failure{"overflow", "overflow", std::string("`") + what + "` cannot turn infinity into an int", {}};
  return Value::integer(BigInt::from_double(d));
}

Outcome round_half_even(const Value& a) {
  if (a.is_string()) return bad_operand("round", a);
  if (!is_float(a)) return Value::integer(a.big());
  const double d = a.number();
  if (!std::isfinite(d)) return integral(d, "round");
  double down = std::floor(d);
  const double rest = d - down;  // exact
  if (rest > 0.5 || (rest == 0.5 && std::fmod(down, 2) != 0)) down += 1;
  return integral(down, "round");
}

Outcome to_int(const Value& a) {
  if (is_float(a)) return integral(a.number(), "tokens_int");
  if (!a.is_string()) return Value::integer(a.big());
  const auto digits = int_literal(a.text());
  if (!digits) {
    return Failure{"conversion", "conversion", shown(a) + " is not the text of an int",
                   "tokens_int needs tokens such as \"12\" or \"-3\""};
  }
  auto value = BigInt::from_decimal(*digits, element_limits.integer_bits);
  if (!value) return too_many_bits();
  return Value::integer(std::move(*value));
}

Outcome to_float(const Value& a) {
  if (a.is_string()) {
    const auto value = float_literal(a.text());
    if (value) return Value::real(*value);
    return Failure{"conversion", "conversion", shown(a) + " is not the text of a number",
                   "tokens_float needs tokens such as \"1.5\" or \"-3\""};
  }
  const double d = a.number();
  if (!is_float(a) && std::isinf(d)) return overflow("an int");
  return Value::real(d);
}

Outcome negate(const Value& a) {
  if (a.is_string()) return bad_operand("-", a);
  if (is_float(a)) return Value::real(-a.number());
  const auto i = a.int64();
  if (i && *i != std::numeric_limits<std::int64_t>::min()) return Value::integer(-*i);
  return Value::integer(-a.big());
}

Outcome plus(const Value& a) {
  if (a.is_string()) return bad_operand("+", a);
  if (a.kind() == Kind::Bool) return Value::integer(*a.int64());
  return a;
}

Outcome entry_at(const LookupTable& table, std::size_t i) {
  if (table.entries[i]) return *table.entries[i];
  return Failure{"illegal-element", "type", "the table holds a value that cannot stand in a sequence",
                 "a table indexed by an s-op may hold ints, floats, bools and strings only"};
}

Outcome lookup(const LookupTable& table, const Value& index) {
  const std::size_t size = table.entries.size();
  if (table.kind == LookupTable::Kind::Dict) {
    for (std::size_t i = 0; i < size; ++i) {
      if (equal(table.keys[i], index)) return entry_at(table, i);
    }
    return Failure{"key-not-found", "value", "the dictionary has no key " + index.repr(), {}};
  }
  const char* what = table.kind == LookupTable::Kind::List ? "list" : "string";
  if (index.is_string() || is_float(index)) {
    return Failure{
        "operand-type", "operand_type", std::string("a ") + what + " is indexed by ints, not by " + shown(index), {}};
  }
  const auto i = index.int64();
  const auto count = static_cast<std::int64_t>(size);
  if (!i || *i >= count || *i < -count) return bad_index(index.str(), size, what);
  return entry_at(table, static_cast<std::size_t>(*i < 0 ? *i + count : *i));
}

Outcome contains(const LookupTable& table, const Value& x) {
  for (std::size_t i = 0; i < table.entries.size(); ++i) {
    if (!table.entries[i]) return entry_at(table, i);
    if (equal(*table.entries[i], x)) return Value::boolean(true);
  }
  return Value::boolean(false);
}

// Sign of a - b for values that can be ordered; 2: unordered (NaN), 3: not comparable.
int order(const Value& a, const Value& b) {
  if (a.is_opaque() || b.is_opaque()) return equal(a, b) ? 0 : 3;
  if (a.is_string() != b.is_string()) return 3;
  if (a.is_string()) {
    const int c = a.text().compare(b.text());  // order of UTF-8 bytes = order of code points
    return c < 0 ? -1 : c > 0;
  }
  const bool fa = is_float(a), fb = is_float(b);
  const auto i = fa ? std::nullopt : a.int64(), j = fb ? std::nullopt : b.int64();
  if (i && j) return *i < *j ? -1 : *i > *j;
  if (fa && fb) {
    const double x = a.number(), y = b.number();
    return x < y ? -1 : x > y ? 1 : x == y ? 0 : 2;
  }
  if (fb) return i ? compare(*i, b.number()) : compare(a.big(), b.number());
  if (fa) {
    const int c = j ? compare(*j, a.number()) : compare(b.big(), a.number());
    return c == 2 ? 2 : -c;
  }
  return compare(a.big(), b.big());
}

const char* symbol_of(Op op) {
  switch (op) {
    case Op::Eq: return "==";
    case Op::Ne: return "!=";
    case Op::Lt: return "<";
    case Op::Le: return "<=";
    case Op::Gt: return ">";
    default: return ">=";
  }
}

}  // namespace

bool compare(Op op, const Value& key, const Value& query, Failure& failure, bool& failed) {
  failed = false;
  const int c = order(key, query);
  switch (op) {
    case Op::Eq: return c == 0;
    case Op::Ne: return c != 0;
    default: break;
  }
  if (c == 3 || key.is_opaque()) {
    failed = true;
    failure = bad_operands(symbol_of(op), key, query);
    return false;
  }
  switch (op) {
    case Op::Lt: return c == -1;
    case Op::Le: return c == -1 || c == 0;
    case Op::Gt: return c == 1;
    default: return c == 1 || c == 0;
  }
}

// Operations that look at what a value is, and work on opaque values too.
static bool takes_anything(Op op) {
  return op == Op::Eq || op == Op::Ne || op == Op::And || op == Op::Or || op == Op::Not || op == Op::Indicator ||
         op == Op::Choose || op == Op::ToStr || op == Op::ToBool;
}

Outcome apply(Op op, std::span<const Value> x) {
  if (!takes_anything(op))
    for (const Value& v : x)
      if (v.is_opaque())
        return Failure{"operand-type", "operand_type", shown(v) + " has no place in arithmetic or an order", {}};
  switch (op) {
    case Op::Add: return add(x[0], x[1]);
    case Op::Sub: return subtract(x[0], x[1]);
    case Op::Mul: return multiply(x[0], x[1]);
    case Op::Div: return divide(x[0], x[1]);
    case Op::Mod: return modulo(x[0], x[1]);
    case Op::Pow: return power(x[0], x[1]);
    case Op::Eq:
    case Op::Ne:
    case Op::Lt:
    case Op::Le:
    case Op::Gt:
    case Op::Ge: {
      Failure failure;
      bool failed = false;
      const bool result = compare(op, x[0], x[1], failure, failed);
      if (failed) return failure;
      return Value::boolean(result);
    }
    case Op::And: return Value::boolean(x[0].truthy() && x[1].truthy());
    case Op::Or: return Value::boolean(x[0].truthy() || x[1].truthy());
    case Op::Not: return Value::boolean(!x[0].truthy());
    case Op::Neg: return negate(x[0]);
    case Op::Pos: return plus(x[0]);
    case Op::Round: return round_half_even(x[0]);
    case Op::Indicator: return Value::integer(x[0].truthy() ? 1 : 0);
    case Op::Choose: return x[0].truthy() ? x[1] : x[2];
    case Op::ToStr: return Value::string(x[0].str());
    case Op::ToInt: return to_int(x[0]);
    case Op::ToFloat: return to_float(x[0]);
    case Op::ToBool: return Value::boolean(x[0].truthy());
    case Op::Lookup:
    case Op::Contains:
    case Op::Tabulated: break;  // need a table
  }
  return Failure{"internal", "internal", "a table operation without a table", {}};
}

Outcome apply(const Node& elementwise, std::span<const Value> operands) {
  if (elementwise.op == Op::Tabulated && elementwise.function) return elementwise.function->at(operands);
  if (elementwise.op == Op::Lookup && elementwise.table) return lookup(*elementwise.table, operands[0]);
  if (elementwise.op == Op::Contains && elementwise.table) return contains(*elementwise.table, operands[0]);
  return apply(elementwise.op, operands);
}

}  // namespace rasp
