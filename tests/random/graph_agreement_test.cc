// Random graphs: the interpreter agrees with the naive one in every value, every selector entry and every failure.
#include <doctest/doctest.h>

#include <cstdlib>
#include <cstring>

#include "agree.h"
#include "random_graph.h"

using namespace rasp;
using namespace rasp::testing;

TEST_CASE("random graphs agree with the naive interpreter") {
  const char* wish = std::getenv("RASP_LONG");
  const std::uint64_t count = wish && std::strcmp(wish, "0") != 0 ? 20'000 : 2'000;
  std::size_t same = 0, gave_up = 0, defined = 0, undefined = 0;
  for (std::uint64_t seed = 0; seed < count; ++seed) {
    Rng rng(seed);
    const RandomGraph random(rng.next(), 8 + rng.below(40));
    const std::vector<Value> input = random_input(rng, 1 + rng.below(6));
    const Comparison c = compare_with_naive(random.builder.graph, input, rng.percent(30));
    CAPTURE(seed);
    if (c.result == Agreement::Different) FAIL(c.difference);
    ++(c.result == Agreement::Same ? same : gave_up);
    defined += c.defined;
    undefined += c.undefined;
  }
  // The comparison would be worth little if most programs were given up or failed.
  MESSAGE(same, " agree, ", gave_up, " given up; ", defined, " values, ", undefined, " failures");
  CHECK(gave_up * 4 < count);
  CHECK(defined > undefined / 2);
  CHECK(undefined > count);
}
