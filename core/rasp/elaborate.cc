#include "rasp/elaborate.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "rasp/elaborator.h"
#include "rasp/library.h"
#include "rasp/lint.h"
#include "rasp/pragmas.h"
#include "syntax/parser.h"
#include "syntax/words.h"

namespace rasp {
namespace {

using K = BuildValue::Kind;

// §6.2: never assignable, in any scope.
bool reserved(const std::string& name) { return among(reserved_names, name); }

std::string limit_message(const LimitExceeded& e) {
  const std::string code = e.code, n = std::to_string(e.limit);
  if (code == "limit-graph-nodes") return "The program has more than " + n + " s-ops and selectors";
  if (code == "limit-steps") return "The program takes more than " + n + " steps to build";
  if (code == "limit-collection") return "The program makes lists of more than " + n + " items altogether";
  return "The program passes the limit of " + n;
}

}  // namespace

Elaborator::Elaborator(const Sources& sources, Diagnostics& diagnostics, Budget& budget) : sources_(sources), diagnostics_(diagnostics), budget_(budget) {
  base_ = std::make_shared<Scope>();
  out_.examples.emplace_back();
  for (std::string& c : code_points("hello")) out_.examples[0].push_back(Value::string(std::move(c)));
  const auto tokens = [&](const char* name, Conversion conversion) {
    Node node;
    node.kind = NodeKind::Tokens;
    node.conversion = conversion;
    base_->variables[name] = node_value(out_.graph.add(std::move(node), budget_.limits()));
  };
  tokens("tokens", Conversion::Str);
  tokens("tokens_str", Conversion::Str);
  tokens("tokens_int", Conversion::Int);
  tokens("tokens_float", Conversion::Float);
  tokens("tokens_bool", Conversion::Bool);
  tokens("tokens_asis", Conversion::Asis);
  Node indices;
  indices.kind = NodeKind::Indices;
  base_->variables["indices"] = node_value(out_.graph.add(std::move(indices), budget_.limits()));
  base_->variables["True"] = atom(Value::boolean(true));
  base_->variables["False"] = atom(Value::boolean(false));
  auto width = std::make_shared<BuildValue>();
  width->kind = K::Function;
  width->function_name = "selector_width";
  width->parameters = {"sel"};
  base_->variables["selector_width"] = width;
  library_names_.insert("selector_width");
}

// Parses and keeps the text and the tree; `file` becomes its number in spans.
const std::vector<Statement>& Elaborator::parse_file(std::string text, std::string name, std::uint32_t& file) {
  file = static_cast<std::uint32_t>(out_.file_names.size());
  out_.file_names.push_back(std::move(name));
  if (text.size() > budget_.limits().source_bytes) {
    diagnostics_.error("limit-source", "limit", "This file is longer than " + std::to_string(budget_.limits().source_bytes) + " bytes", {0, 1, file}, "Split it, or shorten it.");
    text.clear();
  }
  if (text.starts_with("\xEF\xBB\xBF")) text.replace(0, 3, "   ");
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t n = text[i] == '\0' ? 0 : utf8_length(text, i);
    if (n == 0) {
      diagnostics_.error("invalid-character", "syntax", text[i] == '\0' ? "The file holds a NUL byte" : "These bytes are not valid text", {static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(i + 1), file}, "Save the file as UTF-8 text.");
      for (; i < text.size(); i += std::max<std::size_t>(1, utf8_length(text, i))) {
        if (text[i] == '\0' || utf8_length(text, i) == 0) text[i] = ' ';
      }
      break;
    }
    i += n;
  }
  texts_.push_back(std::make_unique<std::string>(std::move(text)));
  out_.file_texts.push_back(*texts_.back());
  trees_.push_back(std::make_unique<std::vector<Statement>>(parse(*texts_.back(), file, diagnostics_, budget_.limits())));
  return *trees_.back();
}

