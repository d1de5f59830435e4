#include "cli/log_follower.hpp"

#include <fmt/format.h>

#include <condition_variable>
#include <deque>
#include <exception>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "cli/run_main.hpp"

namespace hoist::cli {

struct LogFollower::State {
  /// A thread and what it is to read, one request after the other.
  struct Reader {
    std::deque<compose::LogRequest> requests;
    bool done = false;  ///< reads nothing any more: the next request needs a new thread
    std::jthread thread;
  };

  State(compose::ContainerAccess& access, LogPrinter& log, OnFailure failed)
      : containers(access), printer(log), on_failure(std::move(failed)) {}

  void read(const std::string& source, const compose::LogRequest& request) const {
    try {
      containers.logs(
          request, [this, &source](const compose::OutputChunk& chunk) { printer.write(source, chunk); },
          stop.get_token());
    } catch (...) {
      // A thread's end is its task boundary: whatever went wrong is told, and the other readers go on.
      const Error error = as_error(std::current_exception());
      if (error.code() != ErrorCode::cancelled) on_failure(source, error);
    }
    printer.flush(source);
  }

  /// What the thread of `reader` does.
  void work(const std::string& source, Reader& reader) {
    std::unique_lock lock(mutex);
    while (!reader.requests.empty() && !stop.stop_requested()) {
      const compose::LogRequest request = std::move(reader.requests.front());
      reader.requests.pop_front();
      lock.unlock();
      read(source, request);
      lock.lock();
    }
    reader.done = true;
    changed.notify_all();
  }

  bool is_reading(const std::string& container) const {
    const auto found = readers.find(container);
    return found != readers.end() && !found->second.done;
  }

  bool is_idle() const {
    for (const auto& entry : readers) {
      if (!entry.second.done) return false;
    }
    return true;
  }

  compose::ContainerAccess& containers;
  LogPrinter& printer;
  OnFailure on_failure;
  std::stop_source stop;
  std::mutex mutex;
  std::condition_variable_any changed;
  std::map<std::string, Reader> readers;  ///< by container; last: joined before the rest goes
};

LogFollower::LogFollower(compose::ContainerAccess& containers, LogPrinter& printer, OnFailure on_failure)
    : state_(std::make_unique<State>(containers, printer, std::move(on_failure))) {}

LogFollower::~LogFollower() {
  end();
}

void LogFollower::follow(const std::string& source, compose::LogRequest request) {
  const std::scoped_lock lock(state_->mutex);
  // A reader that is done holds the lock no more, so that joining it here ends at once.
  std::erase_if(state_->readers, [](const auto& entry) { return entry.second.done; });
  const auto [found, added] = state_->readers.try_emplace(request.container);
  State::Reader& reader = found->second;
  reader.requests.push_back(std::move(request));
  if (!added) return;
  state_->printer.add(source);
  try {
    reader.thread = std::jthread([state = state_.get(), source, &reader] { state->work(source, reader); });
  } catch (...) {
    // No thread to be had: nobody may wait for a reader that does not run.
    state_->readers.erase(found);
    throw;
  }
}

void LogFollower::wait(std::stop_token stop) {
  std::unique_lock lock(state_->mutex);
  state_->changed.wait(lock, std::move(stop), [this] { return state_->is_idle(); });
}

void LogFollower::wait_for(const std::string& container, std::chrono::milliseconds limit) {
  std::unique_lock lock(state_->mutex);
  state_->changed.wait_for(lock, limit, [this, &container] { return !state_->is_reading(container); });
}

void LogFollower::end() {
  state_->stop.request_stop();
  std::map<std::string, State::Reader> ending;
  {
    std::unique_lock lock(state_->mutex);
    state_->changed.wait(lock, [this] { return state_->is_idle(); });
    ending.swap(state_->readers);
  }
}

std::string log_moment(std::int64_t nanoseconds) {
  constexpr std::int64_t k_second = 1'000'000'000;
  return fmt::format("{}.{:09}", nanoseconds / k_second, nanoseconds % k_second);
}

}  // namespace hoist::cli
