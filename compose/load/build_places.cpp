#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "compose/load/build_parts.hpp"

namespace hoist::compose {
namespace {

/// What a user fills with keys of their own: no engine refuses one of these.
bool holds_free_keys(std::string_view attribute) {
  constexpr std::array<std::string_view, 7> k_names{"annotations", "args",   "command", "depends_on",
                                                    "environment", "labels", "develop"};
  return std::ranges::find(k_names, attribute) != k_names.end();
}

void add_places(const Node& node, const std::string& path, Places& places) {
  if (node.is_mapping()) {
    for (const Member& member : node.members()) {
      const std::string below = path.empty() ? member.key : fmt::format("{}.{}", path, member.key);
      // What a short form became has no key in the file, but its value stands there.
      places.add(below, member.key_location.known() ? member.key_location : member.value.location);
      if (!holds_free_keys(member.key)) add_places(member.value, below, places);
    }
  } else if (node.is_sequence()) {
    for (std::size_t i = 0; i < node.items().size(); ++i) {
      const Node& item = node.items()[i];
      const std::string below = fmt::format("{}[{}]", path, i);
      places.add(below, item.location);
      add_places(item, below, places);
    }
  }
}

}  // namespace

Places build_places(const Node& owner) {
  Places places;
  add_places(owner, {}, places);
  return places;
}

}  // namespace hoist::compose
