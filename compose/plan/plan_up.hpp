#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compose/model/project.hpp"
#include "compose/plan/observed.hpp"
#include "compose/plan/plan.hpp"

namespace hoist::compose {

/// Which containers that exist already are made anew.
enum class Recreate { diverged, force, never };

struct UpRequest {
  std::vector<std::string> services;                    ///< empty = all
  bool dependencies = true;                             ///< false: --no-deps
  Recreate recreate = Recreate::diverged;               ///< of the named services
  Recreate recreate_dependencies = Recreate::diverged;  ///< force: --always-recreate-deps
  bool renew_anonymous_volumes = false;
  bool remove_orphans = false;
  bool ignore_orphans = false;       ///< do not even name them
  std::map<std::string, int> scale;  ///< over the file's
  bool start = true;                 ///< false: `create`, --no-start
  bool wait = false;                 ///< ends with an await of every service
  std::string ready_for;             ///< a service whose dependencies are awaited though it has no replica itself
  std::optional<std::chrono::seconds> timeout;  ///< for containers that are stopped; nothing = their own
};

/// What brings an engine from `observed` to what the project says. Images are taken as they are: see
/// plan_ensure_images. Pure; empty when all is as it should be.
///
/// `observed` must come from observe_request(project) with one-offs.
/// Errors: Error{bad_input} for an unknown service, a wrong scale; Error{not_found} for an external network
/// or volume that is not there, and where no service is switched on. Source: Docker Compose 5, convergence and labels,
/// observed.
Plan plan_up(const Project& project, const ObservedState& observed, const UpRequest& request);

}  // namespace hoist::compose
