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
using Time = std::chrono::steady_clock::time_point;

namespace {

constexpr const char* k_hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
constexpr const char* k_chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

Time now() {
  return std::chrono::steady_clock::now();
}

template <typename Body>
ErrorCode code_of(Body body) {
  try {
    body();
  } catch (const Error& error) {
    return error.code();
  }
  FAIL("no error");
  return ErrorCode::failed;
}

/// Runs `body(stop)`, asks it to stop after a moment and checks that it ends as promised.
template <typename Body>
void check_cancelled(Body body) {
  std::stop_source source;
  Time asked;
  std::jthread other([&] {
    std::this_thread::sleep_for(50ms);
    asked = now();
    source.request_stop();
  });
  CHECK(code_of([&] { body(source.get_token()); }) == ErrorCode::cancelled);
  const Time ended = now();
  other.join();
  CHECK(ended - asked < 100ms);
}

}  // namespace

TEST_CASE("a streamed answer comes piece by piece while it is made", "[http]") {
  std::atomic<bool> seen{false};
  const HttpScript server({[&seen](HttpScriptPeer& peer) {
    peer.read_request();
    peer.send(k_chunked);
    peer.send("4\r\none\n\r\n");
    while (!seen) std::this_thread::sleep_for(1ms);
    peer.send("4\r\ntwo\n\r\n0\r\n\r\n");
    peer.stall();
  }});
  const auto client = make_http_client(server.endpoint());
  std::string all;
  const HttpResponse response = client->stream({.target = "/logs"},
                                               [&](std::string_view piece) {
                                                 all += piece;
                                                 seen = true;
                                                 return true;
                                               },
                                               {});
  CHECK(response.status == 200);
  CHECK(response.body.empty());
  CHECK(all == "one\ntwo\n");
}

TEST_CASE("who asks for it learns of the head before the body is there", "[http]") {
  std::atomic<bool> seen{false};
  const HttpScript server({[&seen](HttpScriptPeer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 100 Continue\r\n\r\n");
    std::this_thread::sleep_for(20ms);
    CHECK_FALSE(seen);
    peer.send(k_chunked);
    while (!seen) std::this_thread::sleep_for(1ms);
    peer.send("4\r\nlate\r\n0\r\n\r\n");
    peer.stall();
  }});
  const HttpResponse response =
      make_http_client(server.endpoint())
          ->send({.method = "POST", .target = "/wait", .on_head = [&seen] { seen = true; }}, {});
  CHECK(response.body == "late");
}

TEST_CASE("a large body comes through unchanged", "[http]") {
  std::string large;
  for (int i = 0; large.size() < 5'000'000; ++i) large += std::to_string(i) + ",";
  const HttpScript server({[&large](HttpScriptPeer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(large.size()) + "\r\n\r\n");
    peer.send(large);
    peer.stall();
  }});
  std::string got;
  make_http_client(server.endpoint())
      ->stream({.target = "/"},
               [&got](std::string_view piece) {
                 got += piece;
                 return true;
               },
               {});
  CHECK((got == large));
}

TEST_CASE("the body of a refusal is collected, not streamed", "[http]") {
  const HttpScript server({HttpScript::always("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone")});
  int pieces = 0;
  const HttpResponse response = make_http_client(server.endpoint())
                                    ->stream({.target = "/"},
                                             [&pieces](std::string_view) {
                                               ++pieces;
                                               return true;
                                             },
                                             {});
  CHECK(response.status == 404);
  CHECK(response.body == "none");
  CHECK(pieces == 0);
}

TEST_CASE("a taker that has had enough ends the transfer, and the connection is not used again", "[http]") {
  const HttpScript server({[](HttpScriptPeer& peer) {
                             peer.read_request();
                             peer.send(k_chunked);
                             while (true) peer.send("5\r\nagain\r\n");
                           },
                           HttpScript::always(k_hello)});
  const auto client = make_http_client(server.endpoint());
  int pieces = 0;
  client->stream({.target = "/events"}, [&pieces](std::string_view) { return ++pieces < 3; }, {});
  CHECK(pieces == 3);
  CHECK(client->send({.target = "/"}, {}).body == "hello");
  CHECK(server.connections() == 2);
}

TEST_CASE("a fault in the taker comes out, and the client stays usable", "[http]") {
  const HttpScript server({HttpScript::always(k_hello)});
  const auto client = make_http_client(server.endpoint());
  CHECK_THROWS_WITH(client->stream({.target = "/"},
                                   [](std::string_view) -> bool { throw Error(ErrorCode::failed, "disk full"); }, {}),
                    "disk full");
  CHECK(client->send({.target = "/"}, {}).body == "hello");
}

TEST_CASE("a streamed answer that is cut is a fault after what came", "[http]") {
  const HttpScript server({[](HttpScriptPeer& peer) {
    peer.read_request();
    peer.send(k_chunked);
    peer.send("3\r\nabc\r\n");
  }});
  std::string all;
  CHECK(code_of([&] {
          make_http_client(server.endpoint())
              ->stream({.target = "/"},
                       [&all](std::string_view piece) {
                         all += piece;
                         return true;
                       },
                       {});
        }) == ErrorCode::unavailable);
  CHECK(all == "abc");
}

