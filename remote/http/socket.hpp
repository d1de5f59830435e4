#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include "compose/base/byte_stream.hpp"
#include "compose/base/error.hpp"
#include "compose/base/file.hpp"
#include "remote/http/client.hpp"

namespace hoist::remote {

/// A connected stream socket whose blocking calls end within milliseconds of a stop request.
///
/// Thread: one reader and one writer at a time, which may be different threads.
class Socket final : public ByteStream {
 public:
  /// Connects. Errors: Error{unavailable} (no listener, no such host), Error{denied} (permission on a Unix
  /// socket), Error{timed_out}, Error{cancelled}.
  static Socket connect(const HttpEndpoint& endpoint, std::optional<std::chrono::milliseconds> timeout,
                        std::stop_token stop);

  std::size_t read(std::span<char> into, std::stop_token stop) override;
  void write(std::string_view bytes, std::stop_token stop) override;
  void close_write() override;

  /// As `read` with a deadline. Errors: also Error{timed_out}.
  std::size_t read_until(std::span<char> into, std::optional<std::chrono::steady_clock::time_point> deadline,
                         std::stop_token stop);
  /// Writes as much as goes without blocking once the socket takes something, or nothing when the other end
  /// has something to say first. Returns the bytes written. Errors: as `write`.
  std::size_t write_unless_readable(std::string_view bytes, std::stop_token stop);
  /// True when the other end has closed or sent something unasked: not fit for another request.
  bool is_stale() const;
  /// Where it leads, for texts: "unix:///var/run/docker.sock".
  const std::string& peer() const { return peer_; }

 private:
  Socket(Fd fd, std::string peer) : fd_(std::move(fd)), peer_(std::move(peer)) {}
  Error broken(int number) const;

  Fd fd_;
  std::string peer_;
};

}  // namespace hoist::remote
