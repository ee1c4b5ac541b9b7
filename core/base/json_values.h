// Atoms and token sequences in JSON, as pragmas, the command line and requests write them.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include "base/value.h"
#include "nlohmann/json.hpp"

namespace rasp {

using Json = nlohmann::json;

// A string (its code points), or an array of strings, ints, floats and booleans. nullopt: `problem` says what is wrong.
std::optional<std::vector<Value>> values_from_json(const Json& json, std::string& problem);
// A JSON text whose strings hold halves of surrogate pairs (as JavaScript's may), each of them replaced by U+FFFF,
// which is no
// character: readers of values and programs reject it where it stands.
std::string replace_lone_surrogates(std::string_view json);
// JSON as it was written: ints that no 64 bits hold become {"\u0000int": "digits"}, which value_from_json() reads.
// nullopt where a number is none that a program can have, such as 1e400, or an int of more digits than
// Limits::integer_bits allows: `problem` says which, and where.
std::optional<std::string> keep_numbers(std::string_view json, std::string& problem);
// nullopt for null, arrays and objects.
std::optional<Value> value_from_json(const Json& json);
// Ints beyond 2^53 become decimal strings; floats that JSON cannot hold "nan", "inf", "-inf". The letter of the kind
// tells.
Json value_to_json(const Value& value);

}  // namespace rasp
