// The library of §8.3, written in RASP, and the texts that editors show for every name.
#pragma once
#include <span>
#include <string_view>

namespace rasp {

extern const std::string_view library_source;

struct LibraryEntry {
  const char* name;
  const char* signature;
  const char* doc;
  const char* kind;  // "function", "s-op", "selector", "form", "constant"
};
// Built-in forms and s-ops first, then the library.
std::span<const LibraryEntry> library_entries();

}  // namespace rasp
