#include "rasp/pragmas.h"

#include "base/json_values.h"

namespace rasp {
namespace {

struct Line {
  std::string_view key, rest;
  Span span, rest_span;
};

bool blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

std::string_view trimmed(std::string_view s, std::uint32_t& offset) {
  while (!s.empty() && blank(s.front())) s.remove_prefix(1), ++offset;
  while (!s.empty() && blank(s.back())) s.remove_suffix(1);
  return s;
}

class Reader {
 public:
  Reader(Pragmas& out, Diagnostics& diagnostics) : out_(out), diagnostics_(diagnostics) {}

  void read(const Line& line) {
    const std::string_view key = line.key;
    if (key == "vocabulary") out_.vocabulary = values(line, line.rest, true);
    else if (key == "input") out_.input = values(line, line.rest, false);
    else if (key == "max_length") max_length(line);
    else if (key == "causal") causal(line);
    else if (key == "output") output(line);
    else if (key == "title") out_.title = line.rest;
    else if (key == "description") out_.description += (out_.description.empty() ? "" : " ") + std::string(line.rest);
    else if (key == "group") out_.group = line.rest;
    else if (key == "expect") expect(line);
    else if (key == "unique") out_.unique.push_back({std::string(line.rest), line.rest_span, line.span, {}, {}});
    else if (key == "values") promise_values(line);
    else if (key == "assume") assume(line);
    else if (key == "encode") encode(line);
    else {
      out_.others.push_back({std::string(key), std::string(line.rest), line.span});
      if (key != "view" && key != "order")
        diagnostics_.warning("unknown-pragma", "There is no pragma \"" + std::string(key) + "\"", line.span,
                             "Known are: vocabulary, max_length, input, causal, output, expect, unique, values, "
                             "assume, encode, title, description, group, order, view.");
    }
  }

 private:
  void bad(const Line& line, const std::string& what, std::string hint) {
    diagnostics_.error("bad-pragma", "pragma", "The pragma \"" + std::string(line.key) + "\" " + what, line.span,
                       std::move(hint));
  }

  std::optional<std::vector<Value>> values(const Line& line, std::string_view text, bool distinct) {
    std::string problem;
    const auto kept = keep_numbers(text, problem);
    const Json json = kept ? Json::parse(*kept, nullptr, false) : Json();
    const bool invalid = kept && json.is_discarded();
    auto result = !kept || invalid ? std::nullopt : values_from_json(json, problem);
    if (!result) {
      bad(line, invalid ? "is not valid JSON" : ": " + problem, "Write \"abc\" or [\"a\", 1, 2.5, true].");
      return std::nullopt;
    }
    if (!distinct) return result;
    std::vector<Value> unique;
    for (const Value& v : *result) {
      bool seen = false;
      for (const Value& u : unique) seen |= identical(u, v);
      if (!seen) unique.push_back(v);
    }
    return unique;
  }

