#include "export/onnx.h"

#include <cmath>
#include <cstring>
#include <functional>
#include <vector>

#include "export/protobuf.h"
#include "model/fingerprint.h"
#include "model/state_dict.h"

namespace rasp {

namespace {

// Field numbers of onnx.proto's messages, as far as they are written here.
namespace field {
constexpr std::uint32_t model_ir_version = 1, model_producer = 2, model_graph = 7, model_opset = 8, model_metadata = 14;
constexpr std::uint32_t opset_version = 2, entry_key = 1, entry_value = 2;
constexpr std::uint32_t graph_node = 1, graph_name = 2, graph_initializer = 5, graph_input = 11, graph_output = 12;
constexpr std::uint32_t node_input = 1, node_output = 2, node_name = 3, node_op = 4, node_attribute = 5;
constexpr std::uint32_t attribute_name = 1, attribute_int = 3, attribute_ints = 8, attribute_type = 20;
constexpr std::uint32_t tensor_dims = 1, tensor_type = 2, tensor_name = 8, tensor_raw = 9;
constexpr std::uint32_t value_name = 1, value_type = 2, type_tensor = 1, tensor_type_element = 1, tensor_type_shape = 2;
constexpr std::uint32_t shape_dim = 1, dim_value = 1, dim_param = 2;
}  // namespace field
constexpr std::int64_t type_float = 1, type_int64 = 7;
constexpr std::int64_t attribute_is_int = 2, attribute_is_ints = 7;

using Sizes = std::vector<std::int64_t>;
using Names = std::vector<std::string>;

struct Attribute {
  std::string name;
  Sizes values;
  bool list = true;
};

// Builds one graph; every operator returns the name of its result.
class GraphWriter {
 public:
  std::string op(const char* type, const Names& inputs, std::string output,
                 const std::vector<Attribute>& attributes = {}) {
    ProtobufMessage node;
    for (const std::string& input : inputs) node.text(field::node_input, input);
    node.text(field::node_output, output);
    node.text(field::node_name, output + "/" + type);
    node.text(field::node_op, type);
    for (const Attribute& a : attributes) {
      ProtobufMessage attribute;
      attribute.text(field::attribute_name, a.name);
      for (const std::int64_t v : a.values) attribute.integer(a.list ? field::attribute_ints : field::attribute_int, v);
      attribute.integer(field::attribute_type, a.list ? attribute_is_ints : attribute_is_int);
      node.message(field::node_attribute, attribute);
    }
    graph_.message(field::graph_node, node);
    return output;
  }

  std::string integers(const std::string& name, const Sizes& values, bool scalar = false) {
    const auto size = values.size() * sizeof(std::int64_t);
    tensor(name, scalar ? Sizes{} : Sizes{static_cast<std::int64_t>(values.size())}, type_int64, size,
           [&](char* to) { std::memcpy(to, values.data(), size); });
    return name;
  }
  std::string number(const std::string& name, float value) {
    tensor(name, {}, type_float, sizeof value, [&](char* to) { std::memcpy(to, &value, sizeof value); });
    return name;
  }
  std::string weights(const StateTensor& w) {
    tensor(w.name, w.shape, type_float, 4 * static_cast<std::size_t>(w.size()), [&](char* to) {
      w.each_nonzero([&](std::int64_t element, float value) { std::memcpy(to + 4 * element, &value, 4); });
    });
    return w.name;
  }

  // A size below 0 is the symbolic dimension "position", and `batch` comes first always.
  void input(const std::string& name, std::int64_t type, const Sizes& sizes) {
    graph_.message(field::graph_input, value(name, type, sizes));
  }
  void output(const std::string& name, const Sizes& sizes) {
    graph_.message(field::graph_output, value(name, type_float, sizes));
  }

  ProtobufMessage take(const std::string& name) {
    graph_.text(field::graph_name, name);
    return std::move(graph_);
  }

