#include "base/limits.h"

namespace rasp {

Budget::Budget(Limits limits)
    : limits_(limits), deadline_(std::chrono::steady_clock::now() + std::chrono::milliseconds(limits.milliseconds)) {}

void Budget::look_at_clock() {
  counter_ = 0;
  if (limits_.milliseconds != 0 && std::chrono::steady_clock::now() > deadline_) {
    throw LimitExceeded{"limit-time", limits_.milliseconds};
  }
}

}  // namespace rasp
