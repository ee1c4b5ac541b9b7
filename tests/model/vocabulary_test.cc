#include <doctest/doctest.h>

#include "model/vocabulary.h"

using namespace rasp;

TEST_CASE("tokens become ids, BOS first") {
  const std::vector<Value> tokens{Value::string("a"), Value::integer(1), Value::real(1.0), Value::boolean(true)};
  const Vocabulary vocabulary(tokens, 5);
  const std::vector<Value> input{Value::boolean(true), Value::string("a"), Value::real(1.0), Value::integer(1)};
  const EncodedTokens encoded = vocabulary.encode(input);
  REQUIRE(encoded.ok);
  CHECK(encoded.ids == std::vector<std::int32_t>{4, 3, 0, 2, 1});
}

TEST_CASE("what cannot be encoded is a failure with its position") {
  const std::vector<Value> tokens{Value::string("a"), Value::integer(1)};
  const Vocabulary vocabulary(tokens, 3);
  const auto encode = [&](std::vector<Value> input) { return vocabulary.encode(input); };

  const EncodedTokens empty = encode({});
  CHECK_FALSE(empty.ok);
  CHECK(empty.failure.code == "input-empty");
  CHECK(empty.failure.error_class == "input");

  const Value a = Value::string("a");
  CHECK(encode({a, a, a}).ok);
  const EncodedTokens longer = encode({a, a, a, a});
  CHECK_FALSE(longer.ok);
  CHECK(longer.failure.code == "input-too-long");
  CHECK(longer.position == 3);

  const EncodedTokens unknown = encode({a, Value::integer(1), Value::string("b")});
  CHECK_FALSE(unknown.ok);
  CHECK(unknown.failure.code == "unknown-token");
  CHECK(unknown.position == 2);
  CHECK(unknown.ids.empty());
  CHECK(unknown.failure.message.find("'b'") != std::string::npos);
  CHECK(unknown.failure.hint.find("'a'") != std::string::npos);

  CHECK(encode({Value::real(1.0)}).failure.code == "unknown-token");  // 1.0 is not the token 1
}
