#pragma once

#include <stop_token>

#include "compose/base/event.hpp"
#include "compose/plan/plan.hpp"
#include "remote/docker/client.hpp"

namespace hoist::remote {

/// The plan's operations on containers. Events name the operation's resource.
/// Repeating one that was done already is not an error. Errors: as Engine::apply.

/// Makes the container and joins its networks; it is not started.
/// Errors: Error{conflict} naming the container that holds the name.
void create_container(DockerClient& client, const compose::CreateContainer& operation, EventSink& events,
                      std::stop_token stop);
/// Makes the new one under a temporary name, stops and removes the old one, then gives the new one its name:
/// a fault or a kill at any moment leaves one of the two.
void replace_container(DockerClient& client, const compose::ReplaceContainer& operation, EventSink& events,
                       std::stop_token stop);
void rename_container(DockerClient& client, const compose::RenameContainer& operation, EventSink& events,
                      std::stop_token stop);
/// Errors: Error{conflict} naming who holds a port that it publishes; Error{failed} with the runtime's
/// reason.
void start_container(DockerClient& client, const compose::StartContainer& operation, EventSink& events,
                     std::stop_token stop);
/// Errors: Error{timed_out} when the engine does not end it some time after its own limit.
void stop_container(DockerClient& client, const compose::StopContainer& operation, EventSink& events,
                    std::stop_token stop);
void restart_container(DockerClient& client, const compose::RestartContainer& operation, EventSink& events,
                       std::stop_token stop);
void kill_container(DockerClient& client, const compose::KillContainer& operation, EventSink& events,
                    std::stop_token stop);
void remove_container(DockerClient& client, const compose::RemoveContainer& operation, EventSink& events,
                      std::stop_token stop);

}  // namespace hoist::remote
