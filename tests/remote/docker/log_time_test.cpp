#include "remote/docker/log_time.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>

#include "compose/base/error.hpp"

using namespace hoist;
using namespace hoist::remote;
using std::chrono::system_clock;

TEST_CASE("a person's time becomes the engine's", "[docker][logs]") {
  struct Case {
    const char* text;
    const char* expected;
  };
  const auto c = GENERATE(values<Case>({
      {"1700000000", "1700000000"},
      {"1700000000.5", "1700000000.5"},
      {"10m", "1699999400.000000000"},
      {"1h30m", "1699994600.000000000"},
      {"1.5s", "1699999998.500000000"},
      {"250ms", "1699999999.750000000"},
      {"2d", "1699827200.000000000"},
      {"2023-11-14T22:13:20Z", "1700000000.000000000"},
      {"2023-11-14T22:13:20.25Z", "1700000000.250000000"},
      {"2023-11-15T00:13:20+02:00", "1700000000.000000000"},
      {"2023-11-14T17:13:20-05:00", "1700000000.000000000"},
  }));
  CAPTURE(c.text);
  CHECK(engine_log_time(c.text, system_clock::from_time_t(1700000000)) == c.expected);
}

TEST_CASE("a time without a zone is local time", "[docker][logs]") {
  ::setenv("TZ", "XST-2", 1);  // two hours east
  ::tzset();
  const auto now = system_clock::from_time_t(1700000000);
  CHECK(engine_log_time("2023-11-15T00:13:20", now) == "1700000000.000000000");
  CHECK(engine_log_time("2023-11-15T00:13", now) == "1699999980.000000000");
  CHECK(engine_log_time("2023-11-15T00", now) == "1699999200.000000000");
  CHECK(engine_log_time("2023-11-15", now) == "1699999200.000000000");
  ::unsetenv("TZ");
  ::tzset();
}

TEST_CASE("what is no time is refused with examples", "[docker][logs]") {
  const auto text = GENERATE("", "yesterday", "10x", "m10", "2023-11-14T22:13:20+2", "2023-13", "1e3s");
  CAPTURE(text);
  CHECK_THROWS_AS(engine_log_time(text, {}), Error);
}
