#pragma once

#include "compose/model/project.hpp"
#include "compose/plan/plan.hpp"

namespace hoist::compose {

/// The plan with the definition of each service in the steps that start, stop or restart one of its containers, where
/// that takes more than the engine's own call: files that are put in, hooks that are run. `project` may be null.
Plan with_definitions(Plan plan, const Project* project);

}  // namespace hoist::compose
