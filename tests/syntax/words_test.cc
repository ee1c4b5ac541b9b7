// The page and the engine know the same words of the language: those of the contract.
#include <doctest/doctest.h>

#include <fstream>
#include <string>
#include <vector>

#include "base/json_values.h"
#include "syntax/words.h"

using rasp::Json;

namespace {

template <class List>
Json listed(const List& words) {
  Json out = Json::array();
  for (const std::string_view word : words) out.push_back(std::string(word));
  return out;
}

}  // namespace

TEST_CASE("the contract lists the words of the language") {
  std::ifstream file(std::string(RASP_TESTS_DIR) + "/../core/session/schema/contract.schema.json");
  const Json definitions = Json::parse(file)["$defs"];
  CHECK(definitions["Keyword"]["enum"] == listed(rasp::keywords));
  CHECK(definitions["Form"]["enum"] == listed(rasp::forms));
  CHECK(definitions["ReservedName"]["enum"] == listed(rasp::reserved_names));
}
