#include "sync/session/live_session.hpp"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <tuple>
#include <utility>

#include "compose/base/clock.hpp"
#include "compose/base/error.hpp"
#include "sync/session/file_contents.hpp"
#include "sync/session/rules.hpp"
#include "sync/session/wire_far_end.hpp"
#include "sync/watch/inotify_watcher.hpp"

namespace hoist::sync {

class LiveSession::Impl {
 public:
  Impl(LiveRequest request, std::unique_ptr<ByteStream> stream, std::function<void()> on_news)
      : on_news_(std::move(on_news)),
        stream_(std::move(stream)),
        options_(request.options),
        rules_(rules_of(request.hello)),
        root_(request.root),
        contents_(root_),
        watcher_(request.root, rules_, [this] { wake(); }),
        far_(*stream_, request.hello, contents_, request.options.ancestor, [this] { wake(); }),
        session_(root_, rules_, watcher_, far_, clock_, std::move(request.options)),
        thread_([this](const std::stop_token& stop) { run(stop); }) {}

  SessionStatus status() const {
    const std::scoped_lock lock(mutex_);
    return status_;
  }

  std::exception_ptr fault() const {
    const std::scoped_lock lock(mutex_);
    return fault_;
  }

  SessionOptions continued() const {
    const std::scoped_lock lock(session_mutex_);
    SessionOptions options = options_;
    options.ancestor = session_.ancestor();
    options.unanswered = session_.unanswered();
    return options;
  }

  void flush(const std::stop_token& stop) {
    std::uint64_t ticket = 0;
    {
      const std::scoped_lock session_lock(session_mutex_);
      ticket = session_.flush();
      const std::scoped_lock lock(mutex_);
      open_flushes_ = session_.oldest_flush();
    }
    wake();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, stop, [&] { return flushed(ticket) || fault_ || !status_.halted.empty(); });
    if (flushed(ticket)) return;
    if (fault_) std::rethrow_exception(fault_);
    if (!status_.halted.empty()) throw Error(ErrorCode::failed, status_.halted);
    throw Error(ErrorCode::cancelled, "interrupted");
  }

 private:
  /// Precondition: `mutex_` is held.
  bool flushed(std::uint64_t ticket) const { return !open_flushes_ || ticket < *open_flushes_; }

  void wake() {
    const std::scoped_lock lock(mutex_);
    news_ = true;
    changed_.notify_all();
  }

  void run(const std::stop_token& stop) {
    try {
      while (!stop.stop_requested()) turn(stop);
    } catch (...) {
      // The thread's end is its task boundary: the fault goes to whoever asks.
      if (stop.stop_requested()) return;
      {
        const std::scoped_lock session_lock(session_mutex_);
        const std::scoped_lock lock(mutex_);
        status_ = session_.status();  // with what was answered before
        fault_ = std::current_exception();
        changed_.notify_all();
      }
      on_news_();
    }
  }

  /// Works until there is nothing to do, tells of it, and waits for news.
  void turn(const std::stop_token& stop) {
    std::optional<Clock::TimePoint> due;
    bool differs = false;
    {
      const std::scoped_lock session_lock(session_mutex_);
      while (!stop.stop_requested() && session_.step(stop) == SyncSession::Next::again) {
      }
      due = session_.next_wakeup();
      const std::scoped_lock lock(mutex_);
      const auto told = [](const SessionStatus& s) {
        return std::tie(s.settled, s.steps_done, s.halted, s.connected, s.problems, s.conflicts);
      };
      SessionStatus now = session_.status();
      differs = told(now) != told(status_);
      status_ = std::move(now);
      open_flushes_ = session_.oldest_flush();
      changed_.notify_all();
    }
    if (differs) on_news_();
    std::unique_lock lock(mutex_);
    const auto has_news = [this] { return news_; };
    if (due) {
      changed_.wait_until(lock, stop, *due, has_news);
    } else {
      changed_.wait(lock, stop, has_news);
    }
    news_ = false;
  }

  const std::function<void()> on_news_;
  const std::unique_ptr<ByteStream> stream_;
  const SessionOptions options_;
  SystemClock clock_;

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  bool news_ = false;
  SessionStatus status_;
  std::optional<std::uint64_t> open_flushes_;  ///< the oldest that is not done
  std::exception_ptr fault_;

  mutable std::mutex session_mutex_;  ///< of the session; taken before `mutex_` where both are
  IgnoreRules rules_;
  Root root_;
  FileContents contents_;
  InotifyWatcher watcher_;
  WireFarEnd far_;
  SyncSession session_;
  std::jthread thread_;  // last: joined before the rest goes
};

LiveSession::LiveSession(LiveRequest request, std::unique_ptr<ByteStream> stream, std::function<void()> on_news)
    : impl_(std::make_unique<Impl>(std::move(request), std::move(stream), std::move(on_news))) {}

LiveSession::~LiveSession() = default;

SessionStatus LiveSession::status() const {
  return impl_->status();
}

std::exception_ptr LiveSession::fault() const {
  return impl_->fault();
}

void LiveSession::flush(std::stop_token stop) {
  impl_->flush(stop);
}

SessionOptions LiveSession::continued() const {
  return impl_->continued();
}

}  // namespace hoist::sync
