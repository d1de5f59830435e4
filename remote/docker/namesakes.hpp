#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "compose/plan/observed.hpp"
#include "remote/docker/client.hpp"

namespace hoist::remote {

/// Docker lets two clients that create one network at the same moment have two of its name, and then starts no
/// container on either: "network shop_default is ambiguous". What follows finds such networks of one project and ends
/// that.

/// All networks of this name, whoever they belong to.
std::vector<compose::ObservedNetwork> networks_named(DockerClient& client, const std::string& name,
                                                     const std::stop_token& stop);

/// The ids of the networks that have the name, the project and the key of `network`, which is one of them: oldest
/// first.
std::vector<std::string> network_namesakes(DockerClient& client, const compose::ObservedNetwork& network,
                                           const std::stop_token& stop);

/// Leaves one of them: one that has a container, else the oldest. Two clients that do it at the same moment choose the
/// same.
void leave_one_namesake(DockerClient& client, const compose::ObservedNetwork& network, const std::stop_token& stop);

/// The name in the engine's words on a start that it refuses for this reason; empty for other words.
std::string ambiguous_network(std::string_view message);

/// Ends what `ambiguous_network` found. Returns whether there was anything to end.
bool settle_ambiguous_network(DockerClient& client, const std::string& name, const std::stop_token& stop);

}  // namespace hoist::remote
