#include <algorithm>

#include "craft/craft.h"

namespace rasp::craft {
namespace {

using Triplet = Eigen::Triplet<float, std::int32_t>;

class Builder {
 public:
  Builder(const Craft& craft, Budget& budget) : c_(craft), budget_(budget) {}

  Transformer run() {
    Transformer t;
    t.d_model = c_.d_model;
    t.n_ctx = c_.max_length + 1;
    t.causal = c_.causal;
    t.bos_id = static_cast<std::int32_t>(c_.vocabulary.size());
    t.W_E = embeddings(t.bos_id);
    std::vector<Triplet> p;
    for (const PositionRow& r : c_.positions) row(p, r.position, r.writes);
    t.W_pos = matrix(t.n_ctx, t.d_model, p);
    for (const Layer& l : c_.layers) t.layers.push_back(layer(l));
    std::vector<Triplet> u;
    for (std::size_t j = 0; j < c_.unembedding.columns.size(); ++j) {
      column(u, static_cast<std::int32_t>(j), c_.unembedding.columns[j]);
      t.b_U.push_back(c_.unembedding.columns[j].constant.value_or(0));
    }
    t.W_U = matrix(t.d_model, static_cast<std::int32_t>(t.b_U.size()), u);
    return t;
  }

 private:
  SparseMatrix matrix(std::int32_t rows, std::int32_t columns, const std::vector<Triplet>& entries) {
    // Rows that hold nothing take space too.
    used_ += static_cast<std::uint64_t>(rows) + entries.size();
    if (used_ > budget_.limits().weights) throw LimitExceeded{"limit-weights", budget_.limits().weights};
    budget_.tick(static_cast<std::uint32_t>(std::min<std::uint64_t>(entries.size() + 1, 1u << 20)));
    SparseMatrix m(rows, columns);
    m.setFromTriplets(entries.begin(), entries.end());
    m.makeCompressed();
    return m;
  }
  static void row(std::vector<Triplet>& w, std::int32_t r, const Sum& s) {
    for (const Term& t : s.terms) w.emplace_back(r, t.dimension, t.weight);
  }
  static void column(std::vector<Triplet>& w, std::int32_t c, const Sum& s) {
    for (const Term& t : s.terms) w.emplace_back(t.dimension, c, t.weight);
  }
  std::vector<float> vector(const Sum& s) const {
    std::vector<float> v(static_cast<std::size_t>(c_.d_model), 0);
    for (const Term& t : s.terms) v[static_cast<std::size_t>(t.dimension)] = t.weight;
    return v;
  }

  SparseMatrix embeddings(std::int32_t bos) {
    std::vector<Triplet> e;
    for (const TokenRow& r : c_.tokens) {
      std::int32_t id = bos;
      if (r.token)
        id = static_cast<std::int32_t>(std::find_if(c_.vocabulary.begin(), c_.vocabulary.end(),
                                                    [&](const Value& v) { return identical(v, *r.token); }) -
                                       c_.vocabulary.begin());
      row(e, id, r.writes);
    }
    return matrix(bos + 1, c_.d_model, e);
  }

  AttentionHead head(const Head& h) {
    AttentionHead out;
    std::vector<Triplet> q, k, v, o;
    const std::vector<float> none(static_cast<std::size_t>(h.d_head), 0);
    out.b_Q = out.b_K = out.b_V = none;
    for (const Comparison& c : h.comparisons) {
      column(q, c.axis, c.query);
      column(k, c.axis, c.key);
      out.b_Q[static_cast<std::size_t>(c.axis)] = c.query.constant.value_or(0);
      out.b_K[static_cast<std::size_t>(c.axis)] = c.key.constant.value_or(0);
    }
    for (const Move& m : h.moves) {
      column(v, m.axis, m.reads);
      row(o, m.axis, m.writes);
      out.b_V[static_cast<std::size_t>(m.axis)] = m.reads.constant.value_or(0);
    }
    out.W_Q = matrix(c_.d_model, h.d_head, q);
    out.W_K = matrix(c_.d_model, h.d_head, k);
    out.W_V = matrix(c_.d_model, h.d_head, v);
    out.W_O = matrix(h.d_head, c_.d_model, o);
    return out;
  }

  rasp::Layer layer(const Layer& l) {
    rasp::Layer out;
    for (const Head& h : l.heads) out.heads.push_back(head(h));
    out.b_O = vector(l.attention_adds);
    std::vector<Triplet> in, w;
    std::int32_t j = 0;
    for (const Block& b : l.blocks)
      for (const Neuron& n : b.neurons) {
        column(in, j, n.reads);
        row(w, j++, n.writes);
        out.mlp.b_in.push_back(n.reads.constant.value_or(0));
      }
    out.mlp.W_in = matrix(c_.d_model, j, in);
    out.mlp.W_out = matrix(j, c_.d_model, w);
    out.mlp.b_out = vector(l.mlp_adds);
    return out;
  }

  const Craft& c_;
  Budget& budget_;
  std::uint64_t used_ = 0;
};

}  // namespace

Transformer weights(const Craft& craft, Budget& budget) { return Builder(craft, budget).run(); }

}  // namespace rasp::craft
