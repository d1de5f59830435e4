#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <stop_token>
#include <string_view>

namespace hoist {

/// A duplex stream of bytes: a socket, a pipe pair, a process's stdio.
///
/// Thread: one reader and one writer at a time, which may be different threads.
class ByteStream {
 public:
  virtual ~ByteStream() = default;
  /// Reads at least one byte; 0 = the other end closed its side.
  /// Errors: Error{cancelled} after a stop request, Error{unavailable} when the connection breaks.
  virtual std::size_t read(std::span<char> into, std::stop_token stop) = 0;
  /// Writes all of `bytes`. Errors: as `read`.
  virtual void write(std::string_view bytes, std::stop_token stop) = 0;
  /// Tells the other end that nothing more comes; reading goes on.
  virtual void close_write() = 0;
};

}  // namespace hoist
