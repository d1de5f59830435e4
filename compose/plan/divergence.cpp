#include "compose/plan/divergence.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "compose/plan/bound_hash.hpp"
#include "compose/plan/labels.hpp"

namespace hoist::compose {
namespace {

std::string image_divergence(const Project& project, const Service& service, const ObservedContainer& container,
                             const ObservedState& observed) {
  const auto current = observed.images.find(service.image_name(project));
  // Not there any more, or removed by hand: what runs goes on.
  if (current == observed.images.end()) return {};
  const std::string& made_for = container.image_label.empty() ? container.image_id : container.image_label;
  if (made_for.empty() || made_for == current->second) return {};
  return fmt::format("the image '{}' changed", current->first);
}

std::string network_divergence(const Service& service, const ObservedContainer& container,
                               const ObservedState& observed) {
  for (const ServiceNetwork& network : service.networks) {
    const auto joined = container.networks.find(network.name);
    if (joined == container.networks.end()) {
      // What does not run may not show its networks.
      if (container.state != ContainerState::running) continue;
      return fmt::format("it is not on network '{}'", network.name);
    }
    const auto present = observed.networks.find(network.name);
    const bool comparable =
        present != observed.networks.end() && !present->second.id.empty() && !joined->second.empty();
    if (comparable && joined->second != present->second.id) {
      return fmt::format("network '{}' was made anew", network.name);
    }
  }
  return {};
}

std::string volume_divergence(const Service& service, const ObservedContainer& container) {
  for (const Mount& mount : service.volumes) {
    if (mount.type != Mount::Type::volume || mount.volume_name.empty()) continue;
    const bool mounted = std::ranges::any_of(container.mounts, [&mount](const ObservedMount& seen) {
      return seen.name == mount.volume_name && seen.target == mount.target;
    });
    if (!mounted) return fmt::format("volume '{}' is not mounted", mount.volume_name);
  }
  return {};
}

}  // namespace

std::string divergence(const Project& project, const Service& service, const ObservedContainer& container,
                       const ObservedState& observed) {
  if (container.state == ContainerState::dead) return "it is dead";
  // Each container is judged by the form of the release that made it.
  const HashForm form = hash_form_of(label_of(container.labels, k_label_version));
  if (container.config_hash != bound_hash(service, form, observed.containers)) return "its configuration changed";
  if (std::string cause = image_divergence(project, service, container, observed); !cause.empty()) return cause;
  if (std::string cause = network_divergence(service, container, observed); !cause.empty()) return cause;
  return volume_divergence(service, container);
}

StringMap inherited_volumes(const Service& service, const ObservedContainer& old) {
  StringMap kept;
  for (const ObservedMount& mount : old.mounts) {
    if (mount.type != Mount::Type::volume || !mount.anonymous || mount.name.empty()) continue;
    const bool taken = std::ranges::any_of(service.volumes, [&mount](const Mount& wanted) {
      const bool anonymous = wanted.type == Mount::Type::volume && wanted.volume_name.empty();
      return wanted.target == mount.target && !anonymous;
    });
    if (!taken) kept[mount.target] = mount.name;
  }
  return kept;
}

}  // namespace hoist::compose
