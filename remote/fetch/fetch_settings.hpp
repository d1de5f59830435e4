#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace hoist::remote {

/// What `docker login` left for a registry. Never printed, never in a command line.
struct RegistryLogin {
  std::string username;
  std::string password;
  std::string identity_token;  ///< in place of both

  bool operator==(const RegistryLogin&) const = default;
};

/// How remote Compose files are brought here.
struct FetchSettings {
  /// XDG_CACHE_HOME, GIT_*, COMPOSE_EXPERIMENTAL_GIT_REMOTE, COMPOSE_EXPERIMENTAL_OCI_REMOTE
  std::map<std::string, std::string> environment;
  std::filesystem::path home;
  bool offline = false;  ///< --offline: only what needs no network
  std::function<std::optional<RegistryLogin>(const std::string& registry, std::stop_token)> login = {};
  std::vector<std::string> insecure_registries = {};  ///< "host:port", asked without TLS
};

/// Where fetched files are kept, each below the hash of what was fetched: Docker Compose's own place, so that paths of
/// bind mounts are the same for both.
std::filesystem::path fetch_cache(const FetchSettings& settings);

/// Whether the variable `name` switches a kind of remote files off.
bool is_switched_off(const FetchSettings& settings, const std::string& name);

}  // namespace hoist::remote
