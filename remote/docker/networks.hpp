#pragma once

#include <stop_token>

#include "compose/base/event.hpp"
#include "compose/plan/plan.hpp"
#include "remote/docker/client.hpp"

namespace hoist::remote {

/// The plan's operations on networks and volumes. Repeating one that was done already is not an error.

/// Errors: Error{conflict} when something else has the name.
void create_network(DockerClient& client, const compose::CreateNetwork& operation, EventSink& events,
                    std::stop_token stop);
/// A network that others still use stays, with a warning that names them.
void remove_network(DockerClient& client, const compose::RemoveNetwork& operation, EventSink& events,
                    std::stop_token stop);
void create_volume(DockerClient& client, const compose::CreateVolume& operation, EventSink& events,
                   std::stop_token stop);
/// A volume that others still use stays, with a warning.
void remove_volume(DockerClient& client, const compose::RemoveVolume& operation, EventSink& events,
                   std::stop_token stop);

}  // namespace hoist::remote
