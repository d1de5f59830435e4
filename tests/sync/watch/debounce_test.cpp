#include "sync/watch/debounce.hpp"

#include <catch2/catch.hpp>

using namespace hoist::sync;
using namespace std::chrono_literals;

namespace {

const Debounce::TimePoint k_start{std::chrono::hours(1)};

using Paths = std::vector<std::string>;

}  // namespace

TEST_CASE("a finished edit is due at once", "[sync][watch]") {
  Debounce debounce;
  CHECK_FALSE(debounce.next_due());
  debounce.add("a", Edit::finished, k_start);
  CHECK(debounce.next_due() == k_start);
  CHECK(debounce.take(k_start) == Paths{"a"});
  CHECK(debounce.take(k_start).empty());
  CHECK_FALSE(debounce.next_due());
}

TEST_CASE("a file that is still written is due 100 ms after the first write, however often it is written",
          "[sync][watch]") {
  Debounce debounce;
  for (auto at = 0ms; at < 100ms; at += 10ms) {
    debounce.add("a", Edit::begun, k_start + at);
    CHECK(debounce.take(k_start + at).empty());
  }
  CHECK(debounce.next_due() == k_start + 100ms);
  CHECK(debounce.take(k_start + 100ms) == Paths{"a"});
  debounce.add("a", Edit::begun, k_start + 110ms);
  CHECK(debounce.next_due() == k_start + 210ms);
}

TEST_CASE("closing a file makes it due, and others neither hurry nor wait", "[sync][watch]") {
  Debounce debounce;
  debounce.add("log", Edit::begun, k_start);
  debounce.add("a", Edit::begun, k_start + 1ms);
  debounce.add("a", Edit::finished, k_start + 2ms);
  CHECK(debounce.take(k_start + 2ms) == Paths{"a"});
  CHECK(debounce.next_due() == k_start + 100ms);
}

TEST_CASE("a burst is taken in parts, the first of them at once", "[sync][watch]") {
  Debounce debounce;
  for (int i = 0; i < 100; ++i) debounce.add("a" + std::to_string(i), Edit::finished, k_start);
  CHECK(debounce.take(k_start).size() == 100);
  debounce.add("b", Edit::finished, k_start + 1ms);
  debounce.add("c", Edit::finished, k_start + 15ms);
  CHECK(debounce.take(k_start + 15ms).empty());
  CHECK(debounce.next_due() == k_start + 20ms);
  CHECK(debounce.take(k_start + 20ms) == Paths{"b", "c"});
  debounce.add("d", Edit::finished, k_start + 21ms);
  CHECK(debounce.take(k_start + 21ms) == Paths{"d"});
}

TEST_CASE("who waits for a barrier gets all that is there", "[sync][watch]") {
  Debounce debounce;
  debounce.add("a", Edit::begun, k_start);
  debounce.flush();
  CHECK(debounce.take(k_start) == Paths{"a"});
}
