#pragma once

#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "compose/base/process.hpp"
#include "remote/docker/client.hpp"

namespace hoist::remote {

/// The complete names of images with the digests that their registries have under them now, by name as given:
/// "redis:7" -> "docker.io/library/redis:7@sha256:...". The digest is that of all platforms where an image has several.
/// A name with a digest is made complete and its registry not asked. `processes` runs credential helpers.
///
/// Errors: Error{bad_input} for what is no name; Error{not_found}, Error{denied} or Error{unavailable} with the name
/// and the registry's answer; Error{failed} when the engine cannot ask (Podman); as DockerClient.
std::map<std::string, std::string> pin_images(DockerClient& client, ProcessRunner& processes,
                                              const std::vector<std::string>& images, std::stop_token stop);

}  // namespace hoist::remote
