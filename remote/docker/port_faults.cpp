#include "remote/docker/port_faults.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <set>
#include <variant>

#include "remote/docker/local_ports.hpp"
#include "remote/docker/observe_json.hpp"
#include "remote/docker/port_holder.hpp"

namespace hoist::remote {
namespace {

using compose::ObservedContainer;

/// What a plan says of containers.
struct Containers {
  std::vector<const compose::ContainerSpec*> made;
  std::set<std::string> started;  ///< names
  std::set<std::string> ended;    ///< ids

  void operator()(const compose::CreateContainer& op) { made.push_back(&op.spec); }
  void operator()(const compose::ReplaceContainer& op) {
    made.push_back(&op.spec);
    ended.insert(op.old_id);
  }
  void operator()(const compose::StartContainer& op) { started.insert({op.container, op.name}); }
  void operator()(const compose::StopContainer& op) { ended.insert(op.id); }
  void operator()(const compose::KillContainer& op) { ended.insert(op.id); }
  void operator()(const compose::RemoveContainer& op) { ended.insert(op.id); }
  template <typename Other>
  void operator()(const Other&) {}
};

Containers containers_of(const compose::Plan& plan) {
  Containers found;
  for (const compose::PlanNode& node : plan.nodes) std::visit(found, node.op);
  return found;
}

/// The one port that `text` means; 0 for a range, nothing and rubbish.
std::uint16_t fixed_port(const std::string& text) {
  std::uint16_t port = 0;
  const char* end = text.data() + text.size();
  const std::from_chars_result read = std::from_chars(text.data(), end, port);
  return read.ec == std::errc() && read.ptr == end ? port : 0;
}

/// Whether two who listen on these addresses of the host are in each other's way.
bool overlap(const std::string& one, const std::string& other) {
  const auto is_v6 = [](const std::string& ip) { return ip.find(':') != std::string::npos; };
  if (one.empty() || other.empty() || one == other) return true;
  if (is_v6(one) != is_v6(other)) return false;
  return one == "0.0.0.0" || other == "0.0.0.0" || one == "::" || other == "::";
}

}  // namespace

std::vector<WantedPort> wanted_ports(const compose::Plan& plan) {
  const Containers containers = containers_of(plan);
  std::vector<WantedPort> wanted;
  for (const compose::ContainerSpec* spec : containers.made) {
    if (!containers.started.contains(spec->name)) continue;
    for (const compose::PortMapping& mapping : spec->service->ports) {
      const std::uint16_t port = fixed_port(mapping.published);
      if (port == 0) continue;
      WantedPort one{spec->service->name, spec->name, {mapping.host_ip, port, mapping.protocol}, mapping.location};
      if (std::ranges::find(wanted, one) == wanted.end()) wanted.push_back(std::move(one));
    }
  }
  return wanted;
}

std::vector<PortTaken> taken_by_siblings(const std::vector<WantedPort>& wanted) {
  std::vector<PortTaken> taken;
  for (auto port = wanted.begin(); port != wanted.end(); ++port) {
    const auto sibling = std::find_if(wanted.begin(), port, [&port](const WantedPort& other) {
      return other.service == port->service && other.container != port->container &&
             other.address.port == port->address.port && other.address.protocol == port->address.protocol &&
             overlap(other.address.host_ip, port->address.host_ip);
    });
    if (sibling == port) continue;
    taken.push_back({*port, fmt::format("container {}, which is started as well", sibling->container)});
  }
  return taken;
}

Error ports_taken(const std::vector<PortTaken>& taken) {
  std::vector<std::string> ports;
  std::set<std::string> services;
  for (const auto& [wanted, holder] : taken) {
    ports.push_back(fmt::format("{}/{} {}", wanted.address.port, wanted.address.protocol,
                                holder.empty() ? "(by whom cannot be seen)" : "by " + holder));
    services.insert(fmt::format("'{}'", wanted.service));
  }
  const bool one = taken.size() == 1;
  return Error(ErrorCode::conflict,
               one ? fmt::format("port {}/{} is taken {}", taken[0].wanted.address.port,
                                 taken[0].wanted.address.protocol, ports[0].substr(ports[0].find(' ') + 1))
                   : fmt::format("ports are taken: {}", fmt::join(ports, ", ")))
      .at(taken.front().wanted.location)
      .with_hint(one ? fmt::format("stop it, or publish service {} on another port", *services.begin())
                     : fmt::format("stop them, or publish {} on other ports", fmt::join(services, ", ")));
}

const ObservedContainer* find_publisher(std::span<const ObservedContainer> running, const PortClash& address) {
  for (const ObservedContainer& container : running) {
    for (const compose::Publisher& publisher : container.publishers) {
      if (publisher.published == address.port && publisher.protocol == address.protocol &&
          overlap(publisher.host_ip, address.host_ip)) {
        return &container;
      }
    }
  }
  return nullptr;
}

void refuse_taken_ports(DockerClient& client, const compose::Plan& plan, std::stop_token stop) {
  const std::vector<WantedPort> wanted = wanted_ports(plan);
  if (wanted.empty()) return;
  const std::set<std::string> ended = containers_of(plan).ended;
  std::vector<ObservedContainer> stay;
  std::vector<ObservedContainer> leave;
  for (const nlohmann::json& entry : client.get("/containers/json", stop)) {
    ObservedContainer container = container_from_list(entry);
    (ended.contains(container.id) ? leave : stay).push_back(std::move(container));
  }
  // What a container in the host's network listens on is not known; if it leaves, its ports become free.
  const bool processes_count =
      is_in_our_network(client.address()) &&
      std::ranges::none_of(leave, [](const ObservedContainer& container) { return container.network_mode == "host"; });
  std::vector<PortTaken> taken = taken_by_siblings(wanted);
  for (const WantedPort& port : wanted) {
    if (const ObservedContainer* holder = find_publisher(stay, port.address)) {
      taken.push_back({port, describe_holder(*holder)});
    } else if (processes_count && find_publisher(leave, port.address) == nullptr && is_port_taken(port.address)) {
      const std::optional<PortProcess> process = find_listening_process(port.address);
      taken.push_back({port, process ? describe_holder(*process) : std::string()});
    }
  }
  if (!taken.empty()) throw ports_taken(taken);
}

}  // namespace hoist::remote
