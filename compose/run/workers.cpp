#include "compose/run/workers.hpp"

#include <system_error>

namespace hoist::compose {

Workers::Workers() : Workers([](std::function<void(std::stop_token)> body) { return std::jthread(std::move(body)); }) {}

Workers::~Workers() {
  for (std::jthread& thread : threads_) thread.request_stop();
}

void Workers::post(NodeId node, Kind kind, Task task) {
  bool must_grow = false;
  {
    const std::scoped_lock lock(mutex_);
    queue_.emplace_back(node, std::move(task));
    must_grow = queue_.size() > idle_;
  }
  posted_.notify_one();
  if (!must_grow || grow() || kind == Kind::wait) return;
  // No thread is sure to come to it: all of them may be in waits for what this task brings about.
  std::unique_lock lock(mutex_);
  if (queue_.empty()) return;
  const Queued own = std::move(queue_.back());  // the last one posted
  queue_.pop_back();
  perform(own, lock);
}

Workers::Finished Workers::collect(std::optional<TimePoint> deadline, std::stop_token stop) {
  std::unique_lock lock(mutex_);
  if (finished_.empty() && queue_.size() > idle_) {
    lock.unlock();
    const bool grown = grow();  // what was refused a while ago may be given now
    lock.lock();
    if (!grown && threads_.empty() && !queue_.empty()) {
      const Queued own = std::move(queue_.front());
      queue_.pop_front();
      perform(own, lock);
    }
  }
  const auto any = [this] { return !finished_.empty(); };
  if (deadline) {
    ended_.wait_until(lock, std::move(stop), *deadline, any);
  } else {
    ended_.wait(lock, std::move(stop), any);
  }
  return std::exchange(finished_, {});
}

bool Workers::grow() {
  try {
    threads_.push_back(start_thread_([this](std::stop_token stop) { work(std::move(stop)); }));
    return true;
  } catch (const std::system_error&) {
    return false;  // the system gives no more threads
  }
}

void Workers::work(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    const bool any = posted_.wait(lock, stop, [this] { return !queue_.empty(); });
    --idle_;
    if (!any) return;
    const Queued own = std::move(queue_.front());
    queue_.pop_front();
    perform(own, lock);
    ended_.notify_one();
  }
}

void Workers::perform(const Queued& own, std::unique_lock<std::mutex>& lock) {
  lock.unlock();
  NodeOutcome outcome = own.second();
  lock.lock();
  finished_.emplace_back(own.first, std::move(outcome));
}

}  // namespace hoist::compose
