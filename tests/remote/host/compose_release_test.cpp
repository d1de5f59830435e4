#include "remote/host/compose_release.hpp"

#include <catch2/catch.hpp>

#include "tests/support/fake_process_runner.hpp"
#include "tests/support/temp_dir.hpp"

namespace hoist::remote {
namespace {

using Strings = std::vector<std::string>;

/// A machine with a home and places for plugins, all below a directory of its own.
class Machine {
 public:
  Machine() {
    search.home = temp.path() / "home";
    search.system_root = temp.path() / "root";
  }
  std::string install(const std::string& place, std::string_view content = "one") {
    const std::filesystem::path path = temp.write(place, content);
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path.string();
  }
  std::string release() { return docker_compose_release(search, processes, {}); }

  test::TempDir temp;
  PluginSearch search;
  test::FakeProcessRunner processes;
};

TEST_CASE("without Docker Compose nothing is run", "[host]") {
  Machine machine;
  CHECK(machine.release().empty());
  CHECK(machine.processes.commands().empty());
}

TEST_CASE("the release is asked once, and again when the program has changed", "[host]") {
  Machine machine;
  const std::string program = machine.install("root/usr/libexec/docker/cli-plugins/docker-compose");
  machine.processes.answer(program, "2.40.3\n");
  CHECK(machine.release() == "2.40.3");
  CHECK(machine.release() == "2.40.3");
  CHECK(machine.processes.commands() == Strings{program + " version --short"});
  machine.install("root/usr/libexec/docker/cli-plugins/docker-compose", "another one");
  machine.processes.answer(program, "v5.1.0\n");
  CHECK(machine.release() == "5.1.0");
}

TEST_CASE("the user's own plugin goes before the machine's, that before PATH", "[host]") {
  Machine machine;
  machine.search.environment["PATH"] = (machine.temp.path() / "bin").string();
  const auto found = [&machine] { return find_docker_compose(machine.search).value_or("none").string(); };
  const std::string in_path = machine.install("bin/docker-compose");
  CHECK(found() == in_path);
  const std::string of_machine = machine.install("root/usr/lib/docker/cli-plugins/docker-compose");
  CHECK(found() == of_machine);
  const std::string own = machine.install("home/.docker/cli-plugins/docker-compose");
  CHECK(found() == own);
  machine.search.environment["DOCKER_CONFIG"] = (machine.temp.path() / "config").string();
  CHECK(found() == of_machine);
  const std::string configured = machine.install("config/cli-plugins/docker-compose");
  CHECK(found() == configured);
}

TEST_CASE("what is no release of version 2 or newer is none", "[host]") {
  Machine machine;
  const std::string program = machine.install("home/.docker/cli-plugins/docker-compose");
  const auto [answer, code] = GENERATE(table<std::string, int>({{"1.29.2", 0}, {"dev", 0}, {"", 0}, {"2.40.3", 1}}));
  machine.processes.answer(program, answer, code);
  CHECK(machine.release().empty());
}

TEST_CASE("a cache that cannot be used is no fault", "[host]") {
  Machine machine;
  const std::string program = machine.install("home/.docker/cli-plugins/docker-compose");
  machine.temp.write("home/.cache/hoist", "a file where the directory should be");
  machine.processes.answer(program, "2.40.3");
  CHECK(machine.release() == "2.40.3");
}

}  // namespace
}  // namespace hoist::remote
