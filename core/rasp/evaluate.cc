#include "rasp/evaluate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <numeric>

#include "rasp/ranks.h"

namespace rasp {
namespace {

// What one value costs of Limits::evaluation_cells, the same on every machine: its share of memory, about in bytes.
std::uint64_t weight(const Value& v) {
  constexpr std::uint64_t base = 48;
  if (v.is_string() || v.is_opaque()) return base + v.text().size();
  if (v.kind() == Kind::Int && !v.int64()) return base + v.big().bit_length() / 8;
  return base;
}

// Large operands make one operation long: let them count for more time.
std::uint32_t effort(const Value& v) { return static_cast<std::uint32_t>(1 + (weight(v) - 48) / 8); }

Failure mixed_types(const Value& a, const Value& b) {
  return {"mixed-types", "type", "a sequence cannot hold " + a.repr() + " beside " + b.repr(),
          "all elements must be strings, or all numbers; give `aggregate` a default of the values' type, and both "
          "branches of a ternary one type"};
}

class Evaluator {
 public:
  Evaluator(const Graph& graph, std::span<const Value> tokens, bool causal, Budget& budget)
      : graph_(graph),
        tokens_(tokens),
        causal_(causal),
        tracr_(graph.dialect() == Dialect::Tracr),
        n_(static_cast<std::uint32_t>(tokens.size())),
        budget_(budget) {
    out_.n = n_;
    out_.sequences.resize(graph.size());
    out_.matrices.resize(graph.size());
  }

  Evaluation run(std::span<const NodeId> roots, std::span<const Forced> forced) {
    if (n_ == 0) return std::move(out_);
    std::vector<bool> needed(graph_.size(), false);
    for (NodeId root : roots) needed[root] = true;
    for (NodeId id = graph_.size(); id-- > 0;) {  // users have larger ids than their arguments
      if (!needed[id]) continue;
      for (NodeId arg : graph_[id].args) needed[arg] = true;
    }
    for (NodeId id = 0; id < graph_.size(); ++id) {
      if (!needed[id]) continue;
      const auto f = std::find_if(forced.begin(), forced.end(), [&](const Forced& x) { return x.node == id; });
      if (f == forced.end()) compute(id);
      else out_.sequences[id] = f->values;
    }
    return std::move(out_);
  }

 private:
  using Sequence = std::vector<Cell>;

  void charge(std::uint64_t cells) {
    cells_ += cells;
    if (cells_ > budget_.limits().evaluation_cells)
      throw LimitExceeded{"limit-evaluation-cells", budget_.limits().evaluation_cells};
  }

  // Records a failure that arises at `node_`; equal ones, and too many different ones, share a record.
  std::int32_t record(Failure failure) {
    constexpr std::size_t most_per_node = 16;
    const std::size_t begin = first_failure_of_node_, end = out_.failures.size();
    for (std::size_t i = begin; i < end; ++i) {
      const Failure& known = out_.failures[i].failure;
      if (known.code == failure.code && (known.message == failure.message || end - begin >= most_per_node)) {
        return static_cast<std::int32_t>(i);
      }
    }
    out_.failures.push_back({std::move(failure), node_});
    return static_cast<std::int32_t>(end);
  }

  Cell cell(Outcome outcome) {
    Cell c;
    if (auto* failure = std::get_if<Failure>(&outcome)) {
      c.undefined = record(std::move(*failure));
    } else {
      c.value = std::move(std::get<Value>(outcome));
      charge(weight(c.value) - 48);
    }
    return c;
  }

  void compute(NodeId id) {
    node_ = id;
    first_failure_of_node_ = out_.failures.size();
    budget_.tick(n_);
    const Node& node = graph_[id];
    if (is_selector(node.kind)) {
      charge(std::uint64_t{n_} * n_);
      Matrix& matrix = out_.matrices[id];
      matrix.n = n_;
      matrix.bits.assign(std::size_t{n_} * n_, 0);
      matrix.row_undefined.assign(n_, -1);
      if (node.kind == NodeKind::Select) {
        select(node, matrix);
      } else {
        combine(node, matrix);
      }
      return;
    }
    charge(std::uint64_t{n_} * 48);
    Sequence& sequence = out_.sequences[id];
    sequence.resize(n_);
    switch (node.kind) {
      case NodeKind::Tokens: tokens(node, sequence); break;
      case NodeKind::Indices:
        for (std::uint32_t i = 0; i < n_; ++i) sequence[i].value = Value::integer(std::int64_t{i});
        break;
      case NodeKind::Constant: constant(node, sequence); break;
      case NodeKind::Elementwise: elementwise(node, sequence); break;
      case NodeKind::Aggregate: aggregate(node, sequence); break;
      case NodeKind::SelectorWidth: width(node, sequence); break;
      default: break;
    }
    if (!tracr_) require_one_type(sequence);
  }

