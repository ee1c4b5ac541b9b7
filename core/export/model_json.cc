#include "export/model_json.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "export/version.h"
#include "model/fingerprint.h"

namespace rasp {

namespace {

using OrderedJson = nlohmann::ordered_json;  // keys in the order of TransformerLens's configuration

// As in the engine's protocol: floats that JSON cannot hold are "nan", "inf", "-inf"; ints beyond 2^53 decimal strings.
OrderedJson value_json(const Value& v) {
  switch (v.kind()) {
    case Kind::String:
    case Kind::Opaque: return v.text();
    case Kind::Bool: return v.truthy();
    case Kind::Float: {
      const double d = v.number();
      if (std::isfinite(d)) return d;
      return std::isnan(d) ? "nan" : d > 0 ? "inf" : "-inf";
    }
    case Kind::Int: break;
  }
  const std::optional<std::int64_t> i = v.int64();
  constexpr std::int64_t exact = std::int64_t{1} << 53;
  if (i && *i >= -exact && *i <= exact) return *i;
  return v.str();
}

// {"values": […], "types": "iifs"}
OrderedJson values_json(const std::vector<Value>& values) {
  OrderedJson list = OrderedJson::array();
  std::string types;
  for (const Value& v : values) {
    list.push_back(value_json(v));
    types += v.letter();
  }
  return {{"values", std::move(list)}, {"types", std::move(types)}};
}

OrderedJson number_json(double x) {
  if (std::isfinite(x)) return x;
  return nullptr;
}

const char* encoding_name(Encoding e) { return e == Encoding::Numerical ? "numerical" : "categorical"; }

const char* role_name(HeadInfo::Role role) {
  switch (role) {
    case HeadInfo::Role::CountingWidth: return "counting_width";
    case HeadInfo::Role::Aggregate: break;
  }
  return "aggregate";
}

class Writer {
 public:
  Writer(const CompiledModel& c, const ModelSource& source) : c_(c), m_(c.transformer), source_(source) {}

  OrderedJson document(const ModelJsonOptions& options) {
    OrderedJson j = config();
    j["rasp"] = rasp(options);
    if (options.names == Naming::Tracr) j["tracr"] = tracr();
    if (options.weights) j["state_dict"] = state(options.names);
    return j;
  }

 private:
  OrderedJson config() const {
    return {{"n_layers", m_.layers.size()},
            {"d_model", m_.d_model},
            {"n_heads", m_.n_heads()},
            {"d_head", m_.d_head()},
            {"d_mlp", m_.d_mlp()},
            {"n_ctx", m_.n_ctx},
            {"d_vocab", m_.W_E.rows()},
            {"d_vocab_out", m_.W_U.cols()},
            {"act_fn", "relu"},
            {"normalization_type", nullptr},
            {"attention_dir", m_.causal ? "causal" : "bidirectional"}};
  }

  // A node of the graph as a reader of the program knows it.
  OrderedJson sop(NodeId id) const {
    if (id == no_node || id >= source_.graph->size()) return nullptr;
    const auto span = source_.locate ? source_.locate((*source_.graph)[id].span) : std::nullopt;
    return {{"name", source_.graph->describe(id)},
            {"node", id},
            {"span", span ? OrderedJson(*span) : OrderedJson(nullptr)}};
  }
  OrderedJson sops(const std::vector<NodeId>& ids) const {
    OrderedJson list = OrderedJson::array();
    for (const NodeId id : ids) list.push_back(sop(id));
    return list;
  }

  OrderedJson rasp(const ModelJsonOptions& options) const {
    OrderedJson j;
    j["format"] = "rasp-model/1";
    j["compiler_version"] = compiler_version;
    j["fingerprint"] = fingerprint(m_);
    j["names"] = options.names == Naming::Tracr ? "tracr" : "transformer_lens";
    j["program"] = {{"name", source_.program_name}, {"text", source_.program}};
    j["output"] = sop(c_.output);
    j["output"]["expression"] = source_.output_expression;
    j["max_length"] = c_.options.max_length;
    j["vocabulary"] = values_json(c_.vocabulary);
    j["vocabulary"]["bos_id"] = m_.bos_id;
    j["output_values"] = values_json(c_.codec.values);
    j["output_values"]["encoding"] = encoding_name(c_.codec.encoding);
    if (c_.codec.whole) j["output_values"]["whole"] = true;
    j["residual_labels"] = c_.residual_labels;
    j["subspaces"] = subspaces();
    j["layers"] = layers();
    j["exactness"] = exactness();
    return j;
  }

