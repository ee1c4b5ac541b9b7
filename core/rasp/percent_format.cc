#include "rasp/percent_format.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>

#include "base/text.h"

namespace rasp {
namespace {

struct Form {  // one "%…" of a pattern
  bool left = false, plus = false, space = false, alternate = false, zero = false;
  std::size_t width = 0;
  long precision = -1;  // not given
  char type = 's';
};

struct Piece {  // a formatted value before it is padded
  std::string sign, prefix, body;
  bool zeros = false;  // the "0" flag pads it with zeros
};

using Part = std::variant<Piece, Failure>;

Failure wrong(const char* error_class, std::string message, std::string hint) {
  return {"string-format", error_class, std::move(message), std::move(hint)};
}
Failure too_wide(std::size_t most) {
  return {"limit-string-length", "limit", "a string would exceed " + std::to_string(most) + " characters", {}};
}

Part signed_piece(std::string digits, const Form& form, std::string prefix = {}) {
  Piece piece;
  if (digits.starts_with('-')) piece.sign = "-", digits.erase(0, 1);
  else if (form.plus) piece.sign = "+";
  else if (form.space) piece.sign = " ";
  piece.prefix = std::move(prefix);
  piece.body = std::move(digits);
  piece.zeros = form.zero;
  return piece;
}

std::string in_base(const BigInt& value, int bits, bool upper) {
  const char* digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
  const BigInt base = std::int64_t{1} << bits;
  BigInt rest = value.is_negative() ? -value : value;
  std::string out;
  do {
    out += digits[floor_mod(rest, base).to_int64()];
    rest = floor_div(rest, base);
  } while (!rest.is_zero());
  if (value.is_negative()) out += '-';
  return {out.rbegin(), out.rend()};
}

Part whole_number(const Form& form, const Value& value) {
  const std::string name = std::string("`%") + form.type + "`";
  const bool decimal = form.type == 'd' || form.type == 'i' || form.type == 'u';
  if (value.is_string())
    return wrong("operand_type",
                 name + " needs " + (decimal ? "a number" : "an int") + ", not the string " + cut(value.repr(), 40),
                 "Read the tokens as numbers: tokens_int.");
  if (value.kind() == Kind::Float && !decimal)
    return wrong("operand_type", name + " needs an int, not " + value.repr(), "Round it first: round(x).");
  BigInt number;
  if (value.kind() == Kind::Float) {
    const double d = value.number();
    if (std::isnan(d)) return wrong("conversion", name + " has no digits for nan", "Give a number.");
    if (std::isinf(d)) return Failure{"overflow", "overflow", name + " has no digits for infinity", {}};
    number = BigInt::from_double(d);
  } else {
    number = value.big();
  }
  std::string digits = decimal ? number.to_string() : in_base(number, form.type == 'o' ? 3 : 4, form.type == 'X');
  const std::size_t sign = digits.starts_with('-') ? 1 : 0;
  const std::size_t least = form.precision > 0 ? static_cast<std::size_t>(form.precision) : 0;
  if (digits.size() - sign < least) digits.insert(sign, least - (digits.size() - sign), '0');
  const std::string prefix = form.alternate && !decimal ? std::string("0") + form.type : std::string();
  return signed_piece(std::move(digits), form, prefix);
}

Part real_number(const Form& form, const Value& value) {
  if (value.is_string())
    return wrong("operand_type",
                 std::string("`%") + form.type + "` needs a number, not the string " + cut(value.repr(), 40),
                 "Read the tokens as numbers: tokens_float.");
  const double d = value.number();
  if (value.kind() != Kind::Float && std::isinf(d))
    return Failure{
        "overflow", "overflow", std::string("the value of `%") + form.type + "` is too large for a float", {}};
  const bool upper = form.type >= 'A' && form.type <= 'Z';
  if (!std::isfinite(d)) {
    const std::string word = std::isnan(d) ? "nan" : d < 0 ? "-inf" : "inf";
    std::string text = word;
    if (upper)
      std::transform(text.begin(), text.end(), text.begin(),
                     [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
    return signed_piece(std::move(text), form);
  }
  const int precision = form.precision < 0 ? 6 : static_cast<int>(form.precision);
  const std::string pattern = std::string("%") + (form.alternate ? "#" : "") + ".*" + form.type;
  std::string text(static_cast<std::size_t>(std::snprintf(nullptr, 0, pattern.c_str(), precision, d)) + 1, '\0');
  std::snprintf(text.data(), text.size(), pattern.c_str(), precision, d);
  text.pop_back();
  return signed_piece(std::move(text), form);
}

std::string utf8(std::uint32_t c) {
  if (c < 0x80) return {static_cast<char>(c)};
  std::string out;
  for (; c > 0x3f; c >>= 6) out.insert(out.begin(), static_cast<char>(0x80 | (c & 0x3f)));
  const int bytes = static_cast<int>(out.size()) + 1;
  if (c >= (1u << (7 - bytes))) out.insert(out.begin(), static_cast<char>(0x80 | c)), c = 0;
  const int size = static_cast<int>(out.size()) + 1;
  out.insert(out.begin(), static_cast<char>((0xf00 >> size) | c));
  return out;
}

Part character(const Value& value) {
  if (value.is_string()) {
    if (count_code_points(value.text()) != 1)
      return wrong("operand_type", "`%c` needs an int or one character, not " + cut(value.repr(), 40),
                   "Use %s for longer strings.");
    return Piece{{}, {}, value.text(), false};
  }
  if (value.kind() == Kind::Float)
    return wrong("operand_type", "`%c` needs an int or one character, not " + value.repr(),
                 "Round it first: round(x).");
  const auto code = value.int64();
  if (!code || *code < 0 || *code >= 0x110000)
    return Failure{"overflow", "overflow", "`%c` needs the number of a character, from 0 to 1114111", {}};
  if (*code >= 0xd800 && *code < 0xe000)
    return wrong("conversion", "`%c` cannot make half of a surrogate pair", "Give the number of a whole character.");
  return Piece{{}, {}, utf8(static_cast<std::uint32_t>(*code)), false};
}

// %a: what is not ASCII as an escape.
std::string ascii(const std::string& text) {
  std::string out;
  for (const std::string& c : code_points(text)) {
    if (c.size() == 1) {
      out += c;
      continue;
    }
    std::uint32_t code = static_cast<unsigned char>(c[0]) & (0xffu >> (c.size() + 1));
    for (std::size_t i = 1; i < c.size(); ++i) code = code << 6 | (static_cast<unsigned char>(c[i]) & 0x3f);
    char escape[16];
    std::snprintf(escape, sizeof escape, code < 0x100 ? "\\x%02x" : code < 0x10000 ? "\\u%04x" : "\\U%08x", code);
    out += escape;
  }
  return out;
}

Part text_piece(const Form& form, const Value& value) {
  std::string text = form.type == 's' ? value.str() : form.type == 'r' ? value.repr() : ascii(value.repr());
  if (form.precision >= 0 && count_code_points(text) > static_cast<std::size_t>(form.precision)) {
    const auto characters = code_points(text);
    text.clear();
    for (long i = 0; i < form.precision; ++i) text += characters[static_cast<std::size_t>(i)];
  }
  return Piece{{}, {}, std::move(text), false};
}

Part piece_of(const Form& form, const Value& value) {
  switch (form.type) {
    case 's':
    case 'r':
    case 'a': return text_piece(form, value);
    case 'd':
    case 'i':
    case 'u':
    case 'o':
    case 'x':
    case 'X': return whole_number(form, value);
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G': return real_number(form, value);
    default: return character(value);
  }
}

std::string padded(const Piece& piece, const Form& form) {
  const std::size_t size = piece.sign.size() + piece.prefix.size() + count_code_points(piece.body);
  const std::size_t room = form.width > size ? form.width - size : 0;
  const std::string head = piece.sign + piece.prefix;
  if (form.left) return head + piece.body + std::string(room, ' ');
  if (piece.zeros) return head + std::string(room, '0') + piece.body;
  return std::string(room, ' ') + head + piece.body;
}

class PatternReader {
 public:
  PatternReader(const std::string& text, std::size_t most) : text_(text), most_(most) {}
  bool done() const { return at_ >= text_.size(); }
  char next() { return text_[at_++]; }

  // What stands behind a "%".
  std::variant<Form, Failure> form() {
    Form f;
    if (!done() && text_[at_] == '%') {
      f.type = text_[at_++];
      return f;
    }
    if (!done() && text_[at_] == '(')
      return wrong("operand_type", "the format " + shown() + " names its value, which needs a dictionary", "Write %s.");
    for (; !done(); ++at_) {
      const char c = text_[at_];
      if (c == '-') f.left = true;
      else if (c == '+') f.plus = true;
      else if (c == ' ') f.space = true;
      else if (c == '#') f.alternate = true;
      else if (c == '0') f.zero = true;
      else break;
    }
    if (!number(f.width)) return too_wide(most_);
    if (!done() && text_[at_] == '.') {
      ++at_;
      std::size_t precision = 0;
      if (!number(precision)) return too_wide(most_);
      f.precision = static_cast<long>(precision);
    }
    if (!done() && text_[at_] == '*')
      return wrong("operand_type", "the format " + shown() + " takes a width from a second value",
                   "Write the width as digits.");
    if (!done() && (text_[at_] == 'h' || text_[at_] == 'l' || text_[at_] == 'L')) ++at_;
    if (done())
      return wrong("conversion", "the format " + shown() + " ends inside a `%` form",
                   "A lone percent sign is written %%.");
    f.type = text_[at_++];
    if (std::string_view("srdiuoxXeEfFgGca").find(f.type) == std::string_view::npos)
      return wrong("conversion", "the format " + shown() + " has a form that does not exist",
                   "The forms are %s %r %a %d %o %x %e %f %g %c and %%.");
    return f;
  }

  std::string shown() const { return cut(Value::string(text_).repr(), 40); }

 private:
  bool number(std::size_t& out) {
    for (; !done() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_) {
      out = out * 10 + static_cast<std::size_t>(text_[at_] - '0');
      if (out > most_) return false;
    }
    return true;
  }

  const std::string& text_;
  std::size_t most_, at_ = 0;
};

}  // namespace

Outcome percent_format(const Value& pattern, const Value& value, std::size_t most) {
  PatternReader reader(pattern.text(), most);
  std::string out;
  bool used = false;
  while (!reader.done()) {
    const char c = reader.next();
    if (c != '%') {
      out += c;
      continue;
    }
    const auto form = reader.form();
    if (const auto* failure = std::get_if<Failure>(&form)) return *failure;
    const Form& f = std::get<Form>(form);
    if (f.type == '%') {
      out += '%';
      continue;
    }
    if (used)
      return wrong("operand_type", "the format " + reader.shown() + " wants more than one value",
                   "One value can be formatted; join the rest with +.");
    used = true;
    const Part part = piece_of(f, value);
    if (const auto* failure = std::get_if<Failure>(&part)) return *failure;
    out += padded(std::get<Piece>(part), f);
    if (out.size() > most && count_code_points(out) > most) return too_wide(most);
  }
  if (out.size() > most && count_code_points(out) > most) return too_wide(most);
  if (!used)
    return wrong("operand_type", "the format " + reader.shown() + " has no place for a value",
                 "Write %s where it belongs.");
  return Value::string(std::move(out));
}

}  // namespace rasp
