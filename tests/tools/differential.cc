// Random programs, compiled and compared with the interpreter; failing ones are shrunk and printed.
//   differential FIRST_SEED COUNT       (0 20000: the long mode)
//   differential FILE.rasp …            with their pragmas; each must compile and agree
// RASP_DIFFERS=1 also shows programs that are refused because their model differs (model-differs).
//   differential --requests FIRST_SEED COUNT    the programs as requests to compile, one a line
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string_view>

#include "base/json_values.h"
#include "compile.h"
#include "run/verify.h"
#include "beside.h"
#include "generate.h"
#include "shrink.h"

using namespace rasp;
using namespace rasp::testing;

namespace {

struct Verdict {
  std::string text;  // "ok", "refused CODE", "MISMATCH …"
  bool wrong = false;
  bool exact = false;
  std::size_t read = 0, gave_up = 0;  // inputs compared with the naive interpreter; those that it leaves alone
  std::string detail;
};

// Five inputs of every length that keep what the program promises, with the naive interpreter beside. "": no
// difference.
std::string read_beside(const Graph& graph, Runner& runner, Budget& budget, Verdict& v) {
  const CompiledModel& m = runner.model();
  Rng rng(7);
  for (int k = 0, kept = 0; kept < 5 && k < 200; ++k) {
    std::vector<Value> input;
    for (std::size_t n = k == 0 ? m.options.max_length : 1 + rng.below(m.options.max_length); input.size() < n;)
      input.push_back(rng.pick(m.vocabulary));
    const Runner::Comparison c = runner.compare(input, budget);
    if (!c.broken.empty()) continue;
    ++kept;
    const Beside b = beside(graph, m.output, input, m.options.causal, c.model, c.undefined);
    ++(b.gave_up ? v.gave_up : v.read);
    if (!b.difference.empty()) return b.difference;
  }
  return "";
}

Verdict judge(const ProgramRequest& request, std::uint64_t samples) {
  Diagnostics diagnostics;
  Limits limits;
  limits.milliseconds = 300'000;  // the sanitizers take fifty times as long
  Budget budget(limits);
  Verdict v;
  try {
    const Program program = load_program(request, diagnostics, budget);
    auto model = compile_program(request, program, diagnostics, budget);
    if (!model) {
      for (const Diagnostic& d : diagnostics.list()) {
        if (d.severity == Severity::Error) {
          v.text = "refused " + d.code;
          v.detail = d.message;
          break;
        }
      }
      if (v.text.starts_with("refused internal")) v.wrong = true;
      return v;
    }
    if (const std::string fault = shape_fault(model->transformer); !fault.empty()) {
      v.text = "SHAPE";
      v.detail = fault;
      v.wrong = true;
      return v;
    }
    if (const proof::Verdict p = proof::check_claims(model->transformer, model->claims); model->exact && !p.confirmed) {
      v.text = "PROOF NOT CONFIRMED";
      v.detail = p.faults.empty() ? "" : p.faults.front();
      v.wrong = true;
      return v;
    }
    Runner runner(program.elaboration.graph, *model);
    if (!settle_exactness(program.elaboration.graph, runner, *model, diagnostics, budget)) {
      v.text = "refused model-differs";
      v.detail = diagnostics.list().back().message;
      v.wrong = std::getenv("RASP_DIFFERS") != nullptr;
      return v;
    }
    CheckOptions options;
    options.samples = samples;
    if (std::string difference = read_beside(program.elaboration.graph, runner, budget, v);
        model->exactness.kind != Exactness::Kind::Unknown && !difference.empty()) {
      v.text = "MISMATCH with the reader although exact";
      v.detail = std::move(difference);
      v.wrong = v.exact = true;
      return v;
    }
    const CheckResult r = check(program.elaboration.graph, runner, options, budget);
    v.exact = model->exactness.kind != Exactness::Kind::Unknown;
    if (std::getenv("RASP_VERBOSE")) {
      const Transformer& t = model->transformer;
      std::printf("layers %zu heads", t.layers.size());
      for (const Layer& l : t.layers) std::printf(" %zu", l.heads.size());
      std::printf(
          " d_model %d d_head %d d_mlp %d parameters %lld nonzeros %lld exact %d worst %g inputs %llu undefined %llu ",
          t.d_model, t.d_head(), t.d_mlp(), (long long)t.parameters(), (long long)t.nonzeros(), model->exact,
          model->worst_margin, (unsigned long long)r.inputs, (unsigned long long)r.undefined);
      for (const auto& [stage, ms] : model->timings_ms) std::printf(" %s %.1f", stage.c_str(), ms);
      std::printf("\n");
      for (const auto& s : model->exactness.reasons) std::printf("  inexact: %s\n", s.c_str());
      if (std::getenv("RASP_VERBOSE")[0] >= '2')
        for (const BoundLink& link : model->links)
          std::printf("  link %s: %s margin %g error %g\n",
                      link.node == no_node ? "" : program.elaboration.graph.describe(link.node).c_str(),
                      link.what.c_str(), link.margin, link.error);
      if (std::getenv("RASP_VERBOSE")[0] == '2')
        for (const Subspace& s : model->subspaces) {
          std::printf("  %s %s dims %zu written %d error %g spread %g:", s.label.c_str(),
                      s.encoding == Encoding::Categorical ? "categorical" : "numerical", s.dimensions.size(), s.written,
                      s.error, s.spread);
          for (const auto& c : s.classes) {
            std::printf(" {");
            for (const auto& x : c) std::printf(" %s", x.repr().c_str());
            std::printf(" }");
          }
          if (auto it = model->value_sets.find(s.node); it != model->value_sets.end()) {
            std::printf(" set");
            for (const auto& x : it->second) std::printf(" %s", x.repr().c_str());
          }
          std::printf(" silent");
          for (const auto& x : s.silent) std::printf(" %s", x.repr().c_str());
          std::printf("\n");
        }
    }
    if (r.mismatches) {  // where it is not said to be exact, some inputs were tried and none differed: so may no other
      const bool said = model->exactness.kind == Exactness::Kind::Unknown && (!model->exactness.reasons.empty());
      v.wrong = true;
      v.text = said ? "differs, and is not said to be exact" : "MISMATCH although exact";
      std::ostringstream s;
      s << r.mismatches << " of " << r.inputs << "; input";
      for (const Value& x : r.first->input) s << ' ' << x.repr();
      s << "; interpreter";
      for (const Cell& c : r.first->comparison.interpreter) s << ' ' << (c.undefined >= 0 ? "?" : c.value.repr());
      s << "; model";
      for (const Value& x : r.first->comparison.model) s << ' ' << x.repr();
      s << "; first at " << r.first->label;
      if (said) s << "; " << model->exactness.reasons.front();
      v.detail = s.str();
      if (const char* verbose = std::getenv("RASP_VERBOSE"); verbose && verbose[0] == '3') {
        Trace trace;
        runner.run(runner.encode(r.first->input).ids, &trace);
        const Evaluation e = [&] {
          std::vector<NodeId> roots;
          for (const Subspace& sub : model->subspaces) roots.push_back(sub.node);
          return evaluate(program.elaboration.graph, r.first->input, model->options.causal, roots, budget);
        }();
        for (const Subspace& sub : model->subspaces) {
          const std::string name = sub.written == 0 ? "resid_pre"
                                                    : "blocks." + std::to_string((sub.written - 1) / 2) +
                                                          (sub.written % 2 ? ".resid_mid" : ".resid_post");
          const TensorInfo* t = trace.find(name);
          std::printf("%s (half %d)\n", sub.label.c_str(), sub.written);
          for (int p = 0; p < trace.T; ++p) {
            std::printf("   [%d]", p);
            for (auto d : sub.dimensions) std::printf(" %g", trace.arena[t->offset + p * t->shape.back() + d]);
            if (p) std::printf("   %s", e.sequences[sub.node][p - 1].value.repr().c_str());
            std::printf("\n");
          }
        }
        for (std::size_t l = 0; l < model->layers.size(); ++l)
          for (std::size_t h = 0; h < model->layers[l].heads.size(); ++h) {
            const TensorInfo* t = trace.find("blocks." + std::to_string(l) + ".attn.scores");
            std::printf("head %zu.%zu %s\n", l, h, model->layers[l].heads[h].label.c_str());
            for (int q = 0; q < trace.T; ++q) {
              for (int k = 0; k < trace.T; ++k)
                std::printf(" %10g", trace.arena[t->offset + (h * trace.T + q) * trace.T + k]);
              std::printf("\n");
            }
          }
      }
    } else {
      v.text = "ok";
    }
  } catch (const LimitExceeded& e) {
    v.text = std::string("limit ") + e.code;
  }
  return v;
}

ProgramRequest request_of(const RandomProgram& p) {
  ProgramRequest r;
  r.program = p.source;
  const bool there =
      std::any_of(p.statements.begin(), p.statements.end(), [&](const auto& s) { return s.name == p.encoded; });
  if (!p.encoded.empty() && there) r.program = "#@ encode " + p.encoded + " numerical\n" + r.program;
  if (!p.assumed.empty()) r.program = "#@ assume " + p.assumed + "\n" + r.program;
  r.vocabulary = p.vocabulary;
  r.max_length = p.max_length;
  r.causal = p.causal;
  return r;
}

// Half of the programs have numbers of any size, a quarter kinds that meet, and a third may fail.
GeneratorOptions options_of(std::uint64_t seed) {
  GeneratorOptions options;
  options.extreme = seed % 2 == 1;
  options.partial = seed % 3 == 1;
  options.mixed = seed % 4 == 2;
  return options;
}

// A number that JSON cannot hold becomes a token of another kind: that is a program as good as any.
void print_requests(std::uint64_t first, std::uint64_t count) {
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const ProgramRequest r = request_of(random_program(seed, options_of(seed)));
    Json vocabulary = Json::array();
    for (const Value& x : *r.vocabulary) vocabulary.push_back(value_to_json(x));
    const Json request = {
        {"command", "compile"},        {"id", seed},          {"program", r.program}, {"vocabulary", vocabulary},
        {"max_length", *r.max_length}, {"causal", *r.causal}, {"limit_ms", 600'000}};
    std::printf("%s\n", request.dump(-1, ' ', false, Json::error_handler_t::replace).c_str());
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 3 && std::string_view(argv[1]) == "--requests") {
    print_requests(std::strtoull(argv[2], nullptr, 10), std::strtoull(argv[3], nullptr, 10));
    return 0;
  }
  if (argc > 1 && !std::isdigit(static_cast<unsigned char>(argv[1][0]))) {
    int wrong = 0;
    for (int i = 1; i < argc; ++i) {
      std::ifstream file(argv[i]);
      std::stringstream text;
      text << file.rdbuf();
      ProgramRequest r;
      r.program = text.str();
      const Verdict v = judge(r, 0);
      std::printf("%s: %s%s %s\n", argv[i], v.text.c_str(), v.exact ? " exact" : "", v.detail.c_str());
      wrong += v.text != "ok";
    }
    std::printf("%d passed, %d failed\n", argc - 1 - wrong, wrong);
    return wrong != 0;
  }
  const std::uint64_t first = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 0,
                      count = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 100;
  std::map<std::string, int> tally;
  int shown = 0, wrong = 0;
  std::size_t read = 0, gave_up = 0;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    RandomProgram p = random_program(seed, options_of(seed));
    const auto start = std::chrono::steady_clock::now();
    if (std::getenv("RASP_TRACE")) std::printf("seed %llu\n", (unsigned long long)seed), std::fflush(stdout);
    const Verdict v = judge(request_of(p), 0);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (seconds > 5) std::printf("seed %llu: %.1f s\n", (unsigned long long)seed, seconds);
    read += v.read;
    gave_up += v.gave_up;
    ++tally[v.text + (v.text == "ok" && !v.exact ? " (not proved)" : "")];
    if (!v.wrong) {
      if (std::getenv("RASP_REFUSED") && v.text != "ok" && shown++ < 5)
        std::printf("--- seed %llu %s: %s\n%s", (unsigned long long)seed, v.text.c_str(), v.detail.c_str(),
                    p.source.c_str());
      continue;
    }
    ++wrong;
    if (shown++ < (std::getenv("RASP_ALL") ? 1000 : 4)) {
      if (!std::getenv("RASP_WHOLE"))
        p = shrink(p, [&](const RandomProgram& q) { return judge(request_of(q), 0).text == v.text; });
      const Verdict w = judge(request_of(p), 0);
      std::printf("--- seed %llu %s: %s\n%svocabulary", (unsigned long long)seed, w.text.c_str(), w.detail.c_str(),
                  request_of(p).program.c_str());
      for (const Value& x : p.vocabulary) std::printf(" %s", x.repr().c_str());
      std::printf(" max_length %u causal %d\n", p.max_length, p.causal);
      std::fflush(stdout);
    }
  }
  for (const auto& [text, n] : tally) std::printf("%6d %s\n", n, text.c_str());
  std::printf("%zu inputs beside the naive interpreter, %zu that it leaves alone\n", read, gave_up);
  return wrong != 0;
}
