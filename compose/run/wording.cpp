#include "compose/run/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <variant>

namespace hoist::compose {
namespace {

struct Words {
  using Condition = AwaitCondition::Condition;

  Wording operator()(const PullImage&) const { return {"pulling", "pulled"}; }
  Wording operator()(const BuildImage&) const { return {"building", "built"}; }
  Wording operator()(const PushImage&) const { return {"pushing", "pushed"}; }
  Wording operator()(const RemoveImage&) const { return {"removing", "removed"}; }
  Wording operator()(const CreateNetwork&) const { return {"creating", "created"}; }
  Wording operator()(const RemoveNetwork&) const { return {"removing", "removed"}; }
  Wording operator()(const CreateVolume&) const { return {"creating", "created"}; }
  Wording operator()(const RemoveVolume&) const { return {"removing", "removed"}; }
  Wording operator()(const CreateContainer&) const { return {"creating", "created"}; }
  Wording operator()(const ReplaceContainer&) const { return {"replacing", "replaced"}; }
  Wording operator()(const RenameContainer&) const { return {"renaming", "renamed"}; }
  Wording operator()(const StartContainer&) const { return {"starting", "started"}; }
  Wording operator()(const StopContainer&) const { return {"stopping", "stopped"}; }
  Wording operator()(const RestartContainer&) const { return {"restarting", "restarted"}; }
  Wording operator()(const KillContainer&) const { return {"killing", "killed"}; }
  Wording operator()(const RemoveContainer&) const { return {"removing", "removed"}; }
  Wording operator()(const AwaitCondition& op) const {
    switch (op.condition) {
      case Condition::healthy:
        return {"waiting until it is healthy", "healthy"};
      case Condition::completed_successfully:
        return {"waiting until it is completed", "completed"};
      case Condition::running_or_healthy:
        return {"waiting until it is running", "running"};
    }
    return {"waiting", "ready"};
  }
  Wording operator()(const RunProvider& op) const {
    switch (op.action) {
      case RunProvider::Action::up:
        return {"providing", "provided"};
      case RunProvider::Action::stop:
        return {"stopping", "stopped"};
      case RunProvider::Action::down:
        return {"removing", "removed"};
    }
    return {"providing", "provided"};
  }
  Wording operator()(const PrepareModel&) const { return {"preparing", "ready"}; }
};

}  // namespace

Wording wording_of(const Operation& operation) {
  return std::visit(Words{}, operation);
}

std::string telling_cause(const PlanNode& node) {
  static constexpr std::array k_evident{"asked for",       "down",           "it does not exist",
                                        "it is not there", "it was created", "it was made anew"};
  const bool evident = std::ranges::find(k_evident, node.cause) != k_evident.end() || node.cause.starts_with("--");
  return evident || std::holds_alternative<AwaitCondition>(node.op) ? std::string() : node.cause;
}

std::string goal_of(const Operation& operation) {
  return fmt::format("{} to be {}", target_of(operation).to_string(), wording_of(operation).done);
}

}  // namespace hoist::compose
