#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compose/load/node.hpp"

namespace hoist::compose {

/// One step down a tree: the key of a mapping's member, or the number of a list's entry.
struct PathPart {
  std::string key;
  std::optional<std::size_t> index = std::nullopt;  ///< from 0; nothing = a key

  bool operator==(const PathPart&) const = default;
};

using TreePath = std::vector<PathPart>;

/// "services.web.ports[0]".
std::string to_string(const TreePath& path);

/// What `text` names in a tree, or nothing: keys with dots between, entries as `[0]` or `.0`. A key with dots in it is
/// found as it stands; the longest that fits counts.
std::optional<TreePath> find_path(const Node& tree, std::string_view text);

/// As `find_path`. Errors: Error{bad_input} with the nearest right name where there is no such value.
TreePath get_path(const Node& tree, std::string_view text);

/// The parts of `text` without a tree to look into: every dot separates.
TreePath split_path(std::string_view text);

}  // namespace hoist::compose
