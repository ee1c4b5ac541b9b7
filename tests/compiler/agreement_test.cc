// Three readings of one program: the interpreter's values, the plan's in exact arithmetic, and the residual stream of
// the forward pass. Each subspace is compared at every position on which the program is defined, and the forward pass
// must stay within the bound of the proof: in our engine, in float32 with every sum shuffled, in double, and with all
// inputs of a block as wrong as the bound allows.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "sweep.h"
#include "compile.h"
#include "compiler/lower.h"
#include "dense_pass.h"
#include "run/verify.h"
#include "generate.h"
#include "plan_evaluator.h"

using namespace rasp;
using namespace rasp::testing;

namespace {

// Equal but for the kind: a plan's numbers have none.
bool same_value(const Value& a, const Value& b) {
  return equal(a, b) || (a.is_number() && b.is_number() && floats_agree(a.number(), b.number()));
}

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// A program compiled, with the plan that it was compiled from.
struct Subject {
  Diagnostics diagnostics;
  Budget budget{Limits{.milliseconds = 0}};
  Program program;
  std::optional<CompiledModel> model;
  std::unique_ptr<Lowered> lowered;
  std::optional<PlanEvaluator> plan;
  std::optional<Runner> runner;
  double tightest = 0;  // largest observed error over its bound
  Sweep sweep;
  std::vector<Value> input;  // of the comparison at hand

  template <class... Parts>
  void expect(bool holds, const Parts&... parts) {
    sweep.check(holds, input.size(), [&] {
      std::ostringstream text;
      (text << ... << parts);
      text << "; input";
      for (const Value& v : input) text << ' ' << v.repr();
      return text.str();
    });
  }

  const Plan& plan_of(const Lowered& l) const { return l.candidates[model->candidate].plan; }

  explicit Subject(const ProgramRequest& request) : program(load_program(request, diagnostics, budget)) {
    model = compile_program(request, program, diagnostics, budget);
    REQUIRE(model);
    lowered = lower(program.elaboration.graph, model->output, model->options, diagnostics, budget);
    REQUIRE(lowered);
    plan.emplace(lowered->context(diagnostics, budget), plan_of(*lowered));
    runner.emplace(program.elaboration.graph, *model);
  }

  // What each dimension of a subspace holds exactly, where the program has a value: [subspace][position][dimension];
  // empty: undefined.
  std::vector<std::vector<std::vector<double>>> exact;

  void compare(const std::vector<Value>& compared) {
    input = compared;
    const Graph& graph = lowered->rewritten.graph;
    const auto held = plan->run(input);
    std::vector<NodeId> roots{lowered->rewritten.output};
    for (const Unit& u : plan_of(*lowered).units)
      if (u.planned) roots.push_back(u.node);
    const Evaluation own = evaluate(graph, input, model->options.causal, roots, budget);
    const auto defined = [&](NodeId id, std::size_t i) { return own.sequences[id][i].undefined < 0; };
    for (const auto& f : plan->faults)
      expect(!defined(f.node, f.position), "two rows fire at once: ", graph.describe(f.node));

    Trace trace;
    const Runner::Comparison c = runner->compare(input, budget, &trace);
    expect(c.agree, "the model differs from the interpreter");
    for (std::uint32_t i = 0; i < input.size(); ++i) {
      if (c.interpreter[i].undefined >= 0) continue;
      const auto value = plan->output(i, model->codec.values);
      REQUIRE(value);
      expect(same_value(c.interpreter[i].value, *value), "plan's output ", value->repr(), ", interpreter's ",
             c.interpreter[i].value.repr());
    }

    exact.assign(model->subspaces.size(), {});
    for (std::size_t s = 0; s < model->subspaces.size(); ++s) {
      const Subspace& subspace = model->subspaces[s];
      const Unit& unit = plan_of(*lowered).units[subspace.unit];
      exact[s].resize(input.size());
      for (std::size_t i = 0; i < input.size(); ++i) {
        const Held& h = held[subspace.unit][i];
        bool has_value = h.defined && defined(unit.node, i);
        for (NodeId id : unit.joint) has_value = has_value && (own.sequences[id].empty() || defined(id, i));
        if (!has_value) continue;
        if (unit.joint.empty()) against_interpreter(unit, h, own.sequences[unit.node][i].value);
        exact[s][i].assign(subspace.dimensions.size(), subspace.encoding == Encoding::Numerical ? h.number : 0);
        if (subspace.encoding == Encoding::Numerical || h.code < 0) continue;
        std::size_t dimension = 0;
        for (std::int32_t k = 0; k < h.code; ++k) dimension += unit.kept[static_cast<std::size_t>(k)];
        exact[s][i][dimension] = 1;
      }
    }
    for (std::int32_t half = 0; half <= static_cast<std::int32_t>(2 * model->transformer.layers.size()); ++half) {
      const std::string name =
          half == 0 ? "resid_pre"
                    : "blocks." + std::to_string((half - 1) / 2) + (half % 2 ? ".resid_mid" : ".resid_post");
      const TensorInfo* tensor = trace.find(name);
      REQUIRE(tensor);
      const auto d = static_cast<std::size_t>(model->transformer.d_model);
      within_bounds(half, "engine", [&](std::size_t row, std::int32_t dimension) {
        return trace.arena[static_cast<std::size_t>(tensor->offset) + row * d + static_cast<std::size_t>(dimension)];
      });
    }
  }

