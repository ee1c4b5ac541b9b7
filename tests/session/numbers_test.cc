// Numbers from outside are what was written, or refused.
#include <doctest/doctest.h>

#include "base/json_values.h"
#include "session/session.h"

using namespace rasp;

namespace {

Json answer_to(const std::string& text) {
  Session session;
  return Json::parse(session.request(text));
}

}  // namespace

TEST_CASE("ints of any size come in and go out as they are") {
  const Json r = answer_to(
      R"({"command": "eval", "program": "x = tokens_asis + 1;", "input": [100000000000000000000, -9223372036854775809, 9007199254740993, 18446744073709551615, -9223372036854775808, 1]})");
  CHECK(r["types"] == "iiiiii");
  CHECK(r["values"] == Json::array({"100000000000000000001", "-9223372036854775808", "9007199254740994",
                                    "18446744073709551616", "-9223372036854775807", 2}));
  const Json pragma =
      answer_to(R"({"command": "eval", "program": "#@ input [123456789012345678901234]\nx = tokens_asis;"})");
  CHECK(pragma["values"] == Json::array({"123456789012345678901234"}));
  const Json text = answer_to(
      R"({"command": "eval", "program": "x = tokens;", "input": ["100000000000000000000", "a\"100000000000000000000"]})");
  CHECK(text["values"] == Json::array({"100000000000000000000", "a\"100000000000000000000"}));
}

TEST_CASE("numbers that no program can have are refused by name") {
  struct Case {
    std::string number, words;
  };
  for (const Case& each : {Case{"1e400", "is larger than any float"}, Case{"-1.5e999", "is larger than any float"},
                           Case{"1" + std::string(6000, '0'), "has 6001 digits"}}) {
    const std::string &number = each.number, &words = each.words;
    CAPTURE(number.substr(0, 20));
    for (const std::string& request :
         {R"({"command": "eval", "program": "x = tokens;", "input": [)" + number + "]}",
          R"({"command": "eval", "program": "#@ input [)" + number + R"(]\nx = tokens;"})"}) {
      const Json r = answer_to(request);
      CHECK(r["ok"] == false);
      CHECK(r["diagnostics"][0]["message"].get<std::string>().find(words) != std::string::npos);
    }
  }
  CHECK(answer_to(R"({"command": "eval", "program": "x = tokens_asis;", "input": [1e308, 1e-400]})")["ok"] == true);
}
