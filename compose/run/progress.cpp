#include "compose/run/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace hoist::compose {
namespace {

/// What a node after `node` ends with when `node` ended so; nothing after Done.
NodeOutcome passed_on(NodeId node, const NodeOutcome& outcome) {
  if (std::holds_alternative<Failed>(outcome)) return Skipped{node};
  return outcome;
}

}  // namespace

Progress::Progress(const Plan& plan) {
  for (const PlanNode& node : plan.nodes) {
    std::vector<NodeId> after = node.after;
    std::sort(after.begin(), after.end());
    after.erase(std::unique(after.begin(), after.end()), after.end());
    for (const NodeId prerequisite : after) {
      if (!waiting_.contains(prerequisite)) {
        throw std::logic_error(fmt::format("plan: #{} is after #{}, which does not come first", node.id, prerequisite));
      }
      dependents_[prerequisite].push_back(node.id);
    }
    if (!waiting_.try_emplace(node.id, after.size()).second) {
      throw std::logic_error(fmt::format("plan: #{} is there twice", node.id));
    }
    if (after.empty()) ready_.push_back(node.id);
    if (may_fail(node.op)) optional_.insert(node.id);
  }
}

std::vector<NodeId> Progress::take_ready() {
  std::vector<NodeId> taken = std::exchange(ready_, {});
  // A node may have ended (cancelled) between becoming ready and being asked for.
  std::erase_if(taken, [this](NodeId node) { return outcomes_.contains(node); });
  std::sort(taken.begin(), taken.end());
  return taken;
}

std::vector<NodeId> Progress::finished(NodeId node, NodeOutcome outcome) {
  if (!waiting_.contains(node)) throw std::logic_error(fmt::format("plan: there is no #{}", node));
  std::vector<NodeId> ended;
  std::vector<std::pair<NodeId, NodeOutcome>> open;
  open.emplace_back(node, std::move(outcome));
  // Not recursive: a chain may be as long as the plan.
  for (std::size_t i = 0; i < open.size(); ++i) {
    const auto [id, own] = open[i];
    if (!outcomes_.try_emplace(id, own).second) continue;
    ended.push_back(id);
    const auto after = dependents_.find(id);
    if (after == dependents_.end()) continue;
    const bool released =
        std::holds_alternative<Done>(own) || (optional_.contains(id) && std::holds_alternative<Skipped>(own));
    for (const NodeId next : after->second) {
      if (!released) {
        open.emplace_back(next, passed_on(id, own));
      } else if (--waiting_[next] == 0 && !outcomes_.contains(next)) {
        ready_.push_back(next);
      }
    }
  }
  return ended;
}

}  // namespace hoist::compose
