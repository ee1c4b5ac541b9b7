#include "lab/run.h"

#include <cmath>

#include "lab/basis.h"
#include "lab/eigen.h"

namespace rasp::lab {

namespace {

// Orthonormal columns by Gram–Schmidt from a normal matrix, twice over, in double.
void orthonormal_columns(Matrix<float>& W, Random& random) {
  std::vector<std::vector<double>> columns;
  while (static_cast<std::int32_t>(columns.size()) < W.columns) {
    std::vector<double> v(static_cast<std::size_t>(W.rows));
    for (double& x : v) x = random.normal();
    for (int pass = 0; pass < 2; ++pass)
      for (const auto& u : columns) {
        double dot = 0;
        for (std::size_t i = 0; i < v.size(); ++i) dot += u[i] * v[i];
        for (std::size_t i = 0; i < v.size(); ++i) v[i] -= dot * u[i];
      }
    double square = 0;
    for (const double x : v) square += x * x;
    if (square < 1e-12) continue;
    for (double& x : v) x /= std::sqrt(square);
    columns.push_back(std::move(v));
  }
  for (std::int32_t r = 0; r < W.rows; ++r)
    for (std::int32_t c = 0; c < W.columns; ++c)
      W(r, c) = static_cast<float>(columns[static_cast<std::size_t>(c)][static_cast<std::size_t>(r)]);
}

void normal(Matrix<float>& m, double deviation, Random& random) {
  for (std::int32_t r = 0; r < m.rows; ++r)
    for (std::int32_t c = 0; c < m.columns; ++c) m(r, c) = static_cast<float>(deviation * random.normal());
}

}  // namespace

TrainingRun::TrainingRun(const CompiledModel& model, const Examples& examples, const TrainOptions& options)
    : model_(model), examples_(examples), options_(options), random_(options.seed) {
  for (std::size_t i = 0; i < examples.trained; ++i) order_.push_back(i);
}

void TrainingRun::fill_batch(const std::vector<std::size_t>& chosen) {
  batch_.clear();
  targets_.clear();
  for (const std::size_t i : chosen) {
    const Example& e = examples_.list[i];
    batch_.add(e.ids);
    targets_.insert(targets_.end(), e.targets.begin(), e.targets.end());
  }
}

double TrainingRun::output_loss(std::span<const Target> targets, Matrix<float>& d) {
  if (model_.codec.encoding == Encoding::Numerical) return squared_error(network_->logits(), targets, d);
  if (sharpness_ == 1) return cross_entropy(network_->logits(), targets, d);
  sharp_ = network_->logits();
  for (float& x : sharp_.data) x *= sharpness_;
  const double loss = cross_entropy(sharp_, targets, d);
  for (float& x : d.data) x *= sharpness_;
  return loss;
}

void TrainingRun::step() {
  if (finished()) return;
  chosen_.clear();
  const std::size_t n = std::min<std::size_t>(static_cast<std::size_t>(options_.batch), order_.size());
  while (chosen_.size() < n) {  // every example once, then all again in another order
    if (at_ == 0)
      for (std::size_t i = order_.size(); i > 1; --i)
        std::swap(order_[i - 1], order_[random_.below(static_cast<std::uint32_t>(i))]);
    chosen_.push_back(order_[at_]);
    at_ = (at_ + 1) % order_.size();
  }
  fill_batch(chosen_);
  network_->set_softness(softness());
  network_->forward(batch_);
  Losses losses;
  losses.output = output_loss(targets_, d_logits_);
  losses.layers = layer_loss(chosen_, d_outputs_);
  if (losses.finite()) network_->backward(batch_, d_logits_, d_outputs_);
  network_->set_softness(1);
  if (!losses.finite()) {
    diverged_ = true;
    if (!good_.empty()) set_weights(good_);
    return;
  }
  losses_ = losses;
  good_ = weights();
  update(options_.schedule.at(done_, options_.steps));
  ++done_;
}

Accuracy TrainingRun::accuracy() {
  Accuracy a;
  std::int64_t counted[2] = {}, right[2] = {}, whole = 0;
  each(0, examples_.list.size(), [&](std::size_t i, std::int32_t row, std::int32_t) {
    const Example& e = examples_.list[i];
    const int part = i < examples_.trained ? 0 : 1;
    bool all = true;
    for (std::size_t t = 0; t < e.targets.size(); ++t) {
      if (!e.targets[t].counts) continue;
      const Matrix<float>& y = network_->logits();
      const bool ok = reads_right(model_.codec, y.row(row + static_cast<std::int32_t>(t)), y.columns, e.targets[t]);
      ++counted[part], right[part] += ok, all = all && ok;
    }
    whole += all;
  });
  const auto share = [](std::int64_t x, std::int64_t of) {
    return of ? static_cast<double>(x) / static_cast<double>(of) : 0.0;
  };
  a.trained = share(right[0], counted[0]);
  a.held_out = share(right[1], counted[1]);
  a.inputs = share(whole, static_cast<std::int64_t>(examples_.list.size()));
  return a;
}

double TrainingRun::flops() const {
  const std::int64_t n = std::min<std::int64_t>(options_.batch, static_cast<std::int64_t>(examples_.trained));
  Batch b;
  for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i) b.add(examples_.list[i].ids);
  return static_cast<double>(network_->flops(b));
}

