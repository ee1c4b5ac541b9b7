// A training run with all that it stands on, its history, and what is shown of it. The documents' shapes are those of
// session/schema/contract.schema.json: LabStartResult, LabAdvanceResult, LabPictureResult.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "compile.h"
#include "lab/run.h"
#include "model/transformer.h"
#include "session/opened.h"
#include "session/request.h"

namespace rasp::lab {

struct Settings {
  std::string kind;  // "superposition" or "twin"
  SuperpositionOptions superposition;
  std::string recipe;  // "orthonormal", "principal" or "paper": W at first, rates and decay
  TwinOptions twin;
  TrainOptions train;
  ExampleOptions examples;
};

// From `experiment`, `training` and `examples` of a request; what is absent takes the kind's default. Throws
// Rejection.
Settings settings_of(const Json& request, const CompiledModel& model);
Json settings_document(const Settings& settings);

class Experiment {
 public:
  // Where it is refused, start_document() is a failure that says why. Throws Rejection and LimitExceeded.
  static std::unique_ptr<Experiment> start(const Json& request);
  ~Experiment();

  Json start_document();
  // Steps until `milliseconds` have passed (0: no such end) or `steps` were taken (0 likewise), or the run is over.
  Json advance(double milliseconds, std::int64_t steps);
  // What the weights of a step mean; of the last where step < 0. Only the steps of `points` are kept.
  Json picture(const Json& request, Budget& budget);
  // Methods on the run's model at a step: core/lab/discover.h.
  Json discover(const Json& request, Budget& budget);
  // By s-op, how often the compressed model answers as the program does when both have that s-op's values from another
  // input: core/lab/interchange.h.
  Json interchange(const Json& request, Budget& budget);
  // The run's model as one that any reader of transformers takes: of the residual stream's own width.
  Transformer transformer(const Json& request);
  Matrix<float> basis(const Json& request);  // W [d_model, d] of a superposition

 private:
  Experiment() = default;
  void begin(Opened& opened, const Json& request);  // up to the first step; without a run after diagnostics
  void record();
  bool rewind(std::int64_t step);  // to the weights of a recorded step
  // Does it with the weights of the request's `step` (absent or −1: the last), and puts the run's own back.
  template <class Does>
  auto at_step(const Json& request, Does does);
  Json superposition_picture(Budget& budget);
  Json patterns(const std::vector<Value>& input, Json& out);
  Json closest_heads();

  struct Point {
    std::int64_t step = 0;
    Losses losses;
    Accuracy accuracy;
    std::vector<float> weights;
  };
  const CompiledModel& model() const { return held_->model; }
  const Elaboration& elaboration() const { return held_->program.elaboration; }

  std::unique_ptr<HeldModel> held_;
  Settings settings_;
  Examples examples_;
  std::unique_ptr<TrainingRun> run_;
  std::unique_ptr<Network<float>> original_;
  std::vector<Point> points_;
  std::size_t told_ = 0;  // points that an answer has shown
  Losses sum_;
  std::int64_t summed_ = 0, every_ = 1;
  Json diagnostics_;
};

template <class Does>
auto Experiment::at_step(const Json& request, Does does) {
  const auto step = typed<std::int64_t>(request, "step", -1, "a number");
  const std::vector<float> now = run_->weights();
  if (step >= 0 && !rewind(step))
    bad_request("Step " + std::to_string(step) +
                " was not recorded; \"points\" of lab_advance name the steps that were");
  struct Back {
    TrainingRun& run;
    const std::vector<float>& weights;
    ~Back() { run.set_weights(weights); }
  } back{*run_, now};
  return does();
}

}  // namespace rasp::lab
