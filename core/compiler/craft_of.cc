#include "compiler/craft_of.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <set>

namespace rasp {
namespace {

using craft::Sum;

class Describer {
 public:
  Describer(const CompiledModel& model, const Graph& graph, const std::function<std::string(NodeId)>& where)
      : m_(model), t_(model.transformer), graph_(graph), where_(where) {}

  craft::Craft run() {
    out_.d_model = t_.d_model;
    out_.max_length = t_.n_ctx - 1;
    out_.causal = t_.causal;
    out_.vocabulary = m_.vocabulary;
    bases();
    for (std::int32_t r = 0; r < t_.W_E.rows(); ++r)
      if (Sum s = row(t_.W_E, r, 0); !s.empty())
        out_.tokens.push_back(
            {r == t_.bos_id ? std::nullopt : std::optional(m_.vocabulary[static_cast<std::size_t>(r)]), std::move(s)});
    for (std::int32_t r = 0; r < t_.W_pos.rows(); ++r)
      if (Sum s = row(t_.W_pos, r, 0); !s.empty()) out_.positions.push_back({r, std::move(s)});
    for (std::size_t l = 0; l < t_.layers.size(); ++l) out_.layers.push_back(layer(l));
    craft::Unembedding& u = out_.unembedding;
    u.categorical = m_.codec.encoding == Encoding::Categorical;
    u.values = m_.codec.values;
    u.alternatives = m_.codec.alternatives;
    u.any_kind = m_.codec.any_kind;
    u.whole = m_.codec.whole;
    u.columns = columns(t_.W_U, t_.b_U, static_cast<std::int32_t>(2 * t_.layers.size() + 1));
    return std::move(out_);
  }

 private:
  std::string unique(const std::string& wanted, std::set<std::string>& taken) {
    std::string name = wanted;
    for (int i = 2; !taken.insert(name).second; ++i) name = wanted + "'" + std::to_string(i);
    return name;
  }
  std::string owner(NodeId id) const { return id == no_node ? "" : graph_.describe(id); }

  void bases() {
    names_.resize(static_cast<std::size_t>(t_.d_model));
    const bool turned = m_.claims.bos_dimension < 0;  // into a basis in which no dimension is anyone's
    if (!turned) {
      out_.bases.push_back(
          {unique("BOS", bases_), "", true, 0, -1, {{m_.claims.bos_dimension, unique("BOS", taken_)}}, ""});
      name(m_.claims.bos_dimension, 0, "BOS");
    }
    for (std::size_t i = 0; i < m_.subspaces.size(); ++i) {
      const Subspace& s = m_.subspaces[i];
      craft::Basis b;
      b.one_hot = s.encoding == Encoding::Categorical;
      b.name = unique(s.label, bases_);
      b.owner = owner(s.node);
      b.written = s.written;
      b.dead = s.dead;
      for (std::size_t k = 0; k < s.dimensions.size(); ++k) {
        std::string text = b.name;
        if (b.one_hot) {
          text += ":";
          const auto& values = s.classes[k];
          for (std::size_t v = 0; v < values.size() && v < 4; ++v) text += (v ? "|" : "") + values[v].str();
          if (values.size() > 4) text += "|…";
        }
        b.directions.push_back({s.dimensions[k], unique(text, taken_)});
        name(s.dimensions[k], s.written, b.directions.back().name);
      }
      const proof::Claim& claim = m_.claims.subspaces[i];
      const std::string place = where_ && s.node != no_node ? where_(s.node) : "";
      b.remark = place;
      if (s.written > 0) {
        char text[80];
        std::snprintf(text, sizeof text, "%smargin %.3g, error %.2g", place.empty() ? "" : "; ", claim.margin,
                      claim.error);
        b.remark += text;
      }
      out_.bases.push_back(std::move(b));
    }
    // What no subspace holds, and some weight still reads or writes.
    const std::string kind = turned ? "mixed" : "unused";
    craft::Basis rest{unique(kind, bases_), "", true, 0, -1, {}, ""};
    for (std::int32_t d = 0; d < t_.d_model; ++d) {
      if (!names_[static_cast<std::size_t>(d)].empty()) continue;
      rest.directions.push_back({d, unique(kind + ":" + std::to_string(d), taken_)});
      name(d, 0, rest.directions.back().name);
    }
    if (!rest.directions.empty()) out_.bases.push_back(std::move(rest));
  }
  void name(std::int32_t dimension, std::int32_t written, const std::string& text) {
    names_[static_cast<std::size_t>(dimension)].emplace_back(written, text);
  }

  // What a dimension is called at a half-layer: for whom it is written there, else whose it was last.
  const std::string& called(std::int32_t dimension, std::int32_t stage, bool written) const {
    const auto& list = names_[static_cast<std::size_t>(dimension)];
    const std::pair<std::int32_t, std::string>*best = nullptr, *first = &list.front();
    for (const auto& x : list) {
      if (written && x.first == stage) return x.second;
      if (x.first < stage && (!best || x.first > best->first)) best = &x;
      if (x.first < first->first) first = &x;
    }
    return (best ? best : first)->second;
  }

