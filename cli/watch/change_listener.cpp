#include "cli/watch/change_listener.hpp"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "compose/base/clock.hpp"
#include "compose/base/error.hpp"
#include "sync/disk/scan.hpp"
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
  Impl(const WatchedTree& tree, OnChange on_change, OnTrouble on_trouble)
      : on_change_(std::move(on_change)),
        on_trouble_(std::move(on_trouble)),
        rules_(sync::rules_of({.rules = tree.rules})),
        root_(tree.root),
        scanner_(root_, rules_),
        watcher_(tree.root, rules_, [this] { wake(); }),
        tree_(scanner_.scan(nullptr, {}).tree),
        thread_([this](const std::stop_token& stop) { run(stop); }) {}

 private:
  void wake() {
    const std::scoped_lock lock(mutex_);
    news_ = true;
    changed_.notify_all();
  }

  void run(const std::stop_token& stop) {
    try {
      while (!stop.stop_requested() && turn(stop)) wait(stop);
    } catch (const Error& error) {
      // The thread's end is its task boundary: the fault goes to the owner.
      if (!stop.stop_requested()) on_trouble_(error.what(), true);
    }
  }

  /// Takes what is told and tells what is due. Returns false when nothing more will come.
  bool turn(const std::stop_token& stop) {
    const Clock::TimePoint now = clock_.now();
    sync::WatchBatch batch = watcher_.take(now);
    if (batch.root_gone) {
      on_trouble_("directory '" + root_.path().string() + "' was removed, moved or replaced", true);
      return false;
    }
    for (const sync::Problem& problem : batch.problems) on_trouble_(problem.path + ": " + problem.text, false);
    if (!batch.paths.empty() || batch.everything) {
      if (paths_.empty()) first_ = now;
      last_ = now;
      paths_.insert(batch.paths.begin(), batch.paths.end());
      if (batch.everything) paths_.insert("");
    }
    if (!paths_.empty() && now >= due()) compare(std::exchange(paths_, {}), stop);
    return true;
  }

  /// Where the watcher says that something may have changed it is looked whether something has.
  void compare(const std::set<std::string>& paths, const std::stop_token& stop) {
    const bool is_all = paths.contains("");
    sync::Scan now = is_all ? scanner_.scan(tree_, stop) : scanner_.rescan(tree_, {paths.begin(), paths.end()}, stop);
    std::vector<std::string> changed;
    for (const std::string& path : paths) {
      const sync::Tree before = sync::find(tree_, path);
      const sync::Tree after = sync::find(now.tree, path);
      const bool is_same = !before == !after && (!after || before->digest() == after->digest());
      if (!is_same) changed.push_back(path);
    }
    tree_ = std::move(now.tree);
    // A file that is still being written is looked at again.
    for (const std::string& path : now.busy) {
      paths_.insert(path);
      first_ = last_ = clock_.now();
    }
    if (!changed.empty()) on_change_(std::move(changed));
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
  const OnTrouble on_trouble_;
  const sync::IgnoreRules rules_;
  const sync::Root root_;
  sync::Scanner scanner_;
  SystemClock clock_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool news_ = false;
  std::set<std::string> paths_;  ///< that have changed and were not told of
  Clock::TimePoint first_{};
  Clock::TimePoint last_{};
  sync::InotifyWatcher watcher_;
  sync::Tree tree_;      ///< as it was when the last change was told
  std::jthread thread_;  // last: joined before the rest goes
};

ChangeListener::ChangeListener(const WatchedTree& tree, OnChange on_change, OnTrouble on_trouble)
    : impl_(std::make_unique<Impl>(tree, std::move(on_change), std::move(on_trouble))) {}

ChangeListener::~ChangeListener() = default;

}  // namespace hoist::cli
