// Calls, loops over lists, and the forms that are read like calls.
#include <algorithm>

#include "rasp/elaborator.h"
#include "rasp/habits.h"

namespace rasp {
namespace {

using K = BuildValue::Kind;
using E = Expr::Kind;
constexpr std::size_t scope_cost = 8;  // steps that a call or a turn of a comprehension counts for

}  // namespace

BuildValueRef Elaborator::call(const Expr& e, const std::shared_ptr<Scope>& scope) {
  const BuildValueRef f = evaluate(*e.children[0], scope);
  std::vector<BuildValueRef> arguments;
  for (std::size_t i = 1; i < e.children.size(); ++i) arguments.push_back(evaluate(*e.children[i], scope));
  if (f->kind == K::Function) return call_function(*f, arguments, e.span);
  if (!deferred(*f))
    raise("not-callable", "not_implemented", kind_of(*f) + " cannot be called", visible(e.span),
          "Functions are called; s-ops and selectors are applied to an input.");
  if (arguments.size() != 1)
    raise("wrong-arguments", "args",
          "An s-op or selector is applied to one input, not to " + std::to_string(arguments.size()) + " arguments",
          visible(e.span), "Write s(\"abc\") or s([1, 2, 3]).");
  auto result = std::make_shared<BuildValue>();
  result->kind = K::Application;
  result->node = f->node;
  if (deferred(*arguments[0])) {
    raise("bad-input", "type",
          "An s-op or selector is applied to an input, a string or a list, and not to " + kind_of(*arguments[0]),
          visible(e.children[1]->span), applied_hint(e.children[0]->kind == E::Name ? e.children[0]->text : ""));
  }
  result->input = input_of(*arguments[0], visible(e.children[1]->span));
  return result;
}

BuildValueRef Elaborator::call_function(const BuildValue& f, const std::vector<BuildValueRef>& arguments, Span span) {
  if (arguments.size() != f.parameters.size()) {
    raise("wrong-arguments", "args",
          f.function_name + " takes " + std::to_string(f.parameters.size()) + " argument" +
              (f.parameters.size() == 1 ? "" : "s") + ", not " + std::to_string(arguments.size()),
          visible(span),
          !f.closure || f.closure->definition->span.file == library_file ? library_call_hint(f.function_name) : "");
  }
  if (!f.closure) {
    if (arguments[0]->kind != K::Selector)
      raise("not-a-selector", "type", "selector_width expects a selector, not " + kind_of(*arguments[0]), visible(span),
            "Make one with select(key, query, op).");
    Node node;
    node.kind = NodeKind::SelectorWidth;
    node.args = {arguments[0]->node};
    return node_value(add(std::move(node), span));
  }
  if (calls_ >= budget_.limits().call_depth)
    raise("limit-recursion", "recursion",
          f.function_name + " calls itself more than " + std::to_string(budget_.limits().call_depth) + " levels deep",
          visible(span), "Recursion must end through a condition that is not an s-op.");
  const Statement& definition = *f.closure->definition;
  const bool library = definition.span.file == library_file && span.file != library_file;
  spend(scope_cost);
  auto inner = std::make_shared<Scope>();
  inner->parent = f.closure->scope;
  ++calls_;
  struct Leave {
    Elaborator& e;
    std::shared_ptr<Scope>& scope;
    ~Leave() {
      --e.calls_;
      e.keep_if_captured(std::move(scope));
    }
  } leave{*this, inner};
  try {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      check_assignable(f.parameters[i], definition.name_spans[i + 1], *inner);
      inner->variables[f.parameters[i]] = arguments[i];
    }
    for (const Statement& s : definition.body) run_statement(s, inner);
    if (definition.values.size() == 1) return evaluate(*definition.values[0], inner);
    std::vector<BuildValueRef> results;
    for (const auto& e : definition.values) results.push_back(evaluate(*e, inner));
    return checked(list(std::move(results)), span);
  } catch (Rejection& error) {
    if (library && error.diagnostic.span.file == library_file) error.diagnostic.span = span;
    throw;
  }
}

