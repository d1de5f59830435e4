#include "tests/sync/session/fake_watcher.hpp"

#include <algorithm>
#include <utility>

namespace hoist::test {

void FakeWatcher::tell(const std::string& path) {
  const auto at = std::lower_bound(batch_.paths.begin(), batch_.paths.end(), path);
  if (at == batch_.paths.end() || *at != path) batch_.paths.insert(at, path);
}

sync::WatchBatch FakeWatcher::take(Clock::TimePoint /*now*/) {
  return std::exchange(batch_, {});
}

std::optional<Clock::TimePoint> FakeWatcher::next_due() const {
  return batch_.empty() ? std::nullopt : std::optional(Clock::TimePoint::min());
}

}  // namespace hoist::test
