#include "sync/core/ignore.hpp"

#include <catch2/catch.hpp>

#include "compose/base/error.hpp"

using namespace hoist;
using namespace hoist::sync;

TEST_CASE("without rules only the own files of the engine are left alone", "[sync][ignore]") {
  CHECK_FALSE(IgnoreRules().ignores("a/b", false));
  CHECK_FALSE(IgnoreRules().ignores("a/hoist-b/.hoist", false));
  CHECK(IgnoreRules().ignores(".hoist-cookie-1", false));
  CHECK(IgnoreRules().ignores("a/.hoist-sync/b", false));
  CHECK_FALSE(IgnoreRules().may_have_wanted_below("a/.hoist-sync"));
}

TEST_CASE("each list of Docker's kind excludes by itself", "[sync][ignore]") {
  IgnoreRules rules;
  rules.add_docker("*.log\n!keep.log", ".dockerignore");
  rules.add_docker("node_modules\n", "compose.yaml");
  CHECK(rules.ignores("a.log", false));
  CHECK_FALSE(rules.ignores("keep.log", false));
  CHECK(rules.ignores("node_modules", true));
  CHECK(rules.ignores("node_modules/keep.log", false));
  CHECK_FALSE(rules.ignores("src", true));
  CHECK_THROWS_AS(rules.add_docker("[a", "x"), Error);
}

TEST_CASE("below an excluded directory is looked where something is taken back", "[sync][ignore]") {
  IgnoreRules rules;
  rules.add_docker("*\n!src/app", ".dockerignore");
  CHECK(rules.ignores("src", true));
  CHECK(rules.may_have_wanted_below("src"));
  CHECK_FALSE(rules.ignores("src/app/a.py", false));
  CHECK_FALSE(rules.may_have_wanted_below("docs"));
}

TEST_CASE("a list may be about a directory that holds the root", "[sync][ignore]") {
  IgnoreRules rules;
  rules.add_docker("*\n!web/src\nweb/src/cache\n", ".dockerignore", "web/src");
  CHECK_FALSE(rules.ignores("main.py", false));
  CHECK(rules.ignores("cache", true));
  CHECK_FALSE(rules.may_have_wanted_below("cache"));
  IgnoreRules other;
  other.add_docker("*\n!web/src\n", ".dockerignore", "api");
  CHECK(other.ignores("main.py", false));
}

TEST_CASE("below what git ignores nothing is wanted", "[sync][ignore]") {
  IgnoreRules rules;
  rules.set_git("build/\n!build/keep\n");
  CHECK(rules.ignores("build", true));
  CHECK_FALSE(rules.may_have_wanted_below("build"));
  CHECK(rules.ignores("build/keep", false));
  CHECK_FALSE(rules.ignores("build", false));
}

TEST_CASE("a deeper file of git wins over an outer one, until it goes", "[sync][ignore]") {
  IgnoreRules rules;
  rules.set_git("*.o\n");
  rules.set_git("!keep.o\n/local\n", "lib/sub");
  CHECK(rules.ignores("lib/sub/a.o", false));
  CHECK_FALSE(rules.ignores("lib/sub/keep.o", false));
  CHECK(rules.ignores("lib/keep.o", false));
  CHECK(rules.ignores("lib/sub/local", false));
  CHECK_FALSE(rules.ignores("lib/local", false));
  rules.remove_git("lib/sub");
  CHECK(rules.ignores("lib/sub/keep.o", false));
}

TEST_CASE("with a list of what to take all else is left alone, but is looked into", "[sync][ignore]") {
  IgnoreRules rules;
  rules.take_only("*.py\nweb", "compose.yaml");
  CHECK_FALSE(rules.ignores("a.py", false));
  CHECK(rules.ignores("a.txt", false));
  CHECK_FALSE(rules.ignores("web/x.txt", false));
  CHECK(rules.ignores("lib", true));
  CHECK(rules.may_have_wanted_below("lib"));
}
