#include "compose/plan/ending.hpp"

#include "compose/plan/selection.hpp"

namespace hoist::compose {

std::map<std::string, NodeId> plan_stops(PlanBuilder& builder, const DependencyGraph& graph,
                                         const std::vector<const ObservedContainer*>& containers,
                                         std::optional<std::chrono::seconds> timeout, const std::string& cause,
                                         const std::map<std::string, Operation>& endings) {
  const DependencyGraph dependants = reversed(graph);
  std::map<std::string, NodeId> stops;
  std::map<std::string, NodeIds> ended;  // service -> what its dependencies wait for
  for (const std::string& service : dependency_order(dependants)) {
    NodeIds after;
    if (const auto found = dependants.find(service); found != dependants.end()) {
      for (const std::string& dependant : found->second) after.insert(ended[dependant].begin(), ended[dependant].end());
    }
    NodeIds& own = ended[service];
    for (const ObservedContainer* container : containers) {
      if (container->service != service || !is_alive(*container)) continue;
      const NodeId id = builder.add(StopContainer{container->id, container->name, service, timeout}, after, cause);
      stops[container->id] = id;
      own.insert(id);
    }
    if (const auto ending = endings.find(service); ending != endings.end()) {
      own.insert(builder.add(ending->second, after, cause));
    }
    // Nothing of this service to stop: those before it wait for the same.
    if (own.empty()) own = after;
  }
  return stops;
}

}  // namespace hoist::compose
