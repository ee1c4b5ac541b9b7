// MLPs: neurons of lookups and steps, and what they do to errors.
#include "compiler/assembler.h"
#include "proof/amplitudes.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace rasp {

// Adds one neuron: Σ scale·[input ∈ set] + bias (the caller adds the axis); returns its index.
std::int32_t Assembler::gate_neuron(Neurons& w, const Unit& unit, const Gate& gate, double scale, double bias) {
  const auto index = static_cast<std::int32_t>(w.bias.size());
  for (const auto& [input, set] : gate.inputs) {
    const CodeRead& read = unit.inputs[input];
    const Unit& source = plan_.units[read.unit];
    for (std::size_t c = 0; c < source.kept.size(); ++c) {
      const std::uint32_t s = source.class_signature[c][read.demand];
      if (s == no_signature || dims_[read.unit][c] < 0 || std::find(set.begin(), set.end(), s) == set.end()) continue;
      w.in.emplace_back(dims_[read.unit][c], index, static_cast<float>(scale));
    }
  }
  w.bias.push_back(static_cast<float>(bias));
  return index;
}

// Output of a row: +weight on the class's dimension, or weight·number on the number's.
void Assembler::emit(Neurons& w, UnitId id, std::int32_t neuron, std::uint32_t outcome, double weight) {
  const Unit& unit = plan_.units[id];
  if (outcome == no_signature) return;
  if (unit.kind == UnitKind::MlpNumber) {
    if (unit.numbers[outcome] != 0)
      w.out.emplace_back(neuron, dims_[id][0], static_cast<float>(weight * unit.numbers[outcome]));
  } else if (dims_[id][outcome] >= 0) {
    w.out.emplace_back(neuron, dims_[id][outcome], static_cast<float>(weight));
  }
}

std::string Assembler::outcome_label(const Unit& unit, std::uint32_t outcome) const {
  if (unit.kind == UnitKind::MlpNumber) return Value::real(unit.numbers[outcome]).str();
  if (outcome < unit.class_values.size() && !unit.class_values[outcome].empty())
    return c_.values[unit.class_values[outcome][0]].str();
  return "";
}

// Whether some class of every input opens it: values that nothing tells apart, or reads, have no dimension.
bool Assembler::opens(const Unit& unit, const Gate& gate) const {
  std::map<UnitId, std::vector<bool>> open;  // [class] in the sets of all inputs that read the unit
  for (const auto& [input, set] : gate.inputs) {
    const CodeRead& read = unit.inputs[input];
    const Unit& source = plan_.units[read.unit];
    auto& classes = open.try_emplace(read.unit, source.kept.size(), true).first->second;
    for (std::size_t c = 0; c < source.kept.size(); ++c) {
      const std::uint32_t s = source.class_signature[c][read.demand];
      classes[c] = classes[c] && s != no_signature && dims_[read.unit][c] >= 0 &&
                   std::find(set.begin(), set.end(), s) != set.end();
    }
  }
  return std::all_of(open.begin(), open.end(),
                     [](const auto& x) { return std::count(x.second.begin(), x.second.end(), true) > 0; });
}

proof::GateInputs Assembler::gate_inputs(const Unit& unit, const Gate& gate) const {
  proof::GateInputs all{static_cast<double>(gate.inputs.size()), 0, 0};
  for (const auto& [input, set] : gate.inputs) {
    const proof::Accuracy a = accuracy(unit.inputs[input].unit);
    all.spread += a.spread;
    all.terms += a.terms;
  }
  return all;
}

double Assembler::weight_of(const Unit& unit, std::uint32_t outcome) const {
  if (outcome == no_signature) return 0;
  return unit.kind == UnitKind::MlpNumber ? std::fabs(unit.numbers[outcome]) : 1;
}

