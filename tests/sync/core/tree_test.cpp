#include "sync/core/tree.hpp"

#include <catch2/catch.hpp>

#include "tests/sync/core/tree_text.hpp"

using namespace hoist::sync;
using hoist::test::tree_of;

TEST_CASE("trees that hold the same are the same, whoever made them", "[sync]") {
  struct Case {
    const char* left;
    const char* right;
    bool expected;
  };
  const auto c = GENERATE(values<Case>({
      {"-", "-", true},
      {"-", "", false},
      {"", "", true},
      {"a=1 d/b=2", "d/b=2 a=1", true},
      {"a=1", "a=2", false},
      {"a=1", "b=1", false},
      {"a=1", "a=1:755", false},
      {"a=1", "a/", false},
      {"a=b", "a@b", false},
      {"a@b", "a@c", false},
      {"d/", "d/:700", false},
      {"d/e/f/g=1", "d/e/f/g=2", false},
      {"ab=1", "a/b=1", false},
  }));
  CAPTURE(c.left, c.right);
  CHECK(same(tree_of(c.left), tree_of(c.right)) == c.expected);
  CHECK(same(tree_of(c.right), tree_of(c.left)) == c.expected);
}

TEST_CASE("times and inodes make no difference", "[sync]") {
  CHECK(same(Node::file(0644, 1, digest_of("1"), {1, 2, 3}), Node::file(0644, 1, digest_of("1"))));
}

TEST_CASE("the mode of a node is no part of its content, that of what it holds is", "[sync]") {
  CHECK(same_content(tree_of("d/a=1"), Node::directory(0700, tree_of("d/a=1")->children())));
  CHECK_FALSE(same_content(tree_of("d/a=1"), tree_of("d/a=1:755")));
}

TEST_CASE("a node is found by its path", "[sync]") {
  const Tree tree = tree_of("a=1 d/b=2 d/e/c@x");
  CHECK(find(tree, "") == tree);
  CHECK(find(tree, "d/e/c")->target() == "x");
  CHECK(find(tree, "d/b")->size() == 1);
  CHECK(find(tree, "d")->size() == 3);
  for (const char* path : {"x", "a/b", "d/e/c/f", "d/", "d//b", "/d"}) {
    CAPTURE(path);
    CHECK((find(tree, path) == nullptr || std::string_view(path) == "d/"));
  }
  CHECK(find(nullptr, "a") == nullptr);
}

TEST_CASE("paths are put together and taken apart", "[sync]") {
  CHECK(joined("", "a") == "a");
  CHECK(joined("a", "b") == "a/b");
  CHECK(joined("a", "") == "a");
  CHECK(parent_of("a/b/c") == "a/b");
  CHECK(parent_of("a").empty());
  CHECK(name_of("a/b/c") == "c");
  CHECK(name_of("a") == "a");
}

TEST_CASE("a tree as text", "[sync]") {
  CHECK(to_string(tree_of("d/b=2:755 d/l@x s=1:4755")) ==
        "d 755 .\n"
        "d 755 d\n"
        "f 755 d/b " +
            to_string(digest_of("2")).substr(0, 8) +
            "\n"
            "l d/l -> x\n"
            "f 4755 s " +
            to_string(digest_of("1")).substr(0, 8) + "\n");
  CHECK(to_string(Tree()).empty());
}
