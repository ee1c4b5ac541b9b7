#include "lab/circuit.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lab/basis.h"

namespace rasp::lab {

namespace {

std::string place(std::int32_t layer, std::int32_t head) {
  return std::to_string(layer + 1) + "." + std::to_string(head + 1);
}

// What a node writes with, [·, written].
Matrix<float> rows_of(const Matrix<float>& m, std::int32_t first, std::int32_t rows) {
  Matrix<float> out(rows, m.columns);
  for (std::int32_t r = 0; r < rows; ++r) std::copy(m.row(first + r), m.row(first + r) + m.columns, out.row(r));
  return out;
}
Matrix<float> writes_with(const Network<float>& n, const CircuitNode& node) {
  using Kind = CircuitNode::Kind;
  if (node.kind == Kind::Tokens) return n.weights.W_E;
  if (node.kind == Kind::Positions) return n.weights.W_pos;
  const auto l = static_cast<std::size_t>(node.layer);
  if (node.kind == Kind::Mlp) return n.weights.layers[l].W_out;
  const auto h = static_cast<std::size_t>(node.head);
  return rows_of(n.weights.layers[l].W_O, n.head_column(l, h, true), n.shape().layers[l].heads[h].v);
}
// Which dimensions a reader has weights on.
std::vector<bool> reads_from(const Network<float>& n, const CircuitReader& reader) {
  using Kind = CircuitReader::Kind;
  const Matrix<float>* w = &n.weights.W_U;
  std::int32_t first = 0, columns = n.weights.W_U.columns;
  if (reader.kind != Kind::Output) {
    const auto l = static_cast<std::size_t>(reader.layer);
    const LayerParameters<float>& p = n.weights.layers[l];
    if (reader.kind == Kind::Mlp) {
      w = &p.W_in, columns = p.W_in.columns;
    } else {
      const auto h = static_cast<std::size_t>(reader.head);
      const HeadShape s = n.shape().layers[l].heads[h];
      w = reader.kind == Kind::Q ? &p.W_Q : reader.kind == Kind::K ? &p.W_K : &p.W_V;
      first = n.head_column(l, h, reader.kind == Kind::V), columns = reader.kind == Kind::V ? s.v : s.qk;
    }
  }
  std::vector<bool> used(static_cast<std::size_t>(w->rows));
  for (std::int32_t r = 0; r < w->rows; ++r)
    for (std::int32_t c = 0; c < columns; ++c)
      used[static_cast<std::size_t>(r)] = used[static_cast<std::size_t>(r)] || (*w)(r, first + c) != 0;
  return used;
}
std::vector<bool> written_by(const Matrix<float>& w) {
  std::vector<bool> used(static_cast<std::size_t>(w.columns));
  for (std::int32_t r = 0; r < w.rows; ++r)
    for (std::int32_t c = 0; c < w.columns; ++c)
      used[static_cast<std::size_t>(c)] = used[static_cast<std::size_t>(c)] || w(r, c) != 0;
  return used;
}

// Has the node written the s-op of this subspace?
bool writes(const CompiledModel& model, const CircuitNode& node, const std::vector<bool>& dimensions,
            const Subspace& s) {
  using Kind = CircuitNode::Kind;
  const auto touches = std::any_of(s.dimensions.begin(), s.dimensions.end(),
                                   [&](std::int32_t d) { return dimensions[static_cast<std::size_t>(d)]; });
  if (!touches) return false;
  if (node.kind == Kind::Tokens || node.kind == Kind::Positions) return s.written == 0;
  if (s.written != 2 * node.layer + (node.kind == Kind::Head ? 1 : 2)) return false;
  if (node.kind == Kind::Mlp) return true;
  const auto& nodes =
      model.layers[static_cast<std::size_t>(node.layer)].heads[static_cast<std::size_t>(node.head)].nodes;
  return s.node == no_node || std::find(nodes.begin(), nodes.end(), s.node) != nodes.end();
}

}  // namespace

Circuit graph_of(const Network<float>& n) {
  using Node = CircuitNode::Kind;
  using Reader = CircuitReader::Kind;
  Circuit c;
  c.nodes = {{Node::Tokens, -1, -1, "tokens"}, {Node::Positions, -1, -1, "positions"}};
  for (std::size_t i = 0; i < n.shape().layers.size(); ++i) {
    const auto l = static_cast<std::int32_t>(i);
    const std::size_t before = c.nodes.size();
    for (std::int32_t h = 0; h < static_cast<std::int32_t>(n.shape().layers[i].heads.size()); ++h) {
      const std::string name = "head " + place(l, h);
      c.readers.push_back({Reader::Q, l, h, name + " Q", before});
      c.readers.push_back({Reader::K, l, h, name + " K", before});
      c.readers.push_back({Reader::V, l, h, name + " V", before});
      c.nodes.push_back({Node::Head, l, h, name});
    }
    if (n.shape().layers[i].neurons == 0) continue;
    const std::string name = "mlp " + std::to_string(l + 1);
    c.readers.push_back({Reader::Mlp, l, -1, name, c.nodes.size()});
    c.nodes.push_back({Node::Mlp, l, -1, name});
  }
  c.readers.push_back({Reader::Output, -1, -1, "output", c.nodes.size()});
  for (std::size_t r = 0; r < c.readers.size(); ++r)
    for (std::size_t w = 0; w < c.readers[r].writers; ++w) c.edges.push_back({w, r});
  return c;
}

Circuit circuit_of(const CompiledModel& model, const Network<float>& n) {
  using Reader = CircuitReader::Kind;
  Circuit c = graph_of(n);
  std::vector<std::vector<bool>> writing;
  for (const CircuitNode& node : c.nodes) writing.push_back(written_by(writes_with(n, node)));
  std::size_t edge = 0;
  for (std::size_t r = 0; r < c.readers.size(); ++r) {
    const CircuitReader& reader = c.readers[r];
    const std::vector<bool> reading = reads_from(n, reader);
    // The half-layer after which it reads.
    const std::int32_t at =
        reader.kind == Reader::Output ? n.blocks() : 2 * reader.layer + (reader.kind == Reader::Mlp ? 1 : 0);
    for (std::size_t w = 0; w < reader.writers; ++w, ++edge) {
      CircuitEdge& e = c.edges[edge];
      for (std::size_t d = 0; d < reading.size(); ++d) e.structural = e.structural || (reading[d] && writing[w][d]);
      for (const Subspace& s : model.subspaces) {
        const bool live = s.written <= at && (s.dead < 0 || at < s.dead);
        const bool read = std::any_of(s.dimensions.begin(), s.dimensions.end(),
                                      [&](std::int32_t d) { return reading[static_cast<std::size_t>(d)]; });
        e.semantic = e.semantic || (live && read && writes(model, c.nodes[w], writing[w], s));
      }
    }
  }
  return c;
}

std::vector<InputPair> draw_pairs(const Examples& examples, std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<InputPair> pairs, alike;
  const auto n = static_cast<std::uint32_t>(examples.list.size());
  for (std::size_t tries = 0; n > 1 && pairs.size() < count && tries < 200 * count; ++tries) {
    const InputPair p{random.below(n), random.below(n)};
    const Example &a = examples.list[p.clean], &b = examples.list[p.corrupted];
    if (p.clean == p.corrupted || a.ids.size() != b.ids.size()) continue;
    const bool differ =
        !std::equal(a.targets.begin(), a.targets.end(), b.targets.begin(), [](const Target& x, const Target& y) {
          return x.counts == y.counts && x.column == y.column && x.number == y.number;
        });
    (differ ? pairs : alike).push_back(p);
  }
  for (std::size_t i = 0; i < alike.size() && pairs.size() < count; ++i) pairs.push_back(alike[i]);
  return pairs;
}

// x_ = what the reader reads: biases and what the nodes before it have written, here or in the other run.
void EdgePass::read(std::size_t reader, std::int32_t T) {
  x_.shape(T, n_.shape().width);
  for (std::int32_t t = 0; t < T; ++t) std::copy(bias_.row(0), bias_.row(0) + bias_.columns, x_.row(t));
  for (std::size_t w = 0; w < c_.readers[reader].writers; ++w) {
    const bool other = !use_other_->empty() && (*use_other_)[edge_begin_[reader] + w];
    const Matrix<float>& y = other ? (*other_)[w] : written_[w];
    for (std::size_t i = 0; i < x_.data.size(); ++i) x_.data[i] += y.data[i];
  }
}

void EdgePass::head(std::int32_t layer, std::int32_t head, std::size_t first, std::size_t node, std::int32_t T) {
  const auto l = static_cast<std::size_t>(layer), h = static_cast<std::size_t>(head);
  const LayerParameters<float>& p = n_.weights.layers[l];
  const HeadShape s = n_.shape().layers[l].heads[h];
  const auto project = [&](std::size_t reader, const Matrix<float>& w, const Matrix<float>& b, std::int32_t at,
                           std::int32_t columns, Matrix<float>& y) {
    read(reader, T);
    y.shape(T, columns);
    multiply(x_.data.data(), x_.stride, 1, w.data.data() + at, w.stride, y.data.data(), y.stride, T, x_.columns,
             y.stride, false);
    for (std::int32_t t = 0; t < T; ++t)
      for (std::int32_t c = 0; c < columns; ++c) y(t, c) += b(0, at + c);
  };
  const std::int32_t at = n_.head_column(l, h, false), v_at = n_.head_column(l, h, true);
  project(first, p.W_Q, p.b_Q, at, s.qk, q_);
  project(first + 1, p.W_K, p.b_K, at, s.qk, k_);
  project(first + 2, p.W_V, p.b_V, v_at, s.v, v_);
  z_.resize(T, s.v);
  std::vector<double> weights(static_cast<std::size_t>(T));
  for (std::int32_t t = 0; t < T; ++t) {
    const std::int32_t visible = n_.shape().causal ? t + 1 : T;
    double largest = -1e300, sum = 0;
    for (std::int32_t k = 0; k < visible; ++k) {
      float score = 0;
      for (std::int32_t c = 0; c < s.qk; ++c) score += q_(t, c) * k_(k, c);
      weights[static_cast<std::size_t>(k)] = static_cast<double>(score) * n_.shape().scale;
      largest = std::max(largest, weights[static_cast<std::size_t>(k)]);
    }
    for (std::int32_t k = 0; k < visible; ++k)
      sum += weights[static_cast<std::size_t>(k)] = exponential(weights[static_cast<std::size_t>(k)] - largest);
    for (std::int32_t k = 0; k < visible; ++k)
      for (std::int32_t c = 0; c < s.v; ++c)
        z_(t, c) += static_cast<float>(weights[static_cast<std::size_t>(k)] / sum) * v_(k, c);
  }
  const Matrix<float> W_O = rows_of(p.W_O, v_at, s.v);
  if (n_.basis.empty()) {
    product(z_, W_O, written_[node]);
  } else {
    product(z_, W_O, added_);
    product(added_, n_.basis, written_[node]);
  }
}

void EdgePass::mlp(std::int32_t layer, std::size_t reader, std::size_t node, std::int32_t T) {
  const LayerParameters<float>& p = n_.weights.layers[static_cast<std::size_t>(layer)];
  read(reader, T);
  product(x_, p.W_in, hidden_), add_to_rows(p.b_in, hidden_);
  for (float& x : hidden_.data) x = std::max(x, 0.0f);
  if (n_.basis.empty()) {
    product(hidden_, p.W_out, written_[node]);
  } else {
    product(hidden_, p.W_out, added_);
    product(added_, n_.basis, written_[node]);
  }
}

const Matrix<float>& EdgePass::run(std::span<const std::int32_t> ids, const std::vector<std::uint8_t>& use_other,
                                   const Written& other) {
  const auto T = static_cast<std::int32_t>(ids.size());
  use_other_ = &use_other, other_ = &other;
  written_.resize(c_.nodes.size());
  edge_begin_.assign(1, 0);
  for (const CircuitReader& r : c_.readers) edge_begin_.push_back(edge_begin_.back() + r.writers);
  const auto width = n_.shape().width;
  written_[0].shape(T, width), written_[1].shape(T, width);
  for (std::int32_t t = 0; t < T; ++t) {
    std::copy(n_.weights.W_E.row(ids[static_cast<std::size_t>(t)]),
              n_.weights.W_E.row(ids[static_cast<std::size_t>(t)]) + width, written_[0].row(t));
    std::copy(n_.weights.W_pos.row(t), n_.weights.W_pos.row(t) + width, written_[1].row(t));
  }
  bias_.resize(1, width);
  const auto add_bias = [&](const Matrix<float>& b) {
    Matrix<float> turned;
    const Matrix<float>* y = &b;
    if (!n_.basis.empty()) product(b, n_.basis, turned), y = &turned;
    for (std::int32_t c = 0; c < width; ++c) bias_(0, c) += (*y)(0, c);
  };
  std::size_t reader = 0, node = 2;
  for (std::size_t i = 0; i < n_.shape().layers.size(); ++i) {
    const auto l = static_cast<std::int32_t>(i);
    for (std::int32_t h = 0; h < static_cast<std::int32_t>(n_.shape().layers[i].heads.size()); ++h, reader += 3, ++node)
      head(l, h, reader, node, T);
    add_bias(n_.weights.layers[i].b_O);
    if (n_.shape().layers[i].neurons > 0) mlp(l, reader++, node++, T);
    add_bias(n_.weights.layers[i].b_out);
  }
  read(reader, T);
  product(x_, n_.weights.W_U, logits_), add_to_rows(n_.weights.b_U, logits_);
  return logits_;
}

double roc_auc(const std::vector<double>& scores, const std::vector<bool>& truth) {
  double right = 0, pairs = 0;
  for (std::size_t i = 0; i < scores.size(); ++i)
    for (std::size_t j = 0; j < scores.size(); ++j) {
      if (!truth[i] || truth[j]) continue;
      ++pairs;
      right += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
    }
  return pairs > 0 ? right / pairs : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace rasp::lab
