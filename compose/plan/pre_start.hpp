#pragma once

#include <string>
#include <vector>

#include "compose/model/project.hpp"
#include "compose/plan/observed.hpp"
#include "compose/plan/plan_builder.hpp"

namespace hoist::compose {

/// Adds the steps that run the `pre_start` hooks of a service, one after the other, each in a container of its own that
/// has the volumes of `replica` (id or name) and the service's networks, but not its names. It goes when the hook has
/// ended with 0; else it stays to be looked at, until the hooks run again or the project is taken down.
///
/// Returns what the start of the service must wait for: `after` where it has no hooks.
/// Errors: Error{bad_input} for a hook for each replica. Source: Docker Compose 5, pre_start.go.
NodeIds plan_pre_start(PlanBuilder& builder, const Project& project, const Service& service,
                       const std::vector<ObservedContainer>& observed, const std::string& replica,
                       const NodeIds& after);

}  // namespace hoist::compose
