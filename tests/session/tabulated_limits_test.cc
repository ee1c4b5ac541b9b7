// The limit of the rows of tabulated graphs, at its edge.
#include <doctest/doctest.h>

#include "base/json_values.h"
#include "session/session.h"

TEST_CASE("limits: rows of tabulated functions") {
  using rasp::Json;
  Json values = Json::array();
  std::string types;
  for (int i = 0; i < 1001; ++i) values.push_back(i), types += 'i';
  const auto code = [&](int keys) {
    Json rows = Json::array();
    for (int i = 0; i < keys; ++i)
      for (int j = 0; j < 1000; ++j) rows.push_back({i, j, 0});
    const Json graph = {{"rasp_graph", 1},
                        {"dialect", "tracr"},
                        {"values", {{"values", values}, {"types", types}}},
                        {"functions", {{{"name", ""}, {"arity", 2}, {"rows", rows}}}},
                        {"nodes", {{{"kind", "tokens"}}}},
                        {"output", 0},
                        {"output_name", "x"}};
    rasp::Session session;
    const Json r = Json::parse(session.request(
        Json{{"command", "eval"}, {"program", ""}, {"graph", graph}, {"input", "a"}, {"limit_ms", 600000}}.dump()));
    return r["ok"] == true ? std::string() : r["diagnostics"][0]["code"].get<std::string>();
  };
  CHECK(code(1000) == "");
  CHECK(code(1001) == "limit-opaque-rows");
}
