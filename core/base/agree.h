// The one meaning of "equal" between what the interpreter says and what a model says: docs/exactness.md.
#pragma once
#include "base/value.h"

namespace rasp {

// Same kind, and: ints (of any size), bools and strings the same; floats the same double (nan like nan, an infinity
// like itself, 0.0 like -0.0) or both finite and apart by at most 2^-40 of the larger, which is more than another order
// of a sum changes.
bool agrees(const Value& interpreter, const Value& model);
// The rule for floats. Nothing is near zero but zero.
bool floats_agree(double a, double b);
// Values that one number of a model stands for: equal ones, and a float beside an int (or another float) that agrees
// with it, where ints are small enough that it agrees with no other.
bool one_number(const Value& a, const Value& b);
// JSON does not tell 1 from 1.0: a whole number that a person wrote is the float of that value beside a float.
// Otherwise agrees().
bool expected(const Value& written, const Value& interpreter);

}  // namespace rasp