double TrainingRun::megabytes() const {
  const std::int64_t together = std::max(options_.batch, 128), longest = network_->shape().positions;
  std::int64_t floats = network_->floats(together * longest, static_cast<std::int32_t>(longest)) +
                        8 * static_cast<std::int64_t>(weights().size());
  return static_cast<double>(floats) * 4e-6;
}

Superposition::Superposition(const CompiledModel& model, const Examples& examples, const TrainOptions& train,
                             const SuperpositionOptions& options)
    : TrainingRun(model, examples, train), compressed_(model.transformer, options.width), superposition_(options) {
  network_ = &compressed_.network;
  sharpness_ = static_cast<float>(options.sharpness);
  optimiser_.decay = train.decay;
  optimiser_.add(compressed_.W, compressed_.gradient);
  remember_exact();
  start(options.start);
  compressed_.project();
}

void Superposition::remember_exact() {
  Network<float> original = network_of<float>(model_.transformer);
  const auto D = static_cast<std::size_t>(model_.transformer.d_model);
  moments_.assign(D, std::vector<double>(D, 0));
  const auto add = [&](const Matrix<float>& x) {
    for (std::int32_t r = 0; r < x.rows; ++r)
      for (std::size_t i = 0; i < D; ++i) {
        const double v = x.row(r)[i];
        if (v == 0) continue;
        for (std::size_t j = 0; j < D; ++j) moments_[i][j] += v * x.row(r)[j];
      }
  };
  Batch one;
  for (const Example& e : examples_.list) {
    one.clear();
    one.add(e.ids);
    original.forward(one);
    add(original.embedded());
    auto& outputs = exact_.emplace_back(static_cast<std::size_t>(original.blocks()));
    for (std::int32_t b = 0; b < original.blocks(); ++b) {
      if (!original.has_block(b)) continue;
      outputs[static_cast<std::size_t>(b)] = original.output(b);
      const auto& layer = original.layer(static_cast<std::size_t>(b / 2));
      add(b % 2 ? layer.post : layer.mid);
    }
  }
}

void Superposition::start(SuperpositionOptions::Start how) {
  Matrix<float>& W = compressed_.W;
  if (how == SuperpositionOptions::Start::Normal) {
    normal(W, 1 / std::sqrt(static_cast<double>(W.columns)), random_);
  } else if (how == SuperpositionOptions::Start::Orthonormal) {
    orthonormal_columns(W, random_);
  } else {
    const Spectrum s = eigenvectors(moments_);
    for (std::int32_t r = 0; r < W.rows; ++r)
      for (std::int32_t c = 0; c < W.columns; ++c)
        W(r, c) = static_cast<float>(s.vectors[static_cast<std::size_t>(c)][static_cast<std::size_t>(r)]);
  }
}

void Superposition::set_weights(const std::vector<float>& weights) {
  compressed_.W.data = weights;
  compressed_.project();
}

double Superposition::softness() const {
  const double x = 2 * static_cast<double>(steps_done()) / static_cast<double>(options_.steps);
  return x >= 1 || superposition_.softness == 1 ? 1 : exponential((1 - x) * logarithm(superposition_.softness));
}

void Superposition::update(double rate) {
  compressed_.chain();
  optimiser_.step(rate);
  compressed_.project();
}

double Superposition::layer_loss(const std::vector<std::size_t>& chosen, std::vector<Matrix<float>>& d_outputs) {
  const std::int32_t blocks = network_->blocks();
  d_outputs.resize(static_cast<std::size_t>(blocks));
  double loss = 0;
  for (std::int32_t b = 0; b < blocks; ++b) {
    if (!network_->has_block(b)) continue;
    const Matrix<float>& y = network_->output(b);
    target_.shape(y.rows, y.columns);
    std::int32_t row = 0;
    for (const std::size_t i : chosen) {
      const Matrix<float>& e = exact(i, b);
      std::copy(e.data.begin(), e.data.end(), target_.row(row));
      row += e.rows;
    }
    Matrix<float>& d = d_outputs[static_cast<std::size_t>(b)];
    loss += mean_square(y, target_, d);
    if (superposition_.layer_weight != 1)
      for (float& x : d.data) x *= static_cast<float>(superposition_.layer_weight);
  }
  return loss;
}

