#include <algorithm>
#include <cassert>

#include "model/pass.h"

namespace rasp {

const Intervention* Pass::pattern_for(std::int32_t head) const {
  const Intervention* found = nullptr;  // the last one wins, as if each were carried out in turn
  for (const Intervention& i : interventions_)
    if (i.kind == Kind::SetPattern && i.layer == layer_ && i.head == head) found = &i;
  return found;
}

void Pass::attention(const PreparedLayer& layer) {
  grown(s_.z, layer.z_width * S_);
  grown(s_.z_live, layer.z_width);
  std::fill_n(s_.z_live.data(), layer.z_width, std::uint8_t{0});
  for (std::size_t h = 0; h < layer.heads.size(); ++h) head(layer.heads[h], static_cast<std::int32_t>(h));
  for (std::size_t a = 0; a < layer.attended.size(); ++a) {
    const std::int32_t d = layer.attended[a];
    std::int32_t count = collect(layer.W_O, static_cast<std::int32_t>(a), s_.z.data(), s_.z_live.data());
    const float bias = layer.W_O.bias[a];
    if (count == 0 && bias == 0) continue;
    if (s_.live[static_cast<std::size_t>(d)]) {  // what was there is one more input
      s_.inputs[static_cast<std::size_t>(count)] = row(d);
      s_.weights[static_cast<std::size_t>(count)] = 1;
      ++count;
    }
    kernels::combine<false>(row(d), bias, s_.inputs.data(), s_.weights.data(), count, n_);
    s_.live[static_cast<std::size_t>(d)] = 1;
  }
}

// One dimension of the queries, keys or values at all positions: null if zero, a row of x if it is one, else computed
// into the next row of `buffer`.
const float* Pass::column(const Columns& columns, std::int32_t c, float*& buffer) {
  const std::int32_t count = collect(columns, c, s_.x.data(), s_.live.data());
  const float bias = columns.bias[static_cast<std::size_t>(c)];
  if (bias == 0 && count == 0) return nullptr;
  if (bias == 0 && count == 1 && s_.weights[0] == 1) return s_.inputs[0];
  float* y = buffer;
  kernels::combine<false>(y, bias, s_.inputs.data(), s_.weights.data(), count, n_);
  buffer += S_;
  return y;
}

void Pass::head(const PreparedHead& head, std::int32_t index) {
  const bool writes = !head.silent && !zeroed(Kind::ZeroHead, index);
  if (!writes && !trace_) return;
  const std::int32_t d_qk = head.Q.size(), d_v = head.V.size();
  float* buffer = grown(s_.columns, (2 * d_qk + d_v) * S_);
  const float** q = grown(s_.q, d_qk);
  const float** k = grown(s_.k, d_qk);
  const float** v = grown(s_.v, d_v);
  for (std::int32_t i = 0; i < d_qk; ++i) {
    q[i] = column(head.Q, i, buffer);
    k[i] = q[i] ? column(head.K, i, buffer) : nullptr;
  }
  if (writes) {
    for (std::int32_t i = 0; i < d_v; ++i) {
      v[i] = column(head.V, i, buffer);
      if (!v[i]) continue;
      kernels::fill(s_.z.data() + (head.z + i) * S_, 0, n_);
      s_.z_live[static_cast<std::size_t>(head.z) + static_cast<std::size_t>(i)] = 1;
    }
  }
  std::int32_t offset = 0;
  for (const auto& sequence : sequences_) {
    const auto T = static_cast<std::int32_t>(sequence.size());
    attend(head, index, offset, T, writes);
    offset += T;
  }
}

// The non-zeros of each row within one sequence; positions count from its start.
void Pass::list_rows(const std::vector<const float*>& rows, std::int32_t d, std::int32_t offset, std::int32_t T,
                     SparseLists& lists) {
  std::int32_t* begin = grown(lists.begin, d + 1);
  std::int32_t* index = grown(lists.index, static_cast<std::int64_t>(d) * T);
  float* value = grown(lists.value, static_cast<std::int64_t>(d) * T);
  std::int32_t n = 0;
  for (std::int32_t i = 0; i < d; ++i) {
    begin[i] = n;
    const float* x = rows[static_cast<std::size_t>(i)];
    if (!x) continue;
    x += offset;
    const std::int32_t count = kernels::nonzero_positions(x, T, index + n);
    for (std::int32_t e = n; e < n + count; ++e) value[e] = x[index[e]];
    n += count;
  }
  begin[d] = n;
}

void Pass::list_by_position(const SparseLists& rows, std::int32_t d, std::int32_t T, SparseLists& lists) {
  const std::int32_t n = rows.begin[static_cast<std::size_t>(d)];
  std::int32_t* begin = grown(lists.begin, T + 1);
  std::int32_t* cursor = grown(s_.cursor, T + 1);
  std::int32_t* index = grown(lists.index, n);
  float* value = grown(lists.value, n);
  std::fill_n(cursor, T + 1, 0);
  for (std::int32_t e = 0; e < n; ++e) ++cursor[rows.index[static_cast<std::size_t>(e)] + 1];
  begin[0] = 0;
  for (std::int32_t t = 0; t < T; ++t) begin[t + 1] = begin[t] + cursor[t + 1];
  std::copy_n(begin, T, cursor);
  for (std::int32_t i = 0; i < d; ++i)
    for (std::int32_t e = rows.begin[static_cast<std::size_t>(i)]; e < rows.begin[static_cast<std::size_t>(i) + 1];
         ++e) {
      const std::int32_t to = cursor[rows.index[static_cast<std::size_t>(e)]]++;
      index[to] = i;
      value[to] = rows.value[static_cast<std::size_t>(e)];
    }
}

void Pass::attend(const PreparedHead& head, std::int32_t index, std::int32_t offset, std::int32_t T, bool writes) {
  const Intervention* replaced = pattern_for(index);
  assert(!replaced || static_cast<std::int64_t>(replaced->values.size()) == static_cast<std::int64_t>(T) * T);
  const std::int32_t d_qk = head.Q.size(), d_v = head.V.size();
  list_rows(s_.q, d_qk, offset, T, s_.query_rows);
  list_by_position(s_.query_rows, d_qk, T, s_.queries);
  list_rows(s_.k, d_qk, offset, T, s_.key_rows);
  std::int64_t row_cost = 0;  // of one query's values summed dimension by dimension
  if (writes) {
    list_rows(s_.v, d_v, offset, T, s_.value_rows);
    list_by_position(s_.value_rows, d_v, T, s_.values);
    for (std::int32_t i = 0; i < d_v; ++i)
      row_cost += std::min(s_.value_rows.begin[static_cast<std::size_t>(i) + 1] -
                               s_.value_rows.begin[static_cast<std::size_t>(i)],
                           T / 4) +
                  1;
  }
  std::int32_t* groups = grown(s_.groups, T / 4 + 1);
  float* row = grown(s_.scores, T + 4);
  for (std::int32_t t = 0; t < T; ++t) {
    const std::int32_t visible = m_.causal ? t + 1 : T;
    tick(static_cast<std::int64_t>(visible) *
             (4 + s_.queries.begin[static_cast<std::size_t>(t) + 1] - s_.queries.begin[static_cast<std::size_t>(t)]) +
         (writes ? row_cost : 0));
    const std::int64_t traced_row = (static_cast<std::int64_t>(index) * T + t) * T;
    std::int32_t n_groups = 0, used = visible;
    if (!replaced || trace_) score(t, offset, T, visible, row);
    if (trace_) {
      float* to = traced(Scores) + traced_row;
      std::copy_n(row, visible, to);
      std::fill(to + visible, to + T, masked);
    }
    if (replaced) {
      std::copy_n(replaced->values.data() + static_cast<std::int64_t>(t) * T, T, row);
      std::fill(row + T, row + (T + 3) / 4 * 4, 0.0f);
      used = T;
      for (std::int32_t i = 0; i < T; i += 4) groups[n_groups++] = i;
    } else {
      n_groups = kernels::softmax(row, (visible + 3) / 4 * 4, groups);
    }
    if (trace_) {
      float* to = traced(Pattern) + traced_row;
      std::copy_n(row, used, to);
      std::fill(to + used, to + T, 0.0f);
    }
    if (writes) mix(row, used, n_groups, head, offset, t, row_cost, T);
  }
}

// scores[k] = q(t)·k / √d_head for k < visible, and masked up to the next multiple of 4.
void Pass::score(std::int32_t t, std::int32_t offset, std::int32_t T, std::int32_t visible, float* scores) {
  const std::int32_t n = (visible + 3) / 4 * 4;
  bool empty = true;
  for (std::int32_t e = s_.queries.begin[static_cast<std::size_t>(t)];
       e < s_.queries.begin[static_cast<std::size_t>(t) + 1]; ++e) {
    const std::int32_t i = s_.queries.index[static_cast<std::size_t>(e)];
    const float* keys = s_.k[static_cast<std::size_t>(i)];
    if (!keys) continue;
    const float q = s_.queries.value[static_cast<std::size_t>(e)] / m_.sqrt_d_head;
    const std::int32_t first = s_.key_rows.begin[static_cast<std::size_t>(i)],
                       last = s_.key_rows.begin[static_cast<std::size_t>(i) + 1];
    if (8 * (last - first) > T) {  // many keys have this dimension
      if (empty) kernels::scale(scores, keys + offset, q, n);
      else kernels::add_scaled(scores, keys + offset, q, n);
      empty = false;
      continue;
    }
    if (empty) kernels::fill(scores, 0, n);
    empty = false;
    for (std::int32_t k = first; k < last; ++k) {
      const std::int32_t at = s_.key_rows.index[static_cast<std::size_t>(k)];
      if (at >= visible) break;
      scores[at] += q * s_.key_rows.value[static_cast<std::size_t>(k)];
    }
  }
  if (empty) kernels::fill(scores, 0, n);
  for (std::int32_t k = visible; k < n; ++k) scores[k] = masked;
}

// z(t) = Σ pattern[k] · v(k), either over the few keys that are attended to, or dimension by dimension.
void Pass::mix(const float* pattern, std::int32_t visible, std::int32_t n_groups, const PreparedHead& head,
               std::int32_t offset, std::int32_t t, std::int64_t row_cost, std::int32_t T) {
  const std::int32_t d_v = head.V.size();
  float* z = s_.z.data() + head.z * S_ + offset + t;
  const std::int64_t entries = s_.value_rows.begin[static_cast<std::size_t>(d_v)];
  if (static_cast<std::int64_t>(n_groups) * 4 * (T + entries) < row_cost * T) {
    for (std::int32_t g = 0; g < n_groups; ++g) {
      const std::int32_t first = s_.groups[static_cast<std::size_t>(g)], last = std::min(first + 4, visible);
      for (std::int32_t k = first; k < last; ++k) {
        const float p = pattern[k];
        if (p == 0) continue;
        for (std::int32_t e = s_.values.begin[static_cast<std::size_t>(k)];
             e < s_.values.begin[static_cast<std::size_t>(k) + 1]; ++e)
          z[s_.values.index[static_cast<std::size_t>(e)] * S_] += p * s_.values.value[static_cast<std::size_t>(e)];
      }
    }
    return;
  }
  for (std::int32_t i = 0; i < d_v; ++i) {
    const std::int32_t first = s_.value_rows.begin[static_cast<std::size_t>(i)],
                       last = s_.value_rows.begin[static_cast<std::size_t>(i) + 1];
    if (first == last) continue;
    float sum = 0;
    if (4 * (last - first) > T) {
      sum = kernels::dot(pattern, s_.v[static_cast<std::size_t>(i)] + offset, visible);
    } else {
      for (std::int32_t e = first; e < last; ++e) {
        const std::int32_t k = s_.value_rows.index[static_cast<std::size_t>(e)];
        if (k >= visible) break;
        sum += pattern[k] * s_.value_rows.value[static_cast<std::size_t>(e)];
      }
    }
    z[i * S_] = sum;
  }
}

}  // namespace rasp
