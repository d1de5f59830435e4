#include "compose/load/substitute.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <vector>

#include "compose/base/error.hpp"

using namespace hoist;
using namespace hoist::compose;

namespace {

const std::map<std::string, std::string, std::less<>> k_variables{
    {"SET", "value"}, {"EMPTY", ""}, {"DOLLAR", "a$SET"}, {"BRACES", "{\"a\":1}"}, {"_under_1", "u"}};

struct Result {
  std::string text;
  std::vector<std::string> missing;
  std::vector<std::string> asked;
};

Result run(std::string_view text) {
  Result result;
  const VariableLookup lookup = [&result](std::string_view name) -> std::optional<std::string> {
    result.asked.emplace_back(name);
    const auto found = k_variables.find(name);
    return found == k_variables.end() ? std::nullopt : std::optional(found->second);
  };
  result.text = substitute(text, lookup, [&result](std::string_view name) { result.missing.emplace_back(name); });
  return result;
}

struct Case {
  std::string text;
  std::string expected;
};

}  // namespace

TEST_CASE("each operator decides between the value and its word", "[substitute]") {
  const auto c = GENERATE(values<Case>({
      {"$SET", "value"},
      {"${SET}", "value"},
      {"$_under_1", "u"},
      // :- and - : the word when not set; with the colon, when empty too
      {"${SET:-word}", "value"},
      {"${EMPTY:-word}", "word"},
      {"${NONE:-word}", "word"},
      {"${SET-word}", "value"},
      {"${EMPTY-word}", ""},
      {"${NONE-word}", "word"},
      {"${NONE:-}", ""},
      {"${NONE-}", ""},
      // :+ and + : the word when there is a value
      {"${SET:+word}", "word"},
      {"${EMPTY:+word}", ""},
      {"${NONE:+word}", ""},
      {"${SET+word}", "word"},
      {"${EMPTY+word}", "word"},
      {"${NONE+word}", ""},
      // :? and ? : nothing but the value
      {"${SET:?message}", "value"},
      {"${SET?message}", "value"},
      {"${EMPTY?message}", ""},
  }));
  CAPTURE(c.text);
  CHECK(run(c.text).text == c.expected);
}

TEST_CASE("words are interpolated themselves, to any sensible depth", "[substitute]") {
  const auto c = GENERATE(values<Case>({
      {"${NONE:-$SET}", "value"},
      {"${NONE:-${SET}}", "value"},
      {"${NONE:-${EMPTY:-${SET:-deep}}}", "value"},
      {"${NONE:-${EMPTY:-${NO:-deep}}}", "deep"},
      {"${SET:+<${SET}>}", "<value>"},
      {"${NONE-${EMPTY-word}}", ""},
      {"${SET:?${NONE}}", "value"},
      {"${NONE:-a${SET}b${EMPTY}c}", "avaluebc"},
      {"${NONE:-{\"json\": {}}}", "{\"json\": {}}"},
      {"${NONE:-$$SET}", "$SET"},
      {"${NONE:-a:-b}", "a:-b"},
      {"${NONE:-a?b}", "a?b"},
      {"${NONE:-http://host:80/}", "http://host:80/"},
  }));
  CAPTURE(c.text);
  CHECK(run(c.text).text == c.expected);
}

TEST_CASE("a dollar that begins no variable stays, two make one", "[substitute]") {
  const auto c = GENERATE(values<Case>({
      {"", ""},
      {"plain", "plain"},
      {"$$", "$"},
      {"$$SET", "$SET"},
      {"$$${SET}", "$value"},
      {"$$$$", "$$"},
      {"$${SET}", "${SET}"},
      {"a$", "a$"},
      {"$ $1 $- $/", "$ $1 $- $/"},
      {"100$ and $SET", "100$ and value"},
      {"$SET-x", "value-x"},
      {"$SET.x/$SET", "value.x/value"},
      {"}$SET{", "}value{"},
  }));
  CAPTURE(c.text);
  CHECK(run(c.text).text == c.expected);
}

TEST_CASE("values are put in as they are, never interpolated again", "[substitute]") {
  CHECK(run("$DOLLAR ${DOLLAR}").text == "a$SET a$SET");
  CHECK(run("${NONE:-$BRACES}").text == "{\"a\":1}");
}

TEST_CASE("a plain variable that is not set is empty and reported", "[substitute]") {
  const Result result = run("$NONE ${OTHER} ${EMPTY} ${THIRD:-x} ${FOURTH+y}");
  CHECK(result.text == "   x ");
  CHECK(result.missing == std::vector<std::string>{"NONE", "OTHER"});
}

TEST_CASE("a word that is not needed is not looked at", "[substitute]") {
  const Result result = run("${SET:-$NONE} ${EMPTY:+$OTHER} ${SET?$THIRD}");
  CHECK(result.missing.empty());
  CHECK(result.asked == std::vector<std::string>{"SET", "EMPTY", "SET"});
}

TEST_CASE("a required variable without a value is an error that says why", "[substitute]") {
  const auto c = GENERATE(values<Case>({
      {"${NONE:?}", "required variable 'NONE' is missing a value"},
      {"${NONE?}", "required variable 'NONE' is missing a value"},
      {"${EMPTY:?set it}", "required variable 'EMPTY' is missing a value: set it"},
      {"${NONE?say $SET}", "required variable 'NONE' is missing a value: say value"},
      {"${SET:+${NONE:?inner}}", "required variable 'NONE' is missing a value: inner"},
      {"${NONE:-${NO?deep}}", "required variable 'NO' is missing a value: deep"},
  }));
  CAPTURE(c.text);
  try {
    run(c.text);
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::bad_input);
    CHECK(error.what() == c.expected);
    CHECK_THAT(error.hint(), Catch::Contains("in the shell or in .env"));
  }
}

TEST_CASE("what looks like a variable and is none is refused", "[substitute]") {
  const std::string text =
      GENERATE("${", "${}", "${SET", "${ SET}", "${SET }", "${1}", "${-x}", "${SET:}", "${SET!}", "${SET:=x}",
               "${SET/x/y}", "${NONE:-${SET}", "a ${:-x}", "${SE\nT}", "${NONE:-a\nb}", "${\xc3\xa9}");
  CAPTURE(text);
  try {
    run(text);
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::bad_input);
    CHECK_THAT(error.what(), Catch::Contains("invalid variable '${"));
    CHECK(error.hint() == "a literal dollar is written $$");
  }
}

TEST_CASE("endless nesting ends with an error", "[substitute]") {
  std::string text = "x";
  for (int i = 0; i < 1000; ++i) text = "${NONE:-" + text + "}";
  CHECK_THROWS_WITH(run(text), "variables are nested too deeply");
}
