#include "sync/wire/frame.hpp"

#include <memory>

// The library's code becomes part of ours: the agent is linked to nothing.
#define XXH_INLINE_ALL
#include <xxhash.h>
#include <zstd.h>

#include "compose/base/error.hpp"

namespace hoist::sync {
namespace {

// A frame: four bytes of length and flag, four bytes of checksum over the bytes as they travel, these bytes.
constexpr std::size_t k_head = 8;
constexpr std::uint32_t k_compressed = 1U << 31U;
constexpr int k_level = 1;
/// Below this nothing is won.
constexpr std::size_t k_worth_compressing = 200;

void put(std::string& out, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>(value >> shift);
}

std::uint32_t get(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value |= std::uint32_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  return value;
}

std::uint32_t checksum_of(std::uint32_t head, std::string_view bytes) {
  return static_cast<std::uint32_t>(XXH3_64bits_withSeed(bytes.data(), bytes.size(), head));
}

[[noreturn]] void refuse(const char* what) {
  throw Error(ErrorCode::failed, std::string("the stream from the other end is broken: ") + what);
}

}  // namespace

struct FramePacker::State {
  explicit State(bool compresses) : compress(compresses) {}
  ~State() { ZSTD_freeCCtx(context); }
  const bool compress;
  ZSTD_CCtx* context = ZSTD_createCCtx();
  std::string packed;
};

FramePacker::FramePacker(bool compress) : state_(std::make_unique<State>(compress)) {}
FramePacker::~FramePacker() = default;

void FramePacker::pack(std::string_view message, std::string& out) {
  std::string_view body = message;
  std::uint32_t flag = 0;
  if (state_->compress && message.size() >= k_worth_compressing) {
    state_->packed.resize(ZSTD_compressBound(message.size()));
    const std::size_t size = ZSTD_compressCCtx(state_->context, state_->packed.data(), state_->packed.size(),
                                               message.data(), message.size(), k_level);
    if (ZSTD_isError(size) == 0 && size < message.size()) {
      body = {state_->packed.data(), size};
      flag = k_compressed;
    }
  }
  const std::uint32_t head = static_cast<std::uint32_t>(body.size()) | flag;
  put(out, head);
  put(out, checksum_of(head, body));
  out += body;
}

struct FrameUnpacker::State {
  ~State() { ZSTD_freeDCtx(context); }
  ZSTD_DCtx* context = ZSTD_createDCtx();
  std::string held;
  std::string unpacked;

  std::string_view message_of(std::uint32_t head, std::string_view body);
};

FrameUnpacker::FrameUnpacker() : state_(std::make_unique<State>()) {}
FrameUnpacker::~FrameUnpacker() = default;

std::string_view FrameUnpacker::State::message_of(std::uint32_t head, std::string_view body) {
  if ((head & k_compressed) == 0) return body;
  const unsigned long long size = ZSTD_getFrameContentSize(body.data(), body.size());
  if (size > k_largest_frame) refuse("a message is too large");  // unknown and wrong sizes are huge
  unpacked.resize(size);
  const std::size_t got = ZSTD_decompressDCtx(context, unpacked.data(), unpacked.size(), body.data(), body.size());
  if (ZSTD_isError(got) != 0 || got != size) refuse("it cannot be unpacked");
  return unpacked;
}

void FrameUnpacker::feed(std::string_view bytes, const std::function<void(std::string_view)>& on_message) {
  std::string& held = state_->held;
  held += bytes;
  std::size_t at = 0;
  while (held.size() - at >= k_head) {
    const std::string_view left = std::string_view(held).substr(at);
    const std::uint32_t head = get(left);
    const std::size_t size = head & ~k_compressed;
    if (size > k_largest_frame) refuse("a frame is too large");
    if (left.size() < k_head + size) break;
    const std::string_view body = left.substr(k_head, size);
    if (get(left.substr(4)) != checksum_of(head, body)) refuse("its checksum is wrong");
    on_message(state_->message_of(head, body));
    at += k_head + size;
  }
  held.erase(0, at);
}

}  // namespace hoist::sync
