#include "compiler/rewrite.h"

#include <algorithm>
#include <cmath>

#include "compiler/rewriter.h"

namespace rasp {

Rewritten Rewriter::run(NodeId output) {
  std::vector<bool> needed(graph_.size(), false);
  needed[output] = true;
  for (NodeId id = output + 1; id-- > 0;)
    if (needed[id])
      for (NodeId a : graph_[id].args) needed[a] = true;
  find_links(needed, output);
  most_combinations_ = effort_.table_of_terms;
  walk(output, needed);
  result_.output = result_.counted = result_.target[output];
  result_.counted_target = result_.target;
  most_combinations_ = effort_.early_table_of_terms;
  if (count_differs(needed, output)) {
    const std::vector<NodeId> targets = result_.target;
    walk(output, needed);
    result_.counted_target = result_.target;
    result_.counted = result_.target[output];
    result_.target = targets;
  }
  return std::move(result_);
}

void Rewriter::walk(NodeId output, const std::vector<bool>& needed) {
  for (NodeId id = 0; id <= output; ++id) {
    if (!needed[id]) continue;
    budget_.tick();
    current_ = id;
    NodeId made = no_node;
    const Node& node = graph_[id];
    std::vector<NodeId> terms;
    if (node.kind == NodeKind::Elementwise) terms = terms_of_choice(id);
    if (node.kind == NodeKind::Elementwise) made = elementwise(id);
    else if (node.kind == NodeKind::Select && options_.differences)
      made = always_true(id) ? everything() : text_comparison(id);
    else if (node.kind == NodeKind::Aggregate) made = default_apart(node);
    else if (node.kind == NodeKind::SelectorWidth && options_.idioms) made = width(id);
    else if (node.kind == NodeKind::Tokens && node.conversion != Conversion::Asis) made = converted_tokens(node);
    if (made == no_node) {
      Node copy = node;
      for (NodeId& a : copy.args) a = result_.target[a];
      made = add(std::move(copy));
    }
    const bool in_order = std::all_of(terms.begin(), terms.end(), [&](NodeId t) { return t < made; });
    if (!terms.empty() && in_order) result_.terms.emplace(made, std::move(terms));
    result_.target[id] = made;
    result_.origin[made] = id;
    keep_name(node, made);
  }
}

// What has the value of a named s-op is called as the program calls it, however it is computed.
void Rewriter::keep_name(const Node& node, NodeId made) {
  const Node& n = result_.graph[made];
  const bool leaf = n.kind == NodeKind::Tokens || n.kind == NodeKind::Indices || n.kind == NodeKind::Constant;
  if (!node.name.empty() && n.name.empty() && !leaf) result_.graph.set_name(made, node.name);
}

NodeId Rewriter::add(Node node) {
  const NodeId id = result_.graph.add(std::move(node), budget_.limits());
  if (id == result_.origin.size()) result_.origin.push_back(current_);
  return id;
}

NodeId Rewriter::constant(Value v) {
  Node n;
  n.kind = NodeKind::Constant;
  n.constant = std::move(v);
  n.span = graph_[current_].span;
  return add(std::move(n));
}

NodeId Rewriter::make(Op op, std::vector<NodeId> args) {
  Node n;
  n.kind = NodeKind::Elementwise;
  n.op = op;
  n.args = std::move(args);
  n.span = graph_[current_].span;
  return add(std::move(n));
}

NodeId Rewriter::make(NodeKind kind, std::vector<NodeId> args, Op op) {
  Node n;
  n.kind = kind;
  n.op = op;
  n.args = std::move(args);
  n.span = graph_[current_].span;
  return add(std::move(n));
}

// tokens_int and the like are functions of the tokens as they are: one source, one subspace.
NodeId Rewriter::converted_tokens(const Node& node) {
  static constexpr Op op_of[] = {Op::Pos, Op::ToStr, Op::ToInt, Op::ToFloat, Op::ToBool};
  Node asis = node;
  asis.conversion = Conversion::Asis;
  return make(op_of[static_cast<int>(node.conversion)], {add(std::move(asis))});
}

bool Rewriter::finite_numbers(NodeId id) const {
  const Node& n = graph_[id];
  if (!sets_.known(id) && n.kind == NodeKind::Aggregate)
    return n.constant.is_number() && std::fabs(n.constant.number()) < 9e15 && finite_numbers(n.args[1]);
  if (!sets_.numeric(id)) return false;
  // Differences of such numbers are exact enough to keep their sign.
  return std::all_of(sets_.all(id).begin(), sets_.all(id).end(),
                     [&](ValueId v) { return std::fabs(values_.number(v)) < 9e15; });
}

NodeId Rewriter::elementwise(NodeId id) {
  const Node& node = graph_[id];
  // Constant folding.
  if (std::all_of(node.args.begin(), node.args.end(), [&](NodeId a) {
        return result_.graph[result_.target[a]].kind == NodeKind::Constant &&
               !result_.graph[result_.target[a]].illegal_constant;
      })) {
    std::vector<Value> operands;
    for (NodeId a : node.args) operands.push_back(result_.graph[result_.target[a]].constant);
    Outcome outcome = rasp::apply(node, operands);
    if (std::holds_alternative<Value>(outcome)) return constant(std::get<Value>(outcome));
  }
  const bool comparison = node.op >= Op::Eq && node.op <= Op::Ge && !node.table;
  if (options_.differences && comparison && base_[node.args[0]] != base_[node.args[1]] &&
      base_[node.args[0]] != no_node && base_[node.args[1]] != no_node && finite_numbers(node.args[0]) &&
      finite_numbers(node.args[1]))
    return make(node.op, {make(Op::Sub, {result_.target[node.args[0]], result_.target[node.args[1]]}),
                          constant(Value::integer(std::int64_t{0}))});
  if (options_.differences)
    if (NodeId parts = text_comparison(id); parts != no_node) return parts;
  if (options_.differences)
    if (NodeId counted = count_of_truths(id); counted != no_node) return counted;
  if (options_.differences && node.op == Op::Mod)
    if (NodeId left = remainder(id); left != no_node) return left;
  if (options_.idioms && node.op == Op::Round && !node.table) {
    if (ints_only(node.args[0])) return result_.target[node.args[0]];
    if (NodeId sum = count_of_product(node.args[0]); sum != no_node) return sum;
  }
  return no_node;
}

bool Rewriter::ints_only(NodeId id) const {
  return sets_.known(id) && std::all_of(sets_.all(id).begin(), sets_.all(id).end(),
                                        [&](ValueId v) { return values_[v].kind() == Kind::Int; });
}

// round(e * m), where m is linear in means of small ints over rows of one width and e is that width in every context:
// the sum over the selected positions, a linear form of widths. Rounding removes the error of (k/w)*w.
NodeId Rewriter::count_of_product(NodeId product) {
  const Node& node = graph_[product];
  if (node.kind != NodeKind::Elementwise || node.op != Op::Mul || node.table) return no_node;
  for (int side = 0; side < 2; ++side) {
    const NodeId factor = node.args[side], mean = node.args[1 - side];
    if (!sets_.known(factor)) continue;
    if (auto sum = sum_over(mean, factor, 0)) return *sum;
  }
  return no_node;
}

std::optional<NodeId> Rewriter::sum_over(NodeId mean, NodeId factor, int depth) {
  if (depth > 24) return std::nullopt;
  const Node& node = graph_[mean];
  if (node.kind == NodeKind::Elementwise && !node.table) {
    if (node.op == Op::Add || node.op == Op::Sub) {
      auto a = sum_over(node.args[0], factor, depth + 1);
      if (!a) return std::nullopt;
      auto b = sum_over(node.args[1], factor, depth + 1);
      if (!b) return std::nullopt;
      return make(node.op, {*a, *b});
    }
    if (node.op == Op::Neg) {
      auto a = sum_over(node.args[0], factor, depth + 1);
      return a ? std::optional(make(Op::Neg, {*a})) : std::nullopt;
    }
    return std::nullopt;
  }
  if (node.kind != NodeKind::Aggregate) return std::nullopt;
  const NodeId selector = node.args[0], value = node.args[1];
  if (!ints_or_bools(value)) return std::nullopt;
  // The factor must be the number of selected positions, in every context, and never 0 (a default is no mean).
  bool same = true;
  const std::uint32_t N = sets_.max_length();
  if (N > effort_.sum_length) return std::nullopt;
  for (std::uint32_t n = 1; n <= N && same; ++n)
    for (std::uint32_t i = sets_.causal() ? n - 1 : 0; i < n && same; ++i) {
      const WidthRange w = sets_.width(selector, i, n);
      same = w.low == w.high && w.low > 0;
      const auto& members = members_at(factor, i, n);
      same = same && members.size() == 1 && values_.is_number(members[0]) && values_.number(members[0]) == w.low;
    }
  if (!same) return std::nullopt;
  std::vector<ValueId> nonzero;
  for (ValueId v : sets_.all(value))
    if (values_.number(v) != 0 &&
        std::none_of(nonzero.begin(), nonzero.end(), [&](ValueId w) { return values_.number(w) == values_.number(v); }))
      nonzero.push_back(v);
  if (nonzero.empty()) return std::nullopt;
  if (nonzero.size() > effort_.counted_values)
    return ints_only(value)
               ? std::optional(make(NodeKind::SelectorWidth, {result_.target[selector], result_.target[value]}))
               : std::nullopt;
  NodeId total = no_node;
  for (ValueId v : nonzero) {
    const NodeId hit =
        make(NodeKind::Select,
             {result_.target[value], constant(Value::integer(static_cast<std::int64_t>(values_.number(v))))}, Op::Eq);
    NodeId count = make(NodeKind::SelectorWidth, {make(NodeKind::SelectorAnd, {result_.target[selector], hit})});
    const double c = values_.number(v);
    if (total == no_node) {
      total = c == 1 ? count : make(Op::Mul, {constant(Value::integer(static_cast<std::int64_t>(c))), count});
    } else if (c == -1) {
      total = make(Op::Sub, {total, count});
    } else {
      total = make(Op::Add, {total, make(Op::Mul, {constant(Value::integer(static_cast<std::int64_t>(c))), count})});
    }
  }
  return total;
}

bool Rewriter::ints_or_bools(NodeId id) const {
  return sets_.known(id) && !sets_.all(id).empty() &&
         std::all_of(sets_.all(id).begin(), sets_.all(id).end(), [&](ValueId v) {
           return values_.is_number(v) && values_.number(v) == std::floor(values_.number(v)) &&
                  std::fabs(values_.number(v)) < 1e6;
         });
}

NodeId Rewriter::conjunction_selector(const Conjunction& c) {
  NodeId all = no_node;
  for (const SelectorAtom& atom : c) {
    NodeId one = mask_selector(atom);
    all = all == no_node ? one : make(NodeKind::SelectorAnd, {all, one});
  }
  return all == no_node ? everything() : all;
}

NodeId Rewriter::everything() {
  const NodeId one = constant(Value::integer(std::int64_t{1}));
  return make(NodeKind::Select, {one, one}, Op::Eq);
}

// Does a selector of positions select every key that there is, such as select(indices, indices, <=) under a causal
// mask? Then it needs none.
bool Rewriter::always_true(NodeId id) const {
  const Node& node = graph_[id];
  const auto position = [&](NodeId x) { return base_[x] == no_node || graph_[base_[x]].kind == NodeKind::Indices; };
  const std::uint32_t N = sets_.max_length();
  for (NodeId x : node.args)
    if (!position(x) || !sets_.known(x) || sets_.may_fail(x)) return false;
  if (base_[node.args[0]] == no_node && base_[node.args[1]] == no_node) return false;  // constants: as it is
  if (N > effort_.followed_length)
    return sets_.causal() && node.op == Op::Le && node.args[0] == node.args[1] &&
           graph_[node.args[0]].kind == NodeKind::Indices;
  for (std::uint32_t i = 0; i < N; ++i)
    for (std::uint32_t j = 0; j < (sets_.causal() ? i + 1 : N); ++j) {
      budget_.tick();
      if (sets_.selects(id, i, j, sets_.causal() ? i + 1 : N) != 1) return false;
    }
  return true;
}

NodeId Rewriter::mask_selector(const SelectorAtom& atom) {
  static constexpr Op ops[] = {Op::Eq, Op::Lt, Op::Le, Op::Gt, Op::Ge, Op::Ne};
  for (Op op : ops)
    if (relation_mask(op) == atom.mask)
      return make(NodeKind::Select, {result_.target[atom.key], result_.target[atom.query]}, op);
  for (Op op : ops)
    if ((15 & ~relation_mask(op)) == atom.mask)
      return make(NodeKind::SelectorNot,
                  {make(NodeKind::Select, {result_.target[atom.key], result_.target[atom.query]}, op)});
  // A union of single relations ({<, >} without "cannot be ordered" and the like).
  NodeId any = no_node;
  for (Op op : {Op::Lt, Op::Eq, Op::Gt})
    if (relation_mask(op) & atom.mask) {
      NodeId one = make(NodeKind::Select, {result_.target[atom.key], result_.target[atom.query]}, op);
      any = any == no_node ? one : make(NodeKind::SelectorOr, {any, one});
    }
  return any;
}

// A default that no number of the values' size can stand for (a string, an infinity, a number far away) is taken apart
// from a mean: default if selector_width(s) == 0 else aggregate(s, values).
NodeId Rewriter::default_apart(const Node& node) {
  const NodeId selector = node.args[0], value = node.args[1];
  if (sets_.single(selector) || !sets_.numeric(value)) return no_node;
  bool bools = graph_.dialect() == Dialect::Rasp;  // there they have no mean
  double largest = 1;
  for (ValueId v : sets_.all(value)) {
    bools &= values_[v].kind() == Kind::Bool;
    largest = std::max(largest, std::fabs(values_.number(v)));
  }
  constexpr double far =
      1024;  // as many times as large as any value: float32 would keep too few of the mean's digits beside it
  if (bools || !std::isfinite(largest) ||
      (node.constant.is_number() && std::fabs(node.constant.number()) <= far * largest))
    return no_node;
  Node mean = node;
  for (NodeId& a : mean.args) a = result_.target[a];
  mean.constant = Value::integer(std::int64_t{0});
  const NodeId width = make(NodeKind::SelectorWidth, {result_.target[selector]});
  return make(Op::Choose, {make(Op::Eq, {width, constant(Value::integer(std::int64_t{0}))}), constant(node.constant),
                           add(std::move(mean))});
}

// selector_width(A or B) = w(A) + w(B) - w(A and B): heads instead of joint codes, where no single pair of s-ops
// decides.
NodeId Rewriter::width(NodeId id) {
  const NodeId selector = graph_[id].args[0];
  NodeId key = no_node, query = no_node;
  bool single = true;
  for (NodeId atom : atoms_of(graph_, selector)) {
    const NodeId k = base_[graph_[atom].args[0]], q = base_[graph_[atom].args[1]];
    if (k != no_node) single &= key == no_node || key == k, key = k;
    if (q != no_node) single &= query == no_node || query == q, query = q;
  }
  if (single) return no_node;
  auto form = disjunctive_form(graph_, selector, 3, budget_);
  if (!form) return no_node;
  if (form->empty()) return constant(Value::integer(std::int64_t{0}));
  if (form->size() == 1) return no_node;
  NodeId total = no_node;
  int heads = 0;
  std::vector<std::pair<int, Conjunction>> terms;
  for (unsigned subset = 1; subset < (1u << form->size()); ++subset) {
    std::optional<Conjunction> meet = Conjunction{};
    for (std::size_t c = 0; c < form->size() && meet; ++c)
      if (subset >> c & 1) meet = conjoin(*meet, (*form)[c]);
    if (!meet) continue;
    terms.emplace_back(__builtin_popcount(subset) % 2 ? 1 : -1, *meet);
    ++heads;
  }
  if (heads > 4) return no_node;
  std::stable_sort(terms.begin(), terms.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  for (const auto& [sign, conjunction] : terms) {
    const NodeId w = make(NodeKind::SelectorWidth, {conjunction_selector(conjunction)});
    total = total == no_node ? w : make(sign > 0 ? Op::Add : Op::Sub, {total, w});
  }
  return total;
}

Rewritten rewrite(const Graph& graph, NodeId output, const ValueSets& sets, const ValuePool& values,
                  const RewriteOptions& options, Budget& budget) {
  return Rewriter(graph, sets, values, options, budget).run(output);
}

}  // namespace rasp
