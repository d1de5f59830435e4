#include "tests/support/projects.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "compose/plan/labels.hpp"

namespace hoist::test {

using namespace compose;

ProjectMaker::ProjectMaker(std::string name) {
  project.name = std::move(name);
  project.working_dir = "/work/" + project.name;
  project.compose_files = {project.working_dir + "/compose.yaml"};
  const std::string network = project.name + "_default";
  project.networks["default"] = {.key = "default", .name = network, .config_hash = "network-hash"};
}

Service& ProjectMaker::service(const std::string& name) {
  Service& service = project.services[name];
  if (!service.name.empty()) return service;
  service.name = name;
  service.image = name + ":1";
  service.config_hash = name + "-hash";
  service.networks = {{.key = "default", .name = project.name + "_default"}};
  return service;
}

ProjectMaker& ProjectMaker::depends(const std::string& service_name, const std::string& other,
                                    Dependency::Condition condition) {
  service(other);
  service(service_name).depends_on.push_back({.service = other, .condition = condition});
  return *this;
}

ProjectMaker& ProjectMaker::volume(const std::string& service_name, const std::string& key, const std::string& target) {
  const std::string name = fmt::format("{}_{}", project.name, key);
  project.volumes[key] = {.key = key, .name = name, .config_hash = "volume-hash"};
  service(service_name).volumes.push_back({.source = key, .volume_name = name, .target = target});
  return *this;
}

ObservedContainer running(const Project& project, const std::string& service_name, int number) {
  const Service& service = project.services.at(service_name);
  ObservedContainer container;
  container.name = container_name(project, service, number);
  container.id = fmt::format("{:0<12}", fmt::format("{:x}", std::hash<std::string>{}(container.name) & 0xffffffffffU));
  container.service = service_name;
  container.number = number;
  container.config_hash = service.config_hash;
  container.image = service.image_name(project);
  container.image_id = "sha256:" + container.image;
  container.image_label = container.image_id;
  container.state = ContainerState::running;
  container.labels = container_labels(project, service, {.number = number, .image_id = container.image_id});
  for (const ServiceNetwork& network : service.networks) container.networks[network.name] = "id-" + network.name;
  for (const Mount& mount : service.volumes) {
    container.mounts.push_back({.type = mount.type, .name = mount.volume_name, .target = mount.target});
  }
  if (const std::string parent = referred_service(service.network_mode); !parent.empty()) {
    container.network_mode = "container:" + running(project, parent).id;
  }
  if (service.healthcheck) container.health = Health::healthy;
  return container;
}

ObservedState all_up(const Project& project) {
  ObservedState state;
  for (const auto& [name, service] : project.services) {
    for (int number = 1; number <= service.scale; ++number) state.containers.push_back(running(project, name, number));
    const std::string image = service.image_name(project);
    state.images[image] = "sha256:" + image;
  }
  for (const auto& [key, network] : project.networks) {
    state.networks[network.name] = {
        .id = "id-" + network.name,
        .name = network.name,
        .labels = {{k_label_project, project.name}, {k_label_config_hash, network.config_hash}}};
  }
  for (const auto& [key, volume] : project.volumes) {
    state.volumes[volume.name] = {
        .name = volume.name, .labels = {{k_label_project, project.name}, {k_label_config_hash, volume.config_hash}}};
  }
  return state;
}

ObservedContainer& container_of(ObservedState& state, const std::string& service, int number) {
  const auto found = std::ranges::find_if(state.containers, [&](const ObservedContainer& container) {
    return container.service == service && container.number == number;
  });
  if (found == state.containers.end()) throw std::logic_error("no such container in the test's state");
  return *found;
}

}  // namespace hoist::test
