#pragma once
#include <string>

namespace rasp {

// How to fix a mistake where nothing more can be said about the case at hand; empty for other codes.
std::string usual_hint(const std::string& code);

}  // namespace rasp
