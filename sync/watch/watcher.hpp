#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compose/base/clock.hpp"
#include "sync/core/problem.hpp"

namespace hoist::sync {

/// Where something may have changed.
struct WatchBatch {
  std::vector<std::string> paths;    ///< sorted, each once; a directory stands for all that it holds
  bool everything = false;           ///< events were lost: all of the tree
  bool root_gone = false;            ///< the root was removed, moved or unmounted
  std::vector<std::string> cookies;  ///< names of cookie files that came: what was done before them is in this batch or
                                     ///< an earlier one
  std::vector<Problem> problems;     ///< subtrees that are not watched, but looked at from time to time, and why

  bool empty() const { return paths.empty() && !everything && !root_gone && cookies.empty() && problems.empty(); }
};

/// Files in the root whose names begin so are cookies: made by who wants to know how far a watcher is.
inline constexpr const char* k_cookie_prefix = ".hoist-cookie-";

/// Tells where a tree changes.
///
/// It is made before the tree is scanned, so that nothing is missed in between. Thread: that of the session; what
/// happens in another thread calls the `on_news` that the watcher was made with.
class Watcher {
 public:
  virtual ~Watcher() = default;
  /// What is due by `now`; never blocks.
  virtual WatchBatch take(Clock::TimePoint now) = 0;
  /// When `take` will have something though no news comes; nothing = only after news.
  virtual std::optional<Clock::TimePoint> next_due() const = 0;
};

}  // namespace hoist::sync
