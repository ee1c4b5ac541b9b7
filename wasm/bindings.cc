// The engine as an ES module: one function for documents, one view for numbers, one for files.
#include <emscripten/bind.h>

#ifdef RASP_LABORATORY
#include "lab/laboratory.h"
#endif
#include "session/session.h"

namespace {

rasp::Session& session() {
#ifdef RASP_LABORATORY
  static rasp::lab::Laboratory instance;
#else
  static rasp::Session instance;
#endif
  return instance;
}

std::string request(const std::string& json) { return session().request(json); }

// Views into the module's memory: copy before the next request.
emscripten::val arena() {
  const auto& a = session().arena();
  return emscripten::val(emscripten::typed_memory_view(a.size(), a.data()));
}
emscripten::val bytes() {
  const auto& b = session().bytes();
  return emscripten::val(emscripten::typed_memory_view(b.size(), reinterpret_cast<const unsigned char*>(b.data())));
}

}  // namespace

EMSCRIPTEN_BINDINGS(rasp) {
  emscripten::function("request", &request);
  emscripten::function("arena", &arena);
  emscripten::function("bytes", &bytes);
}
