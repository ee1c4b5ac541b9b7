#include "rasp/library.h"

namespace rasp {

// `selector_width` is primitive: one graph node, which the compiler turns into one head.
const std::string_view library_source = R"RASP(
full_s = select(1, 1, ==);
length = selector_width(full_s);

def has_focus(sel) { return selector_width(sel) > 0; }
def average(a) { return aggregate(full_s, a); }
def max(a, b) { return a if a > b else b; }
def min(a, b) { return a if a < b else b; }

# Where the answer is the same at every position, every position counts all hits. `indicator` refuses what is no s-op.
def count(seq, atom) { return selector_width(select(indicator(seq == atom), 1, ==)); }
def contains(seq, atom) { return count(seq, atom) > 0; }

def load_from_location(seq, location) { return aggregate(select(indices, location, ==), seq); }
def shift(seq, n, filler) { return aggregate(select(indices + n, indices, ==), seq, filler); }

# A mark is the last (first) one if no key behind (before) it holds the value asked for there; `val` may be an s-op.
def mark_last_instance(seq, val) {
  behind = select(seq, val, ==) and select(indices, indices, >);
  return seq == val and selector_width(behind) == 0;
}
def mark_first_instance(seq, val) {
  before = select(seq, val, ==) and select(indices, indices, <);
  return seq == val and selector_width(before) == 0;
}
def select_from_last(seq, val) { return select(mark_last_instance(seq, val), True, ==); }
def select_from_first(seq, val) { return select(mark_first_instance(seq, val), True, ==); }

# The rank of a position: how many keys are smaller, or equal and earlier. Each rank occurs once.
def sort(seq, key) {
  smaller = select(key, key, <);
  equal_earlier = select(key, key, ==) and select(indices, indices, <);
  rank = selector_width(smaller or equal_earlier);
  return aggregate(select(rank, indices, ==), seq);
}

# Among equal values, number them from the left; the next one has the next number.
def select_next_identical(seq) {
  same = select(seq, seq, ==);
  number = selector_width(same and select(indices, indices, <));
  return same and select(number, number + 1, ==);
}
)RASP";

namespace {
const LibraryEntry entries[] = {
    {"select", "select(key, query, op)",
     "Selector: row q, column k holds key[k] op query[q]; op is ==, !=, <, <=, > or >=.", "form"},
    {"aggregate", "aggregate(selector, values, default)",
     "The mean of the selected values in each row; one selected value stays as it is; none gives the default (0).",
     "form"},
    {"indicator", "indicator(s)", "1 where the s-op is true, else 0.", "form"},
    {"round", "round(x)", "Nearest int, halves to the even one.", "form"},
    {"range", "range(from, to, step)", "List of ints, as in Python; while the program is built.", "form"},
    {"zip", "zip(list, …)", "List of lists: the first items, then the second items, and so on.", "form"},
    {"len", "len(list)", "Number of items of a list.", "form"},
    {"draw", "draw(s, input);", "Shows the s-op's value, on another input if one is given, and selects its view.",
     "form"},
    {"load", "load \"file\";", "Runs file.rasp and takes over its names, but for those that begin with _.", "form"},
    {"def", "def f(x, y) { …; return …; }", "A function. It builds s-ops; several values after return make a list.",
     "form"},
    {"return", "return value;", "Ends the body of a function.", "form"},
    {"for", "for x in list { … }",
     "Runs the statements for each item of a list or key of a dictionary, while the program is built.", "form"},
    {"if", "a if condition else b", "At each position a or b. With a condition that is no s-op, one of them is built.",
     "form"},
    {"else", "a if condition else b", "The value where the condition is false.", "form"},
    {"in", "x in list", "Whether each element is in a list, or whether an atom is anywhere in an s-op.", "form"},
    {"not", "not x", "Negation, of s-ops and of selectors; binds tighter than comparisons.", "form"},
    {"and", "a and b", "Both, of s-ops or of selectors; has the same rank as or.", "form"},
    {"or", "a or b", "At least one, of s-ops or of selectors; has the same rank as and.", "form"},
    {"set", "set example \"abc\"", "The input, unless a pragma gives one.", "form"},
    {"show", "show example", "Shows the input.", "form"},
    {"examples", "examples off", "Later statements show no values on the input, until examples on.", "form"},
    {"exit", "exit", "Ends the program here.", "form"},
    {"tokens", "tokens", "The input, each element as a string.", "s-op"},
    {"tokens_str", "tokens_str", "The input, each element as a string.", "s-op"},
    {"tokens_int", "tokens_int", "The input, each element as an int.", "s-op"},
    {"tokens_float", "tokens_float", "The input, each element as a float.", "s-op"},
    {"tokens_bool", "tokens_bool", "The input, each element as a bool: false for empty and 0.", "s-op"},
    {"tokens_asis", "tokens_asis", "The input as it is.", "s-op"},
    {"indices", "indices", "0, 1, 2, …: the position.", "s-op"},
    {"True", "True", "The truth value; counts as 1.", "constant"},
    {"False", "False", "The truth value; counts as 0.", "constant"},
    {"out", "out", "The value of the last expression statement.", "constant"},
    {"full_s", "full_s", "Selects everything.", "selector"},
    {"length", "length", "The length of the input, at every position.", "s-op"},
    {"selector_width", "selector_width(sel)", "How many keys each row selects.", "function"},
    {"has_focus", "has_focus(sel)", "Whether a row selects anything.", "function"},
    {"count", "count(seq, atom)", "How many positions hold the value; the same everywhere.", "function"},
    {"contains", "contains(seq, atom)", "Whether any position holds the value; the same everywhere.", "function"},
    {"max", "max(a, b)", "The larger of two values, position by position.", "function"},
    {"min", "min(a, b)", "The smaller of two values, position by position.", "function"},
    {"average", "average(a)", "The mean over all positions.", "function"},
    {"load_from_location", "load_from_location(seq, location)",
     "The value of seq at that position; 0 if there is none.", "function"},
    {"shift", "shift(seq, n, filler)",
     "seq moved right by n (left where n is negative); what comes free holds the filler.", "function"},
    {"mark_last_instance", "mark_last_instance(seq, val)", "True at the last position that holds val.", "function"},
    {"mark_first_instance", "mark_first_instance(seq, val)", "True at the first position that holds val.", "function"},
    {"select_from_last", "select_from_last(seq, val)", "Every row selects the last position that holds val.",
     "function"},
    {"select_from_first", "select_from_first(seq, val)", "Every row selects the first position that holds val.",
     "function"},
    {"sort", "sort(seq, key)", "seq in ascending order of key; equal keys keep their order.", "function"},
    {"select_next_identical", "select_next_identical(seq)", "Every position selects the next one with the same value.",
     "function"},
};
}  // namespace

std::span<const LibraryEntry> library_entries() { return entries; }

}  // namespace rasp
