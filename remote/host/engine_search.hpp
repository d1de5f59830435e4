#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "compose/base/process.hpp"
#include "remote/host/endpoint.hpp"

namespace hoist::remote {

/// Where to look for engines.
struct EngineSearch {
  std::map<std::string, std::string> environment;
  std::filesystem::path home;
  unsigned uid = 0;
  std::filesystem::path runtime_directory;  ///< where this user's services have their sockets
  std::vector<std::string> docker_sockets;  ///< tried in this order, before Podman's
  std::vector<std::string> podman_sockets;
  std::chrono::milliseconds podman_patience{10'000};  ///< how long Podman's service may take to start
};

/// This machine as this process sees it.
EngineSearch search_of_this_machine();

/// As `find_engine(processes, stop)`, looking only where `search` says.
EngineEndpoint find_engine(const EngineSearch& search, ProcessRunner& processes, std::stop_token stop);

}  // namespace hoist::remote
