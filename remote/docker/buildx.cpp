#include "remote/docker/buildx.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "compose/base/error.hpp"
#include "remote/docker/build_query.hpp"

namespace hoist::remote {
namespace {

/// Arguments that would change how docker itself runs if they stood in its environment. A proxy is not among
/// them: its address may hold a password.
bool is_read_by_tools(std::string_view name) {
  constexpr std::array<std::string_view, 21> k_names{"PATH",
                                                     "HOME",
                                                     "TMPDIR",
                                                     "USER",
                                                     "SHELL",
                                                     "SSH_AUTH_SOCK",
                                                     "SSH_ASKPASS",
                                                     "SSL_CERT_FILE",
                                                     "SSL_CERT_DIR",
                                                     "GODEBUG",
                                                     "GOMAXPROCS",
                                                     "GOGC",
                                                     "GOMEMLIMIT",
                                                     "GOTRACEBACK",
                                                     "BUILDKIT_HOST",
                                                     "BUILDKIT_PROGRESS",
                                                     "BUILDKIT_COLORS",
                                                     "DOCKER_HOST",
                                                     "DOCKER_CONFIG",
                                                     "DOCKER_CONTEXT",
                                                     "DOCKER_BUILDKIT"};
  constexpr std::array<std::string_view, 9> k_prefixes{
      "LD_", "XDG_", "OTEL_", "BUILDX_", "DOCKER_TLS", "DOCKER_CLI", "DOCKER_CERT", "DOCKER_API", "DOCKER_DEFAULT"};
  return std::find(k_names.begin(), k_names.end(), name) != k_names.end() ||
         std::any_of(k_prefixes.begin(), k_prefixes.end(), [name](std::string_view p) { return name.starts_with(p); });
}

/// A sibling service's image stands for the service as a context.
std::string context_value(const compose::BuildImage& build, const std::string& name, const std::string& value) {
  const auto sibling = build.service_contexts.find(name);
  return sibling == build.service_contexts.end() ? value : "docker-image://" + sibling->second;
}

class Arguments {
 public:
  void add(std::string_view option, std::string_view value) { argv_.push_back(fmt::format("{}={}", option, value)); }
  void add_if(std::string_view option, std::string_view value) {
    if (!value.empty()) add(option, value);
  }
  void add_each(std::string_view option, const std::vector<std::string>& values) {
    for (const std::string& value : values) add(option, value);
  }
  void add_word(std::string word) { argv_.push_back(std::move(word)); }
  std::vector<std::string> take() { return std::move(argv_); }

 private:
  std::vector<std::string> argv_{"docker", "buildx", "build", "--progress=rawjson", "--load"};
};

}  // namespace

ProcessRequest buildx_request(const compose::BuildImage& build, const BuildSource& source,
                              const std::string& engine_address) {
  const compose::Build& wanted = *build.service->build;
  ProcessRequest request;
  Arguments arguments;
  arguments.add_each("--tag", image_tags(build));
  if (source.dockerfile_path.empty() && source.dockerfile_text) {
    arguments.add("--file", "-");
    request.input = *source.dockerfile_text;
  } else {
    arguments.add_if("--file", source.url.empty() ? source.dockerfile_path.string() : source.dockerfile);
  }
  arguments.add_if("--target", wanted.target);
  for (const auto& [name, value] : build_arguments(build)) {
    if (is_read_by_tools(name)) {
      arguments.add("--build-arg", fmt::format("{}={}", name, value));
    } else {
      arguments.add("--build-arg", name);
      request.environment[name] = value;
    }
  }
  for (const auto& [name, value] : image_labels(build)) arguments.add("--label", fmt::format("{}={}", name, value));
  for (const auto& [name, value] : wanted.additional_contexts) {
    arguments.add("--build-context", fmt::format("{}={}", name, context_value(build, name, value)));
  }
  arguments.add_each("--secret", wanted.secrets);
  arguments.add_each("--ssh", wanted.ssh);
  arguments.add_each("--cache-from", wanted.cache_from);
  arguments.add_each("--cache-to", wanted.cache_to);
  const std::string& platform = build.service->platform;
  arguments.add_if("--platform", platform.empty() ? fmt::format("{}", fmt::join(wanted.platforms, ",")) : platform);
  arguments.add_if("--network", wanted.network);
  for (const std::string& host : wanted.extra_hosts) arguments.add("--add-host", host);
  if (wanted.shm_size > 0) arguments.add("--shm-size", std::to_string(wanted.shm_size));
  for (const compose::Ulimit& limit : wanted.ulimits) {
    arguments.add("--ulimit", fmt::format("{}={}:{}", limit.name, limit.soft, limit.hard));
  }
  arguments.add_each("--allow", wanted.entitlements);
  if (wanted.privileged) arguments.add("--allow", "security.insecure");
  arguments.add_each("--no-cache-filter", wanted.no_cache_filter);
  arguments.add_if("--provenance", wanted.provenance);
  arguments.add_if("--sbom", wanted.sbom);
  if (build.no_cache || wanted.no_cache) arguments.add_word("--no-cache");
  if (build.pull || wanted.pull) arguments.add_word("--pull");
  arguments.add_word("--");
  arguments.add_word(source.url.empty() ? source.context.string() : source.url);
  request.argv = arguments.take();
  if (engine_address.starts_with("unix://") || engine_address.starts_with("tcp://")) {
    request.environment["DOCKER_HOST"] = engine_address;
  }
  return request;
}

bool has_buildx(ProcessRunner& processes, std::stop_token stop) {
  return find_program("docker") && processes.run({.argv = {"docker", "buildx", "version"}}, stop).status.success();
}

void require_buildx(ProcessRunner& processes, const std::string& why, std::stop_token stop) {
  if (has_buildx(processes, stop)) return;
  throw Error(ErrorCode::not_found, fmt::format("this build needs {}, and `docker buildx` is not installed", why))
      .with_hint(
          "install the docker command line with its buildx plugin (package docker-buildx-plugin or "
          "docker-buildx)");
}

ExitStatus run_buildx(ProcessRunner& processes, const ProcessRequest& request, BuildProgress& progress,
                      std::stop_token stop) {
  return processes
      .run_lines(
          request, [&progress](std::string_view line) { progress.buildx_line(line); }, stop)
      .status;
}

}  // namespace hoist::remote
