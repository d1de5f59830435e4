#include "sync/disk/apply.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "compose/base/file.hpp"
#include "sync/core/change.hpp"
#include "sync/disk/scan.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/sync/core/random_trees.hpp"
#include "tests/sync/core/tree_text.hpp"
#include "tests/sync/disk/contents.hpp"

using namespace hoist;
using namespace hoist::sync;
using hoist::test::tree_of;

namespace {

namespace fs = std::filesystem;
using Kind = Outcome::Kind;

/// A directory that steps are done to.
class Scene {
 public:
  Scene() {
    fs::permissions(temp.path(), fs::perms(0755));
    for (const char* content : {"0", "1", "2", "3", "old", "new", "x", "y"}) contents.add(content);
  }

  fs::path at(const std::string& path) const { return temp.path() / path; }
  Tree scan() { return Scanner(root, rules).scan(nullptr, {}).tree; }
  /// Makes the tree of `after`; returns the first outcome that is not done.
  Outcome lead_to(const Tree& after) {
    for (const Step& step : steps_of(diff(scan(), after))) {
      const Outcome outcome = applier.apply(step, contents, {});
      CAPTURE(to_string(step), outcome.text);
      if (outcome.kind != Kind::done) return outcome;
    }
    return {};
  }
  Outcome put(const char* path, const char* before, const char* after) {
    return applier.apply(PutEntry{path, node(before), node(after)}, contents, {});
  }
  static Tree node(const char* content) {
    return content == nullptr ? nullptr : find(tree_of("n=" + std::string(content)), "n");
  }
  std::size_t staged() const {
    const fs::path directory = at(Staging::k_name);
    if (!fs::exists(directory)) return 0;
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(directory), fs::directory_iterator()));
  }

  test::TempDir temp;
  IgnoreRules rules;
  Root root{temp.path()};
  test::MemoryContents contents;
  Applier applier{root, std::nullopt, {.bytes = 1000, .entries = 3}};
};

}  // namespace

TEST_CASE("steps make a real directory of any tree into any other", "[sync][disk]") {
  for (unsigned seed = 0; seed < 150; ++seed) {
    CAPTURE(seed);
    test::RandomTrees trees(seed);
    Scene scene;
    const Tree first = trees.directory();
    const Tree second = trees.pick(2) == 0 ? trees.directory() : trees.edited(first);
    CHECK(scene.lead_to(first).kind == Kind::done);
    CHECK(to_string(scene.scan()) == to_string(first));
    CHECK(scene.lead_to(second).kind == Kind::done);
    CHECK(to_string(scene.scan()) == to_string(second));
  }
}

TEST_CASE("a file gets content, mode and time of the one that it stands for", "[sync][disk]") {
  Scene scene;
  const Tree after = Node::file(04750, 3, digest_of("new"), {.modified = 1'600'000'000'123'456'789});
  const Outcome outcome = scene.applier.apply(PutEntry{"a", nullptr, after}, scene.contents, {});
  REQUIRE(outcome.kind == Kind::done);
  CHECK(read_file(scene.at("a")) == "new");
  struct stat found {};
  REQUIRE(::stat(scene.at("a").c_str(), &found) == 0);
  CHECK((found.st_mode & 07777) == 04750);
  CHECK(stamp_of(found) == outcome.now->stamp());
  CHECK(outcome.now->stamp().modified == 1'600'000'000'123'456'789);
}

TEST_CASE("what is made belongs to whom it is made for", "[sync][disk]") {
  Scene scene;
  const Owner owner{::geteuid() == 0 ? 1234U : ::geteuid(), ::getegid() == 0 ? 1234U : ::getegid()};
  Applier applier(scene.root, owner);
  for (const char* path : {"d", "d/a"}) {
    const Tree after = find(tree_of("d/a=new"), path);
    REQUIRE(applier.apply(PutEntry{path, nullptr, after}, scene.contents, {}).kind == Kind::done);
    struct stat found {};
    REQUIRE(::stat(scene.at(path).c_str(), &found) == 0);
    CHECK(found.st_uid == owner.user);
    CHECK(found.st_gid == owner.group);
  }
}

