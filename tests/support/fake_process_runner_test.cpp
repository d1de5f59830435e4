#include "tests/support/fake_process_runner.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "compose/base/error.hpp"

using namespace hoist;
using test::FakeProcessRunner;

namespace {

ErrorCode code_of(const std::function<void()>& body) {
  try {
    body();
  } catch (const Error& error) {
    return error.code();
  }
  FAIL("no error");
  return ErrorCode::failed;
}

}  // namespace

TEST_CASE("the longest known start of a command answers", "[fake]") {
  FakeProcessRunner fake;
  fake.answer("docker", "general\n");
  fake.answer("docker buildx", "", 1, "no buildx\n");
  CHECK(fake.run({.argv = {"docker", "info"}}, {}).out == "general\n");
  const ProcessResult refused = fake.run({.argv = {"docker", "buildx", "version"}}, {});
  CHECK(refused.status.code == 1);
  CHECK(refused.err == "no buildx\n");
  CHECK(fake.run({.argv = {"docker", "buildx2"}}, {}).out == "general\n");  // whole words only
  CHECK(fake.commands() == std::vector<std::string>{"docker info", "docker buildx version", "docker buildx2"});
}

TEST_CASE("a program without an answer is not there, and was asked for all the same", "[fake]") {
  FakeProcessRunner fake;
  CHECK(code_of([&] { fake.run({.argv = {"podman"}}, {}); }) == ErrorCode::not_found);
  CHECK(code_of([&] { fake.spawn_detached({.argv = {"podman"}}, "log"); }) == ErrorCode::not_found);
  CHECK(fake.commands().size() == 2);
}

TEST_CASE("a behaviour sees the request", "[fake]") {
  FakeProcessRunner fake;
  fake.behave("tr a b", [](const ProcessRequest& request) { return ProcessResult{{}, request.input + "!", {}}; });
  CHECK(fake.run({.argv = {"tr", "a", "b"}, .input = "text"}, {}).out == "text!");
  CHECK(fake.requests().at(0).input == "text");
}

TEST_CASE("lines of both outputs are handed out, and only so", "[fake]") {
  FakeProcessRunner fake;
  fake.answer("build", "one\n\ntwo\n", 3, "last");
  std::vector<std::string> lines;
  const ProcessResult result =
      fake.run_lines({.argv = {"build"}}, [&lines](std::string_view line) { lines.emplace_back(line); }, {});
  CHECK(lines == std::vector<std::string>{"one", "", "two", "last"});
  CHECK(result.out.empty());
  CHECK(result.status.code == 3);
}

TEST_CASE("after a stop request nothing runs", "[fake]") {
  FakeProcessRunner fake;
  fake.answer("true", "");
  std::stop_source source;
  source.request_stop();
  CHECK(code_of([&] { fake.run({.argv = {"true"}}, source.get_token()); }) == ErrorCode::cancelled);
  CHECK(fake.commands().empty());
}

TEST_CASE("detached programs have pids of their own", "[fake]") {
  FakeProcessRunner fake;
  fake.answer("serve", "");
  CHECK(fake.spawn_detached({.argv = {"serve"}}, "log") != fake.spawn_detached({.argv = {"serve"}}, "log"));
}
