#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace hoist::remote {

/// A docker context that names an engine of its own.
struct DockerContext {
  std::string name;
  std::string host;       ///< address as in DOCKER_HOST
  bool with_tls = false;  ///< certificates belong to it
};

/// The context that DOCKER_CONTEXT or "currentContext" in config.json selects; nothing for the context
/// "default". Errors: Error{bad_input} for files that are not JSON, a context without meta file or without an
/// address. Source: docker's context store, contexts/meta/<SHA-256 of the name>/meta.json,
/// "Endpoints.docker.Host".
std::optional<DockerContext> find_docker_context(const std::map<std::string, std::string>& environment,
                                                 const std::filesystem::path& home);

}  // namespace hoist::remote
