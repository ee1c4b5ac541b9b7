#include "rasp/ranks.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace rasp {

bool ranks_of(Op op, const std::vector<Cell>& keys, const std::vector<Cell>& queries,
              std::vector<std::uint32_t>& ranks) {
  std::vector<const Cell*> cells;
  for (const std::vector<Cell>* s : {&keys, &queries}) {
    for (const Cell& c : *s) cells.push_back(&c);
  }
  bool strings = false, numbers = false;
  for (const Cell* c : cells) {
    if (c->undefined >= 0) continue;
    if (c->value.is_opaque()) return false;
    if (c->value.kind() == Kind::Float && std::isnan(c->value.number())) return false;
    (c->value.is_string() ? strings : numbers) = true;
  }
  if (strings && numbers && op != Op::Eq && op != Op::Ne) return false;
  std::vector<std::uint32_t> by_value(cells.size());
  std::iota(by_value.begin(), by_value.end(), 0u);
  std::sort(by_value.begin(), by_value.end(),
            [&](std::uint32_t a, std::uint32_t b) { return total_less(cells[a]->value, cells[b]->value); });
  ranks.resize(cells.size());
  std::uint32_t r = 0;
  for (std::size_t i = 0; i < by_value.size(); ++i) {
    if (i && !equal(cells[by_value[i - 1]]->value, cells[by_value[i]]->value)) ++r;
    ranks[by_value[i]] = r;
  }
  return true;
}

void compare_ranks(Op op, const std::uint32_t* keys, std::uint32_t query, std::uint32_t count, std::uint8_t* row) {
  switch (op) {
    case Op::Eq:
      for (std::uint32_t k = 0; k < count; ++k) row[k] = keys[k] == query;
      break;
    case Op::Ne:
      for (std::uint32_t k = 0; k < count; ++k) row[k] = keys[k] != query;
      break;
    case Op::Lt:
      for (std::uint32_t k = 0; k < count; ++k) row[k] = keys[k] < query;
      break;
    case Op::Le:
      for (std::uint32_t k = 0; k < count; ++k) row[k] = keys[k] <= query;
      break;
    case Op::Gt:
      for (std::uint32_t k = 0; k < count; ++k) row[k] = keys[k] > query;
      break;
    default:
      for (std::uint32_t k = 0; k < count; ++k) row[k] = keys[k] >= query;
      break;
  }
}

}  // namespace rasp
