#pragma once

#include <memory>
#include <stop_token>

#include "compose/plan/engine.hpp"
#include "remote/docker/client.hpp"

namespace hoist::remote {

/// A command started in a running container, its streams ours. The client must outlive it.
std::unique_ptr<compose::AttachedProcess> start_exec(DockerClient& client, const compose::ExecRequest& request,
                                                     std::stop_token stop);

/// A command started in a running container and left alone.
void start_exec_detached(DockerClient& client, const compose::ExecRequest& request, std::stop_token stop);

/// The main process of a container, started or not, its streams ours. The client must outlive it.
std::unique_ptr<compose::AttachedProcess> attach_container(DockerClient& client, const compose::AttachRequest& request,
                                                           std::stop_token stop);

/// Waits until the container is not running. Returns its exit code.
int wait_container(DockerClient& client, const std::string& container, std::stop_token stop);

}  // namespace hoist::remote
