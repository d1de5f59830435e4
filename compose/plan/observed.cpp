#include "compose/plan/observed.hpp"

namespace hoist::compose {

std::string_view to_string(ContainerState state) {
  switch (state) {
    case ContainerState::created:
      return "created";
    case ContainerState::running:
      return "running";
    case ContainerState::paused:
      return "paused";
    case ContainerState::restarting:
      return "restarting";
    case ContainerState::removing:
      return "removing";
    case ContainerState::exited:
      return "exited";
    case ContainerState::dead:
      return "dead";
  }
  return "unknown";
}

std::string_view to_string(Health health) {
  switch (health) {
    case Health::none:
      return "";
    case Health::starting:
      return "starting";
    case Health::healthy:
      return "healthy";
    case Health::unhealthy:
      return "unhealthy";
  }
  return "";
}

const ObservedContainer* first_container(const std::vector<ObservedContainer>& containers, const std::string& service) {
  const ObservedContainer* first = nullptr;
  for (const ObservedContainer& container : containers) {
    if (container.service != service || container.one_off) continue;
    if (first == nullptr || container.number < first->number) first = &container;
  }
  return first;
}

}  // namespace hoist::compose
