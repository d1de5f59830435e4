// Stop requests and dying engines while something is under way on a real engine.
#include <netinet/in.h>
#include <sys/socket.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <future>
#include <thread>

#include "compose/base/file.hpp"
#include "tests/remote/docker/live_project.hpp"
#include "tests/remote/docker/relay.hpp"
#include "tests/support/temp_dir.hpp"

using namespace hoist;
using namespace hoist::compose;
using namespace hoist::test;
using Catch::Matchers::Contains;
using namespace std::chrono_literals;

namespace {

/// A call that does not end by itself.
using Call = std::function<void(std::stop_token)>;

/// A port of this machine where connections are taken and nothing is ever said.
class SilentPort {
 public:
  SilentPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(::listen(socket_.get(), 16) == 0);
    REQUIRE(::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port_ = ntohs(address.sin_port);
  }
  std::string host() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  Fd socket_;
  int port_ = 0;
};

/// What the calls need, kept until the test ends. `engine` is reached through the relay.
struct Scene {
  LiveProject project;
  Relay relay{live_address().socket_path};
  std::unique_ptr<remote::DockerEngine> engine{remote::make_docker_engine(relay.address(), project.processes)};
  TempDir directory;
  SilentPort registry;

  Call operation(Operation op) {
    return [this, op = std::move(op)](std::stop_token stop) { engine->apply(op, project.events, stop); };
  }
  std::string sleeper() { return project.up(project.service("web", {"sleep", "1000"})); }
};

struct Blocking {
  const char* what;
  std::function<Call(Scene&)> prepare;
};

Call output_of(std::shared_ptr<AttachedProcess> process) {
  return [process](std::stop_token stop) {
    while (process->read(stop)) {
    }
    process->wait(stop);
  };
}

Call build_that_sleeps(Scene& scene) {
  scene.directory.write("Dockerfile", "FROM busybox:latest\nRUN sleep 1000\n");
  Service web = scene.project.service("web", {});
  web.build = Build{.context = scene.directory.path().string(), .no_cache = true};
  return scene.operation(BuildImage{.service = std::make_shared<const Service>(web),
                                    .project = scene.project.name,
                                    .reference = scene.project.name + "-web"});
}

std::vector<Blocking> blocking_calls() {
  using Condition = AwaitCondition::Condition;
  return {
      {"following logs",
       [](Scene& s) -> Call {
         return [&s, name = s.sleeper()](std::stop_token stop) {
           s.engine->logs(
               {.container = name, .follow = true}, [](const OutputChunk&) {}, stop);
         };
       }},
      {"a command's output",
       [](Scene& s) {
         return output_of(s.engine->exec({.container = s.sleeper(), .argv = {"sleep", "1000"}}, {}));
       }},
      {"a command's end",
       [](Scene& s) -> Call {
         std::shared_ptr<AttachedProcess> process =
             s.engine->exec({.container = s.sleeper(), .argv = {"sleep", "1000"}}, {});
         return [process](std::stop_token stop) { process->wait(stop); };
       }},
      {"a container's output", [](Scene& s) { return output_of(s.engine->attach({.container = s.sleeper()}, {})); }},
      {"a container's end, attached",
       [](Scene& s) -> Call {
         std::shared_ptr<AttachedProcess> process = s.engine->attach({.container = s.sleeper()}, {});
         return [process](std::stop_token stop) { process->wait(stop); };
       }},
      {"a container's end",
       [](Scene& s) -> Call { return [&s, name = s.sleeper()](std::stop_token stop) { s.engine->wait(name, stop); }; }},
      {"events",
       [](Scene& s) -> Call {
         return [&s](std::stop_token stop) {
           s.engine->watch(
               s.project.name, s.engine->now(stop), [](const ContainerEvent&) {}, stop);
         };
       }},
      {"a condition",
       [](Scene& s) {
         return s.operation(AwaitCondition{
             .service = "web", .containers = {s.sleeper()}, .condition = Condition::completed_successfully});
       }},
      {"a stop",
       [](Scene& s) {
         const std::string name = s.sleeper();
         return s.operation(StopContainer{.id = name, .name = name, .service = "web", .timeout = 300s});
       }},
      {"a restart",
       [](Scene& s) {
         const std::string name = s.sleeper();
         return s.operation(RestartContainer{.id = name, .name = name, .service = "web", .timeout = 300s});
       }},
      {"a build", build_that_sleeps},
      {"a pull",
       [](Scene& s) {
         return s.operation(PullImage{.reference = s.registry.host() + "/hlt/none:1", .services = {"web"}});
       }},
  };
}

/// Runs the call beside the test.
struct Running {
  explicit Running(Call call) : ended(std::async(std::launch::async, std::move(call), stop.get_token())) {}
  std::stop_source stop;
  std::future<void> ended;
};

/// Waits until nothing more comes from the engine: the call blocks.
void settle(const Relay& relay) {
  const auto limit = std::chrono::steady_clock::now() + 20s;
  std::size_t before = 0;
  int quiet = 0;
  while (quiet < 4 && std::chrono::steady_clock::now() < limit) {
    std::this_thread::sleep_for(100ms);
    const std::size_t now = relay.passed();
    quiet = now == before && now > 0 ? quiet + 1 : 0;
    before = now;
  }
}

/// How long the call went on after the request to stop.
std::chrono::milliseconds time_to_stop(Running& running) {
  const auto begin = std::chrono::steady_clock::now();
  running.stop.request_stop();
  // Streams that only a stop request ends return; all else says "cancelled".
  REQUIRE(running.ended.wait_for(20s) == std::future_status::ready);
  const auto end = std::chrono::steady_clock::now();
  try {
    running.ended.get();
  } catch (const Error& error) {
    CHECK(to_string(error.code()) == to_string(ErrorCode::cancelled));
  }
  return std::chrono::duration_cast<std::chrono::milliseconds>(end - begin);
}

}  // namespace

