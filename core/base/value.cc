#include "base/value.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <limits>

namespace rasp {
namespace {

// The digits (no point) and decimal exponent of a positive finite double, in the fewest digits that read back as the
// same double: value = 0.d1d2d3… · 10^exponent.
struct Decimal {
  std::string digits;
  int exponent;
};

Decimal split(const char* scientific) {  // "d.ddde±xx"
  const char* e = std::strchr(scientific, 'e');
  Decimal out{std::string(1, scientific[0]), std::atoi(e + 1) + 1};
  if (scientific[1] == '.') out.digits.append(scientific + 2, e);
  while (out.digits.size() > 1 && out.digits.back() == '0') out.digits.pop_back();
  return out;
}

Decimal shortest(double d) {
  char text[40];
  // Any text of at most 15 digits survives the way to a double and back, but for subnormals, which have fewer.
  for (int precision = d < std::numeric_limits<double>::min() ? 1 : 15; precision <= 17; ++precision) {
    std::snprintf(text, sizeof text, "%.*e", precision - 1, d);
    if (std::strtod(text, nullptr) == d) break;
    // Below a power of two doubles lie twice as dense as above: there the nearest decimal may miss where the next
    // larger one of as many digits reads back.
    int exponent = 0;
    if (precision >= 15 && std::frexp(d, &exponent) == 0.5) {
      Decimal next = split(text);
      next.digits.resize(static_cast<std::size_t>(precision), '0');
      ++next.digits.back();
      if (next.digits.back() <= '9') {
        const std::string candidate = "0." + next.digits + "e" + std::to_string(next.exponent);
        if (std::strtod(candidate.c_str(), nullptr) == d) return next;
      }
    }
  }
  return split(text);
}

std::string float_repr(double d) {
  if (std::isnan(d)) return "nan";
  std::string out = std::signbit(d) ? "-" : "";
  if (std::isinf(d)) return out + "inf";
  if (d == 0) return out + "0.0";
  const auto [digits, exponent] = shortest(std::fabs(d));
  const int count = static_cast<int>(digits.size());
  if (exponent > 16 || exponent < -3) {
    out += digits[0];
    if (count > 1) out += '.' + digits.substr(1);
    char tail[16];
    std::snprintf(tail, sizeof tail, "e%+03d", exponent - 1);
    return out + tail;
  }
  if (exponent <= 0) return out + "0." + std::string(static_cast<std::size_t>(-exponent), '0') + digits;
  if (count <= exponent) return out + digits + std::string(static_cast<std::size_t>(exponent - count), '0') + ".0";
  return out + digits.substr(0, static_cast<std::size_t>(exponent)) + '.' +
         digits.substr(static_cast<std::size_t>(exponent));
}

std::string string_repr(const std::string& s) {
  const bool single = s.find('\'') != std::string::npos, both = s.find('"') != std::string::npos;
  const char quote = single && !both ? '"' : '\'';
  std::string out(1, quote);
  for (char c : s) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == quote || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\x%02x", byte);
      out += escape;
    } else {
      out += c;
    }
  }
  return out + quote;
}

// Sign of a - b for numbers; 2 where a NaN takes part.
int compare_numbers(const Value& a, const Value& b) {
  const bool fa = a.kind() == Kind::Float, fb = b.kind() == Kind::Float;
  if (fa && fb) {
    const double x = a.number(), y = b.number();
    return x < y ? -1 : x > y ? 1 : x == y ? 0 : 2;
  }
  const auto ia = fa ? std::nullopt : a.int64(), ib = fb ? std::nullopt : b.int64();
  if (fb) return ia ? compare(*ia, b.number()) : compare(a.big(), b.number());
  if (fa) {
    const int c = ib ? compare(*ib, a.number()) : compare(b.big(), a.number());
    return c == 2 ? 2 : -c;
  }
  if (ia && ib) return *ia < *ib ? -1 : *ia > *ib;
  return compare(a.big(), b.big());
}

bool is_nan(const Value& v) { return v.kind() == Kind::Float && std::isnan(v.number()); }

}  // namespace

Value Value::integer(std::int64_t i) {
  Value v;
  v.v_ = i;
  return v;
}

Value Value::integer(BigInt i) {
  if (i.fits_int64()) return integer(i.to_int64());
  Value v;
  v.v_ = std::move(i);
  return v;
}

Value Value::real(double d) {
  Value v;
  v.v_ = d;
  return v;
}

