#include "compose/load/path_pattern.hpp"

#include <catch2/catch.hpp>
#include <vector>

using namespace hoist::compose;

TEST_CASE("a pattern is compared part by part, and a star is any one part", "[path_pattern]") {
  struct Case {
    std::vector<std::string_view> path;
    std::string_view pattern;
    bool expected;
  };
  const auto c = GENERATE(values<Case>({
      {{"services", "web", "ports"}, "services.*.ports", true},
      {{"services", "web.v1", "ports"}, "services.*.ports", true},
      {{"services", "web", "ulimits", "nofile"}, "services.*.ulimits.*", true},
      {{"services", "web", "imports"}, "services.*.ports", false},  // the same last letters
      {{"services", "web", "ports", "[]"}, "services.*.ports", false},
      {{"services", "ports"}, "services.*.ports", false},
      {{"networks", "web", "ports"}, "services.*.ports", false},
      {{"services", "web", ""}, "services.*.ports", false},
      {{"services", "web", ""}, "services.*.*", true},
      {{"services", "web"}, "services.*.*", false},
      {{}, "services", false},
      {{"services"}, "", false},
      {{}, "", true},
  }));
  CAPTURE(c.path, c.pattern);
  CHECK(matches(c.path, c.pattern) == c.expected);
}
