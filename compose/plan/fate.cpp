#include "compose/plan/fate.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <tuple>

#include "compose/base/error.hpp"
#include "compose/plan/divergence.hpp"
#include "compose/plan/labels.hpp"
#include "compose/plan/selection.hpp"

namespace hoist::compose {
namespace {

using Kind = ContainerFate::Kind;

/// The name that a container has while it takes another's place: "<12 hex digits>_<name>".
bool is_temporary(const std::string& name, const std::string& final_name) {
  constexpr std::size_t k_id = 12;
  if (name.size() != final_name.size() + k_id + 1 || !name.ends_with("_" + final_name)) return false;
  return name.find_first_not_of("0123456789abcdef") == k_id;
}

/// More than a machine has addresses and memory for; a slip of the finger must not fill ours.
constexpr int k_most_replicas = 10'000;

int scale_of(const Service& service, const UpRequest& request) {
  if (service.provider) return 0;
  const auto asked = request.scale.find(service.name);
  const int scale = asked == request.scale.end() ? service.scale : asked->second;
  if (scale < 0) {
    throw Error(ErrorCode::bad_input, fmt::format("service '{}' cannot have {} replicas", service.name, scale));
  }
  if (scale > k_most_replicas) {
    throw Error(ErrorCode::bad_input, fmt::format("service '{}' cannot have {} replicas: {} is the most", service.name,
                                                  scale, k_most_replicas));
  }
  if (scale > 1 && !service.container_name.empty()) {
    throw Error(ErrorCode::bad_input,
                fmt::format("service '{}' cannot have {} replicas: its container_name '{}' can be "
                            "given once",
                            service.name, scale, service.container_name))
        .at(service.location)
        .with_hint("take 'container_name' out of the file");
  }
  return scale;
}

class Judge {
 public:
  Judge(const Project& project, const ObservedState& observed, const UpRequest& request,
        const std::set<std::string>& anew)
      : project_(project),
        observed_(observed),
        request_(request),
        anew_(anew),
        named_(request.services.begin(), request.services.end()) {}

  ServiceFate decide(const Service& service, const std::map<std::string, ServiceFate>& before) const {
    ServiceFate fate{.scale = scale_of(service, request_)};
    for (const ObservedContainer& container : observed_.containers) {
      if (container.service != service.name || container.one_off) continue;
      fate.containers.push_back(judge(service, container, before));
    }
    drop_surplus(service, fate);
    add_missing(fate);
    return fate;
  }

 private:
  ContainerFate judge(const Service& service, const ObservedContainer& container,
                      const std::map<std::string, ServiceFate>& before) const {
    ContainerFate fate{.container = &container};
    for (const std::string& network : anew_) {
      if (!container.networks.contains(network)) continue;
      return {&container, Kind::drop, fmt::format("network '{}' is made anew", network), {}};
    }
    fate.cause = cause_to_replace(service, container, before);
    if (!fate.cause.empty()) fate.kind = Kind::replace;
    if (fate.kind == Kind::keep) {
      const std::string name = container_name(project_, service, container.number);
      if (is_temporary(container.name, name)) fate.new_name = name;
    }
    return fate;
  }

  std::string cause_to_replace(const Service& service, const ObservedContainer& container,
                               const std::map<std::string, ServiceFate>& before) const {
    const bool is_named = named_.empty() || named_.contains(service.name);
    const Recreate policy = is_named ? request_.recreate : request_.recreate_dependencies;
    if (policy == Recreate::never) return {};
    if (policy == Recreate::force) return is_named ? "--force-recreate" : "--always-recreate-deps";
    if (!shares_living_network(service, container, before)) {
      return fmt::format("the container of '{}' whose network it shares goes", referred_service(service.network_mode));
    }
    for (const std::string& parent : bound_services(service)) {
      if (parent == referred_service(service.network_mode) || first_stays(parent, before)) continue;
      return fmt::format("the container of '{}' whose {} it shares goes", parent, shared_with(service, parent));
    }
    return divergence(project_, service, container, observed_);
  }

  /// A namespace ends with its container: who shares it must be made anew.
  bool shares_living_network(const Service& service, const ObservedContainer& container,
                             const std::map<std::string, ServiceFate>& before) const {
    constexpr std::string_view k_prefix = "container:";
    const std::string parent = referred_service(service.network_mode);
    if (parent.empty() || !container.network_mode.starts_with(k_prefix)) return true;
    const std::string id = container.network_mode.substr(k_prefix.size());
    if (const auto decided = before.find(parent); decided != before.end()) {
      return std::ranges::any_of(decided->second.containers, [&id](const ContainerFate& fate) {
        return fate.kind == Kind::keep && fate.container->id == id;
      });
    }
    return std::ranges::any_of(observed_.containers, [&id](const ObservedContainer& other) { return other.id == id; });
  }

