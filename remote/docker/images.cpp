#include "remote/docker/images.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "compose/base/error.hpp"
#include "remote/docker/reference.hpp"

namespace hoist::remote {
namespace {

using nlohmann::json;

/// All complete names and digests that an engine's list gives to an image id.
std::map<std::string, std::string> ids_by_name(const json& list) {
  std::map<std::string, std::string> ids;
  if (!list.is_array()) return ids;
  for (const json& image : list) {
    if (!image.is_object() || !image.contains("Id") || !image["Id"].is_string()) continue;
    for (const char* key : {"RepoTags", "RepoDigests"}) {
      const auto names = image.find(key);
      if (names == image.end() || !names->is_array()) continue;
      for (const json& name : *names) {
        const auto reference = name.is_string() ? find_reference(name.get<std::string>()) : std::nullopt;
        if (reference) ids[reference->to_string()] = image["Id"].get<std::string>();
      }
    }
  }
  return ids;
}

/// A digest says more than a tag, and lists give the two apart.
ImageReference without_tag_beside_digest(ImageReference reference) {
  if (!reference.digest.empty()) reference.tag.clear();
  return reference;
}

}  // namespace

std::map<std::string, std::string> find_image_ids(DockerClient& client, const std::vector<std::string>& references,
                                                  std::stop_token stop) {
  std::map<std::string, std::string> found;
  std::map<std::string, ImageReference> named;
  std::set<std::string> others;
  for (const std::string& text : references) {
    if (std::optional<ImageReference> reference = find_reference(text)) {
      named[text] = without_tag_beside_digest(std::move(*reference));
    } else if (!text.empty()) {
      others.insert(text);
    }
  }
  if (!named.empty()) {
    std::string path = "/images/json";
    // Podman's filter does not find what it calls localhost/NAME; its whole list does.
    if (!client.ping(stop).podman) {
      json wanted = json::array();
      for (const auto& [text, reference] : named) wanted.push_back(reference.familiar());
      path += "?filters=" + escape_query(json{{"reference", wanted}}.dump());
    }
    const std::map<std::string, std::string> ids = ids_by_name(client.get(path, stop));
    for (const auto& [text, reference] : named) {
      auto match = ids.find(reference.to_string());
      if (match == ids.end() && reference.domain == "docker.io") match = ids.find("localhost/" + reference.familiar());
      if (match != ids.end()) found[text] = match->second;
    }
  }
  for (const std::string& text : others) {
    const std::optional<json> image = client.find(fmt::format("/images/{}/json", escape_query(text)), stop);
    if (image && image->is_object() && image->contains("Id") && (*image)["Id"].is_string()) {
      found[text] = (*image)["Id"].get<std::string>();
    }
  }
  return found;
}

void remove_image(DockerClient& client, const compose::RemoveImage& remove, std::stop_token stop) {
  const std::optional<ImageReference> reference = find_reference(remove.reference);
  const std::string name = reference ? reference->familiar() : escape_query(remove.reference);
  const HttpResponse response =
      client.send_raw({.method = "DELETE", .target = "/images/" + name, .head_timeout = std::chrono::minutes{2}}, stop);
  if (response.status == 404) return;
  if (response.status == 409) {
    throw Error(ErrorCode::conflict, fmt::format("image '{}' is in use: {}", remove.reference,
                                                 engine_message(response, "the engine does not say by what")));
  }
  throw_unless_ok(response);
}

}  // namespace hoist::remote
