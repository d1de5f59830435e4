#include <unistd.h>

#include <catch2/catch.hpp>
#include <string>

#include "compose/base/error.hpp"
#include "remote/host/engine_search.hpp"
#include "tests/support/fake_process_runner.hpp"
#include "tests/support/http_script.hpp"
#include "tests/support/temp_dir.hpp"

using namespace hoist;
using namespace hoist::remote;

namespace {

constexpr const char* k_pong = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK";

/// A machine of its own in a temporary directory, with two places for Docker's socket and one for Podman's.
struct Machine {
  test::TempDir temp;
  test::FakeProcessRunner processes;
  EngineSearch search;

  Machine() {
    search.home = temp.path() / "home";
    search.uid = ::getuid();
    search.runtime_directory = temp.path() / "run";
    search.docker_sockets = {at("docker.sock"), at("rootless.sock")};
    search.podman_sockets = {at("podman.sock")};
    search.podman_patience = std::chrono::milliseconds(300);
  }
  std::string at(const std::string& name) const { return (temp.path() / name).string(); }
  EngineEndpoint find() { return find_engine(search, processes, {}); }
  Error fault() {
    try {
      find();
    } catch (const Error& error) {
      return error;
    }
    FAIL("an engine was found");
    return {ErrorCode::failed, ""};
  }
};

/// Something that listens there.
struct Listener : test::HttpScript {
  explicit Listener(const std::string& path) : HttpScript({always(k_pong)}, path) {}
};

}  // namespace

TEST_CASE("sockets are tried in order: Docker's, rootless Docker's, Podman's", "[host]") {
  Machine machine;
  const Listener podman(machine.at("podman.sock"));
  CHECK(machine.find() == EngineEndpoint{{machine.at("podman.sock"), "", ""}, "Podman's socket"});
  const Listener rootless(machine.at("rootless.sock"));
  CHECK(machine.find() == EngineEndpoint{{machine.at("rootless.sock"), "", ""}, "default socket"});
  const Listener docker(machine.at("docker.sock"));
  CHECK(machine.find() == EngineEndpoint{{machine.at("docker.sock"), "", ""}, "default socket"});
  CHECK(machine.processes.commands().empty());
}

TEST_CASE("DOCKER_HOST goes before everything", "[host]") {
  Machine machine;
  const Listener docker(machine.at("docker.sock"));
  const Listener other(machine.at("other.sock"));
  machine.search.environment = {{"DOCKER_CONTEXT", "nowhere"}};
  SECTION("a socket that answers") {
    machine.search.environment["DOCKER_HOST"] = "unix://" + machine.at("other.sock");
    CHECK(machine.find() == EngineEndpoint{{machine.at("other.sock"), "", ""}, "DOCKER_HOST"});
  }
  SECTION("a host is left to the first request") {
    machine.search.environment["DOCKER_HOST"] = "tcp://host.invalid:2375";
    CHECK(machine.find() == EngineEndpoint{{"", "host.invalid", "2375"}, "DOCKER_HOST"});
  }
  SECTION("a socket that does not answer is not replaced by another one") {
    machine.search.environment["DOCKER_HOST"] = "unix://" + machine.at("gone.sock");
    const Error error = machine.fault();
    CHECK(error.code() == ErrorCode::unavailable);
    CHECK_THAT(error.what(), Catch::Contains("gone.sock (DOCKER_HOST): no such file"));
  }
  SECTION("TLS is refused") {
    machine.search.environment["DOCKER_HOST"] = "tcp://lab:2376";
    machine.search.environment["DOCKER_TLS_VERIFY"] = "1";
    const Error error = machine.fault();
    CHECK(error.code() == ErrorCode::bad_input);
    CHECK_THAT(error.what(), Catch::Contains("TLS"));
  }
}

TEST_CASE("a docker context goes before the sockets", "[host]") {
  Machine machine;
  const Listener docker(machine.at("docker.sock"));
  const Listener other(machine.at("other.sock"));
  const std::string lab = "a51146d38077ff992eba84cf1d5e9b249073503eb74868699016153b031a38f7";
  machine.temp.write("home/.docker/config.json", R"({"currentContext":"lab"})");
  machine.temp.write("home/.docker/contexts/meta/" + lab + "/meta.json",
                     R"({"Endpoints":{"docker":{"Host":"unix://)" + machine.at("other.sock") + R"("}}})");
  CHECK(machine.find() == EngineEndpoint{{machine.at("other.sock"), "", ""}, "docker context 'lab'"});
  machine.search.environment = {{"DOCKER_CONTEXT", "default"}};
  CHECK(machine.find().reason == "default socket");
}

TEST_CASE("without any socket Podman is started, and found again", "[host]") {
  Machine machine;
  std::unique_ptr<Listener> service;
  machine.processes.behave("podman system service", [&](const ProcessRequest& request) {
    service = std::make_unique<Listener>(request.argv.back().substr(7));
    return ProcessResult{};
  });
  const EngineEndpoint expected{{machine.at("run/hoist/podman.sock"), "", ""}, "Podman, started by hoist"};
  CHECK(machine.find() == expected);
  CHECK(machine.find() == expected);
  CHECK(machine.processes.commands().size() == 1);
}

TEST_CASE("when nothing answers the error lists what was tried and how to go on", "[host]") {
  Machine machine;
  machine.temp.write("rootless.sock", "");  // there, but nobody listens
  const Error error = machine.fault();
  CHECK(error.code() == ErrorCode::unavailable);
  const std::string& text = error.hint();
  CHECK_THAT(text, Catch::Contains("docker.sock: no such file or directory"));
  CHECK_THAT(text, Catch::Contains("rootless.sock: connection refused"));
  CHECK_THAT(text, Catch::Contains("podman.sock: no such file or directory"));
  CHECK_THAT(text, Catch::Contains("Podman: not installed"));
  CHECK_THAT(text, Catch::StartsWith("start Docker") && Catch::Contains("DOCKER_HOST"));
}

TEST_CASE("a stop request ends the search", "[host]") {
  Machine machine;
  std::stop_source source;
  source.request_stop();
  try {
    find_engine(machine.search, machine.processes, source.get_token());
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::cancelled);
  }
}

TEST_CASE("this machine's search has places for sockets", "[host]") {
  const EngineSearch search = search_of_this_machine();
  CHECK(search.uid == ::getuid());
  CHECK(search.home.is_absolute());
  CHECK(search.runtime_directory.is_absolute());
  CHECK(search.docker_sockets.front() == "/var/run/docker.sock");
  CHECK(search.podman_sockets.size() == 1);
}
