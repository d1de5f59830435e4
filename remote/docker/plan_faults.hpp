#pragma once

#include <vector>

#include "compose/base/error.hpp"
#include "compose/plan/plan.hpp"

namespace hoist::remote {

struct PlanFaultsOptions {
  bool files_are_here = true;  ///< the engine sees this machine's files: bind mounts can be looked at
};

/// What of a plan must fail, found without asking the engine: image names that are none, missing build contexts and
/// Dockerfiles, bind mounts of nothing. Each once, with its place in the file where it is known.
std::vector<Diagnostic> find_plan_faults(const compose::Plan& plan, const PlanFaultsOptions& options);

}  // namespace hoist::remote
