// Numbers passed on where a condition holds: a plan to try beside the one that reads each of their values by a step.
#pragma once
#include <optional>
#include "compiler/plan.h"

namespace rasp {

// `x if c else 0` for a number x is relu(x - low + B·[c] - B) + low·[c]: two neurons for any number of values, off by
// as much as x is. Steps leave no error, but take two neurons a value. nullopt: there is nothing to pass on.
std::optional<Plan> with_passed_numbers(const Plan& plan);

}  // namespace rasp