  void against_interpreter(const Unit& unit, const Held& h, const Value& value) {
    const std::string label = lowered->rewritten.graph.describe(unit.node);
    const bool number = unit.kind == UnitKind::IndicesNumber || unit.kind == UnitKind::AggregateNumber ||
                        unit.kind == UnitKind::WidthNumber || unit.kind == UnitKind::MlpNumber;
    if (number) {
      expect(same_value(value, Value::real(h.number)), label, ": plan ", h.number, ", interpreter ", value.repr());
    } else if (h.code >= 0) {
      const auto& members = unit.class_values[static_cast<std::size_t>(h.code)];
      expect(
          std::any_of(members.begin(), members.end(), [&](ValueId v) { return same_value(value, lowered->values[v]); }),
          label, ": interpreter ", value.repr(), " is not in the plan's class");
    }
  }

  // Every dimension within its bound, at BOS zero within it.
  template <class Read>
  void within_bounds(std::int32_t half, const char* engine, Read&& read, bool worst = false) {
    for (std::size_t s = 0; s < model->subspaces.size(); ++s) {
      const Subspace& subspace = model->subspaces[s];
      if (worst && subspace.written != half) continue;  // what the adversary put there
      if (subspace.written > half || (subspace.dead >= 0 && subspace.dead <= half)) continue;
      for (std::int32_t dimension : subspace.dimensions)  // nothing is written at BOS
        expect(!(std::fabs(static_cast<double>(read(0, dimension))) > subspace.error), engine, ", half-layer ", half,
               ", ", subspace.label, " at BOS");
      for (std::size_t i = 0; i < exact[s].size(); ++i) {
        double all = 0;
        for (std::size_t k = 0; k < exact[s][i].size(); ++k) {
          const double off = std::fabs(static_cast<double>(read(i + 1, subspace.dimensions[k])) - exact[s][i][k]);
          all += off;
          expect(!(off > subspace.error), engine, ", half-layer ", half, ", ", subspace.label, " at position ", i,
                 ": off by ", off, ", bound ", subspace.error);
          if (subspace.error > 0 && !worst) tightest = std::max(tightest, off / subspace.error);
        }
        expect(!(all > subspace.spread), engine, ", half-layer ", half, ", ", subspace.label, " at position ", i,
               ": dimensions off by ", all, ", bound ", subspace.spread);
      }
    }
  }

