#include "compose/load/scalars.hpp"

#include <catch2/catch.hpp>
#include <limits>
#include <random>

#include "compose/base/error.hpp"

using namespace hoist;
using namespace hoist::compose;
using namespace std::chrono_literals;

namespace {

using Words = std::vector<std::string>;

struct DurationCase {
  std::string text;
  Nanoseconds span;
  std::string formatted;
};

struct BytesCase {
  std::string text;
  Bytes bytes;
};

struct WordsCase {
  std::string text;
  Words words;
};

}  // namespace

TEST_CASE("durations are read and written as Go does, with days and weeks", "[scalars]") {
  const auto c = GENERATE(values<DurationCase>({
      {"0", 0ns, "0s"},
      {"0s", 0ns, "0s"},
      {"100ns", 100ns, "100ns"},
      {"1us", 1us, "1µs"},
      {"1µs", 1us, "1µs"},
      {"1μs", 1us, "1µs"},
      {"10ms", 10ms, "10ms"},
      {"1.5ms", 1500us, "1.5ms"},
      {"40s", 40s, "40s"},
      {"60s", 1min, "1m0s"},
      {"90s", 90s, "1m30s"},
      {"1.5h", 90min, "1h30m0s"},
      {"1h5m30s20ms", 1h + 5min + 30s + 20ms, "1h5m30.02s"},
      {"1s1ms", 1001ms, "1.001s"},
      {".5s", 500ms, "500ms"},
      {"1.s", 1s, "1s"},
      {"1d", 24h, "24h0m0s"},
      {"1w", 168h, "168h0m0s"},
      {"-1m", -1min, "-1m0s"},
      {"+1m", 1min, "1m0s"},
  }));
  CAPTURE(c.text);
  CHECK(parse_duration(c.text) == c.span);
  CHECK(format_duration(c.span) == c.formatted);
}

TEST_CASE("a text that is no duration is refused", "[scalars]") {
  const std::string text = GENERATE("", "1", "1.5", "-", "s", "1M", "1H", "30S", "1s ", " 1s", "1s1", "1..5s", ".s",
                                    "1e3s", "1x", "--1s", "99999999w", "1s-1s");
  CAPTURE(text);
  try {
    parse_duration(text);
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::bad_input);
    CHECK(error.what() == "'" + text + "' is not a duration");
    CHECK(error.hint() == "write it like 30s, 1m30s or 500ms");
  }
}

TEST_CASE("every span comes back from its text, to the nanosecond", "[scalars]") {
  std::mt19937_64 random(20261124);  // NOLINT: the same spans each time
  for (int i = 0; i < 20'000; ++i) {
    const auto count = static_cast<std::int64_t>(random() >> (1 + random() % 62));
    const Nanoseconds span{i % 2 == 0 ? count : -count};
    const std::string text = format_duration(span);
    CAPTURE(text);
    REQUIRE(parse_duration(text) == span);
  }
  const Nanoseconds most = Nanoseconds::max();
  CHECK(format_duration(most) == "2562047h47m16.854775807s");
  CHECK(parse_duration("2562047h47m16.854775807s") == most);
  CHECK_THROWS_AS(parse_duration("2562047h47m16.854775808s"), Error);
}

TEST_CASE("the longest negative span has a text too", "[scalars]") {
  CHECK(format_duration(Nanoseconds::min()) == "-2562047h47m16.854775808s");
}

TEST_CASE("sizes take units of 1024, in any case and with fractions", "[scalars]") {
  const auto c = GENERATE(values<BytesCase>({
      {"0", 0},
      {"-1", -1},
      {"1024", 1024},
      {"1b", 1},
      {"1k", 1024},
      {"1K", 1024},
      {"1KB", 1024},
      {"1kib", 1024},
      {"300m", 314572800},
      {"1MiB", 1048576},
      {"1.5g", 1610612736},
      {"1 gb", 1073741824},
      {".5m", 524288},
      {"1tb", 1099511627776},
      {"1p", 1125899906842624},
      {"1e3", 1000},
      {"1_000", 1000},
      {"1_0.5k", 10752},
      {"9007199254740993", 9007199254740992},  // a float's precision, as in Docker Compose
  }));
  CAPTURE(c.text);
  CHECK(parse_bytes(c.text) == c.bytes);
}

