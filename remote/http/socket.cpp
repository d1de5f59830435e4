#include "remote/http/socket.hpp"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "compose/base/clock.hpp"
#include "compose/base/error.hpp"
#include "compose/base/text.hpp"
#include "compose/base/wait.hpp"

namespace hoist::remote {
namespace {

constexpr std::chrono::milliseconds k_queue_pause{5};

using Deadline = std::optional<std::chrono::steady_clock::time_point>;

/// A stream that always has something ready would never come to waiting, where the request is seen otherwise.
void require_running(const std::stop_token& stop) {
  if (stop.stop_requested()) throw Error(ErrorCode::cancelled, "interrupted");
}

Fd open_unix(const HttpEndpoint& endpoint, sockaddr_un& address) {
  address = {};
  address.sun_family = AF_UNIX;
  if (endpoint.socket_path.size() >= sizeof address.sun_path) {
    throw Error(ErrorCode::bad_input, fmt::format("socket path '{}' is too long", endpoint.socket_path));
  }
  std::memcpy(address.sun_path, endpoint.socket_path.c_str(), endpoint.socket_path.size() + 1);
  return Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

/// Connects. Returns 0 or the error number.
int connect_to(int fd, const sockaddr* address, socklen_t length, const Deadline& deadline,
               const std::stop_token& stop) {
  while (::connect(fd, address, length) != 0) {
    if (errno != EAGAIN) {
      if (errno != EINPROGRESS && errno != EINTR) return errno;
      wait_for_events(fd, POLLOUT, deadline, stop);
      int failure = 0;
      socklen_t size = sizeof failure;
      ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &size);
      return failure;
    }
    // The queue of a Unix listener is full: nothing is under way, and there is nothing to poll for.
    if (deadline && std::chrono::steady_clock::now() >= *deadline) {
      throw Error(ErrorCode::timed_out, "no answer in time");
    }
    if (!SystemClock().sleep_for(k_queue_pause, stop)) throw Error(ErrorCode::cancelled, "interrupted");
  }
  return 0;
}

/// Connects to one of several addresses; it has its share of the time that is left, and the last one all of it. Returns
/// 0 or the error number.
int connect_in_turn(int fd, const addrinfo& address, const Deadline& deadline, const std::stop_token& stop) {
  Deadline own = deadline;
  if (deadline) {
    int left = 0;
    for (const addrinfo* at = &address; at != nullptr; at = at->ai_next) ++left;
    const auto now = std::chrono::steady_clock::now();
    own = now + (*deadline - now) / left;
  }
  try {
    return connect_to(fd, address.ai_addr, address.ai_addrlen, own, stop);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::timed_out || address.ai_next == nullptr) throw;
    return ETIMEDOUT;
  }
}

Error connect_error(const HttpEndpoint& endpoint, int number) {
  const ErrorCode code = number == EACCES || number == EPERM ? ErrorCode::denied : ErrorCode::unavailable;
  return {code, fmt::format("cannot connect to {}: {}", endpoint.to_string(), system_text(number))};
}

}  // namespace

Socket Socket::connect(const HttpEndpoint& endpoint, std::optional<std::chrono::milliseconds> timeout,
                       std::stop_token stop) {
  require_running(stop);
  Deadline deadline;
  if (timeout) deadline = std::chrono::steady_clock::now() + *timeout;
  if (!endpoint.socket_path.empty()) {
    sockaddr_un address{};
    Fd fd = open_unix(endpoint, address);
    if (!fd) throw connect_error(endpoint, errno);
    const int failure =
        connect_to(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address, deadline, stop);
    if (failure != 0) throw connect_error(endpoint, failure);
    return {std::move(fd), endpoint.to_string()};
  }
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int status = ::getaddrinfo(endpoint.host.c_str(), endpoint.port.c_str(), &hints, &found);
  if (status != 0) {
    throw Error(ErrorCode::unavailable,
                fmt::format("cannot connect to {}: {}", endpoint.to_string(), ::gai_strerror(status)));
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, ::freeaddrinfo);
  int failure = ECONNREFUSED;
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
    Fd fd(::socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) continue;
    failure = connect_in_turn(fd.get(), *at, deadline, stop);
    if (failure != 0) continue;
    const int on = 1;
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return {std::move(fd), endpoint.to_string()};
  }
  throw connect_error(endpoint, failure);
}

Error Socket::broken(int number) const {
  return {ErrorCode::unavailable, fmt::format("the connection to {} broke: {}", peer_, system_text(number))};
}

std::size_t Socket::read(std::span<char> into, std::stop_token stop) {
  return read_until(into, std::nullopt, stop);
}

std::size_t Socket::read_until(std::span<char> into, Deadline deadline, std::stop_token stop) {
  while (true) {
    require_running(stop);
    const ssize_t got = ::recv(fd_.get(), into.data(), into.size(), 0);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno == EAGAIN) {
      wait_for_events(fd_.get(), POLLIN, deadline, stop);
    } else if (errno != EINTR) {
      throw broken(errno);
    }
  }
}

void Socket::write(std::string_view bytes, std::stop_token stop) {
  while (!bytes.empty()) {
    require_running(stop);
    const ssize_t put = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (put >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(put));
    } else if (errno == EAGAIN) {
      wait_for_events(fd_.get(), POLLOUT, std::nullopt, stop);
    } else if (errno != EINTR) {
      throw broken(errno);
    }
  }
}

std::size_t Socket::write_unless_readable(std::string_view bytes, std::stop_token stop) {
  while (true) {
    const short seen = wait_for_events(fd_.get(), POLLIN | POLLOUT, std::nullopt, stop);
    if ((seen & (POLLIN | POLLHUP | POLLERR)) != 0) return 0;
    const ssize_t put = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (put >= 0) return static_cast<std::size_t>(put);
    if (errno == EPIPE || errno == ECONNRESET) return 0;
    if (errno != EAGAIN && errno != EINTR) {
      throw broken(errno);
    }
  }
}

void Socket::close_write() {
  ::shutdown(fd_.get(), SHUT_WR);
}

bool Socket::is_stale() const {
  pollfd watched{fd_.get(), POLLIN, 0};
  return ::poll(&watched, 1, 0) != 0;
}

}  // namespace hoist::remote
