// Internal to assembly: see assemble.h. One object a model; its parts fill the weights block by block and carry the
// bound of the proof along.
#pragma once
#include <map>
#include <tuple>
#include "compiler/assemble.h"
#include "compiler/residual_layout.h"
#include "proof/lemmas.h"

namespace rasp {

class Assembler {
 public:
  Assembler(const PlanContext& context, const Plan& plan, const Schedule& schedule, bool balance, CompiledModel& model);
  void run(NodeId output);

 private:
  using Triplet = Eigen::Triplet<float, std::int32_t>;
  using Biases = std::vector<std::pair<std::int32_t, double>>;

  // Entries of one head before the common d_head is known.
  struct HeadDraft {
    std::vector<Triplet> q, k, v, o;  // q in units of the score amplitude
    Biases b_q, b_k, b_v;
    std::int32_t qk_axes = 0, ov_axes = 0;
    std::int32_t bos_axis = 0;  // where BOS, as a key, meets its own score
    double lead = 0;            // score of a selected pair in units of s; any other has at most lead - 1
    int active = 1;             // axes that are not zero for any one pair, at most
    // Of each literal: its part of `lead`, and how many dimensions of each code add up to one axis that a pair meets
    // (all of them: 0).
    struct Score {
      double lead = 1;
      std::size_t query_group = 0, key_group = 0;
    };
    std::vector<Score> scores;
    bool width = false;
    bool nothing = false;           // no pair of classes can be selected: BOS takes every row
    double total = 0, largest = 1;  // of a width or a sum: the most that a row adds up to, and the largest of its terms
    bool sensitive = false;         // adds up what several keys hold: errors of scores become errors of the sum
    std::vector<std::pair<std::int32_t, std::int32_t>> count_outputs;  // (axis, dimension) whose W_O is the count scale
  };
  struct Neurons {
    std::vector<Triplet> in, out;
    std::vector<float> bias;
    std::vector<std::string> labels;
  };
  using Bound = proof::Bound;

  // assemble.cc: residual stream, embeddings, linear forms
  std::string label_of(NodeId id) const;
  void allocate();
  void embeddings();
  std::int32_t class_of(const Unit& unit, ValueId v) const;
  Subspace& subspace(UnitId id) { return m_.subspaces[static_cast<std::size_t>(subspace_[id])]; }
  const std::string& label(UnitId id) { return subspace(id).label; }
  SparseMatrix sparse(std::int32_t rows, std::int32_t cols, const std::vector<Triplet>& entries);
  void charge(std::uint64_t entries);
  void add_constant(std::vector<Triplet>& w, Biases& b, std::int32_t axis, double weight);
  void read_form(const LinearForm& f, double constant, std::int32_t column, std::vector<Triplet>& w, Biases& b,
                 double scale = 1);
  proof::Form proved(const LinearForm& f) const;  // what the lemmas need to know of it
  std::vector<std::pair<std::int32_t, double>> directions(const LinearForm& f) const;  // (dimension, coefficient)
  proof::Accuracy accuracy(UnitId id) const;
  double largest(UnitId id) const;
  void claim();
  double at_bos(const LinearForm& f) const;  // how far from 0 it may be there
  void record(UnitId id, const char* what, const Bound& bound);
  // assemble_output.cc
  void unembed(NodeId output);
  void read_number(NodeId output, BoundLink& link);
  void read_lines(BoundLink& link);
  void read_code(BoundLink& link);
  // assemble_attention.cc
  // Of one literal: the key classes that each query class selects (rows) and the reverse (columns), and their different
  // patterns, numbered.
  // one_to_one: no key class is selected by two different query patterns.
  struct ScoreForm {
    std::vector<std::vector<std::uint32_t>> rows, columns;
    std::map<std::vector<std::uint32_t>, std::int32_t> row_index, column_index;
    std::uint64_t pairs = 0;
    bool one_to_one = false;
  };
  ScoreForm score_form(const Literal& l);
  void read_query(const Literal& l, HeadDraft& h, std::size_t row, std::int32_t axis, double weight);
  void read_key(const Literal& l, HeadDraft& h, std::size_t column, std::int32_t axis, double weight);
  void literal(const Literal& l, HeadDraft& h);
  double comparison_error(const HeadDraft& h, const Selection& selection) const;
  HeadDraft draft(const HeadPlan& plan);
  void draft_value(UnitId id, HeadDraft& h, std::int32_t& constant_axis);
  void finish_head(Layer& layer, std::size_t l, HeadDraft& h, const HeadPlan& plan, std::int32_t d_head);
  void weigh(Layer& layer, HeadDraft& h, double amplitude, double bos, double count_scale, std::int32_t d_head);
  Bound bound_head(const proof::Head& head, const Unit& unit, double count_scale) const;
  void describe_head(std::size_t l, const HeadDraft& h, const HeadPlan& plan, double count_scale);
  // assemble_mlp.cc
  void mlp(Layer& layer, std::size_t l);
  void clear(Neurons& w, std::size_t l);
  std::int32_t gate_neuron(Neurons& w, const Unit& unit, const Gate& gate, double scale, double bias);
  void emit(Neurons& w, UnitId id, std::int32_t neuron, std::uint32_t outcome, double weight);
  Bound lookups(Neurons& w, UnitId id);
  Bound cleaned(Neurons& w, UnitId id);
  Bound steps(Neurons& w, UnitId id);
  Bound passed_row(Neurons& w, UnitId id, const StepRow& row);
  Bound step_row(Neurons& w, UnitId id, const StepRow& row);
  void step(Neurons& w, UnitId id, const StepRow& row, std::size_t i, const proof::StepRow::Step& step);
  static double jump(const Unit& unit, const StepRow& row, std::size_t i);
  std::int32_t gate_start(Neurons& w, const Unit& unit, const Gate& gate);
  double weight_of(const Unit& unit, std::uint32_t outcome) const;
  std::string outcome_label(const Unit& unit, std::uint32_t outcome) const;
  proof::GateInputs gate_inputs(const Unit& unit, const Gate& gate) const;
  bool opens(const Unit& unit, const Gate& gate) const;

  const PlanContext& c_;
  const Plan& plan_;
  const Schedule& schedule_;
  CompiledModel& m_;
  Transformer& t_;
  const bool balance_;
  std::int32_t n_ = 0, bos_ = 0;
  ResidualLayout layout_;
  const std::vector<std::vector<std::int32_t>>& dims_ = layout_.dims;
  std::vector<std::int32_t> subspace_;  // [unit]
  // [unit] what is proved of the residual stream: how far one dimension may be from its exact value, and all dimensions
  // of a code at one position together (the sum). Readers of a code add dimensions up, so the second is what they meet.
  std::vector<double> error_, spread_, margin_;
  mutable std::map<UnitId, double> largest_;
  std::uint64_t weights_ = 0;  // non-zeros of all matrices so far
};

}  // namespace rasp
