#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pwd.h>
#include <unistd.h>

#include <optional>

#include "compose/base/environment.hpp"
#include "compose/base/error.hpp"
#include "compose/base/file.hpp"
#include "compose/base/text.hpp"
#include "remote/host/address.hpp"
#include "remote/host/docker_context.hpp"
#include "remote/host/engine_search.hpp"
#include "remote/host/podman.hpp"
#include "remote/http/socket.hpp"

namespace hoist::remote {
namespace {

constexpr std::chrono::milliseconds k_trial_limit{2000};
constexpr const char* k_start_one =
    "start Docker ('sudo systemctl start docker') or install Podman, or set "
    "DOCKER_HOST=unix:///path/to/socket";

bool tls_wanted(const EngineSearch& search) {
  return !value_or_empty(search.environment, "DOCKER_TLS_VERIFY").empty() ||
         !value_or_empty(search.environment, "DOCKER_TLS").empty();
}

[[noreturn]] void refuse_tls(const std::string& origin) {
  Error error(ErrorCode::bad_input, fmt::format("{}: engines behind TLS are not supported", origin));
  error.with_hint("forward the engine's Unix socket with ssh -L and set DOCKER_HOST=unix:///path/to/it");
  throw error;
}

/// Why nothing answers on a Unix socket; nothing when something does. Nothing is sent.
std::optional<std::string> trouble_with(const HttpEndpoint& endpoint, const std::stop_token& stop) {
  try {
    Socket::connect(endpoint, k_trial_limit, stop);
    return std::nullopt;
  } catch (const Error& error) {
    // One try of several: the reason goes into the report.
    if (error.code() == ErrorCode::cancelled) throw;
    std::string why = error.what();
    const std::string prefix = fmt::format("cannot connect to {}: ", endpoint.to_string());
    if (why.starts_with(prefix)) why.erase(0, prefix.size());
    why = to_lower(why);
    if (error.code() == ErrorCode::denied)
      why += " (add yourself to the group 'docker', or ask for access to the socket)";
    return why;
  }
}

/// What the user named: there is no other choice when it does not answer.
EngineEndpoint named(const std::string& address, const std::string& origin, const std::stop_token& stop) {
  EngineEndpoint endpoint{parse_engine_address(address, origin), origin};
  if (endpoint.address.socket_path.empty()) return endpoint;  // a network may take long; the first request tells
  const std::optional<std::string> trouble = trouble_with(endpoint.address, stop);
  if (!trouble) return endpoint;
  Error error(ErrorCode::unavailable,
              fmt::format("no engine answers on {} ({}): {}", endpoint.address.to_string(), origin, *trouble));
  error.with_hint(fmt::format("start that engine, or choose another one ({})", origin));
  throw error;
}

}  // namespace

EngineSearch search_of_this_machine() {
  EngineSearch search;
  search.environment = process_environment();
  search.uid = ::getuid();
  search.home = value_or_empty(search.environment, "HOME");
  if (search.home.empty()) {
    const passwd* user = ::getpwuid(search.uid);  // NOLINT(concurrency-mt-unsafe): before any thread asks again
    search.home = user != nullptr ? user->pw_dir : "/";
  }
  const std::filesystem::path own = value_or_empty(search.environment, "XDG_RUNTIME_DIR");
  const std::filesystem::path usual = fmt::format("/run/user/{}", search.uid);
  std::error_code ignored;
  if (search.uid == 0) {
    search.runtime_directory = "/run";  // the same for every way to become root
  } else if (!own.empty()) {
    search.runtime_directory = own;
  } else if (std::filesystem::is_directory(usual, ignored)) {
    search.runtime_directory = usual;
  } else {
    search.runtime_directory = fmt::format("/tmp/hoist-{}", search.uid);
  }
  search.docker_sockets = {"/var/run/docker.sock"};
  if (search.uid != 0) search.docker_sockets.push_back((search.runtime_directory / "docker.sock").string());
  // For root this is /run/podman/podman.sock.
  search.podman_sockets = {(search.runtime_directory / "podman" / "podman.sock").string()};
  return search;
}

EngineEndpoint find_engine(const EngineSearch& search, ProcessRunner& processes, std::stop_token stop) {
  if (const std::string host = value_or_empty(search.environment, "DOCKER_HOST"); !host.empty()) {
    if (tls_wanted(search) && !host.starts_with("unix:")) refuse_tls("DOCKER_TLS_VERIFY");
    return named(host, "DOCKER_HOST", stop);
  }
  if (const std::optional<DockerContext> context = find_docker_context(search.environment, search.home)) {
    const std::string origin = fmt::format("docker context '{}'", strip_control(context->name));
    if (context->with_tls && !context->host.starts_with("unix:")) refuse_tls(origin);
    return named(context->host, origin, stop);
  }

  std::vector<std::string> tried;
  const auto first_of = [&](const std::vector<std::string>& sockets, const char* why) -> std::optional<EngineEndpoint> {
    for (const std::string& socket : sockets) {
      const HttpEndpoint address{.socket_path = socket, .host = {}, .port = {}};
      const std::optional<std::string> trouble = trouble_with(address, stop);
      if (!trouble) return EngineEndpoint{address, why};
      tried.push_back(fmt::format("{}: {}", socket, *trouble));
    }
    return std::nullopt;
  };
  if (const auto found = first_of(search.docker_sockets, "default socket")) return *found;
  if (const auto found = first_of(search.podman_sockets, "Podman's socket")) return *found;

  PodmanService service{
      .directory = search.runtime_directory / "hoist",
      .uid = search.uid,
      .patience = search.podman_patience,
      .lower_limits = search.uid == 0 && value_or_empty(search.environment, "CONTAINERS_CONF").empty()};
  try {
    return {ensure_podman(service, processes, stop), "Podman, started by hoist"};
  } catch (const Error& error) {
    // The last thing to try: its failure is one line of the report.
    if (error.code() == ErrorCode::cancelled) throw;
    tried.push_back(error.code() == ErrorCode::not_found ? "Podman: not installed"
                                                         : fmt::format("Podman: {}", error.what()));
  }
  Error error(ErrorCode::unavailable, "no container engine answers");
  error.with_hint(fmt::format("{}\ntried {}", k_start_one, fmt::join(tried, "\ntried ")));
  throw error;
}

EngineEndpoint find_engine(ProcessRunner& processes, std::stop_token stop) {
  return find_engine(search_of_this_machine(), processes, std::move(stop));
}

}  // namespace hoist::remote
