// Internal to assembly: see assemble.h. One object a model; its parts fill the weights block by block and carry the bound of the proof along.
#pragma once
#include <tuple>
#include "compiler/assemble.h"
#include "compiler/residual_layout.h"

namespace rasp {

// 2^-24, half an ulp of 1 in float32.
constexpr double unit_roundoff = 5.9604644775390625e-8;

class Assembler {
 public:
  Assembler(const PlanContext& context, const Plan& plan, const Schedule& schedule, bool balance, CompiledModel& model);
  void run(NodeId output);

 private:
  using Triplet = Eigen::Triplet<float, std::int32_t>;
  using Biases = std::vector<std::pair<std::int32_t, double>>;

  // Entries of one head before the common d_head is known.
  struct HeadDraft {
    std::vector<Triplet> q, k, v, o;           // q in units of the score amplitude
    Biases b_q, b_k, b_v;
    std::int32_t qk_axes = 0, ov_axes = 0;
    std::int32_t bos_axis = 0;                 // where BOS, as a key, meets its own score
    double lead = 0;                           // score of a selected pair in units of s; any other has at most lead - 1
    int active = 1;                            // axes that are not zero for any one pair, at most
    // Of each literal: its part of `lead`, and how many dimensions of each code add up to one axis that a pair meets (all of them: 0).
    struct Score { double lead = 1; std::size_t query_group = 0, key_group = 0; };
    std::vector<Score> scores;
    bool width = false;
    bool sensitive = false;                    // adds up what several keys hold: errors of scores become errors of the sum
    std::vector<std::pair<std::int32_t, std::int32_t>> count_outputs;  // (axis, dimension) whose W_O is the count scale
  };
  struct Neurons {
    std::vector<Triplet> in, out;
    std::vector<float> bias;
    std::vector<std::string> labels;
  };
  // What a block makes of the errors of its inputs: the margin of its precondition (> 0: it holds), the largest error of one dimension
  // that it writes, and of all dimensions of one position together.
  struct Bound { double margin = 1, error = 0, spread = 0; };

  // assemble.cc: residual stream, embeddings, linear forms, output
  std::string label_of(NodeId id) const;
  void allocate();
  void embeddings();
  void unembed(NodeId output);
  void read_number(NodeId output, BoundLink& link);
  void read_lines(BoundLink& link);
  void read_code(BoundLink& link);
  std::int32_t class_of(const Unit& unit, ValueId v) const;
  Subspace& subspace(UnitId id) { return m_.subspaces[static_cast<std::size_t>(subspace_[id])]; }
  const std::string& label(UnitId id) { return subspace(id).label; }
  SparseMatrix sparse(std::int32_t rows, std::int32_t cols, const std::vector<Triplet>& entries);
  void charge(std::uint64_t entries);
  void add_constant(std::vector<Triplet>& w, Biases& b, std::int32_t axis, double weight);
  void read_form(const LinearForm& f, double constant, std::int32_t column, std::vector<Triplet>& w, Biases& b, double scale = 1);
  double carried_error(const LinearForm& f) const;            // of what the form reads, without the rounding of its own sum
  double magnitude(const LinearForm& f) const;                // Σ |terms|, at most
  static int terms(const LinearForm& f) { return static_cast<int>(f.numbers.size() + f.codes.size()) + 1; }  // not zero at once, at most
  double form_error(const LinearForm& f) const { return carried_error(f) + (terms(f) + 2) * unit_roundoff * magnitude(f); }
  double largest(UnitId id) const;
  void record(UnitId id, const char* what, const Bound& bound);
  // assemble_attention.cc
  void literal(const Literal& l, HeadDraft& h);
  double score_error(const HeadDraft& h, const Selection& selection) const;
  HeadDraft draft(const HeadPlan& plan);
  void draft_value(UnitId id, HeadDraft& h, std::int32_t& constant_axis);
  void finish_head(Layer& layer, std::size_t l, HeadDraft& h, const HeadPlan& plan, std::int32_t d_head);
  Bound bound_head(const HeadDraft& h, const Unit& unit, const Selection& selection, double s, double bos, double count_scale) const;
  void describe_head(std::size_t l, const HeadDraft& h, const HeadPlan& plan, double count_scale);
  // assemble_mlp.cc
  void mlp(Layer& layer, std::size_t l);
  void clear(Neurons& w, std::size_t l);
  std::int32_t gate_neuron(Neurons& w, const Unit& unit, const Gate& gate, double scale, double bias);
  void emit(Neurons& w, UnitId id, std::int32_t neuron, std::uint32_t outcome, double weight);
  Bound lookups(Neurons& w, UnitId id);
  Bound cleaned(Neurons& w, UnitId id);
  Bound steps(Neurons& w, UnitId id);
  Bound step_row(Neurons& w, UnitId id, const StepRow& row);
  void step(Neurons& w, UnitId id, const StepRow& row, std::size_t i, bool down, double slope, double barrier);
  static double jump(const Unit& unit, const StepRow& row, std::size_t i);
  double gate_start(Neurons& w, const Unit& unit, const Gate& gate, std::int32_t& neuron);
  double weight_of(const Unit& unit, std::uint32_t outcome) const;
  std::string outcome_label(const Unit& unit, std::uint32_t outcome) const;
  double input_error(const Unit& unit, const Gate& gate) const;

  const PlanContext& c_;
  const Plan& plan_;
  const Schedule& schedule_;
  CompiledModel& m_;
  Transformer& t_;
  const bool balance_;
  std::int32_t n_ = 0, bos_ = 0;
  ResidualLayout layout_;
  const std::vector<std::vector<std::int32_t>>& dims_ = layout_.dims;
  std::vector<std::int32_t> subspace_;           // [unit]
  // [unit] what is proved of the residual stream: how far one dimension may be from its exact value, and all dimensions of a code at one
  // position together (the sum). Readers of a code add dimensions up, so the second is what they meet.
  std::vector<double> error_, spread_;
  std::uint64_t weights_ = 0;                    // non-zeros of all matrices so far
};

// The least power of two that is at least x.
double power_of_two_above(double x);

}  // namespace rasp
