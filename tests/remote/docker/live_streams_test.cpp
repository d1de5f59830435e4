// Logs, commands, attachments and events on a real engine.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <future>
#include <thread>

#include "remote/docker/observe_json.hpp"
#include "tests/remote/docker/live_project.hpp"

using namespace hoist;
using namespace hoist::compose;
using namespace hoist::test;
using Catch::Matchers::Contains;

TEST_CASE("logs keep the two outputs apart, and a terminal's as it is", "[live]") {
  LiveProject project;
  const std::string plain = project.up(project.service("plain", {"sh", "-c", "echo out; sleep 0.2; echo err >&2"}));
  project.engine->wait(plain, {});
  CHECK(project.all_logs(plain) == "O:out\nE:err\n");
  Service terminal = project.service("terminal", {"sh", "-c", "echo out; sleep 0.2; echo err >&2"});
  terminal.tty = true;
  const std::string tty = project.up(terminal);
  project.engine->wait(tty, {});
  CHECK_THAT(project.all_logs(tty), Contains("out\r\n") && Contains("err\r\n"));
  std::string last;
  project.engine->logs({.container = plain, .since = "1h", .tail = 1},
                       [&last](const OutputChunk& chunk) { last += chunk.text; }, {});
  CHECK(last == "err\n");
}

TEST_CASE("following logs ends with the container, or with a stop request", "[live]") {
  LiveProject project;
  const std::string brief = project.up(project.service("brief", {"sh", "-c", "echo a; sleep 0.5; echo b"}));
  std::string text;
  project.engine->logs({.container = brief, .follow = true}, [&text](const OutputChunk& chunk) { text += chunk.text; },
                       {});
  CHECK(text == "a\nb\n");
  const std::string endless = project.up(project.service("endless", {"sh", "-c", "echo a; sleep 1000"}));
  std::stop_source stop;
  project.engine->logs(
      {.container = endless, .follow = true}, [&stop](const OutputChunk&) { stop.request_stop(); }, stop.get_token());
}

TEST_CASE("a command in a container has its own streams and exit code", "[live]") {
  LiveProject project;
  const std::string container = project.up(project.service("web", {"sleep", "1000"}));
  const auto cat = project.engine->exec({.container = container,
                                         .argv = {"sh", "-c", "cat; echo $A; pwd; exit 7"},
                                         .environment = {"A=b"},
                                         .working_dir = "/tmp",
                                         .stdin_open = true},
                                        {});
  cat->write("first\n", {});
  cat->write("second\n", {});
  cat->close_stdin();
  CHECK(read_all(*cat) == "first\nsecond\nb\n/tmp\n");
  CHECK(cat->wait({}) == 7);

  const auto both = project.engine->exec({.container = container, .argv = {"sh", "-c", "echo o; echo e >&2"}}, {});
  std::string out, err;
  while (const std::optional<OutputChunk> chunk = both->read({})) {
    (chunk->stream == OutputStream::err ? err : out) += chunk->text;
  }
  CHECK(out == "o\n");
  CHECK(err == "e\n");
  CHECK(both->wait({}) == 0);

  project.engine->exec_detached({.container = container, .argv = {"touch", "/made"}}, {});
  CHECK_THAT(failure([&] { project.engine->exec({.container = "no-such-container", .argv = {"true"}}, {}); },
                     ErrorCode::not_found),
             Contains("no-such-container"));
}

TEST_CASE("a command on a terminal has its size", "[live]") {
  LiveProject project;
  const std::string container = project.up(project.service("web", {"sleep", "1000"}));
  const auto process = project.engine->exec({.container = container,
                                             .argv = {"sh", "-c", "read line; stty size"},
                                             .tty = true,
                                             .stdin_open = true,
                                             .size = TerminalSize{33, 101}},
                                            {});
  process->write("\n", {});
  CHECK_THAT(read_all(*process), Contains("33 101"));
  CHECK(process->wait({}) == 0);
}

TEST_CASE(
    "an attachment made before the start misses nothing and learns the exit code of a container removed at "
    "its end",
    "[live]") {
  LiveProject project;
  Service task = project.service("task", {"sh", "-c", "echo first; cat; exit 5"});
  task.stdin_open = true;
  ContainerSpec spec = project.spec(task, 0);
  spec.auto_remove = true;
  spec.labels["com.docker.compose.oneoff"] = "True";
  project.apply(CreateContainer{spec});
  CHECK(project.state().containers.empty());
  CHECK(project.engine->observe({.project = project.name, .one_offs = true}, {}).containers.size() == 1);
  const auto process = project.engine->attach({.container = spec.name, .stdin_open = true}, {});
  project.apply(StartContainer{.container = spec.name, .name = spec.name, .service = "task"});
  process->write("typed\n", {});
  process->close_stdin();
  CHECK(read_all(*process) == "first\ntyped\n");
  CHECK(process->wait({}) == 5);
}

