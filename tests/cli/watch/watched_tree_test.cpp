#include "cli/watch/watched_tree.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "compose/base/error.hpp"
#include "sync/session/rules.hpp"
#include "tests/support/temp_dir.hpp"

namespace hoist::cli {
namespace {

using compose::Service;
using compose::WatchRule;

/// A service that is built in a directory of its own.
struct Scene {
  test::TempDir directory;
  Service service;

  Scene() {
    directory.write("web/src/main.py", "");
    directory.write("web/a[b].txt", "");
    service.build.emplace();
    service.build->context = at("web");
    service.build->dockerfile = "Dockerfile";
  }
  std::string at(const std::string& path) const { return (directory.path() / path).string(); }
  WatchedTree tree(WatchRule rule) const {
    rule.path = at(rule.path);
    return watched_tree(service, rule);
  }
  sync::IgnoreRules rules(WatchRule rule) const { return sync::rules_of({.rules = tree(std::move(rule)).rules}); }
};

}  // namespace

TEST_CASE("a directory is what it is called, here and there", "[watch]") {
  const Scene scene;
  const WatchedTree tree = scene.tree({.path = "web/src/", .target = "/app/src"});
  CHECK(tree.root == scene.at("web/src"));
  CHECK(tree.far_root == "/app/src");
}

TEST_CASE("one file is all that counts of the directory that holds it", "[watch]") {
  const Scene scene;
  const WatchRule rule{.path = "web/a[b].txt", .target = "/etc/app/a[b].txt"};
  CHECK(scene.tree(rule).root == scene.at("web"));
  CHECK(scene.tree(rule).far_root == "/etc/app");
  const sync::IgnoreRules rules = scene.rules(rule);
  CHECK_FALSE(rules.ignores("a[b].txt", false));
  CHECK(rules.ignores("ab.txt", false));
  CHECK(rules.ignores("src", true));
  CHECK_FALSE(rules.may_have_wanted_below("src"));
  CHECK(scene.tree({.path = "web/a[b].txt", .target = "/etc/app/"}).far_root == "/etc/app");
  CHECK_THROWS_WITH(scene.tree({.path = "web/a[b].txt", .target = "/etc/app/b.txt"}), Catch::Contains("another name"));
}

TEST_CASE("what the build leaves behind is no part of the tree, seen from the context", "[watch]") {
  const Scene scene;
  scene.directory.write("web/.dockerignore", "src/cache\n**/*.pyc\nmain.py\n");
  const sync::IgnoreRules rules = scene.rules({.path = "web/src", .target = "/app"});
  CHECK(rules.ignores("cache", true));
  CHECK(rules.ignores("a/b.pyc", false));
  CHECK_FALSE(rules.ignores("main.py", false));
  scene.directory.write("web/Dockerfile.dockerignore", "src/main.py\n");
  CHECK(scene.rules({.path = "web/src", .target = "/app"}).ignores("main.py", false));
  std::filesystem::create_directory_symlink(scene.at("web"), scene.at("link"));
  CHECK(scene.rules({.path = "link/src", .target = "/app"}).ignores("main.py", false));
  scene.directory.write("else/x", "");
  CHECK_FALSE(scene.rules({.path = "else", .target = "/app"}).ignores("src/main.py", false));
}

TEST_CASE("a rule's own lists are relative to its path", "[watch]") {
  const Scene scene;
  const sync::IgnoreRules rules = scene.rules(
      {.path = "web", .target = "/app", .ignore = {"*.log", "src/old"}, .include = {"**/*.py", "**/*.log"}});
  CHECK(rules.ignores("a.log", false));
  CHECK_FALSE(rules.ignores("src/a.log", false));
  CHECK(rules.ignores("src/old/a.py", false));
  CHECK(rules.ignores("readme", false));
  CHECK(rules.may_have_wanted_below("src"));
}

TEST_CASE("what editors leave lying about is no edit", "[watch]") {
  const Scene scene;
  const sync::IgnoreRules rules = scene.rules({.path = "web", .target = "/app"});
  for (const char* path : {".git/index", "src/.main.py.swp", "src/4913", "src/.#main.py", "src/#main.py#",
                           "main.py___jb_tmp___", ".goutputstream-1234", "src/main.py~", ".idea/workspace.xml"}) {
    CAPTURE(path);
    CHECK(rules.ignores(path, false));
  }
  CHECK_FALSE(rules.ignores("src/.env", false));
  CHECK_FALSE(rules.ignores(".github/x", false));
}

TEST_CASE("what is mounted already need not be carried over", "[watch]") {
  Scene scene;
  scene.service.volumes = {{.type = compose::Mount::Type::bind, .source = scene.at("web"), .target = "/app"}};
  CHECK(is_mounted(scene.service, {.path = scene.at("web/src"), .target = "/app/src/"}));
  CHECK(is_mounted(scene.service, {.path = scene.at("web"), .target = "/app"}));
  CHECK_FALSE(is_mounted(scene.service, {.path = scene.at("web/src"), .target = "/srv"}));
  CHECK_FALSE(is_mounted(scene.service, {.path = scene.at("website"), .target = "/app"}));
  std::filesystem::create_directory_symlink(scene.at("web"), scene.at("link"));
  CHECK(is_mounted(scene.service, {.path = scene.at("link/src"), .target = "/app/src"}));
  scene.service.volumes.front().type = compose::Mount::Type::volume;
  CHECK_FALSE(is_mounted(scene.service, {.path = scene.at("web"), .target = "/app"}));
}

TEST_CASE("a path that is not there is named", "[watch]") {
  const Scene scene;
  CHECK_THROWS_WITH(scene.tree({.path = "none"}), Catch::Contains("there is no") && Catch::Contains("none"));
}

}  // namespace hoist::cli
