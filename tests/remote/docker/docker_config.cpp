#include "tests/remote/docker/docker_config.hpp"

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>

#include "compose/base/environment.hpp"
#include "compose/base/error.hpp"
#include "compose/base/file.hpp"

namespace hoist::test {

DockerConfig::DockerConfig() : old_path_(environment_variable("PATH").value_or("")) {
  ::setenv("DOCKER_CONFIG", directory_.path().c_str(), 1);
}

DockerConfig::~DockerConfig() {
  ::unsetenv("DOCKER_CONFIG");
  ::setenv("PATH", old_path_.c_str(), 1);
}

void DockerConfig::write(std::string_view config_json) const {
  directory_.write("config.json", config_json);
}

void DockerConfig::install_helper(const std::string& name, std::string_view script) {
  const std::filesystem::path helper = directory_.write("bin/docker-credential-" + name, script);
  ::chmod(helper.c_str(), 0755);
  ::setenv("PATH", ((directory_.path() / "bin").string() + ":" + old_path_).c_str(), 1);
}

void DockerConfig::install_buildx() const {
  const std::optional<std::string> peer = environment_variable("PEER_CONFIG");
  if (!peer) {
    throw Error(ErrorCode::bad_input, "set PEER_CONFIG to what 'tests/testbed/engine.sh compose' prints");
  }
  std::filesystem::create_directory_symlink(*peer + "/cli-plugins", directory_.path() / "cli-plugins");
}

}  // namespace hoist::test
