// Random well-typed RASP programs as source text, and their reduction to a smallest one that still fails a test.
//
//   RandomProgram p = random_program(seed, {});
//   if (fails(p)) p = shrink(p, fails);   // then report p.source, p.vocabulary, p.max_length, p.causal
//
// The same seed and options give the same program everywhere. The last statement assigns the s-op `answer`. Without
// GeneratorOptions::partial every program is defined on every input over its vocabulary.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "base/value.h"
#include "forms.h"
#include "rng.h"

namespace rasp::testing {

struct GeneratorOptions {
  unsigned statements = 4;      // at most, besides the answer
  unsigned depth = 3;           // nesting of operators and calls
  unsigned selector_depth = 3;  // nesting of and, or, not between selectors
  unsigned max_length = 5;      // at least 1
  bool library = true;          // calls of library functions
  bool functions = true;        // own functions and loops
  bool floats = true;
  bool partial = false;  // expressions that fail on some inputs
  bool heavy = true;     // products and other forms whose value sets grow quickly
  bool numbers = true;   // vocabularies of numbers, too
  bool mixed = false;    // vocabularies and operands of several kinds; what is assumed of the input
  bool extreme = false;  // numbers of any size, infinities and nan; wrong-typed defaults; forced encodings
};

// An expression: a form with its operands, or a name.
struct Tree {
  Type type = Type::Int;
  std::string text;                // of the form, with its placeholders; of a call: `f($I, $T)`; of a name: the name
  std::vector<Tree> operands;      // of $…, in order
  std::vector<std::string> atoms;  // of #…, in order
  int statement = -1;              // the statement it names or calls
};

struct Statement {
  enum class Kind { Assign, Function, Loop } kind = Kind::Assign;
  std::string name;
  Type type = Type::Int;
  Tree value;  // Assign: the value; Function: what it returns; Loop: the value before it
  Tree step;   // Loop: assigned in every turn
  unsigned turns = 0;
  std::vector<Type> parameters;  // Function: x0, x1, …
};

struct RandomProgram {
  std::string source;
  std::vector<Value> vocabulary;
  unsigned max_length = 5;
  bool causal = false;
  std::string encoded;                // `#@ encode` of this statement's s-op, if it is still there; "": none
  std::string assumed;                // of the input; "": nothing
  std::vector<Statement> statements;  // what `source` was written from
};

inline std::string render(const Tree& tree) {
  std::string out;
  std::size_t operand = 0, atom = 0;
  for (const char* c = tree.text.c_str(); *c; ++c) {
    if (*c == '$' || *c == '#') {
      out += *c == '$' ? render(tree.operands[operand++]) : tree.atoms[atom++];
      ++c;
    } else {
      out += *c;
    }
  }
  return out;
}

inline std::string render(const std::vector<Statement>& statements) {
  std::string out;
  for (const Statement& s : statements) {
    if (s.kind == Statement::Kind::Function) {
      out += "def " + s.name + "(";
      for (std::size_t i = 0; i < s.parameters.size(); ++i) out += (i ? ", x" : "x") + std::to_string(i);
      out += ") {\n  return " + render(s.value) + ";\n}\n";
      continue;
    }
    out += s.name + " = " + render(s.value) + ";\n";
    if (s.kind == Statement::Kind::Loop) {
      out += "for i in range(" + std::to_string(s.turns) + ") {\n  " + s.name + " = " + render(s.step) + ";\n}\n";
    }
  }
  return out;
}

inline Type type_of_placeholder(char letter) {
  return letter == 'I'   ? Type::Int
         : letter == 'F' ? Type::Float
         : letter == 'B' ? Type::Bool
         : letter == 'T' ? Type::Text
                         : Type::Selector;
}

class Generator {
 public:
  Generator(std::uint64_t seed, const GeneratorOptions& options) : rng_(seed), options_(options) {}

  RandomProgram run() {
    vocabulary();
    const unsigned least = rng_.percent(10) ? 1 : std::min(2u, options_.max_length);
    program_.max_length = least + static_cast<unsigned>(rng_.below(options_.max_length - least + 1));
    program_.causal = rng_.percent(30);
    const std::size_t count = rng_.below(options_.statements + 1);
    while (program_.statements.size() < count) statement();
    Statement answer;
    answer.name = "answer";
    answer.type = any_sop();
    answer.value = tree(answer.type, options_.depth);
    program_.statements.push_back(answer);
    program_.source = render(program_.statements);
    if (options_.extreme && rng_.percent(20)) {
      const Statement& s = rng_.pick(program_.statements);
      if (s.kind == Statement::Kind::Assign && (s.type == Type::Int || s.type == Type::Float))
        program_.encoded = s.name;
    }
    if (options_.mixed && rng_.percent(40)) assume();
    return std::move(program_);
  }

