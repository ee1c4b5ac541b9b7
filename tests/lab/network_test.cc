// Gradients against values from another implementation (reference.py) and against finite differences.
#include <cmath>
#include <map>

#include "doctest/doctest.h"
#include "lab/basis.h"
#include "lab/loss.h"
#include "lab/small_model.h"
#include "model/forward.h"
#include "model/random_model.h"

namespace rasp {
namespace {

template <class Real>
using Dense = lab::Matrix<Real>;

struct ReferenceRow {
  bool causal;
  std::string name;
  double x, y;
};
const std::vector<ReferenceRow> reference_rows{
#include "reference.inc"
};

std::vector<lab::Target> small_targets() {
  std::vector<lab::Target> targets;
  for (const int t : {-1, 0, 2, 1, 1, -1, 2, -1, -1, 0, 1, 2}) targets.push_back({t, 0, t >= 0});
  return targets;
}

// The loss of reference.py and, where asked for, its gradients.
template <class Real>
double small_loss(lab::Network<Real>& n, const std::vector<Dense<Real>>& exact, bool gradients) {
  const lab::Batch batch = testing::small_batch();
  n.forward(batch);
  Dense<Real> d;
  double loss = lab::cross_entropy(n.logits(), std::span<const lab::Target>(small_targets()), d);
  std::vector<Dense<Real>> d_outputs(exact.size());
  for (std::size_t b = 0; b < exact.size(); ++b)
    loss += lab::mean_square(n.output(static_cast<std::int32_t>(b)), exact[b], d_outputs[b]);
  if (gradients) n.backward(batch, d, d_outputs);
  return loss;
}

template <class Real>
std::vector<Dense<Real>> small_exact(lab::Network<Real>& n) {
  n.forward(testing::small_batch());
  std::vector<Dense<Real>> exact;
  for (std::int32_t b = 0; b < n.blocks(); ++b) {
    exact.push_back(n.output(b));
    for (std::int32_t r = 0; r < exact.back().rows; ++r)
      for (std::int32_t c = 0; c < exact.back().columns; ++c) exact.back()(r, c) += Real(0.1);
  }
  return exact;
}

template <class Real>
std::pair<double, double> projection(const Dense<Real>& g, std::int32_t row, std::int32_t column, std::int32_t rows,
                                     std::int32_t columns) {
  double x = 0, y = 0;
  int n = 0;
  for (std::int32_t r = 0; r < rows; ++r)
    for (std::int32_t c = 0; c < columns; ++c, ++n) {
      x += static_cast<double>(g(row + r, column + c)) * std::cos(0.7 * n);
      y += static_cast<double>(g(row + r, column + c)) * std::sin(1.3 * n + 0.4);
    }
  return {x, y};
}

// "blocks.0.attn.1.W_Q" → its part of the tensor in which heads lie side by side.
template <class Real>
std::pair<double, double> gradient_of(lab::Network<Real>& n, const std::string& name) {
  std::pair<double, double> found{NAN, NAN};
  const auto whole = [&](const std::string& at, const Dense<Real>& m) {
    if (at == name) found = projection(m, 0, 0, m.rows, m.columns);
    if (name.rfind(at.substr(0, at.rfind('.') + 1), 0) != 0 || at.find(".attn.") == std::string::npos || at == name)
      return;
    const std::size_t l = static_cast<std::size_t>(name[7] - '0'), h = static_cast<std::size_t>(name[14] - '0');
    if (h >= n.shape().layers[l].heads.size() || name.substr(16) != at.substr(14)) return;
    const lab::HeadShape w = n.shape().layers[l].heads[h];
    const char letter = name.back();
    const bool values = letter == 'V' || letter == 'O';
    const std::int32_t column = n.head_column(l, h, values);
    if (letter == 'O') found = projection(m, column, 0, w.v, m.columns);
    else found = projection(m, 0, column, m.rows, values ? w.v : w.qk);
  };
  n.gradient.each(whole);
  return found;
}

template <class Real>
void check_reference(double tolerance) {
  for (const bool causal : {false, true}) {
    lab::Network<Real> n = testing::small_network<Real>(causal);
    const auto exact = small_exact(n);
    const double loss = small_loss(n, exact, true);
    lab::Compressed<Real> c(n, 3);
    testing::Stream(99).fill(c.W, 0, 0, 7, 3, 0.6);
    c.project();
    const double basis_loss = small_loss(c.network, exact, true);
    c.chain();
    int seen = 0;
    for (const ReferenceRow& r : reference_rows) {
      if (r.causal != causal) continue;
      CAPTURE(r.name);
      std::pair<double, double> found{0, 0};
      if (r.name == "loss") found = {loss, 0};
      else if (r.name == "basis.loss") found = {basis_loss, 0};
      else if (r.name == "basis") found = projection(c.gradient, 0, 0, 7, 3);
      else found = gradient_of(n, r.name);
      CHECK(std::abs(found.first - r.x) <= tolerance * std::max(1.0, std::abs(r.x)));
      CHECK(std::abs(found.second - r.y) <= tolerance * std::max(1.0, std::abs(r.y)));
      ++seen;
    }
    CHECK(seen ==
          38);  // 21 of heads, 10 of the rest of the layers, 4 of embeddings and unembedding, 3 that are no weights
  }
}

TEST_CASE("gradients of every parameter and of the basis are those of the reference") {
  check_reference<double>(1e-10);
  check_reference<float>(2e-5);
}

TEST_CASE("gradients agree with finite differences, element by element") {
  lab::Network<double> n = testing::small_network<double>(true);
  const auto exact = small_exact(n);
  small_loss(n, exact, true);
  lab::Parameters<double> gradient = n.gradient;
  std::vector<std::pair<Dense<double>*, Dense<double>*>> tensors;
  n.weights.each([&](const std::string&, Dense<double>& m) { tensors.push_back({&m, nullptr}); });
  std::size_t i = 0;
  gradient.each([&](const std::string&, Dense<double>& m) { tensors[i++].second = &m; });
  for (const auto& tensor : tensors)
    for (std::int32_t r = 0; r < tensor.first->rows; ++r)
      for (std::int32_t c = 0; c < tensor.first->columns; ++c) {
        double& x = (*tensor.first)(r, c);
        const double before = x, h = 1e-5;
        x = before + h;
        const double up = small_loss(n, exact, false);
        x = before - h;
        const double down = small_loss(n, exact, false);
        x = before;
        if (std::abs((*tensor.second)(r, c)) < 1e-12) CHECK(std::abs(up - down) < 1e-9);
        else
          CHECK(std::abs((up - down) / (2 * h) - (*tensor.second)(r, c)) <
                1e-6 * std::max(1.0, std::abs((*tensor.second)(r, c))));
      }
}

// What is asked of attention patterns alone: Σ (p − target)² / 2 over both layers, on top of nothing else.
double pattern_loss(lab::Network<double>& n, bool gradients) {
  const lab::Batch batch = testing::small_batch();
  n.forward(batch);
  double loss = 0;
  n.d_patterns.clear();
  for (std::size_t l = 0; l < n.shape().layers.size(); ++l) {
    std::vector<double> d(n.layer(l).patterns.size(), 0);
    for (std::size_t h = 0; h < n.shape().layers[l].heads.size(); ++h)
      for (std::int32_t b = 0; b < batch.size(); ++b) {
        const std::int32_t T = batch.begin[static_cast<std::size_t>(b) + 1] - batch.begin[static_cast<std::size_t>(b)];
        const double* p = n.pattern(l, h, b);
        for (std::int32_t t = 0; t < T; ++t)
          for (std::int32_t k = 0; k < T; ++k) {
            const double target = 0.1 * (k % 3), x = p[t * lab::padded(T) + k] - target;
            loss += x * x / 2;
            d[static_cast<std::size_t>(p - n.layer(l).patterns.data() + t * lab::padded(T) + k)] = x;
          }
      }
    n.d_patterns.push_back(std::move(d));
  }
  Dense<double> none;
  none.resize(n.logits().rows, n.logits().columns);
  if (gradients) n.backward(batch, none, {});
  return loss;
}

TEST_CASE("gradients of what is asked of attention patterns agree with finite differences") {
  for (const bool causal : {false, true}) {
    lab::Network<double> n = testing::small_network<double>(causal);
    pattern_loss(n, true);
    lab::Parameters<double> gradient = n.gradient;
    std::vector<Dense<double>*> tensors, gradients;
    std::vector<std::string> names;
    n.weights.each([&](const std::string& name, Dense<double>& m) { tensors.push_back(&m), names.push_back(name); });
    gradient.each([&](const std::string&, Dense<double>& m) { gradients.push_back(&m); });
    std::size_t moved = 0;
    for (std::size_t i = 0; i < tensors.size(); ++i)
      for (std::int32_t r = 0; r < tensors[i]->rows; ++r)
        for (std::int32_t c = 0; c < tensors[i]->columns; ++c) {
          double& x = (*tensors[i])(r, c);
          const double before = x, h = 1e-5;
          x = before + h;
          const double up = pattern_loss(n, false);
          x = before - h;
          const double down = pattern_loss(n, false);
          x = before;
          const double expected = (up - down) / (2 * h), got = (*gradients[i])(r, c);
          if (std::abs(expected - got) >= 1e-6 * std::max(1.0, std::abs(expected))) {
            CAPTURE(names[i]);
            CHECK(got == doctest::Approx(expected));
          }
          moved += std::abs(got) > 1e-9;
        }
    CHECK(moved > 50);  // queries, keys, embeddings, and what the first layer writes for the second
  }
}

TEST_CASE("the dense forward pass says what the sparse one says, in the model's own basis and turned") {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    CAPTURE(seed);
    testing::RandomModelOptions o;
    o.causal = seed % 2;
    const Transformer m = testing::random_model(seed, o);
    lab::Network<double> n = lab::network_of<double>(m);
    // Turned by an orthogonal matrix of full size, nothing may change: a reflection, 1 − 2·u·uᵀ/uᵀu.
    lab::Compressed<double> turned(m, m.d_model);
    std::vector<double> u;
    testing::Stream stream(seed + 1);
    double square = 0;
    for (std::int32_t i = 0; i < m.d_model; ++i) u.push_back(stream.draw()), square += u.back() * u.back();
    for (std::int32_t r = 0; r < m.d_model; ++r)
      for (std::int32_t c = 0; c < m.d_model; ++c)
        turned.W(r, c) = (r == c) - 2 * u[static_cast<std::size_t>(r)] * u[static_cast<std::size_t>(c)] / square;
    turned.project();
    testing::Random random(seed + 100);
    lab::Batch batch;
    std::vector<std::vector<std::int32_t>> sequences;
    for (int s = 0; s < 3; ++s)
      batch.add(sequences.emplace_back(testing::random_ids(random, m, 1 + random.below(m.n_ctx))));
    n.forward(batch);
    turned.network.forward(batch);
    std::int32_t row = 0;
    for (const auto& ids : sequences) {
      std::vector<float> logits;
      forward(m, ids, logits);
      const std::size_t columns = static_cast<std::size_t>(m.W_U.cols());
      for (std::size_t t = 0; t < ids.size(); ++t, ++row)
        for (std::size_t c = 0; c < columns; ++c) {
          const double expected = logits[t * columns + c], bound = 1e-3 * std::max(1.0, std::abs(expected));
          CHECK(std::abs(n.logits()(row, static_cast<std::int32_t>(c)) - expected) < bound);
          CHECK(std::abs(turned.network.logits()(row, static_cast<std::int32_t>(c)) -
                         n.logits()(row, static_cast<std::int32_t>(c))) < 1e-6 * std::max(1.0, std::abs(expected)));
        }
    }
  }
}

TEST_CASE("own elementary functions") {
  for (double x = 1e-300; x < 1e300; x *= 1.7e3)
    CHECK(std::abs(lab::logarithm(x) - std::log(x)) <= 4e-16 * std::max(1.0, std::abs(std::log(x))));
  for (double x = 0.01; x < 3; x += 0.01) CHECK(std::abs(lab::logarithm(x) - std::log(x)) < 1e-15);
  for (double x = 0; x <= 3.1415; x += 0.001) CHECK(std::abs(lab::cosine(x) - std::cos(x)) < 1e-13);
  for (double x = -690; x <= 0; x += 0.37) CHECK(std::abs(lab::exponential(x) / std::exp(x) - 1) < 1e-14);
  CHECK(lab::exponential(-1e9) == 0);
  CHECK(std::isnan(lab::exponential(NAN)));
  lab::Random a(3), b(3), c(4);
  CHECK(a.bits() == b.bits());
  CHECK(a.bits() != c.bits());
  double sum = 0, square = 0;
  for (int i = 0; i < 20000; ++i) {
    const double x = a.normal();
    sum += x, square += x * x;
    CHECK(a.below(7) < 7);
  }
  CHECK(std::abs(sum / 20000) < 0.03);
  CHECK(std::abs(square / 20000 - 1) < 0.05);
}

}  // namespace
}  // namespace rasp
