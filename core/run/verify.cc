#include "run/verify.h"

#include <algorithm>
#include <cmath>

#include "run/residual.h"

namespace rasp {
namespace {
constexpr double float32_reach = 1e-5;  // of a number that is read as it is; stated in docs/exactness.md
}

Match match(const CompiledModel& model, const Value& interpreter, Value& decoded) {
  const OutputCodec& codec = model.codec;
  if (codec.encoding == Encoding::Numerical && codec.values.empty() && !codec.whole) {
    if (!interpreter.is_number()) return Match::Different;
    const double x = interpreter.number(), y = decoded.number();
    if (interpreter.kind() != Kind::Float && std::fabs(y) < 0x1p53) {
      decoded = interpreter.kind() == Kind::Bool ? Value::boolean(y >= 0.5)
                                                 : Value::integer(static_cast<std::int64_t>(std::nearbyint(y)));
      return agrees(interpreter, decoded) ? Match::Equal : Match::Different;
    }
    if (agrees(interpreter, decoded)) return Match::Equal;
    return std::fabs(x - y) <= float32_reach * std::max(1.0, std::fabs(x)) ? Match::Near : Match::Different;
  }
  if (agrees(interpreter, decoded)) return Match::Equal;
  if (interpreter.kind() == decoded.kind() || !interpreter.is_number() || !decoded.is_number()) return Match::Different;
  const auto takes = [&](const Value& v) { return agrees(interpreter, v) && one_number(v, decoded); };
  if (codec.any_kind ? !equal(interpreter, decoded)
                     : std::none_of(codec.alternatives.begin(), codec.alternatives.end(), takes))
    return Match::Different;
  decoded = interpreter;
  return Match::Equal;
}

Runner::Runner(const Graph& graph, const CompiledModel& model)
    : graph_(graph),
      model_(model),
      vocabulary_(model.vocabulary, model.options.max_length),
      prepared_(model.transformer) {}

std::vector<Value> Runner::run(std::span<const std::int32_t> ids, Trace* trace,
                               std::span<const Intervention> interventions, Budget* budget) {
  forward(prepared_, workspace_, ids, logits_, trace, interventions, budget);
  return decode(model_, logits_, static_cast<std::int32_t>(ids.size()));
}

std::vector<Value> Runner::extend(std::span<const std::int32_t> ids, std::int32_t& computed, Budget& budget) {
  computed = static_cast<std::int32_t>(ids.size());
  if (!model_.transformer.causal) return run(ids, nullptr, {}, &budget);
  if (!decoder_) decoder_.emplace(prepared_);
  const auto& before = decoder_->ids();
  if (before.size() > ids.size() || !std::equal(before.begin(), before.end(), ids.begin())) decoder_->clear();
  computed -= static_cast<std::int32_t>(before.size());
  const auto work = static_cast<std::uint32_t>(1 + model_.transformer.nonzeros() / 32);
  try {
    for (const std::int32_t id : ids.subspan(before.size())) {
      budget.tick(work);
      decoder_->append(id);
    }
  } catch (...) {
    decoder_.reset();  // memory that there was not may have left a position half computed
    throw;
  }
  return decode(model_, decoder_->logits(), static_cast<std::int32_t>(ids.size()));
}

std::vector<std::string> broken_promises(const Graph& graph, const CompileOptions::Promises& promises,
                                         const Evaluation& e) {
  std::vector<std::string> broken;
  for (NodeId id : promises.unique) {
    const Matrix& m = e.matrices[id];
    for (std::uint32_t q = 0; q < m.row_undefined.size(); ++q) {
      if (m.row_undefined[q] >= 0) continue;
      std::size_t hits = 0;
      for (std::uint32_t k = 0; k < m.row_undefined.size(); ++k) hits += m.at(q, k);
      if (hits <= 1) continue;
      broken.push_back("\"" + graph.describe(id) + "\" selects " + std::to_string(hits) + " keys at position " +
                       std::to_string(q) + ", not at most one");
      break;
    }
  }
  for (const auto& [id, list] : promises.values) {
    const auto& cells = e.sequences[id];
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (cells[i].undefined >= 0 ||
          std::any_of(list.begin(), list.end(), [&](const Value& v) { return agrees(cells[i].value, v); }))
        continue;
      broken.push_back("\"" + graph.describe(id) + "\" is " + cells[i].value.repr() + " at position " +
                       std::to_string(i) + ", which is not among its promised values");
      break;
    }
  }
  for (const auto& [id, text] : promises.assume) {
    const auto& cells = e.sequences[id];
    const auto at =
        std::find_if(cells.begin(), cells.end(), [](const Cell& c) { return c.undefined >= 0 || !c.value.truthy(); });
    if (at != cells.end()) broken.push_back(text + " is not true at position " + std::to_string(at - cells.begin()));
  }
  return broken;
}

std::vector<NodeId> promised_nodes(const CompileOptions::Promises& promises) {
  std::vector<NodeId> nodes = promises.unique;
  for (const auto& [id, list] : promises.values) nodes.push_back(id);
  for (const auto& [id, text] : promises.assume) nodes.push_back(id);
  return nodes;
}

