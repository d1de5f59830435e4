#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hoist::compose {

/// Why the file that a user named cannot be read as `kind` ("Compose file", "env file"); nothing when it can: it is not
/// there, a directory, a link that leads nowhere or in a circle, or in a place that this user may not enter.
std::optional<std::string> why_no_file(const std::string& path, std::string_view kind);

}  // namespace hoist::compose
