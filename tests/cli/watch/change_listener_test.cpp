#include "cli/watch/change_listener.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "cli/watch/inbox.hpp"
#include "tests/support/temp_dir.hpp"

namespace hoist::cli {

using Texts = std::vector<std::string>;
using namespace std::chrono_literals;

TEST_CASE("changes that belong together are told at once, ignored ones never", "[watch]") {
  const test::TempDir directory;
  directory.write("a", "1");
  Inbox<Texts> inbox;
  const WatchedTree tree{.root = directory.path().string(),
                         .rules = {{sync::wire::Hello::RuleList::Kind::docker, {}, "*.log"}}};
  const ChangeListener listener(
      tree, [&inbox](Texts paths) { inbox.push(std::move(paths)); }, [](const std::string&, bool) {});
  directory.write("a.log", "1");
  directory.write("a", "2");
  directory.write("b", "2");
  CHECK(inbox.take(std::chrono::steady_clock::now() + 30s, {}) == Texts{"a", "b"});
  directory.write("a", "2");
  directory.write("c", "3");
  CHECK(inbox.take(std::chrono::steady_clock::now() + 30s, {}) == Texts{"c"});
}

TEST_CASE("a tree that goes away is told", "[watch]") {
  const test::TempDir directory;
  directory.write("d/a", "1");
  Inbox<std::string> inbox;
  const ChangeListener listener(
      {.root = (directory.path() / "d").string()}, [](const Texts&) {},
      [&inbox](std::string why, bool) { inbox.push(std::move(why)); });
  std::filesystem::rename(directory.path() / "d", directory.path() / "e");
  const auto why = inbox.take(std::chrono::steady_clock::now() + 30s, {});
  REQUIRE(why);
  CHECK_THAT(*why, Catch::Contains("was removed, moved or replaced"));
}

TEST_CASE("an inbox gives what came in its order, and nothing when its time is over", "[watch]") {
  Inbox<int> inbox;
  inbox.push(1);
  inbox.push(2);
  CHECK(inbox.take(std::nullopt, {}) == 1);
  CHECK(inbox.take(std::nullopt, {}) == 2);
  CHECK_FALSE(inbox.take(std::chrono::steady_clock::now(), {}));
  std::stop_source stop;
  stop.request_stop();
  CHECK_FALSE(inbox.take(std::nullopt, stop.get_token()));
}

}  // namespace hoist::cli
