#include <catch2/catch.hpp>
#include <chrono>
#include <string>
#include <thread>

#include "compose/base/error.hpp"
#include "remote/http/client.hpp"
#include "tests/support/http_script.hpp"

using namespace hoist;
using namespace hoist::remote;
using namespace std::chrono_literals;
using test::HttpScript;
using test::HttpScriptPeer;

namespace {

constexpr const char* k_switch =
    "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\n"
    "Upgrade: tcp\r\n\r\n";

std::string read_to_end(ByteStream& stream) {
  std::string all;
  char block[1000];
  for (std::size_t got = stream.read(block, {}); got > 0; got = stream.read(block, {})) all.append(block, got);
  return all;
}

}  // namespace

TEST_CASE("an upgrade hands over the connection, bytes after the head included", "[http]") {
  const std::string head = GENERATE(as<std::string>(), k_switch,
                                    "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n");
  const HttpScript server({[&head](HttpScriptPeer& peer) {
    peer.read_request();
    peer.send(head + "prompt> ");
    const std::string typed = peer.read_to_end();
    peer.send("you said " + typed);
  }});
  const auto client = make_http_client(server.endpoint());
  const HttpClient::Hijacked taken =
      client->hijack({.method = "POST", .target = "/exec/1/start", .body = "{\"Tty\":true}"}, {});
  CHECK((taken.response.status == 101 || taken.response.status == 200));
  REQUIRE(taken.stream);
  const auto request = server.requests().at(0);
  CHECK(request.headers.at("connection") == "Upgrade");
  CHECK(request.headers.at("upgrade") == "tcp");
  CHECK(request.body == "{\"Tty\":true}");

  char few[4];
  REQUIRE(taken.stream->read(few, {}) == 4);  // smaller than what was read with the head
  CHECK(std::string(few, 4) == "prom");
  taken.stream->write("hello", {});
  taken.stream->close_write();  // our half ends, theirs goes on
  CHECK(read_to_end(*taken.stream) == "pt> you said hello");
}

TEST_CASE("a taken connection is read and written at the same time", "[http]") {
  const HttpScript server({[](HttpScriptPeer& peer) {
    peer.read_request();
    peer.send(k_switch);
    for (int turn = 0; turn < 100; ++turn) peer.send(peer.read_bytes(10'000));
  }});
  const auto client = make_http_client(server.endpoint());
  const HttpClient::Hijacked taken = client->hijack({.method = "POST", .target = "/"}, {});
  REQUIRE(taken.stream);
  std::string sent;
  for (int i = 0; sent.size() < 1'000'000; ++i) sent += std::to_string(i % 10);
  std::jthread writer([&] {
    taken.stream->write(sent, {});
    taken.stream->close_write();
  });
  CHECK((read_to_end(*taken.stream) == sent));
}

TEST_CASE("a refused upgrade has its body and no stream", "[http]") {
  const HttpScript server({HttpScript::always("HTTP/1.1 409 Conflict\r\nContent-Length: 11\r\n\r\nnot running")});
  const HttpClient::Hijacked taken =
      make_http_client(server.endpoint())->hijack({.method = "POST", .target = "/attach"}, {});
  CHECK(taken.response.status == 409);
  CHECK(taken.response.body == "not running");
  CHECK_FALSE(taken.stream);
}

TEST_CASE("reading a taken connection ends within 100 ms of a stop request", "[http]") {
  const HttpScript server({[](HttpScriptPeer& peer) {
    peer.read_request();
    peer.send(k_switch);
    peer.stall();
  }});
  const HttpClient::Hijacked taken =
      make_http_client(server.endpoint())->hijack({.method = "POST", .target = "/attach"}, {});
  REQUIRE(taken.stream);
  std::stop_source source;
  std::chrono::steady_clock::time_point asked;
  std::jthread other([&] {
    std::this_thread::sleep_for(50ms);
    asked = std::chrono::steady_clock::now();
    source.request_stop();
  });
  char block[10];
  try {
    taken.stream->read(block, source.get_token());
    FAIL("read something");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::cancelled);
  }
  const auto ended = std::chrono::steady_clock::now();
  other.join();
  CHECK(ended - asked < 100ms);
}

TEST_CASE("writing to a taken connection that has ended is a fault, not a signal", "[http]") {
  const HttpScript server({[](HttpScriptPeer& peer) {
    peer.read_request();
    peer.send(k_switch);
  }});
  const HttpClient::Hijacked taken =
      make_http_client(server.endpoint())->hijack({.method = "POST", .target = "/attach"}, {});
  REQUIRE(taken.stream);
  CHECK(read_to_end(*taken.stream).empty());
  const std::string much(10'000'000, 'x');
  CHECK_THROWS_AS(taken.stream->write(much, {}), Error);
}