  Sum row(const SparseMatrix& w, std::int32_t r, std::int32_t stage) const {
    Sum s;
    for (SparseMatrix::InnerIterator it(w, r); it; ++it) {
      const auto d = static_cast<std::int32_t>(it.col());
      s.terms.push_back({it.value(), d, called(d, stage, true)});
    }
    return s;
  }
  static std::optional<float> constant(float x) { return x == 0 && !std::signbit(x) ? std::nullopt : std::optional(x); }
  std::vector<Sum> columns(const SparseMatrix& w, const std::vector<float>& bias, std::int32_t stage) const {
    std::vector<Sum> out(static_cast<std::size_t>(w.cols()));
    for (std::int32_t r = 0; r < w.rows(); ++r)
      for (SparseMatrix::InnerIterator it(w, r); it; ++it)
        out[static_cast<std::size_t>(it.col())].terms.push_back({it.value(), r, called(r, stage, false)});
    for (std::size_t j = 0; j < out.size(); ++j) out[j].constant = constant(bias[j]);
    return out;
  }
  Sum vector(const std::vector<float>& v, std::int32_t stage) const {
    Sum s;
    for (std::size_t d = 0; d < v.size(); ++d)
      if (v[d] != 0)
        s.terms.push_back({v[d], static_cast<std::int32_t>(d), called(static_cast<std::int32_t>(d), stage, true)});
    return s;
  }

  craft::Head head(const AttentionHead& h, const HeadInfo& info, std::int32_t stage) const {
    craft::Head out;
    for (const NodeId id : info.nodes) out.owner += (out.owner.empty() ? "" : ", ") + owner(id);
    out.selector = info.label;
    out.d_head = static_cast<std::int32_t>(h.W_Q.cols());
    std::vector<Sum> q = columns(h.W_Q, h.b_Q, stage), k = columns(h.W_K, h.b_K, stage),
                     v = columns(h.W_V, h.b_V, stage);
    for (std::int32_t a = 0; a < out.d_head; ++a) {
      const auto i = static_cast<std::size_t>(a);
      if (!q[i].empty() || !k[i].empty()) out.comparisons.push_back({a, std::move(q[i]), std::move(k[i])});
      Sum o = row(h.W_O, a, stage);
      if (!v[i].empty() || !o.empty()) out.moves.push_back({a, std::move(v[i]), std::move(o)});
    }
    return out;
  }

  craft::Layer layer(std::size_t l) const {
    const Layer& layer = t_.layers[l];
    const auto stage = static_cast<std::int32_t>(2 * l + 1);
    craft::Layer out;
    for (std::size_t h = 0; h < layer.heads.size(); ++h)
      out.heads.push_back(head(layer.heads[h], m_.layers[l].heads[h], stage));
    out.attention_adds = vector(layer.b_O, stage);
    std::vector<Sum> in = columns(layer.mlp.W_in, layer.mlp.b_in, stage + 1);
    for (const NeuronGroup& g : m_.layers[l].neurons) {
      craft::Block b{g.how, owner(g.node), {}};
      for (std::int32_t j = g.begin; j < g.end; ++j) {
        const auto label = static_cast<std::size_t>(j - g.begin);
        b.neurons.push_back({label < g.neuron_labels.size() ? g.neuron_labels[label] : "",
                             std::move(in[static_cast<std::size_t>(j)]), row(layer.mlp.W_out, j, stage + 1)});
      }
      out.blocks.push_back(std::move(b));
    }
    out.mlp_adds = vector(layer.mlp.b_out, stage + 1);
    return out;
  }

  const CompiledModel& m_;
  const Transformer& t_;
  const Graph& graph_;
  const std::function<std::string(NodeId)>& where_;
  craft::Craft out_;
  std::set<std::string> bases_, taken_;
  std::vector<std::vector<std::pair<std::int32_t, std::string>>>
      names_;  // [dimension] (half-layer from which it is called so, name)
};

}  // namespace

craft::Craft craft_of(const CompiledModel& model, const Graph& graph, const std::function<std::string(NodeId)>& where) {
  return Describer(model, graph, where).run();
}

CompiledModel model_of(const craft::Craft& craft, NodeId output, Budget& budget) {
  CompiledModel m;
  m.transformer = craft::weights(craft, budget);
  m.vocabulary = craft.vocabulary;
  m.output = output;
  m.codec = {craft.unembedding.categorical ? Encoding::Categorical : Encoding::Numerical, craft.unembedding.values,
             craft.unembedding.alternatives, craft.unembedding.any_kind, craft.unembedding.whole};
  m.residual_labels.resize(static_cast<std::size_t>(craft.d_model));
  for (const craft::Basis& b : craft.bases)
    for (const craft::Direction& d : b.directions)
      m.residual_labels[static_cast<std::size_t>(d.dimension)] +=
          (m.residual_labels[static_cast<std::size_t>(d.dimension)].empty() ? "" : " → ") + d.name;
  m.options.vocabulary = craft.vocabulary;
  m.options.max_length = static_cast<std::uint32_t>(craft.max_length);
  m.options.causal = craft.causal;
  m.layers.resize(m.transformer.layers.size());
  m.exactness.reasons = {"it comes from a listing, and no proof comes with one"};
  return m;
}

}  // namespace rasp
