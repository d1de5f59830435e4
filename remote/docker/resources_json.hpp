#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "compose/model/resources.hpp"
#include "remote/docker/api_version.hpp"

namespace hoist::remote {

/// Puts what a container may use of its host into its `HostConfig`; what is not limited is left to the engine. Pure.
/// Source: Docker Engine API, ContainerCreate; Docker Compose for which attribute becomes what.
void add_resources(nlohmann::json& host, const compose::Resources& resources, ApiVersion api);

/// Whether a device is named as the Container Device Interface does: "vendor.com/class=name".
bool is_cdi_device(const compose::DeviceMapping& device);

}  // namespace hoist::remote
