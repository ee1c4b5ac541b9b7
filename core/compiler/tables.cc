#include "compiler/tables.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <optional>

namespace rasp {
namespace {

using Pattern = std::vector<bool>;  // of a query: which keys it selects

bool within(const Pattern& a, const Pattern& b) {
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i] && !b[i]) return false;
  return true;
}
bool disjoint(const Pattern& a, const Pattern& b) {
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i] && b[i]) return false;
  return true;
}
bool empty(const Pattern& p) {
  return std::none_of(p.begin(), p.end(), [](bool b) { return b; });
}

// A predicate's rows as a matrix. Pairs without a row do not occur, and on pairs that fail nothing is asked of a model:
// neither selects.
struct Relation {
  std::vector<Value> keys, queries;     // ascending by total_less
  std::vector<Pattern> patterns;        // distinct
  std::vector<std::size_t> pattern_of;  // of a query

  explicit Relation(const FunctionTable& table) {
    const auto less = [](const Value& a, const Value& b) { return total_less(a, b); };
    std::map<Value, std::size_t, decltype(less)> key_index(less), query_index(less);
    for (std::size_t r = 0; r < table.rows(); ++r) {
      key_index.emplace(table.operands(r)[0], 0);
      query_index.emplace(table.operands(r)[1], 0);
    }
    for (auto& [v, i] : key_index) i = keys.size(), keys.push_back(v);
    for (auto& [v, i] : query_index) i = queries.size(), queries.push_back(v);
    std::vector<Pattern> of(queries.size(), Pattern(keys.size(), false));
    for (std::size_t r = 0; r < table.rows(); ++r)
      if (const Value* v = std::get_if<Value>(&table.outcome(r)); v && v->truthy())
        of[query_index.at(table.operands(r)[1])][key_index.at(table.operands(r)[0])] = true;
    std::map<Pattern, std::size_t> seen;
    for (Pattern& p : of) {
      const auto [it, fresh] = seen.try_emplace(p, patterns.size());
      if (fresh) patterns.push_back(p);
      pattern_of.push_back(it->second);
    }
  }
};

class Builder {
 public:
  Builder(const Graph& graph, bool operators, const Limits& limits)
      : graph_(graph), operators_(operators), limits_(limits) {
    result_.graph = Graph(graph.dialect());
    result_.target.assign(graph.size(), no_node);
  }

  WithoutPredicates run(const std::vector<NodeId>& outputs) {
    std::vector<bool> needed(graph_.size(), false);
    for (NodeId output : outputs) needed[output] = true;
    for (NodeId id = graph_.size(); id-- > 0;)
      if (needed[id])
        for (NodeId a : graph_[id].args) needed[a] = true;
    for (NodeId id = 0; id < graph_.size(); ++id) {
      if (!needed[id]) continue;
      current_ = id;
      const Node& node = graph_[id];
      NodeId made = no_node;
      if (node.op == Op::Tabulated && node.kind == NodeKind::Elementwise) made = operation(node);
      if (node.op == Op::Tabulated && node.kind == NodeKind::Select) made = predicate(node);
      if (made == no_node) {
        Node copy = node;
        for (NodeId& a : copy.args) a = result_.target[a];
        made = add(std::move(copy));
      } else if (!node.name.empty()) {
        result_.graph.set_name(made, node.name);
      }
      result_.target[id] = made;
      result_.origin[made] = id;
    }
    return std::move(result_);
  }

 private:
  NodeId add(Node node) {
    const NodeId id = result_.graph.add(std::move(node), limits_);
    if (id == result_.origin.size()) result_.origin.push_back(current_);
    return id;
  }
  NodeId make(NodeKind kind, Op op, std::vector<NodeId> args) {
    Node n;
    n.kind = kind;
    n.op = op;
    n.args = std::move(args);
    n.span = graph_[current_].span;
    return add(std::move(n));
  }
  NodeId constant(Value v) {
    Node n;
    n.constant = std::move(v);
    n.span = graph_[current_].span;
    return add(std::move(n));
  }

  // Does op give what every row gives that has a value?
  static bool is(const FunctionTable& table, const std::function<Outcome(std::span<const Value>)>& op) {
    std::size_t values = 0;
    for (std::size_t r = 0; r < table.rows(); ++r) {
      const Value* v = std::get_if<Value>(&table.outcome(r));
      if (!v) continue;
      ++values;
      const Outcome other = op(table.operands(r));
      if (!std::holds_alternative<Value>(other) || !identical(*v, std::get<Value>(other))) return false;
    }
    return values > 1;
  }

