#include <algorithm>
#include <cmath>

#include "lab/experiment.h"

namespace rasp::lab {

namespace {

// A number of a request, held to a range.
template <class T>
T within(const Json& from, const char* key, T fallback, T least, T most, const std::string& what) {
  const Json x = from.value(key, Json());
  if (x.is_null()) return fallback;
  const auto text = [](T v) {
    std::string s = std::to_string(v);
    if (s.find('.') != std::string::npos) s.erase(s.find_last_not_of('0') + 1);
    return !s.empty() && s.back() == '.' ? s + "0" : s;
  };
  const bool fits = std::is_integral_v<T> ? x.is_number_integer() : x.is_number();
  const double v = fits ? x.get<double>() : 0;
  if (!fits || !(v >= static_cast<double>(least) && v <= static_cast<double>(most)))
    bad_request("\"" + std::string(key) + "\" (" + what + ") must be " +
                (std::is_integral_v<T> ? "a whole number" : "a number") + " from " + text(least) + " to " + text(most));
  return x.get<T>();
}

Json part(const Json& request, const char* key) {
  Json x = request.value(key, Json::object());
  if (x.is_null()) x = Json::object();
  if (!x.is_object()) bad_request("\"" + std::string(key) + "\" must be an object");
  return x;
}

void training(const Json& t, TrainOptions& o) {
  o.steps = within<std::int64_t>(t, "steps", o.steps, 1, 1'000'000, "of training");
  o.batch = within<std::int32_t>(t, "batch", o.batch, 1, 1024, "inputs a step");
  o.schedule.rate = within<double>(t, "rate", o.schedule.rate, 1e-7, 1, "the learning rate");
  o.decay = within<double>(t, "decay", o.decay, 0, 1, "the weight decay");
  o.seed = within<std::uint32_t>(t, "seed", 1, 0, 4'294'967'295u, "of the weights at first");
}

// As many heads a layer as the compiled model has at most, and at least one.
void twin(const Json& e, const CompiledModel& model, Settings& s) {
  std::int32_t layers = 0, heads = 1;
  for (const Layer& l : model.transformer.layers) {
    if (!l.heads.empty()) ++layers;
    heads = std::max(heads, static_cast<std::int32_t>(l.heads.size()));
  }
  TwinOptions& o = s.twin;
  o.layers = within<std::int32_t>(e, "layers", std::clamp(layers, 1, 8), 1, 8, "of the twin");
  o.heads = within<std::int32_t>(e, "heads", std::min(heads, 8), 1, 8, "in each layer");
  o.d_model = within<std::int32_t>(e, "d_model", 32, 4, 256, "the residual stream's width");
  o.d_head = within<std::int32_t>(e, "d_head", 16, 4, 64, "a head's width");
  o.d_mlp = within<std::int32_t>(e, "d_mlp", 64, 0, 512, "neurons in each layer");
  o.patterns =
      within<double>(e, "patterns", 0, 0, 1000, "weight of the compiled model's attention patterns in the loss");
  if (o.d_head % 4) bad_request("\"d_head\" (a head's width) must be a multiple of 4");
  s.train.steps = 6000;
  s.train.batch = 64;
  s.train.decay = 0.01;
  s.train.schedule = {Schedule::Kind::Cosine, 3e-3, 0, 0.05};
}

void superposition(const Json& e, const CompiledModel& model, Settings& s) {
  const std::int32_t D = model.transformer.d_model;
  // Counting heads live on scores that a small change of W puts far off: only small steps from where they work keep
  // them.
  const bool counts = std::any_of(model.layers.begin(), model.layers.end(), [](const LayerInfo& l) {
    return std::any_of(l.heads.begin(), l.heads.end(),
                       [](const HeadInfo& h) { return h.role == HeadInfo::Role::CountingWidth; });
  });
  const std::string recipe = typed<std::string>(e, "recipe", counts ? "principal" : "orthonormal", "a string");
  using Start = SuperpositionOptions::Start;
  if (recipe == "paper") s.superposition.start = Start::Normal;
  else if (recipe == "orthonormal") s.superposition.start = Start::Orthonormal;
  else if (recipe == "principal") s.superposition.start = Start::Principal;
  else bad_request("\"recipe\" must be \"orthonormal\", \"principal\" or \"paper\"");
  const bool paper = recipe == "paper";
  s.recipe = recipe;
  s.superposition.width =
      within<std::int32_t>(e, "d", std::max(1, D / 2), 1, D, "dimensions of the compressed residual stream");
  s.superposition.layer_weight = within<double>(e, "layer_weight", 1, 0, 1000, "of the layers' loss");
  s.superposition.softness =
      within<double>(e, "softness", recipe == "orthonormal" ? 0.03 : 1, 0.01, 1, "of scores at first");
  s.superposition.sharpness = within<double>(e, "sharpness", paper ? 1 : 16, 0.1, 100, "of the logits in the loss");
  s.train.steps = paper ? 300'000 : 4'000;
  s.train.batch = paper ? 256 : 64;
  s.train.decay = paper ? 0.1 : 0;
  s.train.schedule = paper ? Schedule{Schedule::Kind::Linear, 1e-3, 1e-6, 0}
                           : Schedule{Schedule::Kind::Cosine, recipe == "principal" ? 1e-3 : 1e-2, 0, 0};
}

}  // namespace

Settings settings_of(const Json& request, const CompiledModel& model) {
  const Json e = part(request, "experiment");
  Settings s;
  s.kind = typed<std::string>(e, "kind", "superposition", "\"superposition\" or \"twin\"");
  if (s.kind == "twin") twin(e, model, s);
  else if (s.kind == "superposition") superposition(e, model, s);
  else bad_request("\"kind\" must be \"superposition\" or \"twin\"");
  training(part(request, "training"), s.train);
  const Json x = part(request, "examples");
  s.examples.longest = typed<bool>(x, "longest", false, "true or false");
  s.examples.most = within<std::uint32_t>(x, "most", 4096, 2, 100'000, "inputs");
  s.examples.held_out = within<double>(x, "held_out", 0.125, 0, 0.9, "share of inputs that is not trained on");
  s.examples.seed = within<std::uint32_t>(x, "seed", 1, 0, 4'294'967'295u, "of the inputs");
  return s;
}

Json settings_document(const Settings& s) {
  Json e = {{"kind", s.kind}};
  if (s.kind == "twin") {
    e.update({{"layers", s.twin.layers},
              {"heads", s.twin.heads},
              {"d_model", s.twin.d_model},
              {"d_head", s.twin.d_head},
              {"d_mlp", s.twin.d_mlp},
              {"patterns", s.twin.patterns}});
  } else {
    e.update({{"d", s.superposition.width},
              {"recipe", s.recipe},
              {"layer_weight", s.superposition.layer_weight},
              {"sharpness", s.superposition.sharpness},
              {"softness", s.superposition.softness}});
  }
  return {{"experiment", e},
          {"training",
           {{"steps", s.train.steps},
            {"batch", s.train.batch},
            {"rate", s.train.schedule.rate},
            {"decay", s.train.decay},
            {"seed", s.train.seed}}},
          {"examples",
           {{"longest", s.examples.longest},
            {"most", s.examples.most},
            {"held_out", s.examples.held_out},
            {"seed", s.examples.seed}}}};
}

}  // namespace rasp::lab
