#include "remote/host/podman.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <thread>

#include "compose/base/error.hpp"
#include "tests/support/fake_process_runner.hpp"
#include "tests/support/http_script.hpp"
#include "tests/support/temp_dir.hpp"

using namespace hoist;
using namespace hoist::remote;
using namespace std::chrono_literals;

namespace {

constexpr const char* k_pong = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK";

/// A Podman whose service answers as soon as it is started.
struct FakePodman {
  test::FakeProcessRunner processes;
  SyncValue<std::vector<std::unique_ptr<test::HttpScript>>> services;

  FakePodman() {
    processes.behave("podman system service", [this](const ProcessRequest& request) {
      // The directory that we are in may be removed while the service runs.
      CHECK(request.directory == "/");
      const std::string socket = request.argv.back().substr(std::string("unix://").size());
      services.with([&](auto& all) {
        all.push_back(std::make_unique<test::HttpScript>(
            std::vector<test::HttpScript::Dialogue>{test::HttpScript::always(k_pong)}, socket));
      });
      return ProcessResult{};
    });
  }
};

PodmanService service_in(const std::filesystem::path& directory, std::chrono::milliseconds patience = 10s) {
  return {.directory = directory, .uid = ::getuid(), .patience = patience, .lower_limits = false};
}

}  // namespace

TEST_CASE("Podman's service is started with a socket in a private directory", "[host]") {
  const test::TempDir temp;
  FakePodman podman;
  const HttpEndpoint endpoint = ensure_podman(service_in(temp.path() / "run" / "hoist"), podman.processes, {});
  const std::string socket = (temp.path() / "run" / "hoist" / "podman.sock").string();
  CHECK(endpoint.socket_path == socket);
  CHECK(podman.processes.commands() == std::vector<std::string>{"podman system service --time=0 unix://" + socket});
  struct stat info {};
  REQUIRE(::stat((temp.path() / "run" / "hoist").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777U) == 0700U);
}

TEST_CASE("a service that runs is used again", "[host]") {
  const test::TempDir temp;
  FakePodman podman;
  const PodmanService service = service_in(temp.path() / "hoist");
  const HttpEndpoint first = ensure_podman(service, podman.processes, {});
  CHECK(ensure_podman(service, podman.processes, {}) == first);
  CHECK(podman.processes.commands().size() == 1);
}

TEST_CASE("a socket that a dead service left is replaced", "[host]") {
  const test::TempDir temp;
  FakePodman podman;
  const PodmanService service = service_in(temp.path() / "hoist");
  ensure_podman(service, podman.processes, {});
  podman.services.with([](auto& all) { all.clear(); });
  REQUIRE(std::filesystem::exists(temp.path() / "hoist" / "podman.sock"));
  ensure_podman(service, podman.processes, {});
  CHECK(podman.processes.commands().size() == 2);
}

TEST_CASE("of several callers at once one starts the service", "[host]") {
  const test::TempDir temp;
  FakePodman podman;
  {
    std::vector<std::jthread> callers;
    for (int i = 0; i < 8; ++i) {
      callers.emplace_back([&] { ensure_podman(service_in(temp.path() / "hoist"), podman.processes, {}); });
    }
  }
  CHECK(podman.processes.commands().size() == 1);
}

TEST_CASE("a service that does not answer is an error with the last line of its log", "[host]") {
  const test::TempDir temp;
  test::FakeProcessRunner processes;
  processes.behave("podman", [&temp](const ProcessRequest&) {
    temp.write("hoist/podman.log", "first\nError: no \x1b[31mspace\n");
    return ProcessResult{};
  });
  const auto start = std::chrono::steady_clock::now();
  CHECK_THROWS_WITH(ensure_podman(service_in(temp.path() / "hoist", 300ms), processes, {}),
                    Catch::StartsWith("Podman's service ") && Catch::EndsWith(": Error: no space"));
  CHECK(std::chrono::steady_clock::now() - start < 5s);
}

TEST_CASE("waiting for the service ends with a stop request", "[host]") {
  const test::TempDir temp;
  test::FakeProcessRunner processes;
  std::stop_source source;
  processes.behave("podman", [&source](const ProcessRequest&) {
    source.request_stop();
    return ProcessResult{};
  });
  try {
    ensure_podman(service_in(temp.path() / "hoist"), processes, source.get_token());
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::cancelled);
  }
}

TEST_CASE("a directory that others can enter is refused", "[host]") {
  const test::TempDir temp;
  FakePodman podman;
  std::filesystem::create_directory(temp.path() / "hoist");
  ::chmod((temp.path() / "hoist").c_str(), 0755);
  CHECK_THROWS_WITH(ensure_podman(service_in(temp.path() / "hoist"), podman.processes, {}),
                    Catch::Contains("others cannot enter"));
  std::filesystem::create_directory_symlink(temp.path(), temp.path() / "link");
  CHECK_THROWS_WITH(ensure_podman(service_in(temp.path() / "link"), podman.processes, {}),
                    Catch::Contains("others cannot enter"));
  CHECK(podman.processes.commands().empty());
}

TEST_CASE("limits go into Podman's settings unless these have some", "[host]") {
  const std::string limits = R"(["nofile=1:1"])";
  CHECK(with_default_ulimits("", limits) == "[containers]\ndefault_ulimits = [\"nofile=1:1\"]\n");
  CHECK(with_default_ulimits("[engine]\nruntime = \"crun\"", limits) ==
        "[engine]\nruntime = \"crun\"\n[containers]\ndefault_ulimits = [\"nofile=1:1\"]\n");
  CHECK(with_default_ulimits("# x\n[containers]\ninit = true\n[engine]\n", limits) ==
        "# x\n[containers]\ndefault_ulimits = [\"nofile=1:1\"]\ninit = true\n[engine]\n");
  CHECK(with_default_ulimits("[containers]\n#default_ulimits = []\n", limits).has_value());
  CHECK_FALSE(with_default_ulimits("[containers]\n  default_ulimits = []\n", limits));
}
