#include "base/diagnostics.h"

#include <doctest/doctest.h>

#include "base/limits.h"

using namespace rasp;

TEST_CASE("an exact repetition is dropped, another place or text is not") {
  Diagnostics d;
  d.error("a", "type", "m", {1, 2, 0});
  d.error("a", "type", "m", {1, 2, 0}, "hint");
  d.error("a", "type", "m", {1, 3, 0});
  d.error("a", "type", "n", {1, 2, 0});
  CHECK(d.list().size() == 3);
}

TEST_CASE("only errors are errors") {
  Diagnostics d;
  d.warning("w", "m", {});
  d.info("i", "m", {});
  CHECK_FALSE(d.has_errors());
  CHECK(d.list()[0].error_class.empty());
  d.error("e", "value", "m", {});
  CHECK(d.has_errors());
}

TEST_CASE("the list is bounded, but an error is never lost behind remarks") {
  Diagnostics d;
  for (std::uint32_t i = 0; i < 1000; ++i) d.warning("w", "m", {i, i, 0});
  CHECK(d.list().size() == 200);
  CHECK_FALSE(d.has_errors());
  d.error("e", "value", "m", {});
  CHECK(d.list().size() == 200);
  CHECK(d.has_errors());
  d.warning("w", "m", {5000, 5000, 0});
  CHECK(d.has_errors());
}

TEST_CASE("the deadline ends a loop, and 0 means none") {
  Limits limits;
  limits.milliseconds = 1;
  Budget budget(limits);
  const auto spin = [](Budget& b) {
    for (std::uint64_t i = 0; i < 1'000'000'000; ++i) b.tick(1024);
  };
  try {
    spin(budget);
    FAIL("no deadline");
  } catch (const LimitExceeded& e) {
    CHECK(std::string(e.code) == "limit-time");
    CHECK(e.limit == 1);
  }
  limits.milliseconds = 0;
  Budget endless(limits);
  for (int i = 0; i < 1'000'000; ++i) endless.tick(4096);
  CHECK(endless.limits().milliseconds == 0);
}
