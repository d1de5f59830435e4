#include "remote/http/socket.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "compose/base/error.hpp"
#include "tests/support/http_script.hpp"
#include "tests/support/temp_dir.hpp"

using namespace hoist;
using namespace hoist::remote;
using namespace std::chrono_literals;
using test::HttpScript;
using test::HttpScriptPeer;

namespace {

Error connect_fault(const HttpEndpoint& endpoint, std::optional<std::chrono::milliseconds> timeout = 5s) {
  try {
    Socket::connect(endpoint, timeout, {});
  } catch (const Error& error) {
    return error;
  }
  FAIL("connected");
  return {ErrorCode::failed, ""};
}

/// Gives up root's power over every file for a while, where we have it.
class NotRoot {
 public:
  NotRoot() : was_(::geteuid()) {
    if (was_ == 0) REQUIRE(::seteuid(65534) == 0);
  }
  ~NotRoot() {
    if (was_ == 0 && ::seteuid(was_) != 0) std::abort();
  }
  NotRoot(const NotRoot&) = delete;
  NotRoot& operator=(const NotRoot&) = delete;

 private:
  uid_t was_;
};

}  // namespace

TEST_CASE("a failed connect names the endpoint and the reason", "[http]") {
  const test::TempDir temp;
  SECTION("no such socket") {
    const Error error = connect_fault({(temp.path() / "none.sock").string(), "", ""});
    CHECK(error.code() == ErrorCode::unavailable);
    CHECK_THAT(error.what(), Catch::Contains("none.sock: No such file or directory"));
  }
  SECTION("nobody listens") {
    const Error error = connect_fault({temp.write("file", "").string(), "", ""});
    CHECK(error.code() == ErrorCode::unavailable);
    CHECK_THAT(error.what(), Catch::Contains("Connection refused"));
  }
  SECTION("a path that is too long") {
    CHECK(connect_fault({"/" + std::string(200, 'x'), "", ""}).code() == ErrorCode::bad_input);
  }
  SECTION("a port where nobody listens") {
    HttpEndpoint endpoint;
    {
      const HttpScript server({HttpScript::always("")}, HttpScript::Transport::tcp);
      endpoint = server.endpoint();
    }
    const Error error = connect_fault(endpoint);
    CHECK(error.code() == ErrorCode::unavailable);
    CHECK_THAT(error.what(), Catch::Contains(endpoint.to_string() + ": Connection refused"));
  }
  SECTION("no such host") {
    CHECK(connect_fault({"", "host.invalid", "2375"}).code() == ErrorCode::unavailable);
  }
}

TEST_CASE("a socket that we may not open is denied", "[http]") {
  const test::TempDir temp;
  const HttpScript server({HttpScript::always("")}, temp.path() / "closed.sock");
  ::chmod(server.endpoint().socket_path.c_str(), 0);
  const NotRoot guard;
  const Error error = connect_fault(server.endpoint());
  CHECK(error.code() == ErrorCode::denied);
  CHECK_THAT(error.what(), Catch::Contains("Permission denied"));
}

TEST_CASE("a Unix listener whose queue is full is waited for", "[http]") {
  const test::TempDir temp;
  const std::string path = (temp.path() / "busy.sock").string();
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const Fd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  REQUIRE(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(::listen(listener.get(), 0) == 0);
  const HttpEndpoint endpoint{path, "", ""};
  const Socket first = Socket::connect(endpoint, 1s, {});  // fills the queue

  SECTION("and in the end timed out") {
    CHECK(connect_fault(endpoint, 50ms).code() == ErrorCode::timed_out);
  }
  SECTION("and stopped") {
    std::stop_source source;
    std::jthread other([&source] {
      std::this_thread::sleep_for(30ms);
      source.request_stop();
    });
    CHECK_THROWS_WITH(Socket::connect(endpoint, std::nullopt, source.get_token()), "interrupted");
  }
  SECTION("until it takes connections again") {
    std::jthread other([&listener] {
      std::this_thread::sleep_for(30ms);
      const Fd one(::accept(listener.get(), nullptr, nullptr));
      const Fd two(::accept(listener.get(), nullptr, nullptr));
      ::send(two.get(), "hi", 2, MSG_NOSIGNAL);
    });
    Socket second = Socket::connect(endpoint, 5s, {});
    char block[10];
    CHECK(second.read(block, {}) == 2);
  }
}

TEST_CASE("a read has a deadline when asked for one", "[http]") {
  const HttpScript server({[](HttpScriptPeer& peer) { peer.stall(); }});
  Socket socket = Socket::connect(server.endpoint(), std::nullopt, {});
  char block[10];
  const auto start = std::chrono::steady_clock::now();
  CHECK_THROWS_WITH(socket.read_until(block, start + 50ms, {}), "no answer in time");
  CHECK(std::chrono::steady_clock::now() - start >= 50ms);
}

TEST_CASE("a socket is stale once the other end has closed or said something unasked", "[http]") {
  std::atomic<bool> go{false};
  const bool speaks = GENERATE(true, false);
  const HttpScript server({[&go, speaks](HttpScriptPeer& peer) {
    while (!go) std::this_thread::sleep_for(1ms);
    if (!speaks) return;
    peer.send("HTTP/1.1 408 Request Timeout\r\n\r\n");
    peer.stall();
  }});
  const Socket socket = Socket::connect(server.endpoint(), std::nullopt, {});
  CHECK_FALSE(socket.is_stale());
  go = true;
  bool stale = false;
  for (int turn = 0; turn < 500 && !stale; ++turn) {
    std::this_thread::sleep_for(10ms);
    stale = socket.is_stale();
  }
  CHECK(stale);
}
