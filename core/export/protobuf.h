// The little of Protocol Buffers' wire format that writing an ONNX file takes.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace rasp {

// Appends fields to a message held as bytes. Messages nest by writing the inner one first.
class ProtobufMessage {
 public:
  void integer(std::uint32_t field, std::int64_t value) {
    tag(field, 0);
    varint(static_cast<std::uint64_t>(value));
  }
  void text(std::uint32_t field, std::string_view value) {
    bytes_header(field, value.size());
    bytes_.append(value);
  }
  void message(std::uint32_t field, const ProtobufMessage& inner) { text(field, inner.bytes_); }
  // Announces `size` bytes that the caller appends to bytes() itself.
  void bytes_header(std::uint32_t field, std::uint64_t size) {
    tag(field, 2);
    varint(size);
  }
  std::string& bytes() { return bytes_; }
  const std::string& bytes() const { return bytes_; }

 private:
  void tag(std::uint32_t field, std::uint32_t wire_type) { varint(field << 3 | wire_type); }
  void varint(std::uint64_t value) {
    for (; value >= 128; value >>= 7) bytes_.push_back(static_cast<char>((value & 127) | 128));
    bytes_.push_back(static_cast<char>(value));
  }
  std::string bytes_;
};

}  // namespace rasp