namespace {

Shape twin_shape(const Transformer& model, const TwinOptions& o) {
  Shape s;
  s.width = s.written = o.d_model;
  s.vocabulary = static_cast<std::int32_t>(model.W_E.rows());
  s.positions = model.n_ctx;
  s.outputs = static_cast<std::int32_t>(model.W_U.cols());
  s.causal = model.causal;
  s.scale = 1 / std::sqrt(static_cast<double>(o.d_head));
  for (std::int32_t l = 0; l < o.layers; ++l) {
    LayerShape& layer = s.layers.emplace_back();
    layer.neurons = o.d_mlp;
    layer.heads.assign(static_cast<std::size_t>(o.heads), {o.d_head, o.d_head});
  }
  return s;
}

}  // namespace

Twin::Twin(const CompiledModel& model, const Examples& examples, const TrainOptions& train, const TwinOptions& o)
    : TrainingRun(model, examples, train),
      twin_(twin_shape(model.transformer, o)),
      compiled_(network_of<float>(model.transformer)),
      sizes_(o) {
  network_ = &twin_;
  optimiser_.decay = train.decay;
  std::vector<Matrix<float>*> gradients;
  twin_.gradient.each([&](const std::string&, Matrix<float>& g) { gradients.push_back(&g); });
  std::size_t i = 0;
  // What writes into the residual stream starts smaller the more of it there is.
  const double written = 1 / std::sqrt(2.0 * std::max(1, o.layers));
  twin_.weights.each([&](const std::string& name, Matrix<float>& p) {
    const bool bias = name.find(".b_") != std::string::npos,
               embedding = name.find("embed.W_E") != std::string::npos || name.find("W_pos") != std::string::npos;
    const bool writes = name.find("W_O") != std::string::npos || name.find("W_out") != std::string::npos;
    if (!bias && !p.empty())
      normal(p, embedding ? 0.5 : (writes ? written : 1.0) / std::sqrt(static_cast<double>(p.rows)), random_);
    optimiser_.add(p, *gradients[i++], !bias);
  });
}

double Twin::pattern_loss(std::size_t layer, std::size_t compiled_layer, std::size_t head) {
  std::vector<float>& all = twin_.d_patterns[layer];
  const std::vector<float>& patterns = twin_.layer(layer).patterns;
  if (all.size() != patterns.size()) all.assign(patterns.size(), 0.0f);
  double loss = 0;
  const double share = 1.0 / batch_.rows();
  for (std::int32_t b = 0; b < batch_.size(); ++b) {
    const std::int32_t T = batch_.begin[static_cast<std::size_t>(b) + 1] - batch_.begin[static_cast<std::size_t>(b)];
    const float *mine = twin_.pattern(layer, head, b), *wanted = compiled_.pattern(compiled_layer, head, b);
    float* d = all.data() + (mine - patterns.data());
    for (std::int32_t t = 0; t < T; ++t)
      for (std::int32_t k = 0; k < T; ++k) {
        const std::int32_t i = t * padded(T) + k;
        const float difference = mine[i] - wanted[i];
        loss += share * static_cast<double>(difference) * static_cast<double>(difference);
        d[i] = static_cast<float>(2 * sizes_.patterns * share * static_cast<double>(difference));
      }
  }
  return loss;
}

double Twin::layer_loss(const std::vector<std::size_t>&, std::vector<Matrix<float>>& d) {
  d.clear();
  if (sizes_.patterns == 0) return 0;
  compiled_.forward(batch_);
  twin_.d_patterns.assign(twin_.shape().layers.size(), {});
  double loss = 0;
  std::size_t layer = 0;
  for (std::size_t l = 0; l < compiled_.shape().layers.size() && layer < twin_.shape().layers.size(); ++l) {
    const std::size_t heads =
        std::min(compiled_.shape().layers[l].heads.size(), twin_.shape().layers[layer].heads.size());
    if (heads == 0) continue;
    for (std::size_t h = 0; h < heads; ++h) loss += pattern_loss(layer, l, h);
    ++layer;
  }
  return loss;
}

std::vector<float> Twin::weights() const {
  std::vector<float> all;
  twin_.weights.each(
      [&](const std::string&, Matrix<float>& p) { all.insert(all.end(), p.data.begin(), p.data.end()); });
  return all;
}

void Twin::set_weights(const std::vector<float>& all) {
  auto at = all.begin();
  twin_.weights.each([&](const std::string&, Matrix<float>& p) {
    std::copy(at, at + static_cast<std::ptrdiff_t>(p.data.size()), p.data.begin());
    at += static_cast<std::ptrdiff_t>(p.data.size());
  });
}

}  // namespace rasp::lab
