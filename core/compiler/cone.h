// A fused expression: the elementwise nodes between some roots and the nodes that are taken as given.
#pragma once
#include <functional>
#include <limits>
#include <optional>
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
    NodeId node = no_node;
    ValueId args[3] = {undefined_value, undefined_value, undefined_value};
    bool operator==(const Call&) const = default;
    std::size_t hash() const {
      const auto mix = [](std::uint64_t x) { return (x ^ (x >> 32)) * 0x9e3779b97f4a7c15u; };
      const std::uint64_t a = std::uint64_t{node} << 32 | args[0], b = std::uint64_t{args[1]} << 32 | args[2];
      const std::uint64_t h = mix(mix(a) + b);
      return static_cast<std::size_t>(h ^ (h >> 32));
    }
  };
  // Open addressing: millions of calls are looked up, and each is one cache line this way.
  struct Entry {
    Call call;  // no_node: free
    ValueId result = undefined_value;
  };
  std::vector<Entry> memo_{std::vector<Entry>(1024)};  // a power of two of them, at most half taken
  std::size_t remembered_ = 0;
  Entry& entry(const Call& call) {
    for (std::size_t at = call.hash();; ++at) {
      Entry& e = memo_[at & (memo_.size() - 1)];
      if (e.call == call || e.call.node == no_node) return e;
    }
  }
  void remember(const Call& call, ValueId result);
  std::vector<bool> near_;
};

class Cone {
 public:
  // `is_input(node)` decides where the walk down from the roots stops; constants are never inputs. With more inner nodes
  // than `most` it ends at once, and the cone is of no use: a chain of thousands would be walked from each of its nodes.
  Cone(const Graph& graph, std::vector<NodeId> roots, const std::function<bool(NodeId)>& is_input, ValuePool& pool,
       std::size_t most = std::numeric_limits<std::size_t>::max());
  bool too_large() const { return inner_.size() > most_; }
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
  std::size_t most_;
  std::vector<NodeId> inputs_, inner_;
  std::vector<Step> steps_;
  std::vector<std::uint32_t> root_slots_;
  std::vector<ValueId> slots_;  // inputs, then constants and inner nodes
};

}  // namespace rasp
