#pragma once

#include <string>
#include <string_view>

#include "tests/support/temp_dir.hpp"

namespace hoist::test {

/// A Docker configuration directory of its own while it lives, so that no test sees a person's logins.
///
/// Thread: only while no other thread reads the environment.
class DockerConfig {
 public:
  DockerConfig();
  ~DockerConfig();
  DockerConfig(const DockerConfig&) = delete;
  DockerConfig& operator=(const DockerConfig&) = delete;

  void write(std::string_view config_json) const;
  /// Puts a credential helper "docker-credential-NAME" with this script into PATH.
  void install_helper(const std::string& name, std::string_view script);
  /// Makes `docker buildx` available, from the directory that PEER_CONFIG names.
  void install_buildx() const;

 private:
  TempDir directory_;
  std::string old_path_;
};

}  // namespace hoist::test
