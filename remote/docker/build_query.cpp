#include "remote/docker/build_query.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "compose/base/environment.hpp"
#include "compose/base/file.hpp"
#include "compose/plan/labels.hpp"
#include "remote/http/client.hpp"

namespace hoist::remote {
namespace {

using nlohmann::json;

std::string dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

class Query {
 public:
  void add(std::string_view key, std::string_view value) {
    if (!text_.empty()) text_ += '&';
    text_ += fmt::format("{}={}", key, escape_query(value));
  }
  void add_if(std::string_view key, std::string_view value) {
    if (!value.empty()) add(key, value);
  }
  void add_flag(std::string_view key, bool value) {
    if (value) add(key, "1");
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// "host=address" -> "host:address"
std::string api_host(std::string host) {
  if (const std::size_t equals = host.find('='); equals != std::string::npos) host[equals] = ':';
  return host;
}

}  // namespace

compose::StringMap build_arguments(const compose::BuildImage& build) {
  compose::StringMap args = build.args;
  for (const auto& [name, value] : build.service->build->args) {
    const std::optional<std::string> known = value ? value : environment_variable(name.c_str());
    if (known) args.emplace(name, *known);
  }
  return args;
}

compose::StringMap image_labels(const compose::BuildImage& build) {
  compose::StringMap labels = build.service->build->labels;
  labels[compose::k_label_project] = build.project;
  labels[compose::k_label_service] = build.service->name;
  return labels;
}

std::vector<std::string> image_tags(const compose::BuildImage& build) {
  std::vector<std::string> tags{build.reference};
  for (const std::string& tag : build.service->build->tags) {
    if (std::find(tags.begin(), tags.end(), tag) == tags.end()) tags.push_back(tag);
  }
  return tags;
}

namespace {

/// What only a client can ask of BuildKit. No attestation is what the engine makes by itself.
bool says_more_than_the_engine(const compose::Build& wanted) {
  const auto asked = [](const std::string& attestation) { return !attestation.empty() && attestation != "false"; };
  return !wanted.entitlements.empty() || !wanted.no_cache_filter.empty() || asked(wanted.provenance) ||
         asked(wanted.sbom);
}

}  // namespace

bool needs_buildx(const compose::BuildImage& build) {
  const compose::Build& wanted = *build.service->build;
  // "type=..." names a cache that is not an image: only a client can bring it along.
  const bool foreign_cache =
      std::any_of(wanted.cache_from.begin(), wanted.cache_from.end(), [](const std::string& cache) {
        return cache.find("type=") != std::string::npos && cache.find("type=registry") == std::string::npos;
      });
  return !wanted.secrets.empty() || !wanted.ssh.empty() || !wanted.additional_contexts.empty() ||
         !wanted.cache_to.empty() || wanted.privileged || foreign_cache || says_more_than_the_engine(wanted) ||
         (wanted.platforms.size() > 1 && build.service->platform.empty());
}

std::string build_query(const compose::BuildImage& build, const BuildSource& source, Builder builder) {
  const compose::Build& wanted = *build.service->build;
  Query query;
  if (builder == Builder::buildkit) query.add("version", "2");
  for (const std::string& tag : image_tags(build)) query.add("t", tag);
  query.add_if("remote", source.url);
  query.add_if("dockerfile", source.dockerfile);
  query.add_if("target", wanted.target);
  query.add_if("networkmode", wanted.network);
  const std::string& platform = build.service->platform;
  query.add_if("platform", platform.empty() && wanted.platforms.size() == 1 ? wanted.platforms.front() : platform);
  query.add("labels", dump(image_labels(build)));
  if (const compose::StringMap args = build_arguments(build); !args.empty()) query.add("buildargs", dump(args));
  if (wanted.shm_size > 0) query.add("shmsize", std::to_string(wanted.shm_size));
  if (!wanted.ulimits.empty()) {
    json limits = json::array();
    for (const compose::Ulimit& limit : wanted.ulimits) {
      limits.push_back({{"Name", limit.name}, {"Soft", limit.soft}, {"Hard", limit.hard}});
    }
    query.add("ulimits", dump(limits));
  }
  if (builder == Builder::classic) query.add_if("isolation", wanted.isolation);
  query.add_flag("nocache", build.no_cache || wanted.no_cache);
  // BuildKit cannot reach a registry without a session: what is to be fresh is pulled before the build.
  query.add_flag("pull", builder != Builder::buildkit && (build.pull || wanted.pull));
  query.add("rm", "1");
  query.add("forcerm", "1");
  if (!wanted.cache_from.empty()) {
    json caches = json::array();
    for (const std::string& cache : wanted.cache_from) {
      const std::size_t ref = cache.find("ref=");
      const std::size_t end = ref == std::string::npos ? ref : cache.find(',', ref);
      caches.push_back(
          ref == std::string::npos ? cache : cache.substr(ref + 4, end == std::string::npos ? end : end - ref - 4));
    }
    query.add("cachefrom", dump(caches));
  }
  if (builder == Builder::podman && !wanted.extra_hosts.empty()) {
    json hosts = json::array();
    for (const std::string& host : wanted.extra_hosts) hosts.push_back(api_host(host));
    query.add("extrahosts", dump(hosts));
  } else {
    for (const std::string& host : wanted.extra_hosts) query.add("extrahosts", api_host(host));
  }
  return query.text();
}

}  // namespace hoist::remote
