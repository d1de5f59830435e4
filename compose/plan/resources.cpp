#include "compose/plan/resources.hpp"

#include <fmt/format.h>

#include <set>

#include "compose/base/error.hpp"
#include "compose/plan/labels.hpp"

namespace hoist::compose {
namespace {

void add_found(const std::map<std::string, NodeId>& steps, const std::string& name, NodeIds& after) {
  if (const auto found = steps.find(name); found != steps.end()) after.insert(found->second);
}

Error missing_external(const char* kind, const std::string& name, const SourceLocation& location) {
  return Error(ErrorCode::not_found, fmt::format("{} '{}' is declared external and does not exist", kind, name))
      .at(location)
      .with_hint(fmt::format("make it with 'docker {} create {}', or take 'external' out of the file", kind, name));
}

/// A warning about a thing that the project did not make; empty when it is the project's own.
std::string foreign(const char* kind, const std::string& name, const StringMap& labels, const std::string& project) {
  const std::string owner = label_of(labels, k_label_project);
  if (owner == project) return {};
  return fmt::format(
      "{} '{}' {}; it is used as it is. Declare it 'external: true' to say that this is meant", kind, name,
      owner.empty() ? "was not made by a Compose project" : fmt::format("belongs to project '{}'", owner));
}

class ResourcePlanner {
 public:
  ResourcePlanner(PlanBuilder& builder, const Project& project, const ObservedState& observed,
                  const std::set<std::string>& anew)
      : builder_(builder), project_(project), observed_(observed), anew_(anew) {}

  void network(const Network& network, const std::map<std::string, NodeIds>& users) {
    const auto found = observed_.networks.find(network.name);
    const bool present = found != observed_.networks.end();
    if (network.external) {
      if (!present) throw missing_external("network", network.name, network.location);
      return;
    }
    if (!present) {
      steps.networks[network.name] = builder_.add(CreateNetwork{network, project_.name}, {}, "it does not exist");
    } else if (anew_.contains(network.name)) {
      const auto on_it = users.find(network.name);
      const NodeId removed =
          builder_.add(RemoveNetwork{network.name, found->second.id}, on_it == users.end() ? NodeIds{} : on_it->second,
                       "its configuration changed");
      steps.networks[network.name] =
          builder_.add(CreateNetwork{network, project_.name}, {removed}, "its configuration changed");
    } else if (std::string text = foreign("network", network.name, found->second.labels, project_.name);
               !text.empty()) {
      builder_.warn(std::move(text));
    }
  }

  void volume(const Volume& volume) {
    const auto found = observed_.volumes.find(volume.name);
    const bool present = found != observed_.volumes.end();
    if (volume.external) {
      if (!present) throw missing_external("volume", volume.name, volume.location);
      return;
    }
    if (!present) {
      steps.volumes[volume.name] = builder_.add(CreateVolume{volume, project_.name}, {}, "it does not exist");
      return;
    }
    const StringMap& labels = found->second.labels;
    if (std::string text = foreign("volume", volume.name, labels, project_.name); !text.empty()) {
      builder_.warn(std::move(text));
      return;
    }
    const std::string hash = label_of(labels, k_label_config_hash);
    if (!hash.empty() && !volume.config_hash.empty() && hash != volume.config_hash) {
      builder_.warn(
          fmt::format("volume '{}' was made with other options than the file has now; it keeps its data and "
                      "its old options. 'hoist down -v' removes it with all it holds",
                      volume.name));
    }
  }

  ResourceSteps steps;

 private:
  PlanBuilder& builder_;
  const Project& project_;
  const ObservedState& observed_;
  const std::set<std::string>& anew_;
};

}  // namespace

void ResourceSteps::add_network(const std::string& name, NodeIds& after) const {
  add_found(networks, name, after);
}
void ResourceSteps::add_volume(const std::string& name, NodeIds& after) const {
  add_found(volumes, name, after);
}

ResourceSteps plan_resources(PlanBuilder& builder, const Project& project, const ObservedState& observed,
                             const std::vector<std::string>& services, const std::set<std::string>& anew,
                             const std::map<std::string, NodeIds>& network_users) {
  std::set<std::string> networks;
  std::set<std::string> volumes;
  for (const std::string& name : services) {
    const Service& service = project.get_service(name);
    for (const ServiceNetwork& network : service.networks) networks.insert(network.key);
    for (const Mount& mount : service.volumes) {
      if (!mount.volume_name.empty()) volumes.insert(mount.source);
    }
  }
  ResourcePlanner planner(builder, project, observed, anew);
  for (const auto& [key, network] : project.networks) {
    if (networks.contains(key)) planner.network(network, network_users);
  }
  for (const auto& [key, volume] : project.volumes) {
    if (volumes.contains(key)) planner.volume(volume);
  }
  return std::move(planner.steps);
}

}  // namespace hoist::compose