TEST_CASE("a body from a source goes out in chunks, however large", "[http]") {
  const HttpScript server({HttpScript::always(k_hello)});
  const auto client = make_http_client(server.endpoint());
  client->send({.target = "/"}, {});  // leaves a kept connection
  int left = 100;
  std::string all;
  const BodySource source = [&]() -> std::string {
    if (left-- == 0) return {};
    all += std::string(50'000, static_cast<char>('a' + left % 26));
    return all.substr(all.size() - 50'000);
  };
  CHECK(client->send({.method = "POST", .target = "/build", .body_source = source}, {}).status == 200);
  REQUIRE(server.requests().size() == 2);
  CHECK(server.requests()[1].headers.at("transfer-encoding") == "chunked");
  CHECK_FALSE(server.requests()[1].headers.contains("content-length"));
  CHECK((server.requests()[1].body == all));
}

TEST_CASE("an answer that comes before the body is sent ends the sending", "[http]") {
  const bool closes = GENERATE(true, false);
  const HttpScript server({[closes](HttpScriptPeer& peer) {
    peer.read_head();
    peer.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 3\r\n\r\nbad");
    if (!closes) peer.stall();
  }});
  const auto client = make_http_client(server.endpoint());
  int pieces = 0;
  const BodySource endless = [&pieces]() -> std::string {
    ++pieces;
    return std::string(100'000, 'x');
  };
  // A server that reads on takes endlessly: the taker above stalls by reading, so it is the answer that ends
  // this.
  const HttpResponse response = client->send({.method = "POST", .target = "/build", .body_source = endless}, {});
  CHECK(response.status == 400);
  CHECK(response.body == "bad");
  CHECK(pieces < 1000);
}

TEST_CASE("a fault in the source of a body comes out", "[http]") {
  const HttpScript server({HttpScript::always(k_hello)});
  const auto client = make_http_client(server.endpoint());
  const BodySource broken = []() -> std::string { throw Error(ErrorCode::denied, "unreadable"); };
  CHECK_THROWS_WITH(client->send({.method = "POST", .target = "/", .body_source = broken}, {}), "unreadable");
  CHECK(client->send({.target = "/"}, {}).body == "hello");
}

TEST_CASE("a stop request ends a request within 100 ms wherever it is", "[http]") {
  const auto transport = GENERATE(HttpScript::Transport::unix_socket, HttpScript::Transport::tcp);
  SECTION("waiting for the head") {
    const HttpScript server({[](HttpScriptPeer& peer) {
                              peer.read_request();
                              peer.stall();
                            }},
                            transport);
    const auto client = make_http_client(server.endpoint());
    check_cancelled([&](const std::stop_token& stop) { client->send({.target = "/"}, stop); });
  }
  SECTION("waiting for the body") {
    const HttpScript server({[](HttpScriptPeer& peer) {
                              peer.read_request();
                              peer.send(k_chunked);
                              peer.stall();
                            }},
                            transport);
    const auto client = make_http_client(server.endpoint());
    check_cancelled([&](const std::stop_token& stop) {
      client->stream(
          {.target = "/"}, [](std::string_view) { return true; }, stop);
    });
  }
  SECTION("in a body that never pauses") {
    const HttpScript server({[](HttpScriptPeer& peer) {
                              peer.read_request();
                              peer.send(k_chunked);
                              while (true) peer.send("5\r\nagain\r\n");
                            }},
                            transport);
    const auto client = make_http_client(server.endpoint());
    check_cancelled([&](const std::stop_token& stop) {
      client->stream(
          {.target = "/"}, [](std::string_view) { return true; }, stop);
    });
  }
  SECTION("sending a body that nobody reads") {
    std::atomic<bool> over{false};
    const HttpScript server({[&over](HttpScriptPeer& peer) {
                              peer.read_head();
                              while (!over) std::this_thread::sleep_for(1ms);
                            }},
                            transport);
    const auto client = make_http_client(server.endpoint());
    SECTION("from a source") {
      check_cancelled([&](const std::stop_token& stop) {
        const BodySource endless = [] { return std::string(100'000, 'x'); };
        client->send({.method = "POST", .target = "/", .body_source = endless}, stop);
      });
    }
    SECTION("in one piece") {
      const HttpRequest request{.method = "POST", .target = "/", .body = std::string(30'000'000, 'x')};
      check_cancelled([&](const std::stop_token& stop) { client->send(request, stop); });
    }
    over = true;
  }
  SECTION("before it began") {
    const HttpScript server({HttpScript::always(k_hello)}, transport);
    std::stop_source source;
    source.request_stop();
    const auto client = make_http_client(server.endpoint());
    CHECK(code_of([&] { client->send({.target = "/"}, source.get_token()); }) == ErrorCode::cancelled);
    CHECK(server.requests().empty());
  }
}
