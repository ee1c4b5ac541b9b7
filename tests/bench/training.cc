// How fast training is: steps a second and FLOP/s, beside Eigen's dense product of the sizes that a step has most of,
// on the same core.
//   bench_training [SECONDS]   one line of JSON for every subject
#include <Eigen/Dense>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>

#include "lab/run.h"

namespace rasp::bench {

namespace {

using Clock = std::chrono::steady_clock;
double since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

struct Subject {
  const char* name;
  const char* program;
  const char* vocabulary;
  std::uint32_t length;
  bool causal;
  std::int32_t width;  // 0: a twin of two layers, 32 wide
};
const Subject subjects[] = {
    {"fraction_previous n=5, d=6", "aggregate(full_s, indicator(tokens == \"x\"));", "abcx", 5, true, 6},
    {"reverse n=5, d=12", "aggregate(select(indices, length - indices - 1, ==), tokens);", "abcd", 5, false, 12},
    {"reverse n=8, twin of two layers", "aggregate(select(indices, length - indices - 1, ==), tokens);", "abcd", 8,
     false, 0},
};

// GFLOP/s of [rows, k]·[k, n] in Eigen.
double eigen_product(std::int64_t rows, std::int64_t k, std::int64_t n, double seconds) {
  using M = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const M a = M::Random(rows, k), b = M::Random(k, n);
  M c(rows, n);
  std::int64_t times = 0;
  const auto start = Clock::now();
  double sum = 0;
  while (since(start) < seconds) {
    c.noalias() = a * b;
    sum += static_cast<double>(c(0, 0));
    ++times;
  }
  const double spent = since(start);
  return sum == 0.5 ? 0 : 2e-9 * static_cast<double>(rows * k * n * times) / spent;
}

void measure(const Subject& s, double seconds) {
  ProgramRequest request;
  request.program = s.program;
  request.causal = s.causal;
  request.max_length = s.length;
  if (s.width) request.passes = no_passes;
  request.vocabulary.emplace();
  for (const char* c = s.vocabulary; *c; ++c) request.vocabulary->push_back(Value::string(std::string(1, *c)));
  Diagnostics diagnostics;
  Budget budget;
  const Program program = load_program(request, diagnostics, budget);
  const CompiledModel model = *compile_program(request, program, diagnostics, budget);
  const Runner runner(program.elaboration.graph, model);
  lab::ExampleOptions options;
  options.most = 1024;
  const lab::Examples examples = lab::make_examples(program.elaboration.graph, runner, options, budget);
  lab::TrainOptions train;
  train.steps = 1'000'000;
  std::unique_ptr<lab::TrainingRun> run;
  if (s.width) run = std::make_unique<lab::Superposition>(model, examples, train, lab::SuperpositionOptions{s.width});
  else run = std::make_unique<lab::Twin>(model, examples, train, lab::TwinOptions{2, 1, 32, 16, 64});
  for (int i = 0; i < 20; ++i) run->step();
  const auto start = Clock::now();
  std::int64_t steps = 0;
  while (since(start) < seconds) run->step(), ++steps;
  const double a_second = static_cast<double>(steps) / since(start);
  const std::int64_t rows = static_cast<std::int64_t>(train.batch) * (s.length + 1), width = s.width ? s.width : 32;
  const nlohmann::ordered_json line = {
      {"subject", s.name},
      {"d_model", model.transformer.d_model},
      {"batch", train.batch},
      {"steps_per_second", a_second},
      {"gflops", 1e-9 * run->flops() * a_second},
      {"eigen_gflops", eigen_product(rows, width, s.width ? model.transformer.d_model : 64, seconds / 4)}};
  std::printf("%s\n", line.dump().c_str());
}

}  // namespace

}  // namespace rasp::bench

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 1;
  for (const auto& subject : rasp::bench::subjects) rasp::bench::measure(subject, seconds);
}
