#include "compose/load/profiles.hpp"

#include <catch2/catch.hpp>

#include "tests/compose/load/tree_text.hpp"

using namespace hoist;
using namespace hoist::compose;

namespace {

using Names = std::vector<std::string>;

Names keys_of(const Node& mapping) {
  Names keys;
  for (const Member& member : mapping.members()) keys.push_back(member.key);
  return keys;
}

}  // namespace

TEST_CASE("profiles and named services decide which services are on") {
  struct Case {
    Names profiles;
    Names named;
    Names enabled;
  };
  const Case given = GENERATE(values<Case>({
      {{}, {}, {"web"}},
      {{"debug"}, {}, {"web", "shell", "probe"}},
      {{"*"}, {}, {"web", "shell", "probe", "seed"}},
      {{"unknown"}, {}, {"web"}},
      {{}, {"seed"}, {"web", "probe", "seed"}},
      {{}, {"shell"}, {"web", "shell", "probe"}},
      {{"tools"}, {"probe"}, {"web", "probe", "seed"}},
      {{}, {"unknown"}, {"web"}},
  }));
  Node document = tree_of(
      "services: {web: {}, shell: {profiles: [debug]}, probe: {profiles: [debug, tools]}, seed: {profiles: "
      "[tools]}}");
  const Node disabled = take_disabled_services(document, given.profiles, given.named);
  Names enabled = keys_of(*document.find("services"));
  CHECK(enabled == given.enabled);
  CHECK(enabled.size() + disabled.members().size() == 4);
}
