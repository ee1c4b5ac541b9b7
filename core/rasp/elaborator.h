// Internal to elaboration: the machine that runs a program's statements. elaborate.cc holds programs and files,
// statements.cc statements and scopes, expressions.cc the expressions, calls.cc what is called, build_values.cc what
// operators do to values that are not s-ops.
#pragma once
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>
#include "rasp/elaborate.h"
#include "syntax/ast.h"

namespace rasp {

struct Scope {
  std::unordered_map<std::string, BuildValueRef> variables;  // null: its definition failed
  std::shared_ptr<Scope> parent;
  std::shared_ptr<Scope> export_to;  // a loaded file's scope: the loader's
};

struct Closure {
  const Statement* definition = nullptr;
  std::shared_ptr<Scope> scope;
};

inline constexpr std::uint32_t library_file = 1;  // in spans

// Ends the current statement. An empty code: the cause is already reported.
[[noreturn]] void raise(Failure failure, Span span);
[[noreturn]] void raise(std::string code, std::string error_class, std::string message, Span span,
                        std::string hint = {}, Fix fix = {});

// Build-time values (build_values.cc).
BuildValueRef atom(Value value);
BuildValueRef list(std::vector<BuildValueRef> items);
bool truthy(const BuildValue& value);
inline bool deferred(const BuildValue& v) {
  return v.kind == BuildValue::Kind::SOp || v.kind == BuildValue::Kind::Selector;
}
std::string kind_of(const BuildValue& value);  // "a list", "an s-op", …
bool same(const BuildValue& a, const BuildValue& b);
// Equal for exactly those atoms that are the same key of a dictionary (1, 1.0 and True are).
std::string key_text(const Value& key);
// Adds to a dictionary, or replaces the value of a key that is there (which stays).
void insert(BuildValue& dictionary, const Value& key, BuildValueRef value);
Op binary_op(const std::string& text);  // expressions.cc
// Binary operators where no side is an s-op or selector.
BuildValueRef combine(Op op, const BuildValueRef& a, const BuildValueRef& b, const Limits& limits, Span span);

class Elaborator {
 public:
  Elaborator(const Sources& sources, Diagnostics& diagnostics, Budget& budget);
  Elaboration run(const std::optional<std::string>& output_expression);

 private:
  struct Deeper;

  // elaborate.cc
  const std::vector<Statement>& parse_file(std::string text, std::string name, std::uint32_t& file);
  void warn_unused();
  void find_names();
  void evaluate_output(const std::optional<std::string>& option);
  void evaluate_assumptions();
  void release_scopes();

  // statements.cc
  void run_statements(const std::vector<Statement>& statements, const std::shared_ptr<Scope>& scope);
  void run_statement(const Statement& s, const std::shared_ptr<Scope>& scope);
  void run_assignment(const Statement& s, const std::shared_ptr<Scope>& scope);
  void run_for(const Statement& s, const std::shared_ptr<Scope>& scope);
  void run_load(const Statement& s, const std::shared_ptr<Scope>& scope);
  void assign(const std::string& name, BuildValueRef value, Span span, const std::shared_ptr<Scope>& scope);
  void check_assignable(const std::string& name, Span span, const Scope& scope) const;
  void name_node(const BuildValue& value, const std::string& name, bool strong);
  void printed(const Statement& s, std::string name, BuildValueRef value);
  std::uint32_t example_for(const BuildValue& value) const {
    return value.kind == BuildValue::Kind::Selector ? selector_example_ : sop_example_;
  }
  void set_example(const Statement& s, const std::shared_ptr<Scope>& scope);
  void command(const Statement& s);
  void poison(const Statement& s, const std::shared_ptr<Scope>& scope);
  std::vector<Value> input_of(const BuildValue& value, Span span) const;
  void keep_if_captured(std::shared_ptr<Scope> scope);

