#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "compose/plan/plan.hpp"
#include "remote/docker/client.hpp"

namespace hoist::remote {

/// What a service says of other containers, in the engine's terms.
struct References {
  std::string network_mode;  ///< "container:<id>"; empty = as the service says; so are the next two
  std::string ipc;
  std::string pid;
  std::vector<std::string> volumes_from;  ///< "<id>", "name:ro"
  std::vector<std::string> links;         ///< "<name>:<alias>"
  std::string config_hash;                ///< of a container that shares what others have; empty = that of the spec

  bool operator==(const References&) const = default;
};

/// Looks up the containers of the services that `spec`'s service names; without such a name nothing is asked.
/// Errors: Error{not_found} for a service whose namespace or volumes are wanted and that has no container.
References resolve_references(DockerClient& client, const compose::ContainerSpec& spec, std::stop_token stop);

/// The same from the project's containers. Pure.
References resolve_references(const compose::ContainerSpec& spec,
                              const std::vector<compose::ObservedContainer>& containers);

}  // namespace hoist::remote
