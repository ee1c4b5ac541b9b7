// The sparse forward pass against the naive one of reference.h, on random models.
#include <doctest/doctest.h>

#include "sweep.h"

#include <cmath>

#include "model/forward.h"
#include "reference.h"

using namespace rasp;
using namespace rasp::testing;

namespace {

using Tensors = std::map<std::string, std::vector<Bounded>>;

Tensors reference(const Transformer& m, const std::vector<std::int32_t>& ids,
                  const std::vector<Intervention>& interventions = {}) {
  return Reference<BoundedArithmetic>({}, m, ids, interventions).tensors;
}

// Every tensor of the trace lies within the bounds, and the bounds are narrow enough to mean something.
void check_trace(const Transformer& m, const std::vector<std::int32_t>& ids,
                 const std::vector<Intervention>& interventions) {
  const Tensors expected = reference(m, ids, interventions);
  Workspace workspace;
  Trace trace;
  std::vector<float> logits;
  forward(PreparedModel(m), workspace, ids, logits, &trace, interventions);
  REQUIRE(trace.tensors.size() == expected.size());
  CHECK(trace.T == static_cast<std::int32_t>(ids.size()));
  for (const auto& entry : expected) {
    const std::string& name = entry.first;
    const auto& values = entry.second;
    CAPTURE(name);
    const TensorInfo* tensor = trace.find(name);
    REQUIRE(tensor != nullptr);
    std::size_t cells = 1;
    for (const std::int64_t d : tensor->shape) cells *= static_cast<std::size_t>(d);
    REQUIRE(cells == values.size());
    std::size_t outside = 0;
    double widest = 0;
    for (std::size_t i = 0; i < cells; ++i) {
      const double got = trace.arena[static_cast<std::size_t>(tensor->offset) + i];
      if (!(std::abs(got - values[i].value) <= values[i].error)) ++outside;
      if (values[i].value > -1e29) widest = std::max(widest, values[i].error / (1 + std::abs(values[i].value)));
    }
    CHECK(outside == 0);
    CHECK(widest < 0.05);
  }
  // Without a trace the same logits, to the bit.
  std::vector<float> untraced;
  forward(m, ids, untraced, nullptr, interventions);
  CHECK(untraced == logits);
}

Intervention zero_head(int layer, int head) {
  Intervention i;
  i.kind = Intervention::Kind::ZeroHead;
  i.layer = layer;
  i.head = head;
  return i;
}

}  // namespace

TEST_CASE("every tensor of the trace agrees with the naive pass") {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    CAPTURE(seed);
    RandomModelOptions o;
    o.causal = seed % 2 == 1;
    o.layers = static_cast<std::int32_t>(seed % 5);  // 0 layers among them
    const Transformer m = random_model(seed, o);
    REQUIRE(shape_fault(m) == "");
    Random random(seed + 1000);
    const std::int32_t T = seed % 7 == 0 ? 1 : random.between(1, m.n_ctx);
    check_trace(m, random_ids(random, m, T), {});
  }
}

TEST_CASE("long inputs: vector lanes, dense and listed values, a denser model") {
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    CAPTURE(seed);
    RandomModelOptions o;
    o.causal = seed % 2 == 1;
    o.n_ctx = 41;
    o.layers = 2;
    o.density = seed < 3 ? 0.1 : 0.6;
    const Transformer m = random_model(seed + 500, o);
    Random random(seed);
    check_trace(m, random_ids(random, m, 36 + static_cast<std::int32_t>(seed)), {});
  }
}

TEST_CASE("interventions do what they say, alone and together") {
  int applied = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    CAPTURE(seed);
    RandomModelOptions o;
    o.causal = seed % 2 == 0;
    const Transformer m = random_model(seed + 7000, o);
    Random random(seed);
    const std::int32_t T = random.between(1, m.n_ctx);
    std::vector<Intervention> all;
    for (int l = 0; l < o.layers; ++l) {
      const auto heads = static_cast<int>(m.layers[static_cast<std::size_t>(l)].heads.size());
      for (int h = 0; h < heads; ++h) {
        if (random.below(4) == 0) all.push_back(zero_head(l, h));
        if (random.below(3) == 0) {
          Intervention i;
          i.kind = Intervention::Kind::SetPattern;
          i.layer = l;
          i.head = h;
          for (int c = 0; c < T * T; ++c) i.values.push_back(static_cast<float>(random.unit()));
          all.push_back(i);
        }
      }
      if (random.below(3) == 0) {
        Intervention i;
        i.kind = Intervention::Kind::ZeroMlp;
        i.layer = l;
        all.push_back(i);
      }
    }
    for (int half = 0; half <= 2 * o.layers; ++half)
      if (random.below(3) == 0) {
        Intervention i;
        i.kind = Intervention::Kind::SetResidual;
        i.half_layer = half;
        i.position = random.below(T);
        i.dimensions = {random.below(m.d_model), random.below(m.d_model)};
        i.values = {random.weight(), random.weight()};
        all.push_back(i);
      }
    const std::vector<std::int32_t> ids = random_ids(random, m, T);
    for (const Intervention& i : all) {
      CHECK_FALSE(intervention_fault(m, T, i));
      check_trace(m, ids, {i});
      ++applied;
    }
    check_trace(m, ids, all);
  }
  CHECK(applied > 100);
}

