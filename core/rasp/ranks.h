// Comparisons of many keys with many queries: values are sorted once, and their places compared.
#pragma once
#include <cstdint>
#include <vector>
#include "rasp/evaluate.h"

namespace rasp {

// Ranks of all keys, then all queries, such that equal values have equal ranks and smaller values smaller ones.
// False where ranks cannot stand for the values: NaN, or an order between strings and numbers.
bool ranks_of(Op op, const std::vector<Cell>& keys, const std::vector<Cell>& queries,
              std::vector<std::uint32_t>& ranks);
// row[k] for the first `count` keys: rank of the key, op, rank of the query.
void compare_ranks(Op op, const std::uint32_t* keys, std::uint32_t query, std::uint32_t count, std::uint8_t* row);

}  // namespace rasp
