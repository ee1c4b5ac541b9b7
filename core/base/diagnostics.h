// Located messages. Every stage appends to one list and goes on where it can; nothing in core prints or aborts.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace rasp {

// Half-open range of byte offsets into one source file of a SourceSet. `file` 0 is the main program, 1 the
// standard library; loaded files follow. Byte offsets become UTF-16 columns only in export/.
struct Span {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint32_t file = 0;
  bool operator==(const Span&) const = default;
};

enum class Severity : std::uint8_t { Error, Warning, Info };

struct Edit {  // replaces `span`, which may be empty, by `text`
  Span span;
  std::string text;
};
// A change of the text that fixes a mistake: its edits touch one file, in order, and do not overlap.
struct Fix {
  std::string title;  // what it does, as on a button: "Write and"; empty: there is no fix
  std::vector<Edit> edits;
};

// `code` is a stable kebab-case name documented in docs/diagnostics.md ("undefined-name"). `error_class` is a class of
// the language ("undefined_variable", "syntax", "type", …) or "limit", "unsupported", "input", "pragma"; empty on
// warnings. `message` says what is wrong, `hint` how to fix it (may be empty).
struct Diagnostic {
  Severity severity = Severity::Error;
  std::string code;
  std::string error_class;
  std::string message;
  Span span;
  std::string hint;
  Fix fix = {};
  bool on_input = false;  // the program is fine, but has no value on this input: it can be compiled all the same
};

class Diagnostics {
 public:
  void add(Diagnostic diagnostic);  // Drops an exact repetition (same code, span and message); keeps at most 200.
  void error(std::string code, std::string error_class, std::string message, Span span, std::string hint = {},
             Fix fix = {});
  void warning(std::string code, std::string message, Span span, std::string hint = {}, Fix fix = {});
  void info(std::string code, std::string message, Span span, std::string hint = {});
  bool has_errors() const;
  const std::vector<Diagnostic>& list() const { return list_; }

 private:
  std::vector<Diagnostic> list_;
};

// Errors are of three kinds:
//   Rejection      a text, request, file or program is not what it must be. Thrown; its diagnostic is reported.
//   Failure        an operation on values has no result. Never thrown: a cell without a value, which the program may
//                  have at one position of one input. Who knows the place makes a diagnostic of it.
//   LimitExceeded  (limits.h) it would take too long or too much. Thrown; reported with the class "limit".
struct Rejection {
  Diagnostic diagnostic;
};

struct Failure {
  std::string code;         // "zero-division"
  std::string error_class;  // "zero_division"
  std::string message;
  std::string hint;
};

}  // namespace rasp