TEST_CASE("an intervention changes only what comes after it") {
  RandomModelOptions o;
  o.density = 0.6;
  const Transformer m = random_model(3, o);
  Random random(3);
  const std::vector<std::int32_t> ids = random_ids(random, m, 6);
  Workspace workspace;
  const PreparedModel prepared(m);
  Trace before, after;
  std::vector<float> logits, changed;
  forward(prepared, workspace, ids, logits, &before);
  Intervention set;
  set.kind = Intervention::Kind::SetResidual;
  set.half_layer = 2;  // after the MLP of layer 0
  set.position = 4;
  set.dimensions = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  set.values.assign(12, 3.0f);
  const std::vector<Intervention> interventions{set};
  forward(prepared, workspace, ids, changed, &after, interventions);
  const auto equal_tensor = [&](const std::string& name) {
    const TensorInfo* t = before.find(name);
    REQUIRE(t != nullptr);
    std::int64_t cells = 1;
    for (const std::int64_t d : t->shape) cells *= d;
    return std::equal(before.arena.begin() + t->offset, before.arena.begin() + t->offset + cells,
                      after.arena.begin() + t->offset);
  };
  CHECK(equal_tensor("resid_pre"));
  CHECK(equal_tensor("blocks.0.resid_mid"));
  CHECK(equal_tensor("blocks.0.mlp.post"));
  CHECK_FALSE(equal_tensor("blocks.0.resid_post"));
  CHECK(changed != logits);
  // The next pass is untouched by it.
  std::vector<float> again;
  forward(prepared, workspace, ids, again);
  CHECK(again == logits);
}

TEST_CASE("the trace is consistent in itself") {
  Sweep sweep;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    CAPTURE(seed);
    const auto expect = [&](bool holds, const std::string& block, const char* what) {
      sweep.check(holds, 0, [&] { return "seed " + std::to_string(seed) + ", " + block + what; });
    };
    RandomModelOptions o;
    o.causal = seed % 2 == 0;
    const Transformer m = random_model(seed + 90, o);
    Random random(seed);
    const std::int32_t T = 9;
    Trace trace;
    std::vector<float> logits;
    forward(m, random_ids(random, m, T), logits, &trace);
    const auto at = [&](const std::string& name, std::int64_t i) {
      return trace.arena[static_cast<std::size_t>(trace.find(name)->offset + i)];
    };
    std::int64_t end = 0;  // tensors lie one after the other and fill the arena
    for (const TensorInfo& t : trace.tensors) {
      CHECK(t.offset == end);
      std::int64_t cells = 1;
      for (const std::int64_t d : t.shape) cells *= d;
      end += cells;
    }
    CHECK(end == static_cast<std::int64_t>(trace.arena.size()));

    for (std::size_t l = 0; l < m.layers.size(); ++l) {
      const std::string block = "blocks." + std::to_string(l) + ".";
      const Layer& layer = m.layers[l];
      const auto heads = static_cast<std::int64_t>(layer.heads.size());
      CHECK(trace.find(block + "attn.pattern")->shape == std::vector<std::int64_t>{heads, T, T});
      for (std::int64_t row = 0; row < heads * T; ++row) {
        double sum = 0;
        for (std::int64_t k = 0; k < T; ++k) {
          const float p = at(block + "attn.pattern", row * T + k);
          expect(p >= 0, block, "attn.pattern is negative");
          if (m.causal && k > row % T) {
            expect(p == 0, block, "attn.pattern behind the mask");
            expect(at(block + "attn.scores", row * T + k) == -1e30f, block, "attn.scores behind the mask");
          }
          sum += p;
        }
        expect(std::abs(sum - 1) < 1e-6, block, "attn.pattern does not sum to one");
      }
      const std::string before = l == 0 ? "resid_pre" : "blocks." + std::to_string(l - 1) + ".resid_post";
      const std::int64_t f = layer.mlp.W_in.cols();
      for (std::int64_t t = 0; t < T; ++t) {
        for (std::int64_t i = 0; i < f; ++i)
          expect(at(block + "mlp.post", t * f + i) == std::max(0.0f, at(block + "mlp.pre", t * f + i)), block,
                 "mlp.post is not the ReLU of mlp.pre");
        for (std::int64_t d = 0; d < m.d_model; ++d) {
          // resid_post = resid_mid + post · W_out + b_out; resid_mid - resid_pre is checked against the naive pass,
          // and is b_O alone where there are no heads.
          double out = layer.mlp.b_out[static_cast<std::size_t>(d)];
          for (std::int64_t i = 0; i < f; ++i)
            out += static_cast<double>(at(block + "mlp.post", t * f + i)) *
                   layer.mlp.W_out.coeff(static_cast<int>(i), static_cast<int>(d));
          const std::int64_t cell = t * m.d_model + d;
          expect(std::abs(at(block + "resid_post", cell) - at(block + "resid_mid", cell) - out) < 1e-4, block,
                 "resid_post is not resid_mid and the MLP");
          if (heads == 0)
            expect(at(block + "resid_mid", cell) == at(before, cell) + layer.b_O[static_cast<std::size_t>(d)], block,
                   "resid_mid without heads");
        }
      }
    }
    for (std::size_t i = 0; i < logits.size(); ++i)
      expect(at("logits", static_cast<std::int64_t>(i)) == logits[i], "", "logits");
  }
  CHECK_MESSAGE(sweep.passed(), sweep.report());
}

TEST_CASE("any order of summation in float32 stays within the bounds that the engine keeps") {
  Random random(11);
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    CAPTURE(seed);
    RandomModelOptions o;
    o.causal = seed % 2 == 1;
    const Transformer m = random_model(seed + 300, o);
    const std::vector<std::int32_t> ids = random_ids(random, m, random.between(1, m.n_ctx));
    const Tensors bounds = reference(m, ids);
    const auto shuffled = Reference<ShuffledArithmetic>({random}, m, ids).tensors;
    std::size_t outside = 0;
    for (const auto& [name, values] : bounds)
      for (std::size_t i = 0; i < values.size(); ++i)
        outside += !(std::abs(static_cast<double>(shuffled.at(name)[i]) - values[i].value) <= values[i].error);
    CHECK(outside == 0);
  }
}
