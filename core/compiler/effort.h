// How much work the compiler does before it takes the plainer way. Each number is the size up to which something is
// listed; beyond it the model is the same function, made in another way. One place, so that no program falls off an
// edge between two of them.
#pragma once
#include <cstdint>

namespace rasp {

struct Effort {
  // Combinations of values (of the terms of a sum, or the operands of an `and` or `or`): a table over more of them
  // becomes a sum, which every reader adds up for itself. Beyond the early number there is a plan that does so, beyond
  // the other no plan that does not.
  double early_table_of_terms = 2, table_of_terms = 1024;
  // The same for the arms of a choice: those of one condition are already apart, so its table is split more easily.
  double table_of_arms = 50'000;
  // Texts put together of many parts and compared with a constant: combinations of their values up to which they are a
  // table, parts, and places at which the constant is cut.
  double text_table = 64;
  std::size_t text_parts = 64, text_cuts = 256;
  // Arms of one chain of choices that are looked at one by one.
  std::size_t arms = 2'000;
  // Combinations of values in one table: beyond the first it is split wherever little is left, even if its parts are
  // large; of the plans that split early, of those that fuse as far as they go, and of a table over two numbers that
  // are read as one.
  double large_table = 1024, split_table = 64, fused_table = 4'096, joined_table = 50'000;
  // Maximal length up to which plans that fuse as far as they go are tried for the sake of size; for the sake of depth
  // they always are.
  std::uint32_t fused_length = 32;
  // Values of an s-op, over all positions (and lengths), that are looked at to see that no two positions share one.
  std::size_t injective_values = 200'000;
  // Pairs of key and query up to which it is looked at which values selected keys may have.
  double pairs_followed = 250'000;
  // Maximal length up to which a selector's rows are followed key by key to see that each selects at most one.
  std::uint32_t rows_followed = 40;
  // Maximal length up to which selectors that depend on position and length at once are followed key by key, and up to
  // which the widths of those that depend on the position alone are summed key by key.
  std::uint32_t followed_length = 128, width_sums_length = 512;
  // A sum of ints over selected positions is counted value by value up to so many values other than 0, and added up by
  // one head beyond; maximal length up to which `length * mean` and the like are found to be such a sum.
  std::size_t counted_values = 3;
  std::uint32_t sum_length = 1'024;
  // Values of an int beyond which its remainder is found in several steps, and into how many parts each step divides
  // what is left.
  std::int64_t values_of_remainder = 128;
  std::int64_t parts_of_remainder = 4;
  // Values of a number, of a term of a sum, that may be held as a code for the sake of exactness.
  std::size_t values_held = 64, values_of_term = 256;
  // Numbers from which on it counts, in a sum, what the gate that chooses them is off by.
  double large_number = 1'024;
  // Steps of a conditional number up to which it is never passed on as it is.
  std::size_t steps_not_passed = 2;
  // Parameters from which on a warning says how large the model is.
  double large_model = 50e6;
  // Values of an s-op, over all positions and lengths, that an assumption is tried on.
  double assumed_values = 200'000;
  // Different sums of ints of which each is known by its position.
  std::size_t sums_of_terms = 4096;
};

// All of them by name, as listings print them.
template <class Visit>
void each_effort(const Effort& e, Visit visit) {
  visit("early_table_of_terms", e.early_table_of_terms);
  visit("table_of_terms", e.table_of_terms);
  visit("table_of_arms", e.table_of_arms);
  visit("text_table", e.text_table);
  visit("text_parts", e.text_parts);
  visit("text_cuts", e.text_cuts);
  visit("arms", e.arms);
  visit("large_table", e.large_table);
  visit("split_table", e.split_table);
  visit("fused_table", e.fused_table);
  visit("joined_table", e.joined_table);
  visit("fused_length", e.fused_length);
  visit("injective_values", e.injective_values);
  visit("pairs_followed", e.pairs_followed);
  visit("rows_followed", e.rows_followed);
  visit("followed_length", e.followed_length);
  visit("width_sums_length", e.width_sums_length);
  visit("counted_values", e.counted_values);
  visit("sum_length", e.sum_length);
  visit("values_of_remainder", e.values_of_remainder);
  visit("parts_of_remainder", e.parts_of_remainder);
  visit("values_held", e.values_held);
  visit("values_of_term", e.values_of_term);
  visit("large_number", e.large_number);
  visit("steps_not_passed", e.steps_not_passed);
  visit("large_model", e.large_model);
  visit("assumed_values", e.assumed_values);
  visit("sums_of_terms", e.sums_of_terms);
}

}  // namespace rasp
