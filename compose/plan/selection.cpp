#include "compose/plan/selection.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "compose/base/error.hpp"
#include "compose/base/text.hpp"
#include "compose/plan/labels.hpp"

namespace hoist::compose {

std::set<std::string> select_services(const Project& project, const std::vector<std::string>& named,
                                      bool dependencies) {
  std::set<std::string> chosen;
  for (const std::string& name : named) chosen.insert(project.get_service(name).name);
  if (named.empty()) {
    for (const auto& entry : project.services) chosen.insert(entry.first);
  }
  return dependencies ? with_dependencies(dependency_graph(project), chosen) : chosen;
}

std::vector<std::string> in_order(const DependencyGraph& graph, const std::set<std::string>& chosen) {
  std::vector<std::string> order = dependency_order(graph);
  std::erase_if(order, [&chosen](const std::string& name) { return !chosen.contains(name); });
  return order;
}

DependencyGraph dependency_graph(const Project* project, const ObservedState& observed) {
  DependencyGraph graph;
  if (project != nullptr) graph = dependency_graph(*project);
  for (const ObservedContainer& container : observed.containers) {
    if (graph.contains(container.service) && project != nullptr && project->services.contains(container.service)) {
      continue;
    }
    std::set<std::string>& needed = graph[container.service];
    for (const std::string& name : dependencies_in_label(label_of(container.labels, k_label_depends_on))) {
      needed.insert(name);
    }
  }
  for (std::vector<std::string> cycle = find_cycle(graph); !cycle.empty(); cycle = find_cycle(graph)) {
    graph[cycle[0]].erase(cycle[1]);
  }
  return graph;
}

std::set<std::string> select_existing(const Project* project, const ObservedState& observed,
                                      const std::vector<std::string>& named) {
  std::set<std::string> known;
  for (const ObservedContainer& container : observed.containers) known.insert(container.service);
  if (named.empty()) return known;
  std::set<std::string> chosen;
  for (const std::string& name : named) {
    if (!known.contains(name)) {
      if (project == nullptr) {
        const std::vector<std::string> names(known.begin(), known.end());
        const std::string guess = did_you_mean(name, names);
        throw Error(ErrorCode::bad_input, fmt::format("no such service: '{}'", name))
            .with_hint(guess.empty() ? fmt::format("containers exist of: {}", fmt::join(names, ", ")) : guess);
      }
      if (!project->disabled_services.contains(name)) project->get_service(name);
    }
    chosen.insert(name);
  }
  return chosen;
}

bool is_orphan(const Project& project, const ObservedContainer& container) {
  return !project.services.contains(container.service) && !project.disabled_services.contains(container.service);
}

std::string orphan_warning(const std::vector<const ObservedContainer*>& orphans) {
  if (orphans.empty()) return {};
  std::vector<std::string> names;
  for (const ObservedContainer* orphan : orphans) names.push_back(fmt::format("'{}'", orphan->name));
  const bool one = names.size() == 1;
  return fmt::format("{} {} {} no service of the Compose file; --remove-orphans removes {}",
                     one ? "the orphan container" : "the orphan containers", fmt::join(names, ", "),
                     one ? "belongs to" : "belong to", one ? "it" : "them");
}

bool is_alive(const ObservedContainer& container) {
  return container.state == ContainerState::running || container.state == ContainerState::paused ||
         container.state == ContainerState::restarting;
}

}  // namespace hoist::compose
