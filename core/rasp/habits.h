// Names of Python, of Tracr and of the examples that RASP does not have: what to write in their place.
#pragma once
#include <string>
#include <vector>
#include "base/diagnostics.h"

namespace rasp {

// Empty for names that nothing is known about.
std::string foreign_name_hint(const std::string& name);
// The name among `known` that `name` is written for with other capitals or underscores ("SelectorWidth" →
// "selector_width"); else empty.
std::string other_spelling(const std::string& name, const std::vector<std::string>& known);
// What an s-op that is called like a function means: length(tokens).
std::string applied_hint(const std::string& name);
// How a library function is called, where it got other arguments; empty for other functions.
std::string library_call_hint(const std::string& function);

}  // namespace rasp
