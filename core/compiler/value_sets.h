// Exact finite value sets: what every s-op can be at position i of an input of length n.
//
// A context is a pair (i, n), 0 ≤ i < n ≤ max_length; under a causal mask nothing depends on n. Sets per context keep
// the correlations that matter most (index with length, index with the mean of a prefix) without joint tables. All sets
// over-approximate: a value outside its set never occurs on an input on which the interpreter is defined.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>
#include "base/limits.h"
#include "compiler/cone.h"
#include "compiler/effort.h"
#include "compiler/selector_forms.h"
#include "compiler/value_pool.h"
#include "rasp/graph.h"

namespace rasp {

struct WidthRange {
  std::uint32_t low = 0, high = 0;
};

// What `#@ assume` says of tokens (value_sets_assumed.cc): of those marked, every row sees so many.
struct Marked {
  SetId tokens = 0;
  WidthRange seen;
};

class ValueSets {
 public:
  struct Setting {
    const std::vector<Value>* vocabulary;
    std::uint32_t max_length;
    bool causal;
    const std::map<NodeId, std::vector<Value>>* promised;  // may be null
    const std::vector<NodeId>* unique = nullptr;           // selectors promised to hit at most one key a row
    // Sets of another graph over the same pools, and for each node of this one the node there that has the same value
    // (or no_node): nodes of the same kind take them over, others where their own would be larger or too large.
    const ValueSets* earlier = nullptr;
    const std::vector<NodeId>* same = nullptr;
    const ValueSets* assumed = nullptr;  // sets of the same graph that know what is assumed of the input
    const std::vector<Marked>* marked = nullptr;
  };
  ValueSets(const Graph& graph, const std::vector<NodeId>& outputs, Setting setting, ValuePool& values, SetPool& sets,
            Applier& apply, Budget& budget);

  // s-ops that are true at every position of the inputs meant: what that leaves of what they are functions of.
  void assume(NodeId truth);
  const std::vector<Marked>& marked() const { return marked_; }

  bool known(NodeId id) const { return nodes_[id].known; }                     // false: more values than the cap
  SetId at(NodeId id, std::uint32_t i, std::uint32_t n) const;                 // known nodes only
  const std::vector<ValueId>& all(NodeId id) const { return nodes_[id].all; }  // union, in total order of values
  const std::vector<ValueId>& members(NodeId id, std::uint32_t i, std::uint32_t n) const { return sets_[at(id, i, n)]; }
  bool by_position(NodeId id) const { return nodes_[id].by_i; }
  bool by_length(NodeId id) const { return nodes_[id].by_n; }
  bool may_fail(NodeId id) const { return nodes_[id].may_fail; }  // undefined on some (possibly unreachable) tuple
  bool fuzzy(NodeId id) const { return nodes_[id].fuzzy; }        // float sums whose last bits depend on the order
  bool cancels(NodeId id) const {
    return nodes_[id].cancels;
  }  // and more than the last bits: terms of both signs, or of extreme size
  // Of an aggregate (value_sets_rows.cc): may a row select no key, so that the default is its value; the most keys that
  // a row selects; what the selected keys may hold, which may be less than all that its value can be:
  // aggregate(select(tokens, "a", ==), tokens) averages "a" only.
  struct Rows {
    bool may_be_empty = true;
    std::uint32_t most = 0;
    std::vector<ValueId> averaged;
    enum class Known : std::uint8_t { Nothing, Selectable, All } known = Known::Nothing;  // what of it has been found
    bool all_selectable = true;                                                           // else only these:
    std::vector<ValueId> selectable;
  };
  const Rows& rows(NodeId aggregate) const;
  // injectivity.cc: provably at most one key a row (given what is promised).
  bool single(NodeId selector) const;
  WidthRange width(NodeId selector, std::uint32_t i, std::uint32_t n) const;
  bool numeric(NodeId id) const;  // known and every value a number
  std::uint32_t max_length() const { return setting_.max_length; }
  bool causal() const { return setting_.causal; }
  // Calls visit(i, n) for every context that tells apart the given nodes; for one node, once for each of its sets.
  void contexts(const std::vector<NodeId>& nodes, const std::function<void(std::uint32_t, std::uint32_t)>& visit) const;
  // Three-valued: is key position j selected by query position i at length n? -1 maybe.
  int selects(NodeId selector, std::uint32_t i, std::uint32_t j, std::uint32_t n) const;

