// The session with experiments: what the page's laboratory and the commands `train`, `discover` and `plan` load. A
// Session in all else.
#pragma once
#include "lab/experiment.h"
#include "session/session.h"

namespace rasp::lab {

class Laboratory : public Session {
 public:
  Laboratory();
  ~Laboratory() override;

 protected:
  Json dispatch(const Json& request) override;
  Json write_listing(const HeldModel& held, const Json& request) override;
  void check_proof(const CompiledModel& model, Json& check, Diagnostics& diagnostics) override;

 private:
  Json start(const Json& request);
  Json discover(const Json& request);
  Json interchange(const Json& request);
  Json export_run(const Json& request);
  Json turn(const Json& request);
  Experiment& experiment(const Json& request);

  std::map<int, std::unique_ptr<Experiment>> runs_;  // few: the oldest goes first
  int next_run_ = 1;
};

}  // namespace rasp::lab
