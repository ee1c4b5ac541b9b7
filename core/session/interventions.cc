#include "session/interventions.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/json_values.h"
#include "base/text.h"
#include "session/inspect.h"
#include "session/request.h"

namespace rasp {
namespace {

constexpr std::size_t most_interventions = 200;

// The pattern that the interpreter's selector stands for. A row that selects nothing looks at BOS.
std::vector<float> ideal_pattern(const HeadInfo& head, const Matrix& m, std::int32_t T) {
  std::vector<float> p(static_cast<std::size_t>(T * T), 0);
  const bool counting = head.role == HeadInfo::Role::CountingWidth;
  p[0] = 1;
  for (std::int32_t q = 1; q < T; ++q) {
    float width = 0;
    for (std::int32_t k = 1; k < T; ++k)
      width += m.at(static_cast<std::uint32_t>(q - 1), static_cast<std::uint32_t>(k - 1));
    float* row = &p[static_cast<std::size_t>(q) * static_cast<std::size_t>(T)];
    const float each = counting ? 1 / (static_cast<float>(head.count_scale) + width) : width > 0 ? 1 / width : 0;
    row[0] = counting ? 1 - width * each : width > 0 ? 0 : 1;
    for (std::int32_t k = 1; k < T; ++k)
      row[k] = m.at(static_cast<std::uint32_t>(q - 1), static_cast<std::uint32_t>(k - 1)) ? each : 0;
  }
  return p;
}

[[noreturn]] void bad_intervention(
    std::string message, std::string hint = "Compare it with the model's layers, heads, positions and dimensions.") {
  throw Rejection{{Severity::Error, "bad-intervention", "input", std::move(message), {0, 0, 0}, std::move(hint)}};
}

class Reader {
 public:
  Reader(const Elaboration& program, Runner& runner, const Evaluation& plain, std::int32_t T, Budget& budget,
         Experiments& out)
      : program_(program), runner_(runner), model_(runner.model()), plain_(plain), T_(T), budget_(budget), out_(out) {}

  void read(const Json& j) {
    if (!j.is_object()) bad_intervention("An intervention is an object");
    const Json kind = j.value("kind", Json());
    const std::string name = kind.is_string() ? kind.get<std::string>() : "";
    if (name == "interchange") return interchange(j);
    Intervention i;
    if (name == "set_residual") set_residual(j, i);
    else if (name == "zero_mlp") i.kind = Intervention::Kind::ZeroMlp, i.layer = whole(j, "layer");
    else if (name == "zero_head" || name == "set_pattern" || name == "interpreter_pattern") head(j, name, i);
    else
      bad_intervention(
          "There is no intervention \"" + cut(name, 40) + "\"",
          "Kinds are zero_head, zero_mlp, set_pattern, interpreter_pattern, set_residual and interchange.");
    add(std::move(i));
  }

 private:
  static std::int32_t whole(const Json& j, const char* key) {
    const Json x = j.value(key, Json());
    if (!x.is_number_integer()) bad_intervention("An intervention needs a whole number \"" + std::string(key) + "\"");
    return static_cast<std::int32_t>(std::clamp<std::int64_t>(x.get<std::int64_t>(), -1, 1 << 30));
  }

  static std::vector<float> numbers(const Json& j, const char* key, bool whole) {
    const Json list = j.value(key, Json());
    std::vector<float> out;
    for (const Json& x : list) {
      if (!(whole ? x.is_number_integer() : x.is_number()))
        bad_intervention("An intervention needs a list of numbers \"" + std::string(key) + "\"");
      out.push_back(static_cast<float>(x.get<double>()));
    }
    if (!list.is_array()) bad_intervention("An intervention needs a list of numbers \"" + std::string(key) + "\"");
    return out;
  }

  void add(Intervention i) {
    if (const auto fault = intervention_fault(model_.transformer, T_, i)) bad_intervention(fault->message, fault->hint);
    out_.model.push_back(std::move(i));
  }

  void head(const Json& j, const std::string& kind, Intervention& i) {
    i.layer = whole(j, "layer"), i.head = whole(j, "head");
    if (kind == "zero_head") return;
    i.kind = Intervention::Kind::SetPattern;
    if (kind == "set_pattern") {
      i.values = numbers(j, "values", false);
      return;
    }
    const auto l = static_cast<std::size_t>(i.layer), h = static_cast<std::size_t>(i.head);
    if (i.layer < 0 || i.head < 0 || l >= model_.layers.size() || h >= model_.layers[l].heads.size())
      bad_intervention("There is no such head");
    const HeadInfo& info = model_.layers[l].heads[h];
    if (info.selector == no_node || info.selector >= plain_.matrices.size() || plain_.matrices[info.selector].n == 0)
      bad_intervention("The interpreter has no selector for this head");
    i.values = ideal_pattern(info, plain_.matrices[info.selector], T_);
  }

  void set_residual(const Json& j, Intervention& i) {
    i.kind = Intervention::Kind::SetResidual;
    i.half_layer = whole(j, "half_layer"), i.position = whole(j, "position");
    for (const float d : numbers(j, "dimensions", true))
      i.dimensions.push_back(static_cast<std::int32_t>(std::clamp(d, -1.0f, 1e9f)));
    if (j.contains("values") == j.contains("source"))
      bad_intervention("set_residual needs either \"values\" or a \"source\", the input from whose run they are taken");
    if (j.contains("values")) {
      i.values = numbers(j, "values", false);
      return;
    }
    const Source& from = source(j);
    i.values.assign(i.dimensions.size(), 0);
    if (const auto fault = intervention_fault(model_.transformer, std::min(T_, from.trace.T), i))
      bad_intervention("On the source: " + fault->message, fault->hint);
    for (std::size_t k = 0; k < i.values.size(); ++k)
      i.values[k] = from.residual(i.half_layer, i.position, i.dimensions[k], model_.transformer.d_model);
  }