TEST_CASE("what is not as it is counted on is left alone", "[sync][disk]") {
  Scene scene;
  scene.temp.write("a", "x");
  scene.temp.write("d/e", "x");
  CHECK(scene.put("a", "old", "new").kind == Kind::changed);
  CHECK(scene.put("a", "y", "new").kind == Kind::changed);
  CHECK(scene.put("a", nullptr, "new").kind == Kind::changed);
  CHECK(scene.put("d", nullptr, "new").kind == Kind::changed);
  CHECK(scene.put("d", "x", "new").kind == Kind::changed);
  CHECK(scene.put("gone", "x", "new").kind == Kind::changed);
  CHECK(scene.put("none/a", nullptr, "new").kind == Kind::changed);
  const auto remove = [&scene](const char* path, const Tree& before) {
    return scene.applier.apply(RemoveEntry{path, before}, scene.contents, {}).kind;
  };
  CHECK(remove("a", Scene::node("y")) == Kind::changed);
  CHECK(remove("d", tree_of("")) == Kind::changed);
  CHECK(remove("gone", Scene::node("y")) == Kind::done);
  const auto move = [&scene](const char* from, const char* to, const char* moved, const char* replaced) {
    const MoveEntry step{from, to, Scene::node(moved), Scene::node(replaced)};
    return scene.applier.apply(step, scene.contents, {}).kind;
  };
  CHECK(move("a", "d/e", "x", nullptr) == Kind::changed);
  CHECK(move("a", "b", "y", nullptr) == Kind::changed);
  CHECK(move("a", "d/e", "x", "y") == Kind::changed);
  CHECK(same(scene.scan(), tree_of("a=x d/e=x")));
  CHECK(scene.staged() == 0);
}

namespace {

/// A source during whose reading somebody else does something.
class InterruptedContents final : public ContentSource {
 public:
  InterruptedContents(ContentSource& inner, std::function<void()> edit) : inner_(inner), edit_(std::move(edit)) {}
  std::string read(const std::string& path, const Node& wanted, const std::function<void(std::string_view)>& sink,
                   const std::stop_token& stop) override {
    edit_();
    return inner_.read(path, wanted, sink, stop);
  }

 private:
  ContentSource& inner_;
  std::function<void()> edit_;
};

}  // namespace

TEST_CASE("what is changed while its successor is on the way is kept, and so is what takes its place", "[sync][disk]") {
  Scene scene;
  scene.temp.write("a", "old");
  const auto put_while = [&scene](std::function<void()> edit) {
    InterruptedContents contents(scene.contents, std::move(edit));
    return scene.applier.apply(PutEntry{"a", Scene::node("old"), Scene::node("new")}, contents, {}).kind;
  };
  SECTION("written") {
    CHECK(put_while([&] { scene.temp.write("a", "mine"); }) == Kind::changed);
    CHECK(read_file(scene.at("a")) == "mine");
  }
  SECTION("of the same length") {
    CHECK(put_while([&] { scene.temp.write("a", "own"); }) == Kind::changed);
    CHECK(read_file(scene.at("a")) == "own");
  }
  SECTION("replaced") {
    scene.temp.write("b", "own");
    CHECK(put_while([&] { fs::rename(scene.at("b"), scene.at("a")); }) == Kind::changed);
    CHECK(read_file(scene.at("a")) == "own");
  }
  SECTION("removed") {
    CHECK(put_while([&] { fs::remove(scene.at("a")); }) == Kind::changed);
    CHECK_FALSE(fs::exists(scene.at("a")));
  }
  CHECK(scene.staged() == 0);
}

TEST_CASE("what others left is trash within the same bounds", "[sync][disk]") {
  Scene scene;
  for (int i = 0; i < 10; ++i) scene.temp.write(std::string(Staging::k_name) + "/left-" + std::to_string(i), "x");
  REQUIRE(scene.put("a", nullptr, "new").kind == Kind::done);
  CHECK(scene.staged() == 3);
}

TEST_CASE("the root itself is neither removed, moved nor made a file", "[sync][disk]") {
  Scene scene;
  scene.temp.write("a", "x");
  for (const Step& step :
       {Step(RemoveEntry{"", tree_of("")}), Step(MoveEntry{"", "b", tree_of(""), nullptr}),
        Step(MoveEntry{"a", "", Scene::node("x"), nullptr}), Step(PutEntry{"", nullptr, Scene::node("x")}),
        Step(MoveEntry{".hoist-sync/a", "b", Scene::node("x"), nullptr})}) {
    CAPTURE(to_string(step));
    CHECK(scene.applier.apply(step, scene.contents, {}).kind == Kind::changed);
  }
  CHECK(same(scene.scan(), tree_of("a=x")));
}

TEST_CASE("no step leads out of the root", "[sync][disk]") {
  Scene scene;
  const test::TempDir outside;
  outside.write("secret", "x");
  fs::create_directory_symlink(outside.path(), scene.at("out"));
  fs::create_symlink(outside.path() / "secret", scene.at("l"));
  for (const char* path : {"out/a", "../a", "/tmp/a", "out/secret", ".hoist-sync/a", "a/../b", "."}) {
    CAPTURE(path);
    CHECK(scene.put(path, nullptr, "new").kind != Kind::done);
  }
  CHECK(scene.put("l", "x", "new").kind == Kind::changed);
  const MoveEntry in{"../x", "a", Scene::node("x"), nullptr};
  CHECK(scene.applier.apply(in, scene.contents, {}).kind != Kind::done);
  CHECK(read_file(outside.path() / "secret") == "x");
  CHECK(std::distance(fs::directory_iterator(outside.path()), fs::directory_iterator()) == 1);
}

