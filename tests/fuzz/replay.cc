// Runs a target on files, without libFuzzer: fuzz_TARGET FILE …
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int main(int count, char** names) {
  int run = 0;
  for (int i = 1; i < count; ++i) {
    std::FILE* file = std::fopen(names[i], "rb");
    if (!file) return 1;
    std::vector<std::uint8_t> bytes;
    for (int c; (c = std::fgetc(file)) != EOF;) bytes.push_back(static_cast<std::uint8_t>(c));
    std::fclose(file);
    std::fprintf(stderr, "%s\n", names[i]);
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
    ++run;
  }
  std::printf("%d passed, 0 failed\n", run);
}
