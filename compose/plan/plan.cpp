#include "compose/plan/plan.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace hoist::compose {
namespace {

struct Verb {
  std::string_view operator()(const PullImage&) const { return "pull"; }
  std::string_view operator()(const BuildImage&) const { return "build"; }
  std::string_view operator()(const PushImage&) const { return "push"; }
  std::string_view operator()(const RemoveImage&) const { return "remove"; }
  std::string_view operator()(const CreateNetwork&) const { return "create"; }
  std::string_view operator()(const RemoveNetwork&) const { return "remove"; }
  std::string_view operator()(const CreateVolume&) const { return "create"; }
  std::string_view operator()(const RemoveVolume&) const { return "remove"; }
  std::string_view operator()(const CreateContainer&) const { return "create"; }
  std::string_view operator()(const ReplaceContainer&) const { return "replace"; }
  std::string_view operator()(const RenameContainer&) const { return "rename"; }
  std::string_view operator()(const StartContainer&) const { return "start"; }
  std::string_view operator()(const StopContainer&) const { return "stop"; }
  std::string_view operator()(const RestartContainer&) const { return "restart"; }
  std::string_view operator()(const KillContainer&) const { return "kill"; }
  std::string_view operator()(const RemoveContainer&) const { return "remove"; }
  std::string_view operator()(const AwaitCondition&) const { return "await"; }
  std::string_view operator()(const RunProvider& op) const {
    switch (op.action) {
      case RunProvider::Action::up:
        return "provide";
      case RunProvider::Action::stop:
        return "stop";
      case RunProvider::Action::down:
        return "remove";
    }
    return "provide";
  }
  std::string_view operator()(const PrepareModel&) const { return "prepare"; }
};

struct Target {
  using Kind = ResourceKind;
  ResourceKey operator()(const PullImage& op) const { return {Kind::image, op.reference}; }
  ResourceKey operator()(const BuildImage& op) const { return {Kind::image, op.reference}; }
  ResourceKey operator()(const PushImage& op) const { return {Kind::image, op.reference}; }
  ResourceKey operator()(const RemoveImage& op) const { return {Kind::image, op.reference}; }
  ResourceKey operator()(const CreateNetwork& op) const { return {Kind::network, op.network.name}; }
  ResourceKey operator()(const RemoveNetwork& op) const { return {Kind::network, op.name}; }
  ResourceKey operator()(const CreateVolume& op) const { return {Kind::volume, op.volume.name}; }
  ResourceKey operator()(const RemoveVolume& op) const { return {Kind::volume, op.name}; }
  ResourceKey operator()(const CreateContainer& op) const { return {Kind::container, op.spec.name}; }
  ResourceKey operator()(const ReplaceContainer& op) const { return {Kind::container, op.spec.name}; }
  ResourceKey operator()(const RenameContainer& op) const { return {Kind::container, op.name}; }
  ResourceKey operator()(const StartContainer& op) const { return {Kind::container, op.name}; }
  ResourceKey operator()(const StopContainer& op) const { return {Kind::container, op.name}; }
  ResourceKey operator()(const RestartContainer& op) const { return {Kind::container, op.name}; }
  ResourceKey operator()(const KillContainer& op) const { return {Kind::container, op.name}; }
  ResourceKey operator()(const RemoveContainer& op) const { return {Kind::container, op.name}; }
  ResourceKey operator()(const AwaitCondition& op) const { return {Kind::service, op.service}; }
  ResourceKey operator()(const RunProvider& op) const { return {Kind::service, op.service->name}; }
  ResourceKey operator()(const PrepareModel& op) const { return {Kind::model, op.model.key}; }
};

/// What the resource's name alone does not tell.
struct Detail {
  std::string operator()(const AwaitCondition& op) const { return fmt::format(" {}", to_string(op.condition)); }
  std::string operator()(const RunProvider& op) const { return fmt::format(" by {}", op.service->provider->type); }
  std::string operator()(const PrepareModel& op) const { return fmt::format(" ({})", op.model.reference); }
  std::string operator()(const RenameContainer& op) const { return fmt::format(" from {}", op.old_name); }
  std::string operator()(const KillContainer& op) const { return op.signal.empty() ? "" : " with " + op.signal; }
  template <typename Other>
  std::string operator()(const Other&) const {
    return {};
  }
};

}  // namespace

std::string_view to_string(ResourceKind kind) {
  switch (kind) {
    case ResourceKind::image:
      return "image";
    case ResourceKind::network:
      return "network";
    case ResourceKind::volume:
      return "volume";
    case ResourceKind::service:
      return "service";
    case ResourceKind::container:
      return "container";
    case ResourceKind::model:
      return "model";
  }
  return "resource";
}

std::string ResourceKey::to_string() const {
  return fmt::format("{} {}", compose::to_string(kind), name);
}

std::string_view to_string(AwaitCondition::Condition condition) {
  switch (condition) {
    case AwaitCondition::Condition::healthy:
      return "healthy";
    case AwaitCondition::Condition::completed_successfully:
      return "completed successfully";
    case AwaitCondition::Condition::running_or_healthy:
      return "running or healthy";
  }
  return "ready";
}

std::string_view verb_of(const Operation& operation) {
  return std::visit(Verb{}, operation);
}

bool may_fail(const Operation& operation) {
  if (const auto* await = std::get_if<AwaitCondition>(&operation)) return !await->required;
  if (const auto* pull = std::get_if<PullImage>(&operation)) return pull->may_fail;
  const auto* push = std::get_if<PushImage>(&operation);
  return push != nullptr && push->may_fail;
}

ResourceKey target_of(const Operation& operation) {
  return std::visit(Target{}, operation);
}

std::string to_string(const Plan& plan) {
  std::string text;
  for (const PlanNode& node : plan.nodes) {
    text +=
        fmt::format("#{} {} {}{} after=[{}] because {}\n", node.id, verb_of(node.op), target_of(node.op).to_string(),
                    std::visit(Detail{}, node.op), fmt::join(node.after, ","), node.cause);
  }
  for (const std::string& warning : plan.warnings) text += fmt::format("! {}\n", warning);
  return text;
}

}  // namespace hoist::compose