Runner::Comparison Runner::compare(std::span<const Value> tokens, Budget& budget, Trace* trace) {
  Comparison c;
  const auto& promises = model_.options.promises;
  std::vector<NodeId> roots{model_.output};
  for (NodeId id : promised_nodes(promises)) roots.push_back(id);
  const Evaluation e = evaluate(graph_, tokens, model_.options.causal, roots, budget);
  c.broken = broken_promises(graph_, promises, e);
  c.interpreter = e.sequences[model_.output];
  c.model = run(encode(tokens).ids, trace, {}, &budget);
  c.undefined.resize(tokens.size());
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const Cell& cell = c.interpreter[i];
    if (cell.undefined >= 0) c.undefined[i] = e.failures[static_cast<std::size_t>(cell.undefined)].failure.message;
    else {
      const Match m = match(model_, cell.value, c.model[i]);
      c.agree = c.agree && m != Match::Different;
      c.exact = c.exact && m == Match::Equal;
    }
  }
  return c;
}

namespace {

std::string words(std::span<const Value> input) {
  std::string text;
  for (const Value& v : input) text += (text.empty() ? "" : " ") + v.str();
  return text;
}

// The first s-op whose decoded value differs from the interpreter's.
void locate(const Graph& graph, Runner& runner, CheckResult::Mismatch& m, Budget& budget) {
  Trace trace;
  try {
    runner.run(runner.encode(m.input).ids, &trace, {}, &budget);
  } catch (const LimitExceeded& e) {
    if (std::string_view(e.code) == "limit-trace") return;  // the mismatch stands without a place
    throw;
  }
  const CompiledModel& model = runner.model();
  std::vector<NodeId> roots;
  for (const Subspace& s : model.subspaces) {
    if (s.node != no_node) roots.push_back(s.node);
  }
  const Evaluation e = evaluate(graph, m.input, model.options.causal, roots, budget);
  for (const Subspace& s : model.subspaces) {
    if (s.node == no_node || s.node >= m.node) continue;
    const std::int32_t layer = (s.written - 1) / 2;
    const std::string name = s.written == 0
                                 ? "resid_pre"
                                 : "blocks." + std::to_string(layer) + (s.written % 2 ? ".resid_mid" : ".resid_post");
    const TensorInfo* tensor = trace.find(name);
    if (!tensor) continue;
    const auto width = static_cast<std::size_t>(tensor->shape.back());
    for (std::size_t i = 0; i < m.input.size(); ++i) {
      const Cell& cell = e.sequences[s.node][i];
      if (cell.undefined >= 0) continue;
      const auto values = read_subspace(
          model, s, std::span(trace.arena).subspan(static_cast<std::size_t>(tensor->offset) + (i + 1) * width, width));
      if (std::none_of(values.begin(), values.end(), [&](const Value& v) { return agrees(cell.value, v); })) {
        m.node = s.node;
        m.label = s.label;
        break;
      }
    }
  }
}

constexpr std::uint64_t enough = 20'000;  // so many inputs are all tried

bool few_inputs(std::uint64_t vocabulary, std::uint32_t longest) {
  std::uint64_t all = 0, power = 1;
  for (std::uint32_t n = 1; n <= longest && all <= enough; ++n) {
    power = power > enough ? power : power * vocabulary;
    all += power;
  }
  return all <= enough;
}

// Every input of 1 to `longest` tokens, short ones first.
template <class Visit>
void every_input(const std::vector<Value>& vocabulary, std::uint32_t longest, Visit&& visit) {
  std::vector<Value> input;
  for (std::uint32_t n = 1; n <= longest; ++n) {
    std::vector<std::size_t> digits(n, 0);
    for (bool more = true; more;) {
      input.clear();
      for (std::size_t d : digits) input.push_back(vocabulary[d]);
      visit(input);
      more = false;
      for (std::size_t i = n; i-- > 0 && !more;) {
        more = ++digits[i] < vocabulary.size();
        if (!more) digits[i] = 0;
      }
    }
  }
}

// The same inputs for the same seed on every machine; every length at least once, the longest first.
template <class Visit>
void random_inputs(const std::vector<Value>& vocabulary, std::uint32_t longest, const CheckOptions& options,
                   Visit&& visit) {
  std::uint64_t state = options.seed * 0x9e3779b97f4a7c15ull + 0x2545f4914f6cdd1dull;
  const auto draw = [&](std::uint64_t n) {  // xorshift64*
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (state * 0x2545f4914f6cdd1dull >> 33) % n;
  };
  const std::uint64_t samples = options.samples ? options.samples : 2'000;
  std::vector<Value> input;
  for (std::uint64_t k = 0; k < samples; ++k) {
    const auto n = static_cast<std::size_t>(k < longest ? longest - k : 1 + draw(longest));
    // Half of the inputs from few different tokens: repetitions are where programs differ.
    const std::uint64_t kinds = k % 2 ? vocabulary.size() : 1 + draw(std::min<std::uint64_t>(vocabulary.size(), 3));
    std::vector<std::size_t> pick(static_cast<std::size_t>(kinds));
    for (std::size_t& p : pick) p = static_cast<std::size_t>(draw(vocabulary.size()));
    input.clear();
    for (std::size_t i = 0; i < n; ++i)
      input.push_back(vocabulary[k % 2 ? draw(vocabulary.size()) : pick[draw(kinds)]]);
    visit(input);
  }
}

}  // namespace

