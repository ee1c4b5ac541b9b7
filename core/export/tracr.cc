#include "export/tracr.h"

#include <map>
#include <set>

namespace rasp {

namespace {

SparseMatrix widened(const SparseMatrix& m, Eigen::Index rows, Eigen::Index columns) {
  SparseMatrix out(rows, columns);
  std::vector<Eigen::Triplet<float, std::int32_t>> entries;
  entries.reserve(static_cast<std::size_t>(m.nonZeros()));
  for (Eigen::Index r = 0; r < m.rows(); ++r)
    for (SparseMatrix::InnerIterator e(m, r); e; ++e)
      entries.emplace_back(static_cast<std::int32_t>(r), e.col(), e.value());
  out.setFromTriplets(entries.begin(), entries.end());
  return out;
}

// Name and value of a residual label, as Python's label.rpartition(":") reads them; no name without a colon.
std::pair<std::string, std::string> parts(const std::string& label) {
  const std::size_t at = label.rfind(':');
  return at == std::string::npos ? std::pair{std::string{}, label}
                                 : std::pair{label.substr(0, at), label.substr(at + 1)};
}

std::set<std::string> words(const OutputCodec& codec) {
  std::set<std::string> all;
  for (const Value& v : codec.values) all.insert(v.str());
  return all;
}

// Does W_U only pick dimensions that carry the output's labels?
bool picks_output(const CompiledModel& model, const std::string& output_name) {
  const Transformer& m = model.transformer;
  for (const float b : m.b_U)
    if (b != 0) return false;
  std::vector<int> entries(static_cast<std::size_t>(m.W_U.cols()));
  for (Eigen::Index r = 0; r < m.W_U.rows(); ++r)
    for (SparseMatrix::InnerIterator e(m.W_U, r); e; ++e) {
      const auto column = static_cast<std::size_t>(e.col());
      if (e.value() != 1 ||
          model.residual_labels[static_cast<std::size_t>(r)] != output_name + ":" + model.codec.values[column].str())
        return false;
      ++entries[column];
    }
  for (const int n : entries)
    if (n != 1) return false;
  return true;
}

// The last colon of every label that belongs to another name with the output's values, or to the output's own name,
// becomes "=".
void set_apart(std::vector<std::string>& labels, const std::string& output_name,
               const std::set<std::string>& output_words) {
  std::map<std::string, std::set<std::string>> values;
  for (const std::string& label : labels) values[parts(label).first].insert(parts(label).second);
  for (std::string& label : labels) {
    const std::string name = parts(label).first;
    if (!name.empty() && (name == output_name || values[name] == output_words)) label[name.size()] = '=';
  }
}

// Such readers look dimensions up by their labels: no two are the same.
void make_unique(std::vector<std::string>& labels) {
  std::set<std::string> taken;
  for (std::string& label : labels) {
    const std::string wanted = label;
    for (int i = 2; !taken.insert(label).second; ++i) label = wanted + "'" + std::to_string(i);
  }
}

// x += relu(u) - relu(-u) with u = x·W_U + b_U, in the dimensions from `first` on.
Layer logits_layer(const Transformer& m, std::int32_t d_model, std::int32_t first) {
  const auto outputs = static_cast<std::int32_t>(m.W_U.cols());
  Layer layer;
  layer.b_O.assign(static_cast<std::size_t>(d_model), 0);
  layer.mlp.W_in.resize(d_model, 2 * outputs);
  layer.mlp.W_out.resize(2 * outputs, d_model);
  layer.mlp.b_out.assign(static_cast<std::size_t>(d_model), 0);
  std::vector<Eigen::Triplet<float, std::int32_t>> in, out;
  for (Eigen::Index r = 0; r < m.W_U.rows(); ++r)
    for (SparseMatrix::InnerIterator e(m.W_U, r); e; ++e) {
      in.emplace_back(static_cast<std::int32_t>(r), 2 * e.col(), e.value());
      in.emplace_back(static_cast<std::int32_t>(r), 2 * e.col() + 1, -e.value());
    }
  for (std::int32_t v = 0; v < outputs; ++v) {
    const float b = m.b_U[static_cast<std::size_t>(v)];
    layer.mlp.b_in.push_back(b);
    layer.mlp.b_in.push_back(-b);
    out.emplace_back(2 * v, first + v, 1.0f);
    out.emplace_back(2 * v + 1, first + v, -1.0f);
  }
  layer.mlp.W_in.setFromTriplets(in.begin(), in.end());
  layer.mlp.W_out.setFromTriplets(out.begin(), out.end());
  return layer;
}

void widen(Transformer& m, std::int32_t d_model) {
  m.W_E = widened(m.W_E, m.W_E.rows(), d_model);
  m.W_pos = widened(m.W_pos, m.W_pos.rows(), d_model);
  for (Layer& layer : m.layers) {
    for (AttentionHead& head : layer.heads) {
      for (SparseMatrix* w : {&head.W_Q, &head.W_K, &head.W_V}) *w = widened(*w, d_model, w->cols());
      head.W_O = widened(head.W_O, head.W_O.rows(), d_model);
    }
    layer.b_O.resize(static_cast<std::size_t>(d_model));
    layer.mlp.W_in = widened(layer.mlp.W_in, d_model, layer.mlp.W_in.cols());
    layer.mlp.W_out = widened(layer.mlp.W_out, layer.mlp.W_out.rows(), d_model);
    layer.mlp.b_out.resize(static_cast<std::size_t>(d_model));
  }
  m.d_model = d_model;
}

}  // namespace

namespace {

CompiledModel with_labelled_output(const CompiledModel& model, const std::string& output_name) {
  CompiledModel out = model;
  if (model.codec.encoding == Encoding::Numerical) return out;
  if (picks_output(model, output_name)) {
    std::vector<std::string> others = model.residual_labels;
    set_apart(others, output_name, words(model.codec));
    for (std::size_t i = 0; i < others.size(); ++i)
      if (parts(model.residual_labels[i]).first != output_name) out.residual_labels[i] = others[i];
    return out;
  }
  Transformer& m = out.transformer;
  const std::int32_t first = m.d_model, outputs = static_cast<std::int32_t>(m.W_U.cols());
  set_apart(out.residual_labels, output_name, words(model.codec));
  NeuronGroup group{model.output, 0, 2 * outputs, output_name, "logits", {}};
  for (const Value& v : model.codec.values) {
    out.residual_labels.push_back(output_name + ":" + v.str());
    for (const char* side : {" above 0", " below 0"}) group.neuron_labels.push_back(output_name + ":" + v.str() + side);
  }
  Layer last = logits_layer(m, first + outputs, first);
  widen(m, first + outputs);
  m.layers.push_back(std::move(last));
  out.layers.resize(m.layers.size());
  out.layers.back().neurons.push_back(std::move(group));
  SparseMatrix pick(m.d_model, outputs);
  std::vector<Eigen::Triplet<float, std::int32_t>> ones;
  ones.reserve(static_cast<std::size_t>(outputs));
  for (std::int32_t v = 0; v < outputs; ++v) ones.emplace_back(first + v, v, 1.0f);
  pick.setFromTriplets(ones.begin(), ones.end());
  m.W_U = pick;
  m.b_U.assign(static_cast<std::size_t>(outputs), 0);
  return out;
}

}  // namespace

CompiledModel with_output_in_stream(const CompiledModel& model, const std::string& output_name) {
  CompiledModel out = with_labelled_output(model, output_name);
  make_unique(out.residual_labels);
  return out;
}

}  // namespace rasp
