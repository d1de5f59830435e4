#include <catch2/catch.hpp>
#include <limits>

#include "compose/load/parse.hpp"

using namespace hoist::compose;

namespace {

struct Case {
  std::string text;
  Node expected;
};

Node integer(std::int64_t value) {
  return {value};
}
Node number(double value) {
  return {value};
}

}  // namespace

TEST_CASE("words of YAML 1.2 are null and booleans, those of 1.1 are strings", "[scalar]") {
  for (const char* null : {"", "~", "null", "Null", "NULL"}) {
    CAPTURE(null);
    CHECK(plain_scalar(null).is_null());
  }
  const auto c = GENERATE(values<Case>({
      {"true", Node(true)},
      {"True", Node(true)},
      {"TRUE", Node(true)},
      {"false", Node(false)},
      {"False", Node(false)},
      {"FALSE", Node(false)},
      {"yes", Node("yes")},
      {"No", Node("No")},
      {"on", Node("on")},
      {"off", Node("off")},
      {"y", Node("y")},
      {"tRUE", Node("tRUE")},
      {"nULL", Node("nULL")},
  }));
  CAPTURE(c.text);
  CHECK(plain_scalar(c.text) == c.expected);
}

TEST_CASE("integers come in four bases, with underscores", "[scalar]") {
  const auto c = GENERATE(values<Case>({
      {"0", integer(0)},
      {"-0", integer(0)},
      {"42", integer(42)},
      {"+42", integer(42)},
      {"-42", integer(-42)},
      {"010", integer(8)},
      {"-010", integer(-8)},
      {"0o17", integer(15)},
      {"0x1F", integer(31)},
      {"-0x10", integer(-16)},
      {"0b101", integer(5)},
      {"1_000", integer(1000)},
      {"9223372036854775807", integer(std::numeric_limits<std::int64_t>::max())},
      {"-9223372036854775808", integer(std::numeric_limits<std::int64_t>::min())},
  }));
  CAPTURE(c.text);
  CHECK(plain_scalar(c.text).kind() == Node::Kind::integer);
  CHECK(plain_scalar(c.text) == c.expected);
}

TEST_CASE("an integer beyond 64 bits with a sign keeps its digits while unsigned ones hold it", "[scalar]") {
  CHECK(plain_scalar("9223372036854775808") == Node("9223372036854775808"));
  CHECK(plain_scalar("0xFFFFFFFFFFFFFFFF") == Node("18446744073709551615"));
  CHECK(plain_scalar("18446744073709551616") == Node(18446744073709551616.0));
  CHECK(plain_scalar("-9223372036854775809") == Node(-9223372036854775809.0));
}

TEST_CASE("numbers have a point, an exponent, or no end", "[scalar]") {
  const auto c = GENERATE(values<Case>({
      {"1.5", number(1.5)},
      {"-1.5", number(-1.5)},
      {"+1.5", number(1.5)},
      {".5", number(0.5)},
      {"5.", number(5)},
      {"1e3", number(1000)},
      {"1.5E-3", number(0.0015)},
      {"1_0.5", number(10.5)},
      {"08", number(8)},
      {".inf", number(std::numeric_limits<double>::infinity())},
      {"-.Inf", number(-std::numeric_limits<double>::infinity())},
  }));
  CAPTURE(c.text);
  CHECK(plain_scalar(c.text).kind() == Node::Kind::number);
  CHECK(plain_scalar(c.text) == c.expected);
  CHECK(plain_scalar(".nan").scalar_text() == "NaN");
}

TEST_CASE("what only begins like a number is a string", "[scalar]") {
  const std::string text =
      GENERATE("-", "+", ".", "1.2.3", "1-2", "0x", "0xg", "0b2", "0o8", "1e", "1e+", "--1", "+-1", "22:22", "1:30",
               "2001-01-01", "80/tcp", "1k", "inf", "nan", "-inf", "1 2", "_1", "0x1.8p1");
  CAPTURE(text);
  CHECK(plain_scalar(text) == Node(text));
}

TEST_CASE("a scalar keeps its place", "[scalar]") {
  const hoist::SourceLocation where{std::make_shared<const std::string>("f.yaml"), 3, 7};
  for (const char* text : {"~", "true", "7", "1.5", "text", ".inf", ".nan"}) {
    CAPTURE(text);
    CHECK(plain_scalar(text, where).location.to_string() == "f.yaml:3:7");
  }
}
