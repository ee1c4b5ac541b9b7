// Experiments as data: a list of Intervention (schema/contract.schema.json) read for one model and one input.
#pragma once
#include <string>
#include <vector>
#include "compile.h"
#include "model/forward.h"
#include "run/verify.h"
#include "session/documents.h"

namespace rasp {

// What the model's pass and the program are to be done with.
struct Experiments {
  std::vector<Intervention> model;
  std::vector<Forced> program;  // of interchange interventions: what the interpreter does likewise
};

// `plain` holds all nodes up to the output on this input, without experiments; T counts BOS. Null, or a failure
// document with the code "bad-intervention". Throws LimitExceeded.
Json read_interventions(const Json& list, const Elaboration& program, Runner& runner, const Evaluation& plain,
                        std::int32_t T, Budget& budget, Experiments& out);

// A code of which several dimensions stand for one value: of combinations of its s-op's values with another's. To put
// another input's values there would change that other one, too; the model makes it anew from both.
bool combined(const Subspace& subspace);

// The s-op of that name, or the one that a subspace has as its label, in `named` a string or the number of a node;
// no_node where there is none.
NodeId held_s_op(const Json& named, const Elaboration& program, const CompiledModel& model);

}  // namespace rasp