  // §1.2: strings and numbers do not mix. Positions that failed by themselves keep their own failure.
  void require_one_type(Sequence& sequence) {
    const Cell* first = nullptr;
    for (const Cell& c : sequence) {
      if (c.undefined >= 0) continue;
      if (!first) first = &c;
      if (c.value.is_string() != first->value.is_string()) {
        fail_everywhere(sequence, mixed_types(first->value, c.value));
        return;
      }
    }
  }

  void fail_everywhere(Sequence& sequence, Failure failure) {
    const std::int32_t index = record(std::move(failure));
    for (Cell& c : sequence) {
      if (c.undefined < 0) c = Cell{Value(), index};
    }
  }

  void tokens(const Node& node, Sequence& out) {
    static constexpr Op conversions[] = {Op::Pos, Op::ToStr, Op::ToInt, Op::ToFloat,
                                         Op::ToBool};  // by Conversion; Asis apart
    for (std::uint32_t i = 0; i < n_; ++i) {
      out[i] = cell(node.conversion == Conversion::Asis
                        ? Outcome(tokens_[i])
                        : apply(conversions[static_cast<int>(node.conversion)], tokens_.subspan(i, 1)));
    }
  }

  void constant(const Node& node, Sequence& out) {
    if (node.illegal_constant) {
      fail_everywhere(out, {"illegal-element", "type",
                            "a list, dictionary, function or selector cannot be an element of a sequence",
                            "elements are ints, floats, bools and strings"});
      return;
    }
    charge((weight(node.constant) - 48) * n_);
    for (Cell& c : out) c.value = node.constant;
  }

  void elementwise(const Node& node, Sequence& out) {
    std::array<Value, 3> operands;
    const std::size_t arity = std::min<std::size_t>(node.args.size(), operands.size());
    const std::uint32_t table = node.table ? static_cast<std::uint32_t>(node.table->entries.size()) : 0;
    for (std::uint32_t i = 0; i < n_; ++i) {
      std::int32_t undefined = -1;
      std::uint32_t cost = table;
      for (std::size_t a = 0; a < arity && undefined < 0; ++a) {
        const Cell& c = out_.sequences[node.args[a]][i];
        undefined = c.undefined;
        operands[a] = c.value;
        cost += effort(c.value);
      }
      budget_.tick(cost);
      if (undefined >= 0) {
        out[i].undefined = undefined;
      } else {
        out[i] = cell(apply(node, std::span<const Value>(operands.data(), arity)));
      }
    }
  }

  std::uint32_t visible(std::uint32_t query) const { return causal_ ? query + 1 : n_; }

  void select(const Node& node, Matrix& out) {
    const Sequence& keys = out_.sequences[node.args[0]];
    const Sequence& queries = out_.sequences[node.args[1]];
    std::uint32_t first_undefined_key = n_;
    for (std::uint32_t k = n_; k-- > 0;) {
      if (keys[k].undefined >= 0) first_undefined_key = k;
    }
    std::vector<std::uint32_t> ranks;
    const bool ranked = node.op != Op::Tabulated && ranks_of(node.op, keys, queries, ranks);
    for (std::uint32_t q = 0; q < n_; ++q) {
      budget_.tick(n_ / 8 + 1);
      if (queries[q].undefined >= 0) {
        out.row_undefined[q] = queries[q].undefined;
      } else if (first_undefined_key < visible(q)) {
        out.row_undefined[q] = keys[first_undefined_key].undefined;
      } else if (ranked) {
        compare_ranks(node.op, ranks.data(), ranks[n_ + q], visible(q), &out.bits[std::size_t{q} * n_]);
      } else {
        compare_values(node, keys, queries[q].value, q, out);
      }
    }
  }

