#include "sync/session/session.hpp"

#include <catch2/catch.hpp>
#include <deque>
#include <filesystem>

#include "compose/base/error.hpp"
#include "compose/base/file.hpp"
#include "sync/session/file_contents.hpp"
#include "sync/session/local_far_end.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/sync/core/tree_text.hpp"
#include "tests/sync/session/fake_watcher.hpp"

using namespace hoist;
using namespace hoist::sync;
using namespace std::chrono_literals;
using hoist::test::FakeWatcher;
using hoist::test::HandClock;
using hoist::test::tree_of;

namespace {

namespace fs = std::filesystem;

/// A directory as far end, with what can go wrong: it answers when it is let, and fails at what it is told to.
class FaultyFarEnd final : public FarEnd {
 public:
  explicit FaultyFarEnd(LocalFarEnd& real) : real_(real) {}

  void scan() override {
    asked_.push_back([this] { real_.scan(); });
  }
  void look(const std::string& path) override {
    asked_.push_back([this, path] { real_.look(path); });
  }
  void submit(std::uint64_t id, Step step) override {
    steps.push_back(to_string(step));
    asked_.push_back([this, id, step] {
      if (failing.contains(path_of(step))) {
        failures_.emplace_back(StepDone{id, {Outcome::Kind::failed, nullptr, "No space left on device"}});
      } else {
        real_.submit(id, step);
      }
    });
  }
  std::vector<FarEvent> take() override {
    std::vector<FarEvent> events;
    for (std::size_t i = 0; i < answers_per_take && !asked_.empty(); ++i) {
      asked_.front()();
      asked_.pop_front();
      for (std::vector<FarEvent> part : {real_.take(), std::exchange(failures_, {})}) {
        events.insert(events.end(), part.begin(), part.end());
      }
    }
    return events;
  }

  std::set<std::string> failing;
  std::size_t answers_per_take = 1000;
  std::vector<std::string> steps;  ///< that were submitted, as text

 private:
  LocalFarEnd& real_;
  std::deque<std::function<void()>> asked_;
  std::vector<FarEvent> failures_;
};

class Scene {
 public:
  explicit Scene(SessionOptions session_options = {}) : options(std::move(session_options)) {
    fs::create_directory(temp.path() / "alpha");
    fs::create_directory(temp.path() / "beta");
  }

  void write(const std::string& path, const std::string& text) { temp.write(path, text); }
  /// Writes at alpha, and lets the watcher tell.
  void edit(const std::string& path, const std::string& text) {
    write("alpha/" + path, text);
    watcher.tell(path);
  }
  void remove(const std::string& path) {
    fs::remove_all(temp.path() / "alpha" / path);
    watcher.tell(path);
  }
  SyncSession& session() {
    if (!session_) {
      root.emplace(temp.path() / "alpha");
      contents.emplace(*root);
      local.emplace((temp.path() / "beta").string(), rules, *contents, std::nullopt);
      far.emplace(*local);
      session_.emplace(*root, rules, watcher, *far, clock, options);
    }
    return *session_;
  }
  /// Steps until the session waits.
  void settle() {
    for (int i = 0; i < 1000; ++i) {
      if (session().step({}) == SyncSession::Next::wait) return;
    }
    FAIL("it never waits");
  }
  /// Ends the session as a cut stream does, and has the next one go on from it.
  void cut() {
    options.ancestor = session_->ancestor();
    options.unanswered = session_->unanswered();
    session_.reset();
  }
  Tree tree(const char* side) const {
    const Root here(temp.path() / side);
    return Scanner(here, rules).scan(nullptr, {}).tree;
  }
  bool is_equal() const { return to_string(tree("alpha")) == to_string(tree("beta")); }

  test::TempDir temp;
  SessionOptions options;
  IgnoreRules rules;
  HandClock clock;
  FakeWatcher watcher;
  std::optional<Root> root;
  std::optional<FileContents> contents;
  std::optional<LocalFarEnd> local;
  std::optional<FaultyFarEnd> far;

 private:
  std::optional<SyncSession> session_;
};

}  // namespace

TEST_CASE("a session first makes the far end what this side is, then follows it", "[sync][session]") {
  Scene scene;
  scene.write("alpha/a", "1");
  scene.write("alpha/d/b", "2");
  scene.settle();
  CHECK(scene.is_equal());
  CHECK(scene.session().status().connected);
  scene.edit("a", "11");
  scene.edit("n/m", "3");
  scene.remove("d");
  scene.settle();
  CHECK(scene.is_equal());
  CHECK(same(scene.session().ancestor(), scene.tree("alpha")));
  CHECK(scene.session().status().problems.empty());
}

