#pragma once

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compose/base/clock.hpp"

namespace hoist::sync {

/// How finished what happened to a path is.
enum class Edit {
  finished,  ///< closed after writing, renamed, removed, made as a whole: it can be carried over at once
  begun,     ///< written, and perhaps not to its end
};

/// Decides when changed paths are carried over: finished ones at once, on the leading edge; those still being written
/// 100 ms after the first write, and every 100 ms while it goes on; in a burst all together, every 20 ms. No event ever
/// puts another one off. Pure: time comes in.
class Debounce {
 public:
  using TimePoint = Clock::TimePoint;

  void add(const std::string& path, Edit edit, TimePoint now);
  /// Makes all that waits due: somebody wants to know that it is done.
  void flush();
  void clear();
  bool empty() const { return waiting_.empty(); }

  /// The paths that are due by `now`, sorted.
  std::vector<std::string> take(TimePoint now);
  /// When `take` will give something; nothing when nothing waits.
  std::optional<TimePoint> next_due() const;

 private:
  TimePoint due_of(TimePoint wanted) const { return std::max(wanted, quiet_until_); }

  std::map<std::string, TimePoint> waiting_;  ///< when each is due
  TimePoint quiet_until_{};                   ///< in a burst: when the next part of it is taken
};

}  // namespace hoist::sync