  NodeId operation(const Node& node) {
    if (!operators_ || node.args.size() != 2 || node.args[0] == node.args[1]) return no_node;
    const NodeId x = result_.target[node.args[0]], y = result_.target[node.args[1]];
    for (Op op : {Op::Sub, Op::Add, Op::Mul, Op::Eq, Op::Ne, Op::Lt, Op::Le, Op::Gt, Op::Ge, Op::And, Op::Or})
      if (is(*node.function, [&](std::span<const Value> v) { return rasp::apply(op, v); }))
        return make(NodeKind::Elementwise, op, {x, y});
    return linear(*node.function, x, y);
  }

  // a x + b y with ints a and b.
  NodeId linear(const FunctionTable& table, NodeId x, NodeId y) {
    double a = 0, b = 0, p = 0, q = 0, r = 0;
    bool first = false, second = false;
    for (std::size_t i = 0; i < table.rows() && !second; ++i) {
      const auto v = table.operands(i);
      const Value* out = std::get_if<Value>(&table.outcome(i));
      if (!out) continue;
      if (!v[0].is_number() || !v[1].is_number() || !out->is_number()) return no_node;
      const double s = v[0].number(), t = v[1].number(), u = out->number(), determinant = p * t - q * s;
      if (!first) {
        if (s != 0 || t != 0) first = true, p = s, q = t, r = u;
      } else if (determinant != 0) {
        second = true;
        a = std::nearbyint((r * t - q * u) / determinant);
        b = std::nearbyint((p * u - r * s) / determinant);
      }
    }
    if (!second || !(std::fabs(a) < 1e6 && std::fabs(b) < 1e6)) return no_node;
    const Value fa = Value::integer(static_cast<std::int64_t>(a)), fb = Value::integer(static_cast<std::int64_t>(b));
    const auto times = [](const Value& f, const Value& v) {
      const Value pair[] = {f, v};
      return rasp::apply(Op::Mul, pair);
    };
    if (!is(table, [&](std::span<const Value> v) -> Outcome {
          const Outcome s = times(fa, v[0]), t = times(fb, v[1]);
          if (!std::holds_alternative<Value>(s) || !std::holds_alternative<Value>(t)) return Failure{};
          const Value pair[] = {std::get<Value>(s), std::get<Value>(t)};
          return rasp::apply(Op::Add, pair);
        }))
      return no_node;
    const auto scaled = [&](const Value& f, NodeId of) {
      return make(NodeKind::Elementwise, Op::Mul, {constant(f), of});
    };
    return make(NodeKind::Elementwise, Op::Add, {scaled(fa, x), scaled(fb, y)});
  }

  // The class of a key or query: an elementwise node over the s-op that it was.
  NodeId classes(NodeId of, const std::vector<Value>& values, const std::function<std::int64_t(std::size_t)>& number) {
    auto table = std::make_shared<FunctionTable>(1, "class");
    for (std::size_t i = 0; i < values.size(); ++i) table->add({values[i]}, Value::integer(number(i)));
    Node n;
    n.kind = NodeKind::Elementwise;
    n.op = Op::Tabulated;
    n.args = {of};
    n.function = std::move(table);
    n.span = graph_[current_].span;
    return add(std::move(n));
  }

  NodeId predicate(const Node& node) {
    const NodeId key = result_.target[node.args[0]], query = result_.target[node.args[1]];
    for (Op op : {Op::Eq, Op::Ne, Op::Lt, Op::Le, Op::Gt, Op::Ge})
      if (is(*node.function, [&](std::span<const Value> v) -> Outcome {
            Failure failure;
            bool failed = false;
            const bool hit = compare(op, v[0], v[1], failure, failed);
            if (failed) return failure;
            return Value::boolean(hit);
          }))
        return make(NodeKind::Select, op, {key, query});
    const Relation r(*node.function);
    if (r.patterns.size() == 1 &&
        (empty(r.patterns[0]) || std::all_of(r.patterns[0].begin(), r.patterns[0].end(), [](bool b) { return b; })))
      return make(NodeKind::Select, empty(r.patterns[0]) ? Op::Ne : Op::Eq,
                  {constant(Value::integer(std::int64_t{1})), constant(Value::integer(std::int64_t{1}))});
    if (const NodeId found = ordered(r, key, query); found != no_node) return found;
    if (const NodeId found = interval(r, key, query); found != no_node) return found;
    return unions(r, key, query);
  }

