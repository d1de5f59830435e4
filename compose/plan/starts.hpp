#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "compose/model/project.hpp"
#include "compose/plan/fate.hpp"
#include "compose/plan/observed.hpp"
#include "compose/plan/plan_builder.hpp"

namespace hoist::compose {

/// A container that shall be started.
struct StartStep {
  std::string service;
  std::string container;  ///< id, or the name that it will have
  std::string name;
  NodeIds after;  ///< what makes it, and what frees its ports
  std::string cause;
};

/// Adds starts, each after the conditions that its service's dependencies must meet, and the awaits for
/// these. Services must come in dependency order.
class StartPlanner {
 public:
  StartPlanner(PlanBuilder& builder, const Project& project, const std::map<std::string, ServiceFate>& fates,
               const ObservedState& observed)
      : builder_(builder), project_(project), fates_(fates), observed_(observed) {}

  void start(const std::string& service, const std::vector<StartStep>& steps);
  /// Adds the step that brings up a service with a provider.
  void provide(const Service& service, const NodeIds& after);
  /// That step, when the service has been brought up.
  NodeIds provided(const std::string& service) const;
  /// The steps after which a service's dependencies are as it needs them.
  NodeIds conditions(const Service& service);
  /// Ends the plan with an await of a service, unless it is known to be as `up --wait` wants it.
  void await_for_wait(const std::string& service);

 private:
  using Condition = AwaitCondition::Condition;
  struct Target {
    std::vector<std::string> containers;
    bool met = true;  ///< nothing is started, and all are as wanted already
  };

  /// The steps that run before the first container of a service starts; those that `after` names where one runs
  /// already.
  NodeIds hooks(const Service& service, const std::vector<StartStep>& steps, const NodeIds& after);
  NodeIds ready(const Service& service, const Dependency& dependency);
  NodeIds await(const std::string& service, Condition condition, bool required, const std::string& cause);
  Target target(const std::string& service, Condition condition) const;
  bool is_met(const ObservedContainer& container, Condition condition) const;

  PlanBuilder& builder_;
  const Project& project_;
  const std::map<std::string, ServiceFate>& fates_;
  const ObservedState& observed_;
  std::map<std::string, std::vector<std::pair<NodeId, StartStep>>> started_;  ///< by service
  std::map<std::pair<std::string, std::pair<Condition, bool>>, NodeIds> awaited_;
  std::map<std::string, NodeId> provided_;  ///< by service
};

}  // namespace hoist::compose
