// What operators say of operands that they cannot take, and of results that would be too large.
#pragma once
#include <string>
#include "base/limits.h"
#include "rasp/graph.h"

namespace rasp {

inline const Limits element_limits;  // an element obeys the documented sizes whoever computes it

std::string shown(const Value& v);
Failure bad_operands(const char* symbol, const Value& a, const Value& b);
Failure bad_operand(const char* what, const Value& a);
Failure zero_division(const char* symbol);
Failure overflow(const char* what);
Failure too_many_bits();
Failure too_long();
Failure bad_index(const std::string& index, std::size_t size, const char* what);

}  // namespace rasp
