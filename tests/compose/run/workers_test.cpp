#include "compose/run/workers.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <future>
#include <set>
#include <system_error>

using namespace hoist::compose;
using namespace std::chrono_literals;
using Kind = Workers::Kind;

namespace {

/// Starts at most `limit` threads, as a system does that has no more.
Workers::StartThread at_most(std::size_t limit) {
  return [limit, started = std::size_t{0}](std::function<void(std::stop_token)> body) mutable {
    if (started == limit) throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again));
    ++started;
    return std::jthread(std::move(body));
  };
}

/// The nodes that have ended within five seconds, once there are `count` of them.
std::set<NodeId> ended(Workers& workers, std::size_t count) {
  std::set<NodeId> nodes;
  const auto deadline = std::chrono::steady_clock::now() + 5s;
  while (nodes.size() < count && std::chrono::steady_clock::now() < deadline) {
    for (const auto& [node, outcome] : workers.collect(deadline, {})) nodes.insert(node);
  }
  return nodes;
}

}  // namespace

TEST_CASE("a wait keeps back nothing, however few threads there are", "[run]") {
  const std::size_t threads = GENERATE(0, 1, 2, 8);
  CAPTURE(threads);
  std::promise<void> promise;
  const std::shared_future<void> brought_about = promise.get_future().share();
  std::atomic<bool> timed_out = false;
  const auto wait = [&]() -> NodeOutcome {
    if (brought_about.wait_for(2s) != std::future_status::ready) timed_out = true;
    return Done{};
  };
  Workers workers(at_most(threads));
  for (NodeId node = 1; node <= 3; ++node) workers.post(node, Kind::wait, wait);
  workers.post(4, Kind::work, [&promise]() -> NodeOutcome {
    promise.set_value();
    return Done{};
  });
  CHECK(ended(workers, 4) == std::set<NodeId>{1, 2, 3, 4});
  CHECK_FALSE(timed_out);
}

TEST_CASE("without a thread the caller does the work at once, and a wait when nothing else is left", "[run]") {
  Workers workers(at_most(0));
  const std::thread::id caller = std::this_thread::get_id();
  std::vector<NodeId> order;
  const auto note = [&](NodeId node) {
    return [&order, node, caller]() -> NodeOutcome {
      CHECK(std::this_thread::get_id() == caller);
      order.push_back(node);
      return Done{};
    };
  };
  workers.post(1, Kind::wait, note(1));
  workers.post(2, Kind::work, note(2));
  CHECK(workers.collect({}, {}).size() == 1);
  CHECK(workers.collect({}, {}).size() == 1);
  CHECK(order == std::vector<NodeId>{2, 1});
}
