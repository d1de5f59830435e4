#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include "compose/plan/engine.hpp"

namespace hoist::remote {

/// Takes apart the stream in which an engine mixes a container's two outputs: frames of an eight-byte head
/// (stream, three zeros, length in network order) and a payload. Holds at most one head; payloads pass
/// through.
class FrameDecoder {
 public:
  using OnPiece = std::function<void(compose::OutputStream, std::string_view)>;

  /// Takes the next bytes, cut anywhere, and hands on the payload in them.
  /// Errors: Error{unavailable} for a head that cannot be one; nothing may be fed after that.
  void feed(std::string_view bytes, const OnPiece& on_piece);
  /// True between frames: a stream that ends elsewhere was cut off.
  bool at_boundary() const { return head_size_ == 0 && payload_left_ == 0; }

 private:
  void read_head();

  std::array<unsigned char, 8> head_{};
  std::size_t head_size_ = 0;
  std::uint32_t payload_left_ = 0;
  compose::OutputStream stream_ = compose::OutputStream::out;
};

}  // namespace hoist::remote
