#include <catch2/catch.hpp>

#include "cli/run_service.hpp"
#include "tests/cli/program_under_test.hpp"

namespace hoist::cli {
namespace {

using Catch::Matchers::Contains;
using compose::Mount;
using compose::Service;
using Strings = std::vector<std::string>;

Service file_service() {
  Service service;
  service.name = "web";
  service.image = "busybox";
  service.command = Strings{"serve"};
  service.entrypoint = Strings{"/entry"};
  service.environment = {{"A", "file"}, {"B", "file"}};
  service.ports = {{.target = 80, .published = "8080"}};
  service.volumes = {{.type = Mount::Type::volume, .source = "data", .volume_name = "shop_data", .target = "/data"}};
  service.restart = "always";
  service.scale = 3;
  return service;
}

compose::Project project() {
  compose::Project project;
  project.name = "shop";
  project.environment = {{"FROM_SHELL", "shell"}, {"HOME", "/home/me"}};
  project.volumes["data"].name = "shop_data";
  return project;
}

Service changed(const RunChanges& changes) {
  return service_for_run(project(), file_service(), changes, "/here");
}

TEST_CASE("a one-off publishes nothing, restarts never and is one, unless told otherwise", "[cli]") {
  const Service service = changed({});
  CHECK(service.ports.empty());
  CHECK(service.restart.empty());
  CHECK(service.scale == 1);
  CHECK(service.command == file_service().command);
  CHECK(changed({.service_ports = true}).ports == file_service().ports);
}

TEST_CASE("ports of the command line come to those that are kept", "[cli]") {
  const Service service = changed({.publish = {"9000:90"}, .service_ports = true});
  REQUIRE(service.ports.size() == 2);
  CHECK(service.ports[1].target == 90);
  CHECK(service.ports[1].published == "9000");
}

TEST_CASE("a new entrypoint drops the file's command, not the one that is given", "[cli]") {
  CHECK(changed({.entrypoint = "sh -c 'a b'"}).entrypoint == Strings{"sh", "-c", "a b"});
  CHECK(changed({.entrypoint = "sh"}).command == Strings{});
  CHECK(changed({.command = {"-x"}, .entrypoint = "sh"}).command == Strings{"-x"});
}

TEST_CASE("variables: a value wins over the file, a name alone takes the shell's", "[cli]") {
  const Service service = changed({.environment = {"A=line", "FROM_SHELL", "NOWHERE", "E="}});
  CHECK(service.environment ==
        compose::EnvironmentMap{
            {"A", "line"}, {"B", "file"}, {"E", ""}, {"FROM_SHELL", "shell"}, {"NOWHERE", std::nullopt}});
  CHECK_THROWS_AS(changed({.environment = {"=x"}}), Error);
}

TEST_CASE("mounts: relative sources start here, a volume of the project keeps its name, a target is mounted once",
          "[cli]") {
  CHECK(changed({.volumes = {"./src:/src"}}).volumes[1].source == "/here/src");
  CHECK(changed({.volumes = {"~/src:/src"}}).volumes[1].source == "/home/me/src");
  CHECK(changed({.volumes = {"data:/more"}}).volumes[1].volume_name == "shop_data");
  const Service replaced = changed({.volumes = {"/other:/data"}});
  REQUIRE(replaced.volumes.size() == 1);
  CHECK(replaced.volumes[0].type == Mount::Type::bind);
}

TEST_CASE("run gives the command's own exit code and output", "[cli]") {
  ProgramUnderTest program("services: {web: {image: busybox, depends_on: [db]}, db: {image: busybox}}\n");
  program.engine().script("web", {.output = {{compose::OutputStream::out, "ran\n"}}, .exit_code = 5});
  const Ran ran = program.run({"--progress", "quiet", "run", "--rm", "-T", "web", "sh"});
  CHECK(ran.code == 5);
  CHECK(ran.out == "ran\n");
  CHECK(program.containers() == Strings{"shop-db-1 running"});
}

TEST_CASE("run --no-deps starts nothing else, -d prints the container's name", "[cli]") {
  ProgramUnderTest program("services: {web: {image: busybox, depends_on: [db]}, db: {image: busybox}}\n");
  const Ran ran = program.run({"run", "--no-deps", "-d", "--name", "mine", "web"});
  CHECK(ran.code == 0);
  CHECK(ran.out == "mine\n");
  CHECK(program.containers() == Strings{"mine running"});
}

TEST_CASE("run --rm that fails leaves somebody else's container of that name alone", "[cli]") {
  ProgramUnderTest program("services: {web: {image: busybox}}\n");
  program.run({"run", "-d", "--name", "theirs", "web"});
  CHECK(program.run({"run", "--rm", "-d", "--name", "theirs", "web"}).code == 1);
  CHECK(program.containers() == Strings{"theirs running"});
}

TEST_CASE("options after the service belong to the command", "[cli]") {
  ProgramUnderTest program("services: {web: {image: busybox}}\n");
  const Ran ran = program.run({"run", "--dry-run", "web", "ls", "--rm"});
  CHECK(ran.code == 0);
  CHECK_THAT(ran.out, Contains("create container shop-web-run-"));
}

}  // namespace
}  // namespace hoist::cli