  void max_length(const Line& line) {
    const Json json = Json::parse(line.rest, nullptr, false);
    if (!json.is_number_integer() || json.get<std::int64_t>() < 1 || json.get<std::int64_t>() > 100'000)
      return bad(line, "needs a number from 1", "For example: #@ max_length 8");
    out_.max_length = json.get<std::uint32_t>();
  }

  void causal(const Line& line) {
    if (line.rest == "on" || line.rest == "true") out_.causal = true;
    else if (line.rest == "off" || line.rest == "false") out_.causal = false;
    else bad(line, "is either on or off", "Write: #@ causal on");
  }

  void output(const Line& line) {
    if (line.rest.empty()) return bad(line, "needs an expression", "For example: #@ output hist");
    out_.output = std::string(line.rest);
    out_.output_span = line.rest_span;
  }

  void expect(const Line& line) {
    const std::size_t arrow = line.rest.find("->");
    if (arrow == std::string_view::npos)
      return bad(line, "needs an arrow", "For example: #@ expect \"aab\" -> [2, 2, 1]");
    auto input = values(line, line.rest.substr(0, arrow), false);
    auto output = values(line, line.rest.substr(arrow + 2), false);
    if (input && output) out_.expects.push_back({std::move(*input), std::move(*output), line.span});
  }

  static Span name_span(const Line& line, std::size_t length) {
    return {line.rest_span.begin, line.rest_span.begin + static_cast<std::uint32_t>(length), 0};
  }

  void promise_values(const Line& line) {
    const std::size_t space = line.rest.find(' ');
    if (space == std::string_view::npos)
      return bad(line, "needs a name and values", "For example: #@ values balance -10..10");
    std::uint32_t offset = 0;
    const std::string_view text = trimmed(line.rest.substr(space), offset);
    Pragmas::Promise promise{std::string(line.rest.substr(0, space)), name_span(line, space), line.span, {}, {}};
    if (const std::size_t dots = text.find(".."); dots != std::string_view::npos && text[0] != '[' && text[0] != '"') {
      const Json from = Json::parse(text.substr(0, dots), nullptr, false),
                 to = Json::parse(text.substr(dots + 2), nullptr, false);
      if (!from.is_number_integer() || !to.is_number_integer())
        return bad(line, "needs two ints around \"..\"", "For example: #@ values balance -10..10");
      const auto a = from.get<std::int64_t>(), b = to.get<std::int64_t>();
      if (a > b || a < -1'000'000 || b > 1'000'000 || b - a > 100'000)
        return bad(line, "has an empty or too large range", "Write the smaller number first; at most 100,000 values.");
      for (std::int64_t i = a; i <= b; ++i) promise.values.push_back(Value::integer(i));
    } else {
      auto parsed = values(line, text, true);
      if (!parsed) return;
      promise.values = std::move(*parsed);
    }
    out_.values.push_back(std::move(promise));
  }

  void assume(const Line& line) {
    if (line.rest.empty()) return bad(line, "needs an expression", "For example: #@ assume count(tokens, \"$\") == 1");
    out_.assume.push_back({std::string(line.rest), line.rest_span, line.span});
  }

  void encode(const Line& line) {
    const std::size_t space = line.rest.find(' ');
    const std::string_view how = space == std::string_view::npos ? "" : line.rest.substr(space + 1);
    if (how != "numerical" && how != "categorical")
      return bad(line, "needs a name and \"numerical\" or \"categorical\"", "For example: #@ encode frac numerical");
    out_.encode.push_back(
        {std::string(line.rest.substr(0, space)), name_span(line, space), line.span, {}, std::string(how)});
  }

  Pragmas& out_;
  Diagnostics& diagnostics_;
};

}  // namespace

Pragmas read_pragmas(std::string_view text, Diagnostics& diagnostics) {
  Pragmas result;
  Reader reader(result, diagnostics);
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = text.find('\n', begin);
    if (end == std::string_view::npos) end = text.size();
    auto offset = static_cast<std::uint32_t>(begin);
    const std::string_view line = trimmed(text.substr(begin, end - begin), offset);
    begin = end + 1;
    if (!line.starts_with("#@")) continue;
    std::uint32_t at = offset + 2;
    const std::string_view body = trimmed(line.substr(2), at);
    const std::size_t space = body.find_first_of(" \t");
    Line parsed;
    parsed.key = body.substr(0, space);
    std::uint32_t rest = at + static_cast<std::uint32_t>(parsed.key.size());
    parsed.rest = space == std::string_view::npos ? std::string_view() : trimmed(body.substr(space), rest);
    parsed.span = {offset, offset + static_cast<std::uint32_t>(line.size()), 0};
    parsed.rest_span = {rest, rest + static_cast<std::uint32_t>(parsed.rest.size()), 0};
    reader.read(parsed);
  }
  return result;
}

}  // namespace rasp