TEST_CASE("events tell of containers of the project and no other", "[live]") {
  LiveProject project;
  std::stop_source stop;
  SyncValue<std::vector<ContainerEvent>> seen;
  std::promise<void> died;
  const std::int64_t since = project.engine->now({});
  std::jthread watcher([&] {
    project.engine->watch(
        project.name, since,
        [&](const ContainerEvent& event) {
          seen.with([&event](std::vector<ContainerEvent>& all) { all.push_back(event); });
          if (event.action == "die") died.set_value();
        },
        stop.get_token());
  });
  project.up(project.service("web", {"sh", "-c", "exit 4"}));
  REQUIRE(died.get_future().wait_for(std::chrono::seconds{20}) == std::future_status::ready);
  stop.request_stop();
  watcher.join();
  const std::vector<ContainerEvent> all = seen.with([](const std::vector<ContainerEvent>& events) { return events; });
  const auto die = std::find_if(all.begin(), all.end(), [](const ContainerEvent& e) { return e.action == "die"; });
  REQUIRE(die != all.end());
  CHECK(die->exit_code == 4);
  CHECK(die->service == "web");
  CHECK(die->name == project.name + "-web-1");
}

TEST_CASE("logs are cut by time", "[live]") {
  LiveProject project;
  const std::string container = project.up(project.service("web", {"sh", "-c", "echo early; sleep 2.2; echo late"}));
  project.engine->wait(container, {});
  const auto logs = [&project, &container](LogRequest request) {
    request.container = container;
    std::string text;
    project.engine->logs(request, [&text](const OutputChunk& chunk) { text += chunk.text; }, {});
    return text;
  };
  const std::string stamped = logs({.timestamps = true});
  CHECK_THAT(stamped, Contains(" early\n") && Contains(" late\n"));
  // Podman tells whole seconds only.
  const auto early = remote::parse_engine_time(stamped.substr(0, stamped.find(' ')));
  REQUIRE(early);
  const auto between = std::chrono::duration_cast<std::chrono::milliseconds>(early->time_since_epoch()) +
                       std::chrono::milliseconds{1100};
  const std::string seconds = fmt::format("{}.{:03}", between.count() / 1000, between.count() % 1000);
  CHECK(logs({.since = seconds}) == "late\n");
  CHECK(logs({.until = seconds}) == "early\n");
  CHECK(logs({.tail = 0}).empty());
}

// Prints the size of its terminal once that is the expected one, and after five seconds whatever it is: Podman answers
// before its monitor has set the size.
std::string size_when(std::string_view expected) {
  return fmt::format(
      "read line; for i in $(seq 100); do [ \"$(stty size)\" = '{}' ] && break; sleep 0.05; done; stty size", expected);
}

TEST_CASE("a terminal may change its size while a command runs", "[live]") {
  LiveProject project;
  const std::string container = project.up(project.service("web", {"sleep", "1000"}));
  const auto process = project.engine->exec({.container = container,
                                             .argv = {"sh", "-c", "echo ready; " + size_when("44 120")},
                                             .tty = true,
                                             .stdin_open = true,
                                             .size = TerminalSize{33, 101}},
                                            {});
  std::string text;
  while (text.find("ready") == std::string::npos) text += process->read({}).value().text;
  process->resize({44, 120}, {});
  process->write("\n", {});
  CHECK_THAT(read_all(*process), Contains("44 120"));
  CHECK(process->wait({}) == 0);
  // After the end there is nobody to tell.
  process->resize({10, 20}, {});
}

TEST_CASE("an attachment to a terminal has its raw bytes and its size", "[live]") {
  LiveProject project;
  Service shell = project.service("shell", {"sh", "-c", size_when("21 77") + "; exit 6"});
  shell.tty = true;
  shell.stdin_open = true;
  const ContainerSpec spec = project.spec(shell);
  project.apply(CreateContainer{spec});
  const auto process = project.engine->attach({.container = spec.name, .stdin_open = true}, {});
  project.apply(StartContainer{.container = spec.name, .name = spec.name, .service = "shell"});
  process->resize({21, 77}, {});
  process->write("\n", {});
  CHECK_THAT(read_all(*process), Contains("21 77\r\n"));
  CHECK(process->wait({}) == 6);
}

TEST_CASE("the exit code of a container that is removed at its end is not missed", "[live]") {
  LiveProject project;
  const std::string command = GENERATE("exit 5", "sleep 0.4; exit 5");
  ContainerSpec spec = project.spec(project.service("brief", {"sh", "-c", command}));
  spec.auto_remove = true;
  project.apply(CreateContainer{spec});
  const auto process = project.engine->attach({.container = spec.name}, {});
  project.apply(StartContainer{.container = spec.name, .name = spec.name, .service = "brief"});
  read_all(*process);
  CHECK(process->wait({}) == 5);
}
