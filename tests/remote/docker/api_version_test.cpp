#include "remote/docker/api_version.hpp"

#include <catch2/catch.hpp>

#include "compose/base/error.hpp"

using namespace hoist;
using namespace hoist::remote;

TEST_CASE("versions are ordered by age, not by their text", "[docker][api]") {
  CHECK(ApiVersion{1, 9} < ApiVersion{1, 41});
  CHECK(ApiVersion{2, 0} > ApiVersion{1, 99});
  CHECK(parse_api_version("1.41") == ApiVersion{1, 41});
  CHECK(ApiVersion{1, 41}.to_string() == "1.41");
}

TEST_CASE("what is no version is nothing", "[docker][api]") {
  const auto text = GENERATE("", "1", "1.", ".41", "1.x", "1.41.2", "-1.41", "1.-1", "v1.41", "1.99999999999");
  CAPTURE(text);
  CHECK_FALSE(parse_api_version(text));
}

TEST_CASE("both ends speak the newest version that both know", "[docker][api]") {
  CHECK(negotiate({1, 41}) == ApiVersion{1, 41});
  CHECK(negotiate({1, 51}) == ApiVersion{1, 51});
  CHECK(negotiate({1, 99}) == k_newest_api);
  CHECK_THROWS_WITH(negotiate({1, 40}), "the engine speaks API 1.40 at most, at least 1.41 is needed");
}
