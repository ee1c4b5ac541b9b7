#include "lab/examples.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace rasp::lab {

namespace {

class Maker {
 public:
  Maker(const Graph& graph, const Runner& runner, Budget& budget, Examples& out)
      : graph_(graph), runner_(runner), model_(runner.model()), budget_(budget), out_(out), roots_{model_.output} {
    for (const NodeId id : promised_nodes(model_.options.promises)) roots_.push_back(id);
  }

  void add(const std::vector<std::uint32_t>& tokens) {
    Example e;
    for (const std::uint32_t t : tokens) e.input.push_back(model_.vocabulary[t]);
    ++out_.seen;
    const Evaluation ev = evaluate(graph_, e.input, model_.options.causal, roots_, budget_);
    if (!broken_promises(graph_, model_.options.promises, ev).empty()) {
      ++out_.promise_breaking;
      return;
    }
    e.ids = runner_.encode(e.input).ids;
    e.targets.resize(e.ids.size());
    std::uint64_t without = 0;
    const auto& cells = ev.sequences[model_.output];
    for (std::size_t i = 0; i < cells.size(); ++i) {
      e.targets[i + 1] = target(cells[i]);
      without += !e.targets[i + 1].counts;
    }
    if (without == cells.size()) {
      ++out_.valueless;
      return;
    }
    out_.positions += cells.size();
    out_.valueless_positions += without;
    out_.list.push_back(std::move(e));
  }

 private:
  Target target(const Cell& cell) const {
    Target t;
    if (cell.undefined >= 0) return t;
    const OutputCodec& codec = model_.codec;
    if (codec.encoding == Encoding::Numerical) {
      t.number = static_cast<float>(cell.value.number());
      t.counts = true;
      return t;
    }
    const auto at =
        std::find_if(codec.values.begin(), codec.values.end(), [&](const Value& v) { return equal(v, cell.value); });
    t.counts = at != codec.values.end();
    t.column = t.counts ? static_cast<std::int32_t>(at - codec.values.begin()) : -1;
    return t;
  }

  const Graph& graph_;
  const Runner& runner_;
  const CompiledModel& model_;
  Budget& budget_;
  Examples& out_;
  std::vector<NodeId> roots_;
};

// Counts up in base `vocabulary`; false after the last.
bool next(std::vector<std::uint32_t>& tokens, std::uint32_t vocabulary) {
  for (std::size_t i = tokens.size(); i-- > 0;) {
    if (++tokens[i] < vocabulary) return true;
    tokens[i] = 0;
  }
  return false;
}

}  // namespace

std::int64_t Examples::rows(std::size_t begin, std::size_t end) const {
  std::int64_t n = 0;
  for (std::size_t i = begin; i < end; ++i) n += static_cast<std::int64_t>(list[i].ids.size());
  return n;
}

Examples make_examples(const Graph& graph, const Runner& runner, const ExampleOptions& options, Budget& budget) {
  Examples out;
  Maker maker(graph, runner, budget, out);
  const auto vocabulary = static_cast<std::uint32_t>(runner.model().vocabulary.size());
  const std::uint32_t longest = runner.model().options.max_length, shortest = options.longest ? longest : 1;
  double all = 0;
  for (std::uint32_t n = shortest; n <= longest && all < 1e9; ++n) all += std::pow(vocabulary, n);
  Random random(options.seed);
  // Where promises leave few inputs, more are looked at than are wanted.
  if (all <= std::max(4.0 * options.most, 20'000.0)) {
    for (std::uint32_t n = shortest; n <= longest; ++n) {
      std::vector<std::uint32_t> tokens(n, 0);
      do maker.add(tokens);
      while (next(tokens, vocabulary));
    }
    out.all = out.list.size() <= options.most;
  } else {
    std::set<std::vector<std::uint32_t>> drawn;
    for (std::uint64_t tries = 0; out.list.size() < options.most && tries < std::uint64_t{20} * options.most; ++tries) {
      std::vector<std::uint32_t> tokens(shortest + random.below(longest - shortest + 1));
      // A quarter of the inputs from few different tokens: repetitions are where programs differ.
      const std::uint32_t kinds = tries % 4 ? vocabulary : 1 + random.below(std::min<std::uint32_t>(vocabulary, 3)),
                          shift = random.below(vocabulary);
      for (std::uint32_t& t : tokens) t = (shift + random.below(kinds)) % vocabulary;
      if (drawn.insert(tokens).second) maker.add(tokens);
    }
  }
  for (std::size_t i = out.list.size(); i > 1; --i)
    std::swap(out.list[i - 1], out.list[random.below(static_cast<std::uint32_t>(i))]);
  if (out.list.size() > options.most) out.list.resize(options.most);
  const auto held = static_cast<std::size_t>(std::ceil(options.held_out * static_cast<double>(out.list.size())));
  out.trained = out.list.size() < 2 ? out.list.size()
                                    : std::max<std::size_t>(1, out.list.size() - std::min(held, out.list.size()));
  return out;
}

std::size_t nearest_value(const std::vector<Value>& values, double x) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < values.size(); ++i)
    if (std::abs(values[i].number() - x) < std::abs(values[best].number() - x)) best = i;
  return best;
}

bool reads_right(const OutputCodec& codec, const float* logits, std::int32_t columns, const Target& target) {
  if (codec.encoding == Encoding::Categorical) {
    for (std::int32_t c = 0; c < columns; ++c)
      if (c != target.column && !(logits[c] < logits[target.column])) return false;  // a tie or NaN is no answer
    return true;
  }
  const double x = logits[0], t = target.number;
  if (!(std::abs(x) <= 1e30)) return false;
  if (codec.values.empty()) return std::abs(x - t) <= 0.01 * std::max(1.0, std::abs(t));
  return nearest_value(codec.values, x) == nearest_value(codec.values, t);
}

}  // namespace rasp::lab
