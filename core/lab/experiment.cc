#include "lab/experiment.h"

#include <chrono>
#include <cmath>

#include "session/opened.h"

namespace rasp::lab {

namespace {

constexpr double most_megabytes = 512;

std::string rounded(double x) {
  const auto n = static_cast<std::int64_t>(std::ceil(x));
  return std::to_string(n);
}

double share(std::uint64_t x, std::uint64_t of) { return of ? static_cast<double>(x) / static_cast<double>(of) : 0; }

// What the exact outputs of all blocks take, and the weights of all recorded steps.
double megabytes(const Settings& s, const CompiledModel& m, double rows) {
  if (s.kind == "twin") {
    const double parameters =
        s.twin.layers * (4.0 * s.twin.heads * s.twin.d_head * s.twin.d_model + 2.0 * s.twin.d_mlp * s.twin.d_model) +
        1e4;
    return 4e-6 * 60 * parameters + 1e-6 * rows * 100;
  }
  const double D = m.transformer.d_model;
  double blocks = 0, read = 0;
  for (const Layer& l : m.transformer.layers) {
    blocks += !l.heads.empty() + (l.mlp.W_in.cols() > 0);
    read += static_cast<double>(l.mlp.W_in.cols()) + 3.0 * static_cast<double>(l.heads.size()) * m.transformer.d_head();
  }
  return 4e-6 * (rows * D * blocks + 50 * D * s.superposition.width +
                 256.0 * m.transformer.n_ctx * (3 * read + 6 * blocks * D));
}

// Asked before the examples are made: positions of so many inputs of the maximal length.
bool fits(const Settings& s, const CompiledModel& m, Diagnostics& diagnostics) {
  double inputs = 0;
  for (std::uint32_t n = 1; n <= m.options.max_length && inputs < s.examples.most; ++n)
    inputs += std::pow(static_cast<double>(m.vocabulary.size()), n);
  const double needed = megabytes(s, m, std::min<double>(inputs, s.examples.most) * m.transformer.n_ctx);
  if (needed <= most_megabytes) return true;
  diagnostics.error("limit-training", "limit",
                    "This experiment would take about " + rounded(needed) + " MB of memory; the laboratory allows " +
                        rounded(most_megabytes),
                    {0, 1, 0}, "Choose fewer examples, a smaller vocabulary or a smaller maximal length.");
  return false;
}

bool usable(const Examples& x, Diagnostics& diagnostics) {
  if (x.list.empty()) {
    const std::string why = x.promise_breaking == x.seen ? "every one breaks a promise of the program"
                                                         : "the program has no value on any of them";
    diagnostics.error("no-examples", "input",
                      "There is nothing to train on: of " + std::to_string(x.seen) + " inputs, " + why, {0, 1, 0},
                      "Choose a vocabulary and a length for which the program has values.");
    return false;
  }
  const std::uint64_t without = x.valueless + x.promise_breaking;
  if (2 * without > x.seen || 2 * x.valueless_positions > x.positions)
    diagnostics.warning("few-examples",
                        "The program has no value on most inputs: " + std::to_string(x.list.size()) + " of " +
                            std::to_string(x.seen) + " are left, and " +
                            rounded(100 * share(x.valueless_positions, x.positions)) +
                            " % of their positions do not count",
                        {0, 1, 0}, "Shares that the laboratory gives are of what is left.");
  return true;
}

}  // namespace

Experiment::~Experiment() = default;

std::unique_ptr<Experiment> Experiment::start(const Json& request) {
  std::unique_ptr<Experiment> e(new Experiment);
  Opened opened(request);
  if (!opened.diagnostics.has_errors() && opened.compile()) e->begin(opened, request);
  e->diagnostics_ = opened.locator.diagnostics(opened.diagnostics);
  e->held_ = std::move(opened.held);
  return e;
}

void Experiment::begin(Opened& opened, const Json& request) {
  const CompiledModel& model = opened.model();
  settings_ = settings_of(request, model);
  if (!settle_exactness(opened.graph(), opened.runner(), opened.model(), opened.diagnostics, opened.budget)) return;
  if (!fits(settings_, model, opened.diagnostics)) return;
  examples_ = make_examples(opened.graph(), opened.runner(), settings_.examples, opened.budget);
  if (!usable(examples_, opened.diagnostics)) return;
  if (settings_.kind == "twin") run_ = std::make_unique<Twin>(model, examples_, settings_.train, settings_.twin);
  else run_ = std::make_unique<Superposition>(model, examples_, settings_.train, settings_.superposition);
  original_ = std::make_unique<Network<float>>(network_of<float>(model.transformer));
  every_ = std::max<std::int64_t>(1, settings_.train.steps / 40);
  record();
}

Json Experiment::start_document() {
  if (!run_) return failed(diagnostics_);
  Json out = {{"ok", true}};
  out.update(settings_document(settings_));
  Json heads = Json::array();
  for (const LayerInfo& l : model().layers) heads.push_back(l.heads.size());
  out["model"] = {{"d_model", model().transformer.d_model},
                  {"heads", heads},
                  {"labels", model().residual_labels},
                  {"encoding", model().codec.encoding == Encoding::Categorical ? "categorical" : "numerical"}};
  out["inputs"] = {{"trained", examples_.trained},
                   {"held_out", examples_.list.size() - examples_.trained},
                   {"all", examples_.all},
                   {"seen", examples_.seen},
                   {"valueless", examples_.valueless},
                   {"promise_breaking", examples_.promise_breaking}};
  const double flops = run_->flops();
  out["estimate"] = {
      {"flops", flops},
      {"megabytes", megabytes(settings_, model(), static_cast<double>(examples_.rows(0, examples_.list.size())))}};
  out["diagnostics"] = diagnostics_;
  return out;
}

void Experiment::record() {
  Point p;
  p.step = run_->steps_done();
  if (summed_) p.losses = {sum_.output / static_cast<double>(summed_), sum_.layers / static_cast<double>(summed_)};
  sum_ = {}, summed_ = 0;
  p.accuracy = run_->accuracy();
  p.weights = run_->weights();
  points_.push_back(std::move(p));
}

Json Experiment::advance(double milliseconds, std::int64_t steps) {
  const auto start = std::chrono::steady_clock::now();
  const auto passed = [&] {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  };
  const std::int64_t first = run_->steps_done();
  while (!run_->finished()) {
    const std::int64_t before = run_->steps_done();
    run_->step();
    if (run_->diverged()) {
      record();
      break;
    }
    sum_.output += run_->losses().output, sum_.layers += run_->losses().layers, ++summed_;
    if (run_->steps_done() % every_ == 0 || run_->finished()) record();
    if (steps > 0 && run_->steps_done() - first >= steps) break;
    if (milliseconds > 0 && passed() >= milliseconds) break;
    if (run_->steps_done() == before) break;
  }
  Json points = Json::array();
  for (; told_ < points_.size(); ++told_) {
    const Point& p = points_[told_];
    Json point = {{"step", p.step},
                  {"trained", p.accuracy.trained},
                  {"held_out", p.accuracy.held_out},
                  {"inputs", p.accuracy.inputs}};
    if (p.step > 0) point.update({{"output_loss", p.losses.output}, {"layers_loss", p.losses.layers}});
    points.push_back(std::move(point));
  }
  return {{"ok", true},
          {"step", run_->steps_done()},
          {"steps", settings_.train.steps},
          {"done", run_->finished()},
          {"diverged", run_->diverged()},
          {"milliseconds", passed()},
          {"points", std::move(points)}};
}

bool Experiment::rewind(std::int64_t step) {
  for (const Point& p : points_) {
    if (p.step != step) continue;
    run_->set_weights(p.weights);
    return true;
  }
  return false;
}

}  // namespace rasp::lab
