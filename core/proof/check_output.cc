#include "proof/checking.h"

#include <algorithm>

namespace rasp::proof {

void Checker::output_number(const Entries& column, CheckedLink& link) {
  const Sum sum = sum_of(column, static_cast<double>(t_.b_U[0]));
  is_form(column, static_cast<double>(t_.b_U[0]), c_.output.form, c_.output.constant, "output");
  link.error = sum.carried + sum.rounding() + lost_of(c_.output.form);
  double gap = c_.output.whole ? 1 : 1e300;
  for (std::size_t i = 1; i < c_.output.values.size(); ++i)
    gap = std::min(gap, c_.output.values[i] - c_.output.values[i - 1]);
  link.margin = gap > 0 ? 1 - 2 * link.error / gap : -1e300;
}

void Checker::output_lines(const std::vector<Entries>& columns, CheckedLink& link) {
  // Column j less column j-1 is what changes sign at threshold j.
  for (std::size_t j = 1; j < columns.size(); ++j) {
    std::map<std::int32_t, double> difference;
    for (auto [d, w] : columns[j]) difference[d] += w;
    for (auto [d, w] : columns[j - 1]) difference[d] -= w;
    double slope = 0, largest = 0;  // told by the largest coefficient: small ones may be 0 in float32
    for (auto [d, x] : c_.output.form)
      if (std::fabs(x) > largest) largest = std::fabs(x), slope = difference[d] / x;
    const double offset = static_cast<double>(t_.b_U[j]) - static_cast<double>(t_.b_U[j - 1]);
    if (!(slope > 0)) fault("output: a line is not steeper than the one before");
    for (auto [d, x] : c_.output.form)
      if (std::fabs(difference[d] - slope * x) > 4 * u * columns.size() * std::fabs(x) + lost)
        fault("output: a line reads dimension " + std::to_string(d) + " with another slope");
    const auto lead = [&](double x) { return slope * (x - c_.output.constant) + offset; };
    const auto [below, above] = c_.output.neighbours[j - 1];
    const double room = std::min(-lead(below), lead(above));
    Entries step(difference.begin(), difference.end());
    const double carried_by = sum_of(step, 0).carried;
    const double rounding = sum_of(columns[j], static_cast<double>(t_.b_U[j])).rounding() +
                            sum_of(columns[j - 1], static_cast<double>(t_.b_U[j - 1])).rounding() +
                            lost_of(c_.output.form);
    link.error = std::max(link.error, carried_by + rounding);
    link.margin = std::min(link.margin, room > 0 ? 1 - (carried_by + rounding) / room : -1e300);
  }
}

void Checker::output_classes(const std::vector<Entries>& columns, CheckedLink& link) {
  std::set<std::int32_t> read;
  for (const Entries& column : columns)
    for (const auto& [s, p] : parts_of(column)) {
      if (!claim(s).one_hot) fault("the output reads \"" + claim(s).label + "\" as if it were one-hot");
      read.insert(s);
    }
  for (const Entries& column : columns) even(column, 1, "output");
  for (std::size_t j = 0; j < columns.size(); ++j) {
    if (std::any_of(columns[j].begin(), columns[j].end(), [](const auto& e) { return e.second < 0; }))
      fault("output: a column speaks against a class");
    if (t_.b_U[j] != 0 && (t_.b_U[j] != 0.5f || !columns[j].empty()))
      fault("output: a column has a constant of " + text(static_cast<double>(t_.b_U[j])));
  }
  for (std::int32_t s : read) link.error += known(s).spread;
  if (read.size() > 1) fault("the output reads two subspaces");
  link.margin = 1 - 2 * link.error;  // against ½, or twice against another column
}

void Checker::output() {
  owners_at(static_cast<std::int32_t>(2 * t_.layers.size() + 1));
  const std::vector<Entries> columns = columns_of(t_.W_U);
  CheckedLink link;
  link.label = "output";
  link.claimed_margin = c_.output.margin;
  link.claimed_error = link.claimed_spread = 1e300;
  if (c_.output.kind == OutputClaim::Kind::Number) output_number(columns[0], link);
  else if (c_.output.kind == OutputClaim::Kind::Lines) output_lines(columns, link);
  else output_classes(columns, link);
  finish_link("output", link);
}

}  // namespace rasp::proof
