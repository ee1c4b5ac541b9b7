// Source text → one graph: parses, runs everything that is not an s-op or selector, and records provenance.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>
#include "base/diagnostics.h"
#include "base/limits.h"
#include "rasp/graph.h"
#include "rasp/names.h"

namespace rasp {

// Build-time value of an expression statement, assignment or --output expression.
struct BuildValue;
struct Closure;  // elaborator.h
using BuildValueRef = std::shared_ptr<const BuildValue>;
struct BuildValue {
  enum class Kind : std::uint8_t { Atom, List, Dict, SOp, Selector, Function, Application } kind = Kind::Atom;
  Value atom;
  std::vector<BuildValueRef> items;  // List; Dict: values
  std::vector<Value> keys;           // Dict
  std::shared_ptr<std::unordered_map<std::string, std::size_t>>
      index;                               // Dict: key_text → position; null while it is empty
  std::uint32_t nesting = 0;               // List, Dict: levels below this one
  NodeId node = no_node;                   // SOp, Selector, Application (the applied s-op or selector)
  std::vector<Value> input;                // Application: the tokens it is applied to
  std::string function_name;               // Function
  std::vector<std::string> parameters;     // Function
  std::shared_ptr<const Closure> closure;  // Function; null: the primitive selector_width
};

struct Pragmas {  // `#@ …` lines of the main file, in order of the last one of each
  std::optional<std::vector<Value>> vocabulary, input;
  std::optional<std::uint32_t> max_length;
  std::optional<bool> causal;
  std::optional<std::string> output;  // an expression
  Span output_span;
  std::string title, description, group;
  struct Expect {
    std::vector<Value> input, output;
    Span span;
  };
  std::vector<Expect> expects;
  struct Promise {
    std::string name;
    Span name_span, span;
    std::vector<Value> values;
    std::string encoding;
  };
  std::vector<Promise> unique;  // `#@ unique NAME`: at most one hit a row
  std::vector<Promise> values;  // `#@ values NAME -10..10` or `#@ values NAME [1, 2, "a"]`
  std::vector<Promise> encode;  // `#@ encode NAME numerical|categorical`
  struct Assumption {
    std::string text;
    Span text_span, span;
  };
  std::vector<Assumption>
      assume;  // `#@ assume EXPR`: an s-op that is true at every position of the inputs that are meant
  struct Unknown {
    std::string key, text;
    Span span;
  };
  std::vector<Unknown> others;  // lower-case keys the page or assignments define: kept, warned about
};

// `example`: index into Elaboration::examples (if there are any) of the one in force when the statement ran.
struct Use {  // one evaluated expression of the main program → its node (code ↔ circuit)
  Span span;
  NodeId node = no_node;
  std::uint32_t example = 0;
};

struct Definition {  // one assignment, function or loop variable of the main program
  std::string name;
  Span name_span;       // the identifier itself
  Span span;            // the whole statement
  BuildValueRef value;  // last value (null where the statement failed)
  bool loop = false;    // the name of a loop
  std::uint32_t example = 0;
};

struct Printed {  // an expression statement, `draw(…)` or `show example`: shown in the console panel
  Span span;
  std::string name;     // variable name for a bare variable, "draw", "example", else "out"
  BuildValueRef value;  // null: `show example`, the input itself
  bool shown = true;    // false after `examples off`: the value on the example is not wanted
  std::uint32_t example = 0;
};

struct Elaboration {
  Graph graph;
  Pragmas pragmas;
  std::vector<Definition> definitions;  // main file, console scope, source order
  std::vector<Use> uses;                // main file, source order; a span may occur with several nodes (functions)
  std::vector<Printed> printed;         // main file, source order
  std::optional<std::vector<Value>> example;  // last `set example`
  std::vector<std::vector<Value>>
      examples;  // "hello", as the original begins; then those of `set example`, in order. Empty: read from a document
  std::vector<NodeId> drawn;  // `draw(...)`
  BuildValueRef last;         // last top-level s-op assigned or written as a statement; null if none
  std::string last_name;
  std::uint32_t last_example = 0;  // in force at its statement
  BuildValueRef output;            // what `output_expression` (option or pragma) gives, else `last`
  std::string output_name;
  std::vector<std::pair<NodeId, std::string>> assumed;  // the s-ops of `#@ assume`, and their texts
  std::map<NodeId, bool> numerical;     // of a document: the encodings that its program asks for, as `#@ encode` does
  Names names;                          // of the main file
  std::vector<std::string> file_names;  // by Span::file
  std::vector<std::string> file_texts;
};

struct Sources {
  std::string main;  // text (any bytes; invalid UTF-8 is a diagnostic)
  std::string main_name = "program.rasp";
  // Text of `load "path";`; nullopt: not found. The page serves its open files, the CLI reads relative to FILE.
  std::function<std::optional<std::string>(const std::string& path)> load;
};

// Never throws but for LimitExceeded{"limit-time"}; every other mistake is a diagnostic and the next statement goes on.
// output_expression: overrides the pragma; evaluated after the program in its scope.
Elaboration elaborate(const Sources& sources, const std::optional<std::string>& output_expression,
                      Diagnostics& diagnostics, Budget& budget);

}  // namespace rasp
