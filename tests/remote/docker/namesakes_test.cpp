#include "remote/docker/namesakes.hpp"

#include <catch2/catch.hpp>

using namespace hoist;
using namespace hoist::remote;

TEST_CASE("the network that an engine finds twice is read from its words", "[docker][namesakes]") {
  struct Case {
    const char* message;
    std::string network;
  };
  const auto c = GENERATE(values<Case>({
      {"network shop_default is ambiguous (2 matches found on name)", "shop_default"},
      {"failed to set up container networking: network shop_a is ambiguous (3 matches found on name)", "shop_a"},
      {"network shop_default not found", ""},
      {"the reference is ambiguous", ""},
      {"", ""},
  }));
  CHECK(ambiguous_network(c.message) == c.network);
}
