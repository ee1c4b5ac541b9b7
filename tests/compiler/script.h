// Scripts: a program and what has to hold of its model, in one file that a person reads. Lines that begin with #! ask:
//
//   #! proved                       its proof closes, also when it is made again from the weights alone
//   #! exact                        its proof closes, or all inputs are tried, and the model computes it on all of them
//   #! refused CODE                 it does not compile; `refused CODE: TEXT` and the message holds the text (* for any code)
//   #! refused or true              it does not compile, or nothing is claimed, or what is claimed holds on every input
//   #! "aab" -> 2.0 2.0 2.0         on this input (JSON) the model's values are these, as Python writes them;
//                                   they are the language's, not the compiler's
//   #! layers <= 2                  a size: layers heads neurons d_model d_head d_mlp parameters nonzeros; <= == >= < >.
//                                   The bound is a sum of products of numbers and sizes
//   #! without PASS: d_model > with the size without a pass; `with`: with it
//   #! for depth: layers <= 3       the same with the objective "depth", or `for depth: exact`
//   #! without promises: SIZE       without its #@ unique, values and assume
//   #! encoding numerical           how the output is held: numerical or categorical
//   #! under TEXT                   what its proof assumes of inputs, exactly this; `under nothing`
//   #! keeps INPUT                  the input breaks no promise; `breaks INPUT: TEXT`, it breaks this one
//   #! says CODE                    a message that is no error
//   #! tried inputs == 120          of the inputs that it is held against: inputs, undefined, promise_breaking
//   #! within 2e-5                 a number that is not rounded: it is proved to be so near, and is on 200 inputs
//   #! whole                        decoded numbers are ints, too many to be listed
//   #! limit NAME == 100, else CODE the least value of a limit (core/base/limits.h) with which the program compiles;
//                                   with one less it is refused with the code
//   #! samples N                    held against the interpreter on so many inputs (120 where the line is missing; all)
//   #! each NAME…: A | B | C        once for each; {{NAME}} stands for it. Several names: values between &
//   #! example NAME                 the program is that of examples/
//   #! slow, #! long                too long under the sanitizers, run in WebAssembly; for `./dev test --long` only
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace rasp::testing {

struct Script {
  std::string name, program;
  std::vector<std::string> lines;
  enum class Pace { Quick, Slow, Long } pace = Pace::Quick;
};

// A file's scripts, one for each combination of its `each` lines.
std::vector<Script> scripts_at(const std::filesystem::path& path);
void run(const Script& script);

}  // namespace rasp::testing
