#include "base/bigint.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace rasp {
namespace {

using Limbs = std::vector<std::uint32_t>;

void trim(Limbs& a) {
  while (!a.empty() && a.back() == 0) a.pop_back();
}

int compare_magnitude(const Limbs& a, const Limbs& b) {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  for (std::size_t i = a.size(); i-- > 0;) {
    if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
  }
  return 0;
}

Limbs add_magnitude(const Limbs& a, const Limbs& b) {
  const Limbs& longer = a.size() >= b.size() ? a : b;
  const Limbs& shorter = a.size() >= b.size() ? b : a;
  Limbs sum;
  sum.reserve(longer.size() + 1);
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i < longer.size(); ++i) {
    carry += std::uint64_t{longer[i]} + (i < shorter.size() ? shorter[i] : 0);
    sum.push_back(static_cast<std::uint32_t>(carry));
    carry >>= 32;
  }
  if (carry) sum.push_back(static_cast<std::uint32_t>(carry));
  return sum;
}

// Precondition: a >= b.
Limbs subtract_magnitude(const Limbs& a, const Limbs& b) {
  Limbs difference(a.size());
  std::int64_t borrow = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::int64_t d = std::int64_t{a[i]} - (i < b.size() ? b[i] : 0) - borrow;
    borrow = d < 0;
    difference[i] = static_cast<std::uint32_t>(d);
  }
  trim(difference);
  return difference;
}

// a := a * factor + summand
void multiply_add(Limbs& a, std::uint32_t factor, std::uint32_t summand) {
  std::uint64_t carry = summand;
  for (std::uint32_t& limb : a) {
    carry += std::uint64_t{limb} * factor;
    limb = static_cast<std::uint32_t>(carry);
    carry >>= 32;
  }
  if (carry) a.push_back(static_cast<std::uint32_t>(carry));
}

// a := a / divisor, returns the remainder
std::uint32_t divide_small(Limbs& a, std::uint32_t divisor) {
  std::uint64_t remainder = 0;
  for (std::size_t i = a.size(); i-- > 0;) {
    remainder = (remainder << 32) | a[i];
    a[i] = static_cast<std::uint32_t>(remainder / divisor);
    remainder %= divisor;
  }
  trim(a);
  return static_cast<std::uint32_t>(remainder);
}

Limbs shift_left(const Limbs& a, std::uint32_t bits) {
  if (a.empty()) return {};
  const std::uint32_t words = bits / 32, rest = bits % 32;
  Limbs out(words, 0);
  std::uint64_t carry = 0;
  for (std::uint32_t limb : a) {
    carry |= std::uint64_t{limb} << rest;
    out.push_back(static_cast<std::uint32_t>(carry));
    carry >>= 32;
  }
  if (carry) out.push_back(static_cast<std::uint32_t>(carry));
  return out;
}

std::uint32_t bit_length(const Limbs& a) {
  return a.empty() ? 0
                   : static_cast<std::uint32_t>(32 * a.size()) - static_cast<std::uint32_t>(std::countl_zero(a.back()));
}

}  // namespace

BigInt::BigInt(std::int64_t value) : negative_(value < 0) {
  // Unsigned negation is defined for the smallest int64, too.
  std::uint64_t magnitude =
      negative_ ? std::uint64_t{0} - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  for (; magnitude; magnitude >>= 32) limbs_.push_back(static_cast<std::uint32_t>(magnitude));
}

BigInt::BigInt(bool negative, Limbs limbs) : negative_(negative), limbs_(std::move(limbs)) {
  trim(limbs_);
  if (limbs_.empty()) negative_ = false;
}

std::optional<BigInt> BigInt::from_decimal(std::string_view text, std::uint32_t max_bits) {
  bool negative = false;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  if (text.empty()) return std::nullopt;
  if (!std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })) return std::nullopt;
  Limbs limbs;
  for (char c : text) {
    multiply_add(limbs, 10, static_cast<std::uint32_t>(c - '0'));
    if (rasp::bit_length(limbs) > max_bits) return std::nullopt;  // also bounds the time spent on endless digits
  }
  return BigInt(negative, std::move(limbs));
}

BigInt BigInt::from_double(double value) {
  int exponent = 0;
  const double fraction = std::frexp(std::trunc(value), &exponent);  // |fraction| in [0.5, 1) or 0
  if (fraction == 0) return {};
  if (exponent <= 53) return BigInt(static_cast<std::int64_t>(value));
  return BigInt(static_cast<std::int64_t>(std::ldexp(fraction, 53)))
      .shifted_left(static_cast<std::uint32_t>(exponent - 53));
}

std::uint32_t BigInt::bit_length() const { return rasp::bit_length(limbs_); }

bool BigInt::fits_int64() const {
  const std::uint32_t bits = bit_length();
  return bits < 64 || (negative_ && bits == 64 && limbs_[1] == 0x80000000u && limbs_[0] == 0);
}