CheckResult check(const Graph& graph, Runner& runner, const CheckOptions& options, Budget& budget) {
  CheckResult result;
  const auto one = [&](const std::vector<Value>& input) {
    budget.tick(64);
    auto comparison = runner.compare(input, budget);
    ++result.inputs;
    result.undefined += std::any_of(comparison.undefined.begin(), comparison.undefined.end(),
                                    [](const std::string& s) { return !s.empty(); });
    if (!comparison.broken.empty()) {
      if (++result.promise_breaking == 1) result.first_broken = "On " + words(input) + ": " + comparison.broken.front();
      return;
    }
    result.near += !comparison.exact && comparison.agree;
    if (comparison.agree) return;
    ++result.mismatches;
    if (!result.first) {
      result.first = CheckResult::Mismatch{input, std::move(comparison), no_node, {}};
      locate(graph, runner, *result.first, budget);
    }
  };
  const auto& vocabulary = runner.model().vocabulary;
  const std::uint32_t longest = runner.model().options.max_length;
  result.exhaustive = options.exhaustive || (options.samples == 0 && few_inputs(vocabulary.size(), longest));
  if (result.exhaustive) every_input(vocabulary, longest, one);
  else random_inputs(vocabulary, longest, options, one);
  return result;
}

namespace {

constexpr double few = 3'000;  // so many inputs are all tried where the proof does not close

bool few_enough(const CompiledModel& model) {
  double all = 0;
  for (std::uint32_t n = 1; n <= model.options.max_length && all <= few; ++n)
    all += std::pow(static_cast<double>(model.vocabulary.size()), n);
  return all <= few;
}

// Inputs to try of a model that is not proved: fewer of one that is slow.
std::uint64_t samples_for(const CompiledModel& model) {
  constexpr double work = 1e8;
  const double each = (1 + static_cast<double>(model.transformer.nonzeros())) * model.options.max_length;
  return static_cast<std::uint64_t>(std::clamp(work / each, 4.0, 200.0));
}

std::string words(std::span<const Cell> cells) {
  std::string text;
  for (const Cell& c : cells) text += (text.empty() ? "" : " ") + (c.undefined >= 0 ? "?" : c.value.repr());
  return text;
}

void refuse(const Graph& graph, const CompiledModel& model, const CheckResult& r, Diagnostics& diagnostics) {
  const auto& first = *r.first;
  std::string decoded;
  for (const Value& v : first.comparison.model) decoded += (decoded.empty() ? "" : " ") + v.repr();
  diagnostics.error("model-differs", "unsupported",
                    "The model would differ from the program on " + std::to_string(r.mismatches) + " of " +
                        std::to_string(r.inputs) + " inputs, first on " + words(first.input) + ": it would say " +
                        decoded + " for " + words(first.comparison.interpreter) + "; " +
                        model.exactness.reasons.front(),
                    graph[model.output].span,
                    "Its numbers lie too close together, beside their size, for float32: keep them smaller, round "
                    "them before they are averaged or compared, or choose a smaller maximal length.");
}

}  // namespace

bool settle_exactness(const Graph& graph, Runner& runner, CompiledModel& model, Diagnostics& diagnostics,
                      Budget& budget, bool given) {
  Exactness& e = model.exactness;
  const bool unknown = e.kind == Exactness::Kind::Unknown, all = few_enough(model);
  if ((!unknown && e.under.empty()) || (!all && !(unknown && given))) return true;
  CheckOptions options;
  options.exhaustive = all;
  if (!all) options.samples = samples_for(model);
  const CheckResult r = check(graph, runner, options, budget);
  if (unknown && given && r.mismatches) {
    refuse(graph, model, r, diagnostics);
    return false;
  }
  const Span span = graph[model.output].span;
  if (!all) {
    diagnostics.warning("not-proved", "The model is not proved to agree with the program: " + e.reasons.front(), span,
                        "Choose a smaller maximal length or vocabulary, or compare with check.");
    return true;
  }
  if (!r.promise_breaking) e.under.clear();  // it holds on every input there is
  if (r.promise_breaking && given)
    diagnostics.warning("promise-broken",
                        std::to_string(r.promise_breaking) + " of " + std::to_string(r.inputs) +
                            " inputs break a promise. " + r.first_broken,
                        span,
                        "The model says nothing about such inputs: take the promise back, or change the vocabulary.");
  if (unknown && r.mismatches == 0 && r.near == 0 && r.inputs > r.promise_breaking) {
    e.kind = Exactness::Kind::Enumerated;
    e.inputs = r.inputs - r.promise_breaking;
  }
  model.exact = e.kind != Exactness::Kind::Unknown && e.under.empty();
  return true;
}

}  // namespace rasp
