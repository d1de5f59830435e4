#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

#include "compose/plan/plan.hpp"
#include "remote/docker/api_version.hpp"
#include "remote/docker/references.hpp"

namespace hoist::remote {

/// The body of POST /containers/create for `spec`, as Docker Compose would write it.
/// Pure but for the files of seccomp profiles. `references` stand for what the service says of other services.
/// Below API 1.44 only the first network is in it: see `later_networks`.
nlohmann::json create_body(const compose::ContainerSpec& spec, ApiVersion api, const References& references = {});

/// Changes a body of POST /containers/create for `service` into words by which Podman understands the same, and takes
/// out what it refuses. Pure.
void adapt_to_podman(nlohmann::json& body, const compose::Service& service);

/// The bodies of POST /networks/{name}/connect that must follow the creation, by network name in the
/// service's order.
std::vector<std::pair<std::string, nlohmann::json>> later_networks(const compose::ContainerSpec& spec, ApiVersion api,
                                                                   const References& references = {});

/// The body of POST /networks/create.
nlohmann::json network_body(const compose::CreateNetwork& operation, ApiVersion api);

/// The body of POST /volumes/create.
nlohmann::json volume_body(const compose::CreateVolume& operation);

}  // namespace hoist::remote