std::int64_t BigInt::to_int64() const {
  std::uint64_t magnitude = 0;
  for (std::size_t i = limbs_.size(); i-- > 0;) magnitude = (magnitude << 32) | limbs_[i];
  return static_cast<std::int64_t>(negative_ ? std::uint64_t{0} - magnitude : magnitude);
}

double BigInt::to_double() const {
  // The leading 64 bits with a sticky last bit: converting those to 53 bits rounds like the whole number.
  const std::uint32_t bits = bit_length();
  const std::uint32_t drop = bits > 64 ? bits - 64 : 0;
  std::uint64_t top = 0;
  bool sticky = false;
  for (std::size_t i = limbs_.size(); i-- > 0;) {
    const std::uint32_t low = static_cast<std::uint32_t>(32 * i);  // position of this limb's lowest bit
    if (low >= drop) {
      top |= std::uint64_t{limbs_[i]} << (low - drop);
    } else if (low + 32 > drop) {
      top |= limbs_[i] >> (drop - low);
      sticky = sticky || (limbs_[i] & ((1u << (drop - low)) - 1)) != 0;
    } else {
      sticky = sticky || limbs_[i] != 0;
    }
  }
  if (sticky) top |= 1;
  const double magnitude = std::ldexp(static_cast<double>(top), static_cast<int>(drop));
  return negative_ ? -magnitude : magnitude;
}

