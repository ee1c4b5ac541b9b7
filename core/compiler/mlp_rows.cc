// From the table of an MLP unit to gates and steps.
#include <algorithm>
#include <cmath>

#include "compiler/mlp_planner.h"

namespace rasp {

bool MlpPlanner::emits(std::uint32_t outcome) {
  if (outcome == no_signature) return false;
  if (unit().kind == UnitKind::MlpNumber) return unit().numbers[outcome] != 0;
  return !silent_[outcome];
}

void MlpPlanner::lookups() {
  merge_values();
  const std::size_t inputs = code_inputs_.size();
  // Rows of one outcome as products of sets, grown input by input.
  std::map<std::uint32_t, std::vector<std::vector<std::vector<std::uint32_t>>>> by_outcome;
  for (std::size_t r = 0; r < table_.outcome.size(); ++r) {
    if (!emits(table_.outcome[r])) continue;
    std::vector<std::vector<std::uint32_t>> product;
    for (auto v : table_.tuples[r]) product.push_back({v});
    by_outcome[table_.outcome[r]].push_back(std::move(product));
  }
  for (auto& [outcome, products] : by_outcome) {
    std::vector<std::vector<std::vector<std::uint32_t>>> best;
    for (std::size_t first = 0; first < std::max<std::size_t>(1, inputs); ++first) {
      auto current = products;
      for (std::size_t step = 0; step < inputs; ++step) {
        c_.budget.tick(static_cast<std::uint32_t>(4 * current.size()));
        const std::size_t d = (first + step) % inputs;
        std::map<std::vector<std::vector<std::uint32_t>>, std::vector<std::uint32_t>> groups;
        for (auto& product : current) {
          auto key = product;
          key[d].clear();
          auto& set = groups[key];
          set.insert(set.end(), product[d].begin(), product[d].end());
        }
        current.clear();
        for (auto& [key, set] : groups) {
          auto product = key;
          std::sort(set.begin(), set.end());
          set.erase(std::unique(set.begin(), set.end()), set.end());
          product[d] = set;
          current.push_back(std::move(product));
        }
      }
      if (best.empty() || current.size() < best.size()) best = std::move(current);
      if (inputs > 4) break;
    }
    for (auto& product : best) {
      Gate gate;
      for (std::size_t d = 0; d < inputs; ++d) {
        if (product[d].size() == counts_[d]) continue;  // any value: not read (unreachable tuples do not matter)
        gate.inputs.emplace_back(static_cast<std::uint32_t>(d), product[d]);
      }
      // Leaving an input out is only safe if no reachable row outside the product passes the rest of the gate: the
      // product with all values of d contains every reachable row that agrees on the other inputs, so it is.
      unit().lookups.push_back({std::move(gate), outcome});
    }
  }
}

// Do all outcomes lie on one line?
void MlpPlanner::fit_line(StepRow& row, const std::vector<std::pair<double, std::uint32_t>>& curve) {
  const auto &first = curve.front(), &last = curve.back();
  if (last.first == first.first) return;
  const auto y = [&](const auto& point) { return unit().numbers[point.second]; };
  row.slope = (y(last) - y(first)) / (last.first - first.first);
  row.intercept = y(first) - row.slope * first.first;
  double size = std::fabs(row.intercept);
  for (const auto& point : curve) size = std::max({size, std::fabs(y(point)), std::fabs(row.slope * point.first)});
  row.affine = std::all_of(curve.begin(), curve.end(), [&](const auto& point) {
    return std::fabs(row.slope * point.first + row.intercept - y(point)) <= 0x1p-40 * size;
  });
}

void MlpPlanner::steps() {
  merge_values();
  std::map<std::vector<std::uint32_t>, std::vector<std::pair<double, std::uint32_t>>> curves;
  for (std::size_t r = 0; r < table_.outcome.size(); ++r) {
    auto& curve = curves[table_.tuples[r]];
    if (table_.outcome[r] != no_signature) curve.emplace_back(table_.axis[r], table_.outcome[r]);
  }
  for (auto& [tuple, curve] : curves) {
    if (curve.empty()) continue;
    std::sort(curve.begin(), curve.end());
    StepRow row;
    for (std::size_t d = 0; d < tuple.size(); ++d)
      if (counts_[d] > 1)
        row.gate.inputs.emplace_back(static_cast<std::uint32_t>(d), std::vector<std::uint32_t>{tuple[d]});
    auto same = [&](std::uint32_t a, std::uint32_t b) { return a == b || (!emits(a) && !emits(b)); };
    row.low = curve.front().first;
    row.high = curve.back().first;
    row.outputs.push_back(curve.front().second);
    for (std::size_t i = 1; i < curve.size(); ++i) {
      if (same(curve[i].second, curve[i - 1].second)) continue;
      row.thresholds.push_back((curve[i].first + curve[i - 1].first) / 2);
      row.gaps.push_back(curve[i].first - curve[i - 1].first);
      row.outputs.push_back(curve[i].second);
    }
    if (row.thresholds.empty() && !emits(row.outputs[0])) continue;
    if (unit().kind == UnitKind::MlpNumber) fit_line(row, curve);
    unit().steps.push_back(std::move(row));
  }
  // The range of the axis over *all* tuples: a closed gate must stay closed everywhere.
  if (table_.axis.empty()) return;
  const auto [least, most] = std::minmax_element(table_.axis.begin(), table_.axis.end());
  for (StepRow& row : unit().steps) {
    row.low = std::min(row.low, *least);
    row.high = std::max(row.high, *most);
  }
}

}  // namespace rasp
