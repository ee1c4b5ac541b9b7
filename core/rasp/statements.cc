// What statements do: names, loops, loads, and what is shown.
#include <algorithm>

#include "base/text.h"
#include "rasp/elaborator.h"
#include "syntax/words.h"

namespace rasp {
namespace {

using K = BuildValue::Kind;

// §6.2: never assignable, in any scope.
bool reserved(const std::string& name) { return among(reserved_names, name); }

}  // namespace

void Elaborator::run_statements(const std::vector<Statement>& statements, const std::shared_ptr<Scope>& scope) {
  const bool main = scope == console_;
  for (const Statement& s : statements) {
    if (s.kind == Statement::Kind::Exit) return;
    depth_ = calls_ = 0;
    main_span_ = s.span;
    try {
      if (s.kind == Statement::Kind::Failed) {
        poison(s, scope);
        continue;
      }
      run_statement(s, scope);
    } catch (Rejection& e) {
      if (!e.diagnostic.code.empty()) diagnostics_.add(std::move(e.diagnostic));
      poison(s, scope);
    }
    if (main &&
        (s.kind == Statement::Kind::Assign || s.kind == Statement::Kind::Def || s.kind == Statement::Kind::For)) {
      const std::size_t names = s.kind == Statement::Kind::Def ? 1 : s.names.size();
      for (std::size_t i = 0; i < names; ++i) {
        const auto it = scope->variables.find(s.names[i]);
        out_.definitions.push_back({s.names[i], s.name_spans[i], s.span,
                                    it == scope->variables.end() ? nullptr : it->second, s.kind == Statement::Kind::For,
                                    sop_example_});
      }
    }
  }
}

// What a failed statement would have defined and nobody defined before: its uses are not errors of their own.
void Elaborator::poison(const Statement& s, const std::shared_ptr<Scope>& scope) {
  const std::size_t names = s.kind == Statement::Kind::Def ? std::min<std::size_t>(1, s.names.size()) : s.names.size();
  if (s.kind == Statement::Kind::Load) load_failed_ = true;
  if (s.kind != Statement::Kind::Assign && s.kind != Statement::Kind::Failed && s.kind != Statement::Kind::Def &&
      s.kind != Statement::Kind::For)
    return;
  for (const Statement& inner : s.body)
    if (s.kind == Statement::Kind::For) poison(inner, scope);
  for (std::size_t i = 0; i < names; ++i) {
    if (!reserved(s.names[i]) && base_->variables.count(s.names[i]) == 0) scope->variables.emplace(s.names[i], nullptr);
  }
}

void Elaborator::run_statement(const Statement& s, const std::shared_ptr<Scope>& scope) {
  const bool main = scope == console_;
  spend(1);
  switch (s.kind) {
    case Statement::Kind::Expression: {
      BuildValueRef value = evaluate(*s.values[0], scope);
      scope->variables["out"] = value;
      if (main) {
        const bool named = s.values[0]->kind == Expr::Kind::Name;
        printed(s, named ? s.values[0]->text : "out", value);
        if (value->kind == K::SOp)
          out_.last = value, out_.last_name = named ? s.values[0]->text : "out", out_.last_example = sop_example_;
      }
      return;
    }
    case Statement::Kind::Assign: return run_assignment(s, scope);
    case Statement::Kind::Def: {
      auto closure = std::make_shared<Closure>();
      closure->definition = &s;
      closure->scope = scope;
      auto value = std::make_shared<BuildValue>();
      value->kind = K::Function;
      value->function_name = s.names[0];
      value->parameters.assign(s.names.begin() + 1, s.names.end());
      value->closure = std::move(closure);
      return assign(s.names[0], std::move(value), s.name_spans[0], scope);
    }
    case Statement::Kind::For: return run_for(s, scope);
    case Statement::Kind::Load: return run_load(s, scope);
    case Statement::Kind::Draw: {
      if (s.values.size() > 2) raise("wrong-arguments", "syntax", "draw takes an s-op and optionally an input", s.span);
      const BuildValueRef value = evaluate(*s.values[0], scope);
      if (value->kind != K::SOp)
        raise("not-an-s-op", "type", "draw expects an s-op, not " + kind_of(*value), s.values[0]->span);
      BuildValueRef shown = value;
      if (s.values.size() == 2) {
        auto applied = std::make_shared<BuildValue>();
        applied->kind = K::Application;
        applied->node = value->node;
        applied->input = input_of(*evaluate(*s.values[1], scope), s.values[1]->span);
        shown = std::move(applied);
      }
      if (main) printed(s, "draw", shown);
      out_.drawn.push_back(value->node);
      return;
    }
    case Statement::Kind::SetExample: return set_example(s, scope);
    case Statement::Kind::Command: return command(s);
    default: return;
  }
}

void Elaborator::run_assignment(const Statement& s, const std::shared_ptr<Scope>& scope) {
  std::vector<BuildValueRef> values;
  for (const auto& e : s.values) values.push_back(evaluate(*e, scope));
  if (s.names.size() == values.size()) {
    for (const std::string& name : s.names) check_assignable(name, s.span, *scope);
    for (std::size_t i = 0; i < values.size(); ++i) assign(s.names[i], values[i], s.name_spans[i], scope);
  } else if (s.names.size() == 1) {
    assign(s.names[0], checked(list(std::move(values)), s.span), s.name_spans[0], scope);
  } else if (values.size() == 1) {
    unpack(s.names, s.name_spans, s.values[0]->span, values[0], scope, "operand_type");
  } else {
    raise("wrong-count", "type",
          std::to_string(s.names.size()) + " names cannot take " + std::to_string(values.size()) + " values", s.span,
          "Write as many values as names.");
  }
}

void Elaborator::run_for(const Statement& s, const std::shared_ptr<Scope>& scope) {
  const BuildValueRef source = evaluate(*s.values[0], scope);
  for (const BuildValueRef& item : items_to_loop(*source, "A loop", s.values[0]->span)) {
    if (s.names.size() == 1) assign(s.names[0], item, s.name_spans[0], scope);
    else unpack(s.names, s.name_spans, s.values[0]->span, item, scope, "type");
    for (const Statement& inner : s.body) run_statement(inner, scope);
  }
}

void Elaborator::run_load(const Statement& s, const std::shared_ptr<Scope>& scope) {
  if (std::find(loading_.begin(), loading_.end(), s.text) != loading_.end() || loading_.size() >= 20) {
    raise("load-cycle", "load", "\"" + s.text + "\" loads itself, directly or through other files", s.span,
          "Move what both need into a third file.");
  }
  auto text = sources_.load ? sources_.load(s.text) : std::nullopt;
  if (!text)
    raise("load-not-found", "load", "There is no file \"" + s.text + ".rasp\"", s.span,
          "Files are named without their ending, relative to the program.");
  std::uint32_t file = 0;
  const auto& statements = parse_file(std::move(*text), s.text + ".rasp", file);
  loaded_[&s] = file;
  auto inner = std::make_shared<Scope>();
  inner->parent = base_;
  inner->export_to = scope;
  loading_.push_back(s.text);
  const Span before = main_span_;
  const bool sops = sop_examples_, selectors = selector_examples_;
  run_statements(statements, inner);
  sop_examples_ = sops, selector_examples_ = selectors;
  main_span_ = before;
  loading_.pop_back();
  keep_if_captured(std::move(inner));
}

// The model has one input: the last example. Every statement that shows a value shows it on the example in force at its
// line.
void Elaborator::set_example(const Statement& s, const std::shared_ptr<Scope>& scope) {
  std::vector<Value> example = input_of(*evaluate(*s.values[0], scope), s.values[0]->span);
  collect(example.size());
  const auto number = static_cast<std::uint32_t>(out_.examples.size());
  if (s.text != "selector") sop_example_ = number;
  if (s.text != "s-op") selector_example_ = number;
  if (s.text != "selector" || !out_.example) out_.example = example;
  out_.examples.push_back(std::move(example));
}

// What the original's prompt understands, inside a file. Sequences are always shown in full.
void Elaborator::command(const Statement& s) {
  if (s.text.starts_with("show")) {
    if (s.span.file == 0) printed(s, "example", nullptr);
    return;
  }
  const bool on = s.text.ends_with("on");
  if (s.text.starts_with("examples") || s.text.starts_with("s-op")) sop_examples_ = on;
  if (s.text.starts_with("examples") || s.text.starts_with("selector")) selector_examples_ = on;
}

void Elaborator::printed(const Statement& s, std::string name, BuildValueRef value) {
  const bool selector = value && value->kind == K::Selector;
  const bool drawn = name == "draw";
  const bool shown =
      drawn || !value || (value->kind != K::SOp && !selector) || (selector ? selector_examples_ : sop_examples_);
  const bool of_selectors = selector || (!value && s.text.find("selector") != std::string::npos);
  out_.printed.push_back(
      {s.span, std::move(name), std::move(value), shown, of_selectors ? selector_example_ : sop_example_});
}

void Elaborator::keep_if_captured(std::shared_ptr<Scope> scope) {
  if (scope.use_count() > 1) captured_.push_back(std::move(scope));
}

void Elaborator::check_assignable(const std::string& name, Span span, const Scope& scope) const {
  if (reserved(name))
    raise("reserved-name", "reserved_name", "\"" + name + "\" is built in and cannot be assigned", span,
          "Choose another name.");
  if (&scope == console_.get() && library_names_.count(name)) {
    raise("reserved-name", "reserved_name", "\"" + name + "\" belongs to the library and cannot be assigned here", span,
          "Choose another name, such as \"my_" + name + "\".");
  }
}

void Elaborator::assign(const std::string& name, BuildValueRef value, Span span, const std::shared_ptr<Scope>& scope) {
  check_assignable(name, span, *scope);
  name_node(*value, name, scope == console_);
  if (scope == console_ && value->kind == K::SOp)
    out_.last = value, out_.last_name = name, out_.last_example = sop_example_;
  scope->variables[name] = value;
  if (!scope->export_to || name.starts_with("_")) return;
  assign(name, std::move(value), span, scope->export_to);  // a library name fails here, and stays private to its file
}

// A node carries one display name: a variable of the main program, else the first one anywhere. What is built in keeps
// its own.
void Elaborator::name_node(const BuildValue& value, const std::string& name, bool strong) {
  if (value.kind != K::SOp && value.kind != K::Selector) return;
  const Node& node = out_.graph[value.node];
  if (node.kind == NodeKind::Tokens || node.kind == NodeKind::Indices || node.kind == NodeKind::Constant ||
      library_names_.count(node.name))
    return;
  if (strong || node.name.empty()) out_.graph.set_name(value.node, name);
}

std::vector<Value> Elaborator::input_of(const BuildValue& value, Span span) const {
  std::vector<Value> result;
  if (value.kind == K::Atom && value.atom.is_string()) {
    for (std::string& c : code_points(value.atom.text())) result.push_back(Value::string(std::move(c)));
  } else if (value.kind == K::List) {
    for (const auto& item : value.items) {
      if (item->kind != K::Atom)
        raise("bad-input", "type", "An input holds strings, numbers and bools, not " + kind_of(*item), span);
      result.push_back(item->atom);
    }
  } else if (value.kind == K::Dict) {
    result = value.keys;
  } else {
    raise("bad-input", "type", "An input is a string or a list, not " + kind_of(value), span);
  }
  if (result.empty()) raise("empty-input", "type", "An input has at least one token", span);
  if (const std::size_t most = budget_.limits().input_tokens; result.size() > most)
    raise("limit-input", "limit",
          "This input has " + std::to_string(result.size()) + " tokens; the limit is " + std::to_string(most), span,
          "Shorten it.");
  return result;
}

}  // namespace rasp