  // The dense pass on the input of the last comparison. adversary: whatever a half-layer wrote is replaced by a value
  // exactly as wrong as the bound allows, so that the next blocks meet the worst that the proof admits.
  template <class Real>
  void shuffled(const std::vector<Value>& input, std::uint64_t seed, bool adversary) {
    DensePass<Real> pass(model->transformer, seed);
    Rng rng(seed);
    const auto ids = runner->encode(input).ids;
    pass.run({ids.begin(), ids.end()}, [&](std::int32_t half, typename DensePass<Real>::Rows& x) {
      within_bounds(
          half,
          adversary           ? "worst inputs"
          : sizeof(Real) == 4 ? "shuffled float"
                              : "double",
          [&](std::size_t row, std::int32_t dimension) { return x[row][static_cast<std::size_t>(dimension)]; },
          adversary);
      if (!adversary) return;
      for (std::size_t s = 0; s < model->subspaces.size(); ++s) {
        const Subspace& subspace = model->subspaces[s];
        if (subspace.written != half) continue;
        for (std::size_t i = 0; i < exact[s].size(); ++i) {
          double left = 0.99 * subspace.spread;  // what all dimensions of a position may be off by together
          const std::size_t first = exact[s][i].empty() ? 0 : rng.below(exact[s][i].size());
          for (std::size_t j = 0; j < exact[s][i].size(); ++j) {
            const std::size_t k = (first + j) % exact[s][i].size();
            const double off = std::min(0.99 * subspace.error, left);
            x[i + 1][static_cast<std::size_t>(subspace.dimensions[k])] =
                static_cast<Real>(exact[s][i][k] + (rng.percent(50) ? off : -off));
            left -= off;
          }
        }
      }
    });
  }
};

// Every input up to `longest` over the vocabulary, at most `most` of each length (spread evenly), then `random` of full
// length.
void for_inputs(const Subject& s, std::uint32_t longest, std::uint64_t most, int random,
                const std::function<void(const std::vector<Value>&)>& visit) {
  most = std::max<std::uint64_t>(1, most / rasp::testing::sweep);
  random = std::max(1, random / static_cast<int>(rasp::testing::sweep));
  const auto& vocabulary = s.model->vocabulary;
  for (std::uint32_t n = 1; n <= std::min(longest, s.model->options.max_length); ++n) {
    std::uint64_t all = 1;
    for (std::uint32_t i = 0; i < n; ++i) all *= vocabulary.size();
    const std::uint64_t step = all <= most ? 1 : all / most | 1;
    for (std::uint64_t k = 0; k < all; k += step) {
      std::vector<Value> input;
      std::uint64_t rest = k;
      for (std::uint32_t i = 0; i < n; ++i, rest /= vocabulary.size())
        input.push_back(vocabulary[rest % vocabulary.size()]);
      visit(input);
    }
  }
  Rng rng(5);
  for (int k = 0; k < random; ++k) {
    std::vector<Value> input;
    const std::uint64_t kinds = 1 + rng.below(vocabulary.size());
    for (std::uint32_t i = 0; i < s.model->options.max_length; ++i) input.push_back(vocabulary[rng.below(kinds)]);
    visit(input);
  }
}

std::vector<std::filesystem::path> programs_in(const char* folder) {
  std::vector<std::filesystem::path> list;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".rasp") list.push_back(entry.path());
  std::sort(list.begin(), list.end());
  return list;
}

std::vector<std::filesystem::path> examples() {
  const auto list = programs_in(RASP_ROOT_DIR "/examples");
  REQUIRE(list.size() >= 10);
  std::vector<std::filesystem::path> share;
  for (std::size_t i = 0; i < list.size(); i += rasp::testing::sweep) share.push_back(list[i]);
  return share;
}

}  // namespace

