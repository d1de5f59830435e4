#include "compose/base/fd_stream.hpp"

#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <string>
#include <thread>

#include "compose/base/error.hpp"

using namespace hoist;

namespace {

/// Two streams, joined by two pipes.
struct Pair {
  Pair() {
    REQUIRE(::pipe(there) == 0);
    REQUIRE(::pipe(back) == 0);
    left.emplace(Fd(back[0]), Fd(there[1]));
    right.emplace(Fd(there[0]), Fd(back[1]));
  }

  int there[2] = {};
  int back[2] = {};
  std::optional<FdStream> left;
  std::optional<FdStream> right;
};

std::string read_all(FdStream& stream) {
  std::string text;
  std::array<char, 1000> buffer{};
  while (const std::size_t count = stream.read(buffer, {})) text.append(buffer.data(), count);
  return text;
}

ErrorCode code_of(const std::function<void()>& body) {
  try {
    body();
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::failed;
}

}  // namespace

TEST_CASE("what is written at one end of a stream is read at the other", "[base]") {
  Pair pair;
  const std::string large(300'000, 'x');
  std::jthread writer([&] {
    pair.left->write("hello ", {});
    pair.left->write(large, {});
    pair.left->close_write();
  });
  CHECK(read_all(*pair.right) == "hello " + large);
}

TEST_CASE("a stop request ends a read and a write that wait", "[base]") {
  Pair pair;
  std::stop_source stop;
  std::jthread other([&stop] {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    stop.request_stop();
  });
  SECTION("read") {
    std::array<char, 10> buffer{};
    CHECK(code_of([&] { pair.right->read(buffer, stop.get_token()); }) == ErrorCode::cancelled);
  }
  SECTION("write") {
    CHECK(code_of([&] { pair.left->write(std::string(1'000'000, 'x'), stop.get_token()); }) == ErrorCode::cancelled);
  }
}

TEST_CASE("a stream that nobody reads any more is broken", "[base]") {
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  Pair pair;
  pair.right.reset();
  CHECK(code_of([&] { pair.left->write("x", {}); }) == ErrorCode::unavailable);
  std::signal(SIGPIPE, before);
}
