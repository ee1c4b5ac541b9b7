#include "syntax/transcript.h"

#include <algorithm>

namespace rasp {
namespace {

struct Line {
  std::size_t begin = 0, end = 0;
  std::size_t prompt = 0;  // length of the prompt and the blank behind it
  bool opens = false;      // ">>": a new statement
  bool blank = false, comment = false;
};

Line read_line(std::string_view text, std::size_t begin) {
  Line line;
  line.begin = begin;
  line.end = std::min(text.find('\n', begin), text.size());
  const std::string_view s = text.substr(begin, line.end - begin);
  const std::size_t first = s.find_first_not_of(" \t\r");
  line.blank = first == std::string_view::npos;
  line.comment = !line.blank && s[first] == '#';
  for (const std::string_view prompt : {">>>", ">>", "...", ".."}) {
    if (!s.starts_with(prompt)) continue;
    const bool alone = s.size() == prompt.size() || s[prompt.size()] == '\r';
    if (!alone && s[prompt.size()] != ' ' && s[prompt.size()] != '\t') continue;
    line.prompt = prompt.size() + (alone ? 0 : 1);
    line.opens = prompt[0] == '>';
    break;
  }
  return line;
}

}  // namespace

std::optional<Transcript> find_transcript(std::string_view text, std::uint32_t file) {
  std::vector<Line> lines;
  std::size_t first = 0, last = 0;  // lines with a prompt
  bool found = false;
  for (std::size_t begin = 0; begin < text.size(); begin = lines.back().end + 1) {
    lines.push_back(read_line(text, begin));
    if (lines.back().opens && !found) first = lines.size() - 1, found = true;
    if (lines.back().prompt && found) last = lines.size() - 1;
  }
  if (!found) return std::nullopt;
  const auto span = [&](std::size_t a, std::size_t b) {
    return Span{static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(b), file};
  };
  Transcript out;
  out.first = span(lines[first].begin, lines[first].begin + lines[first].prompt);
  out.fix.title = "Take the prompts away";
  for (std::size_t i = first; i < lines.size(); ++i) {
    const Line& line = lines[i];
    if (line.prompt) {
      out.skip.push_back(span(line.begin, line.begin + line.prompt));
      out.fix.edits.push_back({out.skip.back(), ""});
    } else if (line.blank) {
      if (i > last) break;  // what follows the last answer is a program again
    } else if (!line.comment) {
      out.skip.push_back(span(line.begin, line.end));
      out.fix.edits.push_back({span(line.begin, line.begin), "# "});
    }
  }
  return out;
}

}  // namespace rasp