void Assembler::mlp(Layer& layer, std::size_t l) {
  Neurons w;
  for (UnitId id : schedule_.mlps[l]) {
    const Unit& unit = plan_.units[id];
    NeuronGroup group;
    group.node = unit.node;
    group.begin = static_cast<std::int32_t>(w.bias.size());
    group.label = label(id);
    group.how = unit.saturated ? "clean" : unit.steps.empty() ? "lookup" : "steps";
    Bound bound = unit.saturated ? cleaned(w, id) : lookups(w, id);
    if (unit.has_axis) bound = proof::both(bound, steps(w, id));
    record(
        id,
        unit.has_axis ? "threshold gap against the error of the number it reads" : "sum of codes against its threshold",
        bound);
    group.end = static_cast<std::int32_t>(w.bias.size());
    group.neuron_labels.assign(w.labels.begin() + group.begin, w.labels.end());
    m_.layers[l].neurons.push_back(std::move(group));
  }
  clear(w, l);
  const auto d_mlp = static_cast<std::int32_t>(w.bias.size());
  layer.mlp.W_in = sparse(t_.d_model, d_mlp, w.in);
  layer.mlp.b_in = w.bias;
  layer.mlp.W_out = sparse(d_mlp, t_.d_model, w.out);
  layer.mlp.b_out.assign(static_cast<std::size_t>(t_.d_model), 0);
}

// Takes away what dimensions hold that others use from here on: see residual_layout.h.
void Assembler::clear(Neurons& w, std::size_t l) {
  const auto& clears = layout_.clears[l];
  for (std::size_t i = 0; i < clears.size();) {
    const UnitId id = clears[i].unit;
    NeuronGroup group;
    group.node = plan_.units[id].node;
    group.begin = static_cast<std::int32_t>(w.bias.size());
    group.label = label(id);
    group.how = "clear";
    for (; i < clears.size() && clears[i].unit == id; ++i)
      for (float sign = 1; sign >= (clears[i].both_signs ? -1 : 1); sign -= 2) {
        const auto neuron = static_cast<std::int32_t>(w.bias.size());
        w.in.emplace_back(clears[i].dimension, neuron, sign);
        w.out.emplace_back(neuron, clears[i].dimension, -sign);
        w.bias.push_back(0);
        w.labels.push_back("clears " + m_.residual_labels[static_cast<std::size_t>(clears[i].dimension)] +
                           (sign < 0 ? " below 0" : ""));
      }
    group.end = static_cast<std::int32_t>(w.bias.size());
    group.neuron_labels.assign(w.labels.begin() + group.begin, w.labels.end());
    m_.layers[l].neurons.push_back(std::move(group));
  }
}

// relu(2·Σ - (2k-1)) over the k inputs of a gate: exactly 0 unless all hold, as long as the pre-activation is off by
// less than 1 (lemma 5).
std::int32_t Assembler::gate_start(Neurons& w, const Unit& unit, const Gate& gate) {
  const auto k = static_cast<double>(gate.inputs.size());
  const std::int32_t neuron = gate_neuron(w, unit, gate, 2, k == 0 ? 1 : 1 - 2 * k);
  if (k == 0) w.in.emplace_back(bos_, neuron, -2.f);
  return neuron;
}

// Exactly one row fires where the s-op has a value, and the others stay at zero.
Assembler::Bound Assembler::lookups(Neurons& w, UnitId id) {
  const Unit& unit = plan_.units[id];
  Bound bound;
  for (const LookupRow& row : unit.lookups) {
    if (!opens(unit, row.gate)) continue;  // no class that is kept opens it
    const std::int32_t neuron = gate_start(w, unit, row.gate);
    w.labels.push_back(label(id) + " = " + outcome_label(unit, row.output));
    emit(w, id, neuron, row.output, 1);
    const double gate = proof::gate_error(gate_inputs(unit, row.gate));
    bound = proof::both(bound, proof::lookup_row(gate, weight_of(unit, row.output), unit.kind == UnitKind::MlpNumber));
  }
  return bound;
}

