#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

namespace hoist::cli {

/// Messages to one thread. Thread: `push` from any, `take` from the owner's.
template <typename Message>
class Inbox {
 public:
  void push(Message message) {
    const std::scoped_lock lock(mutex_);
    messages_.push_back(std::move(message));
    changed_.notify_one();
  }

  /// The next message; nothing after `until` (nothing = wait as long as it takes) or a stop request.
  std::optional<Message> take(std::optional<std::chrono::steady_clock::time_point> until, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    const auto any = [this] { return !messages_.empty(); };
    if (until) {
      changed_.wait_until(lock, stop, *until, any);
    } else {
      changed_.wait(lock, stop, any);
    }
    if (messages_.empty()) return std::nullopt;
    Message message = std::move(messages_.front());
    messages_.pop_front();
    return message;
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Message> messages_;
};

}  // namespace hoist::cli
