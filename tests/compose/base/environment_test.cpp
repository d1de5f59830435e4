#include "compose/base/environment.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>

using namespace hoist;

TEST_CASE("an environment variable may be set, empty or missing", "[environment]") {
  ::setenv("HOIST_ENVIRONMENT_TEST", "value", 1);
  CHECK(environment_variable("HOIST_ENVIRONMENT_TEST") == "value");
  ::setenv("HOIST_ENVIRONMENT_TEST", "", 1);
  CHECK(environment_variable("HOIST_ENVIRONMENT_TEST") == "");
  ::unsetenv("HOIST_ENVIRONMENT_TEST");
  CHECK_FALSE(environment_variable("HOIST_ENVIRONMENT_TEST"));
}

TEST_CASE("the process environment holds what is set, with '=' and all", "[environment]") {
  ::setenv("HOIST_ENVIRONMENT_TEST", "a=b", 1);
  CHECK(process_environment().at("HOIST_ENVIRONMENT_TEST") == "a=b");
  ::unsetenv("HOIST_ENVIRONMENT_TEST");
  CHECK_FALSE(process_environment().contains("HOIST_ENVIRONMENT_TEST"));
}

TEST_CASE("a variable that is not there reads as empty where that is the same", "[environment]") {
  CHECK(value_or_empty({{"A", "1"}}, "A") == "1");
  CHECK(value_or_empty({{"A", "1"}}, "B").empty());
}
