// A causal model on a sequence that grows, against the naive pass of reference.h over all of it.
#include <doctest/doctest.h>

#include <cmath>

#include "model/decoder.h"
#include "random_model.h"
#include "reference.h"
#include "sweep.h"

using namespace rasp;
using namespace rasp::testing;

TEST_CASE("a decoder computes one position a token, with the numbers of the whole pass") {
  Sweep within;
  for (std::uint64_t seed = 0; seed < 180; seed += sweep) {
    RandomModelOptions o;
    o.causal = true;
    o.density = seed % 3 == 0 ? 0.6 : 0.25;
    o.layers = static_cast<std::int32_t>(seed % 4);
    const Transformer m = random_model(seed, o);
    const PreparedModel prepared(m);
    Decoder decoder(prepared);
    Random random(seed + 1000);
    for (int again = 0; again < 2; ++again) {
      decoder.clear();
      std::vector<std::int32_t> ids{m.bos_id};
      while (static_cast<std::int32_t>(ids.size()) < m.n_ctx) ids.push_back(random.below(o.d_vocab - 1));
      for (const std::int32_t id : ids) decoder.append(id);
      REQUIRE(decoder.ids() == ids);
      const auto expected = Reference<BoundedArithmetic>({}, m, ids, {}).tensors.at("logits");
      REQUIRE(decoder.logits().size() == expected.size());
      for (std::size_t i = 0; i < expected.size(); ++i) {
        const double got = decoder.logits()[i];
        within.check(std::abs(got - expected[i].value) <= expected[i].error, m.layers.size() * expected.size() + i,
                     [&] {
                       return "seed " + std::to_string(seed) + ", logit " + std::to_string(i) + ": " +
                              std::to_string(got) + ", not " + std::to_string(expected[i].value);
                     });
      }
    }
  }
  CHECK_MESSAGE(within.passed(), within.report());
}