 private:
  // Conditions that the compiler uses, and others.
  void assume() {
    static const std::vector<std::string> conditions = {
        "count(tokens, #t) == 1",
        "count(tokens, #t) <= 1",
        "count(tokens, #t) == 1 or length < 3",
        "not (count(tokens, #t) > 1)",
        "length > 1 and contains(tokens, #t)",
        "(tokens == #t) == (indices == 0)",
        "not (tokens == #t and indices > 0)",
        "selector_width(select(tokens, tokens, ==)) <= 2",
        "aggregate(select(tokens, #t, ==), indices, 0) < 2",
        "tokens == shift(tokens, 1, #t) or indices < 2",
        "length == #p",
    };
    for (const char* c = rng_.pick(conditions).c_str(); *c; ++c)
      program_.assumed += *c == '#' ? atom(*++c) : std::string(1, *c);
  }

  void mixed_vocabulary() {
    static const std::vector<Value> values = {Value::integer(std::int64_t{0}),
                                              Value::integer(std::int64_t{1}),
                                              Value::integer(std::int64_t{-2}),
                                              Value::string("0"),
                                              Value::string("1"),
                                              Value::string("a"),
                                              Value::string("-"),
                                              Value::string("ab"),
                                              Value::boolean(true),
                                              Value::boolean(false),
                                              Value::real(0.5),
                                              Value::real(2.0)};
    for (std::size_t count = 2 + rng_.below(3); words_.size() < count;) {
      const Value& v = rng_.pick(values);
      if (std::find(words_.begin(), words_.end(), v.str()) != words_.end()) continue;
      words_.push_back(v.str());
      program_.vocabulary.push_back(v);
    }
  }

  void vocabulary() {
    static const std::vector<std::vector<const char*>> texts = {
        {"a", "b"}, {"a", "b", "c"}, {"a"}, {"(", ")"}, {"0", "1"}, {"0", "1", "2"}, {"3", "-1", "10"}};
    if (options_.extreme && rng_.percent(50)) return extreme_vocabulary();
    if (options_.mixed && rng_.percent(40)) return mixed_vocabulary();
    const std::size_t kinds = options_.numbers ? texts.size() : 4;
    const std::size_t kind = rng_.below(kinds);
    numbers_ = kind >= 4;
    for (const char* text : texts[kind]) {
      words_.push_back(text);
      program_.vocabulary.push_back(Value::string(text));
    }
    if (numbers_ && rng_.percent(50)) {  // ints as tokens instead of their texts
      for (std::size_t i = 0; i < words_.size(); ++i)
        program_.vocabulary[i] = Value::integer(std::int64_t{std::atoi(words_[i].c_str())});
    }
  }

  void extreme_vocabulary() {
    static const std::vector<const char*> numbers = {"1048575",
                                                     "1048576",
                                                     "1048577",
                                                     "16777216",
                                                     "16777217",
                                                     "2147483647",
                                                     "-2147483648",
                                                     "9007199254740991",
                                                     "9007199254740993",
                                                     "9223372036854775807",
                                                     "9223372036854775808",
                                                     "100000000000000000000",
                                                     "0",
                                                     "1",
                                                     "3",
                                                     "-1"};
    static const std::vector<double> reals = {
        1e-300, 2e-300, 1e-40,        1e-11,    1.1e-11,    0.1,          0.30000000000000004,
        0.3,    1.0,    1.0000000001, 1e7,      16777217.0, 1e10,         10000000001.0,
        1e16,   1e39,   1e300,        HUGE_VAL, -HUGE_VAL,  std::nan(""), 0.0,
        -0.0,   2.0};
    numbers_ = true;
    const std::size_t kind = rng_.below(3), count = 1 + rng_.below(3);
    for (int tries = 0; words_.size() < count && tries < 50; ++tries) {
      Value v = Value::real(rng_.pick(reals));
      if (kind == 0 || (kind == 1 && rng_.percent(50))) v = Value::integer(*BigInt::from_decimal(rng_.pick(numbers)));
      if (kind == 1) v = Value::string(v.str());
      if (std::find(words_.begin(), words_.end(), v.str()) != words_.end()) continue;
      words_.push_back(v.str());
      program_.vocabulary.push_back(std::move(v));
    }
  }