TEST_CASE("what only the far end has stays, what both have is as here", "[sync][session]") {
  Scene scene;
  scene.write("alpha/a", "1");
  scene.write("alpha/same", "s");
  scene.write("beta/a", "other");
  scene.write("beta/same", "s");
  scene.write("beta/made", "2");
  scene.settle();
  CHECK(same(scene.tree("beta"), tree_of("a=1 same=s made=2")));
  CHECK(scene.session().status().conflicts.empty());
  CHECK(scene.far->steps == std::vector<std::string>{"put a"});
}

TEST_CASE("without adopting, what both have in different forms is a conflict", "[sync][session]") {
  Scene scene({.adopt = false});
  scene.write("alpha/a", "1");
  scene.write("alpha/b", "1");
  scene.write("beta/a", "other");
  scene.settle();
  REQUIRE(scene.session().status().conflicts.size() == 1);
  CHECK(scene.session().status().conflicts.front().path == "a");
  CHECK(same(scene.tree("beta"), tree_of("a=other b=1")));
}

TEST_CASE("a replica loses what this side does not have", "[sync][session]") {
  Scene scene({.mode = Mode::one_way_replica});
  scene.write("alpha/a", "1");
  scene.write("beta/made", "2");
  scene.settle();
  CHECK(scene.is_equal());
}

TEST_CASE("a file that the far end changed by itself is no victim of an edit here", "[sync][session]") {
  Scene scene;
  scene.write("alpha/a", "1");
  scene.settle();
  scene.write("beta/a", "theirs");
  scene.edit("a", "ours");
  scene.settle();
  CHECK(read_file(scene.temp.path() / "beta/a") == "theirs");
  REQUIRE(scene.session().status().conflicts.size() == 1);
  SECTION("it goes on when the far end's change is gone") {
    scene.write("beta/a", "ours");
    scene.far->look("a");
    scene.settle();
    CHECK(scene.session().status().conflicts.empty());
    scene.edit("a", "more");
    scene.settle();
    CHECK(scene.is_equal());
  }
}

TEST_CASE("nothing new to carry over costs no step", "[sync][session]") {
  Scene first;
  first.write("alpha/a", "1");
  first.write("alpha/d/b", "2");
  first.settle();
  Scene second({.ancestor = first.session().ancestor()});
  for (const char* side : {"alpha", "beta"}) {
    second.write(std::string(side) + "/a", "1");
    second.write(std::string(side) + "/d/b", "2");
  }
  second.settle();
  CHECK(second.far->steps.empty());
}

TEST_CASE("what was done while no session ran is carried over by the next", "[sync][session]") {
  Scene scene({.ancestor = tree_of("a=1 gone=1 d/b=2")});
  scene.write("alpha/a", "11");
  scene.write("alpha/d/b", "2");
  for (const char* path : {"beta/a", "beta/gone"}) scene.write(path, "1");
  scene.write("beta/d/b", "2");
  scene.settle();
  CHECK(scene.is_equal());
}

TEST_CASE("a step that fails is a problem, all else goes on, and it is tried again", "[sync][session]") {
  Scene scene;
  scene.write("alpha/a", "1");
  scene.session();
  scene.far->failing = {"b", "d"};
  scene.edit("b", "1");
  scene.edit("c", "1");
  scene.edit("d/e", "1");
  scene.settle();
  CHECK(same(scene.tree("beta"), tree_of("a=1 c=1")));
  const SessionStatus status = scene.session().status();
  REQUIRE(status.problems.size() == 2);
  CHECK(status.problems[0] == Problem{"b", "No space left on device"});
  REQUIRE(scene.session().next_wakeup());
  scene.far->failing.clear();
  scene.edit("c", "2");
  scene.settle();
  CHECK(find(scene.tree("beta"), "b") == nullptr);
  scene.clock.sleep_for(600ms, {});
  scene.settle();
  CHECK(scene.is_equal());
  CHECK(scene.session().status().problems.empty());
  CHECK_FALSE(scene.session().next_wakeup());
}

TEST_CASE("what the far end cannot read is told", "[sync][session]") {
  Scene scene;
  scene.write("alpha/a", "1");
  std::string deep = "beta/";
  for (int i = 0; i < 220; ++i) deep += "d/";
  scene.write(deep + "x", "1");
  scene.settle();
  REQUIRE(scene.session().status().problems.size() == 1);
  CHECK(scene.session().status().problems.front().text.find("(at the far end)") != std::string::npos);
}

TEST_CASE("edits that come while steps are in flight are carried over in their order", "[sync][session]") {
  Scene scene;
  scene.session();
  scene.far->answers_per_take = 1;
  scene.edit("a", "1");
  for (int i = 0; i < 20; ++i) {
    scene.session().step({});
    scene.edit("a", std::to_string(i));
    if (i % 3 == 0) scene.edit("d" + std::to_string(i) + "/x", "1");
    if (i % 4 == 0) scene.remove("d" + std::to_string(i - 1));
    if (i == 7) scene.remove("a");
  }
  scene.settle();
  CHECK(scene.is_equal());
  CHECK(same(scene.session().ancestor(), scene.tree("alpha")));
  CHECK(scene.session().status().in_flight == 0);
}