  /// Whether the container of `parent` that others share things with is there and will be.
  bool first_stays(const std::string& parent, const std::map<std::string, ServiceFate>& before) const {
    const ObservedContainer* first = first_container(observed_.containers, parent);
    const auto decided = before.find(parent);
    if (first == nullptr || decided == before.end()) return first != nullptr;
    return std::ranges::any_of(decided->second.containers, [first](const ContainerFate& fate) {
      return fate.container == first && fate.kind == Kind::keep;
    });
  }

  static std::string_view shared_with(const Service& service, const std::string& parent) {
    if (referred_service(service.ipc) == parent) return "IPC namespace";
    if (referred_service(service.pid) == parent) return "process namespace";
    return "volumes";
  }

  /// Out of date first, then those of a broken-off replacement, then the highest numbers.
  static void drop_surplus(const Service& service, ServiceFate& fate) {
    std::vector<ContainerFate*> left;
    for (ContainerFate& container : fate.containers) {
      if (container.kind != Kind::drop) left.push_back(&container);
    }
    std::ranges::sort(left, {}, [](const ContainerFate* container) {
      return std::tuple(container->kind != Kind::keep, !container->new_name.empty(), container->container->number,
                        container->container->id);
    });
    while (left.size() > static_cast<std::size_t>(fate.scale)) {
      ContainerFate& surplus = *left.back();
      left.pop_back();
      surplus.cause = fate.scale == 0 && service.scale == 0
                          ? std::string("the service has no replicas")
                          : fmt::format("{} {} wanted", fate.scale, fate.scale == 1 ? "replica is" : "replicas are");
      surplus.kind = Kind::drop;
      surplus.new_name.clear();
    }
  }

  /// The lowest numbers that are free.
  static void add_missing(ServiceFate& fate) {
    std::set<int> taken;
    int living = 0;
    for (const ContainerFate& container : fate.containers) {
      if (container.kind == Kind::drop) continue;
      taken.insert(container.container->number);
      ++living;
    }
    for (int number = 1; living < fate.scale; ++number) {
      if (taken.contains(number)) continue;
      fate.missing.push_back(number);
      ++living;
    }
  }

  const Project& project_;
  const ObservedState& observed_;
  const UpRequest& request_;
  const std::set<std::string>& anew_;
  std::set<std::string> named_;
};

}  // namespace

bool ServiceFate::replaces() const {
  return std::ranges::any_of(containers, [](const ContainerFate& fate) { return fate.kind == Kind::replace; });
}

DivergedNetworks diverged_networks(const Project& project, const ObservedState& observed, const UpRequest& request,
                                   const std::vector<std::string>& chosen) {
  std::set<std::string> keys;
  for (const std::string& name : chosen) {
    for (const ServiceNetwork& network : project.get_service(name).networks) keys.insert(network.key);
  }
  DivergedNetworks result;
  for (const std::string& key : keys) {
    const auto declared = project.networks.find(key);
    if (declared == project.networks.end() || declared->second.external) continue;
    const Network& network = declared->second;
    const auto found = observed.networks.find(network.name);
    if (found == observed.networks.end()) continue;
    const StringMap& labels = found->second.labels;
    const std::string hash = label_of(labels, k_label_config_hash);
    const bool differs = !hash.empty() && !network.config_hash.empty() && hash != network.config_hash;
    if (!differs || label_of(labels, k_label_project) != project.name) continue;
    std::vector<std::string> staying;
    for (const ObservedContainer& container : observed.containers) {
      const bool removed_as_orphan = request.remove_orphans && !container.one_off && is_orphan(project, container);
      const bool goes =
          removed_as_orphan || (!container.one_off && std::ranges::find(chosen, container.service) != chosen.end());
      if (!goes && container.networks.contains(network.name)) staying.push_back(container.name);
    }
    if (staying.empty()) {
      result.anew.insert(network.name);
    } else {
      result.warnings.push_back(fmt::format(
          "network '{}' has another configuration in the file, and stays as it is while {} is on it: "
          "'hoist up' of the whole project makes it anew, --remove-orphans takes left-over containers from it",
          network.name, fmt::join(staying, ", ")));
    }
  }
  return result;
}

std::map<std::string, ServiceFate> decide_fates(const Project& project, const ObservedState& observed,
                                                const UpRequest& request, const std::vector<std::string>& order,
                                                const std::set<std::string>& anew) {
  const Judge judge(project, observed, request, anew);
  std::map<std::string, ServiceFate> fates;
  for (const std::string& name : order) fates[name] = judge.decide(project.get_service(name), fates);
  return fates;
}

}  // namespace hoist::compose