TEST_CASE("everything that blocks ends within 100 ms of a stop request", "[live][faults]") {
  for (const Blocking& blocking : blocking_calls()) {
    INFO(blocking.what);
    Scene scene;
    Running running(blocking.prepare(scene));
    settle(scene.relay);
    REQUIRE(running.ended.wait_for(0s) == std::future_status::timeout);
    CHECK(time_to_stop(running) <= 100ms);
  }
}

TEST_CASE("a stop request ends a question to an engine that hangs", "[live][faults]") {
  LiveProject project;
  Relay relay(live_address().socket_path);
  const auto engine = remote::make_docker_engine(relay.address(), project.processes);
  const bool asked_before = GENERATE(true, false);
  if (asked_before) engine->info({});
  relay.freeze();
  Running running(
      [&](std::stop_token stop) { engine->observe({.project = project.name, .images = {"busybox"}}, stop); });
  std::this_thread::sleep_for(200ms);
  REQUIRE(running.ended.wait_for(0s) == std::future_status::timeout);
  CHECK(time_to_stop(running) <= 100ms);
}

TEST_CASE("an engine that dies in the middle is told from an ordinary end", "[live][faults]") {
  for (const Blocking& blocking : blocking_calls()) {
    INFO(blocking.what);
    Scene scene;
    Running running(blocking.prepare(scene));
    settle(scene.relay);
    REQUIRE(running.ended.wait_for(0s) == std::future_status::timeout);
    scene.relay.kill();
    REQUIRE(running.ended.wait_for(20s) == std::future_status::ready);
    const std::string text = failure([&running] { running.ended.get(); }, ErrorCode::unavailable);
    CHECK_THAT(text, Contains("unix://" + scene.relay.address().socket_path));
    CHECK_THAT(failure([&scene] { scene.engine->info({}); }, ErrorCode::unavailable),
               Contains("cannot connect to unix://" + scene.relay.address().socket_path));
  }
}
