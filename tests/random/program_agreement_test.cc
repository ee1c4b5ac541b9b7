// Random programs as source text: elaborator and interpreter together against readers that share no code with them.
// Total programs are run by a reader of the text itself, which knows the library by the specification's sentences;
// programs that may fail, and causal ones, by the naive interpreter of graphs, which also compares the failures.
#include <doctest/doctest.h>

#include <cstdlib>
#include <cstring>

#include "agree.h"
#include "direct.h"
#include "rasp/elaborate.h"
#include "shrink.h"

using namespace rasp;
using namespace rasp::testing;

namespace {

struct Outcomes {
  std::size_t direct = 0, naive = 0, gave_up = 0, limits = 0;
};

std::vector<std::vector<Value>> inputs_for(const RandomProgram& p, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<std::vector<Value>> out;
  for (int k = 0; k < 3; ++k) {
    std::vector<Value> input;
    for (std::size_t n = k == 0 ? p.max_length : 1 + rng.below(p.max_length); input.size() < n;)
      input.push_back(rng.pick(p.vocabulary));
    out.push_back(std::move(input));
  }
  return out;
}

// "" where everything agrees.
std::string difference(const RandomProgram& p, bool total, std::uint64_t seed, Outcomes& outcomes) {
  Sources sources;
  sources.main = p.source;
  Diagnostics diagnostics;
  Budget budget;
  const Elaboration e = elaborate(sources, std::nullopt, diagnostics, budget);
  for (const Diagnostic& d : diagnostics.list()) {
    if (d.error_class == "limit") {
      ++outcomes.limits;
      return "";
    }
    if (d.severity == Severity::Error) return "elaboration: " + d.code + " " + d.message;
  }
  if (!e.last || e.last->kind != BuildValue::Kind::SOp) return "no s-op";
  for (const std::vector<Value>& input : inputs_for(p, seed)) {
    if (!total || p.causal) {
      const Comparison c = compare_with_naive(e.graph, input, p.causal);
      if (c.result == Agreement::Different) return c.difference;
      ++(c.result == Agreement::Same ? outcomes.naive : outcomes.gave_up);
      continue;
    }
    std::vector<Value> expected;
    try {
      expected = Direct(input).run(p.source);
    } catch (const GivesUp&) {
      ++outcomes.gave_up;
      continue;
    } catch (const std::runtime_error& error) {
      return std::string("the reader: ") + error.what();
    }
    const NodeId roots[] = {e.last->node};
    const Evaluation ev = evaluate(e.graph, input, false, roots, budget);
    std::string text;
    for (std::size_t i = 0; i < input.size(); ++i) {
      const Cell& c = ev.sequences[e.last->node][i];
      if (c.undefined >= 0 && ev.failures[static_cast<std::size_t>(c.undefined)].failure.error_class == "limit") {
        ++outcomes.limits;
        return "";
      }
      if (c.undefined >= 0 || !identical(c.value, expected.at(i)))
        text += "position " + std::to_string(i) + ": " + (c.undefined >= 0 ? "undefined" : c.value.repr()) +
                ", the reader " + expected.at(i).repr() + "\n";
    }
    if (!text.empty()) {
      for (const Value& v : input) text += " " + v.repr();
      return text;
    }
    ++outcomes.direct;
  }
  return "";
}

}  // namespace

// RASP_LONG=1: 20,000 programs; RASP_FIRST=n: from another seed on.
TEST_CASE("random programs agree with a reader of their text and with the naive interpreter") {
  const char* wish = std::getenv("RASP_LONG");
  const std::uint64_t count = wish && std::strcmp(wish, "0") != 0 ? 20'000 : 600;
  const char* from = std::getenv("RASP_FIRST");
  const std::uint64_t first = from ? std::strtoull(from, nullptr, 10) : 0;
  Outcomes outcomes;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    GeneratorOptions options;
    options.partial = options.mixed = seed % 3 == 0;
    options.statements = 2 + seed % 5;
    options.max_length = 6;
    RandomProgram p = random_program(seed, options);
    const bool total = !options.partial;
    const std::string what = difference(p, total, seed, outcomes);
    if (what.empty()) continue;
    Outcomes ignored;
    p = shrink(p, [&](const RandomProgram& smaller) { return !difference(smaller, total, seed, ignored).empty(); });
    FAIL("seed " << seed << (p.causal ? ", causal" : "") << "\n"
                 << p.source << "\n"
                 << difference(p, total, seed, ignored) << "\nbefore reduction: " << what);
  }
  MESSAGE(outcomes.direct, " inputs by the reader, ", outcomes.naive, " by the naive interpreter, ", outcomes.gave_up,
          " given up, ", outcomes.limits, " programs over a limit");
  CHECK(outcomes.direct > count / 2);
  CHECK(outcomes.naive > count / 2);
  CHECK(outcomes.gave_up < count / 4);
}
