#pragma once

#include <optional>
#include <string>

#include "sync/watch/watcher.hpp"

namespace hoist::test {

/// A clock that stands still until a test moves it.
class HandClock final : public Clock {
 public:
  TimePoint now() const override { return now_; }
  std::chrono::system_clock::time_point wall_time() const override { return {}; }
  bool sleep_for(std::chrono::milliseconds span, std::stop_token /*stop*/) override {
    now_ += span;
    return true;
  }

 private:
  TimePoint now_{std::chrono::hours(1)};
};

/// A watcher that tells what a test says.
class FakeWatcher final : public sync::Watcher {
 public:
  void tell(const std::string& path);
  sync::WatchBatch& next() { return batch_; }

  sync::WatchBatch take(Clock::TimePoint now) override;
  std::optional<Clock::TimePoint> next_due() const override;

 private:
  sync::WatchBatch batch_;
};

}  // namespace hoist::test
