// The measured side of the benchmark, native and WebAssembly alike: answers one command line with one line of JSON.
//   subjects                 what there is
//   load I                   builds subject I and makes it the current one; answers with its sizes
//   onnx PATH                (native) writes it as ONNX
//   time KIND MILLISECONDS   repeats for about so long; nanoseconds per pass
//                            KIND: sparse, traced, dense, batch, prepare
//   logits KIND              of one pass: sparse or dense
// bench.mjs drives it.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "dense.h"
#include "export/onnx.h"
#include "model/fingerprint.h"
#include "model/forward.h"
#include "suite.h"

namespace rasp::bench {

namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

constexpr int batch_size = 16;

struct Loaded {
  explicit Loaded(Subject s) : subject(std::move(s)), prepared(subject.model) {
    batch.assign(batch_size, subject.ids);
    for (int b = 1; b < batch_size; ++b)
      std::rotate(batch[b].begin() + 1, batch[b].begin() + 1 + b % (subject.length), batch[b].end());
  }
  DenseModel& dense() {
    if (!dense_) dense_.emplace(subject.model);
    return *dense_;
  }
  Subject subject;
  PreparedModel prepared;
  Workspace workspace;
  Trace trace;
  std::vector<std::vector<std::int32_t>> batch;
  std::vector<float> logits;

 private:
  std::optional<DenseModel> dense_;
};

class Engine {
 public:
  std::string answer(const std::string& line) {
    std::vector<std::string> words(1);
    for (const char c : line)
      if (c == ' ') words.emplace_back();
      else words.back() += c;
    return answer(words).dump();
  }

 private:
  Json answer(const std::vector<std::string>& w) {
    if (w[0] == "subjects") {
      Json names = Json::array();
      for (const Maker& maker : suite()) names.push_back(maker.name);
      return names;
    }
    if (w[0] == "load") {
      current_.reset();
      current_ = std::make_unique<Loaded>(suite()[std::stoul(w[1])].make());
      return sizes();
    }
    if (w[0] == "onnx") {
      const Exported file = write_onnx(current_->subject.model);
      if (file.failure) return {{"refused", file.failure->message}};
      std::FILE* out = std::fopen(w[1].c_str(), "wb");
      const bool written = out && std::fwrite(file.bytes.data(), 1, file.bytes.size(), out) == file.bytes.size();
      if (!out || std::fclose(out) != 0 || !written) return {{"refused", "cannot write " + w[1]}};
      return {{"bytes", file.bytes.size()}};
    }
    if (w[0] == "time") return time(w[1], std::stod(w[2]));
    if (w[0] == "logits") {
      run(w[1]);
      return current_->logits;
    }
    return {{"refused", "unknown command"}};
  }

  struct Maker {
    std::string name;
    std::function<Subject()> make;
  };
  static const std::vector<Maker>& suite() {
    static const std::vector<Maker> makers = [] {
      std::vector<Maker> all;
      const auto add = [&](std::int32_t n, std::int32_t v, std::int32_t layers) {
        all.push_back({"synthetic-" + std::to_string(layers) + " n=" + std::to_string(n) + " v=" + std::to_string(v),
                       [=] { return synthetic(n, v, layers); }});
      };
      for (const Source& source : programs())
        for (const std::int32_t n : source.lengths)
          all.push_back({source.name + " n=" + std::to_string(n) + " v=" + std::to_string(source.vocabulary),
                         [&source, n] { return compiled(source, n); }});
      // Shapes at sizes that are not tied to what the compiler makes of them.
      for (const std::int32_t n : {8, 16, 32, 64, 128, 256}) add(n, 4, 2);
      for (const std::int32_t v : {8, 16, 32}) add(32, v, 2);
      return all;
    }();
    return makers;
  }

  Json sizes() const {
    const Subject& s = current_->subject;
    const Transformer& m = s.model;
    return {{"name", s.name},
            {"group", s.group},
            {"length", s.length},
            {"vocabulary", s.vocabulary},
            {"layers", m.layers.size()},
            {"d_model", m.d_model},
            {"n_heads", m.n_heads()},
            {"d_head", m.d_head()},
            {"d_mlp", m.d_mlp()},
            {"parameters", m.parameters()},
            {"nonzeros", m.nonzeros()},
            {"fingerprint", fingerprint(m)},
            {"ids", s.ids},
            {"batch", current_->batch},
            {"timings_ms", s.timings_ms}};
  }

  void run(const std::string& kind) {
    Loaded& c = *current_;
    if (kind == "sparse") forward(c.prepared, c.workspace, c.subject.ids, c.logits);
    if (kind == "traced") forward(c.prepared, c.workspace, c.subject.ids, c.logits, &c.trace);
    if (kind == "batch") forward_batch(c.prepared, c.workspace, c.batch, c.logits);
    if (kind == "dense") c.dense().forward(c.subject.ids, c.logits);
    if (kind == "prepare") PreparedModel(c.subject.model);
  }

  Json time(const std::string& kind, double milliseconds) {
    const auto nanoseconds = [&](std::int64_t repetitions) {
      const auto start = Clock::now();
      for (std::int64_t i = 0; i < repetitions; ++i) run(kind);
      return std::chrono::duration<double, std::nano>(Clock::now() - start).count();
    };
    run(kind);
    const double once = std::max(nanoseconds(1), 100.0);
    // Several short stretches: the fastest is the one that nothing else on the machine disturbed.
    constexpr int stretches = 4;
    const auto repetitions =
        std::max<std::int64_t>(1, static_cast<std::int64_t>(milliseconds * 1e6 / stretches / once));
    double best = once;
    for (int i = 0; i < stretches; ++i)
      best = std::min(best, nanoseconds(repetitions) / static_cast<double>(repetitions));
    return best / (kind == "batch" ? batch_size : 1);
  }

  std::unique_ptr<Loaded> current_;
};

Engine& engine() {
  static Engine e;
  return e;
}

}  // namespace

}  // namespace rasp::bench

#ifdef __EMSCRIPTEN__
#include <emscripten/bind.h>

std::string answer(const std::string& line) { return rasp::bench::engine().answer(line); }
EMSCRIPTEN_BINDINGS(bench) { emscripten::function("answer", &answer); }
#else
int main() {
  std::string line;
  for (int c; (c = std::getchar()) != EOF;) {
    if (c != '\n') {
      line += static_cast<char>(c);
      continue;
    }
    std::printf("%s\n", rasp::bench::engine().answer(line).c_str());
    std::fflush(stdout);
    line.clear();
  }
  return 0;
}
#endif
