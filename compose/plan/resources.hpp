#pragma once

#include <map>
#include <string>
#include <vector>

#include "compose/model/project.hpp"
#include "compose/plan/observed.hpp"
#include "compose/plan/plan_builder.hpp"

namespace hoist::compose {

/// The steps that make networks and volumes, by engine's name.
struct ResourceSteps {
  std::map<std::string, NodeId> networks;
  std::map<std::string, NodeId> volumes;

  void add_network(const std::string& name, NodeIds& after) const;
  void add_volume(const std::string& name, NodeIds& after) const;
};

/// Adds the steps that make what the services need and is not there; networks in `anew` are removed
/// first, after the steps in `network_users` (network -> who is on it). What others own is used with a
/// warning. Errors: Error{not_found} for an external network or volume that is not there.
ResourceSteps plan_resources(PlanBuilder& builder, const Project& project, const ObservedState& observed,
                             const std::vector<std::string>& services, const std::set<std::string>& anew,
                             const std::map<std::string, NodeIds>& network_users);

}  // namespace hoist::compose
