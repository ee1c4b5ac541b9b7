// Where names are bound and where they are used: what editors need for completion, hover, go to definition and rename.
// Read from the syntax trees alone, so it also works in a program that has mistakes or whose functions are never
// called.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>
#include "syntax/ast.h"

namespace rasp {

enum class SymbolKind : std::uint8_t { Variable, Function, Parameter, Loop, Comprehension, Loaded };

// One name in one scope. Assigning it again binds the same symbol: renaming changes all its spans together.
struct Symbol {
  std::string name;
  SymbolKind kind = SymbolKind::Variable;
  std::uint32_t scope = 0;        // index into Names::scopes
  std::vector<Span> definitions;  // the identifiers, source order; of a loaded name: in its own file
  std::vector<Span> uses;         // the identifiers, source order
  std::string signature;          // Function: "f(a, b)"
  std::string doc;                // the comment directly above its first definition that has one; lines end with \n
};

// Names are looked up from the innermost scope outwards. Scope 0 is the file; its span is empty and means everything.
struct NameScope {
  Span span;  // function: its parameters and body; comprehension: the whole of it
  std::int32_t parent = -1;
  bool function = false;
};

struct Reference {
  Span span;
  std::string name;
  std::int32_t symbol = -1;  // index into Names::symbols; -1: built in, of the library, or undefined
  Span definition;           // of the symbol: the binding that this use most likely reads
};

struct Names {
  std::vector<Symbol> symbols;  // by first definition
  std::vector<NameScope> scopes;
  std::vector<Reference> references;  // by position; every use in the file, not the definitions
};

struct NameSources {
  const std::vector<Statement>& program;
  std::string_view text;  // of the program
  // The statements and text of the file that a `load` statement read; null: none.
  std::function<const std::vector<Statement>*(const Statement& load)> loaded;
  const Expr* output = nullptr;  // the expression of `#@ output`, with spans in the program; may be null
  std::vector<std::pair<std::string, Span>> mentioned;  // names in other pragmas
};

Names resolve_names(const NameSources& sources);

}  // namespace rasp
