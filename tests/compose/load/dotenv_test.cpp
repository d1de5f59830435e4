#include "compose/load/dotenv.hpp"

#include <catch2/catch.hpp>
#include <map>

#include "compose/base/error.hpp"

using namespace hoist;
using namespace hoist::compose;

namespace {

const auto k_file = std::make_shared<const std::string>(".env");

std::optional<std::string> shell(const std::string& name) {
  static const std::map<std::string, std::string> k_shell{{"HOST", "h"}, {"BOTH", "from shell"}, {"EMPTY", ""}};
  const auto found = k_shell.find(name);
  return found == k_shell.end() ? std::nullopt : std::optional(found->second);
}

EnvPairs parse(std::string_view text) {
  return parse_dotenv(text, k_file, shell);
}
EnvPairs parse_raw(std::string_view text) {
  return parse_env_raw(text, k_file, shell);
}

struct Case {
  std::string text;
  EnvPairs expected;
};

struct Wrong {
  std::string text;
  std::string message;
};

}  // namespace

TEST_CASE("a line sets one variable", "[dotenv]") {
  const auto c = GENERATE(values<Case>({
      {"", {}},
      {"\n\n  \n", {}},
      {"A=1", {{"A", "1"}}},
      {"A=1\nB=2\n", {{"A", "1"}, {"B", "2"}}},
      {"A=", {{"A", ""}}},
      {"A =  1  ", {{"A", "1"}}},
      {"  A=1", {{"A", "1"}}},
      {"A=a b  c", {{"A", "a b  c"}}},
      {"A=b=c", {{"A", "b=c"}}},
      {"A: 1", {{"A", "1"}}},
      {"A:1", {{"A", "1"}}},
      {"A=1\r\nB=2\r\n", {{"A", "1"}, {"B", "2"}}},
      {"\xef\xbb\xbf"
       "A=1",
       {{"A", "1"}}},
      {"A.b-c[0]=1", {{"A.b-c[0]", "1"}}},
      {"caf\xc3\xa9=1", {{"caf\xc3\xa9", "1"}}},
      {"A=1\nA=2", {{"A", "1"}, {"A", "2"}}},
  }));
  CAPTURE(c.text);
  CHECK(parse(c.text) == c.expected);
}

TEST_CASE("export before a name is passed over", "[dotenv]") {
  const auto c = GENERATE(values<Case>({
      {"export A=1", {{"A", "1"}}},
      {"export\tA=1", {{"A", "1"}}},
      {"export   A = 1", {{"A", "1"}}},
      {"exported=1", {{"exported", "1"}}},
      {"export=1", {{"export", "1"}}},
  }));
  CAPTURE(c.text);
  CHECK(parse(c.text) == c.expected);
}

TEST_CASE("a name alone takes its value from the shell or is left out", "[dotenv]") {
  CHECK(parse("HOST\nA=1") == EnvPairs{{"HOST", "h"}, {"A", "1"}});
  CHECK(parse("NONE\nA=1") == EnvPairs{{"A", "1"}});
  CHECK(parse("EMPTY\n") == EnvPairs{{"EMPTY", ""}});
}

TEST_CASE("comments end a plain value only after a space", "[dotenv]") {
  const auto c = GENERATE(values<Case>({
      {"# all of it\nA=1", {{"A", "1"}}},
      {"  # indented\nA=1", {{"A", "1"}}},
      {"# at the end", {}},
      {"A=1 # rest", {{"A", "1"}}},
      {"A=1#rest", {{"A", "1#rest"}}},
      {"A=#rest", {{"A", "#rest"}}},
      {"A='1' # rest\nB=2", {{"A", "1"}, {"B", "2"}}},
      {"A=\"1 # in\" # out", {{"A", "1 # in"}}},
  }));
  CAPTURE(c.text);
  CHECK(parse(c.text) == c.expected);
}

TEST_CASE("single quotes keep everything, double quotes know escapes", "[dotenv]") {
  const auto c = GENERATE(values<Case>({
      {"A='a b'", {{"A", "a b"}}},
      {"A=''", {{"A", ""}}},
      {"A=\"\"", {{"A", ""}}},
      {"A='$HOST ${HOST}'", {{"A", "$HOST ${HOST}"}}},
      {"A='a\\nb'", {{"A", "a\\nb"}}},
      {"A='it\\'s'", {{"A", "it's"}}},
      {"A=\"a\\nb\\tc\"", {{"A", "a\nb\tc"}}},
      {"A=\"say \\\"hi\\\"\"", {{"A", "say \"hi\""}}},
      {"A=\"\\$HOST\"", {{"A", "$HOST"}}},
      {"A=\"a'b\"", {{"A", "a'b"}}},
      {"A='a\"b'", {{"A", "a\"b"}}},
      {"A=\"\\0101\"", {{"A", "A"}}},
      {"A=it's", {{"A", "it's"}}},
  }));
  CAPTURE(c.text);
  CHECK(parse(c.text) == c.expected);
}

