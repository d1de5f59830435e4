#include "remote/agent/user.hpp"

#include <catch2/catch.hpp>

using hoist::agent::owner_of_user;

TEST_CASE("a container's user is a number, a name or both with a group", "[agent]") {
  constexpr const char* k_passwd =
      "root:x:0:0:root:/root:/bin/sh\nbroken\napp:x:1000:1001::/home/app:\n7:x:70:71::/:\n";
  constexpr const char* k_group = "root:x:0:\nstaff:x:50:app\n";
  struct Case {
    const char* user;
    int uid;
    int gid;
  };
  const auto c = GENERATE(values<Case>({
      {"", 0, 0},
      {"root", 0, 0},
      {"app", 1000, 1001},
      {"1000", 1000, 1001},
      {"4000", 4000, 0},
      {"app:staff", 1000, 50},
      {"app:77", 1000, 77},
      {"4000:4001", 4000, 4001},
      {":staff", 0, 50},
      {"7", 7, 0},
  }));
  CAPTURE(c.user);
  const auto owner = owner_of_user(c.user, k_passwd, k_group);
  REQUIRE(owner);
  CHECK(static_cast<int>(owner->user) == c.uid);
  CHECK(static_cast<int>(owner->group) == c.gid);
}

TEST_CASE("a name that the container does not know is none", "[agent]") {
  CHECK_FALSE(owner_of_user("nobody", "", ""));
  CHECK_FALSE(owner_of_user("1000:staff", "", ""));
  CHECK_FALSE(owner_of_user("99999999999", "", ""));
  CHECK_FALSE(owner_of_user("-1", "", ""));
}
