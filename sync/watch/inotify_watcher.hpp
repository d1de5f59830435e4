#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "sync/core/ignore.hpp"
#include "sync/watch/watcher.hpp"

namespace hoist::sync {

/// Watches a tree through inotify, without privileges: one watch for each directory that is not left alone.
///
/// A thread of its own only empties the kernel's queue and keeps the watches right: a new directory is watched first
/// and told of as a whole then, so that nothing in it is missed. Where the kernel allows no more watches, a subtree is
/// told of every two seconds and a problem says so.
class InotifyWatcher final : public Watcher {
 public:
  /// `on_news` is called from the watcher's thread when `take` may have something: it must not block.
  /// Errors: Error{not_found}, Error{denied}, Error{failed} when the root cannot be watched.
  InotifyWatcher(const std::string& root, IgnoreRules rules, std::function<void()> on_news);
  ~InotifyWatcher() override;

  WatchBatch take(Clock::TimePoint now) override;
  std::optional<Clock::TimePoint> next_due() const override;

  /// How many directories are watched.
  std::size_t watches() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hoist::sync
