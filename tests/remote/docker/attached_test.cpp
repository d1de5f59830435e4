#include "remote/docker/attached.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <vector>

#include "compose/base/error.hpp"
#include "tests/support/http_script.hpp"

using namespace hoist;
using namespace hoist::remote;
using namespace hoist::test;
using Catch::Matchers::Contains;

namespace {

std::string answer(const std::string& body) {
  return fmt::format("HTTP/1.1 200 x\r\nApi-Version: 1.41\r\nContent-Length: {}\r\n\r\n{}", body.size(), body);
}

/// An engine whose command stands as the states say, one after the other; the last one stays.
HttpScript engine_with_command(std::vector<std::string> states) {
  return HttpScript({[states, at = std::size_t{0}](HttpScriptPeer& peer) mutable {
    while (true) {
      const std::string target = peer.read_request().target;
      if (target.ends_with("/start")) {
        peer.send("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
        return;
      }
      if (target.ends_with("/e1/json")) {
        peer.send(answer(states.at(std::min(at++, states.size() - 1))));
      } else {
        peer.send(answer(R"({"Id": "e1"})"));
      }
    }
  }});
}

}  // namespace

TEST_CASE("a command has no exit code before it has ended", "[docker]") {
  HttpScript script =
      engine_with_command({R"({"Running": false, "ExitCode": null})", R"({"Running": false})",
                           R"({"Running": true, "ExitCode": 0})", R"({"Running": false, "ExitCode": 7})"});
  DockerClient client(script.endpoint());
  CHECK(start_exec(client, {.container = "c", .argv = {"false"}}, {})->wait({}) == 7);
}

TEST_CASE("a command that never gets an exit code is a fault, not a success", "[docker]") {
  HttpScript script = engine_with_command({R"({"Running": false, "ExitCode": null})"});
  DockerClient client(script.endpoint());
  const auto process = start_exec(client, {.container = "c", .argv = {"false"}}, {});
  CHECK_THROWS_WITH(process->wait({}), Contains("does not tell how the command ended"));
}
