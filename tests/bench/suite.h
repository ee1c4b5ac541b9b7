// What is measured: models by name, each with one input of its full length.
#pragma once
#include <map>
#include <string>
#include <vector>
#include "model/transformer.h"

namespace rasp::bench {

struct Subject {
  std::string name, group;  // models of one group differ in length or vocabulary only
  std::int32_t length = 0;  // tokens, BOS not counted
  std::int32_t vocabulary = 0;
  Transformer model;
  std::vector<std::int32_t> ids;             // length + 1
  std::map<std::string, double> timings_ms;  // of the compiler's stages; empty where the model was not compiled
};

// What is compiled, and at which lengths.
struct Source {
  std::string name, program;
  std::int32_t vocabulary = 0;
  std::vector<std::int32_t> lengths;
};
const std::vector<Source>& programs();
Subject compiled(const Source& source, std::int32_t length);

// The sparse shapes that compilers of RASP give, at any size: codes of tokens and positions, and per layer a head that
// moves tokens, a head that counts, steps on the count, and a table over two codes.
Subject synthetic(std::int32_t length, std::int32_t vocabulary, std::int32_t layers);

}  // namespace rasp::bench
