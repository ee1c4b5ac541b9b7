// Graph → transformer. See compile.cc for the stages.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>
#include "base/diagnostics.h"
#include "base/exactness.h"
#include "base/limits.h"
#include "base/value.h"
#include "model/transformer.h"
#include "rasp/graph.h"
#include "proof/checker.h"

namespace rasp {

struct CompileOptions {
  std::vector<Value> vocabulary;  // distinct, at least one
  std::uint32_t max_length = 8;   // BOS not counted
  bool causal = false;
  enum class Objective : std::uint8_t { Size, Depth } objective = Objective::Size;
  // Passes; `--no-optimize` switches all off. The page shows the switches.
  struct Passes {
    bool fuse = true;         // elementwise chains become one MLP
    bool fold = true;         // predicates and maps of one s-op go into W_QK, W_OV and W_U
    bool merge_heads = true;  // aggregates with one selector share a head
    bool drop = true;         // dimensions and values that nothing reads are left out
    bool idioms = true;       // (indices+1)*mean and the like become widths
    bool factor = true;       // W_QK and W_OV in their smallest known rank
    bool pack = true;         // half-layers shared by independent blocks
    bool reuse = true;        // dead subspaces are used again
    bool operator==(const Passes&) const = default;
  } passes;
  struct Promises {
    std::vector<NodeId> unique;                   // selectors with at most one hit a row
    std::map<NodeId, std::vector<Value>> values;  // value sets
    std::map<NodeId, bool> numerical;             // encodings: true numerical, false categorical
    std::vector<std::pair<NodeId, std::string>>
        assume;  // s-ops of the program's own graph that are true at every position, and their texts
  } promises;
};

// The passes by name, in the order in which tables show them.
inline constexpr std::pair<const char*, bool CompileOptions::Passes::*> pass_switches[] = {
    {"fuse", &CompileOptions::Passes::fuse},
    {"fold", &CompileOptions::Passes::fold},
    {"merge_heads", &CompileOptions::Passes::merge_heads},
    {"drop", &CompileOptions::Passes::drop},
    {"idioms", &CompileOptions::Passes::idioms},
    {"factor", &CompileOptions::Passes::factor},
    {"pack", &CompileOptions::Passes::pack},
    {"reuse", &CompileOptions::Passes::reuse}};
constexpr CompileOptions::Passes no_passes{false, false, false, false, false, false, false, false};

enum class Encoding : std::uint8_t { Categorical, Numerical };

// One s-op's home in the residual stream.
struct Subspace {
  NodeId node = no_node;  // the s-op it holds
  std::string label;      // display name
  Encoding encoding = Encoding::Categorical;
  std::vector<std::int32_t> dimensions;  // one per class of values (Categorical) or one (Numerical)
  std::vector<std::vector<Value>>
      classes;                // Categorical: values each dimension stands for (several where nothing tells them apart)
  std::vector<Value> silent;  // Categorical: values whose dimension was dropped: all dimensions are zero
  // Numerical: the value set, ascending by number, and the number that the dimension holds for each. Empty where the set
  // is not enumerated.
  std::vector<Value> values;
  std::vector<double> stored;
  std::int32_t written = 0;  // half-layer after which it holds its value: 0 embeddings, 2L+1 attention L, 2L+2 MLP L
  std::int32_t dead = -1;    // half-layer after which its dimensions belong to another, -1 never
  std::uint32_t unit = 0;    // the plan's unit that it is (compiler/plan.h)
  // Bounds of the proof: how far float32 may put one of its dimensions from the exact value on any input, and the sum
  // over all of its dimensions at one position.
  double error = 0, spread = 0;
};

struct HeadInfo {
  std::vector<NodeId> nodes;  // aggregates / widths it computes
  NodeId selector = no_node;  // none where the compiler made it of parts of others
  std::string label;          // selector in words
  enum class Role : std::uint8_t { Aggregate, CountingWidth } role = Role::Aggregate;
  double count_scale = 0;  // CountingWidth: each selected key gets about 1/count_scale of the attention
  // W_QK in labelled form: values of query (rows) and key (columns), and the score in units where a selected pair
  // leads.
  std::vector<std::string> query_labels, key_labels;
  std::vector<std::string> reads_query, reads_key, reads_value;  // subspace labels
};

struct NeuronGroup {  // consecutive neurons of one MLP that compute one s-op
  NodeId node = no_node;
  std::int32_t begin = 0, end = 0;
  std::string label;
  std::string
      // "lookup", "steps", "clean" (a code without its errors), "clear" (takes away what nothing reads any more),
      // "logits" (export/tracr.h)
      how;
  std::vector<std::string> neuron_labels;
};

struct LayerInfo {
  std::vector<HeadInfo> heads;  // parallel to Layer::heads
  std::vector<NeuronGroup> neurons;
};

struct BoundLink {  // one inequality of the proof
  NodeId node = no_node;
  std::string what;   // "score gap → leakage", "threshold margin", …
  double margin = 0;  // > 0: closed (fraction of the allowance that is left)
  double error = 0;   // bound on the block's output error
};

struct OutputCodec {
  Encoding encoding = Encoding::Categorical;
  std::vector<Value> values;  // Categorical: per column of W_U; Numerical: the value set (ascending), may be empty
  // Values that are equal() to one of `values` but of another kind: the weights hold one number for 2 and 2.0, and what
  // is decoded takes the kind that the interpreter has at the position, if it is one of these. any_kind: the kinds are
  // not known (the set could not be listed).
  std::vector<Value> alternatives;
  bool any_kind = false;
  bool whole = false;  // Numerical, and every value an int: where they are not listed, the nearest int is decoded
};

struct CompiledModel {
  Transformer transformer;
  std::vector<Value> vocabulary;  // token id i ↔ vocabulary[i]; BOS has id vocabulary.size()
  NodeId output = no_node;
  OutputCodec codec;
  std::vector<Subspace> subspaces;
  std::vector<std::string> residual_labels;  // per dimension
  std::vector<LayerInfo> layers;
  bool exact = false;  // proved or enumerated, and nothing assumed of the input
  Exactness exactness;
  std::vector<BoundLink> links;  // tightest first
  double worst_margin = 0;
  std::vector<std::string> inexact_reasons;
  proof::Claims claims;  // what the checker of proof/checker.h is to confirm
  std::map<std::string, double> timings_ms;
  std::size_t candidate = 0;  // which of the plans (compiler/lower.h)
  CompileOptions options;
  std::map<NodeId, std::vector<Value>> value_sets;  // for hover; capped at 64 values an s-op
};

// nullopt: refused, the diagnostics say why and where.
std::optional<CompiledModel> compile(const Graph& graph, NodeId output, const CompileOptions& options,
                                     Diagnostics& diagnostics, Budget& budget);

// Decodes logits [T, d_vocab_out] (BOS row skipped) to one value a position.
std::vector<Value> decode(const CompiledModel& model, std::span<const float> logits, std::int32_t T);

}  // namespace rasp
