#include "remote/http/client.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <string>
#include <thread>
#include <vector>

#include "compose/base/error.hpp"
#include "tests/support/http_script.hpp"

using namespace hoist;
using namespace hoist::remote;
using namespace std::chrono_literals;
using test::HttpScript;
using test::HttpScriptPeer;

namespace {

constexpr const char* k_hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

template <typename Body>
Error fault_of(Body body) {
  try {
    body();
  } catch (const Error& error) {
    return error;
  }
  FAIL("no error");
  return {ErrorCode::failed, ""};
}

}  // namespace

TEST_CASE("a request goes out whole and the answer comes back whole", "[http]") {
  const auto transport = GENERATE(HttpScript::Transport::unix_socket, HttpScript::Transport::tcp);
  const HttpScript server(
      {HttpScript::always("HTTP/1.1 201 Created\r\nApi-Version: 1.41\r\nContent-Length: 7\r\n\r\n{\"a\":1}")},
      transport);
  const auto client = make_http_client(server.endpoint());
  const HttpResponse response = client->send({.method = "POST",
                                              .target = "/v1.41/things?name=a%20b",
                                              .headers = {{"Content-Type", "application/json"}},
                                              .body = "{\"x\":\"y\"}"},
                                             {});
  CHECK(response.status == 201);
  CHECK(response.headers.at("api-version") == "1.41");
  CHECK(response.body == "{\"a\":1}");
  const auto requests = server.requests();
  REQUIRE(requests.size() == 1);
  CHECK(requests[0].method == "POST");
  CHECK(requests[0].target == "/v1.41/things?name=a%20b");
  CHECK(requests[0].body == "{\"x\":\"y\"}");
  CHECK(requests[0].headers.at("content-type") == "application/json");
  CHECK(requests[0].headers.at("content-length") == "9");
  const bool tcp = transport == HttpScript::Transport::tcp;
  CHECK(requests[0].headers.at("host") == (tcp ? "127.0.0.1:" + server.endpoint().port : "localhost"));
}

TEST_CASE("an empty POST says that its length is 0, a GET says nothing", "[http]") {
  const HttpScript server({HttpScript::always(k_hello)});
  const auto client = make_http_client(server.endpoint());
  client->send({.method = "POST", .target = "/"}, {});
  client->send({.method = "GET", .target = "/"}, {});
  CHECK(server.requests().at(0).headers.at("content-length") == "0");
  CHECK_FALSE(server.requests().at(1).headers.contains("content-length"));
}