 private:
  void tensor(const std::string& name, const Sizes& shape, std::int64_t type, std::size_t size,
              const std::function<void(char*)>& fill) {
    ProtobufMessage head;
    for (const std::int64_t d : shape) head.integer(field::tensor_dims, d);
    head.integer(field::tensor_type, type);
    head.text(field::tensor_name, name);
    head.bytes_header(field::tensor_raw, size);
    graph_.bytes_header(field::graph_initializer, head.bytes().size() + size);
    std::string& bytes = graph_.bytes();
    bytes += head.bytes();
    const std::size_t start = bytes.size();
    bytes.resize(start + size, '\0');
    fill(bytes.data() + start);
  }
  static ProtobufMessage value(const std::string& name, std::int64_t type, const Sizes& sizes) {
    ProtobufMessage shape, batch;
    batch.text(field::dim_param, "batch");
    shape.message(field::shape_dim, batch);
    for (const std::int64_t size : sizes) {
      ProtobufMessage dim;
      if (size < 0) dim.text(field::dim_param, "position");
      else dim.integer(field::dim_value, size);
      shape.message(field::shape_dim, dim);
    }
    ProtobufMessage tensor_type, type_message, info;
    tensor_type.integer(field::tensor_type_element, type);
    tensor_type.message(field::tensor_type_shape, shape);
    type_message.message(field::type_tensor, tensor_type);
    info.text(field::value_name, name);
    info.message(field::value_type, type_message);
    return info;
  }

  ProtobufMessage graph_;
};

bool any(const std::vector<float>& b) {
  for (const float x : b)
    if (x != 0) return true;
  return false;
}

class ModelWriter {
 public:
  ModelWriter(const Transformer& model, const OnnxOptions& options) : m_(model), options_(options) {}

  ProtobufMessage graph() {
    g_.input("tokens", type_int64, {position});
    const std::string zero = g_.integers("zero", {0});
    const std::string one = g_.integers("one", {1});
    const std::string shape = g_.op("Shape", {"tokens"}, "tokens.shape");
    const std::string length = g_.op("Gather", {shape, one}, "length", {{"axis", {0}, false}});  // [1]

    using Part = StateTensor::Part;
    const std::string W_E =
        g_.weights({"embed.W_E", {m_.W_E.rows(), m_.d_model}, {Part{&m_.W_E, nullptr, 0, m_.d_model}}});
    const std::string W_pos =
        g_.weights({"pos_embed.W_pos", {m_.n_ctx, m_.d_model}, {Part{&m_.W_pos, nullptr, 0, m_.d_model}}});
    const std::string embedded = g_.op("Gather", {W_E, "tokens"}, "embed", {{"axis", {0}, false}});
    const std::string positions = g_.op("Slice", {W_pos, zero, length, zero}, "pos_embed");
    std::string x = g_.op("Add", {embedded, positions}, "resid_pre");
    residual(x);

    if (m_.causal && has_heads()) {
      const std::string scalar_length = g_.op("Squeeze", {length, zero}, "length.scalar");
      const std::string range =
          g_.op("Range", {g_.integers("range.start", {0}, true), scalar_length, g_.integers("range.step", {1}, true)},
                "range");
      const std::string queries = g_.op("Unsqueeze", {range, one}, "queries");  // [position, 1]
      visible_ = g_.op("LessOrEqual", {range, queries}, "visible");             // [position, position], row = query
      hidden_ = g_.number("hidden_score", -1e30f);
    }
    if (has_heads()) sqrt_d_head_ = g_.number("sqrt_d_head", std::sqrt(static_cast<float>(m_.d_head())));

    for (std::size_t l = 0; l < m_.layers.size(); ++l) {
      block_ = "blocks." + std::to_string(l) + ".";
      x = attention(m_.layers[l], x);
      residual(x);
      x = mlp(m_.layers[l].mlp, x);
      residual(x);
    }
    const std::int64_t out = m_.W_U.cols();
    const std::string W_U = g_.weights({"unembed.W_U", {m_.d_model, out}, {Part{&m_.W_U, nullptr, 0, out}}});
    x = g_.op("MatMul", {x, W_U}, "unembed");
    g_.op("Add", {x, bias("unembed.b_U", m_.b_U)}, "logits");
    g_.output("logits", {position, out});
    // Outputs that were asked for come after the logits.
    for (const auto& [name, sizes] : extra_outputs_) g_.output(name, sizes);
    return g_.take("rasp");
  }

