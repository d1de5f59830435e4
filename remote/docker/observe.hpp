#pragma once

#include <stop_token>

#include "compose/plan/engine.hpp"
#include "remote/docker/client.hpp"

namespace hoist::remote {

/// What the engine holds of a project: one round trip, its requests sent side by side. On Podman, whose list
/// is silent on health, each running container is inspected as well.
compose::ObservedState observe(DockerClient& client, const compose::ObserveRequest& request, std::stop_token stop);

/// Sorts as ObservedState promises: by service, number, creation.
void sort_containers(std::vector<compose::ObservedContainer>& containers);

}  // namespace hoist::remote
