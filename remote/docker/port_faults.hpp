#pragma once

#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "compose/base/error.hpp"
#include "compose/plan/observed.hpp"
#include "compose/plan/plan.hpp"
#include "remote/docker/client.hpp"
#include "remote/docker/start_failure.hpp"

namespace hoist::remote {

/// An address of the host that a service of a plan shall have.
struct WantedPort {
  std::string service;
  std::string container;  ///< its name
  PortClash address;
  SourceLocation location;

  bool operator==(const WantedPort&) const = default;
};

/// What the containers that `plan` makes and starts shall publish, each address once for a container. Fixed ports only:
/// from a range the engine picks one that is free.
std::vector<WantedPort> wanted_ports(const compose::Plan& plan);

/// Who stands in the way of a wanted port.
struct PortTaken {
  WantedPort wanted;
  std::string holder;  ///< "process 812 (nginx)"; empty = cannot be seen
};

/// What replicas of one service want of each other. Containers of different services may follow each other.
std::vector<PortTaken> taken_by_siblings(const std::vector<WantedPort>& wanted);

/// One error that names all of them. Precondition: there is one.
Error ports_taken(const std::vector<PortTaken>& taken);

/// The container among `running` that holds an address, or null.
const compose::ObservedContainer* find_publisher(std::span<const compose::ObservedContainer> running,
                                                 const PortClash& address);

/// Throws when others hold ports that `plan` needs: containers that it does not stop and, where the engine runs on this
/// machine and in this network, processes. Nothing is known to be free by it; the engine refuses what was missed.
/// Errors: Error{conflict} that names all ports and holders.
void refuse_taken_ports(DockerClient& client, const compose::Plan& plan, std::stop_token stop);

}  // namespace hoist::remote
