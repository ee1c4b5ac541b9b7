#include "rasp/operands.h"

namespace rasp {
namespace {

const char* kind_name(const Value& v) {
  switch (v.kind()) {
    case Kind::Int: return "int";
    case Kind::Float: return "float";
    case Kind::Bool: return "bool";
    case Kind::Opaque: return "value";
    default: return "string";
  }
}

}  // namespace

std::string shown(const Value& v) {
  std::string text = v.repr();
  constexpr std::size_t most = 40;
  if (text.size() > most) {
    std::size_t cut = most - 3;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xc0) == 0x80) --cut;  // not inside a code point
    text = text.substr(0, cut) + "…";
  }
  return std::string(kind_name(v)) + " " + text;
}

Failure bad_operands(const char* symbol, const Value& a, const Value& b) {
  Failure f{"operand-type",
            "operand_type",
            std::string("`") + symbol + "` does not work between " + shown(a) + " and " + shown(b),
            {}};
  if (a.is_string() != b.is_string()) {
    f.hint =
        "one side is a string, the other a number: use tokens_int or tokens_float for numbers, or compare with a "
        "string";
  }
  return f;
}

Failure bad_operand(const char* what, const Value& a) {
  return {"operand-type", "operand_type", std::string("`") + what + "` needs a number, not " + shown(a), {}};
}

Failure zero_division(const char* symbol) {
  return {"zero-division", "zero_division", std::string("division by zero in `") + symbol + "`",
          "both branches of a ternary are computed everywhere: make the divisor itself nonzero"};
}

Failure overflow(const char* what) {
  return {"overflow", "overflow", std::string(what) + " is too large for a float", {}};
}

Failure too_many_bits() {
  return {"limit-integer-bits",
          "limit",
          "an int would exceed " + std::to_string(element_limits.integer_bits) + " binary digits",
          {}};
}

Failure too_long() {
  return {"limit-string-length",
          "limit",
          "a string would exceed " + std::to_string(element_limits.collection_size) + " characters",
          {}};
}

Failure bad_index(const std::string& index, std::size_t size, const char* what) {
  return {"index-out-of-range",
          "value",
          "index " + index + " is out of range for a " + what + " of length " + std::to_string(size),
          {}};
}

}  // namespace rasp
