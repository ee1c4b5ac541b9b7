// An analysis as its readers take it: what is displayed without values of its own has those of its node.
#pragma once
#include <doctest/doctest.h>

#include "base/json_values.h"

namespace rasp {

inline Json with_values(Json analysis) {
  const auto fill = [&](Json& display) {
    if (!display.is_object() || !display.contains("node") || display.contains("input")) return;
    if (display["node"] >= analysis["nodes"].size()) return;  // after a limit there are none
    const Json& node = analysis["nodes"][display["node"].get<std::size_t>()];
    for (const char* key : {"value", "matrix", "undefined"})
      if (node.contains(key)) {
        CHECK_MESSAGE(!display.contains(key), "shipped twice: " << display.dump());
        display[key] = node[key];
      }
  };
  for (const char* list : {"printed", "definitions"})
    for (Json& item : analysis[list]) fill(item["display"]);
  if (analysis["output"].is_object()) fill(analysis["output"]["display"]);
  return analysis;
}

}  // namespace rasp
