#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "compose/base/error.hpp"
#include "compose/base/event.hpp"
#include "remote/docker/auth.hpp"
#include "remote/docker/client.hpp"

namespace hoist::remote {

/// One image to fetch.
struct PullCall {
  std::string reference;
  std::string platform;
  std::vector<std::string> services;  ///< who wants it
  std::string resource;               ///< whose events they are
};

/// Pulls an image. Returns what the registry had against it, or nothing when the image is there.
/// Errors: as DockerClient when the engine itself is at fault; Error{bad_input} for an impossible name.
std::optional<Error> try_pull(DockerClient& client, CredentialStore& credentials, const PullCall& call,
                              EventSink& events, std::stop_token stop);

/// The error that a registry's refusal stands for: code and hint follow from `message` and `status` (of the
/// engine's answer; 0 = the refusal came inside a good answer).
Error registry_error(const std::string& reference, const std::vector<std::string>& services, std::string_view message,
                     int status);

}  // namespace hoist::remote
