#include "model/fingerprint.h"

#include <cstring>

#include "model/state_dict.h"

namespace rasp {

namespace {

class Fnv1a {
 public:
  void byte(unsigned char b) { hash_ = (hash_ ^ b) * 0x100000001b3u; }
  void bytes(const std::string& s) {
    for (const char c : s) byte(static_cast<unsigned char>(c));
  }
  void little_endian(std::uint64_t x, int size) {
    for (int i = 0; i < size; ++i) byte(static_cast<unsigned char>(x >> (8 * i)));
  }
  void number(std::int64_t x) { little_endian(static_cast<std::uint64_t>(x), 8); }
  void number(float x) {
    std::uint32_t bits;
    std::memcpy(&bits, &x, sizeof bits);
    little_endian(bits, 4);
  }
  std::string hex() const {
    std::string text(16, '0');
    for (int i = 0; i < 16; ++i) text[static_cast<std::size_t>(i)] = "0123456789abcdef"[(hash_ >> (60 - 4 * i)) & 15];
    return text;
  }

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325u;
};

}  // namespace

std::string fingerprint(const Transformer& m) {
  Fnv1a hash;
  for (const std::int64_t size :
       {static_cast<std::int64_t>(m.layers.size()), std::int64_t{m.d_model}, std::int64_t{m.n_heads()},
        std::int64_t{m.d_head()}, std::int64_t{m.d_mlp()}, std::int64_t{m.n_ctx},
        static_cast<std::int64_t>(m.W_E.rows()), static_cast<std::int64_t>(m.W_U.cols()), std::int64_t{m.causal},
        std::int64_t{m.bos_id}})
    hash.number(size);
  for (const StateTensor& tensor : state_dict(m)) {
    hash.bytes(tensor.name);
    tensor.each_nonzero([&](std::int64_t element, float value) {
      hash.number(element);
      hash.number(value);
    });
  }
  return hash.hex();
}

}  // namespace rasp