  Type any_sop() {
    static const std::vector<Type> types = {Type::Int, Type::Int, Type::Bool, Type::Text, Type::Text, Type::Float};
    const Type t = rng_.pick(types);
    return t == Type::Float && !options_.floats ? Type::Int : t;
  }

  void statement() {
    Statement s;
    s.name = "v" + std::to_string(program_.statements.size());
    s.type = rng_.percent(30) ? Type::Selector : any_sop();
    const unsigned kind = options_.functions ? static_cast<unsigned>(rng_.below(10)) : 9;
    if (kind == 0) {
      s.kind = Statement::Kind::Function;
      const std::size_t arity = 1 + rng_.below(2);
      while (s.parameters.size() < arity) s.parameters.push_back(rng_.percent(25) ? Type::Selector : any_sop());
      parameters_ = &s.parameters;
      s.value = tree(s.type, options_.depth - 1);
      parameters_ = nullptr;
    } else {
      s.value = tree(s.type, options_.depth);
      if (kind == 1) {
        s.kind = Statement::Kind::Loop;
        s.turns = 1 + static_cast<unsigned>(rng_.below(2));
        loop_ = &s;
        s.step = tree(s.type, options_.depth - 1);
        loop_ = nullptr;
      }
    }
    program_.statements.push_back(std::move(s));
  }

  Tree name(Type type, std::string text, int statement) {
    Tree t;
    t.type = type;
    t.text = std::move(text);
    t.statement = statement;
    return t;
  }

  // A name or call in reach that gives `type`; text is empty if there is none.
  Tree reachable(Type type, unsigned depth) {
    std::vector<Tree> found;
    for (std::size_t i = 0; i < program_.statements.size(); ++i) {
      const Statement& s = program_.statements[i];
      if (s.type != type || (s.kind == Statement::Kind::Function && depth == 0)) continue;
      found.push_back(name(type, s.name, static_cast<int>(i)));
    }
    if (loop_ && loop_->type == type) {
      found.push_back(name(type, loop_->name, -1));
      found.push_back(found.back());
    }
    for (std::size_t i = 0; parameters_ && i < parameters_->size(); ++i) {
      if ((*parameters_)[i] == type) found.push_back(name(type, "x" + std::to_string(i), -1));
    }
    if (found.empty()) return name(type, "", -1);
    Tree t = rng_.pick(found);
    if (t.statement >= 0 &&
        program_.statements[static_cast<std::size_t>(t.statement)].kind == Statement::Kind::Function) {
      const std::vector<Type> parameters = program_.statements[static_cast<std::size_t>(t.statement)].parameters;
      t.text += '(';
      for (std::size_t i = 0; i < parameters.size(); ++i) {
        t.text += std::string(i ? ", $" : "$") + "IFBTS"[static_cast<int>(parameters[i])];
        t.operands.push_back(tree(parameters[i], depth - 1));
      }
      t.text += ')';
    }
    return t;
  }

  bool allowed(const Form& form) const {
    if ((form.flags & library_form) && !options_.library) return false;
    if ((form.flags & partial_form) && !options_.partial) return false;
    if ((form.flags & heavy_form) && !options_.heavy) return false;
    if ((form.flags & number_form) && !numbers_) return false;
    if ((form.flags & extreme_form) && !options_.extreme) return false;
    if ((form.flags & mixed_form) && !options_.mixed) return false;
    return options_.floats || (form.result != Type::Float && !std::strstr(form.text, "$F"));
  }

