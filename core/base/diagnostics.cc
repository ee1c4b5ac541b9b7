#include "base/diagnostics.h"

#include <algorithm>

namespace rasp {

void Diagnostics::add(Diagnostic diagnostic) {
  constexpr std::size_t most = 200;  // more help nobody, and a bad program can make thousands
  if (list_.size() >= most) {
    // A late error still has to make the request fail: it takes the place of the last remark.
    if (diagnostic.severity != Severity::Error || has_errors()) return;
    list_.pop_back();
  }
  const bool known = std::any_of(list_.begin(), list_.end(), [&](const Diagnostic& d) {
    return d.code == diagnostic.code && d.span == diagnostic.span && d.message == diagnostic.message;
  });
  if (!known) list_.push_back(std::move(diagnostic));
}

void Diagnostics::error(std::string code, std::string error_class, std::string message, Span span, std::string hint,
                        Fix fix) {
  add({Severity::Error, std::move(code), std::move(error_class), std::move(message), span, std::move(hint),
       std::move(fix)});
}

void Diagnostics::warning(std::string code, std::string message, Span span, std::string hint, Fix fix) {
  add({Severity::Warning, std::move(code), {}, std::move(message), span, std::move(hint), std::move(fix)});
}

void Diagnostics::info(std::string code, std::string message, Span span, std::string hint) {
  add({Severity::Info, std::move(code), {}, std::move(message), span, std::move(hint)});
}

bool Diagnostics::has_errors() const {
  return std::any_of(list_.begin(), list_.end(), [](const Diagnostic& d) { return d.severity == Severity::Error; });
}

}  // namespace rasp