// relu(2x + ½) - relu(2x - ½) with x one dimension of a code less ½: exactly 0 below, and above it the difference of
// two numbers of which each is rounded once, as long as x is off by less than ¼ (lemma 7).
Assembler::Bound Assembler::cleaned(Neurons& w, UnitId id) {
  const Unit& unit = plan_.units[id];
  const auto layer = static_cast<std::size_t>(schedule_.written[id] / 2 - 1);
  for (const LookupRow& row : unit.lookups)
    for (const float weight : {1.f, -1.f}) {
      if (weight > 0)
        m_.claims.steps[layer].push_back({static_cast<std::int32_t>(w.bias.size()), -1, true, {{0, 1}}, 0, 1, 0, {}});
      const std::int32_t neuron = gate_neuron(w, unit, row.gate, 2, weight > 0 ? -0.5 : -1.5);
      w.labels.push_back(label(id) + " = " + outcome_label(unit, row.output) + (weight > 0 ? "" : ", no more than 1"));
      emit(w, id, neuron, row.output, static_cast<double>(weight));
      if (weight > 0) m_.claims.steps[layer].back().form = {{w.in.back().row(), 1}};  // one class
    }
  return proof::restored(error_[unit.inputs[0].unit]);
}

// The row whose gate is open computes; the others are held below zero by a barrier that the axis cannot climb.
Assembler::Bound Assembler::steps(Neurons& w, UnitId id) {
  Bound bound;
  for (const StepRow& row : plan_.units[id].steps)
    if (opens(plan_.units[id], row.gate))
      bound = proof::both(bound, row.passed ? passed_row(w, id, row) : step_row(w, id, row));
  return bound;
}

// slope·x + intercept where the gate is open: relu(x - low + B·Σ - B·k) and a constant (lemma 8).
Assembler::Bound Assembler::passed_row(Neurons& w, UnitId id, const StepRow& row) {
  const Unit& unit = plan_.units[id];
  const auto k = static_cast<double>(row.gate.inputs.size());
  const double barrier =
      proof::power_of_two_above(2 * (row.high - row.low) + std::fabs(unit.axis.constant - row.low) + 1);
  const double start = row.slope * row.low + row.intercept;
  std::int32_t constant = -1;
  if (start != 0) {
    constant = gate_start(w, unit, row.gate);
    w.out.emplace_back(constant, dims_[id][0], static_cast<float>(start));
    w.labels.push_back(label(id) + " start");
  }
  const std::int32_t neuron = gate_neuron(w, unit, row.gate, barrier, unit.axis.constant - row.low - barrier * k);
  Biases unused;
  read_form(unit.axis, 0, neuron, w.in, unused, 1);
  w.out.emplace_back(neuron, dims_[id][0], static_cast<float>(row.slope));
  w.labels.push_back(label(id) + " passed on");
  m_.claims.steps[static_cast<std::size_t>(schedule_.written[id] / 2 - 1)].push_back({neuron,
                                                                                      constant,
                                                                                      opens(unit, row.gate),
                                                                                      {},
                                                                                      row.low,
                                                                                      row.high,
                                                                                      unit.axis.constant,
                                                                                      directions(unit.axis),
                                                                                      true});
  return proof::passed_number(proved(unit.axis), gate_inputs(unit, row.gate), {row.low, row.high, barrier}, row.slope,
                              start);
}

