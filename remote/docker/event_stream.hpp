#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>

#include "compose/plan/engine.hpp"
#include "remote/docker/client.hpp"
#include "remote/docker/query.hpp"

namespace hoist::remote {

/// Hands over events of containers that pass `filters` until a stop is requested: those since a moment of the
/// engine's clock, in nanoseconds (nothing: from now on), and all to come, each once.
///
/// An engine may end the stream (Podman does when it starts a new file of events): it goes on from the newest event.
/// Errors: Error{unavailable} when the engine ends the stream again and again; as DockerClient.
void stream_events(DockerClient& client, Filters filters, std::optional<std::int64_t> since,
                   const std::function<void(const compose::ContainerEvent&)>& on_event, std::stop_token stop);

}  // namespace hoist::remote