Elaboration Elaborator::run(const std::optional<std::string>& output_expression) {
  std::uint32_t file = 0;
  const std::vector<Statement>* main = nullptr;
  try {
    main = &parse_file(sources_.main, sources_.main_name, file);
    out_.pragmas = read_pragmas(out_.file_texts[0], diagnostics_);
    run_statements(parse_file(std::string(library_source), "library.rasp", file), base_);
    for (const auto& [name, value] : base_->variables) {
      if (name != "tokens" && !reserved(name)) library_names_.insert(name);
    }
    console_ = std::make_shared<Scope>();
    console_->parent = base_;
    run_statements(*main, console_);
    evaluate_output(output_expression);
    evaluate_assumptions();
    find_names();
    if (!diagnostics_.has_errors()) {
      warn_unused();
      lint(out_, diagnostics_);
    }
  } catch (const LimitExceeded& e) {
    if (std::string_view(e.code) == "limit-time") {
      release_scopes();
      throw;
    }
    if (main) find_names();
    diagnostics_.error(e.code, "limit", limit_message(e), main_span_, "Make the program smaller.");
  }
  release_scopes();
  return std::move(out_);
}

// Functions hold the scope they were defined in, and that scope holds them.
void Elaborator::release_scopes() {
  for (auto& scope : captured_) scope->variables.clear();
  if (console_) console_->variables.clear();
  base_->variables.clear();
}

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
    } catch (StatementError& e) {
      if (!e.diagnostic.code.empty()) diagnostics_.add(std::move(e.diagnostic));
      poison(s, scope);
    }
    if (main && (s.kind == Statement::Kind::Assign || s.kind == Statement::Kind::Def || s.kind == Statement::Kind::For)) {
      const std::size_t names = s.kind == Statement::Kind::Def ? 1 : s.names.size();
      for (std::size_t i = 0; i < names; ++i) {
        const auto it = scope->variables.find(s.names[i]);
        out_.definitions.push_back({s.names[i], s.name_spans[i], s.span, it == scope->variables.end() ? nullptr : it->second, s.kind == Statement::Kind::For, sop_example_});
      }
    }
  }
}

// What a failed statement would have defined and nobody defined before: its uses are not errors of their own.
void Elaborator::poison(const Statement& s, const std::shared_ptr<Scope>& scope) {
  const std::size_t names = s.kind == Statement::Kind::Def ? std::min<std::size_t>(1, s.names.size()) : s.names.size();
  if (s.kind == Statement::Kind::Load) load_failed_ = true;
  if (s.kind != Statement::Kind::Assign && s.kind != Statement::Kind::Failed && s.kind != Statement::Kind::Def && s.kind != Statement::Kind::For) return;
  for (const Statement& inner : s.body) if (s.kind == Statement::Kind::For) poison(inner, scope);
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
        if (value->kind == K::SOp) out_.last = value, out_.last_name = named ? s.values[0]->text : "out", out_.last_example = sop_example_;
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
      if (value->kind != K::SOp) raise("not-an-s-op", "type", "draw expects an s-op, not " + kind_of(*value), s.values[0]->span);
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
    raise("wrong-count", "type", std::to_string(s.names.size()) + " names cannot take " + std::to_string(values.size()) + " values", s.span, "Write as many values as names.");
  }
}

void Elaborator::printed(const Statement& s, std::string name, BuildValueRef value) {
  const bool selector = value && value->kind == K::Selector;
  const bool drawn = name == "draw";
  const bool shown = drawn || !value || (value->kind != K::SOp && !selector) || (selector ? selector_examples_ : sop_examples_);
  const bool of_selectors = selector || (!value && s.text.find("selector") != std::string::npos);
  out_.printed.push_back({s.span, std::move(name), std::move(value), shown, of_selectors ? selector_example_ : sop_example_});
}

// The model has one input: the last example. Every statement that shows a value shows it on the example in force at its line.
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