  Tree tree(Type type, unsigned depth, unsigned selector_depth = 0) {
    if (rng_.percent(depth == 0 ? 60 : 30)) {
      Tree known = reachable(type, depth);
      if (!known.text.empty()) return known;
    }
    std::vector<const Form*> choice;
    unsigned total = 0;
    for (const Form& form : forms()) {
      const bool leaf = !std::strchr(form.text, '$'),
                 algebra = std::strstr(form.text, "$S") && form.result == Type::Selector;
      if (form.result != type || !allowed(form) ||
          (algebra ? selector_depth >= options_.selector_depth : depth == 0 && !leaf))
        continue;
      // Leaves become rarer the more depth is left.
      const unsigned weight = leaf && depth > 0 ? std::max(1u, form.weight / (2 * depth)) : form.weight;
      for (unsigned i = 0; i < weight; ++i) choice.push_back(&form);
      total += weight;
    }
    const Form& form = *choice[rng_.below(total)];
    Tree t;
    t.type = type;
    t.text = form.text;
    const bool algebra = type == Type::Selector && std::strstr(form.text, "$S");
    for (const char* c = form.text; *c; ++c) {
      if (*c == '$') {
        // and, or, not of selectors have a depth of their own, so that their operands stay interesting.
        t.operands.push_back(algebra ? tree(Type::Selector, depth, selector_depth + 1)
                                     : tree(type_of_placeholder(*++c), depth - 1));
      } else if (*c == '#') {
        t.atoms.push_back(atom(*++c));
      }
    }
    return t;
  }

  static std::string quoted(const std::string& s) { return '"' + s + '"'; }
  std::string small_int(int low, int high) {
    const int i = rng_.between(low, high);
    return i < 0 ? "(" + std::to_string(i) + ")" : std::to_string(i);
  }

  static const std::vector<std::string>& large_ints() {
    static const std::vector<std::string> list = {"1048575",
                                                  "1048576",
                                                  "16777216",
                                                  "16777217",
                                                  "2147483648",
                                                  "(-2147483649)",
                                                  "9007199254740991",
                                                  "9007199254740993",
                                                  "9223372036854775807",
                                                  "9223372036854775808",
                                                  "100000000000000000000",
                                                  "1000000",
                                                  "9999999",
                                                  "0",
                                                  "1"};
    return list;
  }
  static const std::vector<std::string>& any_floats() {
    static const std::vector<std::string> list = {"(10.0 ^ (-300))",
                                                  "(10.0 ^ (-40))",
                                                  "(0.1 ^ 11)",
                                                  "0.00000000001",
                                                  "0.000000000011",
                                                  "1.0000000001",
                                                  "1.0",
                                                  "0.3",
                                                  "1048576.5",
                                                  "16777217.0",
                                                  "10000000000.0",
                                                  "10000000001.0",
                                                  "(10.0 ^ 16)",
                                                  "(10.0 ^ 39)",
                                                  "(10.0 ^ 300)",
                                                  "((10.0 ^ 308) * 10.0)",
                                                  "(-((10.0 ^ 308) * 10.0))",
                                                  "(((10.0 ^ 308) * 10.0) - ((10.0 ^ 308) * 10.0))",
                                                  "0.0",
                                                  "(-0.0)",
                                                  "0.1",
                                                  "2.0"};
    return list;
  }

  std::string atom(char kind) {
    static const std::vector<std::string> floats = {"0.5", "1.5", "0.25", "2.0", "(-0.5)", "0.1", "1.0"};
    switch (kind) {
      case 'i': return loop_ && rng_.percent(30) ? "i" : small_int(-2, 3);
      case 'p': return small_int(1, 4);
      case 'f': return rng_.pick(floats);
      case 'J': return rng_.pick(large_ints());
      case 'G': return rng_.pick(any_floats());
      case 'b': return rng_.percent(50) ? "True" : "False";
      case 't': return rng_.percent(80) ? quoted(rng_.pick(words_)) : rng_.percent(50) ? "\"-\"" : "\"\"";
      case 'l': return "[" + small_int(-1, 3) + ", " + small_int(-1, 3) + ", " + small_int(-1, 3) + "]";
      case 'w': return "[" + quoted(rng_.pick(words_)) + ", " + quoted(rng_.pick(words_)) + "]";
      default: break;
    }
    std::string out = "{";
    for (const std::string& word : words_) {
      out += (out.size() > 1 ? ", " : "") + quoted(word) + ": " +
             (kind == 'k' ? small_int(-1, 3) : quoted(rng_.percent(50) ? rng_.pick(words_) : "z"));
    }
    return out + "}";
  }

  Rng rng_;
  const GeneratorOptions options_;
  RandomProgram program_;
  std::vector<std::string> words_;  // texts of the tokens
  bool numbers_ = false;
  const std::vector<Type>* parameters_ = nullptr;
  const Statement* loop_ = nullptr;
};

inline RandomProgram random_program(std::uint64_t seed, const GeneratorOptions& options) {
  return Generator(seed, options).run();
}

}  // namespace rasp::testing
