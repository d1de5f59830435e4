#pragma once

#include <string>

#include "compose/model/project.hpp"
#include "compose/plan/observed.hpp"
#include "compose/plan/plan.hpp"

namespace hoist::compose {

struct RunRequest {
  Service service;   ///< as it shall run: the file's with the command line's changes put in
  std::string name;  ///< --name; empty = "<project>-<service>-run-<slug>"
  std::string slug;  ///< 64 hex digits, random: makes the container's name its own
  bool dependencies = true;
  bool remove_orphans = false;
  bool auto_remove = false;  ///< --rm
  bool use_aliases = false;  ///< --use-aliases: answers to the service's names on its networks
};

/// Brings the service's dependencies up, awaits their conditions and creates (does not start) the one-off
/// container: the last node. Errors: as plan_up.
Plan plan_run(const Project& project, const ObservedState& observed, const RunRequest& request);

/// The name that plan_run gives the container.
std::string run_container_name(const Project& project, const RunRequest& request);

}  // namespace hoist::compose
