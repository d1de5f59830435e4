#include "remote/docker/local_ports.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#include "compose/base/file.hpp"

namespace hoist::remote {
namespace {

namespace fs = std::filesystem;

/// The process that listens on a Unix socket; 0 when it is none that we can see.
pid_t listener_of(std::string_view path) {
  sockaddr_un address{};
  if (path.size() >= sizeof address.sun_path) return 0;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  const Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return 0;
  ucred peer{};
  socklen_t size = sizeof peer;
  return ::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 ? peer.pid : 0;
}

/// Engines, and systemd, which listens for them. Anything else passes on what it hears, who knows where.
bool is_engine(const fs::path& process) {
  constexpr std::array k_engines{"dockerd", "podman", "systemd"};
  std::string command;
  std::getline(std::ifstream(process / "comm") >> std::ws, command);
  return std::ranges::find(k_engines, command) != k_engines.end();
}

}  // namespace

bool is_in_our_network(std::string_view address) {
  constexpr std::string_view k_unix = "unix://";
  if (!address.starts_with(k_unix)) return false;
  const pid_t pid = listener_of(address.substr(k_unix.size()));
  const fs::path process = fs::path("/proc") / std::to_string(pid);
  if (pid <= 0 || !is_engine(process)) return false;
  std::error_code unseen;
  const fs::path theirs = fs::read_symlink(process / "ns/net", unseen);
  // Another user's network cannot be seen; an engine of the system is in the system's, as we are.
  return unseen || theirs == fs::read_symlink("/proc/self/ns/net", unseen);
}

bool is_port_taken(const PortClash& address) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(address.port);
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = v4.sin_port;
  const bool is_v4 = address.host_ip.empty() || ::inet_pton(AF_INET, address.host_ip.c_str(), &v4.sin_addr) == 1;
  if (!is_v4 && ::inet_pton(AF_INET6, address.host_ip.c_str(), &v6.sin6_addr) != 1) return false;
  const int kind = address.protocol == "tcp" ? SOCK_STREAM : address.protocol == "udp" ? SOCK_DGRAM : 0;
  if (kind == 0) return false;
  const Fd socket(::socket(is_v4 ? AF_INET : AF_INET6, kind | SOCK_CLOEXEC, 0));
  const int on = 1;
  // Connections that have ended are in nobody's way.
  if (kind == SOCK_STREAM) ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (!is_v4) ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  const sockaddr* where = is_v4 ? reinterpret_cast<const sockaddr*>(&v4) : reinterpret_cast<const sockaddr*>(&v6);
  return ::bind(socket.get(), where, is_v4 ? sizeof v4 : sizeof v6) != 0 && errno == EADDRINUSE;
}

}  // namespace hoist::remote
