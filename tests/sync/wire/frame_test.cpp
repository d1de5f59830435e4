#include "sync/wire/frame.hpp"

#include <catch2/catch.hpp>
#include <vector>

#include "compose/base/error.hpp"

using namespace hoist;
using namespace hoist::sync;

namespace {

std::vector<std::string> unpacked(const std::string& bytes, std::size_t piece) {
  FrameUnpacker unpacker;
  std::vector<std::string> messages;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    unpacker.feed(std::string_view(bytes).substr(at, piece),
                  [&messages](std::string_view m) { messages.emplace_back(m); });
  }
  return messages;
}

/// Whether two messages do not both come out of it. A length that grew waits for more.
bool is_found_out(const std::string& bytes) {
  try {
    return unpacked(bytes, 1000).size() < 2;
  } catch (const Error& error) {
    return error.code() == ErrorCode::failed;
  }
}

}  // namespace

TEST_CASE("messages come out as they went in, however the stream is cut", "[sync][wire]") {
  std::string noise;
  for (unsigned i = 0; i < 50'000; ++i) noise += static_cast<char>((i * 2'654'435'761U) >> 24U);
  const std::vector<std::string> messages{"", "a", std::string(100'000, 'x'), noise, std::string(k_largest_frame, 'y')};
  FramePacker packer;
  std::string bytes;
  for (const std::string& message : messages) packer.pack(message, bytes);
  for (const std::size_t piece : {1UL, 7UL, 4096UL, bytes.size()}) CHECK(unpacked(bytes, piece) == messages);
}

TEST_CASE("what repeats itself takes little room", "[sync][wire]") {
  FramePacker packer;
  std::string bytes;
  packer.pack(std::string(100'000, 'x'), bytes);
  CHECK(bytes.size() < 200);
  bytes.clear();
  FramePacker(false).pack(std::string(100'000, 'x'), bytes);
  CHECK(bytes.size() == 100'008);
  CHECK(unpacked(bytes, 1000).front() == std::string(100'000, 'x'));
}

TEST_CASE("a damaged stream is found out", "[sync][wire]") {
  FramePacker packer;
  std::string bytes;
  packer.pack("hello", bytes);
  packer.pack(std::string(1000, 'x'), bytes);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    CAPTURE(at);
    CHECK(is_found_out(damaged));
  }
  CHECK_THROWS_AS(unpacked(std::string(8, '\x7f'), 8), Error);
}
