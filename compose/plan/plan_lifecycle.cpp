#include "compose/plan/plan_lifecycle.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "compose/base/error.hpp"
#include "compose/plan/definitions.hpp"
#include "compose/plan/ending.hpp"
#include "compose/plan/fate.hpp"
#include "compose/plan/plan_builder.hpp"
#include "compose/plan/providers.hpp"
#include "compose/plan/selection.hpp"
#include "compose/plan/starts.hpp"

namespace hoist::compose {
namespace {

using Containers = std::vector<const ObservedContainer*>;

Containers containers_of(const ObservedState& observed, const std::set<std::string>& services, bool one_offs = false) {
  Containers chosen;
  for (const ObservedContainer& container : observed.containers) {
    if (services.contains(container.service) && (one_offs || !container.one_off)) chosen.push_back(&container);
  }
  return chosen;
}

/// A project as far as containers tell of it: services with their dependencies, nothing else.
Project project_from(const ObservedState& observed) {
  Project project;
  const DependencyGraph graph = dependency_graph(nullptr, observed);
  for (const auto& [name, needed] : graph) {
    Service& service = project.services[name];
    service.name = name;
    for (const std::string& other : needed) {
      if (graph.contains(other)) service.depends_on.push_back({.service = other});
    }
  }
  return project;
}

void check_exist(const ObservedState& observed, const std::vector<std::string>& named) {
  for (const std::string& name : named) {
    const bool exists = std::ranges::any_of(observed.containers, [&name](const ObservedContainer& container) {
      return container.service == name && !container.one_off;
    });
    if (!exists) {
      throw Error(ErrorCode::not_found, fmt::format("service '{}' has no container", name))
          .with_hint(fmt::format("'hoist up -d {}' creates and starts it", name));
    }
  }
}

}  // namespace

Plan plan_start(const Project* project, const ObservedState& observed, const std::vector<std::string>& services,
                bool wait) {
  const std::set<std::string> known = select_existing(project, observed, services);
  check_exist(observed, services);
  const Project from_labels = project == nullptr ? project_from(observed) : Project{};
  const Project& model = project == nullptr ? from_labels : *project;
  const DependencyGraph graph = dependency_graph(model);
  std::set<std::string> chosen;
  for (const std::string& name : with_dependencies(graph, known)) {
    if (model.services.contains(name)) chosen.insert(name);
  }
  std::map<std::string, ServiceFate> fates;
  for (const std::string& name : chosen) {
    ServiceFate& fate = fates[name];
    for (const ObservedContainer* container : containers_of(observed, {name})) {
      fate.containers.push_back({.container = container});
    }
    fate.scale = static_cast<int>(fate.containers.size());
  }
  PlanBuilder builder;
  StartPlanner planner(builder, model, fates, observed);
  const std::vector<std::string> order = in_order(graph, chosen);
  for (const std::string& name : order) {
    std::vector<StartStep> steps;
    for (const ContainerFate& fate : fates[name].containers) {
      if (is_alive(*fate.container)) continue;
      steps.push_back({name, fate.container->id, fate.container->name, {}, "asked for"});
    }
    planner.start(name, steps);
  }
  if (wait) {
    for (const std::string& name : order) planner.await_for_wait(name);
  }
  return with_definitions(builder.take(), project);
}

Plan plan_stop(const Project* project, const ObservedState& observed, const std::vector<std::string>& services,
               std::optional<std::chrono::seconds> timeout) {
  const Containers chosen = containers_of(observed, select_existing(project, observed, services));
  PlanBuilder builder;
  plan_stops(builder, dependency_graph(project, observed), chosen, timeout, "asked for",
             provider_endings(project, services, RunProvider::Action::stop));
  return with_definitions(builder.take(), project);
}

Plan plan_restart(const Project* project, const ObservedState& observed, const RestartRequest& request) {
  std::set<std::string> chosen = select_existing(project, observed, request.services);
  std::map<std::string, std::string> causes;
  if (project != nullptr && request.dependencies && !request.services.empty()) {
    for (const auto& [name, service] : project->services) {
      for (const Dependency& dependency : service.depends_on) {
        const bool follows = dependency.restart && !dependency.implicit && chosen.contains(dependency.service);
        if (!follows || chosen.contains(name)) continue;
        causes[name] = fmt::format("'{}' is restarted", dependency.service);
      }
    }
    for (const auto& entry : causes) chosen.insert(entry.first);
  }
  const DependencyGraph graph = dependency_graph(project, observed);
  PlanBuilder builder;
  std::map<std::string, NodeIds> restarted;
  for (const std::string& name : in_order(graph, chosen)) {
    NodeIds after;
    for (const std::string& needed : graph.at(name)) after.insert(restarted[needed].begin(), restarted[needed].end());
    const std::string cause = causes.contains(name) ? causes[name] : "asked for";
    for (const ObservedContainer* container : containers_of(observed, {name})) {
      restarted[name].insert(
          builder.add(RestartContainer{container->id, container->name, name, request.timeout}, after, cause));
    }
    if (restarted[name].empty()) restarted[name] = after;
  }
  return with_definitions(builder.take(), project);
}

Plan plan_kill(const Project* project, const ObservedState& observed, const KillRequest& request) {
  PlanBuilder builder;
  for (const ObservedContainer* container :
       containers_of(observed, select_existing(project, observed, request.services), true)) {
    if (!is_alive(*container)) continue;
    const bool orphan = project != nullptr && is_orphan(*project, *container);
    if (orphan && !request.remove_orphans) continue;
    const NodeId id =
        builder.add(KillContainer{container->id, container->name, container->service, request.signal}, {}, "asked for");
    if (!orphan) continue;
    builder.add(
        RemoveContainer{.id = container->id, .name = container->name, .service = container->service, .force = true},
        {id}, "the file has no such service");
  }
  return builder.take();
}

Plan plan_remove(const Project* project, const ObservedState& observed, const RemoveRequest& request) {
  const Containers chosen = containers_of(observed, select_existing(project, observed, request.services), true);
  PlanBuilder builder;
  std::map<std::string, NodeId> stops;
  if (request.stop) {
    stops = plan_stops(builder, dependency_graph(project, observed), chosen, std::nullopt, "--stop");
  }
  for (const ObservedContainer* container : chosen) {
    if (is_alive(*container) && !request.stop) continue;
    NodeIds after;
    if (const auto stop = stops.find(container->id); stop != stops.end()) after.insert(stop->second);
    builder.add(RemoveContainer{.id = container->id,
                                .name = container->name,
                                .service = container->service,
                                .force = request.stop,
                                .volumes = request.volumes},
                after, "asked for");
  }
  return with_definitions(builder.take(), project);
}

}  // namespace hoist::compose
