#pragma once

#include <string>

#include "compose/model/project.hpp"
#include "compose/plan/observed.hpp"

namespace hoist::compose {

/// Why a container is no longer what its service says, in words ("its image changed"); empty when it still
/// is. Source: Docker Compose 5, reconciliation: config hash, image, networks, volumes.
std::string divergence(const Project& project, const Service& service, const ObservedContainer& container,
                       const ObservedState& observed);

/// Anonymous volumes of `old` that its successor takes over: target -> volume name. A target that the service
/// now mounts by name or from the host is left out.
StringMap inherited_volumes(const Service& service, const ObservedContainer& old);

}  // namespace hoist::compose
