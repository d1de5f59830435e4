#include "compose/plan/starts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "compose/plan/pre_start.hpp"
#include "compose/plan/providers.hpp"
#include "compose/plan/selection.hpp"

namespace hoist::compose {
namespace {

using Condition = AwaitCondition::Condition;

bool has_healthcheck(const Service& service) {
  if (!service.healthcheck || service.healthcheck->disable) return false;
  const std::vector<std::string>& test = service.healthcheck->test;
  return !test.empty() && test.front() != "NONE";
}

bool is_awaited_to_complete(const Project& project, const std::string& service) {
  return std::ranges::any_of(project.services, [&service](const auto& entry) {
    return std::ranges::any_of(entry.second.depends_on, [&service](const Dependency& dependency) {
      return dependency.service == service && dependency.condition == Dependency::Condition::completed_successfully;
    });
  });
}

}  // namespace

void StartPlanner::start(const std::string& service, const std::vector<StartStep>& steps) {
  if (steps.empty()) return;
  const Service& definition = project_.get_service(service);
  const NodeIds before = hooks(definition, steps, conditions(definition));
  for (const StartStep& step : steps) {
    NodeIds after = before;
    after.insert(step.after.begin(), step.after.end());
    const NodeId id = builder_.add(StartContainer{step.container, step.name, service}, after, step.cause);
    started_[service].emplace_back(id, step);
  }
}

NodeIds StartPlanner::hooks(const Service& service, const std::vector<StartStep>& steps, const NodeIds& after) {
  const auto runs_on = [&steps](const ContainerFate& fate) {
    return fate.kind == ContainerFate::Kind::keep && is_alive(*fate.container) &&
           std::ranges::none_of(steps, [&fate](const StartStep& step) { return step.container == fate.container->id; });
  };
  if (std::ranges::any_of(fates_.at(service.name).containers, runs_on)) return after;
  NodeIds before = after;
  for (const StartStep& step : steps) before.insert(step.after.begin(), step.after.end());
  const NodeIds done =
      plan_pre_start(builder_, project_, service, observed_.containers, steps.front().container, before);
  return service.pre_start.empty() ? after : done;
}

void StartPlanner::provide(const Service& service, const NodeIds& after) {
  provided_[service.name] = builder_.add(provider_up(project_, service), after, "it is not run in a container");
}

NodeIds StartPlanner::provided(const std::string& service) const {
  const auto found = provided_.find(service);
  return found == provided_.end() ? NodeIds{} : NodeIds{found->second};
}

NodeIds StartPlanner::conditions(const Service& service) {
  NodeIds ids;
  for (const Dependency& dependency : service.depends_on) ids.merge(ready(service, dependency));
  return ids;
}

NodeIds StartPlanner::ready(const Service& service, const Dependency& dependency) {
  if (const NodeIds step = provided(dependency.service); !step.empty()) return dependency.required ? step : NodeIds{};
  const auto fate = fates_.find(dependency.service);
  if (fate == fates_.end() || fate->second.scale == 0) return {};
  const std::string cause = fmt::format("'{}' depends on it", service.name);
  switch (dependency.condition) {
    case Dependency::Condition::healthy:
      return await(dependency.service, Condition::healthy, dependency.required, cause);
    case Dependency::Condition::completed_successfully:
      return await(dependency.service, Condition::completed_successfully, dependency.required, cause);
    case Dependency::Condition::started:
      break;
  }
  NodeIds ids;
  // A dependency that need not be there must not hold its dependants back when its start fails.
  if (!dependency.required) return ids;
  for (const auto& [id, step] : started_[dependency.service]) ids.insert(id);
  return ids;
}

NodeIds StartPlanner::await(const std::string& service, Condition condition, bool required, const std::string& cause) {
  const auto key = std::pair(service, std::pair(condition, required));
  if (const auto known = awaited_.find(key); known != awaited_.end()) return known->second;
  const Target wanted = target(service, condition);
  NodeIds& ids = awaited_[key];
  if (wanted.met) return ids;
  NodeIds after;
  for (const auto& [id, step] : started_[service]) after.insert(id);
  ids.insert(builder_.add(AwaitCondition{service, wanted.containers, condition, required}, after, cause));
  return ids;
}

StartPlanner::Target StartPlanner::target(const std::string& service, Condition condition) const {
  Target target;
  std::set<std::string> begun;
  if (const auto found = started_.find(service); found != started_.end()) {
    for (const auto& [id, step] : found->second) {
      target.containers.push_back(step.container);
      begun.insert(step.container);
    }
  }
  target.met = begun.empty();
  for (const ContainerFate& fate : fates_.at(service).containers) {
    if (fate.kind != ContainerFate::Kind::keep || begun.contains(fate.container->id)) continue;
    target.containers.push_back(fate.container->id);
    target.met = target.met && is_met(*fate.container, condition);
  }
  return target;
}

bool StartPlanner::is_met(const ObservedContainer& container, Condition condition) const {
  switch (condition) {
    case Condition::healthy:
      return container.health == Health::healthy;
    case Condition::completed_successfully:
      return container.state == ContainerState::exited && container.exit_code == 0;
    case Condition::running_or_healthy:
      break;
  }
  if (container.state != ContainerState::running) return false;
  if (container.health == Health::healthy) return true;
  const Service* service = project_.find_service(container.service);
  return container.health == Health::none && service != nullptr && !has_healthcheck(*service);
}

void StartPlanner::await_for_wait(const std::string& service) {
  const auto fate = fates_.find(service);
  if (fate == fates_.end() || fate->second.scale == 0) return;
  const Condition condition =
      is_awaited_to_complete(project_, service) ? Condition::completed_successfully : Condition::running_or_healthy;
  await(service, condition, true, "--wait");
}

}  // namespace hoist::compose
