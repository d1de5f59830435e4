#include "compose/base/fd_stream.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "compose/base/error.hpp"
#include "compose/base/text.hpp"
#include "compose/base/wait.hpp"

namespace hoist {
namespace {

Error broken(int error) {
  return {ErrorCode::unavailable, "the connection is broken: " + system_text(error)};
}

void make_nonblocking(int fd) {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags >= 0) ::fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

}  // namespace

FdStream::FdStream(Fd in, Fd out) : in_(std::move(in)), out_(std::move(out)) {
  make_nonblocking(in_.get());
  make_nonblocking(out_.get());
}

std::size_t FdStream::read(std::span<char> into, std::stop_token stop) {
  while (true) {
    if (stop.stop_requested()) throw Error(ErrorCode::cancelled, "interrupted");
    const ssize_t count = ::read(in_.get(), into.data(), into.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno == EAGAIN) {
      wait_for_events(in_.get(), POLLIN, {}, stop);
    } else if (errno != EINTR) {
      throw broken(errno);
    }
  }
}

void FdStream::write(std::string_view bytes, std::stop_token stop) {
  while (!bytes.empty()) {
    if (stop.stop_requested()) throw Error(ErrorCode::cancelled, "interrupted");
    const ssize_t count = ::write(out_.get(), bytes.data(), bytes.size());
    if (count >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {
      wait_for_events(out_.get(), POLLOUT, {}, stop);
    } else if (errno != EINTR) {
      throw broken(errno);
    }
  }
}

}  // namespace hoist