TEST_CASE("examples: interpreter, plan and forward pass agree in every subspace") {
  for (const auto& path : examples()) {
    CAPTURE(path.filename().string());
    ProgramRequest request;
    request.program = read(path);
    Subject s(request);
    for_inputs(s, 5, 400, 20, [&](const std::vector<Value>& input) { s.compare(input); });
    CHECK_MESSAGE(s.sweep.passed(), s.sweep.report());
  }
}

TEST_CASE("programs that once failed: interpreter, plan and forward pass agree in every subspace") {
  const auto list = programs_in(RASP_ROOT_DIR "/tests/programs/found");
  REQUIRE(list.size() >= 9);
  for (const auto& path : list) {
    CAPTURE(path.filename().string());
    ProgramRequest request;
    request.program = read(path);
    Subject s(request);
    for_inputs(s, 4, 100, 10, [&](const std::vector<Value>& input) { s.compare(input); });
  }
}

TEST_CASE(
    "examples: the bounds of the proof hold in any order of summation, in double, and for the worst inputs that they "
    "admit") {
  double loosest = 1;
  for (const auto& path : examples()) {
    CAPTURE(path.filename().string());
    ProgramRequest request;
    request.program = read(path);
    Subject s(request);
    REQUIRE(s.model->exact);
    std::uint64_t seed = 0;
    for_inputs(s, 4, 8, 6, [&](const std::vector<Value>& input) {
      s.compare(input);
      s.shuffled<float>(input, ++seed, false);
      s.shuffled<double>(input, ++seed, false);
      s.shuffled<float>(input, ++seed, true);
      s.shuffled<double>(input, ++seed, true);
    });
    CHECK_MESSAGE(s.sweep.passed(), s.sweep.report());
    // Without a head nothing need round: a lookup of one-hot inputs is exact, and no error says how near its bound is.
    const bool heads = std::any_of(s.model->layers.begin(), s.model->layers.end(),
                                   [](const LayerInfo& l) { return !l.heads.empty(); });
    if (heads || s.tightest > 0) loosest = std::min(loosest, s.tightest);
    MESSAGE(path.filename().string(), ": largest error seen is ", s.tightest, " of its bound");
  }
  CHECK(loosest > 1.0 / 5000);  // a bound that nothing comes near proves nothing
}

TEST_CASE("ranks by a key that is itself counted: its code is cleaned, and the proof closes") {
  ProgramRequest request;
  request.program = "hist = selector_width(select(tokens, tokens, ==));\nsorted = sort(tokens, 0 - hist);\n";
  request.vocabulary = {Value::string("a"), Value::string("b"), Value::string("c"), Value::string("d")};
  request.max_length = 40;
  Subject s(request);
  CHECK(s.model->exact);
  bool cleaned = false;
  for (const LayerInfo& layer : s.model->layers)
    for (const NeuronGroup& g : layer.neurons) cleaned |= g.how == "clean";
  CHECK(cleaned);
  for_inputs(s, 0, 6, 7, [&](const std::vector<Value>& input) {
    s.compare(input);
    s.shuffled<float>(input, 5, false);
    s.shuffled<float>(input, 6, true);
    s.shuffled<double>(input, 7, false);
  });
  CHECK_MESSAGE(s.sweep.passed(), s.sweep.report());
}

TEST_CASE("random programs: interpreter, plan and forward pass agree within the bounds") {
  int proved = 0;
  for (std::uint64_t seed = 0; seed < 120; ++seed) {
    const RandomProgram p = random_program(seed, {});
    CAPTURE(seed);
    CAPTURE(p.source);
    ProgramRequest request;
    request.program = p.source;
    request.vocabulary = p.vocabulary;
    request.max_length = p.max_length;
    request.causal = p.causal;
    Subject s(request);
    if (!s.model->exact) continue;
    ++proved;
    for_inputs(s, 5, 3, 3, [&](const std::vector<Value>& input) {
      s.compare(input);
      s.shuffled<float>(input, seed, true);
    });
    CHECK_MESSAGE(s.sweep.passed(), s.sweep.report());
  }
  CHECK(proved > 100);
}
