#include "compose/base/clock.hpp"

#include <condition_variable>
#include <mutex>

namespace hoist {

bool SystemClock::sleep_for(std::chrono::milliseconds span, std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait_for(lock, stop, span, [] { return false; });
  return !stop.stop_requested();
}

}  // namespace hoist
