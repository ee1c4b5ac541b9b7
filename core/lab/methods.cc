#include "lab/methods.h"

#include <algorithm>
#include <cmath>

namespace rasp::lab {

namespace {

// What a row of logits is read as: a column, a value's index, or the number itself in hundredths where the values are
// not known.
std::int32_t answer(const OutputCodec& codec, const float* logits, std::int32_t columns) {
  if (codec.encoding == Encoding::Categorical)
    return static_cast<std::int32_t>(std::max_element(logits, logits + columns) - logits);
  if (!codec.values.empty())
    return static_cast<std::int32_t>(nearest_value(codec.values, static_cast<double>(logits[0])));
  return static_cast<std::int32_t>(std::lround(std::clamp(static_cast<double>(logits[0]), -1e6, 1e6) * 100));
}

}  // namespace

Discovery::Discovery(const CompiledModel& model, Network<float>& network, Circuit known, const Examples& examples,
                     const std::vector<InputPair>& pairs)
    : circuit(std::move(known)), model_(model), network_(network), examples_(examples), pass_(network, circuit) {
  for (const InputPair& p : pairs) pairs_.push_back(prepare(p));
}

Discovery::Prepared Discovery::prepare(const InputPair& pair) {
  Prepared p;
  p.clean = &examples_.list[pair.clean], p.corrupted = &examples_.list[pair.corrupted];
  p.corrupted_logits = pass_.run(p.corrupted->ids, {}, {});
  p.corrupted_written = pass_.written();
  p.clean_logits = pass_.run(p.clean->ids, {}, {});
  p.clean_written = pass_.written();
  for (std::int32_t t = 0; t < p.clean_logits.rows; ++t)
    p.answers.push_back(answer(model_.codec, p.clean_logits.row(t), p.clean_logits.columns));
  return p;
}

// Mean over the positions that count of: the clean answer's logit less the corrupted answer's (the logit difference),
// or for a numerical output the number, signed towards the clean one. 0 at positions where both runs answer the same.
double Discovery::metric(const Prepared& p, const Matrix<float>& logits) const {
  double sum = 0;
  std::int64_t counted = 0;
  for (std::int32_t t = 1; t < logits.rows; ++t) {
    if (!p.clean->targets[static_cast<std::size_t>(t)].counts) continue;
    ++counted;
    if (model_.codec.encoding == Encoding::Numerical) {
      const double d = p.clean_logits(t, 0) - p.corrupted_logits(t, 0);
      sum += (d > 0 ? 1 : d < 0 ? -1 : 0) * static_cast<double>(logits(t, 0));
    } else {
      const std::int32_t other = answer(model_.codec, p.corrupted_logits.row(t), p.corrupted_logits.columns);
      if (other != p.answers[static_cast<std::size_t>(t)])
        sum += static_cast<double>(logits(t, p.answers[static_cast<std::size_t>(t)]) - logits(t, other));
    }
  }
  return counted ? sum / static_cast<double>(counted) : 0;
}

bool Discovery::same_answers(const Prepared& p, const Matrix<float>& logits, std::int64_t* same,
                             std::int64_t* all) const {
  bool every = true;
  for (std::int32_t t = 1; t < logits.rows; ++t) {
    if (!p.clean->targets[static_cast<std::size_t>(t)].counts) continue;
    const bool ok = answer(model_.codec, logits.row(t), logits.columns) == p.answers[static_cast<std::size_t>(t)];
    every = every && ok;
    if (same) *same += ok, ++*all;
  }
  return every;
}

void Discovery::find_causal(const std::vector<InputPair>& pairs, bool everywhere, Budget& budget) {
  std::vector<std::uint8_t> one(circuit.edges.size(), 0);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const Prepared p = prepare(pairs[i]);
    for (std::size_t e = 0; e < circuit.edges.size(); ++e) {
      CircuitEdge& edge = circuit.edges[e];
      if (edge.causal || !(edge.structural || everywhere)) continue;
      budget.tick(512);
      one[e] = 1;
      if (!same_answers(p, pass_.run(p.clean->ids, one, p.corrupted_written)))
        edge.causal = true, edge.witness = static_cast<std::int32_t>(i);
      one[e] = 0;
    }
  }
}

std::vector<double> Discovery::scores(Method method, Budget& budget) {
  if (method == Method::AttributionPatching) return attribution(1, budget);
  if (method == Method::IntegratedGradients) return attribution(8, budget);
  if (method == Method::Acdc) return acdc(budget);
  return patching(method, budget);
}

std::vector<double> Discovery::patching(Method method, Budget& budget) {
  std::vector<double> out(circuit.edges.size(), 0);
  std::vector<std::uint8_t> used(circuit.edges.size(), 0);
  for (const Prepared& p : pairs_) {
    Written other = p.corrupted_written;
    if (method == Method::ZeroAblation)
      for (auto& m : other) m.zero();
    if (method == Method::MeanAblation)  // over the positions of all clean runs, the same at every position
      for (std::size_t w = 0; w < other.size(); ++w) {
        other[w].zero();
        double rows = 0;
        for (const Prepared& q : pairs_) rows += q.clean_written[w].rows;
        for (const Prepared& q : pairs_)
          for (std::int32_t r = 0; r < q.clean_written[w].rows; ++r)
            for (std::int32_t c = 0; c < other[w].columns; ++c)
              other[w](0, c) += static_cast<float>(static_cast<double>(q.clean_written[w](r, c)) / rows);
        for (std::int32_t r = 1; r < other[w].rows; ++r)
          std::copy(other[w].row(0), other[w].row(0) + other[w].stride, other[w].row(r));
      }
    const double clean = metric(p, p.clean_logits);
    const auto effect = [&] {
      return std::abs(metric(p, pass_.run(p.clean->ids, used, other)) - clean) / static_cast<double>(pairs_.size());
    };
    if (method == Method::NodePatching) {
      for (std::size_t w = 0; w < circuit.nodes.size(); ++w) {
        for (std::size_t e = 0; e < used.size(); ++e) used[e] = circuit.edges[e].from == w;
        const double x = effect();
        for (std::size_t e = 0; e < used.size(); ++e) out[e] += used[e] ? x : 0;
      }
      continue;
    }
    for (std::size_t e = 0; e < used.size(); ++e) {
      budget.tick(512);
      std::fill(used.begin(), used.end(), 0);
      used[e] = 1;
      out[e] += effect();
    }
  }
  return out;
}

