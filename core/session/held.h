// A compiled program that a session keeps for the requests that follow.
#pragma once
#include <memory>
#include "session/session.h"

namespace rasp {

struct Session::Held {
  ProgramRequest request;
  Program program;
  CompiledModel model;
  std::unique_ptr<Runner> runner;
};

}  // namespace rasp
