#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace hoist::remote {

/// A version of the Docker Engine API, ordered by age: "1.41" < "1.51".
struct ApiVersion {
  int major = 1;
  int minor = 0;

  auto operator<=>(const ApiVersion&) const = default;
  /// "1.41"
  std::string to_string() const;
};

/// The newest API that the requests in this folder were written for.
inline constexpr ApiVersion k_newest_api{1, 51};
/// The oldest one that has all we ask for.
inline constexpr ApiVersion k_oldest_api{1, 41};

// From which version on an engine takes what; older ones are not told.
inline constexpr ApiVersion k_api_create_mountpoint{1, 42};  ///< a missing source of a mount is made
inline constexpr ApiVersion k_api_build_ulimits{1, 42};      ///< with BuildKit
inline constexpr ApiVersion k_api_annotations{1, 43};
inline constexpr ApiVersion k_api_many_networks{1, 44};        ///< a container is created with several networks
inline constexpr ApiVersion k_api_endpoint_mac{1, 44};         ///< a MAC address of each network
inline constexpr ApiVersion k_api_start_interval{1, 44};       ///< of health checks
inline constexpr ApiVersion k_api_read_only_recursion{1, 44};  ///< of bind mounts
inline constexpr ApiVersion k_api_cdi{1, 44};                  ///< devices by their CDI name
inline constexpr ApiVersion k_api_volume_subpath{1, 45};
inline constexpr ApiVersion k_api_image_mounts{1, 48};
inline constexpr ApiVersion k_api_gateway_priority{1, 48};
inline constexpr ApiVersion k_api_enable_ipv4{1, 48};
inline constexpr ApiVersion k_api_interface_name{1, 49};

/// Reads "1.41"; nothing for any other text.
std::optional<ApiVersion> parse_api_version(std::string_view text);

/// The highest version that both ends speak, when the engine's newest is `server`.
/// Errors: Error{unavailable} with both versions when the engine is too old.
ApiVersion negotiate(ApiVersion server);

}  // namespace hoist::remote
