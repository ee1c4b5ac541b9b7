// The engine's native twin: a JSON request a line in, a JSON document a line out.
#include <iostream>
#include <string>

#include "lab/laboratory.h"

int main() {
  rasp::lab::Laboratory session;
  for (std::string line; std::getline(std::cin, line);) std::cout << session.request(line) << '\n' << std::flush;
}
