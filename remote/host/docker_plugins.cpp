#include "remote/host/docker_plugins.hpp"

#include <unistd.h>

#include <system_error>
#include <vector>

#include "compose/base/environment.hpp"
#include "compose/base/text.hpp"
#include "remote/host/engine_search.hpp"

namespace hoist::remote {
namespace {

namespace fs = std::filesystem;

/// Where Docker's own program looks for plugins, first to last, below the user's directory.
constexpr const char* k_plugin_directories[] = {"usr/local/lib/docker/cli-plugins",
                                                "usr/local/libexec/docker/cli-plugins", "usr/lib/docker/cli-plugins",
                                                "usr/libexec/docker/cli-plugins"};

bool is_program(const fs::path& path) {
  std::error_code unseen;
  return fs::is_regular_file(path, unseen) && ::access(path.c_str(), X_OK) == 0;
}

std::optional<fs::path> first_program(const std::vector<fs::path>& directories, const std::string& name) {
  for (const fs::path& directory : directories) {
    if (is_program(directory / name)) return directory / name;
  }
  return std::nullopt;
}

}  // namespace

PluginSearch plugin_search_of_this_machine() {
  const EngineSearch machine = search_of_this_machine();
  return {.environment = machine.environment, .home = machine.home};
}

std::optional<fs::path> find_docker_plugin(const PluginSearch& search, const std::string& name) {
  const fs::path config = value_or_empty(search.environment, "DOCKER_CONFIG");
  std::vector<fs::path> directories{(config.empty() ? search.home / ".docker" : config) / "cli-plugins"};
  for (const char* directory : k_plugin_directories) directories.push_back(search.system_root / directory);
  return first_program(directories, "docker-" + name);
}

std::optional<fs::path> find_in_path(const PluginSearch& search, const std::string& name) {
  std::vector<fs::path> directories;
  for (const std::string& directory : split(value_or_empty(search.environment, "PATH"), ':')) {
    if (directory.starts_with('/')) directories.emplace_back(directory);
  }
  return first_program(directories, name);
}

}  // namespace hoist::remote
