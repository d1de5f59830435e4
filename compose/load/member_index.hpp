#pragma once

#include <string_view>
#include <unordered_map>

#include "compose/load/node.hpp"

namespace hoist::compose {

/// Finds members of a mapping by key, where one search for each member of a large mapping would take its square.
/// Valid until a member is added or taken out. `N` is `Node` or `const Node`; what is no mapping has no members.
template <typename N>
class MemberIndex {
 public:
  explicit MemberIndex(N& mapping) {
    if (!mapping.is_mapping()) return;
    nodes_.reserve(mapping.members().size());
    for (auto& member : mapping.members()) nodes_.emplace(member.key, &member.value);
  }

  /// The member's value, or null.
  N* find(std::string_view key) const {
    const auto found = nodes_.find(key);
    return found == nodes_.end() ? nullptr : found->second;
  }

 private:
  std::unordered_map<std::string_view, N*> nodes_;
};

}  // namespace hoist::compose
