#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "compose/graph/graph.hpp"
#include "compose/model/project.hpp"
#include "compose/plan/observed.hpp"

namespace hoist::compose {

/// The enabled services that a command is about: `named` (all when empty), and with `dependencies` what they
/// need. Errors: Error{bad_input} for an unknown name.
std::set<std::string> select_services(const Project& project, const std::vector<std::string>& named, bool dependencies);

/// `chosen` in dependency order.
std::vector<std::string> in_order(const DependencyGraph& graph, const std::set<std::string>& chosen);

/// Who needs whom among the services of containers: from the project where it knows them, else from their
/// labels. Cycles that labels may hold are cut.
DependencyGraph dependency_graph(const Project* project, const ObservedState& observed);

/// The services that a command on existing containers is about: `named`, or all that have containers.
/// Errors: Error{bad_input} for a name that neither the project nor the containers know.
std::set<std::string> select_existing(const Project* project, const ObservedState& observed,
                                      const std::vector<std::string>& named);

/// True for a container of a service that the project does not have, enabled or not.
bool is_orphan(const Project& project, const ObservedContainer& container);

/// "the orphan container 'shop-old-1' belongs to no service of the Compose file; ..."; empty without any.
std::string orphan_warning(const std::vector<const ObservedContainer*>& orphans);

/// True while its processes live.
bool is_alive(const ObservedContainer& container);

}  // namespace hoist::compose
