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
#include "session/request.h"

namespace rasp::lab {

struct Settings {
  std::string kind;                        // "superposition" or "twin"
  SuperpositionOptions superposition;
  std::string recipe;                      // "orthonormal", "principal" or "paper": W at first, rates and decay
  TwinOptions twin;
  TrainOptions train;
  ExampleOptions examples;
};

// From `experiment`, `training` and `examples` of a request; what is absent takes the kind's default. Throws BadRequest.
Settings settings_of(const Json& request, const CompiledModel& model);
Json settings_document(const Settings& settings);

class Experiment {
 public:
  // Where it is refused, start_document() is a failure that says why. Throws BadRequest and LimitExceeded.
  static std::unique_ptr<Experiment> start(const Json& request, Diagnostics& diagnostics, Budget& budget);
  ~Experiment();

  Json start_document();
  // Steps until `milliseconds` have passed (0: no such end) or `steps` were taken (0 likewise), or the run is over.
  Json advance(double milliseconds, std::int64_t steps);
  // What the weights of a step mean; of the last where step < 0. Only the steps of `points` are kept.
  Json picture(std::int64_t step, const std::optional<std::vector<Value>>& input, Budget& budget);
  // The run's model as one that any reader of transformers takes: of the residual stream's own width.
  Transformer transformer(std::int64_t step);

 private:
  Experiment() = default;
  void record();
  bool rewind(std::int64_t step);          // to the weights of a recorded step
  Json superposition_picture(Budget& budget);
  Json patterns(const std::vector<Value>& input, Json& out);
  Json closest_heads();

  struct Point {
    std::int64_t step = 0;
    Losses losses;
    Accuracy accuracy;
    std::vector<float> weights;
  };
  ProgramRequest request_;
  Program program_;
  CompiledModel model_;
  std::unique_ptr<Runner> runner_;
  Settings settings_;
  Examples examples_;
  std::unique_ptr<TrainingRun> run_;
  std::unique_ptr<Network<float>> original_;
  std::vector<Point> points_;
  std::size_t told_ = 0;                   // points that an answer has shown
  Losses sum_;
  std::int64_t summed_ = 0, every_ = 1;
  Json diagnostics_;
};

}  // namespace rasp::lab
