// Which half-layer computes what: in the fewest layers, or in as many as make the dense model smallest.
#pragma once
#include <vector>
#include "compiler/plan.h"

namespace rasp {

struct HeadPlan {
  std::uint32_t selection = 0;
  std::vector<UnitId> units;
};

struct Schedule {
  std::int32_t layers = 0;
  std::vector<std::int32_t> written;         // [unit] half-layer: 0 embeddings, 2L+1 attention L, 2L+2 MLP L
  std::vector<std::vector<HeadPlan>> heads;  // [layer]
  std::vector<std::vector<UnitId>> mlps;     // [layer]
  double cost = 0;  // dense parameters of the layers per dimension of the residual stream, about
};

std::vector<UnitId> dependencies(const Plan& plan, const Unit& unit);
std::size_t neuron_count(const Unit& unit);  // of its block in an MLP

struct ScheduleOptions {
  bool merge = true;   // aggregates with one selector share a head
  bool pack = true;    // blocks with slack move to where they widen no layer
  bool deepen = true;  // more layers where the dense model gets smaller: all layers are as wide as the widest
  bool factor = true;  // for the width of heads: see CompileOptions::Passes
};
// Different ones, each as good as moving single blocks makes it: which is smallest is known when the residual stream is
// laid out. Without `deepen` all have the fewest layers. At least one.
std::vector<Schedule> make_schedules(const Plan& plan, const ScheduleOptions& options, Budget& budget);

}  // namespace rasp
