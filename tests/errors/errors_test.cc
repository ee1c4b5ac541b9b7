// tests/errors/*.rasp: programs with mistakes, each with what the engine says about it and where.
//   #! CODE LINE:COLUMN     one message, in the order of their places; without a place: anywhere
//   #! request {…}          what else the request holds (else: analyze)
//   #! then {…}             a second request on the model that the first one keeps; its messages count
//   #! files {…}            files for `load`
//   #! repeat ["@@", "text", 1000]   replaced in the program and the input before the request
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "base/json_values.h"
#include "session/session.h"

using namespace rasp;

namespace {

struct Expected {
  std::string code, place;
};

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
}

std::vector<std::filesystem::path> programs() {
  std::vector<std::filesystem::path> out;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(RASP_TESTS_DIR) + "/errors")) {
    if (entry.path().extension() == ".rasp") out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

TEST_CASE("every program with mistakes gets its messages, each in its place, and no others") {
  const auto files = programs();
  CHECK(files.size() > 80);
  for (const auto& path : files) {
    std::ifstream file(path);
    std::string program;
    Json request = {{"command", "analyze"}}, then, repeat;
    std::vector<Expected> expected;
    for (std::string line; std::getline(file, line);) {
      if (!line.starts_with("#! ")) {
        program += line + '\n';
        continue;
      }
      std::istringstream words(line.substr(3));
      std::string first, rest;
      words >> first;
      std::getline(words >> std::ws, rest);
      if (first == "request") request.update(Json::parse(rest));
      else if (first == "then") then = Json::parse(rest);
      else if (first == "files") request["files"] = Json::parse(rest);
      else if (first == "repeat") repeat = Json::parse(rest);
      else expected.push_back({first, rest});
    }
    if (!repeat.is_null()) {
      std::string text;
      for (int i = 0; i < repeat[2].get<int>(); ++i) text += repeat[1].get<std::string>();
      replace_all(program, repeat[0], text);
      if (request.contains("input") && request["input"].is_string()) {
        std::string input = request["input"];
        replace_all(input, repeat[0], text);
        request["input"] = input;
      }
    }
    request["program"] = program;
    // Any other limit is met before the deadline, however slow the build.
    if (!request.contains("limit_ms") && path.stem() != "limit-time") request["limit_ms"] = 600000;
    Session session;
    Json result = Json::parse(session.request(request.dump()));
    if (!then.is_null()) {
      then["handle"] = result["handle"];
      result = Json::parse(session.request(then.dump()));
    }
    CAPTURE(path.filename().string());
    CAPTURE(result["diagnostics"].dump());
    CHECK(result["diagnostics"].size() == expected.size());
    for (std::size_t i = 0; i < std::min(result["diagnostics"].size(), expected.size()); ++i) {
      const Json& d = result["diagnostics"][i];
      CHECK(d["code"] == expected[i].code);
      if (!expected[i].place.empty())
        CHECK(std::to_string(d["line"].get<int>()) + ":" + std::to_string(d["column"].get<int>()) == expected[i].place);
      CHECK(!d["message"].get<std::string>().empty());
      CHECK_MESSAGE(!d.value("hint", "").empty(), "how to fix it");
      const bool ordered = std::pair(d["line"].get<int>(), d["column"].get<int>()) <=
                           std::pair(d["end_line"].get<int>(), d["end_column"].get<int>());
      CHECK(ordered);
    }
  }
}

namespace {

// The byte of a line and a column in UTF-16 code units; the programs here have no characters beyond the basic plane.
std::size_t byte_at(const std::string& text, int line, int column) {
  std::size_t at = 0;
  for (; line > 1; --line) at = text.find('\n', at) + 1;
  for (; column > 1; --column) {
    do ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80);
  }
  return at;
}

// The program after its fixes, from the last to the first.
std::string fixed(std::string program, const Json& diagnostics, std::size_t& fixes) {
  for (auto d = diagnostics.rbegin(); d != diagnostics.rend(); ++d) {
    if (!d->contains("fix")) continue;
    ++fixes;
    const Json& edits = (*d)["fix"]["edits"];
    for (auto e = edits.rbegin(); e != edits.rend(); ++e) {
      const Json& span = (*e)["span"];
      const std::size_t begin = byte_at(program, span[0], span[1]), end = byte_at(program, span[2], span[3]);
      program.replace(begin, end - begin, (*e)["text"].get<std::string>());
    }
  }
  return program;
}

}  // namespace

