#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

#include "compose/load/build_parts.hpp"
#include "compose/load/implied.hpp"

namespace hoist::compose {
namespace {

constexpr int k_int_least = std::numeric_limits<int>::min();
constexpr int k_int_most = std::numeric_limits<int>::max();

Dependency::Condition condition_of(const Attribute& condition) {
  const std::string text = condition.text();
  if (text == "service_healthy") return Dependency::Condition::healthy;
  if (text == "service_completed_successfully") return Dependency::Condition::completed_successfully;
  if (!text.empty() && text != "service_started") condition.fail(fmt::format("unknown condition '{}'", text));
  return Dependency::Condition::started;
}

/// A service that comes first without being named in `depends_on`.
struct Implied {
  bool restart = false;                ///< its recreation restarts this one
  std::vector<SourceLocation> places;  ///< of what implies it
};

std::map<std::string, Implied> implied(const Node& service) {
  std::map<std::string, Implied> all;
  for (const ImpliedDependency& dependency : implied_dependencies(service)) {
    Implied& entry = all[dependency.service];
    entry.restart = entry.restart || dependency.restart;
    entry.places.push_back(dependency.location);
  }
  return all;
}

}  // namespace

std::vector<Dependency> build_dependencies(const Attribute& service) {
  const std::map<std::string, Implied> implicit = implied(service.given() ? service.node() : Node());
  std::vector<Dependency> all;
  for (const auto& [name, entry] : service["depends_on"].members()) {
    const auto implying = implicit.find(name);
    // The normalised form puts an implied dependency where the attribute that implies it stands.
    const bool added = implying != implicit.end() &&
                       std::ranges::find(implying->second.places, entry.location()) != implying->second.places.end();
    all.push_back({.service = name,
                   .condition = condition_of(entry["condition"]),
                   .restart = entry["restart"].flag(),
                   .required = entry["required"].flag(true),
                   .implicit = added,
                   .location = entry.location()});
  }
  for (const auto& [name, by] : implicit) {
    if (std::ranges::find(all, name, &Dependency::service) != all.end()) continue;
    all.push_back({.service = name, .restart = by.restart, .implicit = true, .location = by.places.front()});
  }
  std::ranges::sort(all, {}, &Dependency::service);
  return all;
}

std::vector<ServiceNetwork> build_service_networks(const Attribute& service, const Attribute& document) {
  std::vector<ServiceNetwork> all;
  if (!service["network_mode"].text().empty()) return all;
  for (const auto& [key, entry] : service["networks"].members()) {
    ServiceNetwork network;
    network.key = key;
    network.name = document["networks"][key]["name"].text();
    if (network.name.empty()) network.name = key;
    network.aliases = entry["aliases"].texts();
    network.ipv4_address = entry["ipv4_address"].text();
    network.ipv6_address = entry["ipv6_address"].text();
    network.link_local_ips = entry["link_local_ips"].texts();
    network.mac_address = entry["mac_address"].text();
    network.driver_opts = entry["driver_opts"].text_map();
    network.interface_name = entry["interface_name"].text();
    network.priority = static_cast<int>(entry["priority"].integer(k_int_least, k_int_most));
    network.gw_priority = static_cast<int>(entry["gw_priority"].integer(k_int_least, k_int_most));
    all.push_back(std::move(network));
  }
  std::ranges::sort(all, [](const ServiceNetwork& a, const ServiceNetwork& b) {
    return a.priority != b.priority ? a.priority > b.priority : a.key < b.key;
  });
  return all;
}

std::vector<PortMapping> build_ports(const Attribute& ports) {
  std::vector<PortMapping> all;
  for (const Attribute& entry : ports.items()) {
    PortMapping port;
    port.name = entry["name"].text();
    port.host_ip = entry["host_ip"].text();
    port.target = static_cast<std::uint16_t>(entry["target"].integer(1, 65535));
    port.published = entry["published"].text();
    if (const std::string protocol = entry["protocol"].text(); !protocol.empty()) port.protocol = protocol;
    if (const std::string mode = entry["mode"].text(); !mode.empty()) port.mode = mode;
    port.app_protocol = entry["app_protocol"].text();
    port.location = entry.location();
    all.push_back(std::move(port));
  }
  return all;
}

}  // namespace hoist::compose
