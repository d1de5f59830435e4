#include "compose/base/text.hpp"

#include <catch2/catch.hpp>

using namespace hoist;

TEST_CASE("a misspelled word gets the nearest candidate, a strange one gets none", "[text]") {
  const std::vector<std::string> services{"api", "db", "worker"};
  CHECK(nearest("dbb", services) == "db");
  CHECK(nearest("wroker", services) == "worker");
  CHECK(nearest("API", services) == "api");
  CHECK(nearest("imaeg", std::vector<std::string>{"image", "init"}) == "image");  // swapped letters are one slip
  CHECK_FALSE(nearest("frontend", services));
  CHECK(did_you_mean("workr", services) == "did you mean 'worker'?");
}

TEST_CASE("remote text loses escape sequences and control characters", "[text]") {
  CHECK(strip_control("\x1b[31mred\x1b[0m") == "red");
  CHECK(strip_control("\x1b]0;title\aname") == "name");
  CHECK(strip_control("a\rb\x7f\tc") == "ab\tc");
  CHECK(strip_control("a\nb") == "a b");
  CHECK(strip_control("a\nb", true) == "a\nb");
  CHECK(strip_control("caf\xc3\xa9 \xc2\x9b") == "caf\xc3\xa9 ");
  CHECK(strip_control("\xe2\x9c\x93 \xf0\x9f\x90\xb3\xc2\xa0") == "\xe2\x9c\x93 \xf0\x9f\x90\xb3\xc2\xa0");
}

TEST_CASE("bytes that are not UTF-8 go: a terminal may take them for controls", "[text]") {
  CHECK(strip_control("\x9b"
                      "31mred") == "31mred");
  CHECK(strip_control("caf\xe9") == "caf");
  CHECK(strip_control("\xc0\x9b") == "");          // ESC, overlong
  CHECK(strip_control("a\xed\xa0\x80z") == "az");  // half of a pair
  CHECK(strip_control("a\xe2\x9c") == "a");
}

TEST_CASE("what an escape sequence swallows leaves no control behind", "[text]") {
  CHECK(strip_control("\x1b\xc2\x9b"
                      "31m") == "31m");
  CHECK(strip_control("\x1b\xc3\xa9") == "\xc3\xa9");
  CHECK(strip_control("\x1b\n") == " ");
  CHECK(strip_control("\x1b\x1b[31mred") == "red");
  CHECK(strip_control("\x1b[3\xc3\xa9") == "\xc3\xa9");
  CHECK(strip_control("\x1b[3\n1m", true) == "\n1m");
}

TEST_CASE("split keeps empty parts, an empty text has none", "[text]") {
  CHECK(split("a::b", ':') == std::vector<std::string>{"a", "", "b"});
  CHECK(split("", ':').empty());
}

TEST_CASE("spans of time read as Docker words them", "[text]") {
  CHECK(human_duration(0) == "Less than a second");
  CHECK(human_duration(59) == "59 seconds");
  CHECK(human_duration(60) == "About a minute");
  CHECK(human_duration(3600) == "About an hour");
  CHECK(human_duration(7200) == "2 hours");
  CHECK(human_duration(3 * 86400) == "3 days");
}

TEST_CASE("trim takes white space from both ends only", "[text]") {
  CHECK(trim("  a b\t\r\n") == "a b");
  CHECK(trim(" \f\v ").empty());
  CHECK(trim("").empty());
}

TEST_CASE("lower case touches ASCII letters alone", "[text]") {
  CHECK(to_lower("AbZ[\xc3\x80") == "abz[\xc3\x80");
}

TEST_CASE("an escape sequence that is cut off swallows the rest and no more", "[text]") {
  CHECK(strip_control("a\x1b") == "a");
  CHECK(strip_control("a\x1b[31") == "a");
  CHECK(strip_control("a\x1b]0;title") == "a");
  CHECK(strip_control("a\x1b]0;t\x1b\\b") == "ab");
  CHECK(strip_control("a\x1b(b") == "ab");
  CHECK(strip_control("a\xc2") == "a");
}

TEST_CASE("sizes read as Docker prints them, in powers of 1000", "[text]") {
  CHECK(human_size(0) == "0B");
  CHECK(human_size(999) == "999B");
  CHECK(human_size(1000) == "1kB");
  CHECK(human_size(1'234'567) == "1.235MB");
  CHECK(human_size(5e18) == "5000PB");
}

TEST_CASE("random hex is as long as asked and not the same twice", "[text]") {
  const std::string first = random_hex(16);
  CHECK(first.size() == 32);
  CHECK(first.find_first_not_of("0123456789abcdef") == std::string::npos);
  CHECK(first != random_hex(16));
  CHECK(random_hex(0).empty());
}

TEST_CASE("longer spans of time count in days, weeks, months and years", "[text]") {
  constexpr long long k_day = 86400;
  CHECK(human_duration(1) == "1 second");
  CHECK(human_duration(47 * 3600) == "47 hours");
  CHECK(human_duration(48 * 3600) == "2 days");
  CHECK(human_duration(13 * k_day) == "13 days");
  CHECK(human_duration(14 * k_day) == "2 weeks");
  CHECK(human_duration(60 * k_day) == "2 months");
  CHECK(human_duration(730 * k_day) == "2 years");
}

TEST_CASE("what cannot be seen is shown as an escape", "[text]") {
  CHECK(printable("plain, ä") == "plain, ä");
  CHECK(printable("a\nb\tc\r") == "a\\nb\\tc\\r");
  CHECK(printable("\x1b[31m\x7f") == "\\x1b[31m\\x7f");
  CHECK(printable("a\xff"
                  "b\xc2\x85") == "a\\xffb\\xc2\\x85");
}
