// What `#@ assume` leaves of value sets. An assumption is true at every position, so a value of the one s-op that it
// is a function of, wherever all else that it reads is known by position and length, must make it true.
#include <algorithm>

#include "compiler/cone.h"
#include "compiler/value_sets.h"

namespace rasp {

void ValueSets::assume(NodeId truth) {
  const Node& n = graph_[truth];
  if (n.kind == NodeKind::Elementwise && n.op == Op::And && !n.table) {
    for (NodeId a : n.args) assume(a);
    return;
  }
  const Cone cone(
      graph_, {truth}, [&](NodeId id) { return graph_[id].kind != NodeKind::Elementwise; }, values_);
  if (!std::all_of(cone.inputs().begin(), cone.inputs().end(), [&](NodeId id) { return known(id); })) return;
  for (NodeId leaf : cone.inputs()) assume_of(leaf, cone, truth);
}

// Of one s-op that the assumption is a function of: where all others are known by the context.
void ValueSets::assume_of(NodeId leaf, const Cone& cone, NodeId truth) {
  const std::vector<NodeId>& leaves = cone.inputs();
  bool by_i = false, by_n = false;
  for (NodeId id : leaves) by_i |= nodes_[id].by_i, by_n |= nodes_[id].by_n;
  if (static_cast<double>(slots(by_i, by_n)) * static_cast<double>(all(leaf).size()) > effort_.assumed_values) return;
  const NodeSets before = nodes_[leaf];
  Cone evaluated = cone;
  std::vector<ValueId> tuple(leaves.size()), out;
  const auto place = static_cast<std::size_t>(std::find(leaves.begin(), leaves.end(), leaf) - leaves.begin());
  bool less = false;
  fill(leaf, by_i, by_n, [&](std::uint32_t i, std::uint32_t n) {
    const SetId set = before.ids[slot(before, i, n)];
    for (std::size_t k = 0; k < leaves.size(); ++k) {
      if (k == place) continue;
      const auto& one = sets_[at(leaves[k], i, n)];
      if (one.size() != 1) return set;
      tuple[k] = one.front();
    }
    std::vector<ValueId> kept;
    for (std::size_t v = 0; v < sets_[set].size(); ++v) {
      tuple[place] = sets_[set][v];
      evaluated.evaluate(tuple, apply_, out);
      if (out[0] != undefined_value && values_[out[0]].truthy()) kept.push_back(tuple[place]);
    }
    if (kept.empty() || kept.size() == sets_[set].size()) return set;  // none: no input that is meant comes here
    less = true;
    return sets_.intern(std::move(kept));
  });
  if (!less) {
    nodes_[leaf] = before;
    return;
  }
  restricted_[leaf] = true;
  if (graph_[leaf].kind == NodeKind::SelectorWidth && graph_[leaf].args.size() == 1) mark(leaf);
}

// What is found without the assumption, less what the assumption takes away.
void ValueSets::keep_assumed(NodeId id) {
  if (id >= setting_.assumed->nodes_.size() || !setting_.assumed->restricted_[id]) return;
  const NodeSets& other = setting_.assumed->nodes_[id];
  const NodeSets before = nodes_[id];
  if (!before.known) {
    nodes_[id] = other;
    return;
  }
  fill(id, before.by_i || other.by_i, before.by_n || other.by_n, [&](std::uint32_t i, std::uint32_t n) {
    const SetId set = before.ids[slot(before, i, n)];
    const auto& left = sets_[other.ids[slot(other, i, n)]];
    std::vector<ValueId> both;
    for (ValueId v : sets_[set])
      if (std::binary_search(left.begin(), left.end(), v)) both.push_back(v);
    return both.empty() ? set : sets_.intern(std::move(both));
  });
}

// A width of tokens of which the assumption says how many there are.
void ValueSets::mark(NodeId width) {
  const auto form = disjunctive_form(graph_, graph_[width].args[0], 8, budget_);
  if (!form || form->size() != 1) return;
  bool of_tokens = true;
  Marked m{tokens_selected(form->front(), of_tokens), {setting_.max_length, 0}};
  if (!of_tokens) return;
  for (ValueId v : all(width)) {
    const auto seen = static_cast<std::uint32_t>(values_.number(v));
    m.seen = {std::min(m.seen.low, seen), std::max(m.seen.high, seen)};
  }
  marked_.push_back(m);
}

// Does an atom select a token as a key, whatever the query? of_tokens becomes false if it looks at more.
bool ValueSets::selects_token(const SelectorAtom& atom, const Value& token, bool& of_tokens) const {
  const Node& query = graph_[atom.query];
  Cone cone(
      graph_, {atom.key}, [&](NodeId id) { return graph_[id].kind != NodeKind::Elementwise; }, values_);
  if (query.kind != NodeKind::Constant || query.illegal_constant || cone.inputs().size() != 1 ||
      graph_[cone.inputs()[0]].kind != NodeKind::Tokens) {
    of_tokens = false;
    return true;
  }
  const ValueId v = converted(token, graph_[cone.inputs()[0]].conversion);
  if (v == undefined_value) return false;
  std::vector<ValueId> out;
  cone.evaluate({v}, apply_, out);
  return out[0] != undefined_value && (relation_of(values_[out[0]], query.constant) & atom.mask) != 0;
}

// The tokens of the vocabulary that a conjunction selects at most; all that it does where it looks at nothing else.
SetId ValueSets::tokens_selected(const std::vector<SelectorAtom>& conjunction, bool& of_tokens) const {
  std::vector<ValueId> selected;
  for (const Value& token : *setting_.vocabulary) {
    budget_.tick(static_cast<std::uint32_t>(conjunction.size()));
    if (std::all_of(conjunction.begin(), conjunction.end(),
                    [&](const SelectorAtom& atom) { return selects_token(atom, token, of_tokens); }))
      selected.push_back(values_.intern(token));
  }
  return sets_.intern(std::move(selected));
}

// Does a conjunction ask of its keys to be tokens of which there is one at most?
bool ValueSets::marks_one(const std::vector<SelectorAtom>& conjunction) const {
  if (marked_.empty()) return false;
  bool of_tokens = true;
  const auto& tokens = sets_[tokens_selected(conjunction, of_tokens)];
  return std::any_of(marked_.begin(), marked_.end(), [&](const Marked& m) {
    const auto& one = sets_[m.tokens];
    return m.seen.high <= 1 && std::includes(one.begin(), one.end(), tokens.begin(), tokens.end());
  });
}

// How many keys a row selects, as far as the assumptions say.
WidthRange ValueSets::assumed_width(NodeId selector) const {
  auto& memo = assumed_width_[selector];
  if (!memo.empty()) return memo[0];
  memo.push_back({0, setting_.max_length});
  const auto form = disjunctive_form(graph_, selector, 8, budget_);
  if (!form || form->size() != 1) return memo[0];
  bool of_tokens = true;
  const auto& tokens = sets_[tokens_selected(form->front(), of_tokens)];
  for (const Marked& m : marked_) {
    const auto& marked = sets_[m.tokens];
    if (of_tokens && std::includes(tokens.begin(), tokens.end(), marked.begin(), marked.end()))
      memo[0].low = std::max(memo[0].low, m.seen.low);
    if (std::includes(marked.begin(), marked.end(), tokens.begin(), tokens.end()))
      memo[0].high = std::min(memo[0].high, m.seen.high);
  }
  return memo[0];
}

}  // namespace rasp
