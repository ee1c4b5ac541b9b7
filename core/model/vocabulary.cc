#include "model/vocabulary.h"

#include <algorithm>

namespace rasp {

namespace {

// "'a', 'b', 'c'", cut after a few.
std::string listed(std::span<const Value> tokens) {
  constexpr std::size_t shown = 12;
  std::string text;
  for (std::size_t i = 0; i < std::min(tokens.size(), shown); ++i) text += (i ? ", " : "") + tokens[i].repr();
  if (tokens.size() > shown) text += ", … (" + std::to_string(tokens.size()) + " in all)";
  return text;
}

}  // namespace

Vocabulary::Vocabulary(std::span<const Value> tokens, std::uint32_t max_length)
    : tokens_(tokens.begin(), tokens.end()), max_length_(max_length) {
  for (std::size_t i = 0; i < tokens_.size(); ++i) by_hash_.emplace(hash(tokens_[i]), static_cast<std::int32_t>(i));
}

EncodedTokens Vocabulary::encode(std::span<const Value> tokens) const {
  EncodedTokens out;
  const auto fail = [&](std::size_t position, Failure failure) {
    out.ids.clear();
    out.ok = false;
    out.position = position;
    out.failure = std::move(failure);
    return out;
  };
  if (tokens.empty()) return fail(0, {"input-empty", "input", "The input is empty.", "Give at least one token."});
  if (tokens.size() > max_length_)
    return fail(max_length_, {"input-too-long", "input",
                              "The input has " + std::to_string(tokens.size()) + " tokens; the model takes at most " +
                                  std::to_string(max_length_) + ".",
                              "Shorten the input or compile with a larger maximal length."});
  out.ids.reserve(tokens.size() + 1);
  out.ids.push_back(static_cast<std::int32_t>(tokens_.size()));
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    std::int32_t id = -1;
    const auto [first, last] = by_hash_.equal_range(hash(tokens[i]));
    for (auto it = first; it != last && id < 0; ++it)
      if (identical(tokens_[static_cast<std::size_t>(it->second)], tokens[i])) id = it->second;
    if (id < 0)
      return fail(i,
                  {"unknown-token", "input",
                   "The token " + tokens[i].repr() + " at position " + std::to_string(i) + " is not in the vocabulary.",
                   "Use one of " + listed(tokens_) + ", or add it to the vocabulary."});
    out.ids.push_back(id);
  }
  return out;
}

}  // namespace rasp
