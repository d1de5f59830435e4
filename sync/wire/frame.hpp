#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace hoist::sync {

/// What one frame may hold at most, unpacked. Larger messages are cut by who makes them.
inline constexpr std::size_t k_largest_frame = 1U << 20U;

/// Packs messages into frames for a pipe: length, checksum, and the bytes, compressed where that makes them shorter.
class FramePacker {
 public:
  /// Without compression bytes go as they are: where they travel faster than they could be compressed.
  explicit FramePacker(bool compress = true);
  ~FramePacker();
  FramePacker(const FramePacker&) = delete;
  FramePacker& operator=(const FramePacker&) = delete;

  /// Appends the frame of `message` to `out`. Precondition: no more than k_largest_frame bytes.
  void pack(std::string_view message, std::string& out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Takes frames out of the bytes that come, however they are cut.
class FrameUnpacker {
 public:
  FrameUnpacker();
  ~FrameUnpacker();
  FrameUnpacker(const FrameUnpacker&) = delete;
  FrameUnpacker& operator=(const FrameUnpacker&) = delete;

  /// Hands each whole message to `on_message`. Errors: Error{failed} for bytes that are no frames, or were damaged on
  /// the way; nothing can be read after it.
  void feed(std::string_view bytes, const std::function<void(std::string_view)>& on_message);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hoist::sync
