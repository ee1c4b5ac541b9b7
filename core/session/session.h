// The engine behind one function: a JSON request in, a JSON document out. Used by the WebAssembly module (page and
// command line) and by the native twin. Never throws; every failure is {"ok": false, "diagnostics": […]}.
// Requests and results: core/session/schema/contract.schema.json.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>
#include "run/verify.h"

namespace rasp {

struct HeldModel;

class Session {
 public:
  Session();
  virtual ~Session();
  std::string request(const std::string& json);
  const std::vector<float>& arena() const { return arena_; }  // of the last `trace`
  const std::string& bytes() const { return bytes_; }         // of the last `export`

 protected:
  virtual Json dispatch(const Json& request);  // throws Rejection, LimitExceeded, std::bad_alloc
  // What the laboratory's engine alone can do, so that the page's first load does not carry it.
  virtual Json write_listing(const HeldModel& held, const Json& request);
  HeldModel& held(const Json& request);  // a compiled program under a handle; throws Rejection
  virtual void check_proof(const CompiledModel& model, Json& check, Diagnostics& diagnostics);
  std::string bytes_;

 private:
  Json analyze(const Json& request);
  Json compile(const Json& request);
  Json eval(const Json& request);
  Json run(const Json& request);
  Json check(const Json& request);
  Json trace(const Json& request);
  Json extend(const Json& request);
  Json weights(const Json& request);
  Json explain(const Json& request);
  Json compare_passes(const Json& request);
  Json export_model(const Json& request);
  Json library() const;
  Json format(const Json& request) const;

  std::map<int, std::unique_ptr<HeldModel>> held_;
  int next_handle_ = 1;
  std::vector<float> arena_;
};

}  // namespace rasp