  // Every two patterns are one within the other: a key has a place in that order, a query how far it reaches.
  NodeId ordered(const Relation& r, NodeId key, NodeId query) {
    std::vector<std::size_t> order(r.patterns.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    const auto size = [&](std::size_t p) { return std::count(r.patterns[p].begin(), r.patterns[p].end(), true); };
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return size(a) < size(b); });
    for (std::size_t i = 1; i < order.size(); ++i)
      if (!within(r.patterns[order[i - 1]], r.patterns[order[i]])) return no_node;
    const auto place = [&](std::size_t k) {
      std::size_t i = 0;
      while (i < order.size() && !r.patterns[order[i]][k]) ++i;
      return static_cast<std::int64_t>(i);
    };
    const auto reach = [&](std::size_t q) {
      return static_cast<std::int64_t>(std::find(order.begin(), order.end(), r.pattern_of[q]) - order.begin());
    };
    return make(NodeKind::Select, Op::Le, {classes(key, r.keys, place), classes(query, r.queries, reach)});
  }

  // Each query selects a run of neighbouring keys.
  NodeId interval(const Relation& r, NodeId key, NodeId query) {
    std::vector<std::pair<std::int64_t, std::int64_t>> runs;
    for (const Pattern& p : r.patterns) {
      const auto n = static_cast<std::int64_t>(p.size());
      const auto low = std::find(p.begin(), p.end(), true) - p.begin();
      std::int64_t high = low;
      while (high < n && p[static_cast<std::size_t>(high)]) ++high;
      if (std::find(p.begin() + high, p.end(), true) != p.end()) return no_node;
      runs.emplace_back(low == n ? 1 : low, low == n ? 0 : high - 1);
    }
    if (std::all_of(runs.begin(), runs.end(), [](const auto& x) { return x.first >= x.second; }))
      return no_node;  // single keys: an equality is less
    const NodeId place = classes(key, r.keys, [](std::size_t k) { return static_cast<std::int64_t>(k); });
    const NodeId low = classes(query, r.queries, [&](std::size_t q) { return runs[r.pattern_of[q]].first; });
    const NodeId high = classes(query, r.queries, [&](std::size_t q) { return runs[r.pattern_of[q]].second; });
    return make(NodeKind::SelectorAnd, Op::Eq,
                {make(NodeKind::Select, Op::Ge, {place, low}), make(NodeKind::Select, Op::Le, {place, high})});
  }

  // Patterns that share no key are one equality of classes; the rest follows in as many equalities as it takes.
  NodeId unions(const Relation& r, NodeId key, NodeId query) {
    std::vector<std::vector<std::size_t>> groups;
    for (std::size_t p = 0; p < r.patterns.size(); ++p) {
      if (empty(r.patterns[p])) continue;
      const auto fits = [&](const std::vector<std::size_t>& g) {
        return std::all_of(g.begin(), g.end(),
                           [&](std::size_t other) { return disjoint(r.patterns[other], r.patterns[p]); });
      };
      const auto group = std::find_if(groups.begin(), groups.end(), fits);
      if (group == groups.end()) groups.push_back({p});
      else group->push_back(p);
    }
    NodeId any = no_node;
    for (const auto& group : groups) {
      const auto key_class = [&](std::size_t k) {
        for (std::size_t g = 0; g < group.size(); ++g)
          if (r.patterns[group[g]][k]) return static_cast<std::int64_t>(g);
        return std::int64_t{-1};
      };
      const auto query_class = [&](std::size_t q) {
        const auto at = std::find(group.begin(), group.end(), r.pattern_of[q]);
        return at == group.end() ? std::int64_t{-2} : static_cast<std::int64_t>(at - group.begin());
      };
      const NodeId one =
          make(NodeKind::Select, Op::Eq, {classes(key, r.keys, key_class), classes(query, r.queries, query_class)});
      any = any == no_node ? one : make(NodeKind::SelectorOr, Op::Eq, {any, one});
    }
    return any;
  }

  const Graph& graph_;
  const bool operators_;
  const Limits& limits_;
  NodeId current_ = 0;
  WithoutPredicates result_;
};

}  // namespace

WithoutPredicates without_predicates(const Graph& graph, const std::vector<NodeId>& outputs, bool operators,
                                     const Limits& limits) {
  return Builder(graph, operators, limits).run(outputs);
}

}  // namespace rasp
