// Unbounded integers, small and plain: values of a program rarely leave 64 bits, and Limits::integer_bits caps them.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rasp {

class BigInt {
 public:
  BigInt() = default;          // 0
  BigInt(std::int64_t value);  // NOLINT: an int64 is a BigInt

  // Optional sign, then ASCII digits, nothing else. nullopt for any other text and for magnitudes over max_bits.
  static std::optional<BigInt> from_decimal(std::string_view text, std::uint32_t max_bits = 16'384);
  // Truncates towards zero. Precondition: finite.
  static BigInt from_double(double value);

  bool is_zero() const { return limbs_.empty(); }
  bool is_negative() const { return negative_; }
  std::uint32_t bit_length() const;  // of the magnitude; 0 for 0
  bool fits_int64() const;
  std::int64_t to_int64() const;  // precondition: fits_int64()
  double to_double() const;       // nearest, ties to even; ±infinity when out of range
  std::string to_string() const;  // decimal
  std::size_t hash() const;

  BigInt operator-() const;
  BigInt shifted_left(std::uint32_t bits) const;
  BigInt pow(std::uint64_t exponent) const;  // the caller bounds the result: bit_length() * exponent

  friend BigInt operator+(const BigInt& a, const BigInt& b);
  friend BigInt operator-(const BigInt& a, const BigInt& b);
  friend BigInt operator*(const BigInt& a, const BigInt& b);
  // Quotient rounded to minus infinity; remainder with the sign of b. Precondition: b is not 0.
  friend BigInt floor_div(const BigInt& a, const BigInt& b);
  friend BigInt floor_mod(const BigInt& a, const BigInt& b);
  // a / b as the nearest double, ties to even; ±infinity when out of range. Precondition: b is not 0.
  friend double true_divide(const BigInt& a, const BigInt& b);
  friend int compare(const BigInt& a, const BigInt& b);  // -1, 0, 1
  friend bool operator==(const BigInt& a, const BigInt& b) {
    return a.negative_ == b.negative_ && a.limbs_ == b.limbs_;
  }

 private:
  using Limbs = std::vector<std::uint32_t>;  // least significant first, no leading zero limb
  BigInt(bool negative, Limbs limbs);
  static void divide(const Limbs& a, const Limbs& b, Limbs& quotient, Limbs& remainder);

  bool negative_ = false;  // never set for 0
  Limbs limbs_;
};

BigInt floor_div(const BigInt& a, const BigInt& b);
BigInt floor_mod(const BigInt& a, const BigInt& b);
double true_divide(const BigInt& a, const BigInt& b);
int compare(const BigInt& a, const BigInt& b);

// How the int i compares with the double d, exactly: -1, 0, 1; 2 when d is NaN.
int compare(const BigInt& i, double d);
int compare(std::int64_t i, double d);

}  // namespace rasp
