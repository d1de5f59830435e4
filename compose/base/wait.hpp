#pragma once

#include <chrono>
#include <optional>
#include <stop_token>

namespace hoist {

/// Waits until poll's `events` hold on `fd`. Returns what poll saw.
///
/// Errors: Error{cancelled} at once after a stop request, Error{timed_out} at the deadline (nothing = none),
/// Error{unavailable} when the system cannot wait. Thread: any.
short wait_for_events(int fd, short events, const std::optional<std::chrono::steady_clock::time_point>& deadline,
                      const std::stop_token& stop);

}  // namespace hoist
