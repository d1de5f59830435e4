#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "compose/model/project.hpp"
#include "compose/plan/observed.hpp"
#include "compose/plan/plan_up.hpp"

namespace hoist::compose {

/// What shall become of one container that exists.
struct ContainerFate {
  enum class Kind { keep, replace, drop };

  const ObservedContainer* container = nullptr;
  Kind kind = Kind::keep;
  std::string cause;     ///< of a replacement or a drop
  std::string new_name;  ///< of a kept one with the temporary name of a replacement that was broken off

  bool operator==(const ContainerFate&) const = default;
};

/// What shall become of one service's containers.
struct ServiceFate {
  std::vector<ContainerFate> containers;  ///< sorted by number
  std::vector<int> missing;               ///< replicas to create
  int scale = 1;

  bool replaces() const;
  bool operator==(const ServiceFate&) const = default;
};

/// Networks of chosen services that exist with another configuration than the project's.
struct DivergedNetworks {
  std::set<std::string> anew;         ///< by engine's name: made anew, with the containers that are on them
  std::vector<std::string> warnings;  ///< about those that cannot be, as containers that are to stay are on them
};
DivergedNetworks diverged_networks(const Project& project, const ObservedState& observed, const UpRequest& request,
                                   const std::vector<std::string>& chosen);

/// Decides for each of `order` (dependencies first) which containers stay, go, are replaced or made; those on a
/// network in `anew` go.
/// Errors: Error{bad_input} for a scale that cannot be.
std::map<std::string, ServiceFate> decide_fates(const Project& project, const ObservedState& observed,
                                                const UpRequest& request, const std::vector<std::string>& order,
                                                const std::set<std::string>& anew);

}  // namespace hoist::compose
