#pragma once

#include <exception>
#include <map>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "compose/plan/plan.hpp"

namespace hoist::compose {

/// The node did what it is for.
struct Done {};
/// The node was tried and ended with a fault.
struct Failed {
  std::exception_ptr cause;
  std::string text;  ///< the fault's first line, as a person reads it
};
/// The node was never begun, since it comes after a node that failed.
struct Skipped {
  NodeId because_of = 0;  ///< the node whose own failure is the root of it
};
/// A stop was requested before the node began or while it ran.
struct Cancelled {};

/// How a node ended.
using NodeOutcome = std::variant<Done, Failed, Skipped, Cancelled>;

/// The bookkeeping of a plan that is being carried out: what may begin, what has ended and how.
///
/// Pure: runs nothing, waits for nothing. Guarantees: each node is handed out at most once, after all its
/// prerequisites were Done, and gets exactly one outcome. One exception: a wait for an optional dependency
/// that is Skipped, since the dependency did not even start, lets what comes after it begin. Thread: one.
class Progress {
 public:
  /// Errors: std::logic_error for a plan whose nodes are not in order (an id twice, a prerequisite that does
  /// not come first).
  explicit Progress(const Plan& plan);

  /// The nodes that became ready since the last call, by id.
  std::vector<NodeId> take_ready();
  /// Records how `node` ended. After a failure all that comes after it is Skipped in the same step, after a
  /// cancellation Cancelled. A second outcome for the same node is ignored.
  /// Returns the nodes that got an outcome by this, `node` first.
  std::vector<NodeId> finished(NodeId node, NodeOutcome outcome);

  const std::map<NodeId, NodeOutcome>& outcomes() const { return outcomes_; }
  bool all_finished() const { return outcomes_.size() == waiting_.size(); }

 private:
  std::map<NodeId, std::size_t> waiting_;  ///< prerequisites that are not Done yet
  std::map<NodeId, std::vector<NodeId>> dependents_;
  std::set<NodeId> optional_;  ///< waits whose failure holds nothing back
  std::vector<NodeId> ready_;
  std::map<NodeId, NodeOutcome> outcomes_;
};

}  // namespace hoist::compose
