#include "sync/disk/scan.hpp"

#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <ctime>
#include <filesystem>
#include <thread>

#include "compose/base/error.hpp"
#include "sync/core/change.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/sync/core/tree_text.hpp"

using namespace hoist;
using namespace hoist::sync;
using hoist::test::tree_of;

namespace {

namespace fs = std::filesystem;

/// A directory and who reads it.
class Scene {
 public:
  Scene() { fs::permissions(temp.path(), fs::perms(0755)); }

  void write(const char* path, const char* text) { temp.write(path, text); }
  Scan scan(const Tree& known = nullptr) { return Scanner(root, rules).scan(known, {}); }
  Scan rescan(const Tree& known, const std::vector<std::string>& paths) {
    return Scanner(root, rules).rescan(known, paths, {});
  }
  /// Returns when the stamps of what was written so far can be relied on.
  static void settle() {
    constexpr std::int64_t k_tick = 10'000'000;  // a file's own time may be finer than the clock, and later by that
    const std::int64_t written = now() + k_tick;
    while (!is_settled({.modified = written, .changed = written}, now())) std::this_thread::yield();
  }
  /// Of the clock that file systems use.
  static std::int64_t now() {
    struct timespec time {};
    ::clock_gettime(CLOCK_REALTIME_COARSE, &time);
    return time.tv_sec * 1'000'000'000 + time.tv_nsec;
  }

  test::TempDir temp;
  IgnoreRules rules;
  Root root{temp.path()};
};

/// This thread without root's rights over files, for a while.
class AsNobody {
 public:
  AsNobody() : before_(::setfsuid(k_nobody)) {}
  ~AsNobody() { ::setfsuid(before_); }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;

 private:
  static constexpr uid_t k_nobody = 65534;
  uid_t before_;
};

}  // namespace

TEST_CASE("a scan is the tree that is there", "[sync][disk]") {
  Scene scene;
  scene.write("a", "1");
  scene.write("d/e/b", "22");
  scene.write("run", "x");
  fs::permissions(scene.temp.path() / "run", fs::perms(0755));
  fs::create_directory(scene.temp.path() / "empty");
  fs::permissions(scene.temp.path() / "empty", fs::perms(0700));
  fs::create_symlink("/nowhere/at all", scene.temp.path() / "l");
  REQUIRE(::mkfifo((scene.temp.path() / "pipe").c_str(), 0600) == 0);
  const Scan scan = scene.scan();
  CHECK(scan.problems.empty());
  CHECK(scan.busy.empty());
  CHECK(scan.files_read == 3);
  CHECK(scan.bytes_read == 4);
  const Tree expected = tree_of("a=1 d/e/b=22 run=x:755 empty/:700");
  const Tree with_link = with_changes(expected, {{"l", nullptr, Node::symlink("/nowhere/at all")}});
  CHECK(to_string(scan.tree) == to_string(with_link));
}

TEST_CASE("what is known and did not change is not read again, and is the very same node", "[sync][disk]") {
  Scene scene;
  scene.write("a", "1");
  scene.write("d/b", "2");
  Scene::settle();
  const Tree first = scene.scan().tree;
  const Scan second = scene.scan(first);
  CHECK(second.files_read == 0);
  CHECK(second.tree == first);
  scene.write("d/c", "3");
  const Scan third = scene.scan(second.tree);
  CHECK(third.files_read == 1);
  CHECK(find(third.tree, "a") == find(first, "a"));
  CHECK(same(third.tree, tree_of("a=1 d/b=2 d/c=3")));
}

