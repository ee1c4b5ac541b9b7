#include "compiler/planner.h"

#include <algorithm>
#include <cmath>

#include "compiler/at_node.h"

namespace rasp {
bool Literal::selects(const std::vector<std::uint32_t>& q, const std::vector<std::uint32_t>& k) const {
  auto relation = [&](const SelectorAtom& a) -> std::uint8_t {
    for (const Atom& atom : atoms) {
      if (atom.atom.key != a.key || atom.atom.query != a.query) continue;
      const std::uint32_t qs = atom.query_demand == no_signature ? 0 : q[atom.query_demand];
      const std::uint32_t ks = atom.key_demand == no_signature ? 0 : k[atom.key_demand];
      if (qs == no_signature || ks == no_signature || qs >= atom.queries || ks >= atom.keys) return 0;
      return atom.relation[static_cast<std::size_t>(qs) * atom.keys + ks];
    }
    return 0;
  };
  for (const auto& form : factors) {
    bool any = false;
    for (const Conjunction& c : form) {
      any = std::all_of(c.begin(), c.end(), [&](const SelectorAtom& a) { return (relation(a) & a.mask) != 0; });
      if (any) break;
    }
    if (!any) return false;
  }
  return true;
}

Planner::Planner(PlanContext context) : c_(context) {
  base_ = bases_of(c_.graph, c_.options.passes.fold && c_.options.passes.fuse, c_.stored);
  held_.assign(c_.graph.size(), false);
}

void Planner::require_known(NodeId x) {
  if (c_.sets.known(x)) return;
  throw not_listed(x);
}

// Why an s-op's values cannot be listed: the first s-op below it of which that is true, and the largest of what it is
// made of.
Rejection Planner::not_listed(NodeId x) const {
  NodeId wall = x;
  const auto operands = [&](NodeId id) {
    std::vector<NodeId> list =
        node(id).kind == NodeKind::Aggregate ? std::vector<NodeId>{node(id).args[1]} : node(id).args;
    std::erase_if(list, [&](NodeId a) { return is_selector(node(a).kind) || node(a).kind == NodeKind::Constant; });
    return list;
  };
  for (bool deeper = true; deeper;) {
    deeper = false;
    for (NodeId a : operands(wall))
      if (!deeper && !c_.sets.known(a)) wall = a, deeper = true;
  }
  auto list = operands(wall);
  std::stable_sort(list.begin(), list.end(),
                   [&](NodeId a, NodeId b) { return c_.sets.all(a).size() > c_.sets.all(b).size(); });
  std::string of;
  for (std::size_t k = 0; k < list.size() && k < 3; ++k)
    of += (k == 0 ? "" : " and ") +
          ("\"" + c_.graph.describe(list[k]) + "\" (" + std::to_string(c_.sets.all(list[k]).size()) + " values)");
  const std::string name = "\"" + c_.graph.describe(wall) + "\"";
  const bool mean = node(wall).kind == NodeKind::Aggregate;
  if (!of.empty())
    of = (mean ? ": it is a mean of up to " + std::to_string(c_.sets.max_length()) + " values of "
               : ": it is made of ") +
         of;
  return refusal(c_.graph, wall, "value-set-too-large",
                 name + " can take more than " + std::to_string(c_.budget.limits().value_set) + " different values" +
                     of + (wall == x ? "" : "; \"" + c_.graph.describe(x) + "\" needs each of them"),
                 std::string(mean ? "Compare " + name + " with constants only, promise" : "Promise") +
                     " its values with `#@ values NAME …`, or use a smaller vocabulary or maximal length.",
                 "limit");
}

// Is every mean of the numbers that this aggregate averages the one number there is? (Of 2^53 + 1, which is no float,
// it is another; of five times 2^53 - 1 as well, since their sum is no float; of 1e308 it overflows.)
bool Planner::one_mean(NodeId aggregate) const {
  const Value* one = nullptr;
  const auto& all = c_.sets.rows(aggregate).averaged;
  if (std::all_of(all.begin(), all.end(), [&](ValueId v) {
        return !c_.values.is_number(v) || (c_.graph.dialect() == Dialect::Rasp && c_.values[v].kind() == Kind::Bool);
      }))
    return true;  // none at all
  for (ValueId v : all) {
    const Value& x = c_.values[v];
    if (!x.is_number()) continue;
    if (one && !equal(*one, x)) return false;
    one = &x;
  }
  if (!one) return true;
  const double number = one->number(), sum = std::fabs(number) * c_.sets.max_length();
  return equal(*one, Value::real(number)) && (number == std::floor(number) ? sum <= 0x1p53 : sum < 1e300);
}

bool Planner::code_leaf(NodeId leaf) const {
  const Node& n = node(leaf);
  if (n.kind == NodeKind::Tokens || n.kind == NodeKind::Indices) return true;
  if (n.kind != NodeKind::Aggregate) return false;
  auto [it, fresh] = code_leaf_memo_.try_emplace(leaf, false);
  if (!fresh) return it->second;
  if (auto e = c_.options.promises.numerical.find(leaf);
      e != c_.options.promises.numerical.end() && e->second && numeric_rows(leaf))
    return false;
  if (!c_.sets.known(leaf)) return false;
  const NodeId value = n.args[1];
  const auto& all = c_.sets.all(value);
  const bool strings = std::any_of(all.begin(), all.end(), [&](ValueId v) { return !c_.values.is_number(v); });
  const bool rasp = c_.graph.dialect() == Dialect::Rasp;
  const bool bools =
      rasp && std::all_of(all.begin(), all.end(), [&](ValueId v) { return c_.values[v].kind() == Kind::Bool; });
  // Numbers that float32 cannot tell from their neighbours are held as codes, but only where a row copies one of them:
  // a mean of two is neither.
  bool large = false, finite = true;
  for (ValueId v : all) finite &= !c_.values.is_number(v) || std::isfinite(c_.values.number(v));
  for (ValueId v : c_.sets.all(leaf))
    large |= c_.values.is_number(v) && !(std::fabs(c_.values.number(v)) < largest_number);
  const bool copies = c_.sets.single(n.args[0]) || one_mean(leaf);
  if (!copies && !strings && !bools && !finite)
    throw refusal(c_.graph, leaf, "mean-not-finite",
                  "\"" + c_.graph.describe(leaf) +
                      "\" may be a mean of numbers of which one is infinite or nan, which no attention head can hold",
                  "Choose a finite number in its place before the mean.");
  const NodeId value_base = base_[value];
  const bool cheap =
      value_base == no_node ||
      (value_base != leaf && (node(value_base).kind == NodeKind::Tokens || node(value_base).kind == NodeKind::Indices ||
                              (node(value_base).kind == NodeKind::Aggregate && code_leaf(value_base))));
  const bool text = !c_.values[c_.values.intern(n.constant)].is_number() && c_.sets.rows(leaf).may_be_empty;
  return code_leaf_memo_[leaf] =
             strings || bools || ((text || large) && copies) || (cheap && c_.sets.single(n.args[0]));
}

ValueId Planner::value_of(NodeId x, NodeId leaf, ValueId v) {
  if (x == leaf) return v;
  Cone cone(
      c_.graph, {x}, [&](NodeId id) { return id == leaf; }, c_.values);
  std::vector<ValueId> out;
  cone.evaluate(std::vector<ValueId>(cone.inputs().size(), v), c_.apply, out);
  return out[0];
}

// Readers come before what they read: a unit that is planned can have no new ones.
Rejection Planner::out_of_order(UnitId u) const {
  const NodeId id = plan_.units[u].node;
  return refusal(c_.graph, id, "internal-order",
                 "The compiler met \"" + c_.graph.describe(id) + "\" in an order that it cannot handle",
                 "Please report this program.");
}

UnitId Planner::unit(UnitKind kind, NodeId id, std::vector<NodeId> joint) {
  auto [it, fresh] = units_.try_emplace({kind, id, joint}, static_cast<UnitId>(plan_.units.size()));
  if (fresh) {
    Unit u;
    u.kind = kind;
    u.node = id;
    u.joint = std::move(joint);
    // Readers first: a joint code may read the codes of its parts, an MLP the code of an aggregate.
    const int rank = !u.joint.empty() ? 2 : kind == UnitKind::MlpCode || kind == UnitKind::MlpNumber ? 1 : 0;
    plan_.units.push_back(std::move(u));
    pending_.insert({id, rank, it->second});
  } else if (plan_.units[it->second].planned) {
    throw out_of_order(it->second);
  }
  return it->second;
}

UnitId Planner::code_unit(NodeId x) {
  const NodeId b = base_[x];
  if (code_leaf(b)) {
    switch (node(b).kind) {
      case NodeKind::Tokens: return unit(UnitKind::TokensCode, b);
      case NodeKind::Indices: return unit(UnitKind::IndicesCode, b);
      default: return unit(UnitKind::AggregateCode, b);
    }
  }
  return unit(UnitKind::MlpCode, b);
}

std::uint32_t Planner::add_demand(UnitId u, Demand demand) {
  if (plan_.units[u].planned) throw out_of_order(u);
  plan_.units[u].demands.push_back(std::move(demand));
  return static_cast<std::uint32_t>(plan_.units[u].demands.size() - 1);
}

CodeRead Planner::code(NodeId x, Demand demand) {
  const UnitId u = code_unit(x);
  demand.node = x;
  return {u, add_demand(u, std::move(demand))};
}

void Planner::plan_leaf_classes(Unit& u) {
  require_known(u.node);
  std::map<std::vector<std::uint32_t>, std::size_t> classes;
  std::vector<Cone> cones;
  std::vector<NodeId> roots;
  for (const Demand& d : u.demands) roots.push_back(d.node);
  Cone cone(
      c_.graph, roots, [&](NodeId id) { return id == u.node; }, c_.values);
  std::vector<ValueId> out;
  for (ValueId v : c_.sets.all(u.node)) {
    cone.evaluate(std::vector<ValueId>(cone.inputs().size(), v), c_.apply, out);
    std::vector<std::uint32_t> signature;
    bool kept = false;
    for (std::size_t d = 0; d < u.demands.size(); ++d) {
      std::uint32_t s = no_signature;
      if (out[d] != undefined_value)
        if (auto it = u.demands[d].signature.find(c_.values.canonical(out[d])); it != u.demands[d].signature.end())
          s = it->second;
      if (!u.demands[d].reads(s)) s = no_signature;
      kept |= s != no_signature;
      signature.push_back(s);
    }
    std::vector<std::uint32_t> key = signature;
    if (!c_.options.passes.drop) {
      key.push_back(c_.values.canonical(v));
      kept = true;
    }
    auto [it, fresh] = classes.try_emplace(key, u.class_values.size());
    if (fresh) {
      u.class_signature.push_back(signature);
      u.class_values.emplace_back();
      u.kept.push_back(kept);
    }
    u.class_values[it->second].push_back(v);
  }
}

// A value's own class; else that of an equal value of another kind (the mean 1.0 of ones beside the int 1). Where the
// two lie in different classes, one of them has no meaning to a reader, so the class that is kept serves both.
static std::unordered_map<ValueId, std::int32_t> classes_by_value(const ValuePool& values, const Unit& u) {
  std::unordered_map<ValueId, std::int32_t> classes;
  for (std::size_t c = 0; c < u.class_values.size(); ++c) {
    for (ValueId w : u.class_values[c]) {
      auto [it, fresh] = classes.try_emplace(values.canonical(w), static_cast<std::int32_t>(c));
      if (!fresh && !u.kept[static_cast<std::size_t>(it->second)]) it->second = static_cast<std::int32_t>(c);
    }
  }
  return classes;
}

void Planner::plan_aggregate_code(UnitId id) {
  plan_leaf_classes(plan_.units[id]);
  const Node& n = node(plan_.units[id].node);
  const NodeId aggregate = plan_.units[id].node, value = n.args[1];
  const std::uint32_t head = selection(n.args[0], false);
  Demand demand;
  std::vector<std::int32_t> value_class;
  const std::unordered_map<ValueId, std::int32_t> class_by_value = classes_by_value(c_.values, plan_.units[id]);
  auto class_of = [&](ValueId v) -> std::int32_t {
    auto it = class_by_value.find(c_.values.canonical(v));
    return it == class_by_value.end() ? -1 : it->second;
  };
  std::map<std::int32_t, std::uint32_t> signature_of_class;
  require_known(value);
  for (ValueId v : c_.sets.all(value)) {
    const std::int32_t c = class_of(v);
    const bool read = c >= 0 && plan_.units[id].kept[static_cast<std::size_t>(c)];
    auto [s, fresh] = signature_of_class.try_emplace(read ? c : -1, static_cast<std::uint32_t>(value_class.size()));
    if (fresh) {
      value_class.push_back(read ? c : -1);
      demand.read.push_back(read);
    }
    demand.signature.emplace(c_.values.canonical(v), s->second);
  }
  const ValueSets::Rows& rows = c_.sets.rows(aggregate);
  const bool possible = rows.may_be_empty;
  const std::uint32_t most = rows.most;
  // Means of numbers that sit beside strings in one value set cannot be told from single values by a code.
  const auto& all = c_.sets.all(value);
  bool strings = false;
  for (ValueId v : all) strings |= !c_.values.is_number(v);
  if (strings && !one_mean(aggregate) && most > 1 && !c_.sets.single(n.args[0]))
    throw refusal(c_.graph, aggregate, "mixed-mean",
                  "\"" + c_.graph.describe(aggregate) + "\" may average numbers of a sequence that may also hold " +
                      (c_.graph.dialect() == Dialect::Rasp ? "strings" : "None or strings"),
                  "Keep numbers and other values in separate s-ops, or promise `#@ unique` for the selector.");
  Unit& u = plan_.units[id];
  u.selector = n.args[0];
  u.head = head;
  u.default_possible = possible;
  u.most_selected = most;
  u.default_class = possible ? class_of(c_.values.intern(n.constant)) : -1;
  if (u.default_class >= 0 && !u.kept[static_cast<std::size_t>(u.default_class)]) u.default_class = -1;
  u.value_class = value_class;
  if (base_[value] == no_node) {  // a constant value: nothing to read
    u.value_code = {no_unit, 0};
  } else {
    CodeRead read = code(value, std::move(demand));
    plan_.units[id].value_code = read;
  }
}

void Planner::plan_aggregate_number(UnitId id) {
  const NodeId aggregate = plan_.units[id].node;
  const Node& n = node(aggregate);
  const std::uint32_t head = selection(n.args[0], false);
  LinearForm form = number(n.args[1]);
  Unit& u = plan_.units[id];
  u.selector = n.args[0];
  u.head = head;
  u.value_number = std::move(form);
  // A default that no row uses would only be rounding: it may be large.
  u.default_possible = c_.sets.rows(aggregate).may_be_empty;
  u.default_number = u.default_possible ? n.constant.number() : 0;
  u.most_selected = c_.sets.single(n.args[0]) ? 1 : c_.sets.max_length();
}

// The most that the absolute values of one row's visible keys add up to.
double Planner::largest_total(NodeId value) const {
  const auto largest = [&](const std::vector<ValueId>& members) {
    double most = 0;
    for (ValueId v : members) most = std::max(most, std::fabs(c_.values.number(v)));
    return most;
  };
  const std::uint32_t N = c_.sets.max_length();
  if (!c_.sets.by_position(value) || N > c_.effort.followed_length) return N * largest(c_.sets.all(value));
  double total = 0;
  for (std::uint32_t n = c_.sets.by_length(value) ? 1 : N; n <= N; ++n) {
    double sum = 0;
    for (std::uint32_t j = 0; j < n; ++j) sum += largest(c_.sets.members(value, j, n));
    total = std::max(total, sum);
  }
  return total;
}

// What a head adds up must be exactly 0 at BOS, which has nearly all of its weight: numbers of other heads go through
// an MLP before.
LinearForm Planner::summed_value(NodeId value) {
  const Cone cone(
      c_.graph, {value}, [](NodeId) { return false; }, c_.values);
  const bool zero = std::all_of(cone.inputs().begin(), cone.inputs().end(), [&](NodeId x) {
    return node(x).kind == NodeKind::Tokens || node(x).kind == NodeKind::Indices;
  });
  if (zero || (node(value).kind == NodeKind::Elementwise && !free_linear(value) &&
               !(base_[value] != no_node && code_leaf(base_[value]))))
    return number(value);
  LinearForm form;
  form.numbers.push_back({1, unit(UnitKind::MlpNumber, value)});
  return form;
}

void Planner::plan_width(UnitId id) {
  const Node& n = node(plan_.units[id].node);
  const NodeId selector = n.args[0];
  const std::uint32_t head = selection(selector, true);
  const bool summed = n.args.size() == 2;
  LinearForm form = summed ? summed_value(n.args[1]) : LinearForm{};
  Unit& u = plan_.units[id];
  u.selector = selector;
  u.head = head;
  u.summed = summed;
  u.value_number = std::move(form);
  u.total = summed ? largest_total(n.args[1]) : c_.sets.max_length();
  u.most_selected = c_.sets.max_length();
}

void Planner::plan_unit(UnitId id) {
  plan_.units[id].planned = true;
  plan_.order.push_back(id);
  switch (plan_.units[id].kind) {
    case UnitKind::TokensCode:
    case UnitKind::IndicesCode: plan_leaf_classes(plan_.units[id]); break;
    case UnitKind::IndicesNumber: break;
    case UnitKind::AggregateCode: plan_aggregate_code(id); break;
    case UnitKind::AggregateNumber: plan_aggregate_number(id); break;
    case UnitKind::WidthNumber: plan_width(id); break;
    default: plan_mlp(id);
  }
}

// What heads read: values, keys and queries.
void Planner::find_held(NodeId output) {
  std::vector<NodeId> stack{output};
  std::vector<bool> seen(c_.graph.size(), false);
  while (!stack.empty()) {
    const NodeId id = stack.back();
    stack.pop_back();
    if (seen[id]) continue;
    seen[id] = true;
    const NodeKind kind = node(id).kind;
    for (NodeId a : node(id).args) {
      held_[a] = held_[a] || ((kind == NodeKind::Aggregate || kind == NodeKind::Select) && !is_selector(node(a).kind));
      stack.push_back(a);
    }
  }
}

Rejection refusal(const Graph& graph, NodeId node, std::string code, std::string message, std::string hint,
                  std::string error_class) {
  return {{Severity::Error, std::move(code), std::move(error_class), std::move(message), graph[node].span,
           std::move(hint)}};
}

Plan Planner::run(NodeId output) {
  find_held(output);
  plan_output(output);
  while (!pending_.empty()) {
    const auto last = std::prev(pending_.end());
    const UnitId id = std::get<2>(*last);
    pending_.erase(last);
    c_.budget.tick(64);
    at_node(plan_.units[id].node, [&] { plan_unit(id); });
  }
  return std::move(plan_);
}

std::optional<Plan> make_plan(PlanContext context, NodeId output) {
  try {
    return Planner(context).run(output);
  } catch (const Rejection& r) {
    context.diagnostics.add(r.diagnostic);
    return std::nullopt;
  }
}

}  // namespace rasp
