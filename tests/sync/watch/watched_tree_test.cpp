#include "sync/watch/watched_tree.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace hoist::sync;

namespace {

WatchedTree some() {
  WatchedTree tree;
  tree.put("", 1);
  tree.put("a", 2);
  tree.put("a/b", 3);
  tree.put("a.b", 4);
  tree.put("ab/c", 5);
  return tree;
}

std::vector<int> sorted(std::vector<int> watches) {
  std::sort(watches.begin(), watches.end());
  return watches;
}

}  // namespace

TEST_CASE("a watch is found by its directory and the other way round", "[sync][watch]") {
  const WatchedTree tree = some();
  CHECK(*tree.path_of(3) == "a/b");
  CHECK(tree.path_of(9) == nullptr);
  CHECK(tree.has("a.b"));
  CHECK_FALSE(tree.has("ab"));
  CHECK(tree.size() == 5);
}

TEST_CASE("a directory goes with all below it, and with nothing beside it", "[sync][watch]") {
  WatchedTree tree = some();
  CHECK(sorted(tree.take_below("a")) == std::vector<int>{2, 3});
  CHECK(tree.has("a.b"));
  CHECK(sorted(tree.take_below("ab")) == std::vector<int>{5});
  CHECK(sorted(tree.take_below("")) == std::vector<int>{1, 4});
  CHECK(tree.size() == 0);
}

TEST_CASE("what is noted anew replaces what was noted of either", "[sync][watch]") {
  WatchedTree tree = some();
  tree.put("moved", 3);
  CHECK_FALSE(tree.has("a/b"));
  CHECK(*tree.path_of(3) == "moved");
  tree.put("a", 7);
  CHECK(tree.path_of(2) == nullptr);
  tree.remove(7);
  CHECK_FALSE(tree.has("a"));
}
