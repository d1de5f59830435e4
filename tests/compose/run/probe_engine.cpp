#include "tests/compose/run/probe_engine.hpp"

#include "compose/base/error.hpp"

namespace hoist::test {

void block_until_stopped(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait(lock, stop, [] { return false; });
  throw Error(ErrorCode::cancelled, "cancelled");
}

}  // namespace hoist::test
