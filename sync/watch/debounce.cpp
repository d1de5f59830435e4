#include "sync/watch/debounce.hpp"

#include <algorithm>

namespace hoist::sync {
namespace {

using namespace std::chrono_literals;

constexpr auto k_while_written = 100ms;
constexpr auto k_burst_pause = 20ms;
constexpr std::size_t k_burst_size = 64;

}  // namespace

void Debounce::add(const std::string& path, Edit edit, TimePoint now) {
  const TimePoint wanted = edit == Edit::finished ? now : now + k_while_written;
  const auto [entry, fresh] = waiting_.try_emplace(path, wanted);
  if (!fresh) entry->second = std::min(entry->second, wanted);
}

void Debounce::flush() {
  for (auto& [path, due] : waiting_) due = TimePoint::min();
  quiet_until_ = TimePoint::min();
}

void Debounce::clear() {
  waiting_.clear();
}

std::vector<std::string> Debounce::take(TimePoint now) {
  std::vector<std::string> paths;
  if (now < quiet_until_) return paths;
  for (auto it = waiting_.begin(); it != waiting_.end();) {
    if (it->second > now) {
      ++it;
      continue;
    }
    paths.push_back(it->first);
    it = waiting_.erase(it);
  }
  if (paths.size() > k_burst_size) quiet_until_ = now + k_burst_pause;
  return paths;
}

std::optional<Debounce::TimePoint> Debounce::next_due() const {
  std::optional<TimePoint> next;
  for (const auto& [path, due] : waiting_) {
    if (!next || due < *next) next = due;
  }
  return next ? std::optional(due_of(*next)) : std::nullopt;
}

}  // namespace hoist::sync
