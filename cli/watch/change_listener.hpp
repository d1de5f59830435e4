#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/watch/watched_tree.hpp"

namespace hoist::cli {

/// Tells of changes in a tree of which nothing is carried over: one call for what belongs together. A file that is
/// written with what it held before has not changed.
class ChangeListener {
 public:
  using OnChange = std::function<void(std::vector<std::string> paths)>;
  using OnTrouble = std::function<void(std::string text, bool is_end)>;

  /// `on_change` is called from a thread of its own, once nothing has changed for 50 ms or half a second is over;
  /// `on_trouble` when something is not watched, or (`is_end`) the tree is gone. Errors: as sync::InotifyWatcher.
  ChangeListener(const WatchedTree& tree, OnChange on_change, OnTrouble on_trouble);
  ~ChangeListener();
  ChangeListener(const ChangeListener&) = delete;
  ChangeListener& operator=(const ChangeListener&) = delete;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hoist::cli
