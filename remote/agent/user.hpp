#pragma once

#include <optional>
#include <string_view>

#include "sync/disk/apply.hpp"

namespace hoist::agent {

/// The owner that a container's user stands for: "app", "app:staff", "1000", "1000:1000"; empty = root. `passwd` and
/// `group` are the texts of the files of that name, which may be empty. A user without a group has that of `passwd`,
/// else 0. Nothing for a name that neither knows. Source: the USER section of the Dockerfile reference.
std::optional<sync::Owner> owner_of_user(std::string_view user, std::string_view passwd, std::string_view group);

}  // namespace hoist::agent
