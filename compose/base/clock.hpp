#pragma once

#include <chrono>
#include <stop_token>

namespace hoist {

/// Time as the code under test sees it.
class Clock {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  virtual ~Clock() = default;
  virtual TimePoint now() const = 0;
  virtual std::chrono::system_clock::time_point wall_time() const = 0;
  /// Blocks for `span` or until a stop is requested. Returns false when stopped.
  virtual bool sleep_for(std::chrono::milliseconds span, std::stop_token stop) = 0;
};

/// The machine's own clocks.
class SystemClock final : public Clock {
 public:
  TimePoint now() const override { return std::chrono::steady_clock::now(); }
  std::chrono::system_clock::time_point wall_time() const override { return std::chrono::system_clock::now(); }
  bool sleep_for(std::chrono::milliseconds span, std::stop_token stop) override;
};

}  // namespace hoist
