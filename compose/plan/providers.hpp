#pragma once

#include <map>
#include <string>
#include <vector>

#include "compose/model/project.hpp"
#include "compose/plan/plan.hpp"

namespace hoist::compose {

/// What ends the services that have a provider in place of containers: those of `named`, of the whole project when that
/// is empty; none without a project. By service.
std::map<std::string, Operation> provider_endings(const Project* project, const std::vector<std::string>& named,
                                                  RunProvider::Action action);

/// The step that brings up a service which has a provider.
RunProvider provider_up(const Project& project, const Service& service);

/// The services in groups. The containers of a group can be made when all groups before it are up: what a provider
/// tells goes into the containers of those that depend on it. `order`: dependencies first.
std::vector<std::vector<std::string>> provider_stages(const Project& project, const std::vector<std::string>& order);

}  // namespace hoist::compose