TEST_CASE("what a fix fixes is not said again") {
  std::size_t fixes = 0;
  for (const auto& path : programs()) {
    std::ifstream file(path);
    std::string program;
    bool plain = true;
    for (std::string line; std::getline(file, line);) {
      if (!line.starts_with("#! ")) program += line + '\n';
      else plain &= line.find("#! re") != 0 && line.find("#! then") != 0 && line.find("#! files") != 0;
    }
    if (!plain) continue;
    Session session;
    const auto analyzed = [&](const std::string& text) {
      return Json::parse(session.request(Json{{"command", "analyze"}, {"program", text}}.dump()))["diagnostics"];
    };
    // A mistake may hide another one.
    std::string text = program;
    Json said = analyzed(text);
    for (int round = 0; round < 4; ++round) {
      const std::string next = fixed(text, said, fixes);
      if (next == text) break;
      text = next;
      said = analyzed(text);
    }
    CAPTURE(text);
    for (const Json& d : said) CHECK_MESSAGE(!d.contains("fix"), d.dump());
  }
  CHECK(fixes > 20);
}

TEST_CASE("numbers of Python become the same numbers") {
  const struct {
    const char* written;
    Json value;
    const char* types;
  } numbers[] = {{"1_000", 1000, "i"},   {"0x1f", 31, "i"},     {"0b101", 5, "i"},   {"0o17", 15, "i"},
                 {"1e5", 100000.0, "f"}, {"1.25e1", 12.5, "f"}, {"25e-1", 2.5, "f"}, {"1.5e-3", 0.0015, "f"},
                 {"3E+2", 300.0, "f"},   {"0.0e7", 0.0, "f"},   {"1_2.5", 12.5, "f"}};
  for (const auto& n : numbers) {
    const std::string program = std::string("x = ") + n.written + ";\n";
    Session session;
    const Json first = Json::parse(session.request(Json{{"command", "analyze"}, {"program", program}}.dump()));
    CAPTURE(program);
    REQUIRE(first["diagnostics"].size() >= 1);
    CHECK(first["diagnostics"][0]["code"] == "bad-number");
    std::size_t fixes = 0;
    const Json r = Json::parse(session.request(
        Json{{"command", "eval"}, {"program", fixed(program, first["diagnostics"], fixes)}, {"output", "x"}}.dump()));
    REQUIRE(r["ok"] == true);
    CHECK(r["value"] == n.value);
    CHECK(r["types"] == n.types);
  }
}

TEST_CASE("a pasted transcript becomes a program") {
  const std::string transcript =
      "#@ input \"ab\"\n>> x = tokens;\n     s-op: x\n \t Example: x(\"hello\") = [h, e, l, l, o] (strings)\n>> def "
      "f(y) {\n..   return y + 1;\n.. }\n     console function: f(y)\n>> f(indices);\n     s-op: out\n";
  Session session;
  const Json first = Json::parse(session.request(Json{{"command", "analyze"}, {"program", transcript}}.dump()));
  REQUIRE(first["diagnostics"].size() == 1);
  std::size_t fixes = 0;
  const std::string program = fixed(transcript, first["diagnostics"], fixes);
  CHECK(program.find(">>") == std::string::npos);
  const Json eval = Json::parse(session.request(Json{{"command", "eval"}, {"program", program}}.dump()));
  CHECK(eval["ok"] == true);
  CHECK(eval["values"] == Json::array({1, 2}));
}

