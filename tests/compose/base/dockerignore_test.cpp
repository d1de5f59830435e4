#include "compose/base/dockerignore.hpp"

#include <catch2/catch.hpp>

#include "compose/base/error.hpp"
#include "tests/support/temp_dir.hpp"

using namespace hoist;
using namespace hoist;

namespace {

struct Case {
  std::string rules;
  std::string path;
  bool excluded;
};

}  // namespace

TEST_CASE("rules match as Docker's do", "[ignore]") {
  const auto c = GENERATE(values<Case>({
      {"", "a", false},
      {"a", "a", true},
      {"a", "a/b/c", true},
      {"a", "b/a", false},
      {"a", "ab", false},
      {"/a", "a", true},
      {"a/", "a", true},
      {"a/", "a/b", true},
      {"./a/../b", "b", true},
      {"*", "a/b", true},
      {"*.md", "x.md", true},
      {"*.md", "d/x.md", false},
      {"*/x", "d/x", true},
      {"*/x", "d/e/x", false},
      {"*/*/x", "d/e/x", true},
      {"?x", "ax", true},
      {"?x", "/x", false},
      {"a?b", "a/b", false},
      {"**", "a/b", true},
      {"**/x", "x", true},
      {"**/x", "a/x", true},
      {"**/x", "a/b/x/y", true},
      {"**/x", "ax", false},
      {"**x", "a/x", true},
      {"**x", "ax", false},
      {"a/**/b", "a/b", true},
      {"a/**/b", "a/x/y/b", true},
      {"a/**/b", "a/xb", false},
      {"a/**", "a", false},
      {"a/**", "a/x/y", true},
      {"a**", "abc/d", true},
      {"**/*.go", "a/b.go", true},
      {"**/node_modules/", "a/node_modules/b", true},
      {"[a-c]x", "bx", true},
      {"[a-c]x", "dx", false},
      {"[^a-c]x", "dx", true},
      {"[^a-c]x", "ax", false},
      {"\\*", "*", true},
      {"\\*", "a", false},
      {"a.b", "axb", false},
      {"a+(b)|{c}$", "a+(b)|{c}$", true},
      {"# a\n", "# a", false},
      {"#a", "#a", false},
      {" a \r\n", "a", true},
      {"\xef\xbb\xbf"
       "a",
       "a", true},
      {"*\n!a", "a", false},
      {"*\n!a", "a/b", false},
      {"*\n!a\na/b", "a/b", true},
      {"!a\n*", "a", true},
      {"a\n!a/b", "a/b", false},
      {"a\n!a/b", "a/c", true},
      {"*\n! /a", "a", false},
      {"docs\n!docs/**/*.md", "docs/x/y.md", false},
      {"docs\n!docs/**/*.md", "docs/x/y.txt", true},
      {"**/.git", "sub/.git/config", true},
  }));
  CAPTURE(c.rules, c.path);
  CHECK(DockerIgnore(c.rules, ".dockerignore").excludes(c.path) == c.excluded);
}

TEST_CASE("an excluded directory is looked into only when a '!' rule may match below it", "[ignore]") {
  const auto c = GENERATE(values<Case>({
      {"a", "a", false},
      {"a\n!a/b", "a", true},
      {"a\n!b", "a", false},
      {"a\n!**/keep", "a", true},
      {"a\n!*/keep", "a", true},
      {"a\n!*/keep", "a/b", false},
      {"a\n!a/*/c", "a/x", true},
      {"a\n!ab/c", "a", false},
  }));
  CAPTURE(c.rules, c.path);
  CHECK(DockerIgnore(c.rules, ".dockerignore").may_include_below(c.path) == c.excluded);
}

TEST_CASE("a rule that cannot be read is an error with its line", "[ignore]") {
  const auto rules = GENERATE(as<std::string>{}, "a\n!", "a\n[", "a\n[]", "a\n[a-", "a\nb\\");
  CAPTURE(rules);
  CHECK_THROWS_WITH((DockerIgnore{rules, "x/.dockerignore"}), Catch::Matchers::StartsWith("x/.dockerignore:2:1: "));
}

TEST_CASE("many stars cost no more than time in proportion", "[ignore]") {
  std::string pattern;
  for (int i = 0; i < 60; ++i) pattern += "*a**/";
  CHECK_FALSE(DockerIgnore(pattern + "b", "f").excludes(std::string(400, 'a')));
}

TEST_CASE("the Dockerfile's own ignore file comes before the context's", "[ignore]") {
  const test::TempDir dir;
  dir.write(".dockerignore", "a");
  CHECK(load_dockerignore(dir.path(), dir.path() / "web.Dockerfile").excludes("a"));
  dir.write("web.Dockerfile.dockerignore", "b");
  const DockerIgnore ignore = load_dockerignore(dir.path(), dir.path() / "web.Dockerfile");
  CHECK_FALSE(ignore.excludes("a"));
  CHECK(ignore.excludes("b"));
  CHECK(load_dockerignore(dir.path(), {}).excludes("a"));
}
