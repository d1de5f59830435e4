#include <string>
#include <variant>

#include "compose/base/error.hpp"
#include "sync/wire/frame.hpp"
#include "sync/wire/messages.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

using namespace hoist;
using namespace hoist::sync;

template <typename Decode>
void check(std::string_view bytes, Decode&& decode) {
  try {
    const auto message = decode(bytes);
    fuzz::check(wire::encode(message) == bytes, "a message has one form");
  } catch (const Error& error) {
    fuzz::check(error.code() == ErrorCode::failed, "a wrong message is a fault of the other end");
  }
}

}  // namespace

/// The bytes are a message to the agent, one from it, and a stream of frames with either.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::text_of(data, size);
  check(bytes, wire::decode_to_agent);
  check(bytes, wire::decode_from_agent);
  try {
    FrameUnpacker unpacker;
    for (std::size_t at = 0; at < bytes.size(); at += 100) {
      unpacker.feed(bytes.substr(at, 100), [](std::string_view message) {
        fuzz::check(message.size() <= k_largest_frame, "a message has its bound");
        check(message, wire::decode_to_agent);
      });
    }
  } catch (const Error& error) {
    fuzz::check(error.code() == ErrorCode::failed, "a broken stream is a fault of the other end");
  }
  return 0;
}
