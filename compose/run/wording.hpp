#pragma once

#include <string>
#include <string_view>

#include "compose/plan/plan.hpp"

namespace hoist::compose {

/// How an operation is told to a person.
struct Wording {
  std::string_view working;  ///< "creating"
  std::string_view done;     ///< "created", "healthy"
};

/// The words for `operation`. The verbs are those of verb_of.
Wording wording_of(const Operation& operation);

/// Why a step is done, where a person would ask; empty where the command itself is the reason or nothing is
/// lost (something that does not exist is made).
std::string telling_cause(const PlanNode& node);

/// What a node that comes after `operation` waits for: "container shop-db-1 to be started".
std::string goal_of(const Operation& operation);

}  // namespace hoist::compose
