// Says of a limit at which s-op it was met.
#pragma once
#include "base/limits.h"
#include "rasp/graph.h"

namespace rasp {

// Runs work(); a limit that it meets carries `node`, unless it knows a nearer one.
template <class Work>
void at_node(NodeId node, Work&& work) {
  try {
    work();
  } catch (LimitExceeded& e) {
    if (e.node == LimitExceeded::nowhere) e.node = node;
    throw;
  }
}

}  // namespace rasp
