#include "remote/docker/engine_gaps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <span>
#include <string_view>

#include "remote/docker/json_access.hpp"
#include "remote/docker/resources_json.hpp"

namespace hoist::remote {
namespace {

using compose::Mount;
using compose::Places;
using compose::Service;

/// Asks about the entry of a list that the attribute belongs to.
using Applies = bool (*)(const Service& service, std::size_t entry);

/// An attribute that not every engine carries out; all that is said of it must be so for it to be a gap.
struct Gap {
  std::string_view attribute;    ///< `*` is any key, `[]` any entry of a list
  ApiVersion since = {};         ///< the first API that has it
  std::string_view kernel = {};  ///< what the kernel must limit
  bool only_windows = false;
  bool no_podman = false;
  Applies applies = nullptr;
};

const Mount* mount_at(const Service& service, std::size_t entry) {
  return entry < service.volumes.size() ? &service.volumes[entry] : nullptr;
}

bool is_read_only_recursion(const Service& service, std::size_t entry) {
  const Mount* mount = mount_at(service, entry);
  return mount != nullptr && (mount->bind_recursive == "writable" || mount->bind_recursive == "readonly");
}

bool is_cdi(const Service& service, std::size_t entry) {
  return entry < service.resources.devices.size() && is_cdi_device(service.resources.devices[entry]);
}

bool is_special_isolation(const Service& service, std::size_t) {
  return service.isolation != "default";
}

bool is_private_cgroup(const Service& service, std::size_t) {
  return service.cgroup == "private";
}

bool is_second_network(const Service&, std::size_t entry) {
  return entry > 0;
}

constexpr Gap k_gaps[] = {
    {.attribute = "annotations", .since = k_api_annotations},
    {.attribute = "cgroup", .no_podman = true, .applies = is_private_cgroup},
    {.attribute = "cpu_count", .only_windows = true},
    {.attribute = "cpu_percent", .only_windows = true},
    {.attribute = "cpu_period", .kernel = "CpuCfsPeriod"},
    {.attribute = "cpu_quota", .kernel = "CpuCfsQuota"},
    {.attribute = "cpu_rt_period", .kernel = "Realtime"},
    {.attribute = "cpu_rt_runtime", .kernel = "Realtime"},
    {.attribute = "cpu_shares", .kernel = "CPUShares"},
    {.attribute = "cpus", .kernel = "CpuCfsQuota"},
    {.attribute = "cpuset", .kernel = "CPUSet"},
    {.attribute = "credential_spec", .only_windows = true},
    {.attribute = "deploy.resources.limits.cpus", .kernel = "CpuCfsQuota"},
    {.attribute = "deploy.resources.limits.memory", .kernel = "MemoryLimit"},
    {.attribute = "deploy.resources.limits.pids", .kernel = "PidsLimit"},
    {.attribute = "deploy.resources.reservations.memory", .kernel = "MemoryLimit"},
    {.attribute = "deploy.resources.reservations.devices", .no_podman = true},
    {.attribute = "device_cgroup_rules", .no_podman = true},
    {.attribute = "devices[]", .since = k_api_cdi, .applies = is_cdi},
    {.attribute = "domainname", .no_podman = true},
    {.attribute = "external_links", .no_podman = true},
    {.attribute = "gpus", .no_podman = true},
    {.attribute = "healthcheck.start_interval", .since = k_api_start_interval},
    {.attribute = "isolation", .only_windows = true, .applies = is_special_isolation},
    {.attribute = "links", .no_podman = true},
    {.attribute = "mem_limit", .kernel = "MemoryLimit"},
    {.attribute = "mem_reservation", .kernel = "MemoryLimit"},
    {.attribute = "mem_swappiness", .kernel = "Swappiness"},
    {.attribute = "memswap_limit", .kernel = "SwapLimit"},
    {.attribute = "networks.*.driver_opts", .no_podman = true},
    {.attribute = "networks.*.gw_priority", .since = k_api_gateway_priority},
    {.attribute = "networks.*.interface_name", .since = k_api_interface_name},
    {.attribute = "networks.*.link_local_ips", .no_podman = true},
    {.attribute = "networks.*.mac_address", .since = k_api_endpoint_mac, .applies = is_second_network},
    {.attribute = "oom_kill_disable", .kernel = "OomKillDisable"},
    {.attribute = "pids_limit", .kernel = "PidsLimit"},
    {.attribute = "runtime", .no_podman = true},
    {.attribute = "volumes[].bind.recursive", .since = k_api_read_only_recursion, .applies = is_read_only_recursion},
    {.attribute = "volumes[].image.subpath", .since = k_api_image_mounts},
    {.attribute = "volumes[].volume.labels", .no_podman = true},
    {.attribute = "volumes[].volume.nocopy", .no_podman = true},
    {.attribute = "volumes[].volume.subpath", .since = k_api_volume_subpath},
};

constexpr Gap k_build_gaps[] = {
    {.attribute = "build.isolation", .only_windows = true},
    {.attribute = "build.ulimits", .since = k_api_build_ulimits},
};

constexpr Gap k_network_gaps[] = {
    {.attribute = "enable_ipv4", .since = k_api_enable_ipv4},
    {.attribute = "ipam.config[].aux_addresses", .no_podman = true},
    {.attribute = "ipam.options", .no_podman = true},
};

/// The releases that brought an API, for those who know an engine by its own number.
std::string_view release_of(ApiVersion api) {
  struct Release {
    ApiVersion api;
    std::string_view name;
  };
  constexpr std::array k_releases{Release{{1, 42}, "23.0"}, Release{{1, 43}, "24.0"}, Release{{1, 44}, "25.0"},
                                  Release{{1, 45}, "26.0"}, Release{{1, 48}, "28.0"}, Release{{1, 49}, "28.1"}};
  const auto found = std::ranges::find(k_releases, api, &Release::api);
  return found == k_releases.end() ? std::string_view() : found->name;
}

/// Takes `pattern` and `path` apart side by side. Returns whether the path is the pattern's; `entry` becomes the index
/// of its first list.
bool matches(std::string_view pattern, std::string_view path, std::size_t& entry) {
  while (!pattern.empty() && !path.empty()) {
    if (pattern.starts_with("[]") && path.front() == '[') {
      std::from_chars(path.data() + 1, path.data() + path.size(), entry);
      pattern.remove_prefix(2);
      path.remove_prefix(std::min(path.find(']'), path.size() - 1) + 1);
    } else if (pattern.front() == '*') {
      // A key may hold dots itself, so what comes after it is looked for from the end.
      const std::string_view rest = pattern.substr(1);
      return path.size() > rest.size() && path.ends_with(rest);
    } else if (pattern.front() != path.front()) {
      return false;
    } else {
      pattern.remove_prefix(1);
      path.remove_prefix(1);
    }
  }
  return pattern.empty() && path.empty();
}

/// Why the engine does not carry it out; empty when it does.
std::string reason(const Gap& gap, const EngineTraits& traits) {
  if (gap.only_windows && !traits.windows) return "only for containers of Windows";
  if (gap.no_podman && traits.podman) return "Podman does not know it";
  if (!gap.kernel.empty() && traits.kernel_lacks.contains(std::string(gap.kernel))) {
    return "the kernel of this engine cannot limit it";
  }
  if (traits.api >= gap.since) return {};
  return fmt::format("needs Docker {} (API {})", release_of(gap.since), gap.since.to_string());
}

/// Calls `found` with each gap that the places of a service or a network hold, whatever the engine.
template <typename Found>
void each_gap(std::span<const Gap> gaps, const Places& places, const Found& found) {
  for (const Places::Place& place : places.all()) {
    for (const Gap& gap : gaps) {
      std::size_t entry = 0;
      if (matches(gap.attribute, place.path, entry)) found(gap, place, entry);
    }
  }
}

/// Goes over the operations of a plan.
template <typename Found>
struct EachGap {
  const Found& found;

