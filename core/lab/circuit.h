// Circuit discovery on a model whose circuit is known: nodes, edges, what is true of them, and how well methods find
// it.
//
// Nodes write into the residual stream: the embeddings of tokens and of positions, every head, every MLP. Readers read
// it: a head's queries, keys and values apart, every MLP, the output. An edge leads from a node to a later reader.
// Biases belong to no node.
#pragma once
#include <string>
#include <vector>

#include "lab/examples.h"
#include "lab/network.h"

namespace rasp::lab {

struct CircuitNode {
  enum class Kind : std::uint8_t { Tokens, Positions, Head, Mlp } kind = Kind::Tokens;
  std::int32_t layer = -1, head = -1;
  std::string name;  // "tokens", "positions", "head 1.2", "mlp 1"
};
struct CircuitReader {
  enum class Kind : std::uint8_t { Q, K, V, Mlp, Output } kind = Kind::Output;
  std::int32_t layer = -1, head = -1;
  std::string name;         // "head 1.2 Q", …, "mlp 1", "output"
  std::size_t writers = 0;  // the nodes before it: the first so many
};
struct CircuitEdge {
  std::size_t from = 0, to = 0;  // node, reader
  bool structural = false;       // the product of what one writes with and the other reads with is not zero
  bool semantic = false;         // the reader has weights on a subspace that holds an s-op the node has written
  bool causal = false;           // on some pair of inputs, patching this edge alone changes a decoded output
  std::int32_t witness = -1;     // that pair
};

struct Circuit {
  std::vector<CircuitNode> nodes;
  std::vector<CircuitReader> readers;
  std::vector<CircuitEdge> edges;  // by reader, then by node
};
// Nodes, readers and edges of any transformer, with nothing said of what is true.
Circuit graph_of(const Network<float>& network);
// The same with structural and semantic truth; causal is false still.
Circuit circuit_of(const CompiledModel& model, const Network<float>& network);

// A clean and a corrupted input of one length, with different answers where there are such.
struct InputPair {
  std::size_t clean = 0, corrupted = 0;  // of the examples
};
std::vector<InputPair> draw_pairs(const Examples& examples, std::size_t count, std::uint64_t seed);

// The model with every edge apart: what each reader reads is a sum over the nodes before it, each of them as it is or
// as another run wrote it.
class EdgePass {
 public:
  EdgePass(const Network<float>& network, const Circuit& circuit) : n_(network), c_(circuit) {}
  using Written = std::vector<Matrix<float>>;  // by node, [T, width]
  // `other` (by node) is read along the edges for which use_other is true (parallel to Circuit::edges; empty: none).
  const Matrix<float>& run(std::span<const std::int32_t> ids, const std::vector<std::uint8_t>& use_other,
                           const Written& other);
  const Written& written() const { return written_; }  // of the last run
  const Matrix<float>& logits() const { return logits_; }

 private:
  void read(std::size_t reader, std::int32_t T);
  void head(std::int32_t layer, std::int32_t head, std::size_t first_reader, std::size_t node, std::int32_t T);
  void mlp(std::int32_t layer, std::size_t reader, std::size_t node, std::int32_t T);
  const Network<float>& n_;
  const Circuit& c_;
  Written written_;
  const std::vector<std::uint8_t>* use_other_ = nullptr;
  const Written* other_ = nullptr;
  Matrix<float> x_, bias_, q_, k_, v_, z_, hidden_, added_, logits_;
  std::vector<std::size_t> edge_begin_;  // by reader
};

// Area under the ROC curve of scores against truth: the share of (true, false) pairs in the right order, ties half. NaN
// where either is missing.
double roc_auc(const std::vector<double>& scores, const std::vector<bool>& truth);

}  // namespace rasp::lab
