// Craft: a transformer as labelled parts, between program and weights. Every direction of the residual stream has a
// name, every head is a sum of products over named directions (W_QK) and a sum of maps (W_OV), every MLP a list of
// named neurons. docs/craft.md has the grammar of its listing. Knows no RASP: owners are text.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include "base/diagnostics.h"
#include "base/limits.h"
#include "base/value.h"
#include "model/transformer.h"

namespace rasp::craft {

// A point of the forward pass: 0 embeddings, 2L+1 attention of layer L, 2L+2 MLP of layer L; -1: the end.
using Stage = std::int32_t;

struct Direction {
  std::int32_t dimension = 0;  // of the residual stream
  std::string name;            // "tokens:a"; unique in the listing
};

// One subspace of the residual stream: what it holds, for whom, and for how long its dimensions are its own.
struct Basis {
  std::string name;     // unique in the listing
  std::string owner;    // the expression that it is the value of
  bool one_hot = true;  // categorical; else one number
  Stage written = 0, dead = -1;
  std::vector<Direction> directions;
  std::string remark;  // shown only: the bounds of the proof
};

// Σ weight·direction + constant, with the weights as they are stored.
struct Term {
  float weight = 1;
  std::int32_t dimension = 0;
  std::string name;
};
struct Sum {
  std::vector<Term> terms;
  std::optional<float> constant;
  bool empty() const { return terms.empty() && !constant; }
};

// Row of an embedding: a token (no token: BOS), or a position (0 is BOS's).
struct TokenRow {
  std::optional<Value> token;
  Sum writes;
};
struct PositionRow {
  std::int32_t position = 0;
  Sum writes;
};

// W_QK = Σ over axes of query ⊗ key. √d_head is folded into the query.
struct Comparison {
  std::int32_t axis = 0;
  Sum query, key;
};
// W_OV = Σ over axes of reads ⊗ writes.
struct Move {
  std::int32_t axis = 0;
  Sum reads, writes;
};
struct Head {
  std::string owner;     // what it computes
  std::string selector;  // in words
  std::int32_t d_head = 1;
  std::vector<Comparison> comparisons;
  std::vector<Move> moves;
};

// relu(reads) → writes.
struct Neuron {
  std::string label;
  Sum reads, writes;
};
// Neurons of one expression. how: "lookup", "steps", "clean", "clear".
struct Block {
  std::string how, owner;
  std::vector<Neuron> neurons;
};

struct Layer {
  std::vector<Head> heads;
  Sum attention_adds;  // b_O
  std::vector<Block> blocks;
  Sum mlp_adds;  // b_out
};

// Columns of W_U. Categorical: one a value, the highest wins. Numerical: one column, rounded to the nearest of `values`
// (none: to an int if `whole`, else not at all).
struct Unembedding {
  bool categorical = true;
  std::vector<Value> values;
  std::vector<Value> alternatives;  // values of another kind that the same number may stand for
  bool any_kind = false;            // the kinds are not known
  bool whole = false;               // Numerical without values: the nearest int
  std::vector<Sum> columns;
};

struct Craft {
  std::int32_t d_model = 0, max_length = 0;  // BOS not counted
  bool causal = false;
  std::vector<Value> vocabulary;  // token ids in order; BOS has the next one
  std::vector<Basis> bases;
  std::vector<TokenRow> tokens;
  std::vector<PositionRow> positions;
  std::vector<Layer> layers;
  Unembedding unembedding;
};

// The weights, with their labels: craft → Transformer. Every sum names a direction once at most.
Transformer weights(const Craft& craft, Budget& budget);

// The listing. component: "head L.H", "mlp L" or "unembed" alone, with the bases that it names; empty: everything.
// nullopt: there is no such component.
std::optional<std::string> print(const Craft& craft, const std::string& component = {});

// Reads a listing. nullopt: `diagnostics` says what is wrong, and where. Throws LimitExceeded.
std::optional<Craft> read(std::string_view listing, Diagnostics& diagnostics, Budget& budget);

// As a listing writes them.
std::string text_of(float weight);        // the shortest text that is read back as the same float
std::string text_of(const Value& value);  // 1, 1.0, True, "a", python "None"
std::string text_of_stage(Stage stage);   // embeddings, attention 0, mlp 0, end

}  // namespace rasp::craft