 private:
  static constexpr std::int64_t position = -1;

  bool has_heads() const {
    for (const Layer& layer : m_.layers)
      if (!layer.heads.empty()) return true;
    return false;
  }
  std::string bias(const std::string& name, const std::vector<float>& b) {
    return g_.weights({name, {static_cast<std::int64_t>(b.size())}, {StateTensor::Part{nullptr, &b, 0, 0}}});
  }
  void residual(const std::string& name) {
    if (options_.residuals) extra_outputs_.push_back({name, {position, m_.d_model}});
  }
  // A block that changes nothing still gives its residual stream a name where that is asked for.
  std::string unchanged(const std::string& x, const std::string& name) {
    return options_.residuals ? g_.op("Identity", {x}, name) : x;
  }

  std::string attention(const Layer& layer, const std::string& x) {
    const std::string at = block_ + "attn.";
    const std::string mid = block_ + "resid_mid";
    const bool biased = any(layer.b_O);
    if (layer.heads.empty()) {
      if (!biased) return unchanged(x, mid);
      return g_.op("Add", {x, bias(at + "b_O", layer.b_O)}, mid);
    }
    const auto H = static_cast<std::int64_t>(layer.heads.size());
    std::int64_t d = 1;  // the widest head of this layer
    for (const AttentionHead& head : layer.heads) d = std::max<std::int64_t>(d, head.W_Q.cols());

    // x → [batch, H, position, d], for keys [batch, H, d, position]
    const auto read = [&](const std::string& name, auto weight, auto b, const Sizes& order) {
      StateTensor W{at + "W_" + name, {m_.d_model, H * d}, {}}, B{at + "b_" + name, {H * d}, {}};
      bool any_bias = false;
      for (std::int64_t h = 0; h < H; ++h) {
        const AttentionHead& head = layer.heads[static_cast<std::size_t>(h)];
        W.parts.push_back({&(head.*weight), nullptr, h * d, H * d});
        B.parts.push_back({nullptr, &(head.*b), h * d, 0});
        any_bias = any_bias || any(head.*b);
      }
      std::string y = g_.op("MatMul", {x, g_.weights(W)}, at + name + ".flat");
      if (any_bias) y = g_.op("Add", {y, g_.weights(B)}, at + name + ".biased");
      y = g_.op("Reshape", {y, g_.integers(at + name + ".split", {0, 0, H, d})}, at + name + ".heads");
      return g_.op("Transpose", {y}, at + name, {{"perm", order}});
    };
    const std::string q = read("Q", &AttentionHead::W_Q, &AttentionHead::b_Q, {0, 2, 1, 3});
    const std::string k = read("K", &AttentionHead::W_K, &AttentionHead::b_K, {0, 2, 3, 1});
    const std::string v = read("V", &AttentionHead::W_V, &AttentionHead::b_V, {0, 2, 1, 3});
    std::string scores = g_.op("MatMul", {q, k}, at + "qk");
    scores = g_.op("Div", {scores, sqrt_d_head_}, at + "scores.all");
    if (m_.causal) scores = g_.op("Where", {visible_, scores, hidden_}, at + "scores");
    const std::string pattern = g_.op("Softmax", {scores}, at + "pattern", {{"axis", {-1}, false}});
    if (options_.patterns) extra_outputs_.push_back({pattern, {H, position, position}});

    std::string z = g_.op("MatMul", {pattern, v}, at + "z.heads");
    z = g_.op("Transpose", {z}, at + "z.positions", {{"perm", {0, 2, 1, 3}}});
    z = g_.op("Reshape", {z, g_.integers(at + "z.join", {0, 0, H * d})}, at + "z");
    StateTensor W_O{at + "W_O", {H * d, m_.d_model}, {}};
    for (std::int64_t h = 0; h < H; ++h)
      W_O.parts.push_back({&layer.heads[static_cast<std::size_t>(h)].W_O, nullptr, h * d * m_.d_model, m_.d_model});
    std::string out = g_.op("MatMul", {z, g_.weights(W_O)}, at + "out");
    if (biased) out = g_.op("Add", {out, bias(at + "b_O", layer.b_O)}, at + "out.biased");
    return g_.op("Add", {x, out}, mid);
  }

