// Text copied from a session at a prompt: lines of the program behind ">> " and ".. ", answers between them.
#pragma once
#include <optional>
#include <string_view>
#include <vector>
#include "base/diagnostics.h"

namespace rasp {

struct Transcript {
  Span first;              // the first prompt
  std::vector<Span> skip;  // prompts and answers, in order: no part of the program
  Fix fix;                 // takes the prompts away and makes comments of the answers
};

// Nothing where no line begins with ">> " (or ">>> ").
std::optional<Transcript> find_transcript(std::string_view text, std::uint32_t file);

}  // namespace rasp