  void operator()(const compose::CreateContainer& create) const { container(*create.spec.service); }
  void operator()(const compose::ReplaceContainer& replace) const { container(*replace.spec.service); }
  void operator()(const compose::BuildImage& build) const { service(k_build_gaps, *build.service); }
  void operator()(const compose::CreateNetwork& create) const {
    each_gap(k_network_gaps, create.network.places, [&](const Gap& gap, const Places::Place& place, std::size_t) {
      found(gap, place, fmt::format("networks.{}", create.network.key));
    });
  }
  template <typename Other>
  void operator()(const Other&) const {}

 private:
  void container(const Service& of) const { service(k_gaps, of); }

  void service(std::span<const Gap> gaps, const Service& of) const {
    each_gap(gaps, of.places, [&](const Gap& gap, const Places::Place& place, std::size_t entry) {
      if (gap.applies == is_second_network) entry = network_rank(of, place.path);
      if (gap.applies == nullptr || gap.applies(of, entry)) found(gap, place, fmt::format("services.{}", of.name));
    });
  }

  /// The place of "networks.KEY.attribute" in the order in which the networks are joined.
  static std::size_t network_rank(const Service& of, std::string_view path) {
    std::size_t rank = 0;
    for (const compose::ServiceNetwork& network : of.networks) {
      if (path.substr(path.find('.') + 1).starts_with(network.key + ".")) break;
      ++rank;
    }
    return rank;
  }
};

template <typename Found>
void each_gap(const compose::Plan& plan, const Found& found) {
  const EachGap<Found> visitor{found};
  for (const compose::PlanNode& node : plan.nodes) std::visit(visitor, node.op);
}

}  // namespace

std::vector<Diagnostic> find_engine_gaps(const compose::Plan& plan, const EngineTraits& traits) {
  std::vector<Diagnostic> gaps;
  each_gap(plan, [&](const Gap& gap, const Places::Place& place, const std::string& owner) {
    std::string why = reason(gap, traits);
    if (why.empty()) return;
    Diagnostic finding{.severity = Diagnostic::Severity::warning,
                       .location = place.location,
                       .path = fmt::format("{}.{}", owner, place.path),
                       .message = std::move(why)};
    if (std::ranges::find(gaps, finding) == gaps.end()) gaps.push_back(std::move(finding));
  });
  return gaps;
}

bool asks_for_kernel(const compose::Plan& plan) {
  bool asks = false;
  each_gap(plan,
           [&asks](const Gap& gap, const Places::Place&, const std::string&) { asks = asks || !gap.kernel.empty(); });
  return asks;
}

std::set<std::string> kernel_lacks(const nlohmann::json& info) {
  std::set<std::string> lacks;
  for (const char* limit : {"CPUSet", "CPUShares", "CpuCfsPeriod", "CpuCfsQuota", "MemoryLimit", "OomKillDisable",
                            "PidsLimit", "SwapLimit"}) {
    if (info.contains(limit) && !flag_at(info, limit)) lacks.insert(limit);
  }
  // The unified hierarchy has neither.
  if (text_at(info, "CgroupVersion") == "2") lacks.insert({"OomKillDisable", "Realtime", "Swappiness"});
  return lacks;
}

}  // namespace hoist::remote