void Elaborator::find_names() {
  const auto loaded = [&](const Statement& load) -> const std::vector<Statement>* {
    const auto it = loaded_.find(&load);
    return it == loaded_.end() ? nullptr : trees_[it->second].get();
  };
  NameSources sources{*trees_[0], *texts_[0], loaded, output_expression_.get(), {}};
  for (const auto* promises : {&out_.pragmas.unique, &out_.pragmas.values, &out_.pragmas.encode}) {
    for (const Pragmas::Promise& p : *promises) sources.mentioned.emplace_back(p.name, p.name_span);
  }
  out_.names = resolve_names(sources);
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
    raise("load-cycle", "load", "\"" + s.text + "\" loads itself, directly or through other files", s.span, "Move what both need into a third file.");
  }
  auto text = sources_.load ? sources_.load(s.text) : std::nullopt;
  if (!text) raise("load-not-found", "load", "There is no file \"" + s.text + ".rasp\"", s.span, "Files are named without their ending, relative to the program.");
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

void Elaborator::keep_if_captured(std::shared_ptr<Scope> scope) {
  if (scope.use_count() > 1) captured_.push_back(std::move(scope));
}

void Elaborator::check_assignable(const std::string& name, Span span, const Scope& scope) const {
  if (reserved(name)) raise("reserved-name", "reserved_name", "\"" + name + "\" is built in and cannot be assigned", span, "Choose another name.");
  if (&scope == console_.get() && library_names_.count(name)) {
    raise("reserved-name", "reserved_name", "\"" + name + "\" belongs to the library and cannot be assigned here", span, "Choose another name, such as \"my_" + name + "\".");
  }
}

void Elaborator::assign(const std::string& name, BuildValueRef value, Span span, const std::shared_ptr<Scope>& scope) {
  check_assignable(name, span, *scope);
  name_node(*value, name, scope == console_);
  if (scope == console_ && value->kind == K::SOp) out_.last = value, out_.last_name = name, out_.last_example = sop_example_;
  scope->variables[name] = value;
  if (!scope->export_to || name.starts_with("_")) return;
  assign(name, std::move(value), span, scope->export_to);  // a library name fails here, and stays private to its file
}

// A node carries one display name: a variable of the main program, else the first one anywhere. What is built in keeps its own.
void Elaborator::name_node(const BuildValue& value, const std::string& name, bool strong) {
  if (value.kind != K::SOp && value.kind != K::Selector) return;
  const Node& node = out_.graph[value.node];
  if (node.kind == NodeKind::Tokens || node.kind == NodeKind::Indices || node.kind == NodeKind::Constant || library_names_.count(node.name)) return;
  if (strong || node.name.empty()) out_.graph.set_name(value.node, name);
}

std::vector<Value> Elaborator::input_of(const BuildValue& value, Span span) const {
  std::vector<Value> result;
  if (value.kind == K::Atom && value.atom.is_string()) {
    for (std::string& c : code_points(value.atom.text())) result.push_back(Value::string(std::move(c)));
  } else if (value.kind == K::List) {
    for (const auto& item : value.items) {
      if (item->kind != K::Atom) raise("bad-input", "type", "An input holds strings, numbers and bools, not " + kind_of(*item), span);
      result.push_back(item->atom);
    }
  } else if (value.kind == K::Dict) {
    result = value.keys;
  } else {
    raise("bad-input", "type", "An input is a string or a list, not " + kind_of(value), span);
  }
  if (result.empty()) raise("empty-input", "type", "An input has at least one token", span);
  if (const std::size_t most = budget_.limits().input_tokens; result.size() > most) raise("limit-input", "limit", "This input has " + std::to_string(result.size()) + " tokens; the limit is " + std::to_string(most), span, "Shorten it.");
  return result;
}

