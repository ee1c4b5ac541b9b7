#include "compiler/pass_numbers.h"

namespace rasp {

std::optional<Plan> with_passed_numbers(const Plan& plan) {
  std::optional<Plan> result;
  for (std::size_t id = 0; id < plan.units.size(); ++id)
    for (std::size_t r = 0; r < plan.units[id].steps.size(); ++r) {
      const StepRow& row = plan.units[id].steps[r];
      if (!row.affine || row.gate.inputs.empty() || row.thresholds.size() <= Effort{}.steps_not_passed) continue;
      if (!result) result = plan;
      result->units[id].steps[r].passed = true;
    }
  return result;
}

}  // namespace rasp