Value Value::boolean(bool b) {
  Value v;
  v.v_ = b;
  return v;
}

Value Value::opaque(std::string text) {
  Value v;
  v.v_ = std::move(text);
  v.opaque_ = true;
  return v;
}

Value Value::string(std::string s) {
  Value v;
  v.v_ = std::move(s);
  return v;
}

Kind Value::kind() const {
  static constexpr Kind kinds[] = {Kind::Int, Kind::Int, Kind::Float, Kind::Bool, Kind::String};
  return opaque_ ? Kind::Opaque : kinds[v_.index()];
}

const std::string& Value::text() const { return *std::get_if<std::string>(&v_); }

double Value::number() const {
  if (const auto* i = std::get_if<std::int64_t>(&v_)) return static_cast<double>(*i);
  if (const auto* d = std::get_if<double>(&v_)) return *d;
  if (const auto* b = std::get_if<bool>(&v_)) return *b ? 1.0 : 0.0;
  if (const auto* i = std::get_if<BigInt>(&v_)) return i->to_double();
  return std::numeric_limits<double>::quiet_NaN();
}

std::optional<std::int64_t> Value::int64() const {
  if (const auto* i = std::get_if<std::int64_t>(&v_)) return *i;
  if (const auto* b = std::get_if<bool>(&v_)) return *b ? 1 : 0;
  return std::nullopt;
}

BigInt Value::big() const {
  if (const auto* i = std::get_if<BigInt>(&v_)) return *i;
  return int64().value_or(0);
}

bool Value::truthy() const {
  switch (kind()) {
    case Kind::String: return !text().empty();
    case Kind::Float: return number() != 0;  // NaN is true
    case Kind::Opaque: return text() != "None";
    default: break;
  }
  const auto i = int64();
  return !i || *i != 0;
}

char Value::letter() const { return "ifbso"[static_cast<int>(kind())]; }

std::string Value::repr() const { return is_string() ? string_repr(text()) : str(); }

std::string Value::str() const {
  switch (kind()) {
    case Kind::Int: {
      const auto i = int64();
      return i ? std::to_string(*i) : big().to_string();
    }
    case Kind::Float: return float_repr(number());
    case Kind::Bool: return truthy() ? "True" : "False";
    case Kind::String:
    case Kind::Opaque: return text();
  }
  return {};
}

bool equal(const Value& a, const Value& b) {
  if (a.is_opaque() || b.is_opaque()) return a.is_opaque() && b.is_opaque() && a.text() == b.text();
  if (a.is_string() || b.is_string()) return a.is_string() && b.is_string() && a.text() == b.text();
  return compare_numbers(a, b) == 0;
}

bool identical(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return false;
  if (a.kind() != Kind::Float) return equal(a, b);
  if (is_nan(a) || is_nan(b)) return is_nan(a) && is_nan(b);
  return a.number() == b.number() && std::signbit(a.number()) == std::signbit(b.number());
}

bool total_less(const Value& a, const Value& b) {
  if (a.is_opaque() || b.is_opaque()) return a.is_opaque() ? b.is_opaque() && a.text() < b.text() : true;
  if (a.is_string() || b.is_string()) {
    if (a.is_string() && b.is_string()) return a.text() < b.text();  // order of UTF-8 bytes = order of code points
    return b.is_string();
  }
  const int c = compare_numbers(a, b);
  if (c == -1 || c == 1) return c == -1;
  if (c == 2) return !is_nan(a) && is_nan(b);  // NaN after every other number
  if (a.kind() != b.kind()) return a.kind() < b.kind();
  return a.kind() == Kind::Float && std::signbit(a.number()) && !std::signbit(b.number());
}

std::size_t hash(const Value& v) {
  if (v.is_string()) return std::hash<std::string>{}(v.text());
  if (v.is_opaque()) return std::hash<std::string>{}(v.text()) ^ 0x6f7061;
  if (v.kind() == Kind::Float) {
    const double d = v.number();
    if (std::isnan(d)) return 0x7ff8;
    if (!std::isfinite(d) || d != std::trunc(d)) return std::hash<double>{}(d);
    return hash(Value::integer(BigInt::from_double(d)));  // 2.0 must meet 2
  }
  const auto i = v.int64();
  // Spread: small ints are the most frequent keys and std::hash keeps them as they are.
  return i ? static_cast<std::size_t>(static_cast<std::uint64_t>(*i) * 0x9e3779b97f4a7c15ull >> 16) : v.big().hash();
}

}  // namespace rasp
