#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "compose/model/project.hpp"
#include "compose/plan/engine.hpp"
#include "compose/plan/observed.hpp"
#include "compose/plan/plan.hpp"

namespace hoist::compose {

struct DownRequest {
  enum class Images { keep, local, all };

  std::vector<std::string> services;  ///< empty = all
  bool remove_volumes = false;
  Images images = Images::keep;
  bool remove_orphans = false;
  bool ignore_orphans = false;
  std::optional<std::chrono::seconds> timeout;
};

/// What `plan_down` must know of an engine.
ObserveRequest observe_request_for_down(const std::string& project_name, const Project* project);

/// Stops and removes containers, dependants first, then networks, volumes and images as asked.
/// `project` may be null: then all that the engine holds under the project's name goes, ordered by its
/// labels.
Plan plan_down(const Project* project, const ObservedState& observed, const DownRequest& request);

}  // namespace hoist::compose
