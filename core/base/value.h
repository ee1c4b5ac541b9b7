// Atoms: the values of the language and of sequences.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include "base/bigint.h"

namespace rasp {

// Opaque: what Python has and RASP has not (None, tuples, …), known by its text alone.
enum class Kind : std::uint8_t { Int, Float, Bool, String, Opaque };

// Immutable atom. Ints are unbounded (up to Limits::integer_bits), floats IEEE doubles, strings UTF-8.
class Value {
 public:
  Value() = default;  // the int 0
  static Value integer(std::int64_t i);
  static Value integer(BigInt i);
  static Value real(double d);
  static Value boolean(bool b);
  static Value string(std::string s);
  static Value opaque(std::string text);  // two are equal where their texts are
  static Value none() { return opaque("None"); }

  Kind kind() const;
  bool is_number() const { return kind() < Kind::String; }  // Bool is a sub-kind of Int
  bool is_string() const { return kind() == Kind::String; }
  bool is_opaque() const { return kind() == Kind::Opaque; }
  const std::string& text() const;            // precondition: is_string() or is_opaque()
  double number() const;                      // precondition: is_number(); ints beyond 2^53 are rounded
  std::optional<std::int64_t> int64() const;  // Int or Bool that fits
  BigInt big() const;                         // precondition: Int or Bool
  bool truthy() const;
  char letter() const;       // 'i' 'f' 'b' 's' 'o'
  std::string repr() const;  // host repr: 'a', 1.0, True
  std::string str() const;   // host str: a, 1.0, True

 private:
  std::variant<std::int64_t, BigInt, double, bool, std::string> v_;  // BigInt only where int64 does not suffice
  bool opaque_ =
      false;  // then the string is its text: an alternative of its own would make every copy of a value larger
};

// Host equality: numbers compare across Int/Float/Bool (exactly, also beyond 2^53), a string never equals a number, an
// opaque value neither.
bool equal(const Value& a, const Value& b);
// Same kind and equal (so 1, 1.0 and True differ); NaN identical to NaN, 0.0 to -0.0 not.
bool identical(const Value& a, const Value& b);
// One total order for value sets: numbers (by value, ties by kind Int < Float < Bool) before strings (by code point)
// before opaque values (by text).
bool total_less(const Value& a, const Value& b);
std::size_t hash(const Value& v);  // consistent with equal()

}  // namespace rasp