  // expressions.cc
  BuildValueRef evaluate(const Expr& e, const std::shared_ptr<Scope>& scope);
  BuildValueRef evaluate_kind(const Expr& e, const std::shared_ptr<Scope>& scope);
  BuildValueRef look_up(const Expr& e, const Scope& scope);
  BuildValueRef unary(const Expr& e, const std::shared_ptr<Scope>& scope);
  BuildValueRef binary(const Expr& e, const std::shared_ptr<Scope>& scope);
  BuildValueRef binary_step(const Expr& e, const BuildValueRef& a, const BuildValueRef& b);
  BuildValueRef ternary(const Expr& e, const std::shared_ptr<Scope>& scope);
  BuildValueRef membership(const Expr& e, const std::shared_ptr<Scope>& scope);
  BuildValueRef index(const Expr& e, const std::shared_ptr<Scope>& scope);
  /// `sequence[index]` of an s-op: what stands at that position, read everywhere.
  BuildValueRef read_position(const BuildValue& x, const BuildValue& i, Span span, Span at);

  // calls.cc
  BuildValueRef call(const Expr& e, const std::shared_ptr<Scope>& scope);
  BuildValueRef call_function(const BuildValue& function, const std::vector<BuildValueRef>& arguments, Span span);
  BuildValueRef comprehension(const Expr& e, const std::shared_ptr<Scope>& scope);
  BuildValueRef select(const Expr& e, const std::shared_ptr<Scope>& scope);
  BuildValueRef aggregate(const Expr& e, const std::shared_ptr<Scope>& scope);
  BuildValueRef range(const Expr& e, const std::shared_ptr<Scope>& scope);
  BuildValueRef zip(const Expr& e, const std::shared_ptr<Scope>& scope);
  BuildValueRef dictionary(const Expr& e, const std::shared_ptr<Scope>& scope);

  std::vector<BuildValueRef> items_to_loop(const BuildValue& source, const char* what, Span span) const;
  void unpack(const std::vector<std::string>& names, const std::vector<Span>& spans, Span span,
              const BuildValueRef& item, const std::shared_ptr<Scope>& scope, const char* error_class);
  // Any value as a graph node: atoms become constants, other values constants that no sequence may hold.
  NodeId operand(const BuildValue& value, Span span);
  NodeId add(Node node, Span span);
  NodeId elementwise(Op op, std::vector<NodeId> args, Span span);
  BuildValueRef node_value(NodeId id) const;
  void collect(std::size_t items);  // counts items of lists, dictionaries and tables against the limit
  void spend(std::size_t steps);    // counts steps against the limit, and looks at the clock
  BuildValueRef checked(BuildValueRef collection, Span span);  // within the limits of size and nesting
  Span visible(Span span) const;  // the span in the main program that a span in another file belongs to

  const Sources& sources_;
  Diagnostics& diagnostics_;
  Budget& budget_;
  Elaboration out_;
  std::vector<std::unique_ptr<std::vector<Statement>>> trees_;
  std::vector<std::unique_ptr<std::string>> texts_;
  std::shared_ptr<Scope> base_, console_;
  std::unordered_set<std::string> library_names_;
  std::vector<std::string> loading_;
  std::unordered_map<const Statement*, std::uint32_t> loaded_;  // `load` statement → file
  ExprPtr output_expression_, option_expression_;               // of the pragma, of the option
  std::vector<ExprPtr> assumptions_;
  std::unordered_set<std::string> remarked_;  // names without a value that a remark named
  std::uint32_t suggestions_ = 0;
  bool load_failed_ = false;                              // names may be missing for that reason alone
  bool sop_examples_ = true, selector_examples_ = true;   // `examples on|off`
  std::uint32_t sop_example_ = 0, selector_example_ = 0;  // in force, of out_.examples
  std::vector<std::shared_ptr<Scope>>
      captured_;  // scopes that closures hold: emptied at the end, which cuts cycles and long chains
  std::unordered_set<std::string> used_;                             // console names that were read
  std::unordered_map<std::uint64_t, std::vector<NodeId>> recorded_;  // main-file span → nodes
  Span main_span_;
  std::uint32_t depth_ = 0, calls_ = 0;
  std::uint64_t steps_ = 0, collected_ = 0;
};

}  // namespace rasp
