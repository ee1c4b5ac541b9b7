#pragma once

namespace rasp {

// Of the compiler; written into every model file.
inline constexpr const char* compiler_version = "0.1.0";

}  // namespace rasp
