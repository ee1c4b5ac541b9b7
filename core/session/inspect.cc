#include "session/inspect.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/text.h"

namespace rasp {
namespace {

std::vector<float> dense_row(const SparseMatrix& m, std::int32_t r) {
  std::vector<float> out(static_cast<std::size_t>(m.cols()), 0);
  for (SparseMatrix::InnerIterator e(m, r); e; ++e) out[static_cast<std::size_t>(e.col())] = e.value();
  return out;
}

// Residual dimensions that a matrix reads, grouped by subspace; each is one label.
std::vector<std::int32_t> rows_used(const SparseMatrix& m) {
  std::vector<std::int32_t> rows;
  for (std::int32_t r = 0; r < m.rows(); ++r) {
    if (SparseMatrix::InnerIterator(m, r)) rows.push_back(r);
  }
  return rows;
}

constexpr std::size_t most_labels = 80;
constexpr std::int32_t most_neurons = 120;
constexpr std::size_t most_terms = 40;

// W_QK in labelled form: the score of a query's label (rows) with a key's (columns), biases as "every query".
Json qk_document(const CompiledModel& m, const AttentionHead& a) {
  const double scale = 1 / std::sqrt(static_cast<double>(a.W_Q.cols()));
  auto queries = rows_used(a.W_Q), keys = rows_used(a.W_K);
  const bool cut_short = queries.size() > most_labels || keys.size() > most_labels;
  queries.resize(std::min(queries.size(), most_labels));
  keys.resize(std::min(keys.size(), most_labels));
  Json rows = Json::array(), columns = Json::array(), values = Json::array();
  std::vector<std::vector<float>> key_rows;
  for (auto k : keys) {
    columns.push_back(m.residual_labels[static_cast<std::size_t>(k)]);
    key_rows.push_back(dense_row(a.W_K, k));
  }
  const auto add = [&](const std::string& label, const std::vector<float>& q) {
    rows.push_back(label);
    Json line = Json::array();
    for (const auto& k : key_rows) {
      double score = 0;
      for (std::size_t d = 0; d < q.size(); ++d) score += static_cast<double>(q[d]) * k[d];
      line.push_back(score * scale);
    }
    values.push_back(std::move(line));
  };
  for (auto q : queries) add(m.residual_labels[static_cast<std::size_t>(q)], dense_row(a.W_Q, q));
  add("every query", a.b_Q);
  return {{"rows", rows}, {"columns", columns}, {"values", values}, {"truncated", cut_short}};
}

// What each value that is read becomes: W_V·W_O, the bias as "every key".
Json ov_document(const CompiledModel& m, const AttentionHead& a) {
  auto reads = rows_used(a.W_V);
  reads.resize(std::min(reads.size(), most_labels));
  std::map<std::int32_t, std::size_t> targets;
  std::vector<std::map<std::int32_t, double>> written;
  Json labels = Json::array(), columns = Json::array(), values = Json::array();
  const auto through = [&](const std::vector<float>& v) {
    std::map<std::int32_t, double> row;
    for (std::int32_t d = 0; d < a.W_O.rows(); ++d) {
      const double x = v[static_cast<std::size_t>(d)];
      if (x == 0) continue;
      for (SparseMatrix::InnerIterator e(a.W_O, d); e; ++e) row[static_cast<std::int32_t>(e.col())] += x * e.value();
    }
    for (const auto& [c, x] : row) targets.try_emplace(c, 0);
    written.push_back(std::move(row));
  };
  for (auto v : reads) {
    labels.push_back(m.residual_labels[static_cast<std::size_t>(v)]);
    through(dense_row(a.W_V, v));
  }
  labels.push_back("every key");
  through(a.b_V);
  for (const auto& [c, unused] : targets) columns.push_back(m.residual_labels[static_cast<std::size_t>(c)]);
  for (const auto& row : written) {
    Json line = Json::array();
    for (const auto& [c, unused] : targets) line.push_back(row.count(c) ? row.at(c) : 0.0);
    values.push_back(std::move(line));
  }
  return {{"rows", labels}, {"columns", columns}, {"values", values}};
}

Json mlp_document(const CompiledModel& m, const Mlp& mlp, const std::vector<NeuronGroup>& groups) {
  const SparseMatrix in = SparseMatrix(mlp.W_in.transpose());
  const auto labelled = [&](const SparseMatrix& w, std::int32_t row) {
    Json list = Json::array();
    for (SparseMatrix::InnerIterator e(w, row); e; ++e)
      list.push_back({m.residual_labels[static_cast<std::size_t>(e.col())], e.value()});
    return list;
  };
  Json out = Json::array();
  for (const NeuronGroup& g : groups) {
    Json neurons = Json::array();
    const std::int32_t shown = std::min(g.end, g.begin + most_neurons);
    for (std::int32_t n = g.begin; n < shown; ++n)
      neurons.push_back({{"label", g.neuron_labels[static_cast<std::size_t>(n - g.begin)]},
                         {"inputs", labelled(in, n)},
                         {"bias", mlp.b_in[static_cast<std::size_t>(n)]},
                         {"outputs", labelled(mlp.W_out, n)}});
    out.push_back(
        {{"label", g.label}, {"how", g.how}, {"node", g.node}, {"neurons", neurons}, {"truncated", g.end - shown}});
  }
  return out;
}

// Why one number of the residual stream is what it is: the terms that the last half-layer added to it.
class Explanation {
 public:
  Explanation(const CompiledModel& m, std::span<const Value> input, const Trace& trace,
              std::span<const Intervention> interventions, int half, int dimension, int position)
      : m_(m),
        t_(m.transformer),
        input_(input),
        trace_(trace),
        interventions_(interventions),
        half_(half),
        dimension_(dimension),
        position_(position),
        layer_(static_cast<std::size_t>(half == 0 ? 0 : (half - 1) / 2)) {}