void Elaborator::evaluate_output(const std::optional<std::string>& option) {
  const std::optional<std::string>& text = option ? option : out_.pragmas.output;
  out_.output = out_.last;
  out_.output_name = out_.last_name;
  if (!text) return;
  out_.output = nullptr;
  std::uint32_t file = 0;
  std::string source = *text;
  if (option) {
    file = static_cast<std::uint32_t>(out_.file_names.size());
    out_.file_names.push_back("output");
  } else {  // blank out the rest of the file, so that spans stay right
    source = std::string(out_.pragmas.output_span.begin, ' ') + source;
  }
  texts_.push_back(std::make_unique<std::string>(repaired_utf8(source)));
  if (option) out_.file_texts.push_back(*texts_.back());
  output_expression_ = parse_expression(*texts_.back(), file, diagnostics_, budget_.limits());
  const Expr* e = output_expression_.get();
  if (!e) return;
  if (option) option_expression_ = std::move(output_expression_);
  depth_ = calls_ = 0;
  main_span_ = e->span;
  try {
    out_.output = evaluate(*e, console_);
    out_.output_name = e->kind == Expr::Kind::Name ? e->text : *text;
  } catch (StatementError& error) {
    if (!error.diagnostic.code.empty()) diagnostics_.add(std::move(error.diagnostic));
  }
}

void Elaborator::evaluate_assumptions() {
  for (const Pragmas::Assumption& a : out_.pragmas.assume) {
    texts_.push_back(std::make_unique<std::string>(repaired_utf8(std::string(a.text_span.begin, ' ') + a.text)));  // spans stay right
    assumptions_.push_back(parse_expression(*texts_.back(), 0, diagnostics_, budget_.limits()));
    const Expr* e = assumptions_.back().get();
    if (!e) continue;
    depth_ = calls_ = 0;
    main_span_ = e->span;
    try {
      const BuildValueRef value = evaluate(*e, console_);
      if (value->kind == BuildValue::Kind::SOp) out_.assumed.emplace_back(value->node, a.text);
      else diagnostics_.error("bad-pragma", "pragma", "What is assumed is not an s-op", a.span, "Write a condition on the input, for example: #@ assume count(tokens, \"$\") == 1");
    } catch (StatementError& error) {
      if (!error.diagnostic.code.empty()) diagnostics_.add(std::move(error.diagnostic));
    }
  }
}

// Console names by what ran; names inside functions by what is written. Parameters and loop names may go unused, and `_x` says so.
void Elaborator::warn_unused() {
  const auto warn = [&](const std::string& name, Span span, const char* hint) { diagnostics_.warning("unused-definition", "\"" + name + "\" is never used", span, hint); };
  const auto is_output = [&](const Definition& d) {
    return d.name == out_.output_name || (out_.output && out_.output->kind == d.value->kind && d.value->node != no_node && out_.output->node == d.value->node);
  };
  std::set<std::string> outputs;  // a name that is the output in the end was not assigned in vain
  for (const Definition& d : out_.definitions) if (d.value && is_output(d)) outputs.insert(d.name);
  std::set<std::string> mentioned;
  for (const Symbol& s : out_.names.symbols) if (s.scope == 0 && !s.uses.empty()) mentioned.insert(s.name);
  for (const Definition& d : out_.definitions) {
    if (!d.value || d.loop || d.name.starts_with("_") || used_.count(d.name) || outputs.count(d.name) || mentioned.count(d.name)) continue;
    warn(d.name, d.name_span, "Remove it, or write its name and \";\" as a statement to see its value.");
  }
  for (const Symbol& s : out_.names.symbols) {
    if (s.scope == 0 || !s.uses.empty() || s.name.starts_with("_") || (s.kind != SymbolKind::Variable && s.kind != SymbolKind::Function)) continue;
    warn(s.name, s.definitions[0], "Remove it.");
  }
}

Elaboration elaborate(const Sources& sources, const std::optional<std::string>& output_expression, Diagnostics& diagnostics, Budget& budget) {
  return Elaborator(sources, diagnostics, budget).run(output_expression);
}

}  // namespace rasp