// step = relu(L(x-t)+½) - relu(L(x-t)-½), exactly 0 or 1 outside t ± 1/(2L) (lemma 8).
// Each step is turned to the side on which its pre-activations stay small: those below the middle count down, the
// others up, so that at any x only one of the two groups is active.
Assembler::Bound Assembler::step_row(Neurons& w, UnitId id, const StepRow& row) {
  const Unit& unit = plan_.units[id];
  const bool number = unit.kind == UnitKind::MlpNumber;
  const auto k = static_cast<double>(row.gate.inputs.size());
  const bool single = unit.axis.numbers.size() == 1 && unit.axis.codes.empty() && k == 0;  // one term beside the bias
  proof::StepRow facts(proved(unit.axis), single, gate_inputs(unit, row.gate), row.low, row.high);
  auto dimension = [&](std::uint32_t outcome) { return number ? 0 : outcome; };
  // Constant part: the first outcome, plus what the downward steps take away again. They telescope.
  const std::uint32_t start = turning_outcome(row);
  if (writes(unit, start)) {
    const std::int32_t neuron = gate_start(w, unit, row.gate);
    w.labels.push_back(label(id) + " start");
    emit(w, id, neuron, start, 1);
    facts.start(dimension(start), weight_of(unit, start));
  }
  const auto begin = static_cast<std::int32_t>(w.bias.size());
  proof::StepClaim claim{begin,
                         writes(unit, start) ? begin - 1 : -1,
                         opens(unit, row.gate),
                         {},
                         row.low,
                         row.high,
                         unit.axis.constant,
                         directions(unit.axis)};
  for (std::size_t i = 0; i < row.thresholds.size(); ++i) {
    const double t = row.thresholds[i];
    claim.neighbours.emplace_back(t - row.gaps[i] / 2, t + row.gaps[i] / 2);
    const bool down = counts_down(row, i);
    const proof::StepAmplitude a = proof::choose_step(t, row.gaps[i], down, row.low, row.high, unit.axis.constant);
    proof::StepRow::Step step{t, a.slope, a.barrier, down, a.side, 0};
    this->step(w, id, row, i, step);
    const double wanted = a.slope * (down ? -1 : 1) * (unit.axis.constant - t) - 0.5 - a.barrier * k;
    step.bias_error = std::fabs(static_cast<double>(w.bias.back()) - wanted);
    facts.add(step);
    if (number) facts.writes(step, 0, std::fabs(jump(unit, row, i)));
    else
      for (std::uint32_t o : {row.outputs[i], row.outputs[i + 1]})
        if (o != no_signature) facts.writes(step, o, 1);
  }
  if (!claim.neighbours.empty())
    m_.claims.steps[static_cast<std::size_t>(schedule_.written[id] / 2 - 1)].push_back(std::move(claim));
  return facts.bound();
}

// By how much the number changes at a threshold.
double Assembler::jump(const Unit& unit, const StepRow& row, std::size_t i) {
  auto value = [&](std::uint32_t o) { return o == no_signature ? 0.0 : unit.numbers[o]; };
  return value(row.outputs[i + 1]) - value(row.outputs[i]);
}

// The two neurons of one step. At BOS the codes are zero and so is the axis: there a closed gate or the BOS dimension
// keeps them at zero.
void Assembler::step(Neurons& w, UnitId id, const StepRow& row, std::size_t i, const proof::StepRow::Step& step) {
  const Unit& unit = plan_.units[id];
  const bool down = step.down;
  const double slope = step.slope, barrier = step.barrier;
  const auto k = static_cast<double>(row.gate.inputs.size());
  const double t = row.thresholds[i], sign = down ? -1 : 1;
  const double at_bos = slope * sign * (unit.axis.constant - t);
  for (int half = 0; half < 2; ++half) {
    const double offset = half == 0 ? 0.5 : -0.5;
    const std::int32_t neuron = gate_neuron(w, unit, row.gate, barrier, 0);
    Biases unused;
    read_form(unit.axis, 0, neuron, w.in, unused, slope * sign);
    w.bias[static_cast<std::size_t>(neuron)] = static_cast<float>(at_bos + offset - barrier * k);
    if (k == 0 && at_bos + offset > 0)
      w.in.emplace_back(bos_, neuron, static_cast<float>(-proof::power_of_two_above(at_bos + 2)));
    w.labels.push_back(label(id) + (down ? " below " : " above ") + Value::real(t).str());
    const double weight = half == 0 ? 1 : -1;
    if (unit.kind == UnitKind::MlpNumber) {
      if (const double j = jump(unit, row, i); j != 0)
        w.out.emplace_back(neuron, dims_[id][0], static_cast<float>(down ? -weight * j : weight * j));
      continue;
    }
    emit(w, id, neuron, row.outputs[down ? i : i + 1], weight);
    emit(w, id, neuron, row.outputs[down ? i + 1 : i], -weight);
  }
}

}  // namespace rasp
