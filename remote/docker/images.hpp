#pragma once

#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "compose/base/event.hpp"
#include "compose/base/process.hpp"
#include "compose/plan/plan.hpp"
#include "remote/docker/client.hpp"

namespace hoist::remote {

/// Builds the image of a service and tags it. The engine's own BuildKit does the work, or the engine's other
/// builder where it has none; `docker buildx build` where the build needs secrets, ssh, more contexts,
/// several platforms or a cache to write. Base images that the engine does not hold are pulled first. One
/// part per step in the events.
///
/// Errors: Error{bad_input} for a missing context or Dockerfile, before anything is sent; Error{failed} with
/// the failing step and the last lines of its output; as `pull_image` for a base image; as DockerClient.
void build_image(DockerClient& client, ProcessRunner& processes, const compose::BuildImage& build, EventSink& events,
                 std::stop_token stop);

/// Pulls an image, with one part per layer in the events. That a pull may fail is the executor's business.
///
/// Errors: Error{not_found}, Error{denied} or Error{unavailable} with the name, the registry's answer and the
/// services that want the image.
void pull_image(DockerClient& client, ProcessRunner& processes, const compose::PullImage& pull, EventSink& events,
                std::stop_token stop);

/// Pushes an image, with one part per layer in the events. Errors: as `pull_image`.
void push_image(DockerClient& client, ProcessRunner& processes, const compose::PushImage& push, EventSink& events,
                std::stop_token stop);

/// Removes a tag, and the image with its last one. One that is not there is fine.
/// Errors: Error{conflict} when a container uses it.
void remove_image(DockerClient& client, const compose::RemoveImage& remove, std::stop_token stop);

/// The ids of those images that the engine holds, by reference as given: one request for all names.
/// References that cannot be a name are looked up one by one as ids.
std::map<std::string, std::string> find_image_ids(DockerClient& client, const std::vector<std::string>& references,
                                                  std::stop_token stop);

}  // namespace hoist::remote
