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
          R"({"command": "compile", "program": "x = tokens;", "max_length": 2, "vocabulary": [)" + number + "]}",
          R"({"command": "eval_many", "program": "x = tokens;", "inputs": [[)" + number + "]]}",
          R"({"command": "eval", "program": "#@ vocabulary [)" + number + R"(]\nx = tokens;", "input": "a"})",
          R"({"command": "eval", "program": "#@ expect \"a\" -> [)" + number + R"(]\nx = tokens;", "input": "a"})",
          R"({"command": "eval", "program": "x = tokens;\n#@ values x [)" + number + R"(]", "input": "a"})",
          R"({"command": "eval", "program": "#@ input [)" + number + R"(]\nx = tokens;"})"}) {
      const Json r = answer_to(request);
      CHECK(r["ok"] == false);
      CHECK(r["diagnostics"][0]["message"].get<std::string>().find(words) != std::string::npos);
    }
  }
  CHECK(answer_to(R"({"command": "eval", "program": "x = tokens_asis;", "input": [1e308, 1e-400]})")["ok"] == true);
}

TEST_CASE("10^20 is a token as any other, in every way in, and what is expected of it is compared exactly") {
  const std::string large = "100000000000000000000";
  const Json given = answer_to(R"({"command": "run", "program": "x = tokens_asis;", "max_length": 2, "input": [)" +
                               large + R"(], "vocabulary": [1, )" + large + "]}");
  CHECK(given["interpreter"]["values"] == Json::array({large}));
  CHECK(given["model"]["values"] == Json::array({large}));
  CHECK(given["agree"] == true);
  const std::string pragmas = "#@ vocabulary [1, " + large + "]\\n#@ max_length 2\\n#@ input [" + large + "]\\n";
  for (const auto& [expected, broken] : {std::pair{"100000000000000000000", 0}, {"100000000000000000001", 1}}) {
    const Json checked = answer_to(R"({"command": "check", "program": ")" + pragmas + "#@ expect [" + large + "] -> [" +
                                   expected + R"(]\nx = tokens_asis;"})");
    CHECK(checked["ok"] == (broken == 0));
    CHECK(checked["mismatches"] == 0);
    CHECK(checked["broken_expectations"].size() == broken);
  }
}

TEST_CASE("an infinity is not what is expected of a number") {
  const Json checked = answer_to(
      R"({"command": "check", "program": "#@ vocabulary \"ab\"\n#@ max_length 3\n#@ expect \"ab\" -> [1, 2]\nx = 10.0^308*10.0 + indices;"})");
  CHECK(checked["ok"] == false);
  CHECK(checked["broken_expectations"].size() == 1);
}

// What Python says of '…' % 65 and of int('…').
TEST_CASE("formats and digits of other scripts in tokens") {
  for (const auto& [format, text] : {std::pair{"%x", "41"},
                                     {"%c", "A"},
                                     {"%e", "6.500000e+01"},
                                     {"%5.2f", "65.00"},
                                     {"%+05d", "+0065"},
                                     {"%#o", "0o101"},
                                     {"%d%%", "65%"}}) {
    const Json r = answer_to(Json{{"command", "eval"}, {"program", "x = tokens % 65;"}, {"input", {format}}}.dump());
    CHECK(r["values"] == Json::array({text}));
  }
  const Json r = answer_to(R"({"command": "eval", "program": "x = tokens_int;", "input": ["١٢", "１２", "-٣"]})");
  CHECK(r["values"] == Json::array({12, 12, -3}));
}
