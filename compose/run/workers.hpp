#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include "compose/run/progress.hpp"

namespace hoist::compose {

/// Threads that run tasks and hand their outcomes back to one collecting thread.
///
/// Starts with no thread and grows only when a task finds none idle: how many run at once is the caller's
/// choice. Thread: `post` and `collect` from the thread that owns it. The destructor waits for the tasks that
/// run.
class Workers {
 public:
  /// Whether a task only waits for what other tasks bring about.
  enum class Kind { work, wait };
  using Task = std::function<NodeOutcome()>;  ///< does not throw
  using Finished = std::vector<std::pair<NodeId, NodeOutcome>>;
  using TimePoint = std::chrono::steady_clock::time_point;
  /// Starts a thread. Errors: std::system_error when the system gives no more.
  using StartThread = std::function<std::jthread(std::function<void(std::stop_token)>)>;

  Workers();
  explicit Workers(StartThread start_thread) : start_thread_(std::move(start_thread)) {}
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// Runs `task` on another thread. When the system gives no more threads, work is done on this one and a wait stays
  /// queued until a thread is free: a wait must never keep back what it waits for.
  void post(NodeId node, Kind kind, Task task);
  /// Waits for the next outcomes, until `deadline` if given and until a stop request; may return none then. Runs a
  /// queued wait itself when there is no thread at all.
  Finished collect(std::optional<TimePoint> deadline, std::stop_token stop);

 private:
  using Queued = std::pair<NodeId, Task>;

  /// Returns false when the system gives no more threads.
  bool grow();
  void work(std::stop_token stop);
  /// Runs a task without the lock and notes its outcome.
  void perform(const Queued& own, std::unique_lock<std::mutex>& lock);

  StartThread start_thread_;
  std::mutex mutex_;
  std::condition_variable_any posted_;
  std::condition_variable_any ended_;
  std::deque<Queued> queue_;
  Finished finished_;
  std::size_t idle_ = 0;               ///< threads that wait for a task
  std::vector<std::jthread> threads_;  ///< last: joined before the rest goes
};

}  // namespace hoist::compose