  void compare_values(const Node& node, const Sequence& keys, const Value& query, std::uint32_t q, Matrix& out) {
    for (std::uint32_t k = 0; k < visible(q); ++k) {
      budget_.tick();
      Failure failure;
      bool failed = false;
      const bool hit = selects(node, keys[k].value, query, failure, failed);
      if (failed) {
        out.row_undefined[q] = record(std::move(failure));
        return;
      }
      out.bits[std::size_t{q} * n_ + k] = hit;
    }
  }

  bool selects(const Node& node, const Value& key, const Value& query, Failure& failure, bool& failed) const {
    if (node.op != Op::Tabulated) {
      if (tracr_ && (key.is_opaque() || query.is_opaque())) {
        failed = true;
        failure = {"none-compared", "operand_type",
                   "a comparison of " + key.repr() + " with " + query.repr() + " has no meaning",
                   "select with a lambda that says what None is to do"};
        return false;
      }
      return compare(node.op, key, query, failure, failed);
    }
    const std::array<Value, 2> pair{key, query};
    Outcome outcome = node.function->at(pair);
    failed = std::holds_alternative<Failure>(outcome);
    if (failed) failure = std::move(std::get<Failure>(outcome));
    return !failed && std::get<Value>(outcome).truthy();
  }

  void combine(const Node& node, Matrix& out) {
    const Matrix& a = out_.matrices[node.args[0]];
    const Matrix* b = node.args.size() > 1 ? &out_.matrices[node.args[1]] : nullptr;
    for (std::uint32_t q = 0; q < n_; ++q) {
      budget_.tick(n_ / 8 + 1);
      std::int32_t& undefined = out.row_undefined[q];
      undefined = a.row_undefined[q];
      if (undefined < 0 && b) undefined = b->row_undefined[q];
      if (undefined >= 0) continue;
      const std::size_t row = std::size_t{q} * n_;
      for (std::size_t i = row; i < row + visible(q); ++i) {  // what is masked stays out of a `not`, too
        out.bits[i] = node.kind == NodeKind::SelectorNot   ? !a.bits[i]
                      : node.kind == NodeKind::SelectorAnd ? a.bits[i] & b->bits[i]
                                                           : a.bits[i] | b->bits[i];
      }
    }
  }

  void width(const Node& node, Sequence& out) {
    const Matrix& selector = out_.matrices[node.args[0]];
    for (std::uint32_t q = 0; q < n_; ++q) {
      budget_.tick(n_ / 8 + 1);
      out[q].undefined = selector.row_undefined[q];
      if (out[q].undefined >= 0) continue;
      const auto row = selector.bits.begin() + static_cast<std::ptrdiff_t>(std::size_t{q} * n_);
      if (node.args.size() == 1) out[q].value = Value::integer(std::accumulate(row, row + n_, std::int64_t{0}));
      else sum(row, out_.sequences[node.args[1]], out[q]);
    }
  }

  template <class Row>
  void sum(Row row, const Sequence& values, Cell& out) {
    double total = 0;
    for (std::uint32_t k = 0; k < n_; ++k) {
      if (values[k].undefined >= 0) out.undefined = values[k].undefined;
      else if (row[k]) total += values[k].value.number();
    }
    out.value = Value::integer(static_cast<std::int64_t>(total));
  }

  // §4.10
  void aggregate(const Node& node, Sequence& out) {
    const Matrix& selector = out_.matrices[node.args[0]];
    const Sequence& values = out_.sequences[node.args[1]];
    std::vector<Value> defined;
    std::vector<double> numbers(n_, 0.0);
    bool plain = true;  // adding `numbers` in double gives what adding the values gives
    for (std::uint32_t k = 0; k < n_; ++k) {
      if (values[k].undefined >= 0) continue;
      const Value& v = values[k].value;
      defined.push_back(v);
      if (!v.is_number()) continue;
      numbers[k] = v.number();
      constexpr double small = 1ull << 40;  // sums of 2^13 such ints are exact
      if (v.kind() != Kind::Float && (!v.int64() || std::fabs(numbers[k]) > small)) plain = false;
    }
    plain = plain && n_ <= 1u << 13;
    const char* label = defined.empty() || tracr_ ? "int" : sequence_type(defined).label;
    const bool numeric = label && (label[0] == 'i' || label[0] == 'f');
    bool mean_of_others = false;
    std::vector<std::uint32_t> hits;
    for (std::uint32_t q = 0; q < n_; ++q) {
      budget_.tick(n_ / 8 + 1);
      Cell& c = out[q];
      c.undefined = selector.row_undefined[q];
      if (c.undefined >= 0) continue;
      hits.clear();
      for (std::uint32_t k = 0; k < visible(q); ++k) {
        if (selector.at(q, k)) hits.push_back(k);
        if (c.undefined < 0) c.undefined = values[k].undefined;
      }
      if (c.undefined >= 0) continue;
      if (hits.empty()) {
        c = cell(node.constant);
      } else if (hits.size() == 1) {
        c = cell(values[hits[0]].value);
      } else if (!numeric) {
        mean_of_others = true;
      } else if (tracr_ &&
                 std::any_of(hits.begin(), hits.end(), [&](std::uint32_t k) { return !values[k].value.is_number(); })) {
        const auto other =
            std::find_if(hits.begin(), hits.end(), [&](std::uint32_t k) { return !values[k].value.is_number(); });
        c = cell(Failure{
            "average-non-number", "average_non_number",
            "a row selects several positions, and there is no mean with " + values[*other].value.repr() + " among them",
            "make the selector pick at most one position in each row, or numbers only"});
      } else if (plain) {
        double sum = 0;
        for (std::uint32_t k : hits) sum += numbers[k];
        c.value = Value::real(sum / static_cast<double>(hits.size()));
      } else {
        c = mean(values, hits);
      }
    }
    if (mean_of_others) fail_everywhere(out, no_mean_of(label && label[0] == 's'));
  }