TEST_CASE("a directory that cannot be removed, as it holds what is left alone, ends in a problem", "[sync][session]") {
  Scene scene;
  scene.rules.add_docker("**/*.log", "x");
  scene.write("alpha/d/a", "1");
  scene.settle();
  scene.write("beta/d/x.log", "1");
  scene.remove("d");
  scene.settle();
  CHECK(fs::exists(scene.temp.path() / "beta/d/x.log"));
  CHECK_FALSE(fs::exists(scene.temp.path() / "beta/d/a"));
  CHECK(scene.session().status().problems.size() == 1);
}

TEST_CASE("a root that was replaced, moved or emptied unseen halts the session, and the far end keeps all",
          "[sync][session]") {
  SECTION("replaced") {
    Scene scene;
    scene.write("alpha/a", "1");
    scene.settle();
    fs::rename(scene.temp.path() / "alpha", scene.temp.path() / "old");
    fs::create_directory(scene.temp.path() / "alpha");
    scene.watcher.tell("a");
    scene.settle();
    CHECK(scene.session().status().halted.find("was removed, moved or replaced") != std::string::npos);
    CHECK(same(scene.tree("beta"), tree_of("a=1")));
  }
  SECTION("the watcher says so") {
    Scene scene;
    scene.write("alpha/a", "1");
    scene.settle();
    scene.watcher.next().root_gone = true;
    scene.settle();
    CHECK_FALSE(scene.session().status().halted.empty());
  }
  SECTION("empty when the session begins") {
    Scene scene({.ancestor = tree_of("a=1 b=1")});
    scene.write("beta/a", "1");
    scene.write("beta/b", "1");
    scene.settle();
    CHECK(scene.session().status().halted.find("is empty") != std::string::npos);
    CHECK(same(scene.tree("beta"), tree_of("a=1 b=1")));
  }
}

TEST_CASE("when events were lost all is looked at", "[sync][session]") {
  Scene scene;
  scene.write("alpha/a", "1");
  scene.settle();
  scene.write("alpha/b", "1");
  scene.settle();
  CHECK_FALSE(scene.is_equal());
  scene.watcher.next().everything = true;
  scene.settle();
  CHECK(scene.is_equal());
}

TEST_CASE("a flush ends when all that was done before it is there", "[sync][session]") {
  Scene scene;
  scene.write("alpha/a", "1");
  scene.settle();
  scene.far->answers_per_take = 0;
  scene.edit("b", "1");
  const std::uint64_t ticket = scene.session().flush();
  scene.settle();
  CHECK_FALSE(scene.session().is_flushed(ticket));
  scene.watcher.next().cookies.push_back(k_cookie_prefix + std::to_string(::getpid()) + "-" + std::to_string(ticket));
  scene.settle();
  CHECK_FALSE(scene.session().is_flushed(ticket));
  scene.far->answers_per_take = 10;
  scene.settle();
  CHECK(scene.session().is_flushed(ticket));
  CHECK(scene.is_equal());
}

TEST_CASE("a two-way mode is refused", "[sync][session]") {
  Scene scene({.mode = Mode::two_way_safe});
  CHECK_THROWS_AS(scene.session(), Error);
}

TEST_CASE("what was done and not answered is no change of the far end's own", "[sync][session]") {
  Scene scene;
  scene.write("alpha/a", "1");
  scene.write("alpha/gone", "1");
  scene.settle();
  scene.far->answers_per_take = 0;
  scene.edit("a", "2");
  scene.edit("new", "2");
  scene.remove("gone");
  scene.settle();
  // All of it was done there, but the stream was cut before the answers came.
  scene.write("beta/a", "2");
  scene.write("beta/new", "2");
  fs::remove(scene.temp.path() / "beta/gone");
  scene.cut();

  SECTION("what is edited again meanwhile is carried over") {
    scene.write("alpha/a", "3");
    fs::remove(scene.temp.path() / "alpha/new");
    scene.settle();
    CHECK(scene.is_equal());
    CHECK(scene.session().status().conflicts.empty());
    CHECK(scene.session().status().edited_before);
  }
  SECTION("there is nothing to do when nothing was") {
    scene.settle();
    CHECK(scene.is_equal());
    CHECK(scene.session().status().steps_done == 0);
    CHECK_FALSE(scene.session().status().edited_before);
  }
  SECTION("what the far end has changed since is its own") {
    scene.write("beta/a", "theirs");
    scene.write("alpha/a", "3");
    scene.settle();
    CHECK(scene.session().status().conflicts.size() == 1);
  }
}