TEST_CASE("a text that is no size is refused", "[scalars]") {
  const std::string text = GENERATE("", "g", " 1g", "1g ", "-1g", "-2", "10Gi", "1x", "1kk", "1ibk", "1.2.3", "nan ",
                                    "inf ", "99999999p", "0x10", "1,5g", "1__0", "_1", "1_", "1_k");
  CAPTURE(text);
  try {
    parse_bytes(text);
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::bad_input);
    CHECK(error.what() == "'" + text + "' is not a size");
    CHECK(error.hint() == "write it like 512m, 1.5g or 1048576");
  }
}

TEST_CASE("a command is split as a shell would, nothing is expanded", "[scalars]") {
  const auto c = GENERATE(values<WordsCase>({
      {"", {}},
      {"   ", {}},
      {"a  b\tc\nd", {"a", "b", "c", "d"}},
      {"sh -c 'echo \"hello $HOSTNAME\"'", {"sh", "-c", "echo \"hello $HOSTNAME\""}},
      {"sh -c \"a b\"", {"sh", "-c", "a b"}},
      {"a \"\" b", {"a", "", "b"}},
      {"a '' b", {"a", "", "b"}},
      {"\"a b\"c'd e'", {"a bcd e"}},
      {"--opt='v w'", {"--opt=v w"}},
      {"a \"b\\\"c\"", {"a", "b\"c"}},
      {"a\\ b c", {"a b", "c"}},
      {"'a\\b'", {"a\\b"}},
      {"a $B ${C}", {"a", "$B", "${C}"}},
      {"a #b", {"a", "#b"}},
      {"`a b` c", {"`a b`", "c"}},
      {"$(a b) c", {"$(a b)", "c"}},
  }));
  CAPTURE(c.text);
  CHECK(split_command(c.text) == c.words);
}

TEST_CASE("a command ends where a shell would begin another or redirect", "[scalars]") {
  const auto c = GENERATE(values<WordsCase>({
      {"a|b", {"a"}},
      {"a | b", {"a"}},
      {"a;b", {"a"}},
      {"a && b", {"a"}},
      {"a > b", {"a"}},
      {"a 2> b", {"a"}},
      {"a < b", {"a"}},
      {"a '|' \">\" b", {"a", "|", ">", "b"}},
      {"a \\; b", {"a", ";", "b"}},
  }));
  CAPTURE(c.text);
  CHECK(split_command(c.text) == c.words);
}

TEST_CASE("an open quote or bracket is refused", "[scalars]") {
  const std::string text = GENERATE("a 'b", "a \"b", "a \\", "`a", "$(a", "(a)", "a)");
  CAPTURE(text);
  CHECK_THROWS_WITH(split_command(text), "invalid command: a quote or bracket is not closed");
}

TEST_CASE("an extra host has one entry for each address", "[scalars]") {
  const auto c = GENERATE(values<WordsCase>({
      {"h:1.2.3.4", {"h=1.2.3.4"}},
      {"h=1.2.3.4", {"h=1.2.3.4"}},
      {"h=1.2.3.4,5.6.7.8", {"h=1.2.3.4", "h=5.6.7.8"}},
      {"h=[::1]", {"h=::1"}},
      {"h:[::1]", {"h=::1"}},
      {"h:::1", {"h=::1"}},
      {"h=host-gateway", {"h=host-gateway"}},
  }));
  CAPTURE(c.text);
  CHECK(parse_extra_host(c.text) == c.words);
}

TEST_CASE("an extra host without host or separator is refused", "[scalars]") {
  const std::string text = GENERATE("", "h", ":1.2.3.4", "=1.2.3.4", "a:b=1.2.3.4");
  CAPTURE(text);
  CHECK_THROWS_WITH(parse_extra_host(text), "'" + text + "' is not a host entry");
}
