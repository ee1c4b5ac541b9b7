// The syntax tree: plain data, spans everywhere.
#pragma once
#include <memory>
#include <string>
#include <vector>
#include "base/diagnostics.h"

namespace rasp {

struct Expr;
using ExprPtr = std::unique_ptr<Expr>;

struct Expr {
  enum class Kind : std::uint8_t {
    Int,
    Float,
    String,
    Name,     // text
    Unary,    // text: not - +
    Binary,   // text: + - * / % ^ == < <= > >= and or
    Ternary,  // children: then, condition, else
    In,
    Index,
    Call,  // children: left/callee, then arguments
    List,
    Dict,  // Dict: key, value, key, value, …
    ListComprehension,
    DictComprehension,  // children: element (key, value), source; names
    Select,             // children: key, query; text: operator
    Aggregate,
    Round,
    Indicator,
    Range,
    Zip,
    Len,
  } kind = Kind::Name;
  Span span;
  std::string text;
  std::vector<ExprPtr> children;
  std::vector<std::string> names;
  std::vector<Span> name_spans;  // of `names`
  bool parenthesised = false;

  Expr() = default;
  Expr(const Expr&) = delete;
  Expr& operator=(const Expr&) = delete;
  // Without recursion: a long chain of operators is a deep tree.
  ~Expr() {
    std::vector<ExprPtr> rest;
    rest.swap(children);
    while (!rest.empty()) {
      const ExprPtr e = std::move(rest.back());
      rest.pop_back();
      for (ExprPtr& child : e->children) rest.push_back(std::move(child));
      e->children.clear();
    }
  }
};

struct Statement {
  enum class Kind : std::uint8_t {
    Expression,
    Assign,
    Def,
    For,
    Load,
    Draw,
    SetExample,
    Command,
    Exit,
    Failed
  } kind = Kind::Expression;
  Span span;
  std::vector<std::string> names;  // Assign, Failed: targets; Def: name, then parameters; For: loop names
  std::vector<Span> name_spans;
  std::vector<ExprPtr> values;  // Expression, Assign, Draw, SetExample; For: source; Def: returns
  std::vector<Statement> body;  // Def, For; Failed: what could be read of them
  std::string text;  // Load: path; SetExample: "", "s-op" or "selector"; Command: its words, one blank between them
  Span open, close;  // Def, For: the braces
};

}  // namespace rasp
