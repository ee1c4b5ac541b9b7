// Sizes, shape checks, kernels, intervention checks, and the promise of no allocation.
#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <new>

#include "model/forward.h"
#include "model/kernels.h"
#include "random_model.h"

using namespace rasp;
using namespace rasp::testing;

namespace {
std::size_t allocations = 0;
}

void* operator new(std::size_t n) {
  ++allocations;
  if (void* p = std::malloc(n ? n : 1)) return p;
  throw std::bad_alloc();
}
void* operator new(std::size_t n,
                   const std::nothrow_t&) noexcept {  // with the other, since both end in the same delete
  ++allocations;
  return std::malloc(n ? n : 1);
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }

TEST_CASE("a warm workspace makes no allocation, whatever the length, and no difference") {
  for (const bool causal : {false, true}) {
    RandomModelOptions o;
    o.n_ctx = 30;
    o.causal = causal;
    const Transformer m = random_model(42, o);
    const PreparedModel prepared(m);
    Random random(1);
    std::vector<std::vector<std::int32_t>> sequences;
    for (const std::int32_t T : {30, 1, 7, 30, 2, 16, 30, 30, 30, 30, 5, 30, 30})
      sequences.push_back(random_ids(random, m, T));
    Workspace warm;
    std::vector<float> logits;
    forward(prepared, warm, sequences[0], logits);
    std::vector<float> batched, one_by_one;
    forward_batch(prepared, warm, sequences, batched);
    const std::size_t before = allocations;
    for (const auto& ids : sequences) forward(prepared, warm, ids, logits);
    forward_batch(prepared, warm, sequences, batched);
    CHECK(allocations == before);
    for (const auto& ids : sequences) {
      Workspace cold;
      forward(prepared, cold, ids, logits);
      REQUIRE(logits.size() == ids.size() * static_cast<std::size_t>(o.d_vocab_out));
      one_by_one.insert(one_by_one.end(), logits.begin(), logits.end());
    }
    CHECK(batched == one_by_one);

    // One workspace serves models of other sizes in turn.
    RandomModelOptions small = o;
    small.d_model = 5;
    small.layers = 1;
    const Transformer other = random_model(43, small);
    const std::vector<std::int32_t> ids = random_ids(random, other, 9);
    std::vector<float> in_used, in_new;
    forward(PreparedModel(other), warm, ids, in_used);
    forward(other, ids, in_new);
    CHECK(in_used == in_new);
  }
}

TEST_CASE("the exponential is within two units in the last place") {
  double worst = 0;
  for (double x = 0; x >= kernels::exponent_floor; x -= 0.00037) {
    const float f = static_cast<float>(x);
    const double exact = std::exp(static_cast<double>(f));
    const double got = kernels::exp4(kernels::splat4(f))[2];
    worst = std::max(worst, std::abs(got - exact) / exact);
  }
  CHECK(worst < 0x1p-22);
  CHECK(kernels::exp4(kernels::splat4(0))[0] == 1);
}

TEST_CASE("softmax: equal scores, far-apart scores, the floor, and which groups are not zero") {
  std::int32_t groups[8];
  const auto softmax = [&](std::vector<float>& x) {
    return kernels::softmax(x.data(), static_cast<std::int32_t>(x.size()), groups);
  };
  for (std::int32_t n = 4; n <= 24; n += 4) {
    CAPTURE(n);
    std::vector<float> equal(static_cast<std::size_t>(n), 12.5f);
    CHECK(softmax(equal) == n / 4);
    for (const float p : equal) CHECK(p == equal[0]);
    CHECK(std::abs(equal[0] * static_cast<float>(n) - 1) < 1e-6);
    for (std::int32_t top = 0; top < n; ++top) {
      std::vector<float> one(static_cast<std::size_t>(n), -300.0f);
      one[static_cast<std::size_t>(top)] = 200.0f;
      REQUIRE(softmax(one) == 1);
      CHECK(groups[0] == top / 4 * 4);
      for (std::int32_t i = 0; i < n; ++i) CHECK(one[static_cast<std::size_t>(i)] == (i == top ? 1.0f : 0.0f));
    }
  }
  for (const float below : {-41.6f, -50.0f, -87.0f, -100.0f, -1e4f, -1e30f, -std::numeric_limits<float>::max()}) {
    std::vector<float> x{0, below, 0, below};
    softmax(x);
    CHECK(x == std::vector<float>{0.5f, 0, 0.5f, 0});
  }
  std::vector<float> x{0, -41, -30, -1e30f};
  softmax(x);
  CHECK(x[0] == 1);
  CHECK(x[1] == doctest::Approx(std::exp(-41.0)).epsilon(1e-6));
  CHECK(x[2] == doctest::Approx(std::exp(-30.0)).epsilon(1e-6));
  CHECK(x[3] == 0);
}