TEST_CASE("every way to end a body is understood", "[http]") {
  struct Row {
    const char* name;
    const char* answer;
    int status;
    const char* body;
    int connections;  ///< for two requests
  };
  const Row row = GENERATE(values<Row>({
      {"length", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", 200, "abc", 1},
      {"length 0", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, "", 1},
      {"chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n2;x=y\r\nbc\r\n0\r\n\r\n", 200, "abc",
       1},
      {"chunks and a trailer",
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: "
       "1\r\n\r\n",
       200, "abc", 1},
      {"no content", "HTTP/1.1 204 No Content\r\n\r\n", 204, "", 1},
      {"not modified", "HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n", 304, "", 1},
      {"an interim answer first", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", 200,
       "x", 1},
      {"asked to close", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc", 200, "abc", 2},
      {"an old version", "HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc", 200, "abc", 2},
  }));
  const std::size_t piece = GENERATE(as<std::size_t>(), 1, 7, 10'000);
  CAPTURE(row.name, piece);
  const HttpScript server({[&](HttpScriptPeer& peer) {
    while (true) {
      peer.read_request();
      peer.send_in_pieces(row.answer, piece);
    }
  }});
  const auto client = make_http_client(server.endpoint());
  for (int turn = 0; turn < 2; ++turn) {
    const HttpResponse response = client->send({.target = "/"}, {});
    CHECK(response.status == row.status);
    CHECK(response.body == row.body);
  }
  CHECK(server.connections() == row.connections);
}

TEST_CASE("a body without a length goes on until the connection ends", "[http]") {
  const HttpScript server({[](HttpScriptPeer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\n\r\none ");
    peer.send("two");
  }});
  const auto client = make_http_client(server.endpoint());
  CHECK(client->send({.target = "/"}, {}).body == "one two");
  CHECK(client->send({.target = "/"}, {}).body == "one two");
  CHECK(server.connections() == 2);
}

TEST_CASE("the answer to HEAD has a length and no body", "[http]") {
  const HttpScript server({[](HttpScriptPeer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nX-Stat: abc\r\n\r\n");
    peer.read_request();
    peer.send(k_hello);
  }});
  const auto client = make_http_client(server.endpoint());
  const HttpResponse head = client->send({.method = "HEAD", .target = "/archive"}, {});
  CHECK(head.headers.at("x-stat") == "abc");
  CHECK(head.body.empty());
  CHECK(client->send({.target = "/"}, {}).body == "hello");
  CHECK(server.connections() == 1);
}

TEST_CASE("requests one after the other use one connection", "[http]") {
  const HttpScript server({HttpScript::always(k_hello)});
  const auto client = make_http_client(server.endpoint());
  for (int i = 0; i < 5; ++i) client->send({.target = "/"}, {});
  CHECK(server.connections() == 1);
}

TEST_CASE("requests from many threads each get their own answer", "[http]") {
  const HttpScript server({[](HttpScriptPeer& peer) {
    while (true) {
      const std::string target = peer.read_request().target;
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(target.size()) + "\r\n\r\n" + target);
    }
  }});
  const auto client = make_http_client(server.endpoint());
  std::atomic<int> wrong{0};
  {
    std::vector<std::jthread> threads;
    for (int number = 0; number < 8; ++number) {
      threads.emplace_back([&, number] {
        for (int turn = 0; turn < 50; ++turn) {
          const std::string target = "/" + std::to_string(number) + "/" + std::to_string(turn);
          if (client->send({.target = target}, {}).body != target) ++wrong;
        }
      });
    }
  }
  CHECK(wrong == 0);
  CHECK(server.connections() <= 8);
}

TEST_CASE("a kept connection that the server closed is not used", "[http]") {
  const HttpScript server({[](HttpScriptPeer& peer) {
    peer.read_request();
    peer.send(k_hello);
  }});
  const auto client = make_http_client(server.endpoint());
  for (int turn = 0; turn < 3; ++turn) CHECK(client->send({.target = "/"}, {}).body == "hello");
}

TEST_CASE("what a kept connection swallowed is sent again once, if twice is no more than once", "[http]") {
  // The first connection takes a second request and closes without a word.
  const HttpScript::Dialogue swallows_second = [](HttpScriptPeer& peer) {
    peer.read_request();
    peer.send(k_hello);
    peer.read_request();
  };
  const auto method = GENERATE(as<std::string>(), "GET", "DELETE");
  CAPTURE(method);
  SECTION("and answered") {
    const HttpScript server({swallows_second, HttpScript::always(k_hello)});
    const auto client = make_http_client(server.endpoint());
    client->send({.target = "/first"}, {});
    CHECK(client->send({.method = method, .target = "/second"}, {}).body == "hello");
    CHECK(server.connections() == 2);
    REQUIRE(server.requests().size() == 3);
    CHECK(server.requests()[2].method == method);
    CHECK(server.requests()[2].target == "/second");
  }
  SECTION("and swallowed again: that is a fault") {
    const HttpScript server({swallows_second, [](HttpScriptPeer& peer) { peer.read_request(); }});
    const auto client = make_http_client(server.endpoint());
    client->send({.target = "/first"}, {});
    CHECK(fault_of([&] { client->send({.method = method, .target = "/second"}, {}); }).code() ==
          ErrorCode::unavailable);
    CHECK(server.connections() == 2);
  }
}

TEST_CASE("a POST that a kept connection swallowed may have been carried out: it is not sent again", "[http]") {
  const std::string body(GENERATE(as<std::size_t>(), 0, 1, 200'000), 'x');  // in the head's packet, and after it
  const HttpScript server({[](HttpScriptPeer& peer) {
                             peer.read_request();
                             peer.send(k_hello);
                             peer.read_request();
                           },
                           HttpScript::always(k_hello)});
  const auto client = make_http_client(server.endpoint());
  client->send({.target = "/first"}, {});
  const Error error =
      fault_of([&] { client->send({.method = "POST", .target = "/create?name=web", .body = body}, {}); });
  CHECK(error.code() == ErrorCode::unavailable);
  CHECK_THAT(error.what(), Catch::Contains("ended before 'POST /create' was answered") &&
                               Catch::Contains("may have been carried out"));
  CHECK(server.requests().size() == 2);
  CHECK(server.connections() == 1);
  // The next request has nothing to do with it.
  CHECK(client->send({.method = "POST", .target = "/next"}, {}).body == "hello");
}

TEST_CASE("a POST uses a kept connection, and a fresh one when the server has closed the kept one", "[http]") {
  SECTION("kept") {
    const HttpScript server({HttpScript::always(k_hello)});
    const auto client = make_http_client(server.endpoint());
    for (int turn = 0; turn < 3; ++turn) client->send({.method = "POST", .target = "/"}, {});
    CHECK(server.connections() == 1);
  }
  SECTION("closed") {
    std::atomic<int> closed{0};
    const HttpScript server({[&closed](HttpScriptPeer& peer) {
      peer.read_request();
      peer.send(k_hello);
      peer.close_write();
      ++closed;
      closed.notify_one();
    }});
    const auto client = make_http_client(server.endpoint());
    for (int turn = 0; turn < 50; ++turn) {
      CHECK(client->send({.method = "POST", .target = "/", .body = "x"}, {}).body == "hello");
      closed.wait(turn);
    }
    CHECK(server.connections() == 50);
  }
}

TEST_CASE("a request that got a part of an answer is not sent again", "[http]") {
  const HttpScript server({[](HttpScriptPeer& peer) {
                             peer.read_request();
                             peer.send(k_hello);
                             peer.read_request();
                             peer.send("HTTP/1.1 200");
                           },
                           HttpScript::always(k_hello)});
  const auto client = make_http_client(server.endpoint());
  client->send({.target = "/"}, {});
  CHECK(fault_of([&] { client->send({.target = "/"}, {}); }).code() == ErrorCode::unavailable);
  CHECK(server.connections() == 1);
}

TEST_CASE("an answer that is cut is a fault", "[http]") {
  const std::string answer =
      GENERATE(as<std::string>(), "", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n",
               "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
               "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
               "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  CAPTURE(answer);
  const HttpScript server({[&answer](HttpScriptPeer& peer) {
    peer.read_request();
    peer.send(answer);
  }});
  const auto client = make_http_client(server.endpoint());
  const Error error = fault_of([&] { client->send({.target = "/"}, {}); });
  CHECK(error.code() == ErrorCode::unavailable);
  CHECK_THAT(error.what(), Catch::Contains("in the middle of an answer"));
}

TEST_CASE("an answer that is not HTTP is a fault", "[http]") {
  const std::string answer = GENERATE(
      as<std::string>(), "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 20x OK\r\n\r\n", "HTTP/9 200 OK\r\n\r\n",
      "HTTP/1.1 200 OK\r\nno colon here\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "HTTP/1.1 200 OK\r\nbad\x01name: x\r\n\r\n");
  CAPTURE(answer);
  const HttpScript server({[&answer](HttpScriptPeer& peer) {
    peer.read_request();
    peer.send(answer);
    peer.stall();
  }});
  const auto client = make_http_client(server.endpoint());
  const Error error = fault_of([&] { client->send({.target = "/", .head_timeout = 5s}, {}); });
  CHECK(error.code() == ErrorCode::unavailable);
  CHECK_THAT(error.what(), Catch::Contains("not HTTP"));
}

TEST_CASE("a head has a limit", "[http]") {
  const auto server_with = [](std::size_t size) {
    return std::vector<HttpScript::Dialogue>{[size](HttpScriptPeer& peer) {
      peer.read_request();
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Large: " + std::string(size, 'x') + "\r\n\r\n");
      peer.stall();
    }};
  };
  SECTION("60 KiB are taken") {
    const HttpScript server(server_with(60U << 10U));
    CHECK(make_http_client(server.endpoint())->send({.target = "/"}, {}).headers.at("x-large").size() == 60U << 10U);
  }
  SECTION("70 KiB are refused") {
    const HttpScript server(server_with(70U << 10U));
    const auto client = make_http_client(server.endpoint());
    CHECK(fault_of([&] { client->send({.target = "/"}, {}); }).code() == ErrorCode::unavailable);
  }
  SECTION("without an end it is refused too") {
    const HttpScript server({[](HttpScriptPeer& peer) {
      peer.read_request();
      peer.send("HTTP/1.1 200 OK\r\n");
      while (true) peer.send("X-More: " + std::string(1000, 'x') + "\r\n");
    }});
    const auto client = make_http_client(server.endpoint());
    CHECK(fault_of([&] { client->send({.target = "/"}, {}); }).code() == ErrorCode::unavailable);
  }
}

TEST_CASE("a head that does not come in time is a fault", "[http]") {
  const HttpScript server({[](HttpScriptPeer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\n");
    peer.stall();
  }});
  const auto client = make_http_client(server.endpoint());
  const auto start = std::chrono::steady_clock::now();
  const Error error = fault_of([&] { client->send({.target = "/", .head_timeout = 100ms}, {}); });
  CHECK(error.code() == ErrorCode::timed_out);
  CHECK(std::chrono::steady_clock::now() - start >= 100ms);
  CHECK(std::chrono::steady_clock::now() - start < 2s);
}

TEST_CASE("a line end in a header or a target is refused before anything is sent", "[http]") {
  const HttpScript server({HttpScript::always(k_hello)});
  const auto client = make_http_client(server.endpoint());
  const HttpRequest request = GENERATE(values<HttpRequest>({
      {.target = "/ HTTP/1.1\r\nX: y"},
      {.target = "/", .headers = {{"X", "a\r\nY: b"}}},
      {.target = "/", .headers = {{"X\nY", "a"}}},
  }));
  CHECK(fault_of([&] { client->send(request, {}); }).code() == ErrorCode::bad_input);
  CHECK(server.requests().empty());
}

TEST_CASE("query values are escaped", "[http]") {
  CHECK(escape_query("aZ09-_.~") == "aZ09-_.~");
  CHECK(escape_query("{\"a b\":[\"/\"]}&\xc3\xa9\n") == "%7B%22a%20b%22%3A%5B%22%2F%22%5D%7D%26%C3%A9%0A");
}

TEST_CASE("an endpoint as text can be read back as DOCKER_HOST", "[http]") {
  CHECK(HttpEndpoint{"/run/a.sock", "", ""}.to_string() == "unix:///run/a.sock");
  CHECK(HttpEndpoint{"", "lab", "2375"}.to_string() == "tcp://lab:2375");
  CHECK(HttpEndpoint{"", "::1", "2375"}.to_string() == "tcp://[::1]:2375");
}
