#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "compose/model/project.hpp"

namespace hoist::compose {

/// Who needs whom: name -> the names that must come first. A name that is only needed need not be a key.
using DependencyGraph = std::map<std::string, std::set<std::string>>;

/// The graph of the enabled services; dependencies on services that are not enabled are left out.
DependencyGraph dependency_graph(const Project& project);

/// One cycle as a path that ends where it begins ("a", "b", "a"); empty when there is none. The same for
/// equal graphs.
std::vector<std::string> find_cycle(const DependencyGraph& graph);

/// Every name after all that it needs; names that do not need each other in alphabetical order.
/// Errors: Error{bad_input} that shows a cycle as "a -> b -> a".
std::vector<std::string> dependency_order(const DependencyGraph& graph);

/// `names` and all that they need, directly or not.
std::set<std::string> with_dependencies(const DependencyGraph& graph, const std::set<std::string>& names);

/// The graph with all arrows turned: name -> the names that need it.
DependencyGraph reversed(const DependencyGraph& graph);

}  // namespace hoist::compose
