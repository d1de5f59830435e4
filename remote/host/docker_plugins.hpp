#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace hoist::remote {

/// Where to look for plugins of Docker's command line, and where to keep what they answered.
struct PluginSearch {
  std::map<std::string, std::string> environment;  ///< DOCKER_CONFIG, PATH, XDG_CACHE_HOME
  std::filesystem::path home;
  std::filesystem::path system_root = "/";  ///< below it the directories of a machine's plugins
};

/// For this process: its environment and its user.
PluginSearch plugin_search_of_this_machine();

/// The program of the plugin `name` ("compose"), as Docker finds it; nothing when there is none.
std::optional<std::filesystem::path> find_docker_plugin(const PluginSearch& search, const std::string& name);

/// The program `name` in PATH; nothing when there is none.
std::optional<std::filesystem::path> find_in_path(const PluginSearch& search, const std::string& name);

}  // namespace hoist::remote