  std::string mlp(const Mlp& mlp, const std::string& x) {
    const std::string at = block_ + "mlp.";
    const std::string post = block_ + "resid_post";
    const std::int64_t f = mlp.W_in.cols();
    const bool biased = any(mlp.b_out);
    if (f == 0) {
      if (!biased) return unchanged(x, post);
      return g_.op("Add", {x, bias(at + "b_out", mlp.b_out)}, post);
    }
    using Part = StateTensor::Part;
    std::string y =
        g_.op("MatMul", {x, g_.weights({at + "W_in", {m_.d_model, f}, {Part{&mlp.W_in, nullptr, 0, f}}})}, at + "in");
    if (any(mlp.b_in)) y = g_.op("Add", {y, bias(at + "b_in", mlp.b_in)}, at + "pre");
    y = g_.op("Relu", {y}, at + "post");
    y = g_.op("MatMul", {y, g_.weights({at + "W_out", {f, m_.d_model}, {Part{&mlp.W_out, nullptr, 0, m_.d_model}}})},
              at + "out");
    if (biased) y = g_.op("Add", {y, bias(at + "b_out", mlp.b_out)}, at + "out.biased");
    return g_.op("Add", {x, y}, post);
  }

  const Transformer& m_;
  OnnxOptions options_;
  GraphWriter g_;
  std::string block_, visible_, hidden_, sqrt_d_head_;
  std::vector<std::pair<std::string, Sizes>> extra_outputs_;
};

// Of the dense weights that the graph holds.
std::int64_t weight_bytes(const Transformer& m) {
  std::int64_t n = (m.W_E.rows() + m.n_ctx + m.W_U.cols()) * m.d_model + m.W_U.cols();
  for (const Layer& layer : m.layers) {
    std::int64_t d = 0;
    for (const AttentionHead& head : layer.heads) d = std::max<std::int64_t>(d, head.W_Q.cols());
    n += static_cast<std::int64_t>(layer.heads.size()) * d * (4 * m.d_model + 3) + m.d_model;
    n += layer.mlp.W_in.cols() * (2 * m.d_model + 1) + m.d_model;
  }
  return 4 * n;
}

}  // namespace

Exported write_onnx(const Transformer& model, const OnnxOptions& options, std::int64_t limit) {
  const std::int64_t expected = weight_bytes(model);
  if (expected > limit) return too_large(expected, limit);

  ProtobufMessage file, opset;
  file.integer(field::model_ir_version, 8);  // the version that came with opset 17
  file.text(field::model_producer, "rasp-playground");
  opset.integer(field::opset_version, 17);
  file.message(field::model_opset, opset);
  const auto metadata = [&](const char* key, const std::string& value) {
    ProtobufMessage entry;
    entry.text(field::entry_key, key);
    entry.text(field::entry_value, value);
    file.message(field::model_metadata, entry);
  };
  metadata("format", "rasp-model/1");
  metadata("fingerprint", fingerprint(model));
  file.message(field::model_graph, ModelWriter(model, options).graph());
  Exported out;
  out.bytes = std::move(file.bytes());
  if (static_cast<std::int64_t>(out.bytes.size()) > limit)
    return too_large(static_cast<std::int64_t>(out.bytes.size()), limit);
  return out;
}

}  // namespace rasp
