// The unembedding W_U: the output as a number, as lines over a number, or as one-hot values.
#include <algorithm>
#include <cmath>

#include "base/agree.h"
#include "compiler/assembler.h"
#include "proof/amplitudes.h"

namespace rasp {

void Assembler::unembed(NodeId output) {
  BoundLink link;
  link.node = output;
  m_.codec.encoding = plan_.output_kind == ReadKind::Number ? Encoding::Numerical : Encoding::Categorical;
  if (plan_.output_kind == ReadKind::Number) {
    read_number(output, link);
  } else {
    for (ValueId v : plan_.output_values) m_.codec.values.push_back(c_.values[v]);
    if (plan_.output_kind == ReadKind::Lines) read_lines(link);
    else read_code(link);
  }
  m_.links.push_back(link);
}

void Assembler::read_number(NodeId output, BoundLink& link) {
  double gap = 1e300, previous = -1e300;
  m_.codec.whole = m_.claims.output.whole = plan_.output_whole;
  if (plan_.output_whole) gap = 1;
  if (c_.sets.known(output))
    for (ValueId v : c_.sets.all(output)) {
      const double x = c_.values.number(v);
      if (!m_.codec.values.empty()) {
        const Value& last = m_.codec.values.back();
        if (one_number(last, c_.values[v])) continue;
        if (x <= previous) gap = 0, m_.claims.output.values.push_back(x);  // ints that are one double
        if (x <= previous) continue;
      }
      if (!m_.codec.values.empty()) gap = std::min(gap, x - previous);
      m_.codec.values.push_back(c_.values[v]);
      m_.claims.output.values.push_back(x);
      previous = x;
    }
  m_.claims.output.kind = proof::OutputClaim::Kind::Number;
  m_.claims.output.constant = plan_.output_number.constant;
  m_.claims.output.form = directions(plan_.output_number);
  link.what = "distance of the output's values against its error";
  const Bound bound = proof::nearest_value(proved(plan_.output_number), gap);
  link.error = bound.error;
  link.margin = bound.margin;
  m_.exactness.within = bound.error;
  std::vector<Triplet> w;
  Biases unused;
  read_form(plan_.output_number, 0, 0, w, unused);
  t_.b_U = {static_cast<float>(plan_.output_number.constant)};
  t_.W_U = sparse(t_.d_model, 1, w);
}

// Column j holds the line slope_j·x - offset_j, and line j - line (j-1) = x - t_j: where x lies between t_j and
// t_(j+1), column j is above all others by at least the distance to the nearest threshold.
void Assembler::read_lines(BoundLink& link) {
  const LinearForm& form = plan_.output_number;
  const auto columns = static_cast<std::int32_t>(plan_.output_values.size());
  std::vector<Triplet> w;
  Biases unused;
  std::vector<double> offsets{0};
  for (double t : plan_.output_thresholds) offsets.push_back(offsets.back() + t);
  const double middle = (columns - 1) / 2.0, level = (offsets.front() + offsets.back()) / 2;  // keeps both small
  const proof::Form facts = proved(form);
  double rounding = 0;
  t_.b_U.assign(static_cast<std::size_t>(columns), 0);
  for (std::int32_t j = 0; j < columns; ++j) {
    const double slope = j - middle, offset = offsets[static_cast<std::size_t>(j)] - level;
    read_form(form, 0, j, w, unused, slope);
    t_.b_U[static_cast<std::size_t>(j)] = static_cast<float>(slope * form.constant - offset);
    rounding = std::max(rounding, proof::line_rounding(facts, slope, offset));
  }
  m_.claims.output.kind = proof::OutputClaim::Kind::Lines;
  m_.claims.output.constant = form.constant;
  m_.claims.output.form = directions(form);
  for (std::size_t i = 0; i < plan_.output_thresholds.size(); ++i)
    m_.claims.output.neighbours.emplace_back(plan_.output_thresholds[i] - plan_.output_gaps[i] / 2,
                                             plan_.output_thresholds[i] + plan_.output_gaps[i] / 2);
  link.what = "threshold gap against the error of the number it reads";
  const Bound bound =
      proof::highest_line(facts, rounding, *std::min_element(plan_.output_gaps.begin(), plan_.output_gaps.end()));
  link.error = bound.error;
  link.margin = bound.margin;
  t_.W_U = sparse(t_.d_model, columns, w);
}

void Assembler::read_code(BoundLink& link) {
  std::vector<Triplet> w;
  const auto columns = static_cast<std::int32_t>(plan_.output_values.size());
  t_.b_U.assign(static_cast<std::size_t>(columns), 0);
  if (plan_.output_implicit >= 0) t_.b_U[static_cast<std::size_t>(plan_.output_implicit)] = 0.5f;
  link.what = "winning logit against the next";
  if (plan_.output_code.unit != no_unit) {
    const Unit& unit = plan_.units[plan_.output_code.unit];
    for (std::size_t c = 0; c < unit.kept.size(); ++c) {
      const std::uint32_t s = unit.class_signature[c][plan_.output_code.demand];
      if (s != no_signature && dims_[plan_.output_code.unit][c] >= 0 &&
          static_cast<std::int32_t>(s) != plan_.output_implicit)
        w.emplace_back(dims_[plan_.output_code.unit][c], static_cast<std::int32_t>(s), 1.f);
    }
  }
  const Bound bound = proof::highest_column(accuracy(plan_.output_code.unit));
  link.error = bound.error;
  link.margin = bound.margin;
  t_.W_U = sparse(t_.d_model, columns, w);
}

}  // namespace rasp