  // The s-op's directions hold, from where they are written, what they hold on the source; the program's s-op likewise.
  void interchange(const Json& j) {
    const Json named = j.value("s_op", Json());
    const NodeId node = held_s_op(named, program_, model_);
    if (node == no_node) {
      bad_intervention("The model does not hold an s-op " + cut(named.dump(), 60),
                       "Name one that has a place in the residual stream; what a head or an MLP computes on the way to "
                       "another s-op has none.");
    }
    const Source& from = source(j);
    if (from.trace.T != T_)
      bad_intervention(
          "The source has " + std::to_string(from.trace.T - 1) + " tokens and the input " + std::to_string(T_ - 1),
          "Interchange takes two inputs of one length.");
    const NodeId roots[] = {node};
    const Evaluation there = evaluate(program_.graph, from.tokens, model_.options.causal, roots, budget_);
    if (!there.defined(node))
      bad_intervention(
          "On the source, the program has no value for that s-op: " + there.failure_of(node)->failure.message,
          "Choose another source.");
    for (const Subspace& s : model_.subspaces) {
      if (s.node != node || combined(s)) continue;
      for (std::int32_t t = 1; t < T_; ++t) {
        Intervention i;
        i.kind = Intervention::Kind::SetResidual;
        i.half_layer = s.written, i.position = t, i.dimensions = s.dimensions;
        for (const std::int32_t d : s.dimensions)
          i.values.push_back(from.residual(s.written, t, d, model_.transformer.d_model));
        add(std::move(i));
      }
    }
    std::erase_if(out_.program,
                  [&](const Forced& f) { return f.node == node; });  // the last one holds, as in the model
    out_.program.push_back({node, there.sequences[node]});
  }

  struct Source {
    Json written;
    std::vector<Value> tokens;
    Trace trace;
    float residual(std::int32_t half, std::int32_t position, std::int32_t dimension, std::int32_t width) const {
      return trace.arena[static_cast<std::size_t>(trace.find(half_layer_name(half))->offset +
                                                  std::int64_t{position} * width + dimension)];
    }
  };
  // The model's pass on the input that an intervention names.
  const Source& source(const Json& j) {
    const Json written = j.value("source", Json());
    if (source_ && source_->written == written) return *source_;
    std::string problem;
    auto tokens = values_from_json(written, problem);
    if (!tokens)
      bad_intervention("\"source\" of an intervention: " + problem, "Give an input, as a text or a list of tokens.");
    const EncodedTokens encoded = runner_.encode(*tokens);
    if (!encoded.ok)
      bad_intervention("\"source\" of an intervention: " + encoded.failure.message, encoded.failure.hint);
    source_ = Source{written, std::move(*tokens), {}};
    runner_.run(encoded.ids, &source_->trace, {}, &budget_);
    return *source_;
  }

  const Elaboration& program_;
  Runner& runner_;
  const CompiledModel& model_;
  const Evaluation& plain_;
  std::int32_t T_;
  Budget& budget_;
  Experiments& out_;
  std::optional<Source> source_;  // the last one
};

}  // namespace

bool combined(const Subspace& s) {
  std::set<std::string> seen;  // repr() tells kinds apart
  for (const auto& members : s.classes)
    for (const Value& v : members)
      if (!seen.insert(v.repr()).second) return true;
  return false;
}

NodeId held_s_op(const Json& named, const Elaboration& program, const CompiledModel& model) {
  const auto holds = [&](NodeId node) {
    return std::any_of(model.subspaces.begin(), model.subspaces.end(),
                       [&](const Subspace& s) { return s.node == node && !combined(s); });
  };
  if (named.is_number_integer()) {
    const auto n = named.get<std::int64_t>();
    return n >= 0 && n < static_cast<std::int64_t>(program.graph.size()) && holds(static_cast<NodeId>(n))
               ? static_cast<NodeId>(n)
               : no_node;
  }
  if (!named.is_string()) return no_node;
  const std::string& name = named.get_ref<const std::string&>();
  for (std::size_t i = program.definitions.size(); i-- > 0;) {
    const Definition& d = program.definitions[i];
    if (d.name == name && d.value && d.value->kind == BuildValue::Kind::SOp)
      return holds(d.value->node) ? d.value->node : no_node;
  }
  for (const Subspace& s : model.subspaces)
    if (s.label == name && s.node != no_node && holds(s.node)) return s.node;
  return no_node;
}

Json read_interventions(const Json& list, const Elaboration& program, Runner& runner, const Evaluation& plain,
                        std::int32_t T, Budget& budget, Experiments& out) {
  Reader reader(program, runner, plain, T, budget, out);
  try {
    if (!list.is_array()) bad_intervention("Interventions are a list");
    if (list.size() > most_interventions)
      bad_intervention("There are more than " + std::to_string(most_interventions) + " interventions");
    for (const Json& j : list) reader.read(j);
  } catch (const Rejection& r) {
    return failed(r.diagnostic);
  }
  return nullptr;
}

}  // namespace rasp
