// Which dimensions of the residual stream each unit has.
//
// Blocks only ever add to the residual stream, so a dimension can be used again only after its old content has been
// taken away. A neuron that reads x from one dimension and writes -relu(x) to the same does that, and one more with
// both signs turned where x may be below zero: the one product in each sum is exact in float32, whatever the errors of
// x, so what is left is exactly zero and the proofs of its next owner do not change. Such neurons are only put where a
// layer's MLP has room below d_mlp; thus the dense model never grows.
#pragma once
#include <vector>
#include "compiler/schedule.h"

namespace rasp {

struct ResidualLayout {
  std::int32_t d_model = 1;                     // dimension 0 is BOS's
  std::vector<std::vector<std::int32_t>> dims;  // [unit][class], or one for a number; -1: no dimension
  std::vector<std::int32_t> dead;  // [unit] half-layer after which its dimensions belong to others; -1: never
  std::vector<UnitId> order;       // units in the order of their half-layers
  struct Clear {
    UnitId unit = no_unit;
    std::int32_t dimension = 0;
    bool both_signs = false;
  };
  std::vector<std::vector<Clear>> clears;  // [layer] what its MLP takes away, by unit
};

bool is_code(const Unit& unit);

// reuse: dimensions of units that nothing reads any more go to later ones.
ResidualLayout lay_out(const Plan& plan, const Schedule& schedule, bool reuse, Budget& budget);

}  // namespace rasp
