#include "rasp/lint.h"

#include <algorithm>

namespace rasp {
namespace {

enum : unsigned { Text = 1, Number = 2, Any = 3 };

// Which kinds of value a node may hold, by its form alone: no value sets are needed, so it also works without a
// vocabulary.
std::vector<unsigned> kinds_of(const Graph& g) {
  std::vector<unsigned> kinds(g.size(), Any);
  const auto of = [](const Value& v) { return v.is_string() ? Text : Number; };
  for (NodeId id = 0; id < g.size(); ++id) {
    const Node& n = g[id];
    switch (n.kind) {
      case NodeKind::Tokens:
        kinds[id] = n.conversion == Conversion::Str ? Text : n.conversion == Conversion::Asis ? Any : Number;
        break;
      case NodeKind::Indices:
      case NodeKind::SelectorWidth: kinds[id] = Number; break;
      case NodeKind::Constant: kinds[id] = of(n.constant); break;
      case NodeKind::Aggregate: kinds[id] = kinds[n.args[1]]; break;
      case NodeKind::Elementwise:
        switch (n.op) {
          case Op::Add: kinds[id] = kinds[n.args[0]] & kinds[n.args[1]]; break;
          case Op::Mul:
          case Op::Mod: kinds[id] = kinds[n.args[0]] | kinds[n.args[1]]; break;
          case Op::Choose: kinds[id] = kinds[n.args[1]] | kinds[n.args[2]]; break;
          case Op::Lookup:
            kinds[id] = 0;
            for (const auto& e : n.table->entries) kinds[id] |= e ? static_cast<unsigned>(of(*e)) : 0u;
            break;
          case Op::ToStr: kinds[id] = Text; break;
          default: kinds[id] = Number;
        }
        if (kinds[id] == 0) kinds[id] = Any;
        break;
      default: break;
    }
  }
  return kinds;
}

// Whether a selector can be trusted, by its form, to hit at most one key a row: an equality whose key is a position or
// a rank.
bool looks_single(const Graph& g, NodeId id, int depth = 0) {
  const Node& n = g[id];
  if (depth > 20) return false;
  if (n.kind == NodeKind::SelectorAnd)
    return looks_single(g, n.args[0], depth + 1) || looks_single(g, n.args[1], depth + 1);
  if (n.kind != NodeKind::Select || n.op != Op::Eq) return false;
  // Anything computed may be injective (a rank, a first instance); plain tokens are not.
  NodeId key = n.args[0];
  while (g[key].kind == NodeKind::Elementwise && g[key].op != Op::And && g[key].args.size() == 1) key = g[key].args[0];
  return g[key].kind != NodeKind::Tokens && g[key].kind != NodeKind::Constant;
}

// Which nodes hold the same value at every position; of selectors: have equal rows. Under a causal mask rows differ in
// length.
std::vector<bool> uniform_nodes(const Graph& g, bool causal) {
  std::vector<bool> uniform(g.size());
  for (NodeId id = 0; id < g.size(); ++id) {
    const Node& n = g[id];
    const auto all = [&] { return std::all_of(n.args.begin(), n.args.end(), [&](NodeId a) { return uniform[a]; }); };
    switch (n.kind) {
      case NodeKind::Tokens:
      case NodeKind::Indices: break;
      case NodeKind::Constant: uniform[id] = true; break;
      case NodeKind::Select: uniform[id] = uniform[n.args[1]]; break;
      case NodeKind::Aggregate:
      case NodeKind::SelectorWidth: uniform[id] = !causal && uniform[n.args[0]]; break;
      default: uniform[id] = all();
    }
  }
  return uniform;
}

}  // namespace

void lint(const Elaboration& program, Diagnostics& diagnostics) {
  const Graph& g = program.graph;
  const auto kinds = kinds_of(g);
  const auto uniform = uniform_nodes(g, program.pragmas.causal.value_or(false));
  for (const Use& use : program.uses) {
    const Node& n = g[use.node];
    if (n.kind == NodeKind::Select && n.span == use.span && uniform[n.args[0]] && !uniform[n.args[1]]) {
      diagnostics.warning("swapped-selector",
                          "The key is the same at every position, so each row selects everything or nothing", use.span,
                          "select takes the key first, then the query: perhaps the two are swapped.");
    }
    if (n.kind != NodeKind::Aggregate || n.span != use.span) continue;
    const unsigned kind = kinds[n.args[1]];
    const bool averages = kind == Text && !looks_single(g, n.args[0]);
    if (averages) {
      diagnostics.warning("mean-of-strings",
                          "If a row selects several positions, this is an error: strings have no mean", use.span,
                          "Select at most one position in each row, or aggregate numbers.");
    }
    const unsigned fallback = n.constant.is_string() ? Text : Number;
    const bool given = !identical(n.constant, Value());
    if (kind != Any && kind != fallback && given && !averages) {
      diagnostics.warning("default-type",
                          std::string("Rows that select nothing give the default ") + n.constant.repr() +
                              ", which does not fit beside " + (kind == Text ? "strings" : "numbers"),
                          use.span,
                          kind == Text
                              ? "Give a string as third argument, for example aggregate(selector, values, \"\")."
                              : "Give a number as third argument.");
    }
  }
}

}  // namespace rasp
