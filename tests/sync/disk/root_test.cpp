#include "sync/disk/root.hpp"

#include <fcntl.h>

#include <catch2/catch.hpp>
#include <cerrno>

#include "compose/base/error.hpp"
#include "sync/core/path.hpp"
#include "tests/support/temp_dir.hpp"

using namespace hoist;
using namespace hoist::sync;

TEST_CASE("a path that a peer sends names something below the root, or is refused", "[sync]") {
  for (const char* path : {"", "a", "a/b", ".a", "a..b", "...", "a b\n"}) {
    CAPTURE(path);
    CHECK(is_valid_path(path));
  }
  for (const std::string& path : {std::string("/a"), std::string("a/"), std::string("a//b"), std::string("."),
                                  std::string(".."), std::string("a/../b"), std::string("a/."), std::string("a\0b", 3),
                                  std::string(256, 'a'), std::string(5000, 'a')}) {
    CAPTURE(path);
    CHECK_FALSE(is_valid_path(path));
  }
}

TEST_CASE("a root opens the directories below it and nothing else", "[sync]") {
  const test::TempDir temp;
  temp.write("root/a/b/file", "");
  temp.write("outside/file", "");
  std::filesystem::create_directory_symlink("../outside", temp.path() / "root/out");
  std::filesystem::create_directory_symlink("a", temp.path() / "root/in");
  const Root root(temp.path() / "root");
  CHECK(root.open_directory("", O_PATH));
  CHECK(root.open_directory("a/b", O_RDONLY));
  for (const char* path : {"out", "in", "in/b", "..", "../outside", "/", "a/b/file", "none"}) {
    CAPTURE(path);
    CHECK_FALSE(root.open_directory(path, O_PATH));
    CHECK(errno != 0);
  }
}

TEST_CASE("a root that is not there, or is no directory, is a fault", "[sync]") {
  const test::TempDir temp;
  temp.write("file", "");
  CHECK_THROWS_WITH(Root(temp.path() / "none"), Catch::Contains("No such file"));
  CHECK_THROWS_AS(Root(temp.path() / "file"), Error);
}
