#include "compose/base/wait.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

#include "compose/base/error.hpp"
#include "compose/base/file.hpp"
#include "compose/base/text.hpp"

namespace hoist {
namespace {

/// Milliseconds between looks at the stop request, where nothing can wake us.
constexpr int k_look_again = 50;

}  // namespace

short wait_for_events(int fd, short events, const std::optional<std::chrono::steady_clock::time_point>& deadline,
                      const std::stop_token& stop) {
  // The stop request arrives through an eventfd, so that a blocked poll wakes at once.
  Fd wake;
  if (stop.stop_possible()) wake = Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  const std::stop_callback on_stop(stop, [&wake] {
    const std::uint64_t one = 1;
    // A full counter wakes as well, so the result does not matter.
    if (wake) [[maybe_unused]]
      const ssize_t ignored = ::write(wake.get(), &one, sizeof one);
  });
  while (true) {
    if (stop.stop_requested()) throw Error(ErrorCode::cancelled, "interrupted");
    int timeout = stop.stop_possible() && !wake ? k_look_again : -1;
    if (deadline) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - std::chrono::steady_clock::now());
      if (left.count() <= 0) throw Error(ErrorCode::timed_out, "no answer in time");
      const std::int64_t most = timeout < 0 ? 1'000'000 : timeout;
      timeout = static_cast<int>(std::min<std::int64_t>(left.count(), most));
    }
    pollfd watched[2] = {{fd, events, 0}, {wake ? wake.get() : -1, POLLIN, 0}};
    const int ready = ::poll(watched, 2, timeout);
    if (ready < 0 && errno != EINTR) throw Error(ErrorCode::unavailable, "poll: " + system_text(errno));
    if (ready > 0 && watched[0].revents != 0) return watched[0].revents;
  }
}

}  // namespace hoist
