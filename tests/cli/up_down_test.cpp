#include <signal.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

#include "tests/cli/program_under_test.hpp"

namespace hoist::cli {
namespace {

using Catch::Matchers::Contains;
using Strings = std::vector<std::string>;

const char* const k_two = R"(
services:
  web: {image: busybox, depends_on: [db]}
  db: {image: busybox}
)";

TEST_CASE("up brings the project up and says nothing to standard output", "[cli]") {
  ProgramUnderTest program(k_two);
  const Ran ran = program.run({"up", "-d"});
  CHECK(ran.code == 0);
  CHECK(ran.out.empty());
  CHECK(program.containers() == Strings{"shop-db-1 running", "shop-web-1 running"});
  CHECK_THAT(ran.err, Contains("image busybox  pulling\n"));
}

TEST_CASE("an up with nothing to do says what runs", "[cli]") {
  ProgramUnderTest program(k_two);
  program.run({"up", "-d"});
  program.engine().forget_applied();
  const Ran ran = program.run({"up", "-d"});
  CHECK(ran.code == 0);
  CHECK(ran.err == "shop is up to date: 2 containers running\n");
  CHECK(program.engine().applied().empty());
  CHECK(program.run({"--progress", "quiet", "up", "-d"}).err.empty());
}

TEST_CASE("what up does not do yet is said in one line and the rest is done", "[cli]") {
  ProgramUnderTest program("services: {job: {image: busybox}}\n");
  program.engine().script("job", {.exit_code = 0});
  const Ran ran = program.run({"up", "--menu"});
  CHECK(ran.code == 0);
  CHECK_THAT(ran.err, Contains("warning: '--menu' is not there yet: "));
  CHECK_THAT(program.run({"up", "--menu=false"}).err, !Contains("not there yet"));
}

TEST_CASE("a watch of nothing is said, and goes with what stays in the foreground only", "[cli]") {
  ProgramUnderTest program("services: {job: {image: busybox}}\n");
  program.engine().script("job", {.exit_code = 0});
  CHECK_THAT(program.run({"up", "--watch"}).err, Contains("there is nothing to watch"));
  CHECK(program.run({"up", "--watch", "-d"}).code == 2);
  CHECK(program.run({"up", "--watch", "--no-build"}).code == 2);
  const Ran alone = program.run({"watch"});
  CHECK(alone.code == 2);
  CHECK_THAT(alone.err, Contains("develop.watch"));
}

TEST_CASE("a container that the engine takes back before its start is made anew", "[cli]") {
  ProgramUnderTest program("services: {db: {image: busybox}, web: {image: busybox}}\n");
  program.run({"create"});
  program.engine().forget_applied();
  const compose::ResourceKey web{compose::ResourceKind::container, "shop-web-1"};
  program.engine().hold(web);
  const std::jthread engine([&program, &web](const std::stop_token& stop) {
    while (!stop.stop_requested() && program.engine().applied().empty()) std::this_thread::yield();
    program.engine().edit([](compose::ObservedState& state) {
      std::erase_if(state.containers, [](const compose::ObservedContainer& each) { return each.service == "web"; });
    });
    program.engine().release(web);
  });
  const Ran ran = program.run({"up", "-d"});
  CHECK(ran.code == 0);
  CHECK_THAT(ran.err, Contains("making it anew"));
  CHECK(program.engine().state().containers.size() == 2);
}

TEST_CASE("a container is replaced with the reason in words", "[cli]") {
  ProgramUnderTest program("services: {web: {image: busybox}}\n");
  program.run({"up", "-d"});
  program.write("services: {web: {image: busybox, environment: {A: b}}}\n");
  const Ran ran = program.run({"up", "-d"});
  CHECK(ran.code == 0);
  CHECK_THAT(ran.err, Contains("container shop-web-1  replacing because "));
}

TEST_CASE("a dry run prints images and containers as one plan and does nothing", "[cli]") {
  ProgramUnderTest program(k_two);
  const Ran ran = program.run({"up", "-d", "--dry-run"});
  CHECK(ran.code == 0);
  CHECK(ran.err.empty());
  CHECK_THAT(ran.out, Contains("#1 pull image busybox") && Contains("#2 ") && Contains("start container shop-web-1"));
  CHECK(program.engine().applied().empty());
}

TEST_CASE("what the engine knows to be wrong is told before anything is touched", "[cli]") {
  ProgramUnderTest program(k_two);
  program.engine().refuse({.path = "services.web.build", .message = "the build context '/x' does not exist"});
  program.engine().refuse({.path = "services.db.build", .message = "there is no Dockerfile '/y'"});
  const Ran ran = program.run({"up", "-d"});
  CHECK(ran.code == 2);
  CHECK_THAT(ran.err, Contains("services.web.build: the build context") && Contains("there is no Dockerfile"));
  CHECK(program.engine().applied().empty());
}

TEST_CASE("what the engine leaves out is one warning, and an error with --strict", "[cli]") {
  ProgramUnderTest program(k_two);
  program.engine().leave_out({.path = "services.web.gpus", .message = "needs Docker 99.0"});
  program.engine().leave_out({.path = "services.db.pid", .message = "needs Docker 99.0"});
  SECTION("a warning") {
    const Ran ran = program.run({"up", "-d"});
    CHECK(ran.code == 0);
    CHECK_THAT(ran.err, Contains("warning: this engine does not know these attributes, they are left out:\n"
                                 "  services.web.gpus: needs Docker 99.0\n"
                                 "  services.db.pid: needs Docker 99.0\n"));
    const std::size_t first = ran.err.find("left out");
    CHECK(ran.err.find("left out", first + 1) == std::string::npos);
    CHECK(program.containers().size() == 2);
  }
  SECTION("an error before anything is touched") {
    const Ran ran = program.run({"--strict", "up", "-d"});
    CHECK(ran.code == 2);
    CHECK_THAT(ran.err, Contains("error: services.web.gpus: is not carried out: needs Docker 99.0") &&
                            Contains("services.db.pid"));
    CHECK(program.engine().applied().empty());
  }
}

TEST_CASE("what has no effect on any engine is one warning, and an error with --strict", "[cli]") {
  ProgramUnderTest program("services: {web: {image: busybox, deploy: {endpoint_mode: vip, mode: global}}}\n");
  CHECK_THAT(program.run({"up", "-d"}).err,
             Contains("warning: these attributes have no effect:\n") &&
                 Contains("compose.yaml:1:43: services.web.deploy.endpoint_mode: has a meaning in a swarm only\n") &&
                 Contains("compose.yaml:1:69: services.web.deploy.mode: 'global' has a meaning in a swarm only\n"));
  const Ran ran = program.run({"--strict", "up", "-d"});
  CHECK(ran.code == 2);
  CHECK_THAT(ran.err, Contains("services.web.deploy.mode: is not carried out: 'global' has a meaning in a swarm only"));
}

TEST_CASE("options of up that contradict each other are refused before anything is touched", "[cli]") {
  const Strings words = GENERATE(values<Strings>({{"--build", "--no-build"},
                                                  {"--wait", "--abort-on-container-exit"},
                                                  {"--wait", "--attach", "web"},
                                                  {"-d", "--abort-on-container-failure"},
                                                  {"-d", "--exit-code-from", "web"},
                                                  {"--force-recreate", "--no-recreate"},
                                                  {"--always-recreate-deps", "--no-recreate"},
                                                  {"-V", "--no-recreate"},
                                                  {"--scale", "web"},
                                                  {"--scale", "web=many"}}));
  ProgramUnderTest program(k_two);
  Strings line{"up"};
  line.insert(line.end(), words.begin(), words.end());
  CAPTURE(line);
  CHECK(program.run(line).code == 2);
  CHECK(program.engine().applied().empty());
}

TEST_CASE("an invalid file stops up with exit code 2 before the engine is asked", "[cli]") {
  ProgramUnderTest program("services: {web: {image: busybox, depends_on: [dbb]}}\n");
  const Ran ran = program.run({"up", "-d"});
  CHECK(ran.code == 2);
  CHECK_THAT(ran.err, Contains("dbb"));
  CHECK(program.connections() == 0);
}

TEST_CASE("a step that fails gives exit code 1 and skips what depends on it", "[cli]") {
  ProgramUnderTest program(k_two);
  program.engine().fail({compose::ResourceKind::container, "shop-db-1"}, "the disk is full");
  const Ran ran = program.run({"up", "-d"});
  CHECK(ran.code == 1);
  CHECK_THAT(ran.err, Contains("error: the disk is full") && Contains("because container shop-db-1 failed"));
}

TEST_CASE("all failures are named", "[cli]") {
  ProgramUnderTest program("services: {a: {image: busybox}, b: {image: busybox}}\n");
  program.engine().fail({compose::ResourceKind::container, "shop-a-1"}, "a is broken");
  program.engine().fail({compose::ResourceKind::container, "shop-b-1"}, "b is broken");
  const Ran ran = program.run({"up", "-d"});
  CHECK(ran.code == 1);
  CHECK_THAT(ran.err, Contains("error: a is broken") && Contains("error: b is broken"));
}

TEST_CASE("a second failure that is a bug of ours is named too", "[cli]") {
  ProgramUnderTest program("services: {a: {image: busybox}, b: {image: busybox}}\n");
  program.engine().fail({compose::ResourceKind::container, "shop-a-1"}, "a is broken");
  program.engine().fail({compose::ResourceKind::container, "shop-b-1"},
                        std::make_exception_ptr(std::runtime_error("b met the unexpected")));
  const Ran ran = program.run({"up", "-d"});
  CHECK(ran.code == 1);
  CHECK_THAT(ran.err, Contains("error: a is broken") && Contains("error: internal error: b met the unexpected"));
}

TEST_CASE("output that cannot be read is told, whatever was thrown, and the others go on", "[cli]") {
  ProgramUnderTest program("services: {a: {image: busybox}, b: {image: busybox}}\n");
  program.engine().script("a", {.exit_code = 0});
  program.engine().script("b", {.output = {{compose::OutputStream::out, "b speaks\n"}}, .exit_code = 0});
  program.run({"up", "-d"});
  program.engine().fail_output("shop-a-1", std::make_exception_ptr(std::runtime_error("not json")));
  const Ran ran = program.run({"logs", "-f", "--no-color"});
  CHECK(ran.code == 1);
  CHECK_THAT(ran.out, Contains("b-1  | b speaks"));
  CHECK_THAT(ran.err, Contains("not json"));
}

TEST_CASE("a foreground up prints every line and ends when all containers have ended", "[cli]") {
  ProgramUnderTest program("services: {job: {image: busybox}}\n");
  program.engine().script(
      "job",
      {.output = {{compose::OutputStream::out, "first\n"}, {compose::OutputStream::out, "last\n"}}, .exit_code = 3});
  const Ran ran = program.run({"up", "--no-color"});
  CHECK(ran.code == 0);
  CHECK_THAT(ran.out, Contains("job-1  | first\n") && Contains("job-1  | last\n"));
  CHECK_THAT(ran.out + ran.err, Contains("job-1 exited with code 3"));
}

TEST_CASE("an abort takes the exit code of the container that caused it, or of the one asked for", "[cli]") {
  ProgramUnderTest program("services: {job: {image: busybox}, web: {image: busybox}}\n");
  program.engine().script("job", {.exit_code = 3});
  CHECK(program.run({"up", "--abort-on-container-exit"}).code == 3);
  CHECK(program.containers() == Strings{"shop-job-1 exited", "shop-web-1 exited"});
  CHECK(program.run({"up", "--exit-code-from", "job"}).code == 3);
}

TEST_CASE("Ctrl-C in a foreground up stops the services and gives 130", "[cli]") {
  ProgramUnderTest program(k_two);
  std::jthread person([&program](std::stop_token stop) {
    const Strings up{"shop-db-1 running", "shop-web-1 running"};
    while (program.containers() != up && !stop.stop_requested())
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    ::kill(::getpid(), SIGINT);
  });
  const Ran ran = program.run({"up"});
  CHECK(ran.code == 130);
  CHECK_THAT(ran.err, Contains("stopping... (press Ctrl-C again to force)"));
  CHECK(program.containers() == Strings{"shop-db-1 exited", "shop-web-1 exited"});
}

TEST_CASE("down works from the project's name alone", "[cli]") {
  ProgramUnderTest program(k_two);
  program.run({"up", "-d"});
  const Ran ran = program.run_bare({"-p", "shop", "--project-directory", "/", "down"});
  CHECK(ran.code == 0);
  CHECK(program.containers().empty());
  CHECK(program.engine().state().networks.empty());
}

TEST_CASE("down of what is not there says so", "[cli]") {
  ProgramUnderTest program(k_two);
  const Ran ran = program.run({"down"});
  CHECK(ran.code == 0);
  CHECK(ran.err == "shop has nothing to remove\n");
}

TEST_CASE("rm wants to be told when nobody can be asked", "[cli]") {
  ProgramUnderTest program(k_two);
  program.run({"up", "-d"});
  program.run({"stop"});
  CHECK(program.run({"rm"}).code == 2);
  CHECK(program.containers().size() == 2);
  CHECK(program.run({"rm", "-f"}).code == 0);
  CHECK(program.containers().empty());
}

}  // namespace
}  // namespace hoist::cli
