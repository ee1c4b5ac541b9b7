// A fused expression: the elementwise nodes between some roots and the nodes that are taken as given.
#pragma once
#include <functional>
#include <optional>
#include <unordered_map>
#include <vector>
#include "base/limits.h"
#include "compiler/value_pool.h"
#include "rasp/graph.h"

namespace rasp {

constexpr ValueId undefined_value = 0xffffffffu;

// Applies elementwise nodes to interned values; remembers results. undefined_value where the interpreter fails.
class Applier {
 public:
  Applier(const Graph& graph, ValuePool& pool, Budget& budget) : graph_(graph), pool_(pool), budget_(budget) {}
  ValueId operator()(NodeId node, const ValueId* args, std::size_t count);
  // The node works on order-dependent sums: floats that it gives are interned by ValuePool::intern_near.
  void mark_near(NodeId node) {
    if (near_.size() <= node) near_.resize(node + 1, false);
    near_[node] = true;
  }

 private:
  const Graph& graph_;
  ValuePool& pool_;
  Budget& budget_;
  struct Call {  // a node and its operands, of which there are at most three
    NodeId node;
    ValueId args[3];
    bool operator==(const Call&) const = default;
  };
  struct CallHash {
    std::size_t operator()(const Call& c) const {
      const auto mix = [](std::uint64_t x) { return (x ^ (x >> 32)) * 0x9e3779b97f4a7c15u; };
      const std::uint64_t a = std::uint64_t{c.node} << 32 | c.args[0], b = std::uint64_t{c.args[1]} << 32 | c.args[2];
      const std::uint64_t h = mix(mix(a) + b);
      return static_cast<std::size_t>(h ^ (h >> 32));
    }
  };
  std::unordered_map<Call, ValueId, CallHash> memo_;
  std::vector<bool> near_;
};

class Cone {
 public:
  // `is_input(node)` decides where the walk down from the roots stops; constants are never inputs.
  Cone(const Graph& graph, std::vector<NodeId> roots, const std::function<bool(NodeId)>& is_input, ValuePool& pool);
  const std::vector<NodeId>& inputs() const { return inputs_; }  // ascending ids
  const std::vector<NodeId>& inner() const { return inner_; }    // ascending ids
  // Values of the roots for one tuple of input values (parallel to inputs()).
  void evaluate(const std::vector<ValueId>& tuple, Applier& apply, std::vector<ValueId>& roots_out);

 private:
  struct Step {
    NodeId node;
    std::uint32_t slot;
    std::vector<std::uint32_t> args;
  };
  std::vector<NodeId> inputs_, inner_;
  std::vector<Step> steps_;
  std::vector<std::uint32_t> root_slots_;
  std::vector<ValueId> slots_;  // inputs, then constants and inner nodes
};

}  // namespace rasp
