#pragma once

#include <array>

namespace hoist::compose {

/// The names of a Compose file that nobody named, the first one found wins.
/// Source: compose-go, cli/options.go (DefaultFileNames).
inline constexpr std::array<const char*, 4> k_file_names{"compose.yaml", "compose.yml", "docker-compose.yml",
                                                         "docker-compose.yaml"};

/// The names of the file that is merged over it (DefaultOverrideFileNames).
inline constexpr std::array<const char*, 4> k_override_names{
    "compose.override.yml", "compose.override.yaml", "docker-compose.override.yml", "docker-compose.override.yaml"};

}  // namespace hoist::compose