std::vector<BuildValueRef> Elaborator::items_to_loop(const BuildValue& source, const char* what, Span span) const {
  if (source.kind == K::List) return source.items;
  if (source.kind != K::Dict)
    raise("not-iterable", "type",
          std::string(what) + " goes over a list or the keys of a dictionary, not " + kind_of(source), visible(span));
  std::vector<BuildValueRef> keys;
  for (const Value& key : source.keys) keys.push_back(atom(key));
  return keys;
}

void Elaborator::unpack(const std::vector<std::string>& names, const std::vector<Span>& spans, Span span,
                        const BuildValueRef& item, const std::shared_ptr<Scope>& scope, const char* error_class) {
  std::vector<BuildValueRef> parts;
  if (item->kind == K::List) parts = item->items;
  else if (item->kind == K::Dict)
    for (const Value& key : item->keys) parts.push_back(atom(key));
  else if (item->kind == K::Atom && item->atom.is_string())
    for (std::string& c : code_points(item->atom.text())) parts.push_back(atom(Value::string(std::move(c))));
  else
    raise("not-unpackable", error_class,
          "Only lists, strings and dictionaries can be unpacked into several names, not " + kind_of(*item),
          visible(span));
  if (parts.size() != names.size())
    raise("wrong-count", "type",
          std::to_string(names.size()) + " names cannot take " + std::to_string(parts.size()) + " values",
          visible(span), "Write as many names as values.");
  for (const std::string& name : names) check_assignable(name, visible(span), *scope);
  for (std::size_t i = 0; i < names.size(); ++i) assign(names[i], parts[i], spans.size() > i ? spans[i] : span, scope);
}

BuildValueRef Elaborator::comprehension(const Expr& e, const std::shared_ptr<Scope>& scope) {
  const bool dict = e.kind == E::DictComprehension;
  const Expr& source = *e.children.back();
  auto result = std::make_shared<BuildValue>();
  result->kind = dict ? K::Dict : K::List;
  const BuildValueRef over = evaluate(source, scope);
  for (const BuildValueRef& item : items_to_loop(*over, "A comprehension", source.span)) {
    spend(scope_cost);
    auto inner = std::make_shared<Scope>();
    inner->parent = scope;
    if (e.names.size() == 1) {
      check_assignable(e.names[0], visible(e.span), *inner);
      inner->variables[e.names[0]] = item;
    } else {
      unpack(e.names, {}, source.span, item, inner, "type");
    }
    BuildValueRef first = evaluate(*e.children[0], inner);
    if (dict) {
      if (first->kind != K::Atom)
        raise("bad-key", "type", "The key of a dictionary is an atom, not " + kind_of(*first),
              visible(e.children[0]->span));
      insert(*result, first->atom, evaluate(*e.children[1], inner));
    } else {
      result->nesting = std::max(result->nesting, first->nesting + 1);
      result->items.push_back(std::move(first));
    }
    keep_if_captured(std::move(inner));
  }
  return checked(std::move(result), e.span);
}

BuildValueRef Elaborator::dictionary(const Expr& e, const std::shared_ptr<Scope>& scope) {
  auto result = std::make_shared<BuildValue>();
  result->kind = K::Dict;
  for (std::size_t i = 0; i + 1 < e.children.size(); i += 2) {
    const BuildValueRef key = evaluate(*e.children[i], scope);
    if (key->kind != K::Atom)
      raise("bad-key", "type", "The key of a dictionary is an atom, not " + kind_of(*key),
            visible(e.children[i]->span));
    insert(*result, key->atom, evaluate(*e.children[i + 1], scope));
  }
  return checked(std::move(result), e.span);
}

BuildValueRef Elaborator::select(const Expr& e, const std::shared_ptr<Scope>& scope) {
  const BuildValueRef key = evaluate(*e.children[0], scope), query = evaluate(*e.children[1], scope);
  Node node;
  node.kind = NodeKind::Select;
  node.op = binary_op(e.text);
  node.args = {operand(*key, e.children[0]->span), operand(*query, e.children[1]->span)};
  return node_value(add(std::move(node), e.span));
}