TEST_CASE("content that is not what was announced never gets to its place", "[sync][disk]") {
  Scene scene;
  scene.temp.write("a", "old");
  const Tree other = Node::file(0644, 3, digest_of("not known"));
  CHECK(scene.applier.apply(PutEntry{"a", Scene::node("old"), other}, scene.contents, {}).kind == Kind::failed);
  const Tree larger = Node::file(0644, 4, digest_of("new"));
  CHECK(scene.applier.apply(PutEntry{"a", Scene::node("old"), larger}, scene.contents, {}).kind == Kind::changed);
  CHECK(read_file(scene.at("a")) == "old");
  CHECK(scene.staged() == 0);
}

TEST_CASE("a disk that is full harms nothing", "[sync][disk]") {
  Scene scene;
  scene.temp.write("a", "old");
  const std::string large(100'000, 'x');
  scene.contents.add(large);
  // A limit of this process stands for the disk's own.
  struct rlimit before {};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const struct rlimit small { 4096, before.rlim_max };
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const Tree after = Node::file(0644, large.size(), digest_of(large));
  const Outcome outcome = scene.applier.apply(PutEntry{"a", Scene::node("old"), after}, scene.contents, {});
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  std::signal(SIGXFSZ, handler);
  CHECK(outcome.kind == Kind::failed);
  CHECK(outcome.text == "cannot be written: File too large");
  CHECK(read_file(scene.at("a")) == "old");
  CHECK(scene.staged() == 0);
}

TEST_CASE("what is overwritten or removed is kept for a while", "[sync][disk]") {
  Scene scene;
  REQUIRE(scene.put("d", nullptr, "0").kind == Kind::done);
  REQUIRE(scene.put("d", "0", "1").kind == Kind::done);
  REQUIRE(scene.applier.apply(RemoveEntry{"d", Scene::node("1")}, scene.contents, {}).kind == Kind::done);
  CHECK(scene.staged() == 2);
  std::string kept;
  for (const auto& entry : fs::directory_iterator(scene.at(Staging::k_name))) kept += read_file(entry.path());
  CHECK((kept == "01" || kept == "10"));
  for (int i = 0; i < 5; ++i) {
    REQUIRE(scene.put("d", nullptr, "2").kind == Kind::done);
    REQUIRE(scene.applier.apply(RemoveEntry{"d", Scene::node("2")}, scene.contents, {}).kind == Kind::done);
  }
  CHECK(scene.staged() == 3);
}

TEST_CASE("the own directory goes when nothing is kept in it", "[sync][disk]") {
  const test::TempDir temp;
  test::MemoryContents contents;
  contents.add("new");
  const Root root(temp.path());
  {
    Applier applier(root, std::nullopt);
    REQUIRE(applier.apply(PutEntry{"a", nullptr, Scene::node("new")}, contents, {}).kind == Kind::done);
    CHECK(fs::exists(temp.path() / Staging::k_name));
  }
  CHECK_FALSE(fs::exists(temp.path() / Staging::k_name));
}

TEST_CASE("an own directory that another session has removed is made anew", "[sync][disk]") {
  Scene scene;
  REQUIRE(scene.put("a", nullptr, "1").kind == Kind::done);
  fs::remove_all(scene.at(Staging::k_name));
  CHECK(scene.put("b", nullptr, "2").kind == Kind::done);
  CHECK(scene.put("b", "2", "3").kind == Kind::done);
  CHECK(scene.staged() == 1);
}

TEST_CASE("a reader never sees a missing, short or torn file", "[sync][disk]") {
  Scene scene;
  std::vector<std::string> contents;
  for (const char c : {'a', 'b'}) contents.push_back(std::string(200'000, c));
  for (const std::string& content : contents) scene.contents.add(content);
  scene.temp.write("f", contents[0]);
  std::atomic<bool> done = false;
  std::atomic<int> torn = 0;
  std::jthread reader([&] {
    while (!done) {
      std::ifstream file(scene.at("f"), std::ios::binary);
      const std::string text{std::istreambuf_iterator<char>(file), {}};
      if (text != contents[0] && text != contents[1]) ++torn;
    }
  });
  for (int i = 0; i < 200; ++i) {
    const std::string& before = contents[static_cast<std::size_t>(i % 2)];
    const std::string& after = contents[static_cast<std::size_t>((i + 1) % 2)];
    const PutEntry put{"f", Node::file(0644, before.size(), digest_of(before)),
                       Node::file(0644, after.size(), digest_of(after))};
    CHECK(scene.applier.apply(put, scene.contents, {}).kind == Kind::done);
  }
  done = true;
  reader.join();
  CHECK(torn == 0);
}
