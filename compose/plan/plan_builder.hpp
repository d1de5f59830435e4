#pragma once

#include <set>
#include <string>
#include <vector>

#include "compose/plan/plan.hpp"

namespace hoist::compose {

using NodeIds = std::set<NodeId>;

/// Makes a plan step by step; each step's prerequisites must have been added before it.
class PlanBuilder {
 public:
  /// Returns the new step's id.
  NodeId add(Operation operation, const NodeIds& after, std::string cause) {
    const NodeId id = static_cast<NodeId>(plan_.nodes.size()) + 1;
    plan_.nodes.push_back({id, std::move(operation), {after.begin(), after.end()}, std::move(cause)});
    return id;
  }
  void warn(std::string text) { plan_.warnings.push_back(std::move(text)); }
  Plan take() { return std::move(plan_); }

 private:
  Plan plan_;
};

}  // namespace hoist::compose
