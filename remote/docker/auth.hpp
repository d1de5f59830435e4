#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "compose/base/process.hpp"

namespace hoist::remote {

/// What a registry wants to see. Never printed, never logged.
struct RegistryCredentials {
  std::string username;
  std::string password;
  std::string identity_token;  ///< in place of a password
  std::string server;          ///< as the configuration calls the registry

  bool operator==(const RegistryCredentials&) const = default;
};

/// The credentials that `docker login` left: in Docker's configuration file or with the helper that it names.
///
/// Source: docker/cli, config file and credential helper protocol.
class CredentialStore {
 public:
  /// Reads `directory`/config.json now; a directory without one has no credentials.
  /// Errors: Error{bad_input} when the file cannot be understood.
  CredentialStore(ProcessRunner& processes, const std::filesystem::path& directory);

  /// The credentials for a registry ("docker.io", "localhost:5000"), or nothing. A helper that is missing or
  /// fails has none: should the registry refuse then, `fault` tells why.
  std::optional<RegistryCredentials> find(const std::string& domain, std::stop_token stop);

  /// What kept the helper that was asked last from its answer; "" when nothing did.
  const std::string& fault() const { return fault_; }

  /// The value of X-Registry-Auth for a registry; without credentials that of an empty object.
  std::string auth_header(const std::string& domain, std::stop_token stop);
  /// The value of X-Registry-Config for a build whose images come from `domains`.
  std::string config_header(const std::set<std::string>& domains, std::stop_token stop);

  /// A config.json with all credentials, those that helpers keep included.
  std::string config_file(std::stop_token stop);

 private:
  /// The registries that the common helper keeps credentials for.
  std::set<std::string> servers_of_helper(std::stop_token stop);
  std::optional<RegistryCredentials> ask_helper(const std::string& helper, const std::string& server,
                                                std::stop_token stop);

  ProcessRunner& processes_;
  std::map<std::string, RegistryCredentials> stored_;
  std::map<std::string, std::string> helpers_;  ///< registry -> helper
  std::string default_helper_;
  std::string fault_;
};

/// $DOCKER_CONFIG, else ~/.docker.
std::filesystem::path docker_config_directory();

}  // namespace hoist::remote
