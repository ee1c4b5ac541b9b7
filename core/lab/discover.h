// The command `discover`: the circuit of a model, and how well methods find it.
#pragma once
#include "lab/circuit.h"
#include "session/documents.h"
#include "session/request.h"

namespace rasp::lab {

// What methods are run on: a compiled model, a compressed one (its circuit is the compiled one's) or a twin (whose
// circuit nobody knows).
struct Subject {
  const CompiledModel& model;
  Network<float>& network;
  const Examples& examples;
  Circuit circuit;       // with what is known of it
  bool compiled = true;  // network holds the compiled model's own weights
  bool owned = true;     // nodes are the compiled model's heads and MLPs
};

// {program… or run and step?, methods?: [name, …], pairs?: number of input pairs that methods see, witnesses?: number
// searched for causal edges, seed?} → DiscoverResult of core/lab/schema. Throws Rejection and LimitExceeded.
Json discover(const Json& request);
Json discover(const Json& request, Subject subject, Budget& budget, Diagnostics& diagnostics, const Locator& locator);

// A number of a request from 1 to `most`. Throws Rejection.
std::size_t amount(const Json& request, const char* key, std::size_t fallback, std::size_t most);
// Pairs of inputs of one length; where there are none, an error.
std::vector<InputPair> pairs_of(const Examples& examples, std::size_t count, std::uint64_t seed,
                                Diagnostics& diagnostics);

}  // namespace rasp::lab
