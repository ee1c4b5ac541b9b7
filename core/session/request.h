// Requests in JSON as the plain data that core works with, and refusals.
#pragma once
#include <optional>
#include <string>
#include <vector>
#include "compile.h"

namespace rasp {

// Throws Rejection: the request is not what the schema says.
Diagnostic request_fault(std::string message);
[[noreturn]] void bad_request(std::string message);

// {"ok": false, "diagnostics": …}; the second with one diagnostic, at the program's beginning.
Json failed(Json diagnostics);
Json failed(const Diagnostic& diagnostic);
Json failed(std::string code, std::string error_class, std::string message, std::string hint = {});

// The following throw Rejection ("bad-request"). Absent and null are the same.
std::optional<std::vector<Value>> values_at(const Json& request, const char* key);
template <class T>
T typed(const Json& request, const char* key, T fallback, const char* expected) {
  if (!request.contains(key) || request[key].is_null()) return fallback;
  try {
    return request[key].get<T>();
  } catch (const Json::exception&) {
    bad_request(std::string("\"") + key + "\" must be " + expected);
  }
}

ProgramRequest program_request(const Json& request);
Limits limits_of(const Json& request);  // with `limit_ms`

}  // namespace rasp
