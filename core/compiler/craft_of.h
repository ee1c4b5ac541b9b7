// A compiled model ⇄ craft (craft/craft.h).
#pragma once
#include <functional>
#include "compiler/compile.h"
#include "craft/craft.h"

namespace rasp {

// where(node): the place of an expression in words ("line 3"), or "".
craft::Craft craft_of(const CompiledModel& model, const Graph& graph,
                      const std::function<std::string(NodeId)>& where = {});

// The model of a listing, for an s-op that it is to compute (no_node: none). Nothing is proved of it.
// Throws LimitExceeded.
CompiledModel model_of(const craft::Craft& craft, NodeId output, Budget& budget);

}  // namespace rasp
