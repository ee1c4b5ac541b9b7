#include "base/json_values.h"

#include <cmath>

#include "base/text.h"

namespace rasp {

std::optional<Value> value_from_json(const Json& json) {
  if (json.is_string()) return Value::string(json.get<std::string>());
  if (json.is_boolean()) return Value::boolean(json.get<bool>());
  if (json.is_number_unsigned() && json.get<std::uint64_t>() > 9'223'372'036'854'775'807ull) return Value::integer(*BigInt::from_decimal(json.dump()));
  if (json.is_number_integer()) return Value::integer(json.get<std::int64_t>());
  if (json.is_number_float()) return Value::real(json.get<double>());
  return std::nullopt;
}

std::optional<std::vector<Value>> values_from_json(const Json& json, std::string& problem) {
  std::vector<Value> result;
  if (json.is_string()) {
    for (std::string& c : code_points(json.get_ref<const std::string&>())) result.push_back(Value::string(std::move(c)));
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
    result.push_back(std::move(*value));
  }
  return result;
}

Json value_to_json(const Value& value) {
  switch (value.kind()) {
    case Kind::String: return value.text();
    case Kind::Bool: return value.truthy();
    case Kind::Int: {
      const auto i = value.int64();
      if (i && std::llabs(*i) <= (1ll << 53)) return *i;
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
