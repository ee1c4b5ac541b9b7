// `pattern % value`, as Python formats one value by a string.
#pragma once
#include "rasp/graph.h"

namespace rasp {

// Every conversion of Python 3 (%d %i %u %o %x %X %e %E %f %F %g %G %c %s %r %a %%) with flags, width and precision.
// What needs a tuple or a dictionary on the right ("*", "%(name)s", two values) is refused. At most `most` code points.
Outcome percent_format(const Value& pattern, const Value& value, std::size_t most);

}  // namespace rasp