  static Failure no_mean_of(bool strings) {
    return {"average-non-number", "average_non_number",
            std::string("a row selects several positions, and a mean of ") + (strings ? "strings" : "bools") +
                " does not exist",
            strings ? "make the selector pick at most one position in each row"
                    : "make the selector pick at most one position in each row, or average `indicator(…)`"};
  }

  Cell mean(const Sequence& values, const std::vector<std::uint32_t>& hits) {
    std::array<Value, 2> pair{Value::integer(std::int64_t{0}), Value()};
    for (std::uint32_t k : hits) {
      pair[1] = values[k].value;
      budget_.tick(effort(pair[0]) + effort(pair[1]));
      Outcome sum = rasp::apply(Op::Add, pair);
      if (std::holds_alternative<Failure>(sum)) return cell(std::move(sum));
      pair[0] = std::move(std::get<Value>(sum));
    }
    pair[1] = Value::real(1.0);
    Outcome sum = rasp::apply(Op::Mul, pair);
    if (std::holds_alternative<Failure>(sum)) return cell(std::move(sum));
    return cell(Value::real(std::get<Value>(sum).number() / static_cast<double>(hits.size())));
  }

  const Graph& graph_;
  const std::span<const Value> tokens_;
  const bool causal_, tracr_;
  const std::uint32_t n_;
  Budget& budget_;
  Evaluation out_;
  NodeId node_ = no_node;
  std::size_t first_failure_of_node_ = 0;
  std::uint64_t cells_ = 0;
};

}  // namespace

SequenceType sequence_type(std::span<const Value> values) {
  bool bools = true, ints = true;
  for (const Value& v : values) {
    if (v.is_string() != values[0].is_string()) return {nullptr, mixed_types(values[0], v)};
    bools = bools && v.kind() == Kind::Bool;
    ints = ints && (v.kind() == Kind::Bool || v.kind() == Kind::Int);
  }
  if (!values.empty() && values[0].is_string()) return {"string", {}};
  return {bools && !values.empty() ? "bool" : ints ? "int" : "float", {}};
}

const Undefined* Evaluation::failure_of(NodeId id) const {
  for (const Cell& c : sequences[id]) {
    if (c.undefined >= 0) return &failures[static_cast<std::size_t>(c.undefined)];
  }
  for (std::int32_t undefined : matrices[id].row_undefined) {
    if (undefined >= 0) return &failures[static_cast<std::size_t>(undefined)];
  }
  return nullptr;
}

bool Evaluation::defined(NodeId id) const { return failure_of(id) == nullptr; }

Evaluation evaluate(const Graph& graph, std::span<const Value> tokens, bool causal, std::span<const NodeId> roots,
                    Budget& budget) {
  return evaluate(graph, tokens, causal, roots, budget, {});
}

Evaluation evaluate(const Graph& graph, std::span<const Value> tokens, bool causal, std::span<const NodeId> roots,
                    Budget& budget, std::span<const Forced> forced) {
  return Evaluator(graph, tokens, causal, budget).run(roots, forced);
}

}  // namespace rasp
