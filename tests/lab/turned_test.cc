// A model in another basis: what must stay, and what is said of it.
#include <cmath>

#include "doctest/doctest.h"
#include "lab/laboratory.h"

namespace rasp {
namespace {

Json asked(lab::Laboratory& session, const Json& request) { return Json::parse(session.request(request.dump())); }

const Json turned_program = {
    {"program",
     "#@ vocabulary \"abc\"\n#@ max_length 4\nx = aggregate(select(indices, length - 1 - indices, ==), tokens);"},
    {"name", "p.rasp"}};

Json of_program(Json request, const Json& more = Json::object()) {
  request.update(turned_program);
  request.update(more);
  return request;
}

std::vector<std::vector<double>> identity(std::size_t n) {
  std::vector<std::vector<double>> rows(n, std::vector<double>(n, 0));
  for (std::size_t i = 0; i < n; ++i) rows[i][i] = 1;
  return rows;
}

// A rotation by 0.6, 0.8 in the planes of neighbouring dimensions, one after the other: no dimension stays what it was.
std::vector<std::vector<double>> rotation(std::size_t n) {
  auto rows = identity(n);
  for (std::size_t i = 0; i + 1 < n; ++i)
    for (auto& row : rows) {
      const double a = row[i], b = row[i + 1];
      row[i] = 0.6 * a - 0.8 * b, row[i + 1] = 0.8 * a + 0.6 * b;
    }
  return rows;
}

const Json turned_inputs = {{"a"}, {"a", "b"}, {"c", "a", "b"}, {"a", "b", "c", "c"}};

TEST_CASE("turned by the identity a model is the same to the last bit") {
  lab::Laboratory session;
  const Json compiled = asked(session, of_program({{"command", "compile"}, {"keep", true}}));
  const Json r = asked(session, {{"command", "turn"},
                                 {"handle", compiled["handle"]},
                                 {"basis", identity(compiled["model"]["d_model"])},
                                 {"inputs", turned_inputs}});
  CHECK(r["fingerprint"] == compiled["fingerprint"]);
  CHECK(r["right"] == turned_inputs.size());
  CHECK(r["lead"].get<double>() > 0);
}

TEST_CASE("a rotation changes every weight and no answer; nothing is called proved") {
  lab::Laboratory session;
  const Json compiled = asked(session, of_program({{"command", "compile"}, {"keep", true}}));
  REQUIRE(compiled["exactness"] == "proved");
  const Json handle = compiled["handle"];
  const Json r = asked(session, {{"command", "turn"},
                                 {"handle", handle},
                                 {"basis", rotation(compiled["model"]["d_model"])},
                                 {"inputs", turned_inputs}});
  CHECK(r["fingerprint"] != compiled["fingerprint"]);
  CHECK(r["right"] == turned_inputs.size());
  const Json again = asked(session, of_program({{"command", "compile"}, {"keep", true}}));
  const Json same = asked(session, {{"command", "turn"},
                                    {"handle", again["handle"]},
                                    {"basis", identity(again["model"]["d_model"])},
                                    {"inputs", turned_inputs}});
  CHECK(r["lead"].get<double>() == doctest::Approx(same["lead"].get<double>()).epsilon(0.001));
  for (const Json& input : turned_inputs) {
    const Json trace = asked(session, {{"command", "trace"}, {"handle", handle}, {"input", input}});
    CHECK(trace["agree"] == true);
    CHECK(trace["exactness"] == "unknown");
    Json reversed = input;
    std::reverse(reversed.begin(), reversed.end());
    CHECK(trace["model"]["values"] == reversed);
  }
  // Its listing gives the same weights, and is right on every input.
  REQUIRE(asked(session, {{"command", "export"}, {"handle", handle}, {"format", "craft"}})["ok"] == true);
  const std::string listing = session.bytes();
  const Json read = asked(session, of_program({{"command", "listing"}, {"listing", listing}, {"exhaustive", true}}));
  CHECK(read["fingerprint"] == r["fingerprint"]);
  CHECK(read["comparison"]["mismatches"] == 0);
  CHECK(listing.find("tokens:a") == std::string::npos);
}

TEST_CASE("methods that look at edges see the same circuit in a rotated basis") {
  lab::Laboratory session;
  const Json compiled = asked(session, of_program({{"command", "compile"}}));
  const auto discover = [&](const Json& more) {
    return asked(
        session,
        of_program({{"command", "discover"}, {"methods", {"edge_patching", "zero_ablation", "eap"}}, {"pairs", 10}},
                   more));
  };
  const Json own = discover(Json::object()), other = discover({{"basis", rotation(compiled["model"]["d_model"])}});
  REQUIRE(other["ok"] == true);
  CHECK(own["fingerprint"] == compiled["fingerprint"]);
  CHECK(other["fingerprint"] != compiled["fingerprint"]);
  CHECK(other["circuit"]["nodes"] == own["circuit"]["nodes"]);
  const Json &a = own["circuit"]["edges"], &b = other["circuit"]["edges"];
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    CAPTURE(a[i].dump());
    CHECK(b[i]["semantic"] == a[i]["semantic"]);
    CHECK(b[i]["causal"] == a[i]["causal"]);
    CHECK(b[i]["structural"] == a[i]["structural"]);
    for (const auto& [method, score] : a[i]["scores"].items())
      CHECK(b[i]["scores"][method].get<double>() == doctest::Approx(score.get<double>()).epsilon(1e-3).scale(1));
  }
}

TEST_CASE("what is no basis, and inputs of other tokens, are refused, and the model stays") {
  lab::Laboratory session;
  const Json compiled = asked(session, of_program({{"command", "compile"}, {"keep", true}}));
  const std::size_t n = compiled["model"]["d_model"];
  auto ragged = identity(n), wide = identity(n);
  ragged.back().pop_back();
  for (auto& row : wide) row.push_back(0);
  const Json bad[] = {nullptr,
                      1,
                      Json::array(),
                      identity(n - 1),
                      identity(n + 1),
                      ragged,
                      wide,
                      Json(std::vector<Json>(n, Json::array())),
                      Json(std::vector<Json>(n, {"x"})),
                      Json(std::vector<Json>(n, {1e39}))};
  for (const Json& basis : bad) {
    CAPTURE(basis.dump());
    const Json r = asked(session, {{"command", "turn"}, {"handle", compiled["handle"]}, {"basis", basis}});
    CHECK(r["diagnostics"][0]["code"] == "bad-request");
    CHECK(r["diagnostics"][0]["message"].get<std::string>().find("\"basis\"") != std::string::npos);
    if (!basis.is_null())
      CHECK(asked(session, of_program({{"command", "discover"}, {"methods", Json::array()}},
                                      {{"basis", basis}}))["diagnostics"][0]["code"] == "bad-request");
  }
  CHECK(asked(session, {{"command", "turn"},
                        {"handle", compiled["handle"]},
                        {"basis", identity(n)},
                        {"inputs", {{"z"}}}})["diagnostics"][0]["code"] == "unknown-token");
  CHECK(asked(session, {{"command", "trace"}, {"handle", compiled["handle"]}, {"input", "ab"}})["exactness"] ==
        "proved");
}

TEST_CASE("the W of a run, put into the compiled model, is the run's model") {
  lab::Laboratory session;
  const Json started =
      asked(session, of_program({{"command", "lab_start"}, {"experiment", {{"d", 7}}}, {"training", {{"steps", 40}}}}));
  REQUIRE(started["ok"] == true);
  asked(session, {{"command", "lab_advance"}, {"run", started["run"]}});
  const Json W = asked(session, {{"command", "lab_export"}, {"run", started["run"]}, {"format", "basis"}})["basis"];
  REQUIRE(asked(session, {{"command", "lab_export"}, {"run", started["run"]}})["ok"] == true);
  const std::string run = session.bytes();
  const Json compiled = asked(session, of_program({{"command", "compile"}, {"keep", true}}));
  REQUIRE(W.size() == compiled["model"]["d_model"]);
  CHECK(W[0].size() == 7);
  asked(session, {{"command", "turn"}, {"handle", compiled["handle"]}, {"basis", W}});
  REQUIRE(asked(session, {{"command", "export"}, {"handle", compiled["handle"]}, {"format", "safetensors"}})["ok"] ==
          true);
  CHECK(session.bytes() == run);
  const Json twin =
      asked(session,
            of_program({{"command", "lab_start"}, {"experiment", {{"kind", "twin"}}}, {"training", {{"steps", 1}}}}));
  CHECK(asked(session,
              {{"command", "lab_export"}, {"run", twin["run"]}, {"format", "basis"}})["diagnostics"][0]["message"]
            .get<std::string>()
            .find("twin") != std::string::npos);
}

}  // namespace
}  // namespace rasp