  Json document() {
    if (half_ == 0) embeddings();
    else if (half_ % 2 == 1) attention();
    else if (!stopped(Intervention::Kind::ZeroMlp, -1)) mlp();
    std::stable_sort(terms_.begin(), terms_.end(),
                     [](const Term& a, const Term& b) { return std::abs(a.amount) > std::abs(b.amount); });
    const double value = residual(half_), before = half_ == 0 ? 0 : residual(half_ - 1);
    double rest = value - before;
    Json list = Json::array();
    for (std::size_t i = 0; i < terms_.size() && i < most_terms; ++i) {
      rest -= terms_[i].amount;
      list.push_back(std::move(terms_[i].document));
    }
    return {{"ok", true},          {"value", value},
            {"before", before},    {"label", m_.residual_labels[static_cast<std::size_t>(dimension_)]},
            {"half_layer", half_}, {"position", position_},
            {"terms", list},       {"rest", rest}};
  }

 private:
  struct Term {
    Json document;
    double amount;
  };

  const TensorInfo* tensor(const char* name) const { return trace_.find("blocks." + std::to_string(layer_) + name); }
  double cell(const TensorInfo* info, std::int64_t at) const {
    return trace_.arena[static_cast<std::size_t>(info->offset + at)];
  }
  double residual(int half) const {
    return cell(trace_.find(half_layer_name(half)), std::int64_t{position_} * t_.d_model + dimension_);
  }
  std::string token(int p) const { return p == 0 ? "BOS" : input_[static_cast<std::size_t>(p - 1)].str(); }
  bool stopped(Intervention::Kind kind, int head) const {
    return std::any_of(interventions_.begin(), interventions_.end(), [&](const Intervention& i) {
      return i.kind == kind && i.layer == static_cast<int>(layer_) && (head < 0 || i.head == head);
    });
  }
  void bias(const char* text, double b) {
    if (b != 0) terms_.push_back({{{"text", text}, {"amount", b}}, b});
  }

  void embeddings() {
    std::int32_t id = t_.bos_id;
    for (std::size_t v = 0; position_ > 0 && v < m_.vocabulary.size(); ++v)
      if (identical(m_.vocabulary[v], input_[static_cast<std::size_t>(position_ - 1)]))
        id = static_cast<std::int32_t>(v);
    const double e = t_.W_E.coeff(id, dimension_), p = t_.W_pos.coeff(position_, dimension_);
    if (e != 0)
      terms_.push_back(
          {{{"text", "token embedding of " + token(position_)}, {"amount", e}, {"position", position_}}, e});
    if (p != 0)
      terms_.push_back(
          {{{"text", "position embedding " + std::to_string(position_)}, {"amount", p}, {"position", position_}}, p});
  }

  void attention() {
    const Layer& l = t_.layers[layer_];
    for (std::size_t h = 0; h < l.heads.size(); ++h)
      if (!stopped(Intervention::Kind::ZeroHead, static_cast<int>(h))) head(h, l.heads[h]);
    bias("bias of the attention's output", l.b_O[static_cast<std::size_t>(dimension_)]);
  }