  OrderedJson subspaces() const {
    OrderedJson list = OrderedJson::array();
    for (const Subspace& s : c_.subspaces) {
      OrderedJson j = {{"sop", sop(s.node)},
                       {"label", s.label},
                       {"encoding", encoding_name(s.encoding)},
                       {"dimensions", s.dimensions},
                       {"written", s.written},
                       {"dead", s.dead < 0 ? OrderedJson(nullptr) : OrderedJson(s.dead)}};
      if (s.encoding == Encoding::Categorical) {
        j["classes"] = OrderedJson::array();
        for (const auto& values : s.classes) j["classes"].push_back(values_json(values));
        j["silent"] = values_json(s.silent);
      } else {
        j["values"] = values_json(s.values);
        j["stored"] = s.stored;
      }
      list.push_back(std::move(j));
    }
    return list;
  }

  OrderedJson layers() const {
    OrderedJson list = OrderedJson::array();
    for (std::size_t l = 0; l < m_.layers.size(); ++l) {
      OrderedJson heads = OrderedJson::array(), neurons = OrderedJson::array();
      if (l < c_.layers.size()) {
        for (std::size_t h = 0; h < c_.layers[l].heads.size(); ++h) {
          const HeadInfo& info = c_.layers[l].heads[h];
          heads.push_back({{"label", info.label},
                           {"role", role_name(info.role)},
                           {"d_head", m_.layers[l].heads[h].W_Q.cols()},
                           {"sops", sops(info.nodes)},
                           {"selector", sop(info.selector)},
                           {"reads_query", info.reads_query},
                           {"reads_key", info.reads_key},
                           {"reads_value", info.reads_value}});
        }
        for (const NeuronGroup& g : c_.layers[l].neurons)
          neurons.push_back(
              {{"label", g.label}, {"how", g.how}, {"begin", g.begin}, {"end", g.end}, {"sop", sop(g.node)}});
      }
      list.push_back({{"heads", std::move(heads)},
                      {"mlp", {{"d_mlp", m_.layers[l].mlp.W_in.cols()}, {"neurons", std::move(neurons)}}}});
    }
    return list;
  }

  OrderedJson exactness() const {
    OrderedJson links = OrderedJson::array();
    for (const BoundLink& link : c_.links)
      links.push_back({{"sop", sop(link.node)},
                       {"what", link.what},
                       {"margin", number_json(link.margin)},
                       {"error", number_json(link.error)}});
    return {{"exact", c_.exact},
            {"exactness", c_.exactness.name()},
            {"under", c_.exactness.under},
            {"worst_margin", number_json(c_.worst_margin)},
            {"reasons", c_.exactness.reasons},
            {"links", std::move(links)}};
  }

  // The attributes that readers of Tracr's AssembledTransformerModel ask for.
  OrderedJson tracr() const {
    // [value, column] pairs: JSON's keys can only be strings.
    OrderedJson encoding = nullptr;
    if (c_.codec.encoding == Encoding::Categorical) {
      encoding = OrderedJson::array();
      for (std::size_t i = 0; i < c_.codec.values.size(); ++i)
        encoding.push_back(OrderedJson::array({value_json(c_.codec.values[i]), i}));
    }
    return {{"model_config",
             {{"num_heads", m_.n_heads()},
              {"num_layers", m_.layers.size()},
              {"key_size", m_.d_head()},
              {"mlp_hidden_size", m_.d_mlp()},
              {"dropout_rate", 0},
              {"activation_function", "relu"},
              {"layer_norm", false},
              {"causal", m_.causal}}},
            {"residual_labels", c_.residual_labels},
            {"output_encoder", {{"encoding_map", std::move(encoding)}}}};
  }

  OrderedJson state(Naming names) const {
    OrderedJson tensors = OrderedJson::object();
    for (const StateTensor& tensor : state_dict(m_, names)) {
      OrderedJson indices = OrderedJson::array(), values = OrderedJson::array();
      tensor.each_nonzero([&](std::int64_t element, float value) {
        indices.push_back(element);
        values.push_back(value);
      });
      tensors[tensor.name] = {{"shape", tensor.shape}, {"indices", std::move(indices)}, {"values", std::move(values)}};
    }
    return tensors;
  }

  const CompiledModel& c_;
  const Transformer& m_;
  const ModelSource& source_;
};

}  // namespace

Exported write_model_json(const CompiledModel& compiled, const ModelSource& source, const ModelJsonOptions& options,
                          std::int64_t limit) {
  const auto refused = [&] {
    return Exported{"", Failure{"export-too-large", "limit",
                                "The JSON document would be larger than " + std::to_string(limit >> 20) + " MiB.",
                                "Compile with a smaller vocabulary or maximal length."}};
  };
  // About 20 characters an element; asked before the document is built, since that takes several times its text.
  if (options.weights && compiled.transformer.nonzeros() * 20 > limit) return refused();
  Exported out;
  out.bytes = Writer(compiled, source)
                  .document(options)
                  .dump(options.indent, ' ', false, OrderedJson::error_handler_t::replace);
  out.bytes += '\n';
  if (static_cast<std::int64_t>(out.bytes.size()) > limit) return refused();
  return out;
}

}  // namespace rasp
