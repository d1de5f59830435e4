#include "remote/agent/image.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "compose/base/file.hpp"
#include "compose/base/process.hpp"
#include "tests/support/temp_dir.hpp"

using namespace hoist;

TEST_CASE("the agent is small and runs by itself", "[agent]") {
  const std::string_view image = agent::agent_image("amd64");
  REQUIRE_FALSE(image.empty());
  CHECK(image.size() < 2'000'000);
  CHECK(image.find("/lib64/ld-linux") == std::string_view::npos);  // it asks for no loader
  const test::TempDir directory;
  const std::string path = directory.write("agent", image).string();
  REQUIRE(::chmod(path.c_str(), 0700) == 0);
  SystemProcessRunner processes;
  const ProcessResult version = processes.run({.argv = {path, "--version"}}, {});
  CHECK(version.status.code == 0);
  CHECK_THAT(version.out, Catch::StartsWith("hoist-agent "));
  CHECK(processes.run({.argv = {path}}, {}).status.code == 2);
}

TEST_CASE("an agent's place in a container stands for its bytes", "[agent]") {
  CHECK(agent::agent_path("a") != agent::agent_path("b"));
  CHECK(agent::agent_path("a") == agent::agent_path("a"));
  CHECK_THAT(agent::agent_path("a"), Catch::StartsWith("/.hoist-agent-"));
  CHECK(agent::agent_image("riscv64").empty());
}
