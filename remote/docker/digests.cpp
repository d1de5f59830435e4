#include "remote/docker/digests.hpp"

#include <fmt/format.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <utility>

#include "compose/base/error.hpp"
#include "remote/docker/auth.hpp"
#include "remote/docker/json_access.hpp"
#include "remote/docker/parallel.hpp"
#include "remote/docker/pull_push.hpp"
#include "remote/docker/reference.hpp"

namespace hoist::remote {
namespace {

/// Registries are far away, and some take their time.
constexpr std::chrono::minutes k_registry_answer{1};

struct Lookup {
  std::string image;  ///< as given
  ImageReference reference;
  std::string credentials;
};

std::string ask(DockerClient& client, const Lookup& lookup, const std::stop_token& stop) {
  HttpRequest request{.target = fmt::format("/distribution/{}/json", lookup.reference.to_string()),
                      .head_timeout = k_registry_answer};
  request.headers.emplace_back("X-Registry-Auth", lookup.credentials);
  const HttpResponse response = client.send_raw(std::move(request), stop);
  if (response.status < 200 || response.status >= 300) {
    throw registry_error(lookup.image, {}, engine_message(response, fmt::format("status {}", response.status)),
                         response.status);
  }
  const std::string digest = text_at(
      object_at(parse_engine_json(response.body, "the answer about an image in its registry"), "Descriptor"), "digest");
  ImageReference pinned = lookup.reference;
  pinned.digest = digest;
  // Whatever the engine says becomes part of a file: it must be a name, and nothing else.
  if (digest.empty() || find_reference(pinned.to_string()) != pinned) {
    throw Error(ErrorCode::unavailable, fmt::format("the engine knows no digest of image '{}'", lookup.image));
  }
  return pinned.to_string();
}

}  // namespace

std::map<std::string, std::string> pin_images(DockerClient& client, ProcessRunner& processes,
                                              const std::vector<std::string>& images, std::stop_token stop) {
  std::map<std::string, std::string> pinned;
  std::vector<Lookup> lookups;
  std::map<std::string, std::string> credentials;  // by registry: a helper is run once for each
  CredentialStore store(processes, docker_config_directory());
  for (const std::string& image : images) {
    ImageReference reference = parse_reference(image);
    const bool known = !reference.digest.empty();
    if (known) reference.tag.clear();  // beside a digest it says nothing
    if (!pinned.emplace(image, reference.to_string()).second || known) continue;
    auto [header, is_new] = credentials.try_emplace(reference.domain);
    if (is_new) header->second = store.auth_header(reference.domain, stop);
    lookups.push_back({image, std::move(reference), header->second});
  }
  if (lookups.empty()) return pinned;
  if (client.ping(stop).podman) {
    throw Error(ErrorCode::failed, "Podman's API cannot ask registries for digests")
        .with_hint("name a Docker engine with DOCKER_HOST, or write the digests into the file");
  }
  std::vector<std::function<void()>> tasks;
  for (const Lookup& lookup : lookups) {
    std::string& result = pinned[lookup.image];  // a place of its own for each task
    tasks.emplace_back([&client, &lookup, &result, &stop] { result = ask(client, lookup, stop); });
  }
  in_parallel(tasks);
  return pinned;
}

}  // namespace hoist::remote
