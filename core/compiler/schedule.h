// Which half-layer computes what, in the fewest layers.
#pragma once
#include <vector>
#include "compiler/plan.h"

namespace rasp {

struct HeadPlan { std::uint32_t selection = 0; std::vector<UnitId> units; };

struct Schedule {
  std::int32_t layers = 0;
  std::vector<std::int32_t> written;              // [unit] half-layer: 0 embeddings, 2L+1 attention L, 2L+2 MLP L
  std::vector<std::vector<HeadPlan>> heads;       // [layer]
  std::vector<std::vector<UnitId>> mlps;          // [layer]
};

std::vector<UnitId> dependencies(const Plan& plan, const Unit& unit);
std::size_t neuron_count(const Unit& unit);       // upper bound

// merge: aggregates with one selector share a head. pack: blocks with slack move to where they widen no layer.
Schedule make_schedule(const Plan& plan, bool merge, bool pack, Budget& budget);

}  // namespace rasp
