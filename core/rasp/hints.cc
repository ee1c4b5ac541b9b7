#include "rasp/hints.h"

#include <unordered_map>

namespace rasp {

std::string usual_hint(const std::string& code) {
  static const std::unordered_map<std::string, const char*> hints = {
      {"operand-type",
       "Operators combine numbers with numbers and strings with strings; tokens_int reads the tokens as ints."},
      {"zero-division", "Make the divisor itself other than zero."},
      {"zero-step", "Count upwards with 1, downwards with -1."},
      {"overflow", "Use smaller numbers."},
      {"conversion", "Give an input of numbers, or use tokens."},
      {"complex-number", "Take powers of numbers from 0 up."},
      {"illegal-element", "Sequences hold ints, floats, bools and strings."},
      {"mixed-types", "Give all branches, values and defaults the same type."},
      {"average-non-number", "Select one position in each row, or average numbers, such as indicator(…)."},
      {"index-out-of-range", "Use 0 to the length less one, or negative numbers from the end."},
      {"key-not-found", "Add the key, or ask for another one."},
      {"bad-index", "Lists and strings are indexed by ints or s-ops, dictionaries by atoms or s-ops."},
      {"not-indexable", "Index a list, a string, a dictionary or an s-op."},
      {"bad-key", "Use a string or a number as key."},
      {"not-iterable", "Loop over a list, such as range(3) or [\"a\", \"b\"]."},
      {"not-unpackable", "Assign it to one name."},
      {"wrong-count", "Write as many names as values."},
      {"wrong-arguments", "Count the parameters."},
      {"not-a-selector", "Make one with select(key, query, op)."},
      {"not-an-s-op", "Use an s-op, such as tokens or the result of aggregate."},
      {"not-a-list", "Give lists: [1, 2]."},
      {"not-an-int", "Use round for a float that is whole."},
      {"in-operand", "On the right stands a list of atoms or, for an atom, an s-op."},
      {"bad-input", "Write a string, or a list of strings, numbers and bools."},
      {"empty-input", "Give at least one token."},
      {"limit-integer", "Use a smaller number."},
      {"limit-integer-bits", "Use smaller numbers, or floats."},
      {"limit-string-length", "Make the string shorter."},
      {"limit-collection", "Make it smaller."},
  };
  const auto it = hints.find(code);
  return it == hints.end() ? std::string() : it->second;
}

}  // namespace rasp
