#include "sync/watch/inotify_watcher.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <set>

#include "compose/base/error.hpp"
#include "compose/base/file.hpp"
#include "tests/support/temp_dir.hpp"

using namespace hoist;
using namespace hoist::sync;
using namespace std::chrono_literals;

namespace {

namespace fs = std::filesystem;
using Paths = std::set<std::string>;

/// A watched directory and all that the watcher told of it so far.
class Scene {
 public:
  explicit Scene(const IgnoreRules& rules = {}) : rules_(rules) {}

  void watch() {
    watcher = std::make_unique<InotifyWatcher>((temp.path() / "root").string(), rules_, [this] {
      const std::scoped_lock lock(mutex_);
      news_ = true;
      changed_.notify_all();
    });
  }
  fs::path at(const std::string& path) const { return temp.path() / "root" / path; }
  void write(const std::string& path, const char* text = "x") { temp.write("root/" + path, text); }

  /// Takes until `done()`; fails after 20 s.
  template <typename Done>
  void take_until(Done&& done) {
    const auto give_up = std::chrono::steady_clock::now() + 20s;
    while (true) {
      {
        std::unique_lock lock(mutex_);
        const auto due = watcher->next_due();
        const auto now = std::chrono::steady_clock::now();
        if (!due || *due > now) {
          changed_.wait_until(lock, std::min(give_up, due.value_or(give_up)), [this] { return news_; });
        }
        news_ = false;
      }
      take();
      if (done()) return;
      if (std::chrono::steady_clock::now() > give_up) break;
    }
    FAIL("nothing came");
  }
  /// Takes all that was done before now: up to a cookie.
  void settle() {
    const std::string cookie = k_cookie_prefix + std::to_string(++cookies_);
    std::ofstream(at(cookie)).close();
    take_until([&] { return seen.contains(cookie); });
    fs::remove(at(cookie));
  }
  /// The paths that were told of because of `edit`.
  template <typename Edit>
  Paths told(Edit&& edit) {
    settle();
    paths.clear();
    edit();
    settle();
    return paths;
  }

  test::TempDir temp;
  Paths paths;
  std::set<std::string> seen;
  bool everything = false;
  bool root_gone = false;
  std::vector<Problem> problems;

 private:
  void take() {
    const WatchBatch batch = watcher->take(std::chrono::steady_clock::now());
    CHECK(std::is_sorted(batch.paths.begin(), batch.paths.end()));
    paths.insert(batch.paths.begin(), batch.paths.end());
    seen.insert(batch.cookies.begin(), batch.cookies.end());
    problems.insert(problems.end(), batch.problems.begin(), batch.problems.end());
    everything = everything || batch.everything;
    root_gone = root_gone || batch.root_gone;
  }

  IgnoreRules rules_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool news_ = false;
  int cookies_ = 0;

 public:
  std::unique_ptr<InotifyWatcher> watcher;  // last: its thread uses what is above
};

}  // namespace

TEST_CASE("what is done to a tree is told, path by path", "[sync][watch]") {
  Scene scene;
  scene.write("a");
  scene.write("d/b");
  scene.watch();
  CHECK(scene.told([&] { scene.write("a", "y"); }) == Paths{"a"});
  CHECK(scene.told([&] { scene.write("d/c"); }) == Paths{"d/c"});
  CHECK(scene.told([&] { fs::remove(scene.at("d/c")); }) == Paths{"d/c"});
  CHECK(scene.told([&] { fs::rename(scene.at("a"), scene.at("d/a")); }) == Paths{"a", "d/a"});
  CHECK(scene.told([&] { fs::permissions(scene.at("d/b"), fs::perms(0755)); }) == Paths{"d/b"});
  CHECK(scene.told([&] { fs::permissions(scene.at("d"), fs::perms(0700)); }) == Paths{"d"});
  CHECK(scene.told([&] { fs::create_symlink("x", scene.at("l")); }) == Paths{"l"});
  CHECK(scene.told([&] { fs::create_hard_link(scene.at("d/b"), scene.at("h")); }).contains("h"));
  CHECK(scene.told([&] { fs::remove_all(scene.at("d")); }).contains("d"));
  CHECK(scene.told([] {}).empty());
}

TEST_CASE("a new directory is told of, and so is what is done in it later", "[sync][watch]") {
  Scene scene;
  fs::create_directory(scene.temp.path() / "root");
  scene.watch();
  CHECK(scene.told([&] { scene.write("n/m/a"); }).contains("n"));
  CHECK(scene.told([&] { scene.write("n/m/a", "y"); }) == Paths{"n/m/a"});
  CHECK(scene.watcher->watches() == 3);
}

TEST_CASE("a moved directory is told of at both places, and watched at the new one", "[sync][watch]") {
  Scene scene;
  scene.write("d/e/a");
  scene.write("o/x");
  scene.watch();
  CHECK(scene.told([&] { fs::rename(scene.at("d"), scene.at("o/d")); }) == Paths{"d", "o/d"});
  CHECK(scene.told([&] { scene.write("o/d/e/a", "y"); }) == Paths{"o/d/e/a"});
  CHECK(scene.told([&] { fs::rename(scene.at("o/d"), scene.temp.path() / "elsewhere"); }) == Paths{"o/d"});
  CHECK(scene.told([&] { scene.temp.write("elsewhere/e/a", "z"); }).empty());
  CHECK(scene.watcher->watches() == 2);
}

TEST_CASE("what is left alone is not watched", "[sync][watch]") {
  IgnoreRules rules;
  rules.add_docker("node_modules\n*.log\n", "x");
  Scene scene(rules);
  scene.write("node_modules/a/b");
  scene.write("src/a");
  scene.watch();
  CHECK(scene.watcher->watches() == 2);
  CHECK(scene.told([&] {
    scene.write("node_modules/a/b", "y");
    scene.write("a.log", "y");
    fs::create_directory(scene.at("src/node_modules"));
    scene.write("src/a", "y");
  }) == Paths{"src/a", "src/node_modules"});
}

TEST_CASE("a file that stays open is told of while it is written", "[sync][watch]") {
  Scene scene;
  scene.write("a");
  scene.watch();
  const Fd file(::open(scene.at("a").c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
  REQUIRE(::write(file.get(), "y", 1) == 1);
  scene.take_until([&] { return scene.paths.contains("a"); });
}

TEST_CASE("the root's own end is told", "[sync][watch]") {
  Scene scene;
  scene.write("a");
  scene.watch();
  SECTION("removed") {
    fs::remove_all(scene.temp.path() / "root");
  }
  SECTION("moved") {
    fs::rename(scene.temp.path() / "root", scene.temp.path() / "away");
  }
  scene.take_until([&] { return scene.root_gone; });
}

TEST_CASE("a root that is not there cannot be watched", "[sync][watch]") {
  Scene scene;
  CHECK_THROWS_WITH(scene.watch(), Catch::Contains("cannot be watched: No such file"));
}

TEST_CASE("a burst leaves nothing out", "[sync][watch]") {
  Scene scene;
  fs::create_directory(scene.temp.path() / "root");
  scene.watch();
  Paths expected;
  for (int i = 0; i < 3000; ++i) {
    const std::string path = "f" + std::to_string(i);
    scene.write(path);
    expected.insert(path);
  }
  scene.settle();
  CHECK((scene.everything || scene.paths == expected));
}
