#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compose/graph/graph.hpp"
#include "compose/plan/observed.hpp"
#include "compose/plan/plan_builder.hpp"

namespace hoist::compose {

/// Adds a stop of each of `containers` that lives, and what ends services without containers (`endings`, by service),
/// each after those of all that depend on its service. Returns the stops by container id.
std::map<std::string, NodeId> plan_stops(PlanBuilder& builder, const DependencyGraph& graph,
                                         const std::vector<const ObservedContainer*>& containers,
                                         std::optional<std::chrono::seconds> timeout, const std::string& cause,
                                         const std::map<std::string, Operation>& endings = {});

}  // namespace hoist::compose