// Whatever a request does with a program, its size stays within the limits.
TEST_CASE("programs that explode end with a message for every command") {
  const std::string many(10'000, '(');
  const std::vector<std::string> programs = {"def f(x) { return f(x); } y = f(1);",
                                             "y = range(1000000000);",
                                             "y = \"ab\" * 1000000000;",
                                             "y = [1] * 1000000000;",
                                             "x = \"ab\"; for i in range(100) { x = x + x; }",
                                             "x = [1]; for i in range(100) { x = x + x; }",
                                             "x = [1]; for i in range(100000) { x = [x]; }",
                                             "x = " + many + "1" + std::string(10'000, ')') + ";",
                                             "x = " + many,
                                             std::string(10'000, '['),
                                             "def f(x) {" + std::string(10'000, '{'),
                                             "x = 3 ^ 100000;",
                                             std::string("x = \"\0\";", 8),
                                             "\xff\xfe\xed\xa0\x80"};
  Session session;
  for (const std::string& program : programs) {
    for (const char* command : {"analyze", "eval", "compile", "format"}) {
      const Json request = {{"command", command}, {"input", "ab"}, {"vocabulary", "ab"}, {"max_length", 3}};
      std::string text = request.dump();
      // Bytes that are no UTF-8 become U+FFFD, as in a browser.
      Json quoted = program;
      text.back() = ',';
      text += "\"program\":" + quoted.dump(-1, ' ', false, Json::error_handler_t::replace) + "}";
      const Json result = Json::parse(session.request(text));
      CAPTURE(program.substr(0, 60));
      CAPTURE(command);
      const bool only_laid_out = std::string(command) == "format" && result["ok"].get<bool>();
      if (only_laid_out) continue;
      CHECK(result["ok"] == false);
      const Json& list = result["diagnostics"];
      const bool error = std::any_of(list.begin(), list.end(), [](const Json& d) {
        return d["severity"] == "error" && !d["class"].get<std::string>().empty();
      });
      CHECK(error);
      CHECK(list.size() <= 3);
    }
  }
  CHECK(Json::parse(session.request(R"({"command":"eval","program":"x = length;","input":"ab"})"))["ok"] == true);
}

TEST_CASE("halves of surrogate pairs are rejected where they stand") {
  Session session;
  const auto codes = [&](const std::string& request) {
    std::string out;
    const Json result = Json::parse(session.request(request));
    for (const Json& d : result.value("diagnostics", Json::array()))
      out += d["code"].get<std::string>() + " " + std::to_string(d["column"].get<int>()) + ";";
    return out;
  };
  CHECK(codes(R"({"command":"eval","program":"x = \"\ud800\";","input":"ab"})") == "invalid-character 6;");
  CHECK(codes(R"({"command":"eval","program":"x = \udc00;","input":"ab"})") == "invalid-character 5;");
  CHECK(codes(R"({"command":"eval","program":"x = tokens;","input":"a\ud800b"})") == "bad-request 1;");
  CHECK(codes(R"({"command":"eval","program":"x = tokens;","vocabulary":["\udfff"],"input":"ab"})") ==
        "bad-request 1;");
  const Json whole = Json::parse(
      session.request(R"({"command":"eval","program":"x = \"\ud83d\ude00\" + tokens;","input":"a\ud83d\ude00"})"));
  CHECK(whole["values"] == Json::array({"\U0001F600a", "\U0001F600\U0001F600"}));
}

TEST_CASE("places on very long lines are found quickly and right") {
  std::string program = "\"\U0001F600\u00e9\"; ";
  for (int i = 0; i < 20'000; ++i) program += "a = 1; ";
  program += "b = missing;";
  Session session;
  const Json result = Json::parse(session.request(Json{{"command", "analyze"}, {"program", program}}.dump()));
  Json last;
  for (const Json& d : result["diagnostics"])
    if (d["code"] == "undefined-name") last = d;
  REQUIRE(!last.is_null());
  CHECK(last["column"] == 1 + 7 + 20'000 * 7 + 4);  // the first statement has 7 UTF-16 code units with its blank
}