 private:
  struct NodeSets {
    bool known = false, by_i = false, by_n = false, may_fail = false, fuzzy = false, cancels = false;
    std::vector<SetId> ids;
    std::vector<ValueId> all;
  };
  std::size_t slot(const NodeSets& s, std::uint32_t i, std::uint32_t n) const;
  std::size_t slots(bool by_i, bool by_n) const;
  void infer(NodeId id);
  void finish(NodeId id);
  void forget_length(NodeSets& sets);
  void elementwise(NodeId id);  // value_sets_elementwise.cc
  bool few_tuples(const Cone& cone, double cap) const;
  std::optional<Cone> cone_of(NodeId id) const;
  SetId image(Cone& cone, const std::vector<std::uint32_t>& sets, bool& may_fail);
  bool sum_of_ranges(NodeId id);
  bool many_texts(NodeId id) const;
  bool truth_value(NodeId id);
  struct Row {
    SetId source = 0;
    WidthRange range;
    std::vector<SetId> terms;
  };  // terms: empty, or the set of each key
  struct Follow {
    bool by_keys = false, followed = false, value_by_i = false, selector_by_n = false;
  };  // how far an aggregate's rows are followed
  Follow follow(const Node& aggregate) const;
  Row row_of(NodeId aggregate, std::uint32_t i, std::uint32_t n, Follow follow) const;
  // The keys that query position i may select at every length, ascending: 2j + 1 where it selects j for certain, 2j
  // where it may. Of a selector that does not depend on the length.
  const std::vector<std::uint32_t>& keys_of(NodeId selector, std::uint32_t i) const;
  SetId union_of(const std::vector<SetId>& parts) const;  // parts: ascending
  SetId selected_of(SetId members, NodeId aggregate) const;
  static int combined(NodeKind kind, int a, int b);
  int some_query(const Node& select, ValueId key) const;
  void find_selectable(NodeId aggregate) const;
  std::optional<SetId> mean_of_terms(const std::vector<SetId>& terms);
  void aggregate(NodeId id);
  void selector_width(NodeId id);
  void sum_of_keys(NodeId id);
  WidthRange width_by_keys(NodeId selector, std::uint32_t i, std::uint32_t n) const;
  bool selector_depends(NodeId selector, bool& by_i, bool& by_n) const;  // false: a set is unknown
  int atom(const Node& node, std::uint32_t i, std::uint32_t j, std::uint32_t n) const;
  bool dyadic_sums(const std::vector<ValueId>& members) const;
  // What may be averaged: numbers, ascending; dyadic: their sums are exact in any order; usual: no sum of them is
  // extreme.
  struct Terms {
    std::vector<double> values;
    bool dyadic = true, usual = true, one_sign = true;
    double scale = 0;
    double reach(double sum) const;
  };
  Terms terms_of(const std::vector<ValueId>& members, std::uint32_t high) const;
  bool add_means(const Terms& terms, std::uint32_t low, std::uint32_t high, std::vector<double>& means);
  SetId means(SetId values, std::uint32_t low, std::uint32_t high, NodeSets& of, bool& overflow);
  bool injective(NodeId id) const;  // injectivity.cc
  bool is_rank(NodeId id) const;
  bool ordered(NodeId selector) const;
  bool first_of_its_kind(NodeId key) const;
  bool numbered(const std::vector<SelectorAtom>& conjunction) const;
  // value_sets_assumed.cc
  void assume_of(NodeId leaf, const Cone& cone, NodeId truth);
  void keep_assumed(NodeId id);
  void mark(NodeId width);
  bool selects_token(const SelectorAtom& atom, const Value& token, bool& of_tokens) const;
  SetId tokens_selected(const std::vector<SelectorAtom>& conjunction, bool& of_tokens) const;
  bool marks_one(const std::vector<SelectorAtom>& conjunction) const;
  WidthRange assumed_width(NodeId selector) const;
  ValueId converted(const Value& token, Conversion conversion) const;
  void fill(NodeId id, bool by_i, bool by_n, const std::function<SetId(std::uint32_t, std::uint32_t)>& set_of);

  const Graph& graph_;
  Setting setting_;
  const Effort effort_{};
  ValuePool& values_;
  SetPool& sets_;
  Applier& apply_;
  Budget& budget_;
  std::uint64_t slots_in_all_ = 0;  // of all nodes_
  std::vector<NodeSets> nodes_;
  std::vector<bool> needed_, injective_;
  std::vector<Marked> marked_;
  std::vector<bool> restricted_;  // s-ops of which something is assumed
  mutable std::unordered_map<NodeId, std::vector<WidthRange>> assumed_width_;
  mutable std::unordered_map<NodeId, bool> single_memo_;
  mutable std::unordered_map<std::uint64_t, int> atom_memo_;
  mutable std::unordered_map<NodeId, std::vector<NodeId>> selector_order_;
  mutable std::unordered_map<NodeId, std::vector<std::pair<std::uint32_t, std::uint32_t>>> selector_operands_;
  mutable std::unordered_map<NodeId, std::vector<WidthRange>> width_sums_;
  mutable std::unordered_map<NodeId, std::vector<std::optional<std::vector<std::uint32_t>>>> keys_of_;  // by i
  mutable std::vector<int> state_;
  std::unordered_map<std::uint64_t, std::pair<SetId, int>> means_memo_;
  mutable std::unordered_map<std::vector<std::uint32_t>, SetId, VectorHash> unions_;  // of sets
  mutable std::vector<Rows> rows_;                                                    // of nodes_
  const std::vector<NodeId>& order_of(NodeId selector) const;
};

}  // namespace rasp
