#include "cli/signals.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <mutex>

namespace hoist::cli {
namespace {

/// Waits until a stop is requested. Returns whether it was, within a time that no working thread needs.
bool is_requested(const std::stop_token& token) {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::unique_lock lock(mutex);
  changed.wait_for(lock, token, std::chrono::seconds{20}, [] { return false; });
  return token.stop_requested();
}

TEST_CASE("the first signal requests a stop, the second what claimed it", "[cli][signals]") {
  const int signal = GENERATE(SIGINT, SIGTERM, SIGHUP);
  Signals signals;
  const std::stop_token second = signals.second();
  CHECK_FALSE(signals.first().stop_requested());
  std::raise(signal);
  CHECK(is_requested(signals.first()));
  CHECK_FALSE(second.stop_requested());
  std::raise(signal);
  CHECK(is_requested(second));
}

TEST_CASE("a terminal that changes its size stops nothing", "[cli][signals]") {
  Signals signals;
  std::stop_source told;
  signals.on_resize([&told] { told.request_stop(); });
  std::raise(SIGWINCH);
  CHECK(is_requested(told.get_token()));
  CHECK_FALSE(signals.first().stop_requested());
}

TEST_CASE("a signal that was ignored stays so, and the end restores what was", "[cli][signals]") {
  const auto before_hup = std::signal(SIGHUP, SIG_IGN);
  const auto before_term = std::signal(SIGTERM, SIG_DFL);
  {
    const Signals signals;
    std::raise(SIGHUP);
    struct sigaction now {};
    ::sigaction(SIGHUP, nullptr, &now);
    CHECK(now.sa_handler == SIG_IGN);
    ::sigaction(SIGTERM, nullptr, &now);
    CHECK(now.sa_handler != SIG_DFL);
  }
  struct sigaction after {};
  ::sigaction(SIGTERM, nullptr, &after);
  CHECK(after.sa_handler == SIG_DFL);
  std::signal(SIGHUP, before_hup);
  std::signal(SIGTERM, before_term);
}

}  // namespace
}  // namespace hoist::cli
