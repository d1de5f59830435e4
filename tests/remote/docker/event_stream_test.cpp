#include "remote/docker/event_stream.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "compose/base/error.hpp"
#include "tests/support/http_script.hpp"

using namespace hoist;
using namespace hoist::remote;
using namespace hoist::test;
using Catch::Matchers::Contains;

namespace {

std::string event(std::string_view action, std::int64_t time) {
  return fmt::format(R"({{"Type":"container","Action":"{}","Actor":{{"ID":"c1"}},"timeNano":{}}})", action, time) +
         "\n";
}

/// A stream that tells `events` and ends.
std::string stream_of(const std::string& events) {
  return fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", events.size(), events);
}

/// An engine whose streams of events are `streams`, one after the other; the last goes on until the client leaves.
HttpScript engine_with(std::vector<std::string> streams, bool last_goes_on) {
  auto next = std::make_shared<std::atomic<std::size_t>>(0);
  return HttpScript({[=](HttpScriptPeer& peer) {
    while (true) {
      if (peer.read_request().target == "/_ping") {
        peer.send("HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Length: 2\r\n\r\nOK");
        continue;
      }
      const std::size_t index = std::min((*next)++, streams.size() - 1);
      const bool last = index == streams.size() - 1;
      if (!last || !last_goes_on) {
        peer.send(stream_of(streams[index]));
        continue;
      }
      peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" +
                fmt::format("{:x}\r\n{}\r\n", streams[index].size(), streams[index]));
      peer.stall();
    }
  }});
}

std::vector<std::string> targets_of_events(const HttpScript& script) {
  std::vector<std::string> out;
  for (const HttpScriptRequest& request : script.requests()) {
    if (request.target.find("/events") != std::string::npos) {
      out.push_back(request.target.substr(0, request.target.find('&')));
    }
  }
  return out;
}

}  // namespace

TEST_CASE("a stream of events that ends goes on where it was, each event once", "[docker][events]") {
  constexpr std::int64_t k_second = 1'000'000'000;
  const HttpScript script = engine_with(
      {
          event("create", 5 * k_second - 1) + event("start", 7 * k_second + 5),
          event("start", 7 * k_second + 5) + event("health_status: healthy", 7 * k_second + 5),
          event("start", 7 * k_second + 5) + event("health_status: healthy", 7 * k_second + 5) +
              event("die", 9 * k_second),
      },
      true);
  DockerClient client(script.endpoint());
  std::stop_source enough;
  std::vector<std::string> actions;
  stream_events(
      client, {}, 5 * k_second,
      [&](const compose::ContainerEvent& told) {
        actions.push_back(told.action);
        if (told.action == "die") enough.request_stop();
      },
      enough.get_token());
  CHECK(actions == std::vector<std::string>{"start", "health_status: healthy", "die"});
  CHECK(targets_of_events(script) ==
        std::vector<std::string>{"/v1.41/events?since=5", "/v1.41/events?since=7", "/v1.41/events?since=7"});
}

TEST_CASE("an engine that ends every stream of events is a fault", "[docker][events]") {
  const HttpScript script = engine_with({""}, false);
  DockerClient client(script.endpoint());
  CHECK_THROWS_WITH(stream_events(client, {}, std::nullopt, [](const compose::ContainerEvent&) {}, {}),
                    Contains("ended its stream of events"));
  CHECK(targets_of_events(script).size() > 3);
}

TEST_CASE("a stop request ends a stream of events without an error", "[docker][events]") {
  const HttpScript script = engine_with({event("start", 1)}, true);
  DockerClient client(script.endpoint());
  std::stop_source enough;
  CHECK_NOTHROW(stream_events(
      client, {}, std::nullopt, [&enough](const compose::ContainerEvent&) { enough.request_stop(); },
      enough.get_token()));
}
