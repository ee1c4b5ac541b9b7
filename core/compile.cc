#include "compile.h"

#include <algorithm>
#include <unordered_map>

#include "base/text.h"
#include "compiler/at_node.h"
#include "graph_document.h"

namespace rasp {
namespace {

std::vector<Value> distinct(const std::vector<Value>& values) {
  std::vector<Value> result;
  std::unordered_multimap<std::size_t, std::size_t> places;  // hash → index in `result`
  for (const Value& v : values) {
    const std::size_t h = hash(v);
    const auto [first, last] = places.equal_range(h);
    if (std::any_of(first, last, [&](const auto& p) { return identical(result[p.second], v); })) continue;
    places.emplace(h, result.size());
    result.push_back(v);
  }
  return result;
}

// The node that a promise's name means.
NodeId promised(const Elaboration& e, const Pragmas::Promise& promise, bool selector, Diagnostics& diagnostics) {
  for (std::size_t i = e.definitions.size(); i-- > 0;) {
    const Definition& d = e.definitions[i];
    if (d.name != promise.name || !d.value) continue;
    const auto wanted = selector ? BuildValue::Kind::Selector : BuildValue::Kind::SOp;
    if (d.value->kind == wanted) return d.value->node;
    diagnostics.error("bad-pragma", "pragma",
                      "\"" + promise.name + "\" is not " + (selector ? "a selector" : "an s-op"), promise.span,
                      "Name a variable of the program.");
    return no_node;
  }
  diagnostics.error("bad-pragma", "pragma",
                    "There is no variable \"" + cut(promise.name, 40) + "\" to promise something about", promise.span,
                    "Name a variable of the program.");
  return no_node;
}

}  // namespace

Diagnostic limit_diagnostic(const LimitExceeded& e, Span span) {
  const std::string code = e.code, n = std::to_string(e.limit);
  std::string message = "This passes the limit of " + n, hint = "Make the program or its settings smaller.";
  if (code == "limit-time")
    message = "This takes longer than " + n + " ms", hint = "Shorten the input, the maximal length or the program.";
  if (code == "limit-graph-nodes") message = "The program has more than " + n + " s-ops and selectors";
  if (code == "limit-evaluation-cells")
    message = "The values of this program on this input take too much memory", hint = "Shorten the input.";
  if (code == "limit-value-set")
    message = "An s-op can take more than " + n + " values", hint = "Choose a smaller vocabulary or maximal length.";
  if (code == "limit-tuples")
    message = "An expression can meet more than " + n + " combinations of values",
    hint = "Choose a smaller vocabulary or maximal length, or split the expression.";
  if (code == "limit-opaque-rows")
    message = "The functions of this program meet more than " + n + " combinations of values",
    hint = "Choose a smaller vocabulary or maximal length, or split functions of two s-ops.";
  if (code == "limit-contexts")
    message = "The values of this program depend on more than " + n + " combinations of s-op, position and length",
    hint = "Choose a smaller maximal length.";
  if (code == "limit-nesting") message = "A list nests more than " + n + " levels deep";
  if (code == "limit-document")
    message = "The answer would show more than " + n + " values",
    hint = "Shorten the input, or show fewer of the program's s-ops and selectors.";
  if (code == "limit-trace")
    message = "A recorded pass would hold more than " + n + " numbers", hint = "Shorten the input.";
  if (code == "limit-weights")
    message = "The model would have more than " + n + " weights that are not zero",
    hint = "Choose a smaller vocabulary or maximal length.";
  return {Severity::Error, code, "limit", message, span, hint, {}, code == "limit-evaluation-cells"};
}

namespace {

Elaboration tabulated(const ProgramRequest& request, Diagnostics& diagnostics, Budget& budget) {
  try {
    return read_graph(*request.graph, request.program, request.name, request.output, diagnostics, budget);
  } catch (const LimitExceeded& e) {
    if (std::string(e.code) == "limit-time") throw;
    diagnostics.add(limit_diagnostic(e));
    Elaboration empty;
    empty.file_names = {request.name};
    empty.file_texts = {repaired_utf8(request.program)};
    return empty;
  }
}

Elaboration built(const ProgramRequest& request, Diagnostics& diagnostics, Budget& budget) {
  if (request.graph) return tabulated(request, diagnostics, budget);
  Sources sources;
  sources.main = request.program;
  sources.main_name = request.name;
  sources.load = [&](const std::string& path) -> std::optional<std::string> {
    for (const std::string& name : {path + ".rasp", path}) {
      if (const auto it = request.files.find(name); it != request.files.end()) return it->second;
      if (name == request.name) return request.program;
    }
    return std::nullopt;
  };
  return elaborate(sources, request.output, diagnostics, budget);
}

}  // namespace

Program load_program(const ProgramRequest& request, Diagnostics& diagnostics, Budget& budget) {
  return settled(request, built(request, diagnostics, budget));
}

Program settled(const ProgramRequest& request, Elaboration elaboration) {
  Program p{std::move(elaboration), {}};
  const Pragmas& pragmas = p.elaboration.pragmas;
  Settings& s = p.settings;
  auto& from = s.from;

  if (request.input) s.input = request.input, from["input"] = "option";
  else if (pragmas.input) s.input = pragmas.input, from["input"] = "pragma";
  else if (p.elaboration.example) s.input = p.elaboration.example, from["input"] = "example";
  else if (request.example_input) {
    const auto base = request.vocabulary ? request.vocabulary : pragmas.vocabulary;
    std::vector<Value> hello;
    if (base && !base->empty())
      for (std::size_t i = 0; i < 5; ++i) hello.push_back((*base)[i % base->size()]);
    else
      for (const std::string& c : code_points("hello")) hello.push_back(Value::string(c));
    if (const auto longest = request.max_length ? request.max_length : pragmas.max_length;
        longest && *longest < hello.size())
      hello.resize(std::max(1u, *longest));
    s.input = std::move(hello);
    from["input"] = "default";
  } else from["input"] = "none";

  if (request.vocabulary) s.vocabulary = distinct(*request.vocabulary), from["vocabulary"] = "option";
  else if (pragmas.vocabulary) s.vocabulary = pragmas.vocabulary, from["vocabulary"] = "pragma";
  else if (s.input) s.vocabulary = distinct(*s.input), from["vocabulary"] = "input";
  else from["vocabulary"] = "none";

  if (request.max_length) s.max_length = request.max_length, from["max_length"] = "option";
  else if (pragmas.max_length) s.max_length = pragmas.max_length, from["max_length"] = "pragma";
  else if (s.input) s.max_length = static_cast<std::uint32_t>(s.input->size()), from["max_length"] = "input";
  else from["max_length"] = "none";

  s.causal = request.causal ? *request.causal : pragmas.causal.value_or(false);
  from["causal"] = request.causal ? "option" : pragmas.causal ? "pragma" : "default";
  from["output"] = request.output ? "option" : pragmas.output ? "pragma" : p.elaboration.output ? "program" : "none";
  return p;
}

NodeId output_sop(const Program& program, Diagnostics& diagnostics) {
  const BuildValueRef& output = program.elaboration.output;
  if (!output) {
    if (!diagnostics.has_errors())
      diagnostics.error("no-output", "input", "The program computes no s-op", {0, 1, 0},
                        "Assign one, or write one as a statement: tokens;");
    return no_node;
  }
  if (output->kind == BuildValue::Kind::SOp) return output->node;
  const bool selector = output->kind == BuildValue::Kind::Selector;
  diagnostics.error(
      "output-kind", "unsupported", "The output \"" + cut(program.elaboration.output_name, 60) + "\" is not an s-op",
      {0, 1, 0},
      selector ? "A model computes a sequence: take selector_width or aggregate of the selector." : "Name an s-op.");
  return no_node;
}

CompileOptions::Promises promises_of(const Elaboration& e, Diagnostics& diagnostics) {
  CompileOptions::Promises promises;
  promises.numerical = e.numerical;
  for (const auto& promise : e.pragmas.unique) {
    if (const NodeId id = promised(e, promise, true, diagnostics); id != no_node) promises.unique.push_back(id);
  }
  for (const auto& promise : e.pragmas.values) {
    if (const NodeId id = promised(e, promise, false, diagnostics); id != no_node) promises.values[id] = promise.values;
  }
  for (const auto& promise : e.pragmas.encode) {
    if (const NodeId id = promised(e, promise, false, diagnostics); id != no_node)
      promises.numerical[id] = promise.encoding == "numerical";
  }
  promises.assume = e.assumed;
  return promises;
}

std::optional<CompiledModel> compile_program(const ProgramRequest& request, const Program& program,
                                             Diagnostics& diagnostics, Budget& budget) {
  if (request.graph && diagnostics.has_errors()) return std::nullopt;  // what its host has not come to is not missing
  const Settings& s = program.settings;
  const NodeId output = output_sop(program, diagnostics);
  const Span start{0, 1, 0};
  if (!s.vocabulary)
    diagnostics.error("no-vocabulary", "input", "Neither a vocabulary nor an input is given", start,
                      "Add #@ vocabulary \"abc\", or give an input.");
  else if (s.vocabulary->empty())
    diagnostics.error("empty-vocabulary", "input", "The vocabulary is empty", start, "Give at least one token.");
  else if (s.vocabulary->size() > budget.limits().value_set)
    diagnostics.error("limit-vocabulary", "limit",
                      "The vocabulary has more than " + std::to_string(budget.limits().value_set) + " tokens", start,
                      "Choose a smaller one.");
  if (s.max_length && *s.max_length == 0)
    diagnostics.error("bad-max-length", "input", "The maximal length must be at least 1", start,
                      "Choose a length from 1.");
  else if (!s.max_length)
    diagnostics.error("no-max-length", "input", "Neither a maximal length nor an input is given", start,
                      "Add #@ max_length 8.");
  else if (*s.max_length > budget.limits().input_tokens)
    diagnostics.error("limit-max-length", "limit",
                      "The maximal length is over " + std::to_string(budget.limits().input_tokens), start,
                      "Choose a smaller one.");
  if (diagnostics.has_errors() || output == no_node) return std::nullopt;

  CompileOptions options;
  options.vocabulary = *s.vocabulary;
  options.max_length = *s.max_length;
  options.causal = s.causal;
  options.objective = request.objective;
  options.passes = request.passes;
  const Elaboration& e = program.elaboration;
  options.promises = promises_of(e, diagnostics);
  if (diagnostics.has_errors()) return std::nullopt;
  try {
    return compile(e.graph, output, options, diagnostics, budget);
  } catch (const LimitExceeded& limit) {
    const bool placed = limit.node != LimitExceeded::nowhere;
    Diagnostic d = limit_diagnostic(limit, e.graph[placed ? limit.node : output].span);
    if (placed) d.message += ", at \"" + e.graph.describe(limit.node) + "\"";
    diagnostics.add(std::move(d));
    return std::nullopt;
  }
}

}  // namespace rasp