std::string BigInt::to_string() const {
  if (is_zero()) return "0";
  Limbs rest = limbs_;
  std::string digits;  // reversed
  while (!rest.empty()) {
    std::uint32_t chunk = divide_small(rest, 1'000'000'000);
    for (int i = 0; i < 9 && (chunk || !rest.empty()); ++i, chunk /= 10) digits += static_cast<char>('0' + chunk % 10);
  }
  if (negative_) digits += '-';
  std::reverse(digits.begin(), digits.end());
  return digits;
}

std::size_t BigInt::hash() const {
  std::size_t h = negative_ ? 0x51ed27u : 0x2545f5u;
  for (std::uint32_t limb : limbs_) h = (h ^ limb) * 0x01000193u + (h >> 15);
  return h;
}

BigInt BigInt::operator-() const { return BigInt(!negative_, limbs_); }

BigInt BigInt::shifted_left(std::uint32_t bits) const { return BigInt(negative_, shift_left(limbs_, bits)); }

BigInt operator+(const BigInt& a, const BigInt& b) {
  if (a.negative_ == b.negative_) return BigInt(a.negative_, add_magnitude(a.limbs_, b.limbs_));
  if (compare_magnitude(a.limbs_, b.limbs_) >= 0) return BigInt(a.negative_, subtract_magnitude(a.limbs_, b.limbs_));
  return BigInt(b.negative_, subtract_magnitude(b.limbs_, a.limbs_));
}

BigInt operator-(const BigInt& a, const BigInt& b) { return a + -b; }

BigInt operator*(const BigInt& a, const BigInt& b) {
  BigInt::Limbs product(a.limbs_.size() + b.limbs_.size(), 0);
  for (std::size_t i = 0; i < a.limbs_.size(); ++i) {
    std::uint64_t carry = 0;
    for (std::size_t j = 0; j < b.limbs_.size(); ++j) {
      carry += std::uint64_t{a.limbs_[i]} * b.limbs_[j] + product[i + j];
      product[i + j] = static_cast<std::uint32_t>(carry);
      carry >>= 32;
    }
    product[i + b.limbs_.size()] = static_cast<std::uint32_t>(carry);
  }
  return BigInt(a.negative_ != b.negative_, std::move(product));
}

BigInt BigInt::pow(std::uint64_t exponent) const {
  BigInt result = 1, square = *this;
  while (exponent) {
    if (exponent & 1) result = result * square;
    exponent >>= 1;
    if (exponent) square = square * square;
  }
  return result;
}

// Knuth, The Art of Computer Programming, volume 2, 4.3.1, algorithm D, on magnitudes.
void BigInt::divide(const Limbs& a, const Limbs& b, Limbs& quotient, Limbs& remainder) {
  if (compare_magnitude(a, b) < 0) {
    quotient.clear();
    remainder = a;
    return;
  }
  if (b.size() == 1) {
    quotient = a;
    remainder.assign(1, divide_small(quotient, b[0]));
    trim(remainder);
    return;
  }
  const auto shift = static_cast<std::uint32_t>(std::countl_zero(b.back()));
  const Limbs v = shift_left(b, shift);
  Limbs u = shift_left(a, shift);
  u.resize(a.size() + 1, 0);
  const std::size_t n = v.size();
  quotient.assign(a.size() - n + 1, 0);
  for (std::size_t j = a.size() - n + 1; j-- > 0;) {
    const std::uint64_t head = (std::uint64_t{u[j + n]} << 32) | u[j + n - 1];
    std::uint64_t guess = head / v[n - 1], rest = head % v[n - 1];
    while (guess >> 32 || guess * v[n - 2] > ((rest << 32) | u[j + n - 2])) {
      --guess;
      rest += v[n - 1];
      if (rest >> 32) break;
    }
    std::uint64_t carry = 0;
    std::int64_t borrow = 0;
    for (std::size_t i = 0; i < n; ++i) {
      carry += guess * v[i];
      const std::int64_t d = std::int64_t{u[i + j]} - static_cast<std::uint32_t>(carry) - borrow;
      u[i + j] = static_cast<std::uint32_t>(d);
      borrow = d < 0;
      carry >>= 32;
    }
    const std::int64_t d = std::int64_t{u[j + n]} - static_cast<std::int64_t>(carry) - borrow;
    u[j + n] = static_cast<std::uint32_t>(d);
    if (d < 0) {  // guess was one too large: add the divisor back
      --guess;
      std::uint64_t sum = 0;
      for (std::size_t i = 0; i < n; ++i) {
        sum += std::uint64_t{u[i + j]} + v[i];
        u[i + j] = static_cast<std::uint32_t>(sum);
        sum >>= 32;
      }
      u[j + n] += static_cast<std::uint32_t>(sum);
    }
    quotient[j] = static_cast<std::uint32_t>(guess);
  }
  u.resize(n);
  for (std::size_t i = 0; shift && i < n; ++i) {
    u[i] = (u[i] >> shift) | (i + 1 < n ? u[i + 1] << (32 - shift) : 0);
  }
  trim(u);
  trim(quotient);
  remainder = std::move(u);
}

BigInt floor_div(const BigInt& a, const BigInt& b) {
  BigInt::Limbs quotient, remainder;
  BigInt::divide(a.limbs_, b.limbs_, quotient, remainder);
  if (a.negative_ == b.negative_) return BigInt(false, std::move(quotient));
  BigInt negated(true, std::move(quotient));
  return remainder.empty() ? negated : negated - 1;
}

BigInt floor_mod(const BigInt& a, const BigInt& b) {
  BigInt::Limbs quotient, remainder;
  BigInt::divide(a.limbs_, b.limbs_, quotient, remainder);
  BigInt result(a.negative_, std::move(remainder));
  return !result.is_zero() && a.negative_ != b.negative_ ? result + b : result;
}

double true_divide(const BigInt& a, const BigInt& b) {
  const bool negative = a.negative_ != b.negative_;
  const int difference = static_cast<int>(a.bit_length()) - static_cast<int>(b.bit_length());
  if (a.is_zero()) return negative ? -0.0 : 0.0;
  if (difference > 1024) return negative ? -HUGE_VAL : HUGE_VAL;
  // quotient = a / (b · 2^shift) has 55 or 56 bits, or fewer where the result is subnormal, so that one rounding at its
  // end (with a sticky bit for the remainder) is the rounding of the whole.
  constexpr int mantissa = 53, min_exponent = -1021;
  const int shift = std::max(difference, min_exponent) - mantissa - 2;
  const BigInt::Limbs scaled_a = shift < 0 ? shift_left(a.limbs_, static_cast<std::uint32_t>(-shift)) : a.limbs_;
  const BigInt::Limbs scaled_b = shift > 0 ? shift_left(b.limbs_, static_cast<std::uint32_t>(shift)) : b.limbs_;
  BigInt::Limbs quotient, remainder;
  BigInt::divide(scaled_a, scaled_b, quotient, remainder);
  std::uint64_t q = 0;
  for (std::size_t i = quotient.size(); i-- > 0;) q = (q << 32) | quotient[i];
  if (!remainder.empty()) q |= 1;
  const int extra = std::max(64 - std::countl_zero(q), min_exponent - shift) - mantissa;  // bits to round away, 2 or 3
  const std::uint64_t half = std::uint64_t{1} << (extra - 1), low = q & (2 * half - 1);
  q -= low;
  if (low > half || (low == half && (q & (2 * half)))) q += 2 * half;
  const double magnitude = std::ldexp(static_cast<double>(q), shift);
  return negative ? -magnitude : magnitude;
}

int compare(const BigInt& a, const BigInt& b) {
  if (a.negative_ != b.negative_) return a.negative_ ? -1 : 1;
  const int magnitude = compare_magnitude(a.limbs_, b.limbs_);
  return a.negative_ ? -magnitude : magnitude;
}

int compare(const BigInt& i, double d) {
  if (std::isnan(d)) return 2;
  if (std::isinf(d)) return d > 0 ? -1 : 1;
  const double whole = std::trunc(d);
  const int c = compare(i, BigInt::from_double(whole));
  if (c != 0) return c;
  return d > whole ? -1 : d < whole ? 1 : 0;
}

int compare(std::int64_t i, double d) {
  if (std::isnan(d)) return 2;
  constexpr double two63 = 9223372036854775808.0;
  if (d >= two63) return -1;
  if (d < -two63) return 1;
  const double whole = std::trunc(d);
  const auto j = static_cast<std::int64_t>(whole);
  if (i != j) return i < j ? -1 : 1;
  return d > whole ? -1 : d < whole ? 1 : 0;
}

}  // namespace rasp