TEST_CASE("a file that has just changed is read again the next time", "[sync][disk]") {
  Scene scene;
  scene.write("a", "1");
  const Tree first = scene.scan().tree;
  scene.write("a", "2");  // perhaps in the same tick: the same size, and the same time
  CHECK(same(scene.scan(first).tree, tree_of("a=2")));
  CHECK(is_settled({.modified = 1, .changed = 1}, 1'000'000'000));
  CHECK_FALSE(is_settled({.modified = 1, .changed = 995'000'000}, 1'000'000'000));
  CHECK_FALSE(is_settled({.modified = 1, .changed = 2'000'000'000}, 1'000'000'000));
}

TEST_CASE("what is left alone is not read", "[sync][disk]") {
  Scene scene;
  scene.rules.add_docker("node_modules\n*.log\n", "x");
  scene.rules.set_git("build/\n");
  scene.write("a", "1");
  scene.write("a.log", "1");
  scene.write("node_modules/x/y", "1");
  scene.write("build/x", "1");
  CHECK(same(scene.scan().tree, tree_of("a=1")));
}

TEST_CASE("what an excluded directory holds and is taken back comes with the directory", "[sync][disk]") {
  Scene scene;
  scene.rules.add_docker("*\n!src/app\n", "x");
  scene.write("src/app/a", "1");
  scene.write("src/b", "1");
  scene.write("docs/c", "1");
  CHECK(same(scene.scan().tree, tree_of("src/app/a=1")));
}

TEST_CASE("a look at some paths changes these and no others", "[sync][disk]") {
  Scene scene;
  scene.write("a", "1");
  scene.write("d/b", "1");
  scene.write("d/c", "1");
  scene.write("e/f/g", "1");
  const Tree known = scene.scan().tree;
  scene.write("a", "22");
  scene.write("d/b", "22");
  fs::remove(scene.temp.path() / "d/c");
  fs::remove_all(scene.temp.path() / "e/f");
  scene.write("n/x/y", "1");
  CHECK(same(scene.rescan(known, {"d/b", "d/c"}).tree, tree_of("a=1 d/b=22 e/f/g=1")));
  CHECK(same(scene.rescan(known, {"e/f/g", "n/x/y"}).tree, tree_of("a=1 d/b=1 d/c=1 e/ n/x/y=1")));
  CHECK(same(scene.rescan(known, {"d", "d/c"}).tree, tree_of("a=1 d/b=22 e/f/g=1")));
  CHECK(same(scene.rescan(known, {""}).tree, tree_of("a=22 d/b=22 e/ n/x/y=1")));
  CHECK(scene.rescan(known, {"none", "none/at/all"}).tree == known);
}

TEST_CASE("a file in the place of a directory is seen as such by who asks for what it held", "[sync][disk]") {
  Scene scene;
  scene.write("d/b", "1");
  const Tree known = scene.scan().tree;
  fs::remove_all(scene.temp.path() / "d");
  scene.write("d", "1");
  CHECK(same(scene.rescan(known, {"d/b", "d"}).tree, tree_of("d=1")));
}

TEST_CASE("what cannot be read is a problem, and stays as it was known", "[sync][disk]") {
  Scene scene;
  scene.write("a", "1");
  scene.write("d/b", "1");
  const Tree known = scene.scan().tree;
  scene.write("a", "2");
  fs::permissions(scene.temp.path() / "a", fs::perms::none);
  fs::permissions(scene.temp.path() / "d", fs::perms::none);
  Scan scan;
  {
    const AsNobody nobody;
    scan = scene.scan(known);
  }
  fs::permissions(scene.temp.path() / "d", fs::perms(0755));
  CHECK(scan.problems.size() == 2);
  CHECK(find(scan.tree, "d/b") == find(known, "d/b"));
}

TEST_CASE("a directory that lies too deep is a problem of its own", "[sync][disk]") {
  Scene scene;
  std::string path;
  for (int i = 0; i < 220; ++i) path += "d/";
  scene.write((path + "x").c_str(), "1");
  scene.write("a", "1");
  const Scan scan = scene.scan();
  REQUIRE(scan.problems.size() == 1);
  CHECK(scan.problems.front().text.find("too deep") != std::string::npos);
  CHECK(find(scan.tree, "a"));
}

TEST_CASE("a scan ends when it is asked to", "[sync][disk]") {
  Scene scene;
  std::stop_source stop;
  stop.request_stop();
  CHECK_THROWS_AS(Scanner(scene.root, scene.rules).scan(nullptr, stop.get_token()), Error);
}

TEST_CASE("a root that is gone is a fault, not an empty tree", "[sync][disk]") {
  test::TempDir temp;
  fs::create_directory(temp.path() / "root");
  const Root root(temp.path() / "root");
  const IgnoreRules rules;
  fs::remove(temp.path() / "root");
  // The kernel keeps it for who has it open, and it is empty: the session looks at its identity as well.
  CHECK(Scanner(root, rules).scan(nullptr, {}).tree->children().empty());
}
