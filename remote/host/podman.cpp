#include "remote/host/podman.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

#include "compose/base/clock.hpp"
#include "compose/base/error.hpp"
#include "compose/base/file.hpp"
#include "compose/base/text.hpp"

namespace hoist::remote {
namespace {

using Deadline = std::chrono::steady_clock::time_point;

constexpr std::chrono::milliseconds k_pause{50};
constexpr std::chrono::milliseconds k_ping_limit{2000};
constexpr int k_cap_sys_resource = 24;

/// Makes the directory; refuses one in which others could put a socket of theirs.
void make_private(const std::filesystem::path& directory, unsigned uid) {
  struct stat info {};
  for (const std::filesystem::path& made : {directory.parent_path(), directory}) {
    if (::mkdir(made.c_str(), 0700) != 0 && errno != EEXIST) {
      throw Error(ErrorCode::denied, fmt::format("cannot make directory '{}': {}", made.string(), system_text(errno)));
    }
  }
  // Whoever owns the parent could put another directory in place of ours.
  if (::lstat(directory.parent_path().c_str(), &info) != 0 || (info.st_uid != uid && info.st_uid != 0)) {
    throw Error(ErrorCode::denied, fmt::format("'{}' must be yours", directory.parent_path().string()));
  }
  if (::lstat(directory.c_str(), &info) != 0 || !S_ISDIR(info.st_mode) || info.st_uid != uid ||
      (info.st_mode & 0077U) != 0) {
    throw Error(ErrorCode::denied,
                fmt::format("'{}' must be a directory of yours that others cannot enter", directory.string()));
  }
}

/// Pauses; throws when stopped or when the time is over.
void pause(const Deadline& deadline, const std::stop_token& stop, const std::string& waiting_for) {
  if (!SystemClock().sleep_for(k_pause, stop)) throw Error(ErrorCode::cancelled, "interrupted");
  if (std::chrono::steady_clock::now() >= deadline) throw Error(ErrorCode::unavailable, waiting_for);
}

/// A lock on a file, held until the result goes.
Fd lock(const std::filesystem::path& path, const Deadline& deadline, const std::stop_token& stop) {
  Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) {
    throw Error(ErrorCode::denied, fmt::format("cannot open '{}': {}", path.string(), system_text(errno)));
  }
  while (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    pause(deadline, stop, fmt::format("another hoist holds '{}'", path.string()));
  }
  return fd;
}

bool answers(const HttpEndpoint& endpoint, const std::stop_token& stop) {
  try {
    const std::unique_ptr<HttpClient> client = make_http_client(endpoint);
    return client->send({.target = "/_ping", .head_timeout = k_ping_limit}, stop).status == 200;
  } catch (const Error& error) {
    // Not listening yet: that is what the caller waits for.
    if (error.code() == ErrorCode::cancelled) throw;
    return false;
  }
}

std::string last_line(const std::filesystem::path& log) {
  const std::string text = find_file(log).value_or("");
  const std::string_view all = trim(text);
  const std::size_t start = all.rfind('\n');
  return strip_control(start == std::string_view::npos ? all : all.substr(start + 1));
}

void start(const PodmanService& service, const HttpEndpoint& endpoint, ProcessRunner& processes, Deadline deadline,
           const std::stop_token& stop) {
  const std::filesystem::path log = service.directory / "podman.log";
  ProcessRequest request{.argv = {"podman", "system", "service", "--time=0", endpoint.to_string()}};
  // Podman can start no container once its working directory is gone; ours is somebody's project.
  request.directory = "/";
  const std::string settings = service.lower_limits ? write_lowered_limits(service.directory) : "";
  if (!settings.empty()) request.environment["CONTAINERS_CONF"] = settings;
  // What a service left that was killed; we hold the lock, so nobody is about to use these.
  ::unlink(endpoint.socket_path.c_str());
  ::unlink(log.c_str());
  const int pid = processes.spawn_detached(request, log.string());
  const auto fault = [&log](std::string_view what) {
    const std::string said = last_line(log);
    return said.empty() ? fmt::format("Podman's service {}", what) : fmt::format("Podman's service {}: {}", what, said);
  };
  while (!answers(endpoint, stop)) {
    pause(deadline, stop, fault("does not answer"));
    if (::kill(pid, 0) != 0 && errno == ESRCH) throw Error(ErrorCode::unavailable, fault("ended at once"));
  }
}

bool may_raise_limits() {
  const std::string status = find_file("/proc/self/status").value_or("");
  const std::size_t at = status.find("CapEff:\t");
  if (at == std::string::npos) return true;
  const unsigned long long effective = std::strtoull(status.c_str() + at + 8, nullptr, 16);
  return ((effective >> k_cap_sys_resource) & 1U) != 0;
}

/// "nofile=1024:1024": our own hard limit, at most what Podman would ask for.
std::string limit_of(const char* name, int resource, rlim_t most) {
  rlimit limit{};
  ::getrlimit(static_cast<__rlimit_resource_t>(resource), &limit);
  const rlim_t value = std::min(limit.rlim_max, most);  // RLIM_INFINITY is the largest number
  return fmt::format("{}={}:{}", name, value, value);
}

/// What Podman's service lowers its own limit of processes to.
rlim_t highest_pid() {
  const std::string text = find_file("/proc/sys/kernel/pid_max").value_or("");
  const unsigned long value = std::strtoul(text.c_str(), nullptr, 10);
  return value > 0 ? value : 32'768;
}

}  // namespace

HttpEndpoint ensure_podman(const PodmanService& service, ProcessRunner& processes, std::stop_token stop) {
  const Deadline deadline = std::chrono::steady_clock::now() + service.patience;
  make_private(service.directory, service.uid);
  const HttpEndpoint endpoint{.socket_path = (service.directory / "podman.sock").string(), .host = {}, .port = {}};
  if (answers(endpoint, stop)) return endpoint;
  const Fd held = lock(service.directory / "podman.lock", deadline, stop);
  if (!answers(endpoint, stop)) start(service, endpoint, processes, deadline, stop);
  return endpoint;
}

std::optional<std::string> with_default_ulimits(std::string_view base, std::string_view ulimits) {
  const std::string setting = fmt::format("default_ulimits = {}\n", ulimits);
  std::string out;
  bool placed = false;
  if (base.ends_with('\n')) base.remove_suffix(1);
  for (const std::string& line : split(base, '\n')) {
    const std::string_view text = trim(line);
    if (text.starts_with("default_ulimits")) return std::nullopt;
    out += line + "\n";
    if (text == "[containers]") {
      out += setting;
      placed = true;
    }
  }
  if (!placed) out += "[containers]\n" + setting;
  return out;
}

std::string write_lowered_limits(const std::filesystem::path& directory) {
  if (may_raise_limits()) return {};
  // CONTAINERS_CONF replaces the machine's own settings, so these go in as well.
  std::string base;
  for (const char* path : {"/usr/share/containers/containers.conf", "/etc/containers/containers.conf"}) {
    base = find_file(path).value_or(base);
  }
  const std::string ulimits = fmt::format("[\"{}\", \"{}\"]", limit_of("nofile", RLIMIT_NOFILE, 1'048'576),
                                          limit_of("nproc", RLIMIT_NPROC, highest_pid()));
  const std::optional<std::string> settings = with_default_ulimits(base, ulimits);
  if (!settings) return {};
  const std::filesystem::path file = directory / "containers.conf";
  write_file_atomically(file, *settings, 0600);
  return file.string();
}

}  // namespace hoist::remote
