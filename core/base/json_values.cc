#include "base/json_values.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "base/limits.h"
#include "base/text.h"

namespace rasp {

namespace {
constexpr const char* big_int = "\0int";  // a key that no document has
constexpr std::size_t key_size = 4;
}  // namespace

std::optional<std::string> keep_numbers(std::string_view json, std::string& problem) {
  std::string out;
  std::size_t copied = 0;
  for (std::size_t i = 0; i < json.size();) {
    if (json[i] == '"') {  // to the end of the string
      for (++i; i < json.size() && json[i] != '"'; ++i)
        if (json[i] == '\\') ++i;
      ++i;
      continue;
    }
    if (json[i] != '-' && (json[i] < '0' || json[i] > '9')) {
      ++i;
      continue;
    }
    const std::size_t begin = i;
    bool fraction = false;
    for (++i; i < json.size() && std::string_view("0123456789+-.eE").find(json[i]) != std::string_view::npos; ++i)
      fraction |= json[i] == '.' || json[i] == 'e' || json[i] == 'E';
    const std::string text(json.substr(begin, i - begin));
    const auto refuse = [&](const std::string& why) {
      problem = cut(text, 24) + " (at character " + std::to_string(begin + 1) + ") " + why;
    };
    if (fraction) {
      if (std::isinf(std::strtod(text.c_str(), nullptr))) {
        refuse("is larger than any float, about 1.8e308");
        return std::nullopt;
      }
    } else if (text.size() > 18) {
      if (!BigInt::from_decimal(text)) {
        refuse("has " + std::to_string(text.size()) + " digits, more than an int may have");
        return std::nullopt;
      }
      out += json.substr(copied, begin - copied);
      out += "{\"\\u0000int\":\"" + text + "\"}";
      copied = i;
    }
  }
  return out + std::string(json.substr(std::min(copied, json.size())));
}

std::optional<Value> value_from_json(const Json& json) {
  if (json.is_object() && json.size() == 1) {
    const auto it = json.find(std::string(big_int, key_size));
    const auto digits =
        it != json.end() && it->is_string() ? BigInt::from_decimal(it->get_ref<const std::string&>()) : std::nullopt;
    return digits ? std::optional(Value::integer(*digits)) : std::nullopt;
  }
  if (json.is_string()) return Value::string(json.get<std::string>());
  if (json.is_boolean()) return Value::boolean(json.get<bool>());
  if (json.is_number_unsigned() && json.get<std::uint64_t>() > 9'223'372'036'854'775'807ull)
    return Value::integer(*BigInt::from_decimal(json.dump()));
  if (json.is_number_integer()) return Value::integer(json.get<std::int64_t>());
  if (json.is_number_float()) return Value::real(json.get<double>());
  return std::nullopt;
}

std::string replace_lone_surrogates(std::string_view json) {
  std::string out;
  const auto unit = [&](std::size_t i) -> unsigned {  // the code unit of \\uXXXX at i; 0: none
    if (json.substr(i, 2) != "\\u" || i + 6 > json.size()) return 0;
    unsigned value = 0;
    for (std::size_t k = i + 2; k < i + 6; ++k) {
      const char c = json[k];
      const unsigned digit = c >= '0' && c <= '9'   ? c - '0'
                             : c >= 'a' && c <= 'f' ? c - 'a' + 10
                             : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                    : 16u;
      if (digit == 16) return 0;
      value = value * 16 + digit;
    }
    return value;
  };
  for (std::size_t i = 0; i < json.size();) {
    if (json[i] != '\\') {
      out += json[i++];
      continue;
    }
    const unsigned first = unit(i);
    const bool high = first >= 0xd800 && first < 0xdc00, low = first >= 0xdc00 && first < 0xe000;
    const unsigned second = high ? unit(i + 6) : 0;
    const bool pair = high && second >= 0xdc00 && second < 0xe000;
    const std::size_t n = pair ? 12 : first ? 6 : 2;
    out += (high || low) && !pair ? "\\uffff" : json.substr(i, n);
    i += n;
  }
  return out;
}

std::optional<std::vector<Value>> values_from_json(const Json& json, std::string& problem) {
  std::vector<Value> result;
  const auto damaged = [&](const Value& v) {
    return v.is_string() && v.text().find("\xEF\xBF\xBF") != std::string::npos;
  };
  if (json.is_string()) {
    for (std::string& c : code_points(json.get_ref<const std::string&>()))
      result.push_back(Value::string(std::move(c)));
    if (std::any_of(result.begin(), result.end(), damaged)) {
      problem = "a token is half of a surrogate pair";
      return std::nullopt;
    }
    return result;
  }
  if (!json.is_array()) {
    problem = "expected a string or an array of strings, numbers and booleans";
    return std::nullopt;
  }
  for (std::size_t i = 0; i < json.size(); ++i) {
    auto value = value_from_json(json[i]);
    if (!value) {
      problem = "element " + std::to_string(i) + " is neither a string, a number nor a boolean";
      return std::nullopt;
    }
    if (damaged(*value)) {
      problem = "element " + std::to_string(i) + " holds half of a surrogate pair";
      return std::nullopt;
    }
    result.push_back(std::move(*value));
  }
  return result;
}

Json value_to_json(const Value& value) {
  switch (value.kind()) {
    case Kind::String:
    case Kind::Opaque: return value.text();
    case Kind::Bool: return value.truthy();
    case Kind::Int: {
      const auto i = value.int64();
      if (i && *i <= (1ll << 53) && *i >= -(1ll << 53)) return *i;
      return value.str();
    }
    default: {
      const double d = value.number();
      if (std::isnan(d)) return "nan";
      if (std::isinf(d)) return d > 0 ? "inf" : "-inf";
      return d;
    }
  }
}

}  // namespace rasp