  void head(std::size_t h, const AttentionHead& a) {
    std::vector<double> column(static_cast<std::size_t>(a.W_O.rows()), 0);  // W_O into this dimension
    bool any = false;
    for (std::int32_t d = 0; d < a.W_O.rows(); ++d)
      any |= (column[static_cast<std::size_t>(d)] = a.W_O.coeff(d, dimension_)) != 0;
    if (!any) return;
    const TensorInfo *x = trace_.find(half_layer_name(half_ - 1)), *pattern = tensor(".attn.pattern"),
                     *scores = tensor(".attn.scores");
    for (std::int32_t k = 0; k < trace_.T; ++k) {
      double v = 0;
      for (std::size_t d = 0; d < column.size(); ++d) v += column[d] * a.b_V[d];
      for (std::int32_t r = 0; r < t_.d_model; ++r) {
        const double xr = cell(x, std::int64_t{k} * t_.d_model + r);
        if (xr == 0) continue;
        for (SparseMatrix::InnerIterator e(a.W_V, r); e; ++e)
          v += xr * e.value() * column[static_cast<std::size_t>(e.col())];
      }
      const std::int64_t at = ((static_cast<std::int64_t>(h) * trace_.T) + position_) * trace_.T + k;
      const double attention = cell(pattern, at), score = cell(scores, at), amount = attention * v;
      if (amount == 0) continue;
      char text[160];
      std::snprintf(text, sizeof text, "head %zu.%zu reads position %d (%s): attention %.4g × value %.4g", layer_, h, k,
                    cut(token(k), 12).c_str(), attention, v);
      terms_.push_back({{{"text", text},
                         {"amount", amount},
                         {"head", h},
                         {"position", k},
                         {"attention", attention},
                         {"score", score}},
                        amount});
    }
  }

  void mlp() {
    const Mlp& mlp = t_.layers[layer_].mlp;
    const TensorInfo* post = tensor(".mlp.post");
    for (std::int32_t n = 0; n < mlp.W_out.rows(); ++n) {
      const double w = mlp.W_out.coeff(n, dimension_);
      if (w == 0) continue;
      const double activation = cell(post, std::int64_t{position_} * mlp.W_out.rows() + n);
      if (activation == 0) continue;
      std::string label = "neuron " + std::to_string(n);
      for (const NeuronGroup& g : m_.layers[layer_].neurons)
        if (n >= g.begin && n < g.end)
          label += " (" + cut(g.neuron_labels[static_cast<std::size_t>(n - g.begin)], 60) + ")";
      char text[160];
      std::snprintf(text, sizeof text, ": activation %.4g × weight %.4g", activation, w);
      terms_.push_back({{{"text", label + text}, {"amount", activation * w}, {"neuron", n}}, activation * w});
    }
    bias("bias of the MLP's output", mlp.b_out[static_cast<std::size_t>(dimension_)]);
  }

  const CompiledModel& m_;
  const Transformer& t_;
  std::span<const Value> input_;
  const Trace& trace_;
  std::span<const Intervention> interventions_;
  int half_, dimension_, position_;
  std::size_t layer_;
  std::vector<Term> terms_;
};

}  // namespace

std::string half_layer_name(int half) {
  if (half == 0) return "resid_pre";
  return "blocks." + std::to_string((half - 1) / 2) + (half % 2 ? ".resid_mid" : ".resid_post");
}

Json weights_document(const CompiledModel& m, int layer, int head) {
  if (layer < 0 || layer >= static_cast<int>(m.layers.size())) return nullptr;
  const Layer& l = m.transformer.layers[static_cast<std::size_t>(layer)];
  if (head < 0)
    return {{"ok", true}, {"mlp", mlp_document(m, l.mlp, m.layers[static_cast<std::size_t>(layer)].neurons)}};
  if (head >= static_cast<int>(l.heads.size())) return nullptr;
  const AttentionHead& a = l.heads[static_cast<std::size_t>(head)];
  return {{"ok", true}, {"qk", qk_document(m, a)}, {"ov", ov_document(m, a)}};
}

Json explain_document(const CompiledModel& m, std::span<const Value> input, const Trace& trace,
                      std::span<const Intervention> interventions, int half, int dimension, int position) {
  const Transformer& t = m.transformer;
  if (half < 0 || half > static_cast<int>(2 * t.layers.size()) || dimension < 0 || dimension >= t.d_model ||
      position < 0 || position >= trace.T)
    return nullptr;
  return Explanation(m, input, trace, interventions, half, dimension, position).document();
}

}  // namespace rasp
