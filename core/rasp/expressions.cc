#include <algorithm>
#include <array>

#include "base/text.h"
#include "rasp/elaborator.h"
#include "rasp/habits.h"
#include "rasp/library.h"
#include "rasp/number_text.h"
#include "syntax/words.h"

namespace rasp {
namespace {

using K = BuildValue::Kind;
using E = Expr::Kind;
constexpr std::uint32_t deepest = 1'200;        // nested evaluations: bounds the machine's stack
constexpr std::uint32_t deepest_nesting = 100;  // lists in lists
constexpr std::size_t most_uses = 50'000;

std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace

Op binary_op(const std::string& text) {
  static const std::unordered_map<std::string, Op> ops = {
      {"+", Op::Add}, {"-", Op::Sub}, {"*", Op::Mul}, {"/", Op::Div}, {"%", Op::Mod}, {"^", Op::Pow},   {"==", Op::Eq},
      {"!=", Op::Ne}, {"<", Op::Lt},  {"<=", Op::Le}, {">", Op::Gt},  {">=", Op::Ge}, {"and", Op::And}, {"or", Op::Or}};
  return ops.at(text);
}

struct Elaborator::Deeper {
  Elaborator& e;
  Span before;
  Deeper(Elaborator& elaborator, Span span) : e(elaborator), before(elaborator.main_span_) {
    if (++e.depth_ > deepest) {
      --e.depth_;
      raise("limit-recursion", "recursion",
            "This calls itself more than " + std::to_string(e.budget_.limits().call_depth) + " levels deep",
            e.visible(span), "Recursion must end through a condition that is not an s-op.");
    }
    if (span.file != library_file) e.main_span_ = span;
  }
  ~Deeper() {
    --e.depth_;
    e.main_span_ = before;
  }
};

Span Elaborator::visible(Span span) const { return span.file == library_file ? main_span_ : span; }

BuildValueRef Elaborator::node_value(NodeId id) const {
  auto v = std::make_shared<BuildValue>();
  v->kind = is_selector(out_.graph[id].kind) ? K::Selector : K::SOp;
  v->node = id;
  return v;
}

NodeId Elaborator::add(Node node, Span span) {
  node.span = visible(span);
  return out_.graph.add(std::move(node), budget_.limits());
}

NodeId Elaborator::elementwise(Op op, std::vector<NodeId> args, Span span) {
  Node node;
  node.kind = NodeKind::Elementwise;
  node.op = op;
  node.args = std::move(args);
  return add(std::move(node), span);
}

NodeId Elaborator::operand(const BuildValue& value, Span span) {
  if (value.kind == K::SOp) return value.node;
  if (value.kind != K::Atom)
    raise("illegal-element", "type", kind_of(value) + " cannot be the element of a sequence", visible(span),
          "Sequences hold ints, floats, bools and strings.");
  Node node;
  node.kind = NodeKind::Constant;
  node.constant = value.atom;
  return add(std::move(node), span);
}

BuildValueRef Elaborator::checked(BuildValueRef v, Span span) {
  if (v->items.size() > budget_.limits().collection_size)
    raise("limit-collection", "limit",
          "A collection may hold at most " + std::to_string(budget_.limits().collection_size) + " items", visible(span),
          "Make it smaller.");
  if (v->nesting > deepest_nesting)
    raise("limit-nesting", "limit", "Lists are nested more than " + std::to_string(deepest_nesting) + " levels deep",
          visible(span), "Make it flatter.");
  collect(v->kind == K::Atom && v->atom.is_string() ? v->atom.text().size() / 8 : v->items.size());
  return v;
}

void Elaborator::collect(std::size_t items) {
  collected_ += items;
  if (collected_ > budget_.limits().total_collection_size)
    throw LimitExceeded{"limit-collection", budget_.limits().total_collection_size};
}

void Elaborator::spend(std::size_t steps) {
  steps_ += steps;
  if (steps_ > budget_.limits().elaboration_steps)
    throw LimitExceeded{"limit-steps", budget_.limits().elaboration_steps};
  budget_.tick(static_cast<std::uint32_t>(std::min<std::size_t>(steps, 4096)));
}

BuildValueRef Elaborator::evaluate(const Expr& e, const std::shared_ptr<Scope>& scope) {
  const Deeper deeper(*this, e.span);
  spend(1);
  BuildValueRef value = evaluate_kind(e, scope);
  if (e.span.file == 0 && deferred(*value) && out_.uses.size() < most_uses) {
    auto& nodes = recorded_[std::uint64_t(e.span.begin) << 32 | e.span.end];
    if (std::find(nodes.begin(), nodes.end(), value->node) == nodes.end()) {
      nodes.push_back(value->node);
      out_.uses.push_back({e.span, value->node, example_for(*value)});
    }
  }
  return value;
}

BuildValueRef Elaborator::evaluate_kind(const Expr& e, const std::shared_ptr<Scope>& scope) {
  switch (e.kind) {
    case E::Int: {
      auto i = BigInt::from_decimal(e.text, budget_.limits().integer_bits);
      if (!i)
        raise("limit-integer", "limit",
              "This int has more than " + std::to_string(budget_.limits().integer_bits) + " bits", e.span);
      return atom(Value::integer(std::move(*i)));
    }
    case E::Float: return atom(Value::real(float_literal(e.text).value_or(0)));
    case E::String: return checked(atom(Value::string(e.text)), e.span);
    case E::Name: return look_up(e, *scope);
    case E::Unary: return unary(e, scope);
    case E::Binary: return binary(e, scope);
    case E::Ternary: return ternary(e, scope);
    case E::In: return membership(e, scope);
    case E::Index: return index(e, scope);
    case E::Call: return call(e, scope);
    case E::List: {
      std::vector<BuildValueRef> items;
      for (const auto& c : e.children) items.push_back(evaluate(*c, scope));
      return checked(list(std::move(items)), e.span);
    }
    case E::Dict: return dictionary(e, scope);
    case E::ListComprehension:
    case E::DictComprehension: return comprehension(e, scope);
    case E::Select: return select(e, scope);
    case E::Aggregate: return aggregate(e, scope);
    case E::Round: {
      const BuildValueRef a = evaluate(*e.children[0], scope);
      if (a->kind == K::SOp) return node_value(elementwise(Op::Round, {a->node}, e.span));
      if (a->kind != K::Atom)
        raise("operand-type", "operand_type", "round expects a number or an s-op, not " + kind_of(*a), visible(e.span));
      Outcome outcome = rasp::apply(Op::Round, std::array{a->atom});
      if (auto* failure = std::get_if<Failure>(&outcome)) raise(std::move(*failure), visible(e.span));
      return atom(std::get<Value>(std::move(outcome)));
    }
    case E::Indicator: {
      const BuildValueRef a = evaluate(*e.children[0], scope);
      if (a->kind != K::SOp)
        raise("not-an-s-op", "type", "indicator expects an s-op, not " + kind_of(*a), visible(e.span));
      return node_value(elementwise(Op::Indicator, {a->node}, e.span));
    }
    case E::Range: return range(e, scope);
    case E::Zip: return zip(e, scope);
    default: {
      const BuildValueRef a = evaluate(*e.children[0], scope);
      if (a->kind != K::List)
        raise("not-a-list", "type", "len expects a list, not " + kind_of(*a), visible(e.span),
              a->kind == K::SOp ? "The length of the input is the s-op `length`." : "");
      return atom(Value::integer(static_cast<std::int64_t>(a->items.size())));
    }
  }
}

BuildValueRef Elaborator::look_up(const Expr& e, const Scope& from) {
  for (const Scope* scope = &from; scope; scope = scope->parent.get()) {
    const auto it = scope->variables.find(e.text);
    if (it == scope->variables.end()) continue;
    if (scope == console_.get()) used_.insert(e.text);
    if (it->second) return it->second;
    // An error would only repeat what is already said; a remark, once.
    if (!remarked_.insert(e.text).second) throw Rejection{};
    throw Rejection{{Severity::Info, "no-value", "undefined_variable",
                     "\"" + e.text + "\" has no value, because its definition failed", visible(e.span),
                     "Fix the definition first."}};
  }
  if (load_failed_ && e.span.file != library_file) {
    if (!remarked_.insert(e.text).second) throw Rejection{};
    throw Rejection{{Severity::Info, "no-value", "undefined_variable",
                     "\"" + cut(e.text, 40) + "\" has no value; perhaps a file that could not be loaded defines it",
                     visible(e.span), "Fix the load first."}};
  }
  std::string best;
  // A suggestion looks at every name: not for the hundredth mistake.
  const bool suggest = ++suggestions_ <= 50;
  std::size_t distance = std::min<std::size_t>(3, e.text.size() / 2 + 1);
  const auto consider = [&](const std::string& name) {
    if (name.size() > e.text.size() + 3 || e.text.size() > name.size() + 3 || e.text.size() > 60) return;
    const std::size_t d = edit_distance(e.text, name);
    if (d < distance || (d == distance && !best.empty() && name < best)) distance = d, best = name;
  };
  for (const Scope* scope = suggest ? &from : nullptr; scope; scope = scope->parent.get()) {
    for (const auto& [name, value] : scope->variables) {
      if (name != "out") consider(name);
    }
  }
  std::vector<std::string> known(std::begin(forms), std::end(forms));
  for (const Scope* scope = suggest ? &from : nullptr; scope; scope = scope->parent.get()) {
    for (const auto& [name, value] : scope->variables) known.push_back(name);
  }
  const std::string spelt = suggest && e.text.size() <= 60 ? other_spelling(e.text, known) : "";
  if (!spelt.empty()) best = spelt;
  std::string hint = best.empty() ? "Define it first; names are case-sensitive." : "Did you mean \"" + best + "\"?";
  // A slip of one letter in a name of the program itself is likelier than a name of another language.
  const bool own = !spelt.empty() || (!best.empty() && distance <= 1 && base_->variables.count(best) == 0);
  if (const std::string foreign = foreign_name_hint(e.text); !foreign.empty() && !own) hint = foreign, best.clear();
  if (e.text == "select" || e.text == "aggregate") hint = "Write \"" + e.text + "(\" without a blank.", best.clear();
  Fix fix;
  if (!best.empty()) fix = {"Write " + best, {{e.span, best}}};
  raise("undefined-name", "undefined_variable", "\"" + cut(e.text, 40) + "\" is not defined", visible(e.span),
        std::move(hint), std::move(fix));
}

BuildValueRef Elaborator::unary(const Expr& e, const std::shared_ptr<Scope>& scope) {
  const BuildValueRef a = evaluate(*e.children[0], scope);
  const Op op = e.text == "not" ? Op::Not : e.text == "-" ? Op::Neg : Op::Pos;
  if (a->kind == K::SOp) return node_value(elementwise(op, {a->node}, e.span));
  if (a->kind == K::Selector && op == Op::Not) {
    Node node;
    node.kind = NodeKind::SelectorNot;
    node.args = {a->node};
    return node_value(add(std::move(node), e.span));
  }
  if (op == Op::Not) return atom(Value::boolean(!truthy(*a)));
  if (a->kind != K::Atom)
    raise("operand-type", "operand_type", "\"" + e.text + "\" expects a number or an s-op, not " + kind_of(*a),
          visible(e.span));
  Outcome outcome = rasp::apply(op, std::array{a->atom});
  if (auto* failure = std::get_if<Failure>(&outcome)) raise(std::move(*failure), visible(e.span));
  return atom(std::get<Value>(std::move(outcome)));
}

// A chain a + b + … leans to the left: walk it without recursion.
BuildValueRef Elaborator::binary(const Expr& e, const std::shared_ptr<Scope>& scope) {
  std::vector<const Expr*> chain;
  const Expr* at = &e;
  for (; at->kind == E::Binary; at = at->children[0].get()) chain.push_back(at);
  BuildValueRef value = evaluate(*at, scope);
  for (std::size_t i = chain.size(); i-- > 0;) {
    const Expr& step = *chain[i];
    const Span before = main_span_;
    const BuildValueRef right = evaluate(*step.children[1], scope);
    if (step.span.file != library_file) main_span_ = step.span;
    value = binary_step(step, value, right);
    main_span_ = before;
    if (i > 0 && step.span.file == 0 && deferred(*value)) {
      auto& nodes = recorded_[std::uint64_t(step.span.begin) << 32 | step.span.end];
      if (std::find(nodes.begin(), nodes.end(), value->node) == nodes.end() && out_.uses.size() < most_uses) {
        nodes.push_back(value->node);
        out_.uses.push_back({step.span, value->node, example_for(*value)});
      }
    }
  }
  return value;
}

BuildValueRef Elaborator::binary_step(const Expr& e, const BuildValueRef& a, const BuildValueRef& b) {
  const Op op = binary_op(e.text);
  const Span span = visible(e.span);
  const bool logical = op == Op::And || op == Op::Or;
  for (const auto& side : {a, b}) {
    if (side->kind == K::Application)
      raise("application-operand", "type", "The result of applying an s-op to an input can only be shown", span,
            "Combine the s-ops first, then apply.");
  }
  if (a->kind == K::Selector || b->kind == K::Selector) {
    if (!logical || a->kind != b->kind) {
      raise("selector-operand", "type", "\"" + e.text + "\" cannot combine " + kind_of(*a) + " with " + kind_of(*b),
            span,
            logical ? "Both sides must be selectors."
                    : "Selectors combine with and, or and not; aggregate makes an s-op of one.");
    }
    Node node;
    node.kind = op == Op::And ? NodeKind::SelectorAnd : NodeKind::SelectorOr;
    node.args = {a->node, b->node};
    return node_value(add(std::move(node), e.span));
  }
  if (a->kind == K::SOp || b->kind == K::SOp) {
    const BuildValue& other = a->kind == K::SOp ? *b : *a;
    if (other.kind != K::SOp && other.kind != K::Atom && !logical) {
      if (op == Op::Eq) return node_value(operand(*atom(Value::boolean(false)), e.span));
      raise("operand-type", "operand_type", "\"" + e.text + "\" cannot combine " + kind_of(*a) + " with " + kind_of(*b),
            span);
    }
    if (op == Op::Mod && a->kind == K::Atom && a->atom.is_string())
      raise("operand-type", "operand_type", "\"%\" cannot format a string with an s-op", span,
            "Use + to join strings.");
    const NodeId left = operand(*a, e.children[0]->span), right = operand(*b, e.children[1]->span);
    return node_value(elementwise(op, {left, right}, e.span));
  }
  if (logical) return truthy(*a) == (op == Op::Or) ? a : b;
  spend((a->items.size() + b->items.size()) / 8);
  return checked(combine(op, a, b, budget_.limits(), span), e.span);
}

BuildValueRef Elaborator::ternary(const Expr& e, const std::shared_ptr<Scope>& scope) {
  const BuildValueRef condition = evaluate(*e.children[1], scope);
  if (condition->kind == K::Selector)
    raise("selector-condition", "type", "A selector cannot be a condition", visible(e.children[1]->span),
          "Use an s-op, such as has_focus(…).");
  if (condition->kind != K::SOp) return evaluate(*e.children[truthy(*condition) ? 0 : 2], scope);
  const BuildValueRef then = evaluate(*e.children[0], scope), other = evaluate(*e.children[2], scope);
  if (then->kind == K::Selector || other->kind == K::Selector) {
    raise("selector-choice", "type", "An s-op cannot choose between selectors", visible(e.span),
          "Let it be part of the selectors: (a and select(True, s, ==)) or (b and select(False, s, ==)); or choose "
          "between what they give: aggregate(a, v) if s else aggregate(b, v).");
  }
  const NodeId a = operand(*then, e.children[0]->span), b = operand(*other, e.children[2]->span);
  return node_value(elementwise(Op::Choose, {condition->node, a, b}, e.span));
}

BuildValueRef Elaborator::membership(const Expr& e, const std::shared_ptr<Scope>& scope) {
  const BuildValueRef x = evaluate(*e.children[0], scope), y = evaluate(*e.children[1], scope);
  const Span span = visible(e.span);
  if (x->kind == K::SOp) {
    if (y->kind != K::List)
      raise("in-operand", "type", "An s-op can be in a list of atoms, not in " + kind_of(*y), span,
            "For a string, list its characters: [\"a\", \"b\"].");
    auto table = std::make_shared<LookupTable>();
    for (const auto& item : y->items) {
      if (item->kind != K::Atom)
        raise("in-operand", "type", "The list holds " + kind_of(*item) + "; an s-op can only be compared with atoms",
              span);
      table->entries.emplace_back(item->atom);
    }
    collect(table->entries.size());
    Node node;
    node.kind = NodeKind::Elementwise;
    node.op = Op::Contains;
    node.args = {x->node};
    node.table = std::move(table);
    return node_value(add(std::move(node), e.span));
  }
  if (x->kind != K::Atom)
    raise("in-operand", "type", "\"in\" expects an atom or an s-op on its left, not " + kind_of(*x), span);
  if (y->kind == K::SOp) {
    // Does any position hold x: the width of the row that selects those positions.
    Node pick;
    pick.kind = NodeKind::Select;
    pick.op = Op::Eq;
    pick.args = {y->node, operand(*x, e.children[0]->span)};
    Node width;
    width.kind = NodeKind::SelectorWidth;
    width.args = {add(std::move(pick), e.span)};
    const NodeId hits = add(std::move(width), e.span);
    return node_value(elementwise(Op::Gt, {hits, operand(*atom(Value::integer(0)), e.span)}, e.span));
  }
  if (y->kind != K::List)
    raise("in-operand", "type", "\"in\" expects a list or an s-op on its right, not " + kind_of(*y), span);
  spend(y->items.size() / 8);
  return atom(
      Value::boolean(std::any_of(y->items.begin(), y->items.end(), [&](const auto& item) { return same(*x, *item); })));
}

BuildValueRef Elaborator::read_position(const BuildValue& x, const BuildValue& i, Span span, Span at) {
  if (i.kind != K::Atom || (i.atom.kind() != Kind::Int && i.atom.kind() != Kind::Bool))
    raise("bad-index", "value", "The position in an s-op is an int, not " + kind_of(i), at,
          "To read at a computed position use load_from_location(seq, location).");
  const BigInt position = i.atom.big();
  NodeId where = operand(*atom(Value::integer(position)), at);
  if (position.is_negative()) where = elementwise(Op::Add, {base_->variables.at("length")->node, where}, span);
  Node pick;
  pick.kind = NodeKind::Select;
  pick.op = Op::Eq;
  pick.args = {base_->variables.at("indices")->node, where};
  Node read;
  read.kind = NodeKind::Aggregate;
  read.args = {add(std::move(pick), span), x.node};
  return node_value(add(std::move(read), span));
}

BuildValueRef Elaborator::index(const Expr& e, const std::shared_ptr<Scope>& scope) {
  const BuildValueRef x = evaluate(*e.children[0], scope), i = evaluate(*e.children[1], scope);
  const Span span = visible(e.span), at = visible(e.children[1]->span);
  const bool text = x->kind == K::Atom && x->atom.is_string();
  if (text) spend(x->atom.text().size() / 8);
  if (x->kind == K::SOp) return read_position(*x, *i, e.span, at);
  if (x->kind != K::List && x->kind != K::Dict && !text)
    raise("not-indexable", "type", "Only lists, strings, dictionaries and s-ops have elements, not " + kind_of(*x),
          span);
  if (i->kind == K::SOp) {
    auto table = std::make_shared<LookupTable>();
    table->kind = text                 ? LookupTable::Kind::String
                  : x->kind == K::Dict ? LookupTable::Kind::Dict
                                       : LookupTable::Kind::List;
    table->keys = x->keys;
    if (text)
      for (std::string& c : code_points(x->atom.text())) table->entries.emplace_back(Value::string(std::move(c)));
    for (const auto& item : x->items)
      table->entries.push_back(item->kind == K::Atom ? std::optional<Value>(item->atom) : std::nullopt);
    collect(table->entries.size());
    Node node;
    node.kind = NodeKind::Elementwise;
    node.op = Op::Lookup;
    node.args = {i->node};
    node.table = std::move(table);
    return node_value(add(std::move(node), e.span));
  }
  if (i->kind != K::Atom) raise("bad-index", "type", "An index is an atom or an s-op, not " + kind_of(*i), at);
  if (x->kind == K::Dict) {
    if (x->index) {
      if (const auto it = x->index->find(key_text(i->atom)); it != x->index->end()) return x->items[it->second];
    }
    raise("key-not-found", "value", "The dictionary has no key " + cut(i->atom.repr(), 40), at);
  }
  if (i->atom.kind() != Kind::Int && i->atom.kind() != Kind::Bool)
    raise("bad-index", "type", "A list or string is indexed by ints, not by " + kind_of(*i), at);
  const std::vector<std::string> characters = text ? code_points(x->atom.text()) : std::vector<std::string>();
  const auto size = static_cast<std::int64_t>(text ? characters.size() : x->items.size());
  const auto wanted = i->atom.int64();
  if (!wanted || *wanted >= size || *wanted < -size) {
    raise("index-out-of-range", "value",
          "Index " + cut(i->atom.str(), 24) + " is outside a " + (text ? "string" : "list") + " of length " +
              std::to_string(size),
          at,
          size == 0 ? "It is empty." : "Use 0 to " + std::to_string(size - 1) + ", or negative numbers from the end.");
  }
  const auto k = static_cast<std::size_t>(*wanted < 0 ? *wanted + size : *wanted);
  return text ? atom(Value::string(characters[k])) : x->items[k];
}

}  // namespace rasp
