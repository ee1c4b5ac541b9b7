// A compiled program: what a request compiles, and what a session keeps for the requests that follow.
#pragma once
#include <memory>
#include "run/verify.h"

namespace rasp {

struct HeldModel {
  ProgramRequest request;
  Program program;
  CompiledModel model;
  std::unique_ptr<Runner> runner;  // of the graph and the model above: it does not move
};

}  // namespace rasp
