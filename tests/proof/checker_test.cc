// The checker of the proof against models whose weights were changed: where it still confirms one, the model must still
// be right on every input.
#include "compiler/compile_here.h"
#include "proof/checker.h"
#include "sweep.h"

#include <filesystem>

using namespace rasp;
using namespace rasp::testing;

namespace {

// All weights of a model by name.
void each_weight(Transformer& t, const std::function<void(const std::string&, float&)>& visit) {
  const auto matrix = [&](const std::string& name, SparseMatrix& m) {
    for (Eigen::Index i = 0; i < m.nonZeros(); ++i) visit(name + "[" + std::to_string(i) + "]", m.valuePtr()[i]);
  };
  const auto vector = [&](const std::string& name, std::vector<float>& v) {
    for (std::size_t i = 0; i < v.size(); ++i)
      if (v[i] != 0) visit(name + "[" + std::to_string(i) + "]", v[i]);
  };
  matrix("W_E", t.W_E);
  matrix("W_pos", t.W_pos);
  for (std::size_t l = 0; l < t.layers.size(); ++l) {
    const std::string block = "blocks." + std::to_string(l) + ".";
    for (AttentionHead& h : t.layers[l].heads) {
      matrix(block + "W_Q", h.W_Q), matrix(block + "W_K", h.W_K), matrix(block + "W_V", h.W_V),
          matrix(block + "W_O", h.W_O);
      vector(block + "b_Q", h.b_Q), vector(block + "b_K", h.b_K), vector(block + "b_V", h.b_V);
    }
    Mlp& mlp = t.layers[l].mlp;
    matrix(block + "W_in", mlp.W_in), matrix(block + "W_out", mlp.W_out);
    vector(block + "b_in", mlp.b_in);
  }
  matrix("W_U", t.W_U);
  vector("b_U", t.b_U);
}

struct Small {
  const char* text;
  const char* vocabulary;
  std::uint32_t n;
};
const Small small[] = {
    {"x = aggregate(select(indices, length - indices - 1, ==), tokens);", R"("abc")", 3},        // reverse: a fetch
    {"x = selector_width(select(tokens, tokens, ==));", R"("ab")", 4},                           // a count
    {"x = aggregate(select(indices, indices, <=), indicator(tokens == \"a\"));", R"("ab")", 3},  // a mean
    {"x = aggregate(select(tokens, \"b\", ==), tokens, \"c\");", R"("abc")", 3},                 // a default
    {"w = selector_width(select(tokens, tokens, ==)); x = w > 1 and tokens == \"a\";", R"("ab")",
     3},  // steps under a gate
    {"n = selector_width(full_s); x = aggregate(select(indices, n - 1 - indices, ==), tokens);", R"("ab")", 3},
    {"x = (tokens == \"a\") + (indices > 1);", R"("ab")", 3},  // lookups of two inputs
};

Compiled compiled(const Small& s) {
  return Compiled(s.text, [&](ProgramRequest& r) {
    std::string problem;
    r.vocabulary = values_from_json(Json::parse(s.vocabulary), problem);
    r.max_length = s.n;
  });
}

std::string first(const proof::Verdict& v) { return v.faults.empty() ? "" : v.faults.front(); }

}  // namespace

TEST_CASE("the checker confirms every example that is proved") {
  int proved = 0;
  for (const auto& file : std::filesystem::directory_iterator(RASP_ROOT_DIR "/examples")) {
    if (file.path().extension() != ".rasp") continue;
    CAPTURE(file.path().stem().string());
    for (const auto objective : {CompileOptions::Objective::Size, CompileOptions::Objective::Depth}) {
      Compiled c(read_example(file.path().stem().string()), [&](ProgramRequest& r) { r.objective = objective; });
      REQUIRE_MESSAGE(c.model, c.first_error());
      if (c.model->exactness.kind != Exactness::Kind::Proved) continue;
      ++proved;
      const proof::Verdict v = proof::check_claims(c.model->transformer, c.model->claims);
      CHECK_MESSAGE(v.confirmed, first(v));
    }
  }
  CHECK(proved > 40);
}

TEST_CASE("the bound of a count holds at lengths where the rounding of the softmax is what counts") {
  for (const std::uint32_t n : {330u, 400u, 700u}) {
    CAPTURE(n);
    Compiled c("x = selector_width(select(tokens, tokens, ==));", [&](ProgramRequest& r) {
      r.vocabulary = std::vector<Value>{Value::string("a"), Value::string("b")}, r.max_length = n;
    });
    REQUIRE_MESSAGE(c.model, c.first_error());
    const proof::Verdict v = proof::check_claims(c.model->transformer, c.model->claims);
    CHECK_MESSAGE(v.confirmed, first(v));
  }
}

TEST_CASE("a model with one weight changed is not confirmed, or is still right on every input") {
  Sweep sweep;
  std::size_t refused = 0, all = 0;
  for (const Small& s : small) {
    Compiled c = compiled(s);
    REQUIRE_MESSAGE(c.model, c.first_error());
    REQUIRE(c.model->exactness.kind == Exactness::Kind::Proved);
    Transformer& t = c.model->transformer;
    const Transformer original = t;
    each_weight(t, [&](const std::string& name, float& weight) {
      const float was = weight;
      for (const float factor : {-1.f, 0.25f, 0.5f, 0.9f, 1.1f, 2.f, 16.f}) {
        weight = was * factor;
        ++all;
        if (proof::check_claims(t, c.model->claims).confirmed)
          sweep.check(c.check({.exhaustive = true}).mismatches == 0, name.size(),
                      [&] { return name + " times " + std::to_string(factor) + " of: " + s.text; });
        else ++refused;
      }
      weight = was;
    });
    CHECK(proof::check_claims(original, c.model->claims).confirmed);
  }
  CHECK_MESSAGE(sweep.passed(), sweep.report());
  CHECK(refused > all / 2);
}

TEST_CASE("a bound that is too good is not confirmed") {
  for (const Small& s : small) {
    CAPTURE(s.text);
    Compiled c = compiled(s);
    REQUIRE(c.model);
    for (std::size_t i = 0; i < c.model->claims.subspaces.size(); ++i) {
      proof::Claims claims = c.model->claims;
      proof::Claim& claim = claims.subspaces[i];
      if (claim.written == 0 || claim.error == 0) continue;
      CAPTURE(claim.label);
      claim.error /= 1e3, claim.spread /= 1e3;
      CHECK_FALSE(proof::check_claims(c.model->transformer, claims).confirmed);
    }
  }
}
