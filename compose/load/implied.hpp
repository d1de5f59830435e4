#pragma once

#include <string>
#include <vector>

#include "compose/load/node.hpp"

namespace hoist::compose {

/// A service that comes first without being named in `depends_on`.
struct ImpliedDependency {
  std::string service;
  bool restart = false;  ///< its recreation restarts this one
  SourceLocation location;
};

/// What follows from the links, the shared namespaces and the `volumes_from` of a service, in this order; the same
/// service may come more than once. Source: compose-go's loader, normalisation.
std::vector<ImpliedDependency> implied_dependencies(const Node& service);

}  // namespace hoist::compose
