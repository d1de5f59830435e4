#include "compose/base/clock.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

using namespace hoist;
using namespace std::chrono_literals;

TEST_CASE("sleeping takes the span and says that it was not stopped", "[clock]") {
  SystemClock clock;
  const auto start = clock.now();
  CHECK(clock.sleep_for(30ms, {}));
  CHECK(clock.now() - start >= 30ms);
  std::stop_source never;
  CHECK(clock.sleep_for(1ms, never.get_token()));
}

TEST_CASE("a stop request ends the sleep at once", "[clock]") {
  SystemClock clock;
  std::stop_source source;
  const auto start = clock.now();
  SECTION("made meanwhile") {
    std::jthread other([&source] {
      std::this_thread::sleep_for(20ms);
      source.request_stop();
    });
    CHECK_FALSE(clock.sleep_for(1min, source.get_token()));
  }
  SECTION("made before") {
    source.request_stop();
    CHECK_FALSE(clock.sleep_for(1min, source.get_token()));
  }
  CHECK(clock.now() - start < 5s);
}

TEST_CASE("wall time is the system's, and the other clock never goes back", "[clock]") {
  const SystemClock clock;
  const auto before = std::chrono::system_clock::now();
  const auto wall = clock.wall_time();
  CHECK(wall >= before);
  CHECK(wall - before < 1min);
  auto last = clock.now();
  for (int turn = 0; turn < 1000; ++turn) {
    const auto next = clock.now();
    REQUIRE(next >= last);
    last = next;
  }
}
