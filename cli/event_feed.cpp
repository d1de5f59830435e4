#include "cli/event_feed.hpp"

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

#include "cli/run_main.hpp"
#include "compose/base/error.hpp"

namespace hoist::cli {

struct EventFeed::State {
  std::int64_t since = 0;  ///< written before the thread begins
  std::mutex mutex;
  std::condition_variable_any changed;
  std::deque<compose::ContainerEvent> events;
  std::exception_ptr failure;
  bool ended = false;

  bool has_news() const { return !events.empty() || ended; }
  /// With the lock held. Errors: what the listener met.
  std::optional<compose::ContainerEvent> next() {
    if (!events.empty()) {
      compose::ContainerEvent event = std::move(events.front());
      events.pop_front();
      return event;
    }
    if (failure) std::rethrow_exception(std::exchange(failure, nullptr));
    return std::nullopt;
  }

  std::jthread thread;  // last: joined before the rest goes
};

EventFeed::EventFeed(compose::ContainerAccess& containers, std::string project, std::stop_token begin)
    : state_(std::make_unique<State>()) {
  const std::int64_t since = state_->since = containers.now(std::move(begin));
  state_->thread =
      std::jthread([state = state_.get(), &containers, project = std::move(project), since](std::stop_token stop) {
        std::exception_ptr failure;
        try {
          containers.watch(
              project, since,
              [state](const compose::ContainerEvent& event) {
                const std::scoped_lock lock(state->mutex);
                state->events.push_back(event);
                state->changed.notify_all();
              },
              stop);
        } catch (...) {
          // A thread's end is its task boundary: the fault goes to whoever takes. A stop is no fault.
          failure = std::current_exception();
          if (as_error(failure).code() == ErrorCode::cancelled) failure = nullptr;
        }
        const std::scoped_lock lock(state->mutex);
        state->failure = failure;
        state->ended = true;
        state->changed.notify_all();
      });
}

EventFeed::~EventFeed() = default;

std::int64_t EventFeed::since() const {
  return state_->since;
}

std::optional<compose::ContainerEvent> EventFeed::take(std::stop_token stop) {
  std::unique_lock lock(state_->mutex);
  state_->changed.wait(lock, stop, [this] { return state_->has_news(); });
  return stop.stop_requested() ? std::nullopt : state_->next();
}

std::optional<compose::ContainerEvent> EventFeed::take_within(std::chrono::milliseconds patience,
                                                              std::stop_token stop) {
  std::unique_lock lock(state_->mutex);
  state_->changed.wait_for(lock, stop, patience, [this] { return state_->has_news(); });
  return stop.stop_requested() ? std::nullopt : state_->next();
}

}  // namespace hoist::cli
