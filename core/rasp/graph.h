// The one program representation that interpreter and compiler share: an immutable graph of s-ops and selectors.
// Nodes are hash-consed (structurally equal nodes are one node), so common subexpressions never multiply work;
// arguments always have smaller ids than their users.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>
#include "base/diagnostics.h"
#include "base/limits.h"
#include "base/value.h"
#include "rasp/function_table.h"

namespace rasp {

using NodeId = std::uint32_t;
constexpr NodeId no_node = 0xffffffffu;

enum class NodeKind : std::uint8_t {
  Tokens,       // s-op; `conversion`
  Indices,      // s-op; 0..n-1
  Constant,     // s-op; `constant` at every position
  Elementwise,  // s-op; `op` over args (1..3), or `table`, or `function`
  Aggregate,    // s-op; args = {selector, value}, `constant` = default
  // s-op; args = {selector}. `length` is the width of the full selector. Of the compiler alone: args = {selector,
  // value}, the
  SelectorWidth,
  // sum of ints over the selected keys.
  // selector; args = {key, query}, entry [q][k] = key[k] `op` query[q], op in Eq..Ge, or `function` of (key, query)
  Select,
  SelectorAnd,  // selector; args = {a, b}
  SelectorOr,   // selector; args = {a, b}
  SelectorNot,  // selector; args = {a}
};

enum class Op : std::uint8_t {
  Add,
  Sub,
  Mul,
  Div,
  Mod,
  Pow,
  Eq,
  Ne,
  Lt,
  Le,
  Gt,
  Ge,
  And,
  Or,
  Not,  // bools by truthiness
  Neg,
  Pos,
  Round,
  Indicator,
  Choose,    // args = {condition, then, else}
  Lookup,    // args = {index}; `table`
  Contains,  // args = {x}; `table` is a list: is x in it?
  ToStr,
  ToInt,
  ToFloat,
  ToBool,     // host conversions (of tokens)
  Tabulated,  // `function`: one of another language, known by its table
};

enum class Conversion : std::uint8_t { Asis, Str, Int, Float, Bool };

// Build-time table for Lookup and Contains. A list or string is indexed by int (negative from the end, bools allowed),
// a dict by any atom under host equality. Entries are atoms, or marked illegal (then using them is a type failure).
struct LookupTable {
  enum class Kind : std::uint8_t { List, String, Dict } kind = Kind::List;
  std::vector<Value> keys;                    // Dict only
  std::vector<std::optional<Value>> entries;  // nullopt: illegal element
};

struct Node {
  NodeKind kind = NodeKind::Constant;
  Op op = Op::Add;
  Conversion conversion = Conversion::Str;
  std::vector<NodeId> args;
  Value constant;
  bool illegal_constant = false;  // a Constant made of a list, dict or function: a type failure wherever evaluated
  std::shared_ptr<const LookupTable> table;
  std::shared_ptr<const FunctionTable> function;  // Tabulated; of a Select a predicate: its outcomes are bools
  // Provenance, not part of identity.
  Span span;         // the expression that first made it
  std::string name;  // display name: the last variable it was assigned to, else empty
};

inline bool is_selector(NodeKind k) { return k >= NodeKind::Select; }

// Whose rules hold beside the operators': RASP's own (core/rasp), or those of Tracr's library for Python. There an s-op
// may mix kinds of values; bools have means, as numbers; a mean asks its selected values alone to be numbers; and
// comparing None fails.
enum class Dialect : std::uint8_t { Rasp, Tracr };

class Graph {
 public:
  explicit Graph(Dialect dialect = Dialect::Rasp) : dialect_(dialect) {}
  Dialect dialect() const { return dialect_; }
  const Node& operator[](NodeId id) const { return nodes_[id]; }
  NodeId size() const { return static_cast<NodeId>(nodes_.size()); }
  // Returns the existing node where one is structurally equal (constants compared by identical(), tables by content).
  // Throws LimitExceeded{"limit-graph-nodes"} beyond limits.graph_nodes.
  NodeId add(Node node, const Limits& limits);
  void set_name(NodeId id, std::string name) { nodes_[id].name = std::move(name); }
  // A short expression text for messages and labels: the name, else e.g. "tokens == \"a\"", cut at 40 characters.
  std::string describe(NodeId id) const;

 private:
  Dialect dialect_;
  std::vector<Node> nodes_;
  std::unordered_multimap<std::size_t, NodeId> by_hash_;
};

// Applies one elementwise node (op or table) to already evaluated operands; the single definition of §4.2–4.7 for
// sequence elements, used by interpreter, constant folding and compiler alike.
// (Qualify calls as rasp::apply where an argument is a standard container: std::apply is found, too.)
Outcome apply(const Node& elementwise, std::span<const Value> operands);
Outcome apply(Op op, std::span<const Value> operands);                                      // any op without table
bool compare(Op op, const Value& key, const Value& query, Failure& failure, bool& failed);  // Eq..Ge for Select

}  // namespace rasp