// Σ over positions and dimensions of (corrupted − clean) of what the node writes, times the metric's derivative by what
// the reader reads.
std::vector<double> Discovery::attribution(int steps, Budget& budget) {
  std::vector<double> out(circuit.edges.size(), 0);
  const Network<float>& n = network_;
  Matrix<float> d, d_read, turned;
  for (const Prepared& p : pairs_) {
    std::vector<double> sums(circuit.edges.size(), 0);
    Batch batch;
    batch.add(p.clean->ids);
    for (int s = 0; s < steps; ++s) {
      budget.tick(2048);
      Matrix<float> x = p.clean_written[0];
      const float toward = static_cast<float>(s) / static_cast<float>(steps);
      for (std::size_t i = 0; i < x.data.size(); ++i) {
        const float clean = p.clean_written[0].data[i] + p.clean_written[1].data[i],
                    other = p.corrupted_written[0].data[i] + p.corrupted_written[1].data[i];
        x.data[i] = clean + toward * (other - clean);
      }
      network_.forward_from(batch, x);
      d.resize(n.logits().rows, n.logits().columns);
      // The metric is linear in the logits: its derivative is what it gives for each of them.
      std::int64_t counted = 0;
      for (const Target& t : p.clean->targets) counted += t.counts;
      const float share = 1 / static_cast<float>(std::max<std::int64_t>(counted, 1));
      for (std::int32_t t = 1; t < d.rows; ++t) {
        if (!p.clean->targets[static_cast<std::size_t>(t)].counts) continue;
        if (model_.codec.encoding == Encoding::Numerical) {
          const float by = p.clean_logits(t, 0) - p.corrupted_logits(t, 0);
          d(t, 0) = by > 0 ? share : by < 0 ? -share : 0;
          continue;
        }
        const std::int32_t other = answer(model_.codec, p.corrupted_logits.row(t), p.corrupted_logits.columns);
        d(t, p.answers[static_cast<std::size_t>(t)]) += share, d(t, other) -= share;
      }
      network_.backward(batch, d);
      std::size_t e = 0;
      for (const CircuitReader& r : circuit.readers) {
        network_.gradient_of_read(
            r.layer, r.kind == CircuitReader::Kind::Mlp || r.kind == CircuitReader::Kind::Output ? -1 : r.head,
            static_cast<int>(r.kind), d, d_read);
        for (std::size_t w = 0; w < r.writers; ++w, ++e)
          for (std::size_t i = 0; i < d_read.data.size(); ++i)
            sums[e] += static_cast<double>(p.corrupted_written[w].data[i] - p.clean_written[w].data[i]) *
                       static_cast<double>(d_read.data[i]) / steps;
      }
    }
    for (std::size_t e = 0; e < out.size(); ++e) out[e] += std::abs(sums[e]) / static_cast<double>(pairs_.size());
  }
  return out;
}

// How far the metric is from the clean run's with these edges corrupted, mean over pairs.
double Discovery::loss_of(const std::vector<std::uint8_t>& removed) {
  double sum = 0;
  for (const Prepared& p : pairs_)
    sum += std::abs(metric(p, pass_.run(p.clean->ids, removed, p.corrupted_written)) - metric(p, p.clean_logits));
  return pairs_.empty() ? 0 : sum / static_cast<double>(pairs_.size());
}

// Conmy et al. 2023: from the output backwards, an edge goes if the loss grows by less than the threshold. Here for
// falling thresholds; an edge's score is the largest that keeps it.
std::vector<double> Discovery::acdc(Budget& budget) {
  std::vector<double> out(circuit.edges.size(), 0);
  double threshold = 10;
  for (int k = 0; k < thresholds; ++k, threshold /= 4) {
    std::vector<std::uint8_t> removed(circuit.edges.size(), 0);
    double loss = 0;
    for (std::size_t r = circuit.edges.size(); r-- > 0;) {
      budget.tick(4096);
      removed[r] = 1;
      const double with = loss_of(removed);
      if (with - loss < threshold) loss = with;
      else removed[r] = 0;
    }
    for (std::size_t e = 0; e < out.size(); ++e)
      if (!removed[e]) out[e] = std::max(out[e], threshold);
  }
  return out;
}

double Discovery::faithfulness(const std::vector<bool>& kept) {
  std::vector<std::uint8_t> removed(circuit.edges.size(), 0);
  for (std::size_t e = 0; e < removed.size(); ++e) removed[e] = !kept[e];
  std::int64_t same = 0, all = 0;
  for (const Prepared& p : pairs_) same_answers(p, pass_.run(p.clean->ids, removed, p.corrupted_written), &same, &all);
  return all ? static_cast<double>(same) / static_cast<double>(all) : 1;
}

}  // namespace rasp::lab
