// A second proof of a model, from its weights: margins and leakage computed again, with none of the lemmas' code and
// none of the amplitudes that assembly chose. What it takes from the compiler is what the residual stream's directions
// mean, and the table of an MLP's thresholds; what it says is whether the compiler's bounds hold.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>
#include "model/transformer.h"

namespace rasp::proof {

// One subspace of the residual stream, and the compiler's bounds of it.
struct Claim {
  std::string label;
  bool one_hot = true;  // else a number, in one dimension
  std::vector<std::int32_t> dimensions;
  std::int32_t written = 0, dead = -1;  // half-layers: 0 embeddings, 2L+1 attention L, 2L+2 MLP L; dead -1: never
  double largest = 1;                   // |number|, at most
  bool several = false;                 // written by a head whose rows may select several keys
  // Written by a head: what every position but BOS holds before (the value of a row that selects nothing), -1 or 0:
  // nothing; and for a number the form that is fetched, less that: constant + Σ coefficient·dimension.
  std::int32_t initial_dimension = -1;
  double initial = 0, constant = 0;
  std::vector<std::pair<std::int32_t, double>> form;
  bool summed = false;  // written by a head that counts: the sum of the form over the selected keys
  double total = 0;     // of which the absolute values add up to this, at most
  double margin = 1, error = 0, spread = 0;
};

// The steps of one row of an MLP: consecutive pairs of neurons that read one linear form x = constant + Σ
// coefficient·dimension.
struct StepClaim {
  std::int32_t begin = 0;                             // first neuron of the first pair
  std::int32_t start = -1;                            // neuron that fires while the row is open; -1: none
  bool opens = true;                                  // some class opens it
  std::vector<std::pair<double, double>> neighbours;  // [pair] no value of x lies between the two
  double low = 0, high = 0;                           // range of x, whether the row is open or not
  double constant = 0;
  std::vector<std::pair<std::int32_t, double>> form;  // (dimension, coefficient)
  bool passed = false;                                // no steps: neuron `begin` is x - low while the row is open
};

struct OutputClaim {
  enum class Kind : std::uint8_t { Columns, Number, Lines } kind = Kind::Columns;
  bool whole = false;                                 // Number: not listed, and all of them ints
  std::vector<double> values;                         // Number: that the output can have, ascending; empty: not listed
  double constant = 0;                                // Number, Lines: of the form that they read
  std::vector<std::pair<std::int32_t, double>> form;  // Number, Lines
  std::vector<std::pair<double, double>> neighbours;  // Lines: [threshold] no value of the form lies between the two
  double margin = 1;
};

struct HeadClaim {
  bool nothing = false, counts = false;
};  // selects nothing; counts what it selects

struct Claims {
  std::vector<Claim> subspaces;
  std::vector<std::vector<HeadClaim>> heads;  // [layer][head]
  std::vector<std::vector<StepClaim>> steps;  // [layer]
  OutputClaim output;
  std::int32_t bos_dimension = 0;
};

struct CheckedLink {
  std::string label;                         // of the subspace; "output"
  double margin = 1, error = 0, spread = 0;  // computed from the weights
  double claimed_margin = 1, claimed_error = 0, claimed_spread = 0;
};

struct Verdict {
  bool confirmed = false;  // every margin is positive, no bound of the compiler is too good, no weight is out of place
  double worst_margin = 1;
  std::vector<CheckedLink> links;   // in the order of half-layers, the output last
  std::vector<std::string> faults;  // in words; empty where confirmed
};

Verdict check_claims(const Transformer& model, const Claims& claims);

}  // namespace rasp::proof