BuildValueRef Elaborator::aggregate(const Expr& e, const std::shared_ptr<Scope>& scope) {
  std::vector<BuildValueRef> arguments;
  for (const auto& child : e.children) arguments.push_back(evaluate(*child, scope));
  if (arguments[0]->kind != K::Selector)
    raise("not-a-selector", "type", "aggregate expects a selector first, not " + kind_of(*arguments[0]),
          visible(e.children[0]->span), "Make one with select(key, query, op).");
  if (arguments[1]->kind != K::SOp && arguments[1]->kind != K::Atom)
    raise("not-an-s-op", "type", "aggregate expects an s-op second, not " + kind_of(*arguments[1]),
          visible(e.children[1]->span),
          arguments[1]->kind == K::Selector ? "To combine selectors use and, or, not." : "");
  if (arguments.size() > 2 && arguments[2]->kind != K::Atom)
    raise("bad-default", "type", "The default of aggregate is an atom, not " + kind_of(*arguments[2]),
          visible(e.children[2]->span), "Choose between the results afterwards: x if has_focus(selector) else y.");
  Node node;
  node.kind = NodeKind::Aggregate;
  node.args = {arguments[0]->node, operand(*arguments[1], e.children[1]->span)};
  if (arguments.size() > 2) node.constant = arguments[2]->atom;
  return node_value(add(std::move(node), e.span));
}

BuildValueRef Elaborator::range(const Expr& e, const std::shared_ptr<Scope>& scope) {
  std::vector<std::int64_t> n;
  for (const auto& child : e.children) {
    const BuildValueRef v = evaluate(*child, scope);
    const bool whole = v->kind == K::Atom && (v->atom.kind() == Kind::Int || v->atom.kind() == Kind::Bool);
    if (!whole) raise("not-an-int", "type", "range expects ints, not " + kind_of(*v), visible(child->span));
    const auto i = v->atom.int64();
    if (!i || std::llabs(*i) > (1ll << 60))
      raise("limit-collection", "limit",
            "A range may have at most " + std::to_string(budget_.limits().collection_size) + " items",
            visible(child->span), "Make it smaller.");
    n.push_back(*i);
  }
  if (n.size() > 3) raise("wrong-arguments", "type", "range takes one to three ints", visible(e.span));
  if (n.size() == 1) n.insert(n.begin(), 0);
  if (n.size() == 2) n.push_back(1);
  if (n[2] == 0) raise("zero-step", "conversion", "The step of range must not be 0", visible(e.span));
  const std::int64_t distance = n[2] > 0 ? n[1] - n[0] : n[0] - n[1], step = std::llabs(n[2]);
  const std::int64_t count = distance <= 0 ? 0 : (distance - 1) / step + 1;
  if (count > budget_.limits().collection_size)
    raise("limit-collection", "limit",
          "A range may have at most " + std::to_string(budget_.limits().collection_size) +
              " items, this one would have " + std::to_string(count),
          visible(e.span), "Make it smaller.");
  std::vector<BuildValueRef> items;
  for (std::int64_t i = 0; i < count; ++i) items.push_back(atom(Value::integer(n[0] + i * n[2])));
  return checked(list(std::move(items)), e.span);
}

BuildValueRef Elaborator::zip(const Expr& e, const std::shared_ptr<Scope>& scope) {
  std::vector<BuildValueRef> lists;
  for (const auto& child : e.children) {
    lists.push_back(evaluate(*child, scope));
    if (lists.back()->kind != K::List)
      raise("not-a-list", "type", "zip expects lists, not " + kind_of(*lists.back()), visible(child->span));
    if (lists.back()->items.size() != lists[0]->items.size())
      raise("wrong-count", "type",
            "zip expects lists of equal length, not " + std::to_string(lists[0]->items.size()) + " and " +
                std::to_string(lists.back()->items.size()) + " items",
            visible(e.span));
  }
  std::vector<BuildValueRef> rows;
  for (std::size_t i = 0; i < lists[0]->items.size(); ++i) {
    std::vector<BuildValueRef> row;
    row.reserve(lists.size());
    for (const auto& l : lists) row.push_back(l->items[i]);
    rows.push_back(checked(list(std::move(row)), e.span));
  }
  return checked(list(std::move(rows)), e.span);
}

}  // namespace rasp
