#pragma once

#include <span>
#include <stop_token>
#include <string>
#include <string_view>

#include "compose/base/event.hpp"
#include "compose/model/service.hpp"
#include "remote/docker/client.hpp"

namespace hoist::remote {

/// Where and for whom hooks are run.
struct HookPlace {
  std::string container;  ///< id or name
  std::string service;
  std::string resource;  ///< of events: "container shop-web-1"
};

/// Runs commands in a container, one after the other, each to its end; what they print is shown line by line.
/// Errors: Error{failed} with the code of the first that fails, the rest is not run; Error{conflict} or
/// Error{not_found} when the container does not run.
void run_hooks(DockerClient& client, const HookPlace& place, std::string_view kind,
               std::span<const compose::Hook> hooks, EventSink& events, std::stop_token stop);

/// The hooks of a service before one of its containers is stopped; none where it does not run any more.
/// Errors: as run_hooks, but for a container that does not run.
void run_pre_stop(DockerClient& client, const HookPlace& place, const compose::Service& service, EventSink& events,
                  std::stop_token stop);

}  // namespace hoist::remote
