#include "compose/plan/plan_run.hpp"

#include <memory>
#include <utility>

#include "compose/plan/labels.hpp"
#include "compose/plan/plan_up.hpp"

namespace hoist::compose {
namespace {

/// The project as the one-off sees it: the service itself has no replica, so that only what it needs is
/// brought up.
Project surroundings(const Project& project, const RunRequest& request) {
  Project around = project;
  Service& self = around.services[request.service.name];
  self = request.service;
  self.scale = 0;
  return around;
}

}  // namespace

std::string run_container_name(const Project& project, const RunRequest& request) {
  return request.name.empty() ? one_off_name(project, request.service, request.slug) : request.name;
}

Plan plan_run(const Project& project, const ObservedState& observed, const RunRequest& request) {
  ContainerSpec spec;
  Service service = request.service;
  service.container_name.clear();
  const std::string image = service.image_name(project);
  const auto current = observed.images.find(image);
  const ContainerIdentity identity{
      .number = 0, .slug = request.slug, .image_id = current == observed.images.end() ? "" : current->second};
  spec.labels = container_labels(project, service, identity);
  spec.project = project.name;
  spec.name = run_container_name(project, request);
  spec.image = image;
  spec.auto_remove = request.auto_remove;
  spec.service_names = request.use_aliases;

  const Project around = surroundings(project, request);
  // The service's own containers must stay as they are: they are not this command's business.
  ObservedState others = observed;
  std::erase_if(others.containers, [&request](const ObservedContainer& container) {
    return container.service == request.service.name && !container.one_off;
  });
  Plan plan = plan_up(around, others,
                      {.services = {request.service.name},
                       .dependencies = request.dependencies,
                       .remove_orphans = request.remove_orphans,
                       .ignore_orphans = !request.remove_orphans,
                       .ready_for = request.dependencies ? request.service.name : std::string()});
  spec.service = std::make_shared<const Service>(std::move(service));
  PlanNode node{
      .id = static_cast<NodeId>(plan.nodes.size()) + 1, .op = CreateContainer{std::move(spec)}, .cause = "asked for"};
  for (const PlanNode& before : plan.nodes) node.after.push_back(before.id);
  plan.nodes.push_back(std::move(node));
  return plan;
}

}  // namespace hoist::compose
