#include "cli/watch/change_listener.hpp"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "compose/base/clock.hpp"
#include "sync/session/rules.hpp"
#include "sync/watch/inotify_watcher.hpp"

namespace hoist::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto k_quiet = 50ms;
constexpr auto k_patience = 500ms;

}  // namespace

class ChangeListener::Impl {
 public:
  Impl(const WatchedTree& tree, OnChange on_change, OnEnd on_end)
      : on_change_(std::move(on_change)),
        on_end_(std::move(on_end)),
        root_(tree.root),
        watcher_(tree.root, sync::rules_of({.rules = tree.rules}), [this] { wake(); }),
        thread_([this](const std::stop_token& stop) { run(stop); }) {}

 private:
  void wake() {
    const std::scoped_lock lock(mutex_);
    news_ = true;
    changed_.notify_all();
  }

  void run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      const Clock::TimePoint now = clock_.now();
      sync::WatchBatch batch = watcher_.take(now);
      if (batch.root_gone) {
        on_end_("directory '" + root_ + "' was removed, moved or replaced");
        return;
      }
      if (!batch.paths.empty() || batch.everything) {
        if (paths_.empty()) first_ = now;
        last_ = now;
        paths_.insert(batch.paths.begin(), batch.paths.end());
        if (batch.everything) paths_.insert("");
      }
      if (!paths_.empty() && now >= due()) {
        const std::set<std::string> paths = std::exchange(paths_, {});
        on_change_({paths.begin(), paths.end()});
      }
      wait(stop);
    }
  }

  Clock::TimePoint due() const { return std::min(last_ + k_quiet, first_ + k_patience); }

  void wait(const std::stop_token& stop) {
    std::optional<Clock::TimePoint> next = watcher_.next_due();
    if (!paths_.empty()) next = next ? std::min(*next, due()) : due();
    std::unique_lock lock(mutex_);
    const auto has_news = [this] { return news_; };
    if (next) {
      changed_.wait_until(lock, stop, *next, has_news);
    } else {
      changed_.wait(lock, stop, has_news);
    }
    news_ = false;
  }

  const OnChange on_change_;
  const OnEnd on_end_;
  const std::string root_;
  SystemClock clock_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool news_ = false;
  std::set<std::string> paths_;  ///< that have changed and were not told of
  Clock::TimePoint first_{};
  Clock::TimePoint last_{};
  sync::InotifyWatcher watcher_;
  std::jthread thread_;  // last: joined before the rest goes
};

ChangeListener::ChangeListener(const WatchedTree& tree, OnChange on_change, OnEnd on_end)
    : impl_(std::make_unique<Impl>(tree, std::move(on_change), std::move(on_end))) {}

ChangeListener::~ChangeListener() = default;

}  // namespace hoist::cli
