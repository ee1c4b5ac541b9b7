// A limit that was passed while a certain s-op was under way.
#pragma once
#include "base/limits.h"
#include "rasp/graph.h"

namespace rasp {

struct LimitAt : LimitExceeded {
  LimitAt(const LimitExceeded& e, NodeId at) : LimitExceeded(e), node(at) {}
  NodeId node;
};

// Runs work(); says of a limit that it passes that `node` was under way.
template <class Work>
void at_node(NodeId node, Work&& work) {
  try {
    work();
  } catch (const LimitAt&) {
    throw;
  } catch (const LimitExceeded& e) {
    throw LimitAt(e, node);
  }
}

}  // namespace rasp
