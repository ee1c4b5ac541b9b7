// Codes cleaned before heads that add up compare them: a plan to try where the proof of a smaller one does not close.
#pragma once
#include <optional>
#include "compiler/plan.h"

namespace rasp {

// A code that an MLP's steps wrote is off by roundings of numbers as large as its axis, in many dimensions at once; an
// average over selected keys, or their count, is off by as much as such errors move their scores. One more MLP between
// them sets every dimension to 0 or 1 again.
// nullopt: there is nothing to clean.
std::optional<Plan> with_clean_codes(const Plan& plan);

// The same before all heads, and after so many lookups that each added to what the one before it was off by: where no
// other proof closes.
std::optional<Plan> with_all_codes_clean(const Plan& plan);

// Codes made by steps, or from such codes: off in many dimensions at once.
bool rough(const Plan& plan, UnitId id);

}  // namespace rasp
