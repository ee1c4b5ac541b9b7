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

std::string limit_message(const LimitExceeded& e) {
  const std::string code = e.code, n = std::to_string(e.limit);
  if (code == "limit-graph-nodes") return "The program has more than " + n + " s-ops and selectors";
  if (code == "limit-steps") return "The program takes more than " + n + " steps to build";
  if (code == "limit-collection") return "The program makes lists of more than " + n + " items altogether";
  return "The program passes the limit of " + n;
}

}  // namespace

Elaborator::Elaborator(const Sources& sources, Diagnostics& diagnostics, Budget& budget)
    : sources_(sources), diagnostics_(diagnostics), budget_(budget) {
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
  width->kind = BuildValue::Kind::Function;
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
    diagnostics_.error("limit-source", "limit",
                       "This file is longer than " + std::to_string(budget_.limits().source_bytes) + " bytes",
                       {0, 1, file}, "Split it, or shorten it.");
    text.clear();
  }
  if (text.starts_with("\xEF\xBB\xBF")) text.replace(0, 3, "   ");
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t n = text[i] == '\0' ? 0 : utf8_length(text, i);
    if (n == 0) {
      diagnostics_.error("invalid-character", "syntax",
                         text[i] == '\0' ? "The file holds a NUL byte" : "These bytes are not valid text",
                         {static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(i + 1), file},
                         "Save the file as UTF-8 text.");
      for (; i < text.size(); i += std::max<std::size_t>(1, utf8_length(text, i))) {
        if (text[i] == '\0' || utf8_length(text, i) == 0) text[i] = ' ';
      }
      break;
    }
    i += n;
  }
  texts_.push_back(std::make_unique<std::string>(std::move(text)));
  out_.file_texts.push_back(*texts_.back());
  trees_.push_back(
      std::make_unique<std::vector<Statement>>(parse(*texts_.back(), file, diagnostics_, budget_.limits())));
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
      if (name != "tokens" && !among(reserved_names, name)) library_names_.insert(name);
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
  } catch (Rejection& error) {
    if (!error.diagnostic.code.empty()) diagnostics_.add(std::move(error.diagnostic));
  }
}

void Elaborator::evaluate_assumptions() {
  for (const Pragmas::Assumption& a : out_.pragmas.assume) {
    texts_.push_back(std::make_unique<std::string>(
        repaired_utf8(std::string(a.text_span.begin, ' ') + a.text)));  // spans stay right
    assumptions_.push_back(parse_expression(*texts_.back(), 0, diagnostics_, budget_.limits()));
    const Expr* e = assumptions_.back().get();
    if (!e) continue;
    depth_ = calls_ = 0;
    main_span_ = e->span;
    try {
      const BuildValueRef value = evaluate(*e, console_);
      if (value->kind == BuildValue::Kind::SOp) out_.assumed.emplace_back(value->node, a.text);
      else
        diagnostics_.error("bad-pragma", "pragma", "What is assumed is not an s-op", a.span,
                           "Write a condition on the input, for example: #@ assume count(tokens, \"$\") == 1");
    } catch (Rejection& error) {
      if (!error.diagnostic.code.empty()) diagnostics_.add(std::move(error.diagnostic));
    }
  }
}

// Console names by what ran; names inside functions by what is written. Parameters and loop names may go unused, and
// `_x` says so.
void Elaborator::warn_unused() {
  const auto warn = [&](const std::string& name, Span span, const char* hint) {
    diagnostics_.warning("unused-definition", "\"" + name + "\" is never used", span, hint);
  };
  const auto is_output = [&](const Definition& d) {
    return d.name == out_.output_name || (out_.output && out_.output->kind == d.value->kind &&
                                          d.value->node != no_node && out_.output->node == d.value->node);
  };
  std::set<std::string> outputs;  // a name that is the output in the end was not assigned in vain
  for (const Definition& d : out_.definitions)
    if (d.value && is_output(d)) outputs.insert(d.name);
  std::set<std::string> mentioned;
  for (const Symbol& s : out_.names.symbols)
    if (s.scope == 0 && !s.uses.empty()) mentioned.insert(s.name);
  for (const Definition& d : out_.definitions) {
    if (!d.value || d.loop || d.name.starts_with("_") || used_.count(d.name) || outputs.count(d.name) ||
        mentioned.count(d.name))
      continue;
    warn(d.name, d.name_span, "Remove it, or write its name and \";\" as a statement to see its value.");
  }
  for (const Symbol& s : out_.names.symbols) {
    if (s.scope == 0 || !s.uses.empty() || s.name.starts_with("_") ||
        (s.kind != SymbolKind::Variable && s.kind != SymbolKind::Function))
      continue;
    warn(s.name, s.definitions[0], "Remove it.");
  }
}

Elaboration elaborate(const Sources& sources, const std::optional<std::string>& output_expression,
                      Diagnostics& diagnostics, Budget& budget) {
  return Elaborator(sources, diagnostics, budget).run(output_expression);
}

}  // namespace rasp
