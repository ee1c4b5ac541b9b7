#include "rasp/habits.h"

#include <algorithm>
#include <unordered_map>

#include "syntax/foreign.h"

namespace rasp {
namespace {

using Hints = std::unordered_map<std::string, std::string>;

std::string in_example(const char* title) {
  return std::string("It is not built in; the example \"") + title + "\" shows how to write it.";
}

const Hints& foreign() {
  static const Hints hints = {
      {"None", "There is no None; aggregate gives its default (0) where nothing is selected."},
      {"str", "tokens are strings; to make one of a number, write \"%s\" % x where the program is built."},
      {"int", "tokens_int reads the tokens as ints; round(x) makes an int of a float."},
      {"float", "tokens_float reads the tokens as floats; 1.0 * x makes a float."},
      {"bool", "tokens_bool reads the tokens as bools; x == 1 is a bool."},
      {"abs", "Write x if x > 0 else -x."},
      {"sum", "Over all positions: round(aggregate(full_s, x) * length)."},
      {"mean", "Over all positions: average(x)."},
      {"any", "Over all positions: contains(x, True)."},
      {"all", "Over all positions: not contains(x, False)."},
      {"sorted", "Write sort(seq, key), such as sort(tokens, tokens)."},
      {"reversed", in_example("Reverse")},
      {"reverse", in_example("Reverse")},
      {"hist", in_example("Histogram")},
      {"histogram", in_example("Histogram")},
      {"rotate", in_example("Rotate")},
      {"parity", in_example("Parity")},
      {"palindrome", in_example("Palindrome")},
      {"induction", in_example("Induction head")},
      {"dyck", in_example("Balanced brackets")},
      {"dyck1", in_example("Balanced brackets")},
      {"dyck2", in_example("Two kinds of brackets")},
      {"dyck3", in_example("Three kinds of brackets")},
      {"enumerate", "indices is the position of each token."},
      {"map", "Operators work position by position: tokens_int + 1."},
      {"Map", "Operators work position by position: tokens_int + 1."},
      {"SequenceMap", "Operators work position by position: a + b."},
      {"LinearSequenceMap", "Write the sum: 2 * a + 3 * b."},
      {"SelectorAnd", "Write a and b."},
      {"SelectorOr", "Write a or b."},
      {"SelectorNot", "Write not a."},
      {"Comparison", "Write the comparison itself: select(tokens, tokens, ==)."},
      {"Full", "Write the constant itself; it is the same at every position."},
      {"numerical", "Write the expression alone; #@ encode x numerical asks for the encoding."},
      {"categorical", "Write the expression alone; #@ encode x categorical asks for the encoding."},
      {"filter", "Lists have comprehensions without conditions; of s-ops choose with a if c else b."},
      {"where", "Write a if condition else b."},
      {"input", "The input is tokens."},
      {"kqv", "Write aggregate(select(k, q, ==), v)."},
      {"sel_width", "Write selector_width(selector)."},
      {"argmax", in_example("Maximum of the sequence")},
      {"ord", "Characters have no numbers; a dictionary gives them: {\"a\": 1, \"b\": 2}[tokens]."},
      {"chr", "Index a string: \"abc\"[x]."},
  };
  return hints;
}

std::string plain(const std::string& name) {
  std::string out;
  for (char c : name)
    if (c != '_') out += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return out;
}

}  // namespace

std::string foreign_name_hint(const std::string& name) {
  auto it = foreign().find(name);
  if (it == foreign().end()) it = foreign().find(plain(name));
  if (it != foreign().end()) return it->second;
  const char* statement = foreign_statement_hint(name);
  return statement ? statement : "";
}

std::string other_spelling(const std::string& name, const std::vector<std::string>& known) {
  const std::string wanted = plain(name);
  std::string best;
  for (const std::string& k : known)
    if (k != name && plain(k) == wanted && (best.empty() || k < best)) best = k;
  return best;
}

std::string applied_hint(const std::string& name) {
  const std::string s = name.empty() ? "It" : "\"" + name + "\"";
  return s + " is no function but an s-op: write it alone, or apply it to an input: " + (name.empty() ? "s" : name) +
         "(\"abc\").";
}

std::string library_call_hint(const std::string& function) {
  static const Hints hints = {
      {"sort", "Write sort(seq, key): sort(tokens, tokens)."},
      {"max",
       "max(a, b) is the larger of two, position by position; the example \"Maximum of the sequence\" has the largest "
       "of all."},
      {"min",
       "min(a, b) is the smaller of two, position by position; the example \"Maximum of the sequence\" shows how to "
       "look over all."},
      {"count", "Write count(seq, atom): count(tokens, \"a\")."},
      {"contains", "Write contains(seq, atom): contains(tokens, \"a\")."},
      {"shift", "Write shift(seq, n, filler): shift(tokens, 1, \"-\")."},
      {"selector_width", "Write selector_width(select(key, query, op))."},
  };
  const auto it = hints.find(function);
  return it == hints.end() ? std::string() : it->second;
}

}  // namespace rasp
