#pragma once

#include <string>
#include <vector>

#include "compose/base/error.hpp"
#include "compose/load/node.hpp"
#include "compose/load/sources.hpp"
#include "compose/model/project.hpp"

namespace hoist::compose {

/// The project that a settled and normalised document describes, every value typed; the hashes of services are not
/// filled in.
///
/// Values that cannot be had (a port over 65535, a negative count) go to `findings`, each with its place;
/// the project is of no use then. A warning is of something that the project does not hold and that is therefore not
/// carried out. All services of `tree` count as enabled.
Project build_project(const Node& tree, const Sources& sources, const std::string& name,
                      std::vector<Diagnostic>& findings);

/// Fills in the config hashes of the services of `project`, which was built from `tree`.
void add_hashes(Project& project, const Node& tree);

/// Fills in the places of their attributes and the hashes of older forms. Precondition: they have their hashes.
void add_places_and_older_hashes(Project& project, const Node& tree);

}  // namespace hoist::compose
