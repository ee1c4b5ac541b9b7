#include "export/safetensors.h"

#include <cstring>
#include <nlohmann/json.hpp>

#include "model/fingerprint.h"

namespace rasp {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "the file is little-endian, and weights are copied as they are");

Exported too_large(std::int64_t bytes, std::int64_t limit) {
  const auto mebibytes = [](std::int64_t n) { return std::to_string((n + (1 << 20) - 1) >> 20) + " MiB"; };
  return {
      "",
      Failure{"export-too-large", "limit",
              "The dense weights take " + mebibytes(bytes) + "; a file may have " + mebibytes(limit) + ".",
              "Compile with a smaller vocabulary or maximal length, or export as JSON, which keeps weights sparse."}};
}

Exported write_safetensors(const Transformer& model, Naming naming, std::int64_t limit) {
  const std::vector<StateTensor> tensors = state_dict(model, naming);
  nlohmann::ordered_json header;
  header["__metadata__"] = {{"format", "rasp-model/1"},
                            {"fingerprint", fingerprint(model)},
                            {"names", naming == Naming::Tracr ? "tracr" : "transformer_lens"}};
  std::int64_t data = 0;
  for (const StateTensor& tensor : tensors) {
    const std::int64_t end = data + 4 * tensor.size();
    header[tensor.name] = {{"dtype", "F32"}, {"shape", tensor.shape}, {"data_offsets", {data, end}}};
    data = end;
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');  // so that the tensors start at a multiple of 8
  const std::uint64_t length = text.size();
  const std::int64_t total = 8 + static_cast<std::int64_t>(length) + data;
  if (total > limit) return too_large(total, limit);

  Exported out;
  out.bytes.assign(static_cast<std::size_t>(total), '\0');
  std::memcpy(out.bytes.data(), &length, 8);
  std::memcpy(out.bytes.data() + 8, text.data(), text.size());
  char* start = out.bytes.data() + 8 + text.size();
  for (const StateTensor& tensor : tensors) {
    tensor.each_nonzero([&](std::int64_t element, float value) { std::memcpy(start + 4 * element, &value, 4); });
    start += 4 * tensor.size();
  }
  return out;
}

}  // namespace rasp