TEST_CASE("transposition, dot product and lists of non-zeros at every size") {
  Random random(5);
  for (std::int32_t rows = 1; rows <= 9; ++rows)
    for (std::int32_t n = 1; n <= 9; ++n) {
      CAPTURE(rows);
      CAPTURE(n);
      std::vector<std::vector<float>> x(static_cast<std::size_t>(rows),
                                        std::vector<float>(12, 1e30f));  // beyond n: not to be read as data
      std::vector<const float*> pointers;
      for (auto& row : x) {
        for (std::int32_t t = 0; t < n; ++t)
          row[static_cast<std::size_t>(t)] = random.below(2) ? random.weight() : 0.0f;
        pointers.push_back(row.data());
      }
      std::vector<float> out(static_cast<std::size_t>(rows * n) + 1, 7.0f);
      kernels::transpose(pointers.data(), rows, n, out.data(), rows);
      for (std::int32_t r = 0; r < rows; ++r) {
        std::vector<std::int32_t> expected, found(12);
        for (std::int32_t t = 0; t < n; ++t) {
          CHECK(out[static_cast<std::size_t>(t * rows + r)] == pointers[static_cast<std::size_t>(r)][t]);
          if (pointers[static_cast<std::size_t>(r)][t] != 0) expected.push_back(t);
        }
        found.resize(static_cast<std::size_t>(
            kernels::nonzero_positions(pointers[static_cast<std::size_t>(r)], n, found.data())));
        CHECK(found == expected);
      }
      CHECK(out.back() == 7.0f);  // not written past the end
      std::vector<float> p(12, 0.0f);
      double sum = 0;
      for (std::int32_t t = 0; t < n; ++t) {
        p[static_cast<std::size_t>(t)] = random.weight();
        sum += static_cast<double>(p[static_cast<std::size_t>(t)]) * x[0][static_cast<std::size_t>(t)];
      }
      CHECK(std::abs(kernels::dot(p.data(), x[0].data(), n) - sum) < 1e-6);
    }
}

