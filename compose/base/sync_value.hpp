#pragma once

#include <mutex>
#include <utility>

namespace hoist {

/// Data that is reachable only through its lock.
template <typename T>
class SyncValue {
 public:
  SyncValue() = default;
  explicit SyncValue(T value) : value_(std::move(value)) {}

  /// Runs `body(value)` under the lock and returns what it returns.
  template <typename Body>
  decltype(auto) with(Body&& body) {
    const std::scoped_lock lock(mutex_);
    return std::forward<Body>(body)(value_);
  }
  template <typename Body>
  decltype(auto) with(Body&& body) const {
    const std::scoped_lock lock(mutex_);
    return std::forward<Body>(body)(value_);
  }

 private:
  mutable std::mutex mutex_;
  T value_;
};

}  // namespace hoist
