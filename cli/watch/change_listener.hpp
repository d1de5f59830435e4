#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/watch/watched_tree.hpp"

namespace hoist::cli {

/// Tells of changes in a tree of which nothing is carried over: one call for what belongs together.
class ChangeListener {
 public:
  using OnChange = std::function<void(std::vector<std::string> paths)>;
  using OnEnd = std::function<void(std::string why)>;

  /// `on_change` is called from a thread of its own, once nothing has changed for 50 ms or half a second is over;
  /// `on_end` when the tree is gone. Errors: as sync::InotifyWatcher.
  ChangeListener(const WatchedTree& tree, OnChange on_change, OnEnd on_end);
  ~ChangeListener();
  ChangeListener(const ChangeListener&) = delete;
  ChangeListener& operator=(const ChangeListener&) = delete;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hoist::cli
