#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "compose/model/project.hpp"
#include "compose/plan/observed.hpp"
#include "compose/plan/plan.hpp"

namespace hoist::compose {

// Plans over containers that exist. `project` may be null: the order then comes from the containers' labels.
// `services` empty = all. One-off containers are left alone except where said. All are pure.
// Errors: Error{bad_input} for a service that neither the project nor the containers know.

/// Starts what does not run, dependencies and their conditions first.
/// Errors: Error{not_found} for a named service that has no container.
Plan plan_start(const Project* project, const ObservedState& observed, const std::vector<std::string>& services,
                bool wait = false);

/// Stops what runs, dependants first.
Plan plan_stop(const Project* project, const ObservedState& observed, const std::vector<std::string>& services,
               std::optional<std::chrono::seconds> timeout = std::nullopt);

struct RestartRequest {
  std::vector<std::string> services;
  bool dependencies = true;  ///< false: --no-deps: dependants with `restart: true` are left alone
  std::optional<std::chrono::seconds> timeout;
};
/// Restarts in dependency order.
Plan plan_restart(const Project* project, const ObservedState& observed, const RestartRequest& request);

struct KillRequest {
  std::vector<std::string> services;
  std::string signal = "SIGKILL";
  bool remove_orphans = false;
};
/// Signals what runs, all at once.
Plan plan_kill(const Project* project, const ObservedState& observed, const KillRequest& request);

struct RemoveRequest {
  std::vector<std::string> services;
  bool stop = false;     ///< stop what runs first; false: what runs is left alone
  bool volumes = false;  ///< anonymous ones too
};
/// Removes stopped containers, one-off ones too.
Plan plan_remove(const Project* project, const ObservedState& observed, const RemoveRequest& request);

}  // namespace hoist::compose
