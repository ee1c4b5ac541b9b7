// Numbers that readers add up for themselves: linear forms of what the residual stream holds.
#include <algorithm>
#include <cmath>
#include <limits>

#include "compiler/planner.h"

namespace rasp {

// Does an aggregate average numbers, and is its default one, if any row takes it?
bool Planner::numeric_rows(NodeId aggregate) const {
  const Node& n = node(aggregate);
  return c_.sets.numeric(n.args[1]) && (n.constant.is_number() || !c_.sets.rows(aggregate).may_be_empty);
}

bool Planner::affine_in_indices(NodeId x, double& a, double& b) {
  if (base_[x] == no_node || node(base_[x]).kind != NodeKind::Indices || !c_.sets.numeric(x)) return false;
  const std::uint32_t N = c_.sets.max_length();
  auto at = [&](std::uint32_t i) {
    const auto& m = c_.sets.members(x, i, N);
    return m.size() == 1 ? c_.values.number(m[0]) : std::nan("");
  };
  b = at(0);
  a = N > 1 ? at(1) - b : 0;
  for (std::uint32_t i = 0; i < N; ++i)
    if (!(at(i) == a * i + b)) return false;
  return std::fabs(a) < largest_number && std::fabs(b) < largest_number;
}

// Linear in numbers that the residual stream holds anyway (or codes of a source), so that readers need no MLP before
// them.
bool Planner::free_linear(NodeId x, int depth) {
  const Node& n = node(x);
  if (n.kind == NodeKind::Constant)
    return !n.illegal_constant && n.constant.is_number() && std::fabs(n.constant.number()) < largest_number;
  if (n.kind == NodeKind::SelectorWidth || n.kind == NodeKind::Indices || stored(x)) return true;
  if (n.kind == NodeKind::Aggregate && !code_leaf(x)) return numeric_rows(x);
  if (base_[x] != no_node && code_leaf(base_[x])) {
    if (!c_.sets.numeric(x)) return false;
    return std::all_of(c_.sets.all(x).begin(), c_.sets.all(x).end(),
                       [&](ValueId v) { return std::fabs(c_.values.number(v)) < largest_number; });
  }
  if (n.kind != NodeKind::Elementwise || n.table || depth > 100 || !c_.options.passes.fuse) return false;
  if (auto it = linear_memo_.find(x); it != linear_memo_.end()) return it->second != 0;
  c_.budget.tick(4);
  bool linear = false;
  auto constant = [&](NodeId a) { return node(a).kind == NodeKind::Constant && free_linear(a); };
  switch (n.op) {
    case Op::Add:
    case Op::Sub:
      linear = (free_linear(n.args[0], depth + 1) && free_linear(n.args[1], depth + 1)) || wide_sum(x);
      break;
    case Op::Neg:
    case Op::Pos: linear = free_linear(n.args[0], depth + 1); break;
    case Op::Mul:
      linear = (constant(n.args[0]) && free_linear(n.args[1], depth + 1)) ||
               (constant(n.args[1]) && free_linear(n.args[0], depth + 1));
      break;
    case Op::Choose: linear = wide_sum(x); break;
    case Op::Div:
      linear = constant(n.args[1]) && node(n.args[1]).constant.number() != 0 && free_linear(n.args[0], depth + 1);
      break;
    default: break;
  }
  // A form is written out as a tree, and a graph that shares nodes may stand for a huge one.
  constexpr std::uint32_t most_terms = 4096;
  std::uint32_t terms = 0;
  if (linear) {
    for (NodeId a : terms_of(x)) {
      const auto it = linear_memo_.find(a);
      terms += it == linear_memo_.end() ? 1 : it->second;
    }
  }
  linear_memo_[x] = terms > most_terms ? 0 : terms;
  return terms != 0 && terms <= most_terms;
}

// Does a linear form involve a number of the residual stream (or several codes, read as numbers)?
bool Planner::has_number(NodeId x) {
  if (wide_sum(x)) return true;
  Cone cone(
      c_.graph, {x}, [](NodeId) { return false; }, c_.values);
  c_.budget.tick(static_cast<std::uint32_t>(8 * (1 + cone.inner().size() + cone.inputs().size())));
  return std::any_of(cone.inputs().begin(), cone.inputs().end(), [&](NodeId i) { return !code_leaf(i); });
}

// A choice that is the sum of its terms.
bool Planner::is_choice(NodeId x) const { return c_.terms && c_.terms->count(x); }

const std::vector<NodeId>& Planner::terms_of(NodeId x) const { return is_choice(x) ? c_.terms->at(x) : node(x).args; }

// Is it written out term by term in a linear form that holds it?
bool Planner::is_sum(NodeId x) {
  const Node& n = node(x);
  if (n.kind != NodeKind::Elementwise || n.table || base_[x] != x) return false;
  if (is_choice(x)) return true;
  const auto factor = [&](NodeId a) { return node(a).kind == NodeKind::Constant && free_linear(a); };
  switch (n.op) {
    case Op::Add:
    case Op::Sub:
    case Op::Neg:
    case Op::Pos: return true;
    case Op::Mul: return factor(n.args[0]) || factor(n.args[1]);
    case Op::Div: return factor(n.args[1]) && node(n.args[1]).constant.number() != 0;
    default: return false;
  }
}

// A sum of terms that would make a large table, multiplied out: each term gets a number of its own, and the work grows
// with their number instead of their combinations.
bool Planner::wide_sum(NodeId x) {
  if (!c_.options.passes.fuse || !is_sum(x)) return false;
  if (const auto it = wide_memo_.find(x); it != wide_memo_.end()) return it->second;
  std::set<NodeId> seen;
  std::vector<NodeId> stack{x};
  double combinations = 1;
  bool numbers = true;
  while (!stack.empty() && numbers) {
    const NodeId y = stack.back();
    stack.pop_back();
    if (!seen.insert(y).second) continue;
    c_.budget.tick(4);
    if (is_sum(y)) {
      stack.insert(stack.end(), terms_of(y).begin(), terms_of(y).end());
    } else if (node(y).kind == NodeKind::Constant) {
      numbers = free_linear(y);
    } else if (!c_.sets.known(y)) {
      numbers = free_linear(y);
      combinations = std::numeric_limits<double>::infinity();
    } else {
      const auto& all = c_.sets.all(y);
      numbers = c_.sets.numeric(y) && std::all_of(all.begin(), all.end(), [&](ValueId v) {
                  return std::fabs(c_.values.number(v)) < largest_number;
                });
      combinations *= static_cast<double>(all.size());
    }
  }
  const bool choice = is_choice(x),
             wide = numbers && combinations > (choice ? c_.style.table_of_arms : c_.style.table_of_terms);
  plan_.early_sums |= wide && combinations <= (choice ? c_.effort.table_of_arms : c_.effort.table_of_terms);
  return wide_memo_[x] = wide;
}

// Few values, of which some are so large that what a gate is off by counts: as a code they can be cleaned before they
// are added up.
bool Planner::few_large(NodeId x) const {
  if (node(x).kind != NodeKind::Elementwise || !c_.sets.numeric(x) || c_.sets.all(x).size() > c_.effort.values_held)
    return false;
  const auto size = [&](ValueId v) { return std::fabs(c_.values.number(v)); };
  const auto& all = c_.sets.all(x);
  return std::any_of(all.begin(), all.end(), [&](ValueId v) { return size(v) >= c_.effort.large_number; }) &&
         std::all_of(all.begin(), all.end(), [&](ValueId v) { return size(v) < largest_number; });
}

// A function of one number that many steps would add up: as a code, each of its values has the error of two steps.
bool Planner::few_steps(NodeId x) const {
  return node(x).kind == NodeKind::Elementwise && c_.sets.numeric(x) &&
         c_.sets.all(x).size() <= c_.effort.values_of_term;
}

// A term that is no sum.
LinearForm Planner::term(NodeId x) {
  LinearForm form;
  const Node& n = node(x);
  if (n.kind == NodeKind::Constant) {
    form.constant = n.constant.number();
    return form;
  }
  // It has no value on any input (nor has a mean of what has none, whatever its default): 0 is as good as another
  // number.
  const NodeId source = n.kind == NodeKind::Aggregate ? n.args[1] : x;
  if (c_.sets.known(source) && c_.sets.all(source).empty()) return form;
  double a = 0, b = 0;
  if (affine_in_indices(x, a, b)) {
    form.constant = b;
    if (a != 0) form.numbers.push_back({a, unit(UnitKind::IndicesNumber, base_[x])});
    return form;
  }
  if (n.kind == NodeKind::SelectorWidth) {
    form.numbers.push_back({1, unit(UnitKind::WidthNumber, x)});
    return form;
  }
  if (n.kind == NodeKind::Aggregate && numeric_rows(x) && (!code_leaf(x) || free_linear(n.args[1]))) {
    form.numbers.push_back({1, unit(UnitKind::AggregateNumber, x)});
    return form;
  }
  const bool as_code = (c_.style.exact_numbers && stored(x)) || (c_.style.exact_large_numbers && few_large(x)) ||
                       (c_.style.exact_terms && few_steps(x)) || (base_[x] != no_node && code_leaf(base_[x]));
  if (as_code && c_.sets.numeric(x)) {
    LinearForm::CodeTerm codes{1, {}, {}};
    Demand demand;
    for (ValueId v : c_.sets.all(x)) {
      const double value = c_.values.number(v);
      auto [it, fresh] =
          demand.signature.emplace(c_.values.canonical(v), static_cast<std::uint32_t>(codes.number.size()));
      if (!fresh) continue;
      codes.number.push_back(value);
      demand.read.push_back(value != 0);
    }
    codes.read = code(x, std::move(demand));
    form.codes.push_back(std::move(codes));
    return form;
  }
  form.numbers.push_back({1, unit(UnitKind::MlpNumber, x)});
  return form;
}

// Which argument of a product or quotient is its constant factor; none of a sum is.
std::size_t Planner::factor_of(const Node& n) const {
  if (n.op == Op::Div) return 1;
  if (n.op == Op::Mul) return node(n.args[0]).kind == NodeKind::Constant ? 0 : 1;
  return n.args.size();
}

// What the other arguments are multiplied by.
double Planner::coefficient(const Node& n, std::size_t argument) const {
  switch (n.op) {
    case Op::Sub: return argument == 1 ? -1 : 1;
    case Op::Neg: return -1;
    case Op::Mul: return node(n.args[factor_of(n)]).constant.number();
    case Op::Div: return 1 / node(n.args[1]).constant.number();
    default: return 1;
  }
}

LinearForm Planner::number(NodeId x) {
  LinearForm form;
  struct Part {
    NodeId node;
    double coefficient;
    bool wide;
  };
  std::vector<Part> stack{{x, 1, false}};
  while (!stack.empty()) {  // from left to right: reading makes units, and their order is the model's
    Part part = stack.back();
    stack.pop_back();
    part.wide = part.wide || wide_sum(part.node);
    double a = 0, b = 0;
    const Node& n = node(part.node);
    const bool whole = n.kind != NodeKind::Elementwise || stored(part.node) || affine_in_indices(part.node, a, b) ||
                       (base_[part.node] != no_node && code_leaf(base_[part.node]) && c_.sets.numeric(part.node));
    if (!whole && (free_linear(part.node) || (part.wide && is_sum(part.node)))) {
      const auto& terms = terms_of(part.node);
      for (std::size_t k = terms.size(); k-- > 0;)
        if (is_choice(part.node) || k != factor_of(n))
          stack.push_back({terms[k], part.coefficient * coefficient(n, k), part.wide});
      continue;
    }
    LinearForm one = term(part.node);
    form.constant += part.coefficient * one.constant;
    for (auto& t : one.numbers) form.numbers.push_back({t.coefficient * part.coefficient, t.unit});
    for (auto& t : one.codes) {
      t.coefficient *= part.coefficient;
      form.codes.push_back(std::move(t));
    }
  }
  return form;
}

}  // namespace rasp