TEST_CASE(
    "sizes: d_head, n_heads and d_mlp are the largest; parameters count the padded model; stored zeros do not count") {
  Transformer m;
  m.d_model = 4;
  m.n_ctx = 3;
  m.bos_id = 1;
  const auto matrix = [](int rows, int columns) {
    SparseMatrix w(rows, columns);
    w.insert(0, 0) = 1;
    if (columns > 1) w.insert(0, 1) = 0;  // stored, but zero
    return w;
  };
  m.W_E = matrix(2, 4);
  m.W_pos = matrix(3, 4);
  m.W_U = matrix(4, 5);
  m.b_U = {0, 1, 0, 0, 0};
  CHECK(m.d_head() == 1);
  CHECK(m.n_heads() == 1);
  CHECK(m.d_mlp() == 1);
  const auto head = [&](int d) {
    AttentionHead h;
    h.W_Q = h.W_K = h.W_V = matrix(4, d);
    h.W_O = matrix(d, 4);
    h.b_Q = h.b_K = h.b_V = std::vector<float>(static_cast<std::size_t>(d), 0.0f);
    return h;
  };
  m.layers.resize(2);
  m.layers[0].heads = {head(2)};
  m.layers[1].heads = {head(3), head(1)};
  for (std::size_t l = 0; l < 2; ++l) {
    const int f = l == 0 ? 0 : 6;
    m.layers[l].b_O = m.layers[l].mlp.b_out = std::vector<float>(4, 0.0f);
    m.layers[l].mlp.W_in = f ? matrix(4, f) : SparseMatrix(4, 0);
    m.layers[l].mlp.W_out = f ? matrix(f, 4) : SparseMatrix(0, 4);
    m.layers[l].mlp.b_in = std::vector<float>(static_cast<std::size_t>(f), 0.5f);
  }
  REQUIRE(shape_fault(m) == "");
  CHECK(m.d_head() == 3);
  CHECK(m.n_heads() == 2);
  CHECK(m.d_mlp() == 6);
  // Embeddings 5·4; a layer: 2 heads × (4 matrices of 4·3 + 3 biases of 3) + 4, and 2·4·6 + 6 + 4; unembedding 4·5 + 5.
  CHECK(m.parameters() == 20 + 2 * (2 * (48 + 9) + 4 + 58) + 25);
  // W_E, W_pos, W_U, b_U; 3 heads × 4; W_in, W_out and 6 biases.
  CHECK(m.nonzeros() == 4 + 12 + 8);

  m.layers[1].heads[1].W_K = matrix(4, 2);
  CHECK(shape_fault(m) == "layer 1, head 1: W_K is 4×2, not 4×1");
  m.layers[1].heads[1].W_K = matrix(4, 1);
  m.layers[0].mlp.b_out.pop_back();
  CHECK(shape_fault(m) == "layer 0: b_out has 3 entries, not 4");
  m.layers[0].mlp.b_out.push_back(0);
  m.bos_id = 2;
  CHECK(shape_fault(m) == "bos_id is not a row of W_E");
}

TEST_CASE("an intervention that cannot be carried out is named") {
  RandomModelOptions o;
  Transformer m = random_model(8, o);
  m.layers[0].heads.clear();
  while (m.layers[1].heads.size() > 1) m.layers[1].heads.pop_back();
  if (m.layers[1].heads.empty()) m.layers[1].heads.push_back(random_model(5, o).layers[0].heads.at(0));
  const auto fault = [&](Intervention i) { return intervention_fault(m, 4, i); };
  using Kind = Intervention::Kind;
  Intervention i;
  i.kind = Kind::ZeroMlp;
  i.layer = 2;
  CHECK_FALSE(fault(i));
  i.layer = 3;
  REQUIRE(fault(i));
  CHECK(fault(i)->error_class == "input");
  CHECK(fault(i)->message.find("layer 3") != std::string::npos);
  i.layer = -1;
  CHECK(fault(i));

  i.kind = Kind::ZeroHead;
  i.layer = 1;
  CHECK_FALSE(fault(i));
  i.head = 1;
  CHECK(fault(i));
  i.layer = 0;
  i.head = 0;
  CHECK(fault(i));

  i.kind = Kind::SetPattern;
  i.layer = 1;
  i.values.assign(16, 0.25f);
  CHECK_FALSE(fault(i));
  i.values[3] = std::numeric_limits<float>::quiet_NaN();
  CHECK(fault(i));
  i.values.assign(9, 0.25f);
  CHECK(fault(i));

  i = {};
  i.kind = Kind::SetResidual;
  i.half_layer = 6;
  i.position = 3;
  i.dimensions = {0, 11};
  i.values = {1, 2};
  CHECK_FALSE(fault(i));
  i.half_layer = 7;
  CHECK(fault(i));
  i.half_layer = 6;
  i.position = 4;
  CHECK(fault(i));
  i.position = 3;
  i.dimensions = {0, 12};
  CHECK(fault(i));
  i.dimensions = {0};
  CHECK(fault(i));
}
