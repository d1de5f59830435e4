#include "cli/endings.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <sstream>
#include <string>

using namespace hoist;
using namespace hoist::cli;
using namespace std::chrono_literals;

TEST_CASE("only a container that somebody stopped may be about to start again", "[cli]") {
  struct Case {
    const char* events;  ///< CONTAINER:ACTION in the order in which an engine tells them
    bool patient;
  };
  const auto c = GENERATE(values<Case>({
      {"", false},
      {"a:die", false},
      {"a:kill a:die", true},
      {"a:kill a:die a:stop", true},
      {"a:kill a:die a:stop a:start a:restart", false},
      {"a:stop a:die", true},
      {"a:restart a:stop a:die a:init a:start", false},
      {"a:kill a:die a:stop a:destroy", true},
      {"a:kill a:die a:start a:die", false},
      {"a:kill b:start a:die", true},
  }));
  CAPTURE(c.events);
  Endings endings;
  std::istringstream words(c.events);
  for (std::string word; words >> word;) {
    endings.see({.container = word.substr(0, 1), .action = word.substr(2)});
  }
  CHECK((endings.patience() > 0ms) == c.patient);
}

TEST_CASE("what a container prints after a new start is what comes after its last end", "[cli]") {
  Endings endings;
  endings.had_ended("old", 5);
  endings.see({.container = "a", .action = "die", .time_nanoseconds = 7});
  endings.see({.container = "a", .action = "start", .time_nanoseconds = 8});
  endings.see({.container = "a", .action = "die", .time_nanoseconds = 9});
  endings.see({.container = "new", .action = "start", .time_nanoseconds = 10});
  CHECK(endings.last_end("old") == 5);
  CHECK(endings.last_end("a") == 9);
  CHECK_FALSE(endings.last_end("new"));
}
