#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>

#include "compose/base/process.hpp"
#include "remote/host/docker_plugins.hpp"

namespace hoist::remote {

/// The program that `docker compose` runs, else a `docker-compose` in PATH; nothing when there is none.
std::optional<std::filesystem::path> find_docker_compose(const PluginSearch& search);

/// "2.40.3": the release of the Docker Compose of this machine; empty when there is none, or none of version 2 or
/// newer, or it does not say. It is asked once: the answer is kept below the user's cache directory until the program
/// changes. Errors: Error{cancelled} after a stop request. A cache that cannot be read or written is no error.
std::string docker_compose_release(const PluginSearch& search, ProcessRunner& processes, std::stop_token stop);

}  // namespace hoist::remote
