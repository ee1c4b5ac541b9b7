// Random numbers that are the same on every platform and standard library.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace rasp::testing {

class Rng {  // splitmix64
 public:
  explicit Rng(std::uint64_t seed) : state_(seed) {
    state_ = next() ^ 0x632be59bd9b4e019ull;  // neighbouring seeds must not walk the same sequence
  }
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(next() % n); }  // n >= 1
  int between(int low, int high) { return low + static_cast<int>(below(static_cast<std::size_t>(high - low + 1))); }
  bool percent(unsigned p) { return below(100) < p; }
  template <class T>
  const T& pick(const std::vector<T>& list) {
    return list[below(list.size())];
  }

 private:
  std::uint64_t state_;
};

}  // namespace rasp::testing
