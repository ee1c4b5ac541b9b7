// The command `discover`: the circuit of a compiled model, and how well methods find it.
#pragma once
#include "session/request.h"

namespace rasp::lab {

// {program…, methods?: [name, …], pairs?: number of input pairs that methods see, witnesses?: number searched for causal edges, seed?,
//  examples?} → DiscoverResult of core/lab/schema. Throws BadRequest and LimitExceeded.
Json discover(const Json& request);

}  // namespace rasp::lab
