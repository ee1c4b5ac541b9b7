// What a model says has the type that the interpreter gives it, where its number could be of several: the mean of one
// key is that key's int, the mean of several a float (specification, "aggregate").
#include <doctest/doctest.h>

#include "base/json_values.h"
#include "session/session.h"

using rasp::Json;

TEST_CASE("decoded numbers have the interpreter's type at each position") {
  struct Case {
    const char* program;
    Json input;
    const char* types;
    Json values;
  };
  const Case cases[] = {
      {"x = aggregate(select(indices, indices, <=), tokens_int);", {2, 2, 2}, "iff", {2, 2.0, 2.0}},
      {"x = aggregate(select(tokens, tokens, ==), tokens_int);", {2, 2, 1}, "ffi", {2.0, 2.0, 1}},
      {"x = aggregate(select(indices, indices, <=), tokens_int) + 1;", {4, 2, 3}, "iff", {5, 4.0, 4.0}},
      {"x = aggregate(select(indices, indices, <=), tokens_int); y = x if indices < 2 else 3;",
       {2, 2, 2},
       "ifi",
       {2, 2.0, 3}},
      {"x = (tokens_int == 1) if indices == 0 else 1;", {1, 1, 2}, "bii", {true, 1, 1}},
      {"x = aggregate(select(indices, indices + 1, ==), tokens_int / 2, 7);", {4, 4, 2}, "ffi", {2.0, 1.0, 7}},
  };
  for (const Case& c : cases) {
    rasp::Session session;
    const Json r =
        Json::parse(session.request(Json{{"command", "run"}, {"program", c.program}, {"input", c.input}}.dump()));
    CAPTURE(std::string(c.program));
    REQUIRE(r["ok"] == true);
    for (const char* who : {"interpreter", "model"}) {
      CAPTURE(std::string(who));
      CHECK(r[who]["types"] == c.types);
      CHECK(r[who]["values"] == c.values);
    }
    CHECK(r["agree"] == true);
  }
}
