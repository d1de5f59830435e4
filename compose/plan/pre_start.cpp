#include "compose/plan/pre_start.hpp"

#include <fmt/format.h>

#include <memory>

#include "compose/base/error.hpp"
#include "compose/plan/labels.hpp"

namespace hoist::compose {
namespace {

/// What a hook is called in texts. It is no service's name, so that nothing of the service is done to its container.
std::string title_of(const Service& service, std::size_t index) {
  return fmt::format("{} pre_start[{}]", service.name, index);
}

ContainerSpec spec_of(const Project& project, const Service& service, std::size_t index, const std::string& replica) {
  const Hook& hook = service.pre_start[index];
  Service own;
  own.name = service.name;
  own.image = hook.image.empty() ? service.image_name(project) : hook.image;
  own.platform = service.platform;
  own.command = hook.command;
  own.user = hook.user;
  own.working_dir = hook.working_dir;
  own.privileged = hook.privileged;
  own.environment = service.environment;
  for (const auto& [name, value] : hook.environment) own.environment[name] = value;
  own.volumes_from = {"container:" + replica};
  own.network_mode = service.network_mode;
  for (ServiceNetwork network : service.networks) {
    // The addresses are the service's, which comes right after.
    network.ipv4_address.clear();
    network.ipv6_address.clear();
    network.mac_address.clear();
    own.networks.push_back(std::move(network));
  }
  own.location = hook.location;
  ContainerSpec spec{
      .project = project.name,
      .name = fmt::format("{0}{3}{1}{3}pre_start{3}{2}", project.name, service.name, index, project.separator),
      .image = own.image,
      .labels = hook_labels(project, service, "pre_start"),
      .service_names = false};
  spec.service = std::make_shared<const Service>(std::move(own));
  return spec;
}

}  // namespace

NodeIds plan_pre_start(PlanBuilder& builder, const Project& project, const Service& service,
                       const std::vector<ObservedContainer>& observed, const std::string& replica,
                       const NodeIds& after) {
  if (service.pre_start.empty()) return after;
  NodeIds before = after;
  for (const ObservedContainer& container : observed) {
    if (container.service != service.name || label_of(container.labels, k_label_hook) != "pre_start") continue;
    before.insert(builder.add(RemoveContainer{container.id, container.name, service.name, true, true}, {},
                              "its hook did not succeed"));
  }
  const std::string cause = fmt::format("'{}' is started after it", service.name);
  for (std::size_t i = 0; i < service.pre_start.size(); ++i) {
    if (service.pre_start[i].per_replica) {
      throw Error(ErrorCode::bad_input,
                  fmt::format("services.{}.pre_start[{}]: a hook for each replica is not supported", service.name, i))
          .at(service.pre_start[i].location)
          .with_hint("take 'per_replica' out: the hook then runs once for all of them");
    }
    const ContainerSpec spec = spec_of(project, service, i, replica);
    const std::string title = title_of(service, i);
    NodeId id = builder.add(CreateContainer{spec}, before, cause);
    id = builder.add(StartContainer{spec.name, spec.name, title}, {id}, cause);
    id =
        builder.add(AwaitCondition{title, {spec.name}, AwaitCondition::Condition::completed_successfully}, {id}, cause);
    before = {builder.add(RemoveContainer{spec.name, spec.name, title, true, true}, {id}, "its hook has ended")};
  }
  return before;
}

}  // namespace hoist::compose
