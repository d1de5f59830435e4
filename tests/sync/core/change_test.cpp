#include "sync/core/change.hpp"

#include <catch2/catch.hpp>

#include "tests/sync/core/tree_text.hpp"

using namespace hoist::sync;
using hoist::test::tree_of;

namespace {

std::vector<std::string> texts(const std::vector<Change>& changes) {
  std::vector<std::string> out;
  for (const Change& change : changes) out.push_back(to_string(change));
  return out;
}

struct Case {
  const char* before;
  const char* after;
  std::vector<std::string> expected;
};

}  // namespace

TEST_CASE("the difference of two trees is the fewest and highest places that differ", "[sync]") {
  const auto c = GENERATE(values<Case>({
      {"-", "-", {}},
      {"a=1 d/b=2", "a=1 d/b=2", {}},
      {"-", "a=1", {"create "}},
      {"a=1", "-", {"remove "}},
      {"a=1", "a=1 b=2", {"create b"}},
      {"a=1 d/b=2 d/c=3", "a=1", {"remove d"}},
      {"d/b=2 d/c=3", "d/b=2 d/c=4", {"replace d/c"}},
      {"d/b=2", "d=2", {"replace d (directory by file)"}},
      {"l@x", "l@y", {"replace l"}},
      {"d/a=1", "d/:700 d/a=2", {"set mode of d", "replace d/a"}},
      {"a=1", "a=1:755", {"replace a"}},
      {"a=1 b=2 c=3", "a=2 c=4 d=1", {"replace a", "remove b", "replace c", "create d"}},
  }));
  CAPTURE(c.before, c.after);
  const Tree before = tree_of(c.before);
  const Tree after = tree_of(c.after);
  const std::vector<Change> changes = diff(before, after);
  CHECK(texts(changes) == c.expected);
  CHECK(same(with_changes(before, changes), after));
}

TEST_CASE("what did not change is shared, not copied", "[sync]") {
  const Tree before = tree_of("a/x=1 b/y=2");
  const Tree after = with_changes(before, {{"a/x", find(before, "a/x"), find(tree_of("n=3"), "n")}});
  CHECK(find(after, "b") == find(before, "b"));
  CHECK(same(after, tree_of("a/x=3 b/y=2")));
}

TEST_CASE("a change below a new directory is made in it, one below nothing is left out", "[sync]") {
  const Tree file = find(tree_of("n=1"), "n");
  CHECK(same(with_changes(tree_of(""), {{"d", nullptr, tree_of("")}, {"d/n", nullptr, file}}), tree_of("d/n=1")));
  CHECK(same(with_changes(tree_of("a=1"), {{"d/n", nullptr, file}, {"a/n", nullptr, file}}), tree_of("a=1")));
}

TEST_CASE("names that sort between a directory and what it holds do no harm", "[sync]") {
  const Tree before = tree_of("a/x=1 a.b=2 a-c/y=3");
  const Tree after = tree_of("a/x=2 a/z=1 a.b=3 a-c/y=4");
  CHECK(same(with_changes(before, diff(before, after)), after));
}

TEST_CASE("new content is told from what is only removed or set", "[sync]") {
  const auto adds = [](const char* before, const char* after) {
    const std::vector<Change> changes = diff(tree_of(before), tree_of(after));
    REQUIRE(changes.size() == 1);
    return adds_content(changes.front());
  };
  CHECK(adds("", "a=1"));
  CHECK(adds("a=1", "a=2"));
  CHECK(adds("a/b=1", "a=1"));
  CHECK_FALSE(adds("a=1", ""));
  CHECK_FALSE(adds("a=1", "a=1:755"));
  CHECK_FALSE(adds("d/", "d/:700"));
}
