#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "compose/base/process.hpp"
#include "remote/http/client.hpp"

namespace hoist::remote {

/// Where and how to run Podman's service.
struct PodmanService {
  std::filesystem::path directory;             ///< for the socket, the lock and the log; made with mode 0700
  unsigned uid = 0;                            ///< who must own it
  std::chrono::milliseconds patience{10'000};  ///< how long it may take to answer
  bool lower_limits = false;                   ///< give it settings of `write_lowered_limits`
};

/// A Podman service that answers on a socket in `service.directory`: the one that runs, else a new one, which
/// outlives us. Of several callers at once one starts it. Errors: Error{not_found} when Podman is not
/// installed; Error{denied} when the directory is not safe; Error{unavailable} with the last line of its log;
/// Error{cancelled}.
HttpEndpoint ensure_podman(const PodmanService& service, ProcessRunner& processes, std::stop_token stop);

/// Podman's settings `base` (TOML) with limits for containers that this machine can give; nothing when `base`
/// sets limits by itself. `ulimits` is the list in TOML: ["nofile=1024:1024"].
std::optional<std::string> with_default_ulimits(std::string_view base, std::string_view ulimits);

/// Writes settings with limits that we may hand out, where the kernel forbids to raise them, into
/// `directory`. Returns the file for CONTAINERS_CONF; "" when none is needed. Podman as root asks for more
/// than a root without CAP_SYS_RESOURCE (in a container, say) may give, and then no container starts.
std::string write_lowered_limits(const std::filesystem::path& directory);

}  // namespace hoist::remote
