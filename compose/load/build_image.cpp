#include <fmt/format.h>

#include "compose/load/build_parts.hpp"

namespace hoist::compose {
namespace {

/// "default" or "id=path", from a mapping or a list.
std::vector<std::string> ssh_keys(const Attribute& ssh) {
  if (!ssh.given() || !ssh.node().is_mapping()) return ssh.texts();
  std::vector<std::string> keys;
  for (const auto& [id, path] : ssh.members()) {
    const std::string text = path.text();
    keys.push_back(text.empty() ? id : fmt::format("{}={}", id, text));
  }
  return keys;
}

/// "id=...,src=..." or "id=...,env=..." for each secret that a build may read.
std::vector<std::string> build_secrets(const Attribute& secrets, const Attribute& document) {
  std::vector<std::string> all;
  for (const Attribute& entry : secrets.items()) {
    const std::string source = entry["source"].text();
    const Attribute secret = document["secrets"][source];
    const std::string target = entry["target"].text();
    // Docker Compose: the last part of the target is the id that the Dockerfile names.
    const std::string id = target.empty() ? source : target.substr(target.rfind('/') + 1);
    if (const std::string file = secret["file"].text(); !file.empty()) {
      all.push_back(fmt::format("id={},src={}", id, file));
    } else if (const std::string variable = secret["environment"].text(); !variable.empty()) {
      all.push_back(fmt::format("id={},env={}", id, variable));
    } else {
      entry.warn(fmt::format("the build cannot read the secret '{}'", source),
                 "only secrets with 'file' or 'environment' are passed to builds");
    }
  }
  return all;
}

}  // namespace

std::optional<Build> build_image(const Attribute& build, const Attribute& document) {
  if (!build.given()) return std::nullopt;
  Build result;
  result.context = build["context"].text();
  result.dockerfile_inline = build["dockerfile_inline"].text();
  result.dockerfile = build["dockerfile"].text();
  if (result.dockerfile.empty() && result.dockerfile_inline.empty()) result.dockerfile = "Dockerfile";
  result.args = build["args"].variables();
  result.target = build["target"].text();
  result.labels = build["labels"].text_map();
  result.cache_from = build["cache_from"].texts();
  result.cache_to = build["cache_to"].texts();
  result.additional_contexts = build["additional_contexts"].text_map();
  result.ssh = ssh_keys(build["ssh"]);
  result.secrets = build_secrets(build["secrets"], document);
  result.tags = build["tags"].texts();
  result.platforms = build["platforms"].texts();
  result.extra_hosts = build["extra_hosts"].texts();
  result.entitlements = build["entitlements"].texts();
  result.no_cache_filter = build["no_cache_filter"].texts();
  result.ulimits = build_ulimits(build["ulimits"]);
  result.isolation = build["isolation"].text();
  result.provenance = build["provenance"].text();
  result.sbom = build["sbom"].text();
  result.network = build["network"].text();
  result.shm_size = build["shm_size"].bytes();
  result.no_cache = build["no_cache"].flag();
  result.pull = build["pull"].flag();
  result.privileged = build["privileged"].flag();
  result.location = build.location();
  return result;
}

}  // namespace hoist::compose
