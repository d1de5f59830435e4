#include "remote/docker/build_source.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/support/temp_dir.hpp"

using namespace hoist;
using namespace hoist::remote;
using namespace hoist::test;

TEST_CASE("a Dockerfile that is reached through a link is sent as a file of its own", "[docker][build]") {
  struct Row {
    const char* dockerfile;
    bool generated;
  };
  const Row row = GENERATE(
      values<Row>({{"", false}, {"sub/Dockerfile", false}, {"linked_file", true}, {"linked_dir/Dockerfile", true}}));
  CAPTURE(row.dockerfile);
  const TempDir context;
  const TempDir elsewhere;
  elsewhere.write("Dockerfile", "FROM elsewhere\n");
  context.write("Dockerfile", "FROM here\n");
  context.write("sub/Dockerfile", "FROM here\n");
  std::filesystem::create_symlink(elsewhere.path() / "Dockerfile", context.path() / "linked_file");
  std::filesystem::create_directory_symlink(elsewhere.path(), context.path() / "linked_dir");
  std::filesystem::create_directory_symlink(context.path(), elsewhere.path() / "context");
  // The way to the context itself may hold links.
  for (const std::filesystem::path& root : {context.path(), elsewhere.path() / "context"}) {
    compose::Service service;
    service.name = "web";
    service.build = compose::Build{.context = root.string(), .dockerfile = row.dockerfile};
    const BuildSource source = find_build_source(service);
    CHECK(source.generated == row.generated);
    CHECK(source.dockerfile_text == (row.generated ? "FROM elsewhere\n" : "FROM here\n"));
    CHECK(context_files(source).extra.contains(source.dockerfile) == row.generated);
  }
}