TEST_CASE("quoted values may go over many lines", "[dotenv]") {
  const auto c = GENERATE(values<Case>({
      {"A='one\ntwo\n'\nB=2", {{"A", "one\ntwo\n"}, {"B", "2"}}},
      {"A=\"one\ntwo\"\nB=2", {{"A", "one\ntwo"}, {"B", "2"}}},
      {"A=\"one\r\ntwo\"", {{"A", "one\ntwo"}}},
      {"A=\"# no comment\nB=3\"", {{"A", "# no comment\nB=3"}}},
  }));
  CAPTURE(c.text);
  CHECK(parse(c.text) == c.expected);
}

TEST_CASE("variables are sought in the shell, then above in the file", "[dotenv]") {
  const auto c = GENERATE(values<Case>({
      {"A=$HOST", {{"A", "h"}}},
      {"A=1\nB=${A}2", {{"A", "1"}, {"B", "12"}}},
      {"A=1\nB=\"${A}2\"", {{"A", "1"}, {"B", "12"}}},
      {"BOTH=file\nA=$BOTH", {{"BOTH", "file"}, {"A", "from shell"}}},
      {"B=$A\nA=1", {{"B", ""}, {"A", "1"}}},
      {"A=1\nA=2\nB=$A", {{"A", "1"}, {"A", "2"}, {"B", "2"}}},
      {"A=${NONE:-x}${HOST:+y}", {{"A", "xy"}}},
      {"A=$$HOST", {{"A", "$HOST"}}},
      {"A=pa$$word", {{"A", "pa$word"}}},
  }));
  CAPTURE(c.text);
  CHECK(parse(c.text) == c.expected);
}

TEST_CASE("values that double end early", "[dotenv]") {
  std::string text = "A=x\n";
  for (int i = 0; i < 60; ++i) text += "A=$A$A\n";
  CHECK_THROWS_WITH(parse(text), Catch::Contains("grows by more than 1 MiB"));
  text = "A=" + std::string(1000, 'x') + "\nB=$A";
  for (int i = 0; i < 9; ++i) text += "\nB=$B$B";
  for (int i = 0; i < 200; ++i) text += "\nC=$B";
  CHECK_THROWS_WITH(parse(text), Catch::Contains("more than 64 MiB"));
}

TEST_CASE("mistakes name the file, the line and the column", "[dotenv]") {
  const auto c = GENERATE(values<Wrong>({
      {"A=1\nB!=2", ".env:2:2: unexpected character '!' in a variable name, after 'B'"},
      {"A=1\n\nB C=2", ".env:3:1: key 'B C' holds a space"},
      {"A='open\nB=2\n", ".env:1:3: the quoted value of 'A' is not closed"},
      {"A='one\ntwo'\nB=\"open", ".env:3:3: the quoted value of 'B' is not closed"},
      {"A=1\nB=${NONE:?set it}", ".env:2:3: required variable 'NONE' is missing a value: set it"},
      {"A=${", ".env:1:3: invalid variable '${'"},
  }));
  CAPTURE(c.text);
  try {
    parse(c.text);
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::bad_input);
    CHECK(error.what() == c.message);
  }
}

TEST_CASE("a raw file has neither quotes nor variables", "[dotenv]") {
  const auto c = GENERATE(values<Case>({
      {"", {}},
      {"A=1\nB=2", {{"A", "1"}, {"B", "2"}}},
      {"A='1'", {{"A", "'1'"}}},
      {"A=$HOST # no comment", {{"A", "$HOST # no comment"}}},
      {"A= 1 ", {{"A", " 1 "}}},
      {"# comment\n\n  A=1\r\n", {{"A", "1"}}},
      {"HOST\nNONE\n", {{"HOST", "h"}}},
      {"A=b=c", {{"A", "b=c"}}},
      {"\xef\xbb\xbf"
       "A=1",
       {{"A", "1"}}},
  }));
  CAPTURE(c.text);
  CHECK(parse_raw(c.text) == c.expected);
}

TEST_CASE("a raw file's names hold no white space", "[dotenv]") {
  CHECK_THROWS_WITH(parse_raw("A=1\nB C=2"), ".env:2: variable name 'B C' is empty or holds white space");
  CHECK_THROWS_WITH(parse_raw("=2"), ".env:1: variable name '' is empty or holds white space");
  CHECK_THROWS_WITH(parse_raw("A =2"), ".env:1: variable name 'A ' is empty or holds white space");
}
