// The expressions that random programs are made of: one line a form, typed.
#pragma once
#include <string>
#include <vector>

namespace rasp::testing {

// S-ops by the type of their elements (Float: ints and floats mixed), and selectors.
enum class Type { Int, Float, Bool, Text, Selector };

// Placeholders: $I $F $B $T $S an operand of that type; #i a small int, #p a positive one, #f a float, #b a bool, #t a
// text, #J an int near a power of two or beyond 64 bits, #G a float of any size, #l three ints in brackets, #w texts in
// brackets, #k a dictionary from the vocabulary's texts to ints, #m to texts.
struct Form {
  Type result;
  unsigned weight;
  const char* text;
  unsigned flags = 0;
};
enum : unsigned {
  library_form = 1,   // calls the library
  partial_form = 2,   // may be undefined on some inputs
  number_form = 4,    // only where all tokens are numbers
  heavy_form = 8,     // values multiply quickly
  extreme_form = 16,  // large, small and close numbers, infinities, defaults of another type
};

inline const std::vector<Form>& forms() {
  using enum Type;
  static const std::vector<Form> all = {
      {Int, 12, "indices"},
      {Int, 6, "length"},
      {Int, 12, "tokens_int", number_form},
      {Int, 4, "($I + #i)"},
      {Int, 3, "($I - #i)"},
      {Int, 2, "(#i - $I)"},
      {Int, 2, "($I * #i)"},
      {Int, 3, "($I % #p)"},
      {Int, 1, "($I ^ 2)", heavy_form},
      {Int, 3, "($I + $I)"},
      {Int, 3, "($I - $I)"},
      {Int, 1, "($I * $I)", heavy_form},
      {Int, 1, "(-$I)"},
      {Int, 1, "(+$B)"},
      {Int, 4, "indicator($B)"},
      {Int, 2, "($B + $B)"},
      {Int, 2, "round($F)"},
      {Int, 3, "#l[($I % 3)]"},
      {Int, 3, "#k[tokens]"},
      {Int, 1, "#l[$I]", partial_form},
      {Int, 3, "($I if $B else $I)"},
      {Int, 2, "(#i if $B else #i)"},
      {Int, 2, "($I if $B else #i)"},
      {Int, 1, "$I[#i]"},
      {Int, 1, "($I % $I)", partial_form},
      {Int, 1, "(len(#l) - $I)"},
      {Int, 3, "aggregate(select(indices, $I, ==), $I, #i)"},
      {Int, 6, "selector_width($S)", library_form},
      {Int, 2, "count(tokens, #t)", library_form},
      {Int, 2, "max($I, $I)", library_form},
      {Int, 2, "min($I, #i)", library_form},
      {Int, 2, "load_from_location($I, $I)", library_form},
      {Int, 2, "shift($I, #i, #i)", library_form},
      {Int, 2, "sort($I, $I)", library_form},

      {Int, 4, "($I + #J)", extreme_form},
      {Int, 4, "($I * #J)", extreme_form},
      {Int, 4, "($I if $B else #J)", extreme_form},
      {Int, 2, "(#p ^ indices)", extreme_form},
      {Int, 3, "aggregate(select(indices, $I, ==), $I, #J)", extreme_form},
      {Float, 5, "($F + #G)", extreme_form},
      {Float, 5, "($F * #G)", extreme_form},
      {Float, 5, "($F if $B else #G)", extreme_form},
      {Float, 3, "(#f ^ indices)", extreme_form},
      {Float, 3, "(#G ^ indices)", extreme_form | partial_form},
      {Float, 3, "(#G / ($I + #p))", extreme_form | partial_form},
      {Float, 3, "(#G if $B else #G)", extreme_form},
      {Float, 4, "aggregate($S, $I, #J)", extreme_form},
      {Float, 4, "aggregate($S, $F, #G)", extreme_form},
      {Float, 3, "aggregate($S, $I, #t)", extreme_form | partial_form},
      {Float, 2, "aggregate($S, ($I * #J))", extreme_form},
      {Float, 2, "aggregate($S, $F)", extreme_form},
      {Float, 2, "aggregate($S, $I, #b)", extreme_form},
      {Float, 6, "tokens_asis", extreme_form | number_form | partial_form},
      {Bool, 3, "($F == #G)", extreme_form},
      {Bool, 3, "($F < #G)", extreme_form},
      {Bool, 3, "($I < #J)", extreme_form},
      {Bool, 2, "($I == #J)", extreme_form},
      {Text, 2, "aggregate($S, $I, #t)", extreme_form | partial_form},
      {Text, 2, "aggregate(select(indices, $I, ==), $T, #J)", extreme_form | partial_form},
      {Selector, 2, "select($F, #G, <)", extreme_form},
      {Selector, 2, "select($I, #J, ==)", extreme_form},
      {Selector, 2, "select(tokens, tokens, ==)", extreme_form},

      {Float, 5, "(indices / #p)"},
      {Float, 4, "(1 / (indices + #p))"},
      {Float, 3, "tokens_float", number_form},
      {Float, 12, "aggregate($S, $I)"},
      {Float, 6, "aggregate($S, indicator($B))"},
      {Float, 3, "aggregate($S, $F, #f)"},
      {Float, 2, "aggregate($S, $I, #i)"},
      {Float, 2, "($F + #f)"},
      {Float, 2, "($F - $I)"},
      {Float, 2, "($F * #f)"},
      {Float, 1, "($F * $F)", heavy_form},
      {Float, 1, "($F + $F)", heavy_form},
      {Float, 2, "($I / #p)"},
      {Float, 2, "((indices + 1) * aggregate(select(indices, indices, <=), indicator($B)))"},
      {Float, 1, "($F % #p)"},
      {Float, 2, "($F if $B else #f)"},
      {Float, 1, "(#f / $F)", partial_form},
      {Float, 1, "($I / $I)", partial_form},
      {Float, 1, "($I ^ -1)", partial_form},
      {Float, 1, "($F ^ 0.5)", partial_form},
      {Float, 1, "(-$F)"},
      {Float, 3, "average($I)", library_form},
      {Float, 1, "max($F, $F)", library_form},

      {Bool, 9, "(tokens == #t)"},
      {Bool, 6, "(indices < #i)"},
      {Bool, 1, "tokens_bool"},
      {Bool, 2, "(tokens in #w)"},
      {Bool, 3, "($I == #i)"},
      {Bool, 3, "($I < $I)"},
      {Bool, 2, "($I >= #i)"},
      {Bool, 2, "($F <= #f)"},
      {Bool, 2, "($F > $F)"},
      {Bool, 1, "($F == $I)"},
      {Bool, 2, "($T == #t)"},
      {Bool, 1, "($T < #t)"},
      {Bool, 1, "($T == $T)"},
      {Bool, 1, "($T == #i)"},
      {Bool, 1, "($I in #l)"},
      {Bool, 3, "($B and $B)"},
      {Bool, 3, "($B or $B)"},
      {Bool, 3, "(not $B)"},
      {Bool, 1, "($I and $B)"},
      {Bool, 1, "(not $I)"},
      {Bool, 2, "($B if $B else #b)"},
      {Bool, 2, "aggregate(select(indices, $I, ==), $B, #b)"},
      {Bool, 1, "(#t in $T)"},
      {Bool, 1, "aggregate($S, $B, #b)", partial_form},
      {Bool, 1, "($T < $I)", partial_form},
      {Bool, 3, "has_focus($S)", library_form},
      {Bool, 2, "contains(tokens, #t)", library_form},
      {Bool, 1, "mark_last_instance($T, #t)", library_form},
      {Bool, 1, "mark_first_instance($T, #t)", library_form},

      {Text, 20, "tokens"},
      {Text, 4, "#m[tokens]"},
      {Text, 2, "($T + #t)", heavy_form},
      {Text, 1, "(#t + $T)", heavy_form},
      {Text, 1, "($T * #i)", heavy_form},
      {Text, 1, "($T + $T)", heavy_form},
      {Text, 4, "($T if $B else #t)"},
      {Text, 2, "($T if $B else $T)"},
      {Text, 2, "\"xyz\"[($I % 3)]"},
      {Text, 1, "\"xy\"[$I]", partial_form},
      {Text, 5, "aggregate(select(indices, $I, ==), $T, #t)"},
      {Text, 1, "aggregate($S, $T, #t)", partial_form},
      {Text, 1, "$T[#i]", partial_form},
      {Text, 1, "($T if $B else #i)", partial_form},
      {Text, 1, "load_from_location($T, $I)", library_form | partial_form},
      {Text, 3, "shift($T, #i, #t)", library_form},
      {Text, 3, "sort($T, $I)", library_form},

      {Selector, 3, "full_s"},
      {Selector, 6, "select(tokens, tokens, ==)"},
      {Selector, 6, "select(indices, indices, <=)"},
      {Selector, 4, "select(indices, indices, <)"},
      {Selector, 4, "select(tokens, #t, ==)"},
      {Selector, 2, "select(indices, #i, >=)"},
      {Selector, 2, "select($T, $T, ==)"},
      {Selector, 1, "select($T, $T, <=)"},
      {Selector, 1, "select($T, #t, !=)"},
      {Selector, 3, "select($I, $I, ==)"},
      {Selector, 2, "select($I, $I, <)"},
      {Selector, 2, "select($I, $I, !=)"},
      {Selector, 2, "select($B, True, ==)"},
      {Selector, 1, "select($B, $B, ==)"},
      {Selector, 2, "select($F, $F, >)"},
      {Selector, 1, "select($F, #f, <=)"},
      {Selector, 1, "select(#i, $I, <)"},
      {Selector, 1, "select($T, $I, <)", partial_form},
      {Selector, 8, "($S and $S)"},
      {Selector, 6, "($S or $S)"},
      {Selector, 4, "(not $S)"},
      {Selector, 2, "select_next_identical(tokens)", library_form},
      {Selector, 1, "select_from_last($T, #t)", library_form},
      {Selector, 1, "select_from_first($T, #t)", library_form},
  };
  return all;
}

}  // namespace rasp::testing
