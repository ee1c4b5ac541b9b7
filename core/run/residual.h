// What the residual stream says: one subspace's numbers read back as values.
#pragma once
#include <span>
#include <vector>
#include "compiler/compile.h"

namespace rasp {

// Every value that these numbers may stand for: the members of the class that is nearest; one value of a numerical
// subspace. `residual` is one position's row of d_model numbers. Empty where no value fits.
std::vector<Value> read_subspace(const CompiledModel& model, const Subspace& subspace, std::span<const float> residual);

}  // namespace rasp
