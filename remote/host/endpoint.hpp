#pragma once

#include <stop_token>
#include <string>

#include "compose/base/process.hpp"
#include "remote/http/client.hpp"

namespace hoist::remote {

/// Which engine to talk to, and why that one.
struct EngineEndpoint {
  HttpEndpoint address;
  std::string reason;  ///< "DOCKER_HOST", "docker context 'lab'", "default socket", "Podman, started by hoist"

  bool operator==(const EngineEndpoint&) const = default;
};

/// Finds the engine: DOCKER_HOST, then DOCKER_CONTEXT or the current docker context (~/.docker/config.json
/// and its meta files, DOCKER_CONFIG), then /var/run/docker.sock, then Podman's own sockets. When none of the
/// defaults answers and Podman is installed, starts `podman system service` for this user and waits until it
/// answers. Errors: Error{unavailable} that lists what was tried and how to start one; Error{bad_input} for
/// an address that cannot be understood or is not supported here (ssh://, https).
EngineEndpoint find_engine(ProcessRunner& processes, std::stop_token stop);

}  // namespace hoist::remote
